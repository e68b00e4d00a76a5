"""What is owed to the holders of vouchers, page by page."""

from collections.abc import Iterator
from itertools import islice

from functions.administration.accounts.ports import Liabilities
from functions.contracts.cursors import foreign_cursor
from functions.domain.liability import Bucket, Outstanding
from functions.domain.product import Funding

_AT_ONCE = 200


def outstanding(
    fundings: tuple[Funding, ...], after: Bucket | None, limit: int, *, liabilities: Liabilities
) -> tuple[list[Outstanding], bool]:
    """Up to `limit` sums that have not come to nothing, of these fundings in turn, and whether there are more.

    Raises:
        InvalidValueError: the sum to begin behind is of another funding.
    """
    if after and after.funding not in fundings:
        raise foreign_cursor()
    found: list[Outstanding] = []
    for funding in fundings[fundings.index(after.funding) if after else 0 :]:
        behind = after if after and after.funding is funding else None
        found += islice(_sums(funding, behind, liabilities), limit + 1 - len(found))
    return found[:limit], len(found) > limit


def _sums(funding: Funding, behind: Bucket | None, liabilities: Liabilities) -> Iterator[Outstanding]:
    while True:
        sums = liabilities.page(funding, behind, _AT_ONCE)
        yield from (each for each in sums if each.amount)
        if len(sums) < _AT_ONCE:
            return
        behind = sums[-1].bucket
