"""What clients were promised, held against what the tables say.

Knows the contract and nothing of the app's code: an answer is JSON, a row is DynamoDB's own form of it.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.books import Account, Books, Reference, Violation, negative, plain, require
from tests.simulation.calls import Act, End, Find, Keep, Look, Redeem, Return, Spoken, Tell, Void
from tests.simulation.checker import Timed, first_inexplicable
from tests.simulation.door import Reply
from tests.simulation.purchases import Purchase
from tests.simulation.store import Row, Store
from tests.simulation.vouchers import Call, State, Voucher, VoucherModel, vector

__all__ = ["Auditor", "Violation"]

BY_ORDER = {"order_cancelled", "order_refunded"}


@dataclass
class Story:
    """Everything that was said under one reference."""

    redeems: list[Spoken] = field(default_factory=list)
    voids: list[Spoken] = field(default_factory=list)

    @property
    def redeemed(self) -> list[Spoken]:
        """The redemptions that were acknowledged."""
        return [spoken for spoken in self.redeems if _is_ok(spoken)]

    @property
    def voided(self) -> list[Spoken]:
        """The voids that were acknowledged."""
        return [spoken for spoken in self.voids if _is_ok(spoken)]


class Auditor:
    """Looks after every step, hears every answer, and closes the books at the end."""

    def __init__(self, store: Store) -> None:
        self.books, self._store = Books(store), store
        self._stories: dict[Reference, Story] = defaultdict(Story)

    def open(self) -> None:
        """Take down what was there before the history began."""
        self.books.look_at_everything()

    def look(self) -> None:
        """Check the tables as they are.

        Raises:
            Violation: of what must always be.
        """
        self.books.look()

    def hear(self, spoken: Spoken) -> None:
        """Check an answer.

        Raises:
            Violation: it contradicts an earlier one, or the tables.
        """
        reply = spoken.reply
        assert reply is not None
        require(reply.code != "internal" and reply.status not in {401, 403, 422}, f"{spoken} was answered {reply}")
        self.look()
        match spoken.meaning:
            case Redeem():
                self._hear_redeem(spoken, spoken.meaning, reply)
            case Void():
                self._hear_void(spoken, spoken.meaning, reply)
            case Find():
                self._hear_find(spoken.meaning, reply)
            case Keep() | End() | Return() if reply.is_ok:
                self._hear_other(spoken.meaning, reply)

    def close(self, said: Sequence[Spoken], purchases: Iterable[Purchase], sent: Iterable[tuple[str, str]]) -> None:
        """Check the whole history, now that it is over.

        Raises:
            Violation: of what must be in the end.
        """
        self.books.look_at_everything()
        for spoken in said:
            self._take_down(spoken)
        others = {
            (each.meaning.store, each.meaning.reference)
            for each in said
            if isinstance(each.meaning, Keep | End | Return)
        }
        for reference in [*self._stories, *(self.books.entries.keys() - self._stories.keys() - others)]:
            self._close_story(reference, self._stories[reference])
        self._close_acts(said)
        for purchase in purchases:
            self._close_purchase(purchase)
        self._close_messages({body for _, body in sent}, said)
        for component in _components(said):
            # The checker's model knows neither holds nor refunds: what they touched is judged by the books alone.
            if not any(self._was_held_or_refunded(voucher_id, said) for voucher_id in component):
                self._check_order(component, said)

    def _was_held_or_refunded(self, voucher_id: str, said: Sequence[Spoken]) -> bool:
        entries = self.books.accounts[voucher_id].entries
        of_a_hold = (
            isinstance(each.meaning, Redeem) and each.meaning.voucher_id == voucher_id and '"hold"' in each.meaning.said
            for each in said
        )
        return any(entry.kind in {"hold", "refund"} for entry in entries) or any(of_a_hold)

    # What is said of a reference, as it is said. ---------------------------------------------------------------------

    def _hear_redeem(self, spoken: Spoken, redeem: Redeem, reply: Reply) -> None:
        reference = (redeem.store, redeem.reference)
        story = self._stories[reference]
        earlier = [each for each in story.redeemed if each is not spoken]
        story.redeems.append(spoken)
        voided = [void for void in story.voided if _ended_before(void, spoken)]
        if reply.is_ok:
            require(not voided, f"{spoken} redeems, though {reference} was voided before")
            for each in earlier:
                require(each.reply and each.reply.text == reply.text, f"{spoken} and {each} were answered differently")
                require(_same(each, spoken), f"{reference} was good for two things: {spoken} and {each}")
            self._check_acknowledged(redeem, reference, reply)
        elif reply.code not in {"in_progress", "throttled", "unavailable"}:
            insisted = [each for each in earlier if _same(each, spoken) and _ended_before(each, spoken)]
            require(not insisted or reply.code == "voided", f"{spoken} was acknowledged, and is now {reply.code}")

    def _check_acknowledged(self, redeem: Redeem, reference: Reference, reply: Reply) -> None:
        rows = self.books.of(reference, "redeem")
        require(len(rows) == 1, f"{reference} was acknowledged, and stands in the ledgers {len(rows)} times")
        ((voucher_id, entry),) = rows
        told = (redeem.voucher_id, reply.json["voucher_id"], _amounts(reply.json["redeemed"]))
        taken = {name: amount for name, amount in negative(entry.change).items() if amount}
        require(told == (voucher_id, voucher_id, taken), f"{reference} was told {told}, did {entry}")
        left = _left(reply.json["available"])
        require(left == entry.free, f"{reference} was told that {left} is left, and it was {entry.free}")

    def _hear_void(self, spoken: Spoken, void: Void, reply: Reply) -> None:
        reference = (void.store, void.reference)
        story = self._stories[reference]
        story.voids.append(spoken)
        if not reply.is_ok:
            require(reply.may_be_tried_again, f"{spoken} was refused: {reply}")
            return
        texts = {each.reply.text for each in story.voided if each.reply}
        require(len(texts) == 1, f"the voids of {reference} were answered differently: {texts}")
        rows = len(self.books.of(reference, "redeem")), len(self.books.of(reference, "void"))
        expected = {"restored": {(1, 1)}, "none": {(0, 0)}}[reply.json["effect"]]
        if self._is_refunded(reference):
            expected = {(1, 1)}
        require(rows in expected, f"{spoken} was told {reply.json}, the ledgers have (redeem, void) {rows}")

    def _is_refunded(self, reference: Reference) -> bool:
        """Whether nothing was left for a void to restore."""
        voids = self.books.of(reference, "void")
        return bool(voids) and not any(voids[0][1].change.values())

    def _hear_other(self, meaning: Keep | End | Return, reply: Reply) -> None:
        """What was acknowledged stands in a ledger, once, and as it was told."""
        reference, told = (meaning.store, meaning.reference), reply.json
        match meaning:
            case Keep():
                kind, amount = "hold", None
            case Return():
                kind, amount = "refund", _amounts(told["refunded"])
            case End(is_capture=True):
                kind, amount = "redeem", negative(_amounts(told["redeemed"]))
            case End():
                if told["effect"] == "none":
                    return
                kind, amount = "release", None
        rows = self.books.of(reference, kind)
        require(len(rows) == 1, f"{reference} was told {told}, and {kind} stands in the ledgers {len(rows)} times")
        moved = {name: change for name, change in rows[0][1].change.items() if change}
        require(amount is None or amount == moved, f"{reference} was told {told}, and did {rows[0][1]}")

    def _hear_find(self, find: Find, reply: Reply) -> None:
        story = self._stories[find.store, find.reference]
        if not reply.is_ok:
            return
        for each in story.redeemed:
            assert each.reply is not None
            first, now = each.reply.json, reply.json
            lasting = first.keys() - {"state", "voided_at", "refunded"}
            require(all(first[name] == now.get(name) for name in lasting), f"{each} is told otherwise now: {now}")

    # What is true in the end. ----------------------------------------------------------------------------------------

    def _take_down(self, spoken: Spoken) -> None:
        """Calls without an answer belong to a story, too."""
        if spoken.reply is None:
            match spoken.meaning:
                case Redeem(store=store, reference=reference):
                    self._stories[store, reference].redeems.append(spoken)
                case Void(store=store, reference=reference):
                    self._stories[store, reference].voids.append(spoken)

    def _close_story(self, reference: Reference, story: Story) -> None:
        redeemed, voided = self.books.of(reference, "redeem"), self.books.of(reference, "void")
        if story.redeemed:
            require(redeemed, f"{reference} was acknowledged and is in no ledger")
        if not any(map(_may_have_happened, story.redeems)):
            require(not redeemed, f"{reference} was refused, and yet took {redeemed}")
        if not any(map(_may_have_happened, story.voids)):
            require(not voided, f"{reference} was not voided, and yet restored {voided}")
        asked = [each.meaning for each in story.redeems if isinstance(each.meaning, Redeem)]
        for voucher_id, entry in redeemed:
            taken = negative(entry.change)
            fitting = [each for each in asked if each.voucher_id == voucher_id and _asks_for(each, taken)]
            require(fitting, f"{reference} took {taken} from {voucher_id}, which nobody asked for")

    def _close_acts(self, said: Sequence[Spoken]) -> None:
        """Each wish of an administrator that was granted was granted once."""
        for account in self.books.accounts.values():
            wishes = [
                each for each in said if isinstance(each.meaning, Act) and each.meaning.voucher_id == account.voucher_id
            ]
            done = Counter(entry.kind for entry in account.entries if entry.reason not in BY_ORDER)
            for action in ("suspend", "resume", "revoke", "reissue"):
                about = [each for each in wishes if isinstance(each.meaning, Act) and each.meaning.action == action]
                least, most = _granted(about)
                require(
                    least <= done[action] <= most,
                    f"{account.voucher_id}: {action} was granted {least} to {most} times, done {done[action]} times",
                )

    def _close_purchase(self, purchase: Purchase) -> None:
        row = Row("commerce", f"ORDER#{purchase.shop_id}#{purchase.order_id}", "ORDER")
        item = self._store.item(row)
        require(item, f"{row} was acknowledged, and is lost")
        assert item is not None
        require(item["settled"] == item["version"], f"{row} is not settled")
        for line in purchase.lines:
            of_line = (purchase.shop_id, purchase.order_id, str(line.line_id))
            sold = [account for account in self.books.accounts.values() if account.source[:3] == of_line]
            in_force = [account for account in sold if account.state != "revoked"]
            wanted, by_hand = purchase.wanted(line), sum(map(_revoked_by_hand, sold))
            require(len(sold) <= line.sold, f"{of_line} sold {line.sold} and became {len(sold)} vouchers")
            require(
                wanted - by_hand <= len(in_force) <= wanted,
                f"{of_line} should have {wanted} vouchers in force (less {by_hand} revoked by hand): {len(in_force)}",
            )

    def _close_messages(self, bodies: set[str], said: Sequence[Spoken]) -> None:
        """The newest credential of every voucher in force is on its way to its customer."""
        sent = {json.loads(body).get("message_id") for body in bodies}
        abandoned = {each.meaning.voucher_id for each in said if isinstance(each.meaning, Act) and _is_abandoned(each)}
        for row in self._store.rows:
            if row.table == "sends":
                item = self._store.item(row)
                assert item is not None
                message_id, voucher_id, credential = (
                    plain(item[name]) for name in ("message_id", "voucher_id", "credential")
                )
                account = self.books.accounts[voucher_id]
                is_newest = credential == account.credential and account.state != "revoked"
                if is_newest and not _was_sent_before(account) and voucher_id not in abandoned:
                    require(message_id in sent, f"the message of {voucher_id} was never sent")

    def _check_order(self, voucher_ids: frozenset[str], said: Sequence[Spoken]) -> None:
        """There is an order of the calls in which each answer is right."""
        vouchers = [(voucher_id, Voucher(vector(self.books.accounts[voucher_id].face))) for voucher_id in voucher_ids]
        history = [*_history_of(voucher_ids, said), *self._revocations(voucher_ids, said)]
        culprit = first_inexplicable(history, VoucherModel(), State(tuple(sorted(vouchers))))
        require(culprit is None, f"no order of the calls explains {culprit}, of {_told(history)}")

    def _revocations(self, voucher_ids: frozenset[str], said: Sequence[Spoken]) -> list[Timed[Call]]:
        """At some time after its shop took units of an order back, a voucher of it may be revoked."""
        found = []
        for voucher_id in voucher_ids:
            shop_id, order_id, *_ = self.books.accounts[voucher_id].source
            told = [
                each.invoked
                for each in said
                if isinstance(each.meaning, Tell)
                and each.meaning.takes_back
                and (each.meaning.shop_id, each.meaning.order_id) == (shop_id, order_id)
            ]
            if told:
                found.append(Timed(Call(Act(voucher_id, "revoke", None), is_known=False), min(told)))
        return found


def _is_ok(spoken: Spoken) -> bool:
    return spoken.reply is not None and spoken.reply.is_ok


def _ended_before(one: Spoken, other: Spoken) -> bool:
    return one.returned is not None and one.returned < other.invoked


def _same(one: Spoken, other: Spoken) -> bool:
    """Whether two redemptions ask for the same."""
    redeems = [each.meaning for each in (one, other) if isinstance(each.meaning, Redeem)]
    return len({(each.voucher_id, each.said) for each in redeems}) == 1


def _may_have_happened(spoken: Spoken) -> bool:
    return spoken.reply is None or spoken.reply.is_ok or spoken.reply.code == "unavailable"


def _asks_for(redeem: Redeem, taken: Mapping[str, int]) -> bool:
    return redeem.asked is None or dict(redeem.asked) == {name: amount for name, amount in taken.items() if amount}


def _granted(about: Sequence[Spoken]) -> tuple[int, int]:
    """How often, at least and at most, an administrator's wish was granted."""
    keyed: dict[str, list[Spoken]] = defaultdict(list)
    careless: list[Spoken] = []
    for each in about:
        assert isinstance(each.meaning, Act)
        if each.meaning.key:
            keyed[each.meaning.key].append(each)
        else:
            careless.append(each)
    least = sum(any(map(_is_ok, of_key)) for of_key in keyed.values()) + sum(map(_is_ok, careless))
    most = sum(any(map(_may_have_happened, of_key)) for of_key in keyed.values())
    return least, most + sum(map(_may_have_happened, careless))


