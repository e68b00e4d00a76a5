"""The table of the app's Lambda functions: who answers which path, reads which queue, and may touch what.

One package, several functions: a flood of webhooks must not starve a till, and a function can do only what its road
needs. Everything that Chalice cannot say about a function is derived from its row here (`infra/weave.py`): its role,
variables, log group, alarms, limits, and the paths that lead to it.

A function needs no permission for `TransactWriteItems` itself: DynamoDB asks for those of the items in it.
"""

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

READ: Final = frozenset({"GetItem", "BatchGetItem"})
QUERY: Final = frozenset({"Query"})
WRITE: Final = frozenset({"PutItem", "UpdateItem"})
CHECK: Final = frozenset({"ConditionCheckItem"})
DELETE: Final = frozenset({"DeleteItem"})
CHANGING: Final = WRITE | DELETE

# Names as the rest of the project uses them, to the stem of the logical ids in data.yaml.
TABLES: Final = MappingProxyType(
    {"vouchers": "Vouchers", "customers": "Customers", "commerce": "Commerce", "sends": "Sends"}
)
QUEUES: Final = MappingProxyType(
    {
        "orders": "Orders",
        "dispatch-line": "DispatchLine",
        "dispatch-email": "DispatchEmail",
        "dispatch-sms": "DispatchSms",
    }
)
SECRETS: Final = MappingProxyType(
    {"signing": "Signing", "codes": "Codes", "sealing": "Sealing", "admin": "Admin"},
)
DISPATCH: Final = ("dispatch-line", "dispatch-email", "dispatch-sms")


@dataclass(frozen=True)
class Road:
    """One Lambda function.

    `function` is its name in `app.py`, `timeout` is in seconds and `memory` in MB. `paths` are prefixes of whole path
    parts. `tables` maps a table to DynamoDB item actions; `writes_only` says which partitions of a table it may write,
    by how their keys begin, and `indexes` which of a table's indexes it may query. `consumes` is the queue whose
    messages it is given, which it may also put back or give up on; `sends_to` are queues. `variables` are environment
    variables beyond those that follow from what it may touch. `scheduled` is what a clock starts. `may` names further
    permissions by their builder in `infra/policies.py`.
    """

    function: str
    timeout: int
    memory: int = 1024
    paths: tuple[str, ...] = ()
    tables: dict[str, frozenset[str]] = field(default_factory=dict)
    writes_only: dict[str, tuple[str, ...]] = field(default_factory=dict)
    indexes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    consumes: str | None = None
    sends_to: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    scheduled: bool = False

    @property
    def is_called_by_http(self) -> bool:
        """Whether API Gateway calls it."""
        return self.consumes is None and not self.scheduled

    @property
    def logical_id(self) -> str:
        """The function's logical id in the template, as Chalice forms it."""
        return "APIHandler" if self.function == "administration" else _camel(self.function)

    @property
    def stem(self) -> str:
        """What the logical ids of everything around the function begin with."""
        return _camel(self.function)


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _sender(channel: str, *, secrets: tuple[str, ...] = (), variables: tuple[str, ...] = (), may: str = "") -> Road:
    return Road(
        function=f"send_{channel}",
        timeout=30,
        tables={
            "vouchers": READ | QUERY,
            "commerce": READ | QUERY,
            "customers": READ | QUERY,
            "sends": READ | WRITE,
        },
        consumes=f"dispatch-{channel}",
        sends_to=DISPATCH,
        secrets=("signing", "codes", *secrets),
        variables=("PUBLIC_URL", "VERIFY_KEYS", *variables),
        may=(may,) if may else (),
    )


ROADS: Final = (
    Road(
        function="checkout",
        paths=("/webhooks",),
        timeout=15,
        tables={"commerce": READ | QUERY | WRITE | CHECK},
        # The table holds terminals and tokens too: whoever breaks in by a webhook must not make any.
        writes_only={"commerce": ("ORDER#", "DELIVERY#")},
        sends_to=("orders",),
        secrets=("sealing",),
    ),
    Road(
        function="till",
        paths=("/v1/pos",),
        timeout=10,
        # A voucher is never deleted, by anybody.
        tables={"vouchers": READ | QUERY | WRITE | CHECK, "commerce": READ | WRITE},
        # Of what the shop is set up with it changes nothing; it only leaves work for people.
        writes_only={"vouchers": ("VOUCHER#", "OPERATION#", "GUARD#", "TALLY#"), "commerce": ("EXCEPTIONS#",)},
        indexes={"vouchers": ("settlements",)},
        secrets=("codes",),
        variables=("VERIFY_KEYS", "TERMINAL_RATE"),
    ),
    Road(
        function="pages",
        paths=("/v", "/scanner", "/console"),
        timeout=10,
        tables={"vouchers": READ | QUERY, "commerce": READ | QUERY},
        secrets=("codes",),
        variables=("VERIFY_KEYS",),
    ),
    # Chalice's own API handler: every path that no other road claims.
    Road(
        function="administration",
        timeout=29,
        tables={
            "commerce": READ | QUERY | WRITE | CHECK | DELETE,
            "vouchers": READ | QUERY | WRITE | CHECK,
            # An address that is no longer a customer's is let go.
            "customers": READ | QUERY | WRITE | DELETE,
            "sends": READ | WRITE,
        },
        indexes={"vouchers": ("settlements",)},
        sends_to=("orders", *DISPATCH),
        secrets=("admin", "sealing", "codes"),
        variables=("VERIFY_KEYS", "TERMINAL_RATE"),
    ),
    Road(
        function="issue_order",
        timeout=60,
        tables={
            "commerce": READ | QUERY | WRITE | CHECK,
            "vouchers": READ | QUERY | WRITE,
            "customers": READ | WRITE,
            "sends": READ | WRITE,
        },
        writes_only={"commerce": ("ORDER#", "EXCEPTIONS#")},
        consumes="orders",
        sends_to=DISPATCH,
        secrets=("codes",),
        variables=("PUBLIC_URL",),
    ),
    Road(
        function="audit",
        # Shorter than the five minutes to the next run, so that two seldom meet.
        timeout=240,
        tables={"vouchers": READ | QUERY | WRITE, "commerce": WRITE},
        # What it audits it cannot write.
        writes_only={"vouchers": ("AUDIT#", "AUDITOR", "LIABILITY"), "commerce": ("EXCEPTIONS#",)},
        indexes={"vouchers": ("changes",)},
        scheduled=True,
    ),
    _sender("line", secrets=("sealing",), variables=("LINE_API_URL",)),
    _sender("email", secrets=("sealing",), variables=("EMAIL_FROM",), may="send_email"),
    _sender("sms", may="send_text_messages"),
)


def road_of_path(path: str) -> Road:
    """The road of one API path: the longest prefix of whole path parts, else administration."""
    claims = [(len(prefix), road) for road in ROADS for prefix in road.paths if f"{path}/".startswith(f"{prefix}/")]
    return max(claims, key=lambda claim: claim[0])[1] if claims else road_of_function("administration")


def road_of_function(function: str) -> Road:
    """The road of one function.

    Raises:
        KeyError: there is none.
    """
    return {road.function: road for road in ROADS}[function]
