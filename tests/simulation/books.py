"""What the tables say, read by somebody who does not trust the app: raw items, own arithmetic, no code of ours.

`look` is called after every step, and looks at what was written since: a state that is illegal for a moment is found at
that moment.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.calls import Amounts
from tests.simulation.store import Row, Store

# Rows that say what happened. They are written once.
HISTORY = ("LEDGER#", "REQUEST#", "CODE")
ACTIVE, SUSPENDED, REVOKED = "active", "suspended", "revoked"
_TURNS = {"suspend": SUSPENDED, "resume": ACTIVE, "revoke": REVOKED}
# What stays of an operation for ever, whatever becomes of it.
_LASTING = (
    *("kind", "store_id", "reference", "terminal_id", "voucher_id", "fingerprint", "taken", "left", "redeemed_at"),
    *("held", "order", "opened_at", "expires_at", "redemption", "given_back", "refunded_at"),
)
# What moves value; all else leaves the balance as it is. A voucher that is over may still get value back.
_MOVES = {"issue", "redeem", "void", "refund"}
_BACK = {"void", "refund"}
Reference = tuple[str, str]


class Violation(BaseException):
    """Something that must never be. No `except Exception` of the app may hide it."""


def require(holds: object, what: str) -> None:
    """Raise a violation unless something holds."""
    if not holds:
        raise Violation(what)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a ledger."""

    sequence: int
    kind: str
    change: Amounts
    balance: Amounts
    reference: Reference | None
    reason: str | None
    at: str
    store: str | None
    hold: str | None = None
    held: Amounts = field(default_factory=dict)
    until: str = ""
    free: dict[str, int] = field(default_factory=dict, compare=False)
    redemption: str | None = None


@dataclass(slots=True)
class Account:
    """A voucher as its ledger tells it."""

    voucher_id: str
    source: tuple[str, str, str, int]
    face: Amounts
    balance: dict[str, int]
    stores: tuple[str, ...] | None
    valid_from: str
    expires_at: str | None
    state: str = ACTIVE
    credential: int = 1
    is_flagged: bool = False
    entries: list[Entry] = field(default_factory=list)
    holds: dict[str, tuple[Amounts, str]] = field(default_factory=dict)

    def free(self, at: str) -> dict[str, int]:
        """What anybody may take at a moment: the balance less what is held by then."""
        left = dict(self.balance)
        for held, until in self.holds.values():
            if until > at:
                left = plus(left, negative(held))
        return left