def _revoked_by_hand(account: Account) -> bool:
    return any(entry.kind == "revoke" and entry.reason not in BY_ORDER for entry in account.entries)


def _was_sent_before(account: Account) -> bool:
    """Whether it was sold, and its message sent, before the history began."""
    return account.source[1].startswith("sold-") and account.credential == 1


def _is_abandoned(spoken: Spoken) -> bool:
    """Whether an administrator who used no key and got no answer let it rest."""
    assert isinstance(spoken.meaning, Act)
    return spoken.meaning.key is None and spoken.meaning.action == "reissue" and not _is_ok(spoken)


def _components(said: Iterable[Spoken]) -> list[frozenset[str]]:
    """The vouchers that hang together, because somebody named two of them under one reference."""
    by_reference: dict[Reference, set[str]] = defaultdict(set)
    for each in said:
        if isinstance(each.meaning, Redeem):
            by_reference[each.meaning.store, each.meaning.reference].add(each.meaning.voucher_id)
        elif isinstance(each.meaning, Look | Act):
            by_reference["", each.meaning.voucher_id].add(each.meaning.voucher_id)
    components: list[frozenset[str]] = []
    for together in by_reference.values():
        touching = [component for component in components if component & together]
        components = [component for component in components if component not in touching]
        components.append(frozenset(together).union(*touching))
    return components


