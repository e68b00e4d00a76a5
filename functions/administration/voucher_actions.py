"""What a person may do to a voucher: suspend, resume, revoke, reissue."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from functions.administration.ports import Clock, Codebook, Customers, Queues, Shops, Vouchers
from functions.contracts.messages import SendRequested
from functions.domain.credential import Credential
from functions.domain.delivery import message_for
from functions.domain.ledger import Entry
from functions.domain.order import Contact
from functions.domain.sending import Send
from functions.domain.voucher import BY_SHOP, Voucher
from functions.runtime.again import again
from functions.runtime.problems import IdempotencyError, found


class Action(StrEnum):
    """The last part of the path."""

    SUSPEND = "suspend"
    RESUME = "resume"
    REVOKE = "revoke"
    REISSUE = "reissue"


@dataclass(frozen=True, slots=True)
class Act:
    """Who wants what done to which voucher; `key` makes a repeat of the request a repeat."""

    voucher_id: str
    action: Action
    reason: str | None
    key: str | None

    @property
    def said(self) -> str:
        """What makes another request under the same key another request; no reason is readable in it."""
        return f"{self.action}#{hashlib.sha256((self.reason or '').encode()).hexdigest()}"


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
            StateConflictError: its state does not allow it.
            IdempotencyError: the key was used for something else.
        """
        return again(lambda: self._act_once(command))

    def _act_once(self, command: Act) -> tuple[Voucher, bool]:
        voucher = found(self.vouchers.get(command.voucher_id), "voucher")
        done = self.vouchers.answered(command.voucher_id, command.key) if command.key else None
        if done is not None:
            return self._repeated(voucher, done, command)
        request = (command.key, command.said) if command.key else None
        if command.action is Action.REISSUE:
            return self._reissue(voucher, command.reason, request), False
        changed, entry = self._changed(voucher, command)
        self.vouchers.save(changed, entry, request)
        return changed, False

    def _repeated(self, voucher: Voucher, done: str, command: Act) -> tuple[Voucher, bool]:
        if done != command.said:
            raise IdempotencyError(f"this Idempotency-Key was used to {done.partition('#')[0]}")
        if command.action is Action.REISSUE:
            # The first try may have died before it handed over; a send that is over is not sent again.
            self._hand_over(self._message(voucher))
        return voucher, True

    def _changed(self, voucher: Voucher, command: Act) -> tuple[Voucher, Entry]:
        match command.action:
            case Action.SUSPEND:
                return voucher.suspend(self.clock(), command.reason)
            case Action.RESUME:
                return voucher.resume(self.clock(), command.reason)
            case _:
                return voucher.revoke(self.clock(), command.reason or BY_SHOP)

    def _reissue(self, voucher: Voucher, reason: str | None, request: tuple[str, str] | None) -> Voucher:
        reissued, entry = voucher.reissue(self.clock(), reason)
        code = self.codebook.code(Credential(reissued.voucher_id, reissued.credential))
        send = self._message(reissued)
        self.vouchers.reissue(reissued, entry, request, self.codebook.digest(code), send)
        self._hand_over(send)
        return reissued

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
