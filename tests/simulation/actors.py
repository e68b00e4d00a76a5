"""Those who use the system, each for itself: one step is one call, and who gets no answer asks again.

What a client wants is a task. It is pursued until the client knows how it ended; a new operation of the till is one
more small class of task.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol

from tests.simulation.calls import Act, Amounts, End, Find, Keep, Look, Meaning, Redeem, Return, Spoken, Tell, Void
from tests.simulation.deployment import qr
from tests.simulation.door import Reply, Request
from tests.simulation.purchases import Purchase
from tests.support.retail import OWN_SHOP, SHOP
from tests.support.world import ADMIN_TOKEN

Step = tuple[Request, Meaning]


@dataclass(frozen=True)
class Card:
    """A voucher in a customer's hands: its newest credential number, and what it was worth when it was sold."""

    voucher_id: str
    credential: int
    face: Amounts
    code: str

    @property
    def is_discount(self) -> bool:
        return "uses" in self.face


class World(Protocol):
    """What actors can see and do. `holds` says whether tills of this history hold and refund."""

    random: Random
    holds: bool

    def say(self, who: str, request: Request, meaning: Meaning) -> Reply | None:
        """Make a call; None where no answer came."""

    def name(self, prefix: str) -> str:
        """A name that was not used yet."""

    def now(self) -> str:
        """This moment, as shops write it; a later one at every step."""

    def cards(self) -> list[Card]:
        """The vouchers that customers hold."""

    def log(self) -> list[Spoken]:
        """All calls so far."""


class Task(ABC):
    """Something a client wants. `is_over` once it knows how it ended, or does not care any more."""

    is_over: bool = False

    @abstractmethod
    def next(self) -> Step:
        """The next call."""

    @abstractmethod
    def hear(self, reply: Reply | None) -> None:
        """What came of it."""


class Actor(ABC):
    """Somebody. `step` does one thing, if there is one to do now, and says whether there was."""

    def __init__(self, name: str, world: World) -> None:
        self.name, self.world, self.tasks = name, world, list[Task]()

    @abstractmethod
    def step(self) -> bool:
        """One thing."""

    def finish(self) -> bool:
        """One thing that is still open; False where nothing is."""
        return self.pursue(next((task for task in self.tasks if not task.is_over), None))

    def pursue(self, task: Task | None) -> bool:
        """The next call of a task."""
        if task is None:
            return False
        task.hear(self.world.say(self.name, *task.next()))
        self.tasks = [each for each in self.tasks if not each.is_over]
        return True

    def begin(self, task: Task) -> bool:
        """A new task, and its first call."""
        self.tasks.append(task)
        return self.pursue(task)


class Once(Task):
    """A question: whatever the answer, it is over."""

    def __init__(self, request: Request, meaning: Meaning) -> None:
        self._step = (request, meaning)

    def next(self) -> Step:
        return self._step

    def hear(self, reply: Reply | None) -> None:
        del reply
        self.is_over = True


class Insisting(Task):
    """Sent again until an answer comes that decides it."""

    def __init__(self, request: Request, meaning: Meaning) -> None:
        self._step = (request, meaning)

    def next(self) -> Step:
        return self._step

    def hear(self, reply: Reply | None) -> None:
        self.is_over = reply is not None and not reply.may_be_tried_again


class Redeeming(Task):
    """A redemption. A till that was once left without an answer believes no refusal: it voids, and so makes sure."""

    def __init__(self, redeem: Step, void: Step) -> None:
        self._redeem, self._void = redeem, void
        self._in_doubt = self._gives_up = False

    def next(self) -> Step:
        return self._void if self._gives_up else self._redeem

    def hear(self, reply: Reply | None) -> None:
        if reply is None:
            self._in_doubt = True
        elif not reply.may_be_tried_again:
            self.is_over = reply.is_ok or self._gives_up or not self._in_doubt
            self._gives_up = True
        elif reply.status >= 500:
            self._in_doubt = True

    def give_up(self) -> None:
        """Void instead of trying again."""
        self._gives_up = True


