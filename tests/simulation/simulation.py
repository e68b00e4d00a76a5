"""A history: everybody acts, everything goes wrong, and one seed decides what happens when.

First come tills, shops, an administrator and the queue's worker, in any order and in the midst of each other's calls.
Then it gets quiet: nothing fails any more, whoever is in doubt asks until it knows, and the queues run dry.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from types import SimpleNamespace

import pytest

from functions.adapters.errors import OutsideError
from functions.contracts.messages import OrderChanged
from functions.domain.credential import Credential
from functions.issuance.entry import settling
from functions.runtime.again import again
from functions.runtime.queue_consumer import read_message
from functions.runtime.wiring import TABLES, using
from tests.simulation import door
from tests.simulation.actors import Actor, Administrator, Card, Shop, Till, World
from tests.simulation.auditor import Auditor
from tests.simulation.books import Account, Violation
from tests.simulation.calls import Meaning, Spoken
from tests.simulation.deployment import TILLS, Deployment, opened
from tests.simulation.door import Reply, Request
from tests.simulation.faults import FITTING, Fault, KilledError, Unreliable
from tests.simulation.queues import Queues
from tests.simulation.store import Store, deployed_indexes
from tests.support.world import Clock

STEPS = 40
DEPTH = 3
QUIET_STEPS = 400
READS = {"get_item", "batch_get_item", "query"}
_INDEXES = deployed_indexes()


class BrokenError(BaseException):
    """The simulation itself is wrong."""


@dataclass(frozen=True)
class Mood:
    """How bad it is: chances per call. `spoils` are the faults there are, None for all."""

    fault: float
    rival: float
    lost_answer: float
    delayed: float
    spoils: frozenset[Fault] | None = None


MOODS = (
    Mood(0.0, 0.4, 0.0, 0.0),
    Mood(0.03, 0.1, 0.03, 0.02),
    Mood(0.08, 0.25, 0.05, 0.03),
    Mood(0.25, 0.15, 0.1, 0.05),
    Mood(0.15, 0.1, 0.0, 0.0, frozenset({Fault.LOST_REPLY, Fault.KILLED_AFTER, Fault.REPEATED, Fault.INTERNAL_DONE})),
    Mood(0.15, 0.3, 0.0, 0.1, frozenset({Fault.LATE, Fault.IN_PROGRESS_LATE, Fault.TORN, Fault.STALE})),
    Mood(0.25, 0.2, 0.0, 0.0, frozenset({Fault.CONFLICT, Fault.IN_PROGRESS, Fault.THROTTLED})),
    Mood(0.1, 0.1, 0.0, 0.0, frozenset({Fault.KILLED_BEFORE, Fault.KILLED_AFTER, Fault.PART_REFUSED})),
)
# How often whom: three tills, the shop, the administrator, two workers, the network.
BUSY = (
    (6, 5, 4, 3, 2, 2, 2, 2),
    (6, 6, 6, 1, 1, 1, 1, 2),
    (6, 5, 4, 6, 1, 3, 3, 2),
    (1, 1, 1, 9, 1, 6, 6, 2),
    (1, 1, 1, 40, 1, 40, 40, 9),
)


@dataclass
class Result:
    """What became of a history."""

    seed: int
    violation: str | None = None
    trace: list[str] = field(default_factory=list)
    calls: int = 0
    replies: Counter[str] = field(default_factory=Counter)
    faults: Counter[Fault] = field(default_factory=Counter)


def simulate(seed: int, *, steps: int = STEPS, trace: bool = False) -> Result:
    """One history. The same seed gives the same, in any process."""
    return _History(seed, steps, trace=trace).run()


class _Worker(Actor):
    """A consumer of the queue."""

    def __init__(self, name: str, world: "_History") -> None:
        super().__init__(name, world)
        self._history = world

    def step(self) -> bool:
        return self._history.deliver(self.name)

    def finish(self) -> bool:
        return self._history.deliver(self.name)


class _Network(Actor):
    """What was under way arrives: a request that nobody waits for any more, a write that was held up."""

    def __init__(self, world: "_History") -> None:
        super().__init__("network", world)
        self._history = world

    def step(self) -> bool:
        return self._history.arrive()

    def finish(self) -> bool:
        return self._history.arrive()


class _History(World):
    """The world of one history: its weather, its clock, and all that is said in it."""

    def __init__(self, seed: int, steps: int, *, trace: bool) -> None:
        self.random = Random(seed)
        self.result = Result(seed)
        self._traces, self._steps = trace, steps
        self._mood = self.random.choice(MOODS)
        self.holds = self.random.random() < 0.5
        self._quiet, self._ticks, self._names = False, 0, Counter[str]()
        self._said: list[Spoken] = []
        self._under_way: list[Spoken] = []
        self._busy: list[Actor] = []
        self.clock = Clock()
        self.store = Store(TABLES, _INDEXES)
        self.store.go_back(opened().rows)
        self.client = Unreliable(self.store, self)
        self.queues = Queues(self)
        self.deployment = Deployment(self.client, self.queues, self.clock)
        self.auditor = Auditor(self.store)
        self.shop = Shop("shop", self)
        tills = [Till(name, self, store=TILLS[name], token=opened().tokens[name]) for name in TILLS]
        workers = [_Worker(f"worker-{number}", self) for number in (1, 2)]
        self._actors = [*tills, self.shop, Administrator("admin", self), *workers, _Network(self)]
        self._weights = self.random.choice(BUSY)
        self._favourites = set(self.random.sample(opened().sold, self.random.randint(1, 2)))

    def run(self) -> Result:
        """The whole history, until something is wrong."""
        with using(self.deployment), nobody_waits(self.clock, self.random):
            try:
                self.auditor.open()
                while self._steps > 0:
                    self._step()
                self._calm_down()
                self.auditor.close(self._said, self.shop.purchases, self.queues.sent)
            except Violation as violation:
                self.result.violation = str(violation)
        return self.result

    def interrupt(self) -> None:
        """Perhaps somebody else's whole step comes first, and another's after it."""
        while len(self._busy) < DEPTH and not self._quiet and self._steps > 0:
            if self.random.random() >= self._mood.rival:
                return
            self._step()

    def fault(self, call: str) -> Fault | None:
        """What goes wrong with a call."""
        # There are two reads to a write, and fewer surprises in them.
        chance = self._mood.fault / 3 if call in READS else self._mood.fault
        if self._quiet or self.random.random() >= chance:
            return None
        possible = [fault for fault in FITTING[call] if self._mood.spoils is None or fault in self._mood.spoils]
        if not possible:
            return None
        fault = self.random.choice(possible)
        self.result.faults[fault] += 1
        self._note(lambda: f"    ! {call}: {fault}")
        return fault

    def say(self, who: str, request: Request, meaning: Meaning) -> Reply | None:
        """Make a call. It may get lost, or its answer may."""
        spoken = Spoken(who, request, meaning, self._tick())
        self._said.append(spoken)
        self.result.calls += 1
        self._note(lambda: f"{spoken}")
        if not self._quiet and self.random.random() < self._mood.delayed:
            self._under_way.append(spoken)
            self._note(lambda: "    is held up on its way")
            return None
        reply = self._answered(spoken)
        if not self._quiet and self.random.random() < self._mood.lost_answer:
            self._note(lambda: "    the answer gets lost")
            return None
        if reply is not None:
            spoken.returned, spoken.reply = self._tick(), reply
            self.auditor.hear(spoken)
        return reply

    def name(self, prefix: str) -> str:
        """A name that was not used yet."""
        self._names[prefix] += 1
        return f"{prefix}{self._names[prefix]}"

    def now(self) -> str:
        """This moment."""
        return self.clock.now.isoformat()

    def cards(self) -> list[Card]:
        """The vouchers that customers hold: few, so that people meet. Some show a QR that was replaced."""
        bought = [
            account
            for voucher_id, account in self.auditor.books.accounts.items()
            if voucher_id in self._favourites or not account.source[1].startswith("sold-")
        ]
        return [self._card(account) for account in bought]

    def log(self) -> list[Spoken]:
        """All calls so far."""
        return self._said

    def deliver(self, who: str) -> bool:
        """A message of the orders' queue is handled, or comes back."""
        message = self.queues.next("orders", self.random)
        if message is None:
            return False
        self._note(lambda: f"{who}: {message.body}")
        try:
            settling().settle(read_message(message.body, OrderChanged))
        except OutsideError as error:
            name = type(error).__name__
            self._note(lambda: f"    comes back: {name}")
        except KilledError:
            self._note(lambda: "    is killed")
        else:
            self.queues.done(message, self.random)
        return True

    def arrive(self) -> bool:
        """Something that was under way arrives."""
        if self.client.late and (not self._under_way or self.random.random() < 0.5):
            self._note(lambda: "network: a write arrives late")
            self.client.arrive(self.random.randrange(len(self.client.late)))
            return True
        if self._under_way:
            spoken = self._under_way.pop(self.random.randrange(len(self._under_way)))
            self._note(lambda: f"network: arrives late: {spoken}")
            self._answered(spoken)
            return True
        return False

    def _card(self, account: Account) -> Card:
        shown = account.credential
        if shown > 1 and self.random.random() < 0.15:
            shown -= 1
        return Card(
            account.voucher_id,
            shown,
            account.face,
            self.deployment.codebook.code(Credential(account.voucher_id, shown)),
        )

    def _step(self) -> None:
        """Somebody who is not busy does one thing."""
        self._steps -= 1
        self._pass_time()
        idle = [place for place, actor in enumerate(self._actors) if actor not in self._busy]
        while idle:
            (place,) = self.random.choices(idle, [self._weights[each] for each in idle])
            if self._acting(self._actors[place], self._actors[place].step):
                return
            idle.remove(place)

    def _acting(self, actor: Actor, act: Callable[[], bool]) -> bool:
        self._busy.append(actor)
        try:
            acted = act()
        except Exception as error:
            # In the midst of somebody's call, a mistake of the simulation's own would be answered as one of the app's.
            raise BrokenError(f"{actor.name} broke down: {error!r}") from error
        finally:
            self._busy.remove(actor)
        self.auditor.look()
        return acted

    def _calm_down(self) -> None:
        """Nothing fails any more. Everybody goes on until nothing is left to be done, which must come to an end."""
        self._quiet = True
        self._note(lambda: "it gets quiet")
        for _ in range(QUIET_STEPS):
            self.clock.forward(seconds=1)
            open_ends = [actor for actor in reversed(self._actors) if self._acting(actor, actor.finish)]
            if not open_ends:
                return
        raise Violation(f"after {QUIET_STEPS} rounds without a fault some are not done: {open_ends}")

    def _pass_time(self) -> None:
        """Mostly seconds, sometimes an hour or a day, rarely longer than a promotion lasts."""
        (jump,) = self.random.choices((0, 3600, 86_400, 31 * 86_400), (200, 6, 3, 1))
        self.clock.forward(seconds=jump + self.random.randint(1, 60))

    def _answered(self, spoken: Spoken) -> Reply | None:
        try:
            reply = door.call(spoken.request)
        except KilledError:
            self._note(lambda: f"    {spoken.who}'s worker is killed")
            return None
        self.result.replies[f"{reply.status} {reply.code}".strip()] += 1
        self._note(lambda: f"    {reply.status} {reply.text}")
        return reply

    def _tick(self) -> int:
        self._ticks += 1
        return self._ticks

    def _note(self, line: Callable[[], str]) -> None:
        if self._traces:
            self.result.trace.append(f"{self.clock.now:%d %H:%M:%S} {'  ' * len(self._busy)}{line()}")


@contextmanager
def nobody_waits(clock: Clock, random: Random) -> Iterator[None]:
    """Pauses pass on the clock of the history, and their jitter is drawn from its seed."""

    def pause(seconds: float) -> None:
        clock.forward(seconds=seconds)

    defaults = again.__kwdefaults__
    assert defaults is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(defaults, "pause", pause)
        patch.setattr("functions.runtime.again.random", random)
        patch.setattr("functions.adapters.dynamodb.database.time", SimpleNamespace(sleep=pause))
        yield
