"""Cases for people: those that are open in one partition, those that are settled in another."""

from functions.adapters.dynamodb import keys
from functions.adapters.dynamodb.database import EXISTS, NEW, Database, Delete, Put
from functions.adapters.dynamodb.records import from_item, to_item
from functions.domain.cases import Case


class CaseTable:
    """Reads cases, and moves them from open to settled."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, *, is_open: bool, after: str | None, limit: int) -> list[Case]:
        """Up to `limit` cases after the id `after`, oldest first."""
        first = keys.case(keys.OPEN if is_open else keys.RESOLVED, after or "")
        items = self._database.query(first._replace(sk=keys.CASE), after=first.sk if after else None, limit=limit)
        return [from_item(Case, item) for item in items]

    def get(self, case_id: str) -> Case | None:
        """One case, wherever it is."""
        found = self._database.read([keys.case(keys.OPEN, case_id), keys.case(keys.RESOLVED, case_id)])
        return next((from_item(Case, item) for item in found.values()), None)

    def resolve(self, case: Case) -> None:
        """Write a case that was settled.

        Raises:
            ConflictError: somebody else settled it.
        """
        self._database.write(
            [
                Delete(keys.case(keys.OPEN, case.case_id), EXISTS),
                Put(keys.case(keys.RESOLVED, case.case_id), to_item(case), NEW),
            ]
        )


def new_case(case: Case) -> Put:
    """The write of a new case, for whoever writes it along with what caused it.

    Its name follows from its cause, so that one which is there already says the same.
    """
    return Put(keys.case(keys.OPEN, case.case_id), to_item(case))
