"""Brings the small retailer into a stack, through its HTTP API alone."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Any

from infra.local import retailer
from infra.local.folder import Folder
from infra.local.web import Api

_OK, _CREATED, _UNAUTHORISED, _FORBIDDEN = 200, 201, 401, 403
# No credential: what the till answers says only whether its token is known.
_NOTHING = "0"


@dataclass(frozen=True)
class Seeded:
    """The retailer as outsiders are told of it. `admin_token` is one that the first administrator's made."""

    admin_token: str
    shops: list[dict[str, str]]
    terminals: list[dict[str, str]]
    customers: list[dict[str, Any]]


@dataclass(frozen=True)
class ShopSecrets:
    """What the demo shop signs its webhooks with, and what opens its LINE channel."""

    webhook: str
    line_token: str


def shop_secrets(folder: Folder) -> ShopSecrets:
    """The demo shop's secrets: made once a folder, and kept there."""
    kept = folder.remembered().get("shop_secrets")
    if kept is None:
        kept = {"webhook": secrets.token_hex(32), "line_token": secrets.token_urlsafe(32)}
        folder.remember(shop_secrets=kept)
    return ShopSecrets(**kept)


def seed(api_url: str, first_token: str, folder: Folder) -> Seeded:
    """Make sure that all of it is there. What an earlier run set up stays as it was changed since.

    `first_token` is the deployment's own, with which an administrator's token is made: the local AWS takes no notice of
    what a secret may be spelled with, and no shell likes what it makes.

    Raises:
        UnexpectedError: the API answered something else than its contract says.
    """
    admin_token, kept = _admin_token(api_url, first_token, folder), shop_secrets(folder)
    admin = Api(api_url, admin_token)
    resources = _resources(kept)
    fingerprint = hashlib.sha256(json.dumps(resources, sort_keys=True).encode()).hexdigest()
    terminals = _kept_terminals(api_url, folder)
    # Tills whose tokens work show that the data of the run that set them up is there.
    if not terminals or folder.remembered().get("seeded") != fingerprint:
        for path, body in resources.items():
            admin.put(path, body).expect(_OK, _CREATED)
        terminals = terminals or [_enrol(api_url, admin, *named) for named in retailer.TERMINALS.items()]
        folder.remember(terminals=terminals, seeded=fingerprint)
    return Seeded(
        admin_token=admin_token,
        shops=[{"shop_id": retailer.SHOP, "kind": "shopify", "secret": kept.webhook}],
        terminals=terminals,
        customers=[person.listed for person in retailer.PEOPLE],
    )


def _admin_token(api_url: str, first_token: str, folder: Folder) -> str:
    kept: str | None = folder.remembered().get("admin_token")
    if kept and Api(api_url, kept).get(f"/v1/shops/{retailer.SHOP}").status != _UNAUTHORISED:
        return kept
    wanted = {"role": "admin", "name": "make run"}
    made: str = Api(api_url, first_token).put("/v1/tokens/local", wanted).expect(_OK, _CREATED).body["token"]
    folder.remember(admin_token=made)
    return made


def _resources(kept: ShopSecrets) -> dict[str, dict[str, Any]]:
    """Every resource by its path."""
    return {
        f"/v1/shops/{retailer.SHOP}": retailer.shop(kept.webhook, kept.line_token),
        **{f"/v1/stores/{store_id}": store for store_id, store in retailer.STORES.items()},
        **{f"/v1/products/{product_id}": product for product_id, product in retailer.PRODUCTS.items()},
        **{f"/v1/customers/{person.customer_id}": person.request for person in retailer.PEOPLE},
    }


def _kept_terminals(api_url: str, folder: Folder) -> list[dict[str, str]]:
    """The tills of an earlier run, if all their tokens still work."""
    kept: list[dict[str, str]] = folder.remembered().get("terminals", [])
    return kept if all(_works(api_url, terminal["token"]) for terminal in kept) else []


def _works(api_url: str, token: str) -> bool:
    answer = Api(api_url, token).post("/v1/pos/lookup", {"credential": _NOTHING})
    return answer.status not in {_UNAUTHORISED, _FORBIDDEN}


def _enrol(api_url: str, admin: Api, terminal_id: str, store_id: str) -> dict[str, str]:
    shown = admin.put(f"/v1/terminals/{terminal_id}", {"store_id": store_id}).expect(_OK, _CREATED).body
    # The till has no token yet: the code is all that it shows.
    enrolled = Api(api_url).post("/v1/terminals/enrol", {"enrolment_code": shown["enrolment_code"]})
    body = enrolled.expect(_OK, _CREATED).body
    return {name: body[name] for name in ("terminal_id", "store_id", "token")}