class Till(Actor):
    """A till, and the clerk who uses it. References are its store's: another till of the store may take one up."""

    def __init__(self, name: str, world: World, *, store: str, token: str) -> None:
        super().__init__(name, world)
        self._store, self._token = store, token
        # In half of the histories tills also hold and refund; in the others the checker knows all that may happen.
        self._holds = world.holds

    def step(self) -> bool:
        random = self.world.random
        if self.tasks and random.random() < 0.5:
            task = random.choice(self.tasks)
            if isinstance(task, Redeeming) and random.random() < 0.25:
                task.give_up()
            return self.pursue(task)
        cards = self.world.cards()
        if not cards:
            return False
        begin = random.choices(
            (
                self._redeem, self._void_something, self._void_first, self._look, self._find, self._repeat, self._reuse,
                self._hold, self._end_a_hold, self._refund,
            ),
            (40, 16, 6, 10, 6, 12, 10, *((14, 16, 10) if self._holds else (0, 0, 0))),
        )[0]  # fmt: skip
        return begin(random.choice(cards))

    def _redeem(self, card: Card) -> bool:
        return self._begin_redeeming(card, self.world.name("r"))

    def _begin_redeeming(self, card: Card, reference: str) -> bool:
        redeem = self._redemption(card, reference, wish(card, self.world.random))
        return self.begin(Redeeming(redeem, self._voiding(reference)))

    def _void_something(self, card: Card) -> bool:
        del card
        reference = self._known()
        return self.begin(Insisting(*self._voiding(reference))) if reference else False

    def _void_first(self, card: Card) -> bool:
        """The void overtakes its original, which still comes."""
        reference = self.world.name("r")
        self.tasks.append(Redeeming(self._redemption(card, reference, {}), self._voiding(reference)))
        return self.begin(Insisting(*self._voiding(reference)))

    def _look(self, card: Card) -> bool:
        request = self._request("POST", "lookup", {"credential": self._shown(card)})
        return self.begin(Once(request, Look(self._store, card.voucher_id, card.credential)))

    def _find(self, card: Card) -> bool:
        del card
        reference = self._known() or self.world.name("r")
        request = self._request("GET", "redemptions/{reference}", reference=reference)
        return self.begin(Once(request, Find(self._store, reference)))

    def _repeat(self, card: Card) -> bool:
        """The same request once more, from another till perhaps, or with the code typed in place of the QR."""
        del card
        said = self._earlier()
        if said is None:
            return False
        redeem = Request("PUT", said.request.path, said.request.parameters, said.request.body, self._token)
        return self.begin(Redeeming((redeem, said.meaning), self._voiding(said.request.parameters["reference"])))

    def _reuse(self, card: Card) -> bool:
        """A reference of the store for something else: a till that has lost its count."""
        said = self._earlier()
        if said is None:
            return False
        return self._begin_redeeming(card, said.request.parameters["reference"])

    def _hold(self, card: Card) -> bool:
        """Keep something for a sale, which may have held something before."""
        random = self.world.random
        ask = {} if card.is_discount else wish(card, random)
        order = {"order": random.choice(("sale-1", "sale-2"))} if random.random() < 0.3 else {}
        reference = self.world.name("h")
        body = {"credential": self._shown(card), "seconds": random.randint(1, 600), **ask, **order}
        request = self._request("PUT", "holds/{reference}", body, reference=reference)
        return self.begin(Insisting(request, Keep(self._store, reference, card.voucher_id)))

    def _end_a_hold(self, card: Card) -> bool:
        """Capture it, whole or in part; release it; or redeem it under another reference."""
        random = self.world.random
        held = [each for each in self.world.log() if isinstance(each.meaning, Keep) and each.who == self.name]
        if not held:
            return False
        keep = random.choice(held[-4:])
        assert isinstance(keep.meaning, Keep)
        reference, voucher_id = keep.meaning.reference, keep.meaning.voucher_id
        if random.random() < 0.25 and voucher_id == card.voucher_id and not card.is_discount:
            redeem = self._redemption(card, self.world.name("r"), {"hold": reference})
            return self.begin(Redeeming(redeem, self._voiding(redeem[0].parameters["reference"])))
        how = random.choice(("capture", "capture", "release"))
        body = {"money": {"amount": "1", "currency": "TWD"}} if how == "capture" and random.random() < 0.3 else {}
        if how == "capture" and voucher_id == card.voucher_id and card.is_discount:
            body = {"basket": _basket("1000")}
        request = self._request("POST", f"holds/{{reference}}/{how}", body, reference=reference)
        return self.begin(Insisting(request, End(self._store, reference, how == "capture")))

    def _refund(self, card: Card) -> bool:
        """Give back a redemption of the store, whole or in part."""
        redemption = self._known()
        if redemption is None:
            return False
        random = self.world.random
        part = wish(card, random) if not card.is_discount and random.random() < 0.6 else {}
        reference = self.world.name("f")
        body = {"redemption": redemption, **part}
        request = self._request("PUT", "refunds/{reference}", body, reference=reference)
        return self.begin(Insisting(request, Return(self._store, reference, redemption)))

    def _known(self) -> str | None:
        said = self._earlier()
        return said.request.parameters["reference"] if said else None

    def _earlier(self) -> Spoken | None:
        """One of the store's redemptions, the newest most likely."""
        said = [
            each for each in self.world.log() if isinstance(each.meaning, Redeem) and each.meaning.store == self._store
        ]
        return self.world.random.choice(said[-6:]) if said else None

    def _redemption(self, card: Card, reference: str, ask: dict[str, Any]) -> Step:
        body = {"credential": self._shown(card), **ask}
        request = self._request("PUT", "redemptions/{reference}", body, reference=reference)
        said = json.dumps(_in_order(ask), sort_keys=True)
        return request, Redeem(self._store, reference, card.voucher_id, card.credential, asked(card, ask), said)

    def _voiding(self, reference: str) -> Step:
        request = self._request("POST", "redemptions/{reference}/void", reference=reference)
        return request, Void(self._store, reference)

    def _shown(self, card: Card) -> str:
        """What the scanner read or the clerk typed."""
        token = qr(card.voucher_id, card.credential)
        return self.world.random.choice((token, token, f"https://shop.example/api/v/{token}", card.code))

    def _request(self, method: str, path: str, body: Any = None, **parameters: str) -> Request:
        return Request(method, f"/v1/pos/{path}", parameters, body, self._token)


