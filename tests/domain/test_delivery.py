from functions.domain.delivery import message_for
from functions.domain.order import Contact
from functions.domain.sending import Address, Channel
from tests.domain.samples import NOW, VOUCHER_ID, voucher

CONTACT = Contact(line_user_id="U4af4980629", email="mei@example.com", language="en")


def test_a_voucher_goes_out_by_the_best_channel_with_the_others_behind_it() -> None:
    send = message_for(voucher(), CONTACT, has_line=True, now=NOW)

    assert send
    assert send.address == Address(Channel.LINE, "U4af4980629")
    assert send.others == (Address(Channel.EMAIL, "mei@example.com"),)


def test_a_message_names_the_voucher_and_the_credential_in_force_and_speaks_the_buyer_s_language() -> None:
    send = message_for(voucher(credential=3), CONTACT, has_line=False, now=NOW)

    assert send
    assert (send.voucher_id, send.credential, send.shop_id) == (VOUCHER_ID, 3, "demo-shopify")
    assert (send.language, send.created_at) == ("en", NOW)


def test_the_same_credential_is_always_the_same_message() -> None:
    sends = [message_for(voucher(credential=number), CONTACT, has_line=True, now=NOW) for number in (1, 1, 2)]

    first, again, reissued = (send.message_id for send in sends if send)
    assert first == again != reissued


def test_a_buyer_whom_nothing_reaches_gets_no_message() -> None:
    assert message_for(voucher(), Contact(line_user_id="U1"), has_line=False, now=NOW) is None