def _history_of(voucher_ids: frozenset[str], said: Iterable[Spoken]) -> list[Timed[Call]]:
    """The calls that concern some vouchers; those that were told that nothing was done are left out."""
    references = {
        (each.meaning.store, each.meaning.reference)
        for each in said
        if isinstance(each.meaning, Redeem) and each.meaning.voucher_id in voucher_ids
    }
    return [
        Timed(_call(each), each.invoked, each.returned if _is_known(each) else None)
        for each in said
        if _concerns(each, voucher_ids, references) and not _did_nothing(each)
    ]


def _concerns(spoken: Spoken, voucher_ids: frozenset[str], references: set[Reference]) -> bool:
    match spoken.meaning:
        case Void(store=store, reference=reference) | Find(store=store, reference=reference):
            return (store, reference) in references
        case Redeem(voucher_id=voucher_id) | Look(voucher_id=voucher_id) | Act(voucher_id=voucher_id):
            return voucher_id in voucher_ids
        case _:
            return False


def _did_nothing(spoken: Spoken) -> bool:
    return spoken.reply is not None and spoken.reply.code in {"in_progress", "throttled"}


def _is_known(spoken: Spoken) -> bool:
    return spoken.reply is not None and spoken.reply.code != "unavailable"


def _call(spoken: Spoken) -> Call:
    meaning, reply = spoken.meaning, spoken.reply
    assert isinstance(meaning, Redeem | Void | Find | Look | Act)
    if reply is None or not _is_known(spoken):
        return Call(meaning, is_known=False)
    if not reply.is_ok:
        return Call(meaning, is_known=True, code=reply.code)
    answer = reply.json
    taken = vector(_amounts(answer["redeemed"])) if "redeemed" in answer else None
    left = vector(_left(answer["available"])) if answer.get("available") else None
    effect = answer["state"] if isinstance(meaning, Find) else answer.get("effect")
    return Call(meaning, is_known=True, is_ok=True, taken=taken, left=left, effect=effect)


def _amounts(told: Mapping[str, Any]) -> dict[str, int]:
    """What an answer says was taken."""
    if told.get("money"):
        return {told["money"]["currency"]: int(told["money"]["amount"])}
    if told.get("uses") is not None:
        return {"uses": told["uses"]}
    return {line["sku"]: line["quantity"] for line in told.get("items") or ()}


def _left(available: Mapping[str, Any]) -> dict[str, int]:
    """What an answer says is left."""
    discount = available.get("discount")
    return {"uses": discount["uses_left"]} if discount else _amounts(available)


def _told(history: Sequence[Timed[Call]]) -> str:
    return "".join(f"\n    {timed}" for timed in sorted(history, key=lambda timed: timed.invoked))
