import base64

import pytest

from functions.adapters.signing import Signer
from functions.domain.credential import Credential
from tests.support.fixtures import api, retailer
from tests.support.retail import Retailer

__all__ = ["api", "retailer"]


@pytest.fixture
def foreign_qr(retailer: Retailer) -> str:
    """A QR of a voucher that exists, well made, but under a key that is not ours."""
    key = base64.b64encode(b"a key of somebody else's, so bad").decode()
    foreign = Signer(lambda: {"current": 1, "keys": {"1": key}})
    return foreign.token(Credential(retailer.sold["CASH-500"].voucher_id, 1))
