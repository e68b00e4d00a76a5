"""Every key of every table. No other module builds one. The patterns are tabled in docs/data-model.md."""

from datetime import UTC, date, datetime
from typing import NamedTuple
from zlib import crc32

from functions.domain.customer import Identity
from functions.domain.ledger import Entry
from functions.domain.liability import Bucket
from functions.domain.product import Funding
from functions.domain.sending import Channel


class Key(NamedTuple):
    """`table` is one of vouchers, commerce, customers, sends; its name is a matter of settings."""

    table: str
    pk: str
    sk: str


class Index(NamedTuple):
    """A global secondary index, with the attributes it is read by; an item without them is not in it."""

    table: str
    name: str
    hash: str
    range: str


SETTLEMENTS = Index("vouchers", "settlements", "settled_on", "recorded_at")
CHANGES = Index("vouchers", "changes", "changed_in", "changed_at")
LEDGER = "LEDGER#"
TERMINAL = "TERMINAL#"
CASE = "CASE#"
CHANGE = "CHANGE#"
OPEN, RESOLVED = "open", "resolved"
SEQUENCE_DIGITS = 10
NEVER = "-"
SHARDS = 8  # partitions of an hour's changes: one alone would take at most 1,000 writes a second


def voucher(voucher_id: str) -> Key:
    """The voucher itself."""
    return Key("vouchers", f"VOUCHER#{voucher_id}", "VOUCHER")


def voucher_id_of(pk: str) -> str:
    """Which voucher a partition is."""
    return pk.partition("#")[2]


def entry(entry: Entry) -> Key:
    """One row of a voucher's ledger, in the voucher's own partition."""
    return Key("vouchers", f"VOUCHER#{entry.voucher_id}", ledger_sort(entry.sequence))


def ledger_sort(sequence: int) -> str:
    """The sort key of a ledger row."""
    return f"{LEDGER}{sequence:0{SEQUENCE_DIGITS}}"


def request(voucher_id: str, idempotency_key: str) -> Key:
    """What an administrator's request did, for its repeats."""
    return Key("vouchers", f"VOUCHER#{voucher_id}", f"REQUEST#{idempotency_key}")


def settled_on(store_id: str, day: date) -> str:
    """Under which a store's day is found among the ledgers of all vouchers."""
    return f"SETTLEMENT#{store_id}#{day}"


def changed_in(moment: datetime, shard: int) -> str:
    """Under which the vouchers last changed in an hour (UTC) are found; eight of these make an hour."""
    return f"CHANGED#{moment.astimezone(UTC):%Y-%m-%dT%H}#{shard}"


def changed_at(moment: datetime) -> str:
    """A moment as text of one length, so that texts are in the order of the moments."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def of_settlement(entry: Entry) -> dict[str, str]:
    """What brings a ledger row into the settlement of its day, if it moved value at a till."""
    if entry.store_id is None or entry.business_day is None:
        return {}
    return {SETTLEMENTS.hash: settled_on(entry.store_id, entry.business_day)}


def of_change(entry: Entry) -> dict[str, str]:
    """What brings a voucher among those that its newest entry's hour has changed."""
    shard = crc32(entry.voucher_id.encode()) % SHARDS
    return {
        CHANGES.hash: changed_in(entry.recorded_at, shard),
        CHANGES.range: changed_at(entry.recorded_at),
    }


def audit(voucher_id: str) -> Key:
    """What the auditor last found of a voucher: not in the voucher's partition, which it may only read."""
    return Key("vouchers", f"AUDIT#{voucher_id}", "AUDIT")


def auditor() -> Key:
    """How far the auditor has come."""
    return Key("vouchers", "AUDITOR", "AUDITOR")


def liability(place: str) -> Key:
    """What is owed on all vouchers that are alike."""
    return Key("vouchers", "LIABILITY", f"SUM#{place}")


