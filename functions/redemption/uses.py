"""How often a customer has used a discount, for the vouchers that have limits; all others cost nothing here.

The QR of such a voucher names the tally, so that it comes with the till's one read. Where nothing has named it, it is
one read more.
"""

from functions.domain.credential import Credential
from functions.domain.operations import Redemption
from functions.domain.tally import Tally
from functions.domain.voucher import Touch, Voucher
from functions.domain.worth import Worth
from functions.redemption.ports import Tallies


def tally_of(voucher: Voucher, named: Credential | None, seen: Tally | None, tallies: Tallies) -> Tally | None:
    """The tally of a voucher with limits; `seen` is the one that the credential named."""
    hint = voucher.named.tally
    if hint is None:
        return None
    found = seen if named and named.tally == hint else tallies.tally(hint)
    return found or voucher.untouched_tally


def counted(voucher: Voucher, tally: Tally | None, touch: Touch) -> Tally | None:
    """The tally with one use more; None where there are no limits.

    Raises:
        CustomerLimit: the customer has used it as often as they may.
    """
    limits = voucher.limits
    return tally.counted(limits, touch.now, voucher.terms.zone) if tally and limits else None


def given_back(redemption: Redemption, back: Worth, voucher: Voucher, tallies: Tallies) -> Tally | None:
    """The tally without the use that is given back; None where none was counted, or its time is over."""
    tally = tallies.tally(redemption.tally) if redemption.tally and back.uses else None
    undone = tally.given_back(redemption.redeemed_at, voucher.terms.zone) if tally else None
    return undone if undone is not tally else None
