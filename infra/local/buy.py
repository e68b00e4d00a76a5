"""Places an order at the running stack's web shop: `python -m infra.local.buy --sku SPA-3 --customer lee`."""

import argparse
import json
import sys
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path

from infra.errors import InfraError
from infra.layer import ROOT
from infra.local import retailer
from infra.local.order import paid_order
from infra.local.web import Api

_SKUS = sorted(sold["sku"] for product in retailer.PRODUCTS.values() for sold in product["sold_as"])


def main(arguments: Sequence[str]) -> int:
    """Send one signed `orders/paid` webhook, as the shop would."""
    people = {person.customer_id: person for person in retailer.PEOPLE}
    parser = argparse.ArgumentParser(prog="python -m infra.local.buy", description=__doc__)
    parser.add_argument("--sku", choices=_SKUS, default="CASH-500")
    parser.add_argument("--customer", choices=sorted(people), default=retailer.MEI.customer_id)
    parser.add_argument("--quantity", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=ROOT / ".storebound")
    options = parser.parse_args(arguments)
    try:
        local = json.loads((options.folder / "local.json").read_text())
        order = paid_order(people[options.customer], local["shops"][0]["secret"], options.sku, options.quantity)
        Api(local["api_url"]).post_raw(f"/webhooks/{retailer.SHOP}", order.body, order.headers).expect(HTTPStatus.OK)
    except FileNotFoundError:
        print("The local stack is not up. Start it: make run", file=sys.stderr)
        return 1
    except InfraError as error:
        print(f"{error}\n{error.next_step}", file=sys.stderr)
        return error.exit_code
    print(f"Order {order.order_id} is paid; its voucher arrives at {local['phone_url']}/")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