def liability_place(bucket: Bucket) -> str:
    """Where a sum stands: by funding, then by day of sale. A SKU may hold anything, and stands last."""
    alike = (
        bucket.funding, bucket.sold_on, bucket.shop_id, bucket.product_id, bucket.guarantee_ends or NEVER,
        bucket.expires_at.isoformat() if bucket.expires_at else NEVER, bucket.part.unit, bucket.part.of,
    )  # fmt: skip
    return "#".join(map(str, alike))


def liability_of(funding: Funding) -> str:
    """How the places of all sums of one funding begin."""
    return f"{funding}#"


def code(digest: str) -> Key:
    """From a typed code's digest to its voucher."""
    return Key("vouchers", f"CODE#{digest}", "CODE")


def operation(store_id: str, reference: str) -> Key:
    """What a till's reference did."""
    return Key("vouchers", f"OPERATION#{store_id}#{reference}", "OPERATION")


def tally(hint: str) -> Key:
    """How often a customer has used a discount."""
    return Key("vouchers", f"TALLY#{hint}", "TALLY")


def guard(terminal_id: str) -> Key:
    """What stands at a terminal's door."""
    return Key("vouchers", f"GUARD#{terminal_id}", "GUARD")


def conflict(store_id: str, reference: str, digest: str) -> Key:
    """What a till reported under a reference that names something else."""
    return operation(store_id, reference)._replace(sk=f"CONFLICT#{digest}")


def standing(position: str) -> Key:
    """That a voucher stopped being good, or is good again: one line of the log for tills that work offline."""
    return Key("vouchers", "REVOCATIONS", f"{CHANGE}{position}")


def case(state: str, case_id: str) -> Key:
    """A matter for a person, among those that are open or among those that are resolved."""
    return Key("commerce", f"EXCEPTIONS#{state}", f"{CASE}{case_id}")


def shop(shop_id: str) -> Key:
    """A shop."""
    return Key("commerce", f"SHOP#{shop_id}", "SHOP")


def sold_as(shop_id: str, sku: str) -> Key:
    """From the SKU a shop sells to the product it stands for."""
    return Key("commerce", f"SHOP#{shop_id}", f"SKU#{sku}")


def product(product_id: str) -> Key:
    """A product."""
    return Key("commerce", f"PRODUCT#{product_id}", "PRODUCT")


def store(store_id: str) -> Key:
    """A store."""
    return Key("commerce", f"STORE#{store_id}", "STORE")


def store_terminal(store_id: str, terminal_id: str) -> Key:
    """That a terminal stands in a store."""
    return Key("commerce", f"STORE#{store_id}", f"{TERMINAL}{terminal_id}")


def terminal(terminal_id: str) -> Key:
    """A terminal."""
    return Key("commerce", f"TERMINAL#{terminal_id}", "TERMINAL")


def enrolment(code_digest: str) -> Key:
    """An enrolment code that waits to be used."""
    return Key("commerce", f"ENROLMENT#{code_digest}", "ENROLMENT")


def token(token_id: str) -> Key:
    """A person's or program's token."""
    return Key("commerce", f"TOKEN#{token_id}", "TOKEN")


def order(shop_id: str, order_id: str) -> Key:
    """An order."""
    return Key("commerce", f"ORDER#{shop_id}#{order_id}", "ORDER")


def delivery(shop_id: str, digest: str) -> Key:
    """That a webhook delivery was received."""
    return Key("commerce", f"DELIVERY#{shop_id}#{digest}", "DELIVERY")


def customer(customer_id: str) -> Key:
    """A customer's record."""
    return Key("customers", f"CUSTOMER#{customer_id}", "CUSTOMER")


def identity(identity: Identity, digest: str) -> Key:
    """From an identity to its customer; the identity itself is in no key."""
    return Key("customers", f"IDENTITY#{identity.kind}#{digest}", "IDENTITY")


def send(message_id: str, channel: Channel) -> Key:
    """One message on one channel."""
    return Key("sends", f"MESSAGE#{message_id}", f"CHANNEL#{channel}")
