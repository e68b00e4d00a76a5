from tests.support.fixtures import api, retailer

__all__ = ["api", "retailer"]
