"""A message reaches a person on a channel, once.

The row is claimed before the channel is called and ended after it answered. Whoever finds a claim that has run out
knows that a worker died in between: where the channel has a retry key another try is harmless, elsewhere the send is
over and the next channel is asked.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from functions.adapters.errors import ConflictError
from functions.contracts.messages import SendRequested
from functions.dispatch.notice import notice_of
from functions.domain.sending import (
    Accepted,
    Content,
    Lost,
    Outcome,
    Refused,
    Send,
    Status,
    TryLater,
    withdrawal,
)
from functions.runtime.queue_errors import GiveUpError, RetryLaterError

if TYPE_CHECKING:
    from datetime import datetime

    from functions.dispatch.ports import Carrier, Clock, Queues, Sends, Shops, Vouchers
    from functions.domain.retail import Shop
    from functions.domain.voucher import Voucher

# Twice as long as the function may run (infra/roads.py): its worker is dead, not slow. Shorter than the queue's
# visibility time-out, so that the queue's own repeat finds the claim run out.
LEASE = timedelta(seconds=60)
_WORKER_DIED = "worker_died"


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    """Delivers what one channel's queue asks for."""

    carrier: "Carrier"
    sends: "Sends"
    vouchers: "Vouchers"
    shops: "Shops"
    queues: "Queues"
    clock: "Clock"

    def deliver(self, message: SendRequested) -> None:
        """Bring the message to its end on this channel, as far as that is possible now.

        Raises:
            RetryLaterError: the channel did not take it yet, or another worker is at it.
            GiveUpError: nobody was reached and no channel is left, or there is no such send: a person must look.
            OutsideError: a table or queue could not be used; what was done is found again.
        """
        send = self._wanted(message)
        if send.is_over:
            _tell_if_nobody_was_reached(send)
            return
        now = self.clock()
        if send.is_claimed(now, LEASE):
            raise RetryLaterError("claimed")
        if send.is_repeatable(now):
            self._try(send, now)
        else:
            self._hand_on(send.lost(now, _why_in_doubt(send)))

    def _wanted(self, message: SendRequested) -> Send:
        if message.channel is not self.carrier.channel:
            raise GiveUpError("wrong_queue")
        send = self.sends.get(message.message_id, message.channel)
        if send is None:
            raise GiveUpError("send_missing")
        return send

    def _try(self, send: Send, now: "datetime") -> None:
        voucher, shop = self._voucher(send), self._shop(send)
        reason = withdrawal(send, voucher)
        if reason is not None:
            self.sends.save(send.failed(now, reason))
            return
        content = send.content or Content(voucher.worth, shop.name)
        parcel = self.carrier.pack(send, notice_of(send, voucher, content), shop)
        claimed = send.claim(now, uuid4().hex, content)
        self._save_claim(claimed)
        self._follow(claimed, parcel())

    def _voucher(self, send: Send) -> "Voucher":
        voucher = self.vouchers.get(send.voucher_id)
        if voucher is None:
            raise GiveUpError("voucher_missing")
        return voucher

    def _shop(self, send: Send) -> "Shop":
        shop = self.shops.get(send.shop_id)
        if shop is None:
            raise GiveUpError("shop_missing")
        return shop

    def _save_claim(self, claimed: Send) -> None:
        try:
            self.sends.save(claimed)
        except ConflictError as error:
            raise RetryLaterError("claimed") from error

    def _follow(self, claimed: Send, outcome: Outcome) -> None:
        match outcome:
            case Accepted(provider_id):
                self._mark_sent(claimed, provider_id)
            case Refused(reason):
                self._hand_on(claimed.failed(self.clock(), reason))
            case TryLater(reason):
                self.sends.save(claimed.release(reason))
                raise RetryLaterError(reason)
            case Lost(reason):
                self._live_with_doubt(claimed, reason)

    def _mark_sent(self, claimed: Send, provider_id: str | None) -> None:
        try:
            self.sends.save(claimed.sent(self.clock(), provider_id))
        except ConflictError:
            # Another worker took us for dead. What it wrote is a guess; that the channel took the message is known.
            current = self._wanted(SendRequested(message_id=claimed.message_id, channel=claimed.address.channel))
            if current.status is not Status.SENT:
                self.sends.save(current.sent(self.clock(), provider_id))

    def _live_with_doubt(self, claimed: Send, reason: str) -> None:
        now = self.clock()
        if claimed.is_repeatable(now):
            self.sends.save(claimed.doubt(reason))
            raise RetryLaterError(reason)
        self._hand_on(claimed.lost(now, reason))

    def _hand_on(self, ended: Send) -> None:
        """The next channel's row stands and is queued before this one ends: a crash in between loses nothing."""
        following = ended.next_channel(self.clock())
        if following is not None:
            self.sends.add(following)
            channel = following.address.channel
            asked = SendRequested(message_id=following.message_id, channel=channel)
            self.queues.send(f"dispatch-{channel}", asked)
        self.sends.save(ended)
        _tell_if_nobody_was_reached(ended)


def _why_in_doubt(send: Send) -> str:
    return _WORKER_DIED if send.status is Status.SENDING else send.last_error or _WORKER_DIED


def _tell_if_nobody_was_reached(send: Send) -> None:
    """Also when the message comes again: the worker that ended the row may have died before it could tell."""
    if send.reached_nobody:
        raise GiveUpError(send.last_error or send.status)
