"""What a person may do to a voucher: suspend, resume, revoke, reissue, hand to another customer."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from functions.administration.ports import Clock, Codebook, Customers, Queues, Shops, Vouchers
from functions.contracts.messages import SendRequested
from functions.contracts.problems import FieldError
from functions.domain.cases import used_before_revocation
from functions.domain.delivery import message_for
from functions.domain.ledger import Entry
from functions.domain.order import Contact
from functions.domain.sending import Send
from functions.domain.voucher import BY_SHOP, Voucher
from functions.runtime.again import again
from functions.runtime.problems import IdempotencyError, InvalidError, found


class Action(StrEnum):
    """The last part of the path."""

    SUSPEND = "suspend"
    RESUME = "resume"
    REVOKE = "revoke"
    REISSUE = "reissue"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class Act:
    """What is wanted done to which voucher; `key` makes a repeat of the request a repeat, `to` is who gets it."""

    voucher_id: str
    action: Action
    reason: str | None
    key: str | None
    to: str | None = None

    @property
    def said(self) -> str:
        """What makes another request under the same key another request; no reason is readable in it."""
        return f"{self.action}#{hashlib.sha256(json.dumps([self.reason, self.to]).encode()).hexdigest()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherDesk:
    """All that it takes."""

    vouchers: Vouchers
    customers: Customers
    shops: Shops
    queues: Queues
    codebook: Codebook
    clock: Clock

    def act(self, command: Act) -> tuple[Voucher, bool]:
        """The voucher as it is now, and whether this was done before.

        Raises:
            NotFoundError: there is no such voucher.
            InvalidError: there is no such customer.
            Exhausted, Held: nothing can be handed over, or not at this moment.
            StateConflictError: its state does not allow it.
            IdempotencyError: the key was used for something else.
        """
        return again(lambda: self._act_once(command))

    def _act_once(self, command: Act) -> tuple[Voucher, bool]:
        voucher = found(self.vouchers.get(command.voucher_id), "voucher")
        # In this order: nothing is refused because of what a first try of the same request did.
        done = self.vouchers.answered(command.voucher_id, command.key) if command.key else None
        if done is not None:
            return self._repeated(done, command)
        request = (command.key, command.said) if command.key else None
        if command.action is Action.REISSUE:
            return self._reissue(voucher, command.reason, request), False
        if command.action is Action.TRANSFER:
            return self._transfer(voucher, str(command.to), command.reason, request), False
        now = self.clock()
        changed, entry = self._changed(voucher, command, now)
        case = used_before_revocation(changed, now) if command.action is Action.REVOKE else None
        self.vouchers.save(changed, entry, request, case)
        return changed, False

    def _repeated(self, done: str, command: Act) -> tuple[Voucher, bool]:
        if done != command.said:
            raise IdempotencyError(f"this Idempotency-Key was used to {done.partition('#')[0]}")
        # Once more: the first try may have come between the two reads.
        voucher = found(self.vouchers.get(command.voucher_id), "voucher")
        if command.action is Action.TRANSFER:
            voucher = found(self.vouchers.get(str(voucher.replaced_by)), "voucher")
        if command.action in {Action.REISSUE, Action.TRANSFER}:
            # The first try may have died before it handed over; a send that is over is not sent again.
            self._hand_over(self._message(voucher))
        return voucher, True

    @staticmethod
    def _changed(voucher: Voucher, command: Act, now: datetime) -> tuple[Voucher, Entry]:
        match command.action:
            case Action.SUSPEND:
                return voucher.suspend(now, command.reason)
            case Action.RESUME:
                return voucher.resume(now, command.reason)
            case _:
                return voucher.revoke(now, command.reason or BY_SHOP)

    def _reissue(self, voucher: Voucher, reason: str | None, request: tuple[str, str] | None) -> Voucher:
        reissued, entry = voucher.reissue(self.clock(), reason)
        send = self._message(reissued)
        self.vouchers.reissue(reissued, entry, request, self._code_digest(reissued), send)
        self._hand_over(send)
        return reissued

    def _transfer(self, voucher: Voucher, to: str, reason: str | None, request: tuple[str, str] | None) -> Voucher:
        if self.customers.get(to) is None:
            raise InvalidError(
                "no customer of this name", [FieldError(path="customer_id", message="no customer of this name")]
            )
        over, heir = voucher.transfer(to, self.clock(), reason)
        send = self._message(heir.voucher)
        self.vouchers.transfer(over, heir, request, self._code_digest(heir.voucher), send)
        self._hand_over(send)
        return heir.voucher

    def _code_digest(self, voucher: Voucher) -> str:
        return self.codebook.digest(self.codebook.code(voucher.named))

    def _message(self, voucher: Voucher) -> Send | None:
        customer = self.customers.get(voucher.customer_id) if voucher.customer_id else None
        shop = self.shops.get(voucher.source.shop_id)
        if customer is None or shop is None:
            return None
        contact = customer.contact(Contact(language=customer.language))
        return message_for(voucher, contact, has_line=shop.line_token is not None, now=self.clock())

    def _hand_over(self, send: Send | None) -> None:
        if send:
            wanted = SendRequested(message_id=send.message_id, channel=send.address.channel)
            self.queues.send(f"dispatch-{send.address.channel}", wanted)
