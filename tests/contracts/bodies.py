"""The smallest body of each kind that is taken, and readers of them; a test changes what it is about."""

import json
from typing import Any, TypeVar

import pytest
from pydantic import ValidationError

from functions.contracts.base import Wire
from functions.contracts.baskets import Basket
from functions.contracts.comparing import CompareRequest
from functions.contracts.orders import OrderRequest
from functions.contracts.setup import (
    CustomerRequest,
    EnrolmentRequest,
    ProductRequest,
    ShopRequest,
    StoreRequest,
    TerminalRequest,
    TokenRequest,
)
from functions.contracts.till import LookupRequest, RedemptionRequest
from functions.contracts.vouchers import VoucherAction

W = TypeVar("W", bound=Wire)
TEXT = {"zh-Hant": "禮券", "en": "Gift voucher"}
MONEY = {"amount": "500", "currency": "TWD"}
SMALLEST: dict[type[Wire], dict[str, Any]] = {
    LookupRequest: {"credential": "ABCD-EFGH-JKMN-PQRS"},
    RedemptionRequest: {"credential": "ABCD-EFGH-JKMN-PQRS"},
    Basket: {"total": MONEY},
    CompareRequest: {"credentials": ["ABCD-EFGH-JKMN-PQRS"], "basket": {"total": MONEY}},
    OrderRequest: {"status": "paid", "lines": [{"sku": "CASH-500", "quantity": 1}]},
    ShopRequest: {"kind": "shopify", "name": TEXT},
    ProductRequest: {"name": TEXT, "kind": "cash", "funding": "prepaid", "value": MONEY, "terms": TEXT},
    StoreRequest: {"name": TEXT},
    TerminalRequest: {"store_id": "xinyi"},
    EnrolmentRequest: {"enrolment_code": "ABCD-EFGH-JKMN-PQRS"},
    TokenRequest: {"role": "admin", "name": "Mei"},
    CustomerRequest: {},
    VoucherAction: {},
}


def body(model: type[Wire], **override: Any) -> dict[str, Any]:
    """The smallest body with other parts; `...` leaves a part out."""
    return {name: value for name, value in (SMALLEST[model] | override).items() if value is not ...}


def read(model: type[W], **override: Any) -> W:
    """What is read of a body, as it comes over the wire."""
    return model.model_validate_json(json.dumps(body(model, **override)))


def wrong(model: type[Wire], **override: Any) -> set[str]:
    """Where a body that must be refused is wrong."""
    with pytest.raises(ValidationError) as refused:
        read(model, **override)
    return {".".join(map(str, error["loc"])) for error in refused.value.errors()}