@dataclass(slots=True)
class Books:
    """All accounts, and every row of history that was ever seen."""

    store: Store
    accounts: dict[str, Account] = field(default_factory=dict)
    entries: dict[Reference, list[tuple[str, Entry]]] = field(default_factory=dict)
    refunds: dict[Reference, list[Entry]] = field(default_factory=dict)
    operations: dict[Reference, dict[str, Any]] = field(default_factory=dict)
    _history: dict[Row, bytes] = field(default_factory=dict)

    def look(self) -> None:
        """Check what was written since the last look.

        Raises:
            Violation: of what must always be.
        """
        written = dict.fromkeys(self.store.written)
        self.store.written.clear()
        vouchers: dict[str, None] = {}
        for row in written:
            if row.table != "vouchers":
                continue
            if row.sk.startswith(HISTORY):
                self._check_history(row)
            if row.pk.startswith("VOUCHER#"):
                vouchers[row.pk] = None
            elif row.sk == "OPERATION":
                self._check_operation(row)
        for pk in vouchers:
            self._check_voucher(pk)
        for row in written:
            if row.sk == "OPERATION":
                self._check_entries_of(row)

    def look_at_everything(self) -> None:
        """Check all rows there are, whether or not they changed."""
        self.accounts.clear()
        self.entries.clear()
        self.refunds.clear()
        self.store.written[:] = self.store.rows
        for row in self._history:
            self._check_history(row)
        self.look()

    def of(self, reference: Reference, kind: str) -> list[tuple[str, Entry]]:
        """The ledger rows of one kind that a reference caused: (voucher id, entry)."""
        return [found for found in self.entries.get(reference, ()) if found[1].kind == kind]

    def _check_history(self, row: Row) -> None:
        now = self.store.rows.get(row)
        before = self._history.setdefault(row, now or b"")
        require(now is not None and now == before, f"a row of history was changed or deleted: {row}")

    def _check_voucher(self, pk: str) -> None:
        item = _read(
            self.store,
            Row("vouchers", pk, "VOUCHER"),
            "version",
            "worth",
            "face",
            "state",
            "credential",
            "flag",
            "holds",
        )
        if item is None:
            require(not self.store.sort_keys("vouchers", pk), f"history without a voucher: {pk}")
            return
        account = self._account(pk, item)
        self._read_on(pk, account)
        told = (item["version"], amounts(item["worth"]), item["state"], item["credential"])
        counted = (len(account.entries), account.balance, account.state, account.credential)
        require(told == counted, f"{pk} says (version, worth, state, credential) {told}, its ledger {counted}")
        last = account.entries[-1].at
        told_holds = {
            f"{hold['store_id']}#{hold['reference']}": (amounts(hold["worth"]), hold["expires_at"])
            for hold in item.get("holds", ())
            if hold["expires_at"] > last
        }
        counted_holds = {name: hold for name, hold in account.holds.items() if hold[1] > last}
        require(
            {name: (_some(held), until) for name, (held, until) in told_holds.items()}
            == {name: (_some(held), until) for name, (held, until) in counted_holds.items()},
            f"{pk} says that it holds {told_holds}, its ledger {counted_holds}",
        )
        require(item.get("flag") or not account.is_flagged, f"{pk} was used, was revoked, and is not flagged")

    def _account(self, pk: str, item: Mapping[str, Any]) -> Account:
        voucher_id = pk.removeprefix("VOUCHER#")
        if voucher_id not in self.accounts:
            whole = _read(self.store, Row("vouchers", pk, "VOUCHER"), "source", "terms", "valid_from", "expires_at")
            assert whole is not None
            source, stores, face = whole["source"], whole["terms"].get("stores"), amounts(item["face"])
            self.accounts[voucher_id] = Account(
                voucher_id=voucher_id,
                source=(source["shop_id"], source["order_id"], source["line_id"], source["unit"]),
                face=face,
                balance=dict.fromkeys(face, 0),
                stores=tuple(stores) if stores else None,
                valid_from=whole["valid_from"],
                expires_at=whole.get("expires_at"),
            )
        return self.accounts[voucher_id]

    def _read_on(self, pk: str, account: Account) -> None:
        """Read the rows of a ledger that are new, and add them up."""
        rows = [sk for sk in self.store.sort_keys("vouchers", pk) if sk.startswith("LEDGER#")]
        for sk in rows[len(account.entries) :]:
            entry = _entry(self.store, Row("vouchers", pk, sk))
            require(entry.sequence == len(account.entries) + 1, f"a gap in the ledger of {pk} before {entry}")
            require(
                int(sk.removeprefix("LEDGER#")) == entry.sequence, f"an entry of {pk} lies in another's place: {sk}"
            )
            self._add(account, entry)
        require(len(rows) == len(account.entries), f"rows of the ledger of {pk} are gone")

    def _add(self, account: Account, entry: Entry) -> None:
        require((entry.kind == "issue") is (entry.sequence == 1), f"{account.voucher_id} was issued twice, or never")
        account.balance = plus(account.balance, entry.change)
        require(entry.balance == account.balance, f"{account.voucher_id} does not add up at {entry}: {account.balance}")
        require(
            all(0 <= left <= account.face[name] for name, left in account.balance.items()),
            f"{account.voucher_id} has less than nothing, or more than it was sold with: {account.balance}",
        )
        require(entry.kind in _MOVES or not any(entry.change.values()), f"{entry} moves value")
        self._hold(account, entry)
        entry.free.update(account.free(entry.at))
        require(
            all(free >= 0 for free in entry.free.values()),
            f"{account.voucher_id} gave away what it held for another: {entry.free} at {entry}",
        )
        if entry.kind == "revoke" and account.balance != account.face:
            account.is_flagged = True
        if entry.kind == "redeem":
            _check_terms(account, entry)
        require(
            account.state != REVOKED or entry.kind in {*_BACK, "release"},
            f"{account.voucher_id} is revoked, and yet {entry}",
        )
        account.state = _TURNS.get(entry.kind, account.state)
        account.credential += entry.kind == "reissue"
        account.entries.append(entry)
        if entry.reference:
            self._take_down(account.voucher_id, entry, entry.reference)

    def _hold(self, account: Account, entry: Entry) -> None:
        """What is held from here on, by the ledger alone; a hold that ends is one that was there."""
        ended = f"{entry.store}#{entry.hold}" if entry.hold else None
        if entry.kind == "release" and entry.reference:
            ended = "#".join(entry.reference)
        if ended:
            held, until = account.holds.pop(ended, ({}, ""))
            require(until > entry.at, f"{entry} ends a hold that was over: {ended}")
            taken = negative(entry.change) if entry.kind == "redeem" else {}
            too_much = [name for name, amount in taken.items() if amount > held.get(name, 0)]
            require(not too_much, f"{entry} captured more than the {held} that was held")
        if entry.kind == "hold" and entry.reference:
            account.holds["#".join(entry.reference)] = (entry.held, entry.until)

    def _take_down(self, voucher_id: str, entry: Entry, reference: Reference) -> None:
        done = self.entries.setdefault(reference, [])
        require(not any(found[1].kind == entry.kind for found in done), f"{reference} had an effect twice: {entry}")
        if entry.kind in _BACK:
            redeemed = (reference[0], entry.redemption) if entry.redemption else reference
            self._give_back(voucher_id, entry, redeemed)
        elif entry.kind == "redeem":
            require(not self.of(reference, "void"), f"{reference} was voided and redeems")
            require(all(part <= 0 for part in entry.change.values()), f"{entry} adds to a voucher")
        done.append((voucher_id, entry))
        row = Row("vouchers", f"OPERATION#{reference[0]}#{reference[1]}", "OPERATION")
        require(row in self.store.rows, f"{entry} stands in a ledger, and {reference} knows nothing of it")

    def _give_back(self, voucher_id: str, entry: Entry, redeemed: Reference) -> None:
        """A void gives back all that is not refunded yet, a refund a part of it; never more than was taken."""
        taken = self.of(redeemed, "redeem")
        require(taken and not self.of(redeemed, "void"), f"{redeemed} took nothing, or was voided: {entry}")
        ((of, original),) = taken
        require(of == voucher_id, f"{redeemed} took from {of}, and {entry} gives to {voucher_id}")
        refunds = self.refunds.setdefault(redeemed, [])
        left = negative(original.change)
        for refund in refunds:
            left = plus(left, negative(refund.change))
        if entry.kind == "void":
            require(entry.change == left, f"{redeemed} took {left} that was not refunded, and {entry} restores another")
        else:
            too_much = [name for name, back in entry.change.items() if not 0 <= back <= left[name]]
            require(not too_much, f"{entry} gives back more than the {left} that is left of {redeemed}")
            refunds.append(entry)

    def _operation(self, row: Row) -> dict[str, Any] | None:
        return _read(self.store, row, *_LASTING, "voided_at", "state")

    def _check_operation(self, row: Row) -> None:
        """An operation never changes, but that it is voided."""
        now = self._operation(row)
        require(now is not None, f"an operation was deleted: {row}")
        assert now is not None
        reference = (now["store_id"], now["reference"])
        before = self.operations.get(reference)
        if before is not None:
            lasting = [{name: operation.get(name) for name in _LASTING} for operation in (before, now)]
            require(lasting[0] == lasting[1], f"what {reference} did was rewritten: {before} {now}")
            require("voided_at" not in before or before == now, f"the void of {reference} was rewritten")
        self.operations[reference] = now

    def _check_entries_of(self, row: Row) -> None:
        """What an operation says that it did stands in a ledger, and the other way round."""
        operation = self._operation(row)
        assert operation is not None
        reference = (operation["store_id"], operation["reference"])
        kinds = [(voucher_id, entry.kind) for voucher_id, entry in self.entries.get(reference, ())]
        if operation["kind"] == "tombstone":
            require(not kinds, f"{reference} is a tombstone, and yet {kinds}")
            return
        if operation["kind"] != "redemption":
            require(
                kinds and kinds[0][1] == operation["kind"], f"{reference} is a {operation['kind']}, and did {kinds}"
            )
            return
        expected = ["redeem", "void"] if "voided_at" in operation else ["redeem"]
        require(
            kinds == [(operation["voucher_id"], kind) for kind in expected],
            f"{reference} did {expected} at {operation['voucher_id']}, the ledgers say {kinds}",
        )
        _, entry = self.of(reference, "redeem")[0]
        taken, left = amounts(operation["taken"]), amounts(operation["left"])
        told = {name: -taken.get(name, 0) for name in entry.change}, left
        require(told == (entry.change, entry.free), f"{reference} says {told}, its ledger {entry}, free {entry.free}")


