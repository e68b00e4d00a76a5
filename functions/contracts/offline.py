"""What a till reports that was offline, and what becomes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from functions.contracts.available import Available
from functions.contracts.base import Id, Instant, Wire, WireText
from functions.contracts.problems import FieldError, field_errors
from functions.contracts.till import Presented, Redeemed, RedeemedPart, VoidAnswer
from functions.domain.identity import is_identifier
from functions.domain.offline import Outcome, Sale, Told, Undoing
from functions.domain.offline_texts import contested_text, plain_text
from functions.domain.operations import Conflict, Redemption


class OfflineRedemption(Presented, RedeemedPart):
    """What a till took offline, word for word as it asked for it online if it had tried that before."""

    reference: Id
    kind: Literal["redeem"]
    occurred_at: Instant

    @property
    def domain(self) -> Sale:
        """The domain value."""
        return Sale(
            reference=self.reference,
            credential=self.credential,
            ask=self.ask,
            receipt=self.receipt,
            occurred_at=self.occurred_at,
        )


class OfflineVoid(Wire):
    """What a till took back offline."""

    reference: Id
    kind: Literal["void"]
    occurred_at: Instant

    @property
    def domain(self) -> Undoing:
        """The domain value."""
        return Undoing(reference=self.reference, occurred_at=self.occurred_at)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An operation that is wrong in itself: what can be read of it, and where it is wrong."""

    reference: str | None
    kind: str | None
    errors: list[FieldError]


def _alone(sent: Any, read: ValidatorFunctionWrapHandler) -> Any:  # noqa: ANN401 - whatever a till sends, and a model of it
    try:
        return read(sent)
    except ValidationError as error:
        kind = _name(sent, "kind")
        return Unreadable(_name(sent, "reference"), kind, [_untagged(each, kind) for each in field_errors(error)])


def _untagged(error: FieldError, kind: str | None) -> FieldError:
    """The error without the kind of the operation before its path, which no till has sent there."""
    path = f"{error.path}.".removeprefix(f"{kind}.").removesuffix(".")
    return FieldError(path=path or "body", message=error.message)


def _name(sent: object, field: str) -> str | None:
    value = sent.get(field) if isinstance(sent, dict) else None
    return value if isinstance(value, str) and is_identifier(value) else None


# Each is read for itself: what is wrong with one says nothing of the others.
OfflineOperation = Annotated[
    Annotated[OfflineRedemption | OfflineVoid, Field(discriminator="kind")], WrapValidator(_alone)
]


class OfflineBatch(Wire):
    """What a till did while it could not ask, in any order."""

    operations: list[OfflineOperation] = Field(min_length=1, max_length=100)

    @property
    def read(self) -> list[Told | Unreadable]:
        """The domain value of each operation, or what is wrong with it."""
        each: Sequence[Any] = self.operations
        return [sent if isinstance(sent, Unreadable) else sent.domain for sent in each]


class OutcomeAnswer(Wire):
    """How one operation ended. With an `exception_id` a person settles it; what is `retryable` is to be sent again."""

    reference: str | None
    kind: str | None
    outcome: Literal["applied", "replayed", "conflict", "refused"]
    code: str | None = None
    message: WireText | None = None
    retryable: bool = False
    errors: list[FieldError] | None = None
    voucher_id: str | None = None
    redeemed: Redeemed | None = None
    available: Available | None = None
    effect: Literal["restored", "none"] | None = None
    occurred_at: Instant | None = None
    redeemed_at: Instant | None = None
    exception_id: str | None = None

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        """The wire form."""
        return cls(
            reference=outcome.told.reference, kind=outcome.told.kind, outcome=outcome.result.value, **_facts(outcome)
        )

    @classmethod
    def of_unreadable(cls, sent: Unreadable) -> Self:
        """The wire form of what is wrong in itself."""
        return cls(
            reference=sent.reference,
            kind=sent.kind,
            outcome="refused",
            code="invalid",
            message=WireText.of(plain_text("invalid")),
            errors=sent.errors,
        )


def _facts(outcome: Outcome) -> dict[str, Any]:
    if outcome.refusal is not None:
        refusal = outcome.refusal
        message = WireText.of(plain_text(refusal.text))
        return {"code": refusal.code, "message": message, "retryable": refusal.retryable}
    match outcome.operation:
        case Conflict() as conflict if outcome.told.kind == "redeem" or conflict.why == "void":
            return _of_conflict(conflict)
        case Redemption() as redemption if outcome.told.kind == "redeem":
            return _of_redemption(redemption)
        case operation:
            return {"effect": VoidAnswer.of(operation).effect} if operation else {}


def _of_redemption(redemption: Redemption) -> dict[str, Any]:
    return {
        "voucher_id": redemption.voucher_id,
        "redeemed": Redeemed.of(redemption.taken, redemption.off),
        "available": Available.of(redemption.left, redemption.discount),
        "occurred_at": redemption.occurred_at,
        "redeemed_at": redemption.redeemed_at,
    }


def _of_conflict(conflict: Conflict) -> dict[str, Any]:
    return {
        "code": conflict.code,
        "message": WireText.of(contested_text(conflict.why)),
        "voucher_id": conflict.voucher_id,
        "available": Available.of(conflict.left, conflict.discount) if conflict.left else None,
        "occurred_at": conflict.occurred_at,
        "exception_id": conflict.case_id,
    }


class OfflineOutcomes(Wire):
    """One outcome for each operation, in the order in which they were sent."""

    outcomes: list[OutcomeAnswer]

    @classmethod
    def of(cls, sent: Sequence[Told | Unreadable], settled: Sequence[Outcome]) -> Self:
        """The wire form; `settled` are the outcomes of those that could be read, in order."""
        ended = iter(settled)
        return cls(
            outcomes=[
                OutcomeAnswer.of_unreadable(each) if isinstance(each, Unreadable) else OutcomeAnswer.of(next(ended))
                for each in sent
            ]
        )


class ConflictAnswer(Wire):
    """What a reference did that could not be honoured: nothing, and a person has a case of it."""

    reference: str
    state: Literal["conflict"] = "conflict"
    code: str
    message: WireText
    voucher_id: str | None
    store_id: str
    terminal_id: str
    occurred_at: Instant
    exception_id: str

    @classmethod
    def of(cls, conflict: Conflict) -> Self:
        """The wire form."""
        return cls(
            reference=conflict.reference,
            code=conflict.code,
            message=WireText.of(contested_text(conflict.why)),
            voucher_id=conflict.voucher_id,
            store_id=conflict.store_id,
            terminal_id=conflict.terminal_id,
            occurred_at=conflict.occurred_at,
            exception_id=conflict.case_id,
        )
