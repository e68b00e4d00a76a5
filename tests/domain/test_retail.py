from dataclasses import replace
from datetime import timedelta

from functions.domain.issue_plan import ShopTerms
from functions.domain.retail import ENROLMENT_LASTS, Platform, Shop, Store, Terminal
from functions.domain.text import Text
from tests.domain.samples import NOW, TAIPEI, XINYI

XINYI_STORE = Store(store_id="xinyi", name=XINYI)
BANQIAO = Store(store_id="banqiao", name=Text("板橋店", "Banqiao"))
TILL = Terminal(terminal_id="t-1", store_id="xinyi", store=XINYI)
ENROLLED = TILL.invited(XINYI_STORE, "code").enrolled("token", NOW)
LATER = NOW + timedelta(days=1)


def test_an_enrolled_till_has_its_token_and_no_code_left() -> None:
    assert (ENROLLED.token_digest, ENROLLED.enrolment_digest, ENROLLED.enrolled_at) == ("token", None, NOW)


def test_an_enrolment_code_lasts_ten_minutes() -> None:
    assert timedelta(minutes=10) == ENROLMENT_LASTS


def test_a_new_invitation_kills_the_code_before_it() -> None:
    assert TILL.invited(XINYI_STORE, "code").invited(XINYI_STORE, "newer").enrolment_digest == "newer"


def test_a_till_goes_on_working_until_its_new_code_is_used() -> None:
    invited = ENROLLED.invited(XINYI_STORE, "newer")

    assert invited.token_digest == "token"
    assert invited.enrolled("token-2", LATER).token_digest == "token-2"


def test_a_till_that_moves_to_another_store_loses_the_token_of_the_old_one() -> None:
    moved = ENROLLED.invited(BANQIAO, "code")

    assert (moved.store_id, moved.store, moved.token_digest) == ("banqiao", BANQIAO.name, None)


def test_a_revoked_till_has_neither_a_token_nor_a_way_to_one() -> None:
    revoked = ENROLLED.invited(XINYI_STORE, "code").revoked(LATER)

    assert (revoked.token_digest, revoked.enrolment_digest, revoked.revoked_at) == (None, None, LATER)


def test_a_revoked_till_can_be_enrolled_again() -> None:
    again = ENROLLED.revoked(LATER).invited(XINYI_STORE, "code").enrolled("token-2", LATER)

    assert again == replace(ENROLLED, token_digest="token-2", enrolled_at=LATER)


def test_a_shop_adds_its_zone_its_issuer_and_its_guarantee_to_what_it_sells() -> None:
    shop = Shop(shop_id="s", platform=Platform.SHOPIFY, name=XINYI, zone=TAIPEI)

    assert shop.terms == ShopTerms(TAIPEI, None, None)


def test_a_rolled_token_and_the_one_it_follows_are_both_good_until_it_is_used() -> None:
    rolled = ENROLLED.rolled("token", "next")

    assert rolled.live(promoted=None) == ("token", "next")
    assert rolled.live(promoted="next") == ("next",)


def test_what_was_used_of_an_earlier_roll_says_nothing_of_this_one() -> None:
    twice = ENROLLED.rolled("token", "next").rolled("next", "after next")

    assert twice.live(promoted="next") == ("next", "after next")


def test_a_roll_repeated_with_the_old_token_takes_the_place_of_the_unused_one() -> None:
    assert ENROLLED.rolled("token", "lost").rolled("token", "next").live(promoted=None) == ("token", "next")


def test_a_till_that_was_never_rolled_has_one_token() -> None:
    assert (TILL.live(promoted=None), ENROLLED.live(promoted=None)) == ((), ("token",))


def test_a_till_that_is_enrolled_moved_or_revoked_keeps_no_rolled_token() -> None:
    rolled = ENROLLED.rolled("token", "next")

    assert rolled.invited(XINYI_STORE, "code").live(promoted=None) == ("token", "next")
    assert rolled.enrolled("token-2", LATER).live(promoted=None) == ("token-2",)
    assert rolled.invited(BANQIAO, "code").live(promoted=None) == ()
    assert rolled.revoked(LATER).live(promoted=None) == ()