def _some(amounts: Amounts) -> dict[str, int]:
    return {name: amount for name, amount in amounts.items() if amount}


def _check_terms(account: Account, entry: Entry) -> None:
    """A redemption where and when the voucher is good, and while it is. Times are ISO 8601 in UTC, and so in order."""
    require(account.state == ACTIVE, f"{account.voucher_id} is {account.state}, and yet {entry}")
    require(account.stores is None or entry.store in account.stores, f"{entry} at a store where it is not good")
    if entry.hold:
        return  # judged when it was held
    in_time = account.valid_from <= entry.at and (account.expires_at is None or entry.at < account.expires_at)
    require(in_time, f"{entry} before {account.valid_from} or after {account.expires_at}")


def plus(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    """The sum, part by part."""
    return {name: one.get(name, 0) + other.get(name, 0) for name in {**one, **other}}


def negative(amounts: Amounts) -> dict[str, int]:
    """The same, taken away."""
    return {name: -amount for name, amount in amounts.items()}


def amounts(worth: Mapping[str, Any]) -> dict[str, int]:
    """What a stored worth is, counted."""
    if worth.get("money"):
        return {worth["money"]["currency"]: worth["money"]["minor"]}
    if worth.get("uses") is not None:
        return {"uses": worth["uses"]}
    return {line["sku"]: line["quantity"] for line in worth.get("items", ())}


def _entry(store: Store, row: Row) -> Entry:
    names = ("sequence", "kind", "change", "balance", "store_id", "reference", "reason", "recorded_at", "hold")
    item = _read(store, row, *names, "redemption", "held", "until")
    assert item is not None
    reference = (item["store_id"], item["reference"]) if "reference" in item else None
    balance = amounts(item["balance"])
    change = {name: amounts(item["change"]).get(name, 0) for name in balance}
    return Entry(
        sequence=item["sequence"],
        kind=item["kind"],
        change=change,
        balance=balance,
        reference=reference,
        reason=item.get("reason"),
        at=item["recorded_at"],
        store=item.get("store_id"),
        redemption=item.get("redemption"),
        hold=item.get("hold"),
        held=amounts(item.get("held", {})),
        until=item.get("until", ""),
    )


def _read(store: Store, row: Row, *names: str) -> dict[str, Any] | None:
    """Some attributes of an item, as plain values."""
    item = store.item(row)
    return None if item is None else {name: plain(item[name]) for name in names if name in item}


def plain(value: dict[str, Any]) -> Any:
    """An attribute's plain value."""
    ((kind, content),) = value.items()
    match kind:
        case "N":
            return int(content)
        case "M":
            return {name: plain(part) for name, part in content.items()}
        case "L":
            return [plain(part) for part in content]
        case "NULL":
            return None
        case _:
            return content
