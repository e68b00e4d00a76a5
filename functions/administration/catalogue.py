"""Shops, products and stores are written as they are from now on; saying the same again changes nothing."""

from dataclasses import replace

from functions.administration.ports import Products, Shops
from functions.contracts.problems import FieldError
from functions.contracts.setup import ShopRequest
from functions.domain.product import Product
from functions.domain.retail import Shop
from functions.runtime.again import again
from functions.runtime.problems import InvalidError


def put_shop(shop_id: str, request: ShopRequest, *, shops: Shops) -> tuple[Shop, bool]:
    """The shop, and whether it was so before. Secrets that the request leaves out go on as they were.

    Raises:
        ConflictError: its secrets are being changed from too many sides; nothing was done.
    """
    return again(lambda: _put_shop_once(shop_id, request, shops))


def _put_shop_once(shop_id: str, request: ShopRequest, shops: Shops) -> tuple[Shop, bool]:
    sealed = shops.get(shop_id)
    before = sealed and replace(
        sealed, secrets=tuple(shops.webhook_secrets(sealed)), line_token=shops.line_token(sealed)
    )
    shop = request.domain(shop_id)
    if before and "secrets" not in request.model_fields_set:
        shop = replace(shop, secrets=before.secrets)
    if before and "line_channel_token" not in request.model_fields_set:
        shop = replace(shop, line_token=before.line_token)
    if shop == before:
        return shop, True
    shops.put(shop, sealed)
    return shop, False


def put_product(product: Product, *, products: Products) -> bool:
    """Whether the product was so before.

    Raises:
        InvalidError: a SKU stands for another product.
        ConflictError: it came to, at this moment.
    """
    before = products.get(product.product_id)
    if product == before:
        return True
    standing = products.standing(product)
    taken = [sold for sold, product_id in standing.items() if product_id != product.product_id]
    if taken:
        errors = [
            FieldError(path="sold_as", message=f"{sku} of {shop_id} is another product") for shop_id, sku in taken
        ]
        raise InvalidError("a sku stands for one product only", errors)
    products.put(product, before, kept=standing)
    return False