def wish(card: Card, random: Random) -> dict[str, Any]:
    """What a till may ask of a voucher: all, a part, or more than there is."""
    if card.is_discount:
        return random.choice(({"basket": _basket("1000")}, {"basket": _basket("400")}, {"basket": _basket("100")}))
    if random.random() < 0.25:
        return {}
    if "TWD" in card.face:
        face = card.face["TWD"]
        amount = random.choice((1, face // 3, face // 2, face // 2 + 1, face - 1, face, face + 1))
        return {"money": {"amount": str(amount), "currency": "TWD"}}
    chosen = random.sample(sorted(card.face), random.randint(1, len(card.face)))
    return {"items": [{"sku": sku, "quantity": random.randint(1, card.face[sku])} for sku in chosen]}


def asked(card: Card, ask: Mapping[str, Any]) -> Amounts | None:
    """What a request asks for, counted as the voucher is; None for all that is left."""
    if card.is_discount:
        return {"uses": 1}
    if "money" in ask:
        return {ask["money"]["currency"]: int(ask["money"]["amount"])}
    return {line["sku"]: line["quantity"] for line in ask["items"]} if "items" in ask else None


def _in_order(ask: dict[str, Any]) -> dict[str, Any]:
    """The same request, its lines in one order: in which order they were sent makes it no other."""
    return ask | {"items": sorted(ask["items"], key=lambda line: str(line["sku"]))} if "items" in ask else ask


def _basket(amount: str) -> dict[str, Any]:
    return {"total": {"amount": amount, "currency": "TWD"}}


class Administrator(Actor):
    """Suspends, resumes, revokes and reissues; with a key, or carelessly without."""

    def step(self) -> bool:
        random = self.world.random
        cards = self.world.cards()
        if self.tasks and random.random() < 0.6:
            return self.pursue(random.choice(self.tasks))
        if not cards:
            return False
        action = random.choices(("suspend", "resume", "reissue", "revoke"), (4, 5, 3, 1))[0]
        key = self.world.name("k") if random.random() < 0.8 else None
        request, meaning = self._act(random.choice(cards).voucher_id, action, key)
        return self.begin(Insisting(request, meaning) if key else Once(request, meaning))

    def _act(self, voucher_id: str, action: str, key: str | None) -> Step:
        headers = {"idempotency-key": f'"{key}"'} if key else {}
        path = f"/v1/vouchers/{{voucher_id}}/{action}"
        request = Request("POST", path, {"voucher_id": voucher_id}, {}, ADMIN_TOKEN, headers)
        return request, Act(voucher_id, action, key)


class Telling(Insisting):
    """A report of an order, sent until it is answered with 2xx, as platforms do."""

    def hear(self, reply: Reply | None) -> None:
        self.is_over = reply is not None and reply.is_ok


class Shop(Actor):
    """A web shop: its orders change, and it tells of them late, twice and backwards."""

    def __init__(self, name: str, world: World) -> None:
        super().__init__(name, world)
        self._orders = world.random.randint(1, 2)
        self.purchases: list[Purchase] = []
        self._told: list[Step] = []

    def step(self) -> bool:
        random = self.world.random
        if self._told and random.random() < 0.1:
            self.world.say(self.name, *random.choice(self._told))
            return True
        if self.tasks and random.random() < 0.7:
            return self.pursue(random.choice(self.tasks))
        return self._something_happens(random)

    def _something_happens(self, random: Random) -> bool:
        """News of an order, which will be told at some time or other."""
        if len(self.purchases) < self._orders and (not self.purchases or random.random() < 0.3):
            shop_id = random.choice((SHOP, OWN_SHOP))
            purchase = Purchase.placed(shop_id, len(self.purchases) + 1, self.world.now(), random)
            self.purchases.append(purchase)
        else:
            purchase = random.choice(self.purchases)
            purchase.go_on(self.world.now(), random)
        for request in purchase.reports(self.world.name):
            step = (request, Tell(purchase.shop_id, purchase.order_id, purchase.takes_back))
            self._told.append(step)
            self.tasks.append(Telling(*step))
        return True
