"""Products, and the SKUs as which shops sell them."""

from collections.abc import Collection, Iterable

from functions.adapters.dynamodb import keys
from functions.adapters.dynamodb.database import NEW, Database, Delete, Put, Write, equals
from functions.adapters.dynamodb.records import from_item, to_item
from functions.domain.product import Product


class ProductTable:
    """Reads and writes products; a SKU of a shop stands for one product only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, product_id: str) -> Product | None:
        """One product."""
        item = self._database.get(keys.product(product_id))
        return from_item(Product, item) if item else None

    def sold(self, shop_id: str, skus: Iterable[str]) -> dict[str, Product]:
        """The products that a shop sells under these SKUs, by SKU; other SKUs are ordinary goods."""
        rows = self._database.read(keys.sold_as(shop_id, sku) for sku in skus)
        product_of = {str(row["sku"]): str(row["product_id"]) for row in rows.values()}
        items = self._database.read(keys.product(product_id) for product_id in product_of.values())
        products = {item["product_id"]: from_item(Product, item) for item in items.values()}
        return {sku: products[product_id] for sku, product_id in product_of.items() if product_id in products}

    def standing(self, product: Product) -> dict[tuple[str, str], str]:
        """For which product each of its (shop, SKU) stands already; those that stand for none are left out."""
        rows = self._database.read(keys.sold_as(*sold) for sold in product.sold_as)
        return {(str(row["shop_id"]), str(row["sku"])): str(row["product_id"]) for row in rows.values()}

    def put(self, product: Product, before: Product | None, kept: Collection[tuple[str, str]]) -> None:
        """Write a product as it is sold from now on, and let go of SKUs it was sold as before; `kept` it has already.

        Raises:
            ConflictError: a SKU was taken by another product meanwhile.
        """
        mine = equals("product_id", product.product_id)
        dropped = set(before.sold_as if before else ()) - set(product.sold_as)
        writes: list[Write] = [Put(keys.product(product.product_id), to_item(product))]
        for shop_id, sku in product.sold_as:
            row = {"shop_id": shop_id, "sku": sku, "product_id": product.product_id}
            writes.append(Put(keys.sold_as(shop_id, sku), row, mine if (shop_id, sku) in kept else NEW))
        writes += [Delete(keys.sold_as(*sold), mine) for sold in dropped]
        self._database.write(writes)
