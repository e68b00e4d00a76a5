"""The message that brings a voucher to its customer."""

from datetime import datetime

from functions.domain import identity, sending
from functions.domain.order import Contact
from functions.domain.sending import Send
from functions.domain.voucher import Voucher


def message_for(voucher: Voucher, contact: Contact, *, has_line: bool, now: datetime) -> Send | None:
    """The send that brings the credential in force, by the best channel the customer has; None where there is none."""
    addresses = sending.addresses(contact, has_line=has_line)
    if not addresses:
        return None
    return Send(
        message_id=identity.message_id(voucher.voucher_id, voucher.credential),
        voucher_id=voucher.voucher_id,
        shop_id=voucher.source.shop_id,
        credential=voucher.credential,
        address=addresses[0],
        others=addresses[1:],
        language=contact.language,
        created_at=now,
    )
