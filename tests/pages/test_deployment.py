"""The pages on real tables, through the app's own wiring."""

from collections.abc import Iterator

import pytest

from functions.domain.credential import Credential
from functions.domain.retail import Platform, Shop
from tests.pages import samples
from tests.support import world as deployments
from tests.support.site import Site


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[deployments.World]:
    with deployments.world(monkeypatch) as made:
        yield made


@pytest.fixture
def link(deployed: deployments.World) -> str:
    wiring, sold = deployed.wiring, samples.services()
    wiring.shops.put(Shop(shop_id="demo-shop", platform=Platform.SHOPIFY, name=samples.SHOP_NAME, zone="Asia/Taipei"))
    for store in samples.STORES:
        wiring.stores.put(store)
    wiring.vouchers.save(sold, sold.issued())
    deployed.calls.clear()
    return f"/v/{wiring.signer.token(Credential(sold.voucher_id, sold.credential))}"


def test_a_page_is_made_of_what_the_tables_hold(site: Site, link: str) -> None:
    html = site.get(f"{link}?lang=en").body.decode()

    assert all(each in html for each in ("Three oil massages", "Chingho Select", "Songgao Rd."))


def test_a_page_costs_three_reads_and_no_write(site: Site, deployed: deployments.World, link: str) -> None:
    site.get(link)

    assert sorted(deployed.calls) == ["BatchGetItem", "GetItem", "GetItem"]


def test_a_picture_costs_no_read(site: Site, deployed: deployments.World, link: str) -> None:
    assert site.get(f"{link}/qr.png").status_code == 200
    assert deployed.calls == []


def test_a_forged_link_costs_no_read(site: Site, deployed: deployments.World, link: str) -> None:
    site.get(link[:-1] + ("A" if link[-1] != "A" else "B"))

    assert deployed.calls == []
