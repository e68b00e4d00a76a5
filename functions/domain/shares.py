"""Dividing an amount so that nothing is lost or made up."""

from collections.abc import Sequence


def shares(whole: int, weights: Sequence[int]) -> list[int]:
    """`whole` divided in proportion to `weights`, in whole units that add up to it exactly.

    By the largest remainder: everybody gets the whole part of their share, and what is over goes, one unit each, to
    those whose share was cut the most; of equals, to the earlier. While `whole` is at most the sum of the weights, no
    share is more than its weight. Where all weights are nothing, so are the shares.
    """
    total = sum(weights)
    if total == 0:
        return [0] * len(weights)
    divided = [divmod(whole * weight, total) for weight in weights]
    over = whole - sum(share for share, _ in divided)
    first_served = sorted(range(len(weights)), key=lambda place: -divided[place][1])[:over]
    return [share + (place in first_served) for place, (share, _) in enumerate(divided)]
