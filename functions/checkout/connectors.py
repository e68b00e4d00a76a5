"""Which connector reads which platform's webhooks. The next platform is one more file and one more line."""

from functions.checkout.ports import Connector
from functions.checkout.shopify import Shopify
from functions.domain.retail import Platform

CONNECTORS: dict[Platform, Connector] = {connector.platform: connector for connector in (Shopify(),)}
