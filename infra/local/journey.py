"""Plays one order from the shop's webhook to the till, by the public contract alone, and says what came back."""

import io
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import urllib3
import zxingcpp
from PIL import Image

from infra.local import retailer
from infra.local.order import Webhook, paid_order
from infra.local.show import Colour, Screen, pad
from infra.local.web import WHERE_TO_LOOK, Answer, Api, UnexpectedError, until

if TYPE_CHECKING:
    from infra.local.stack import Stack

_OK, _CREATED, _CONFLICT = 200, 201, 409
_NUMBER, _WHAT, _CALL = 3, 36, 38
# A picture may be the first thing that its function draws, on a machine that has much else to do.
_PATIENCE_SECONDS = 30.0
_FACE, _PART, _REST, _TOO_MUCH = "500", "200", "300", "400"
_KEPT, _CAPTURED, _BACK, _AT_LAST = "300", "250", "50", "300"


@dataclass(frozen=True)
class Played:
    """What an order became. `page_url` is the customer's voucher page."""

    order_id: str
    voucher_id: str
    page_url: str


class Journey:
    """One order, step by step; every step that does not come out as the contract says ends it."""

    def __init__(self, stack: "Stack", screen: Screen) -> None:
        self._web = Api(stack.api_url)
        self._admin = Api(stack.api_url, stack.admin_token)
        self._phone = Api(stack.phone_url)
        self._shop = stack.shops[0]
        self._tills = [Api(stack.api_url, terminal["token"]) for terminal in stack.terminals]
        self._stores = [terminal["store_id"] for terminal in stack.terminals]
        self._screen = screen
        self._step = 0
        self._since = time.monotonic()

    def play(self) -> Played:
        """Play a new order of one NT$500 voucher.

        Raises:
            UnexpectedError: a step came out otherwise than the contract says; it names the step's call.
        """
        order = paid_order(retailer.MEI, self._shop["secret"])
        self._pay(order)
        voucher_id = self._issued(order)
        image = self._arrived(voucher_id)
        credential = self._scan(image)
        self._sees(credential, _FACE, "Till sees the voucher")
        reference = f"demo-{order.order_id}"
        self._redeems(credential, reference)
        self._sees(credential, _REST, "Till sees what is left")
        self._refuses(credential, reference)
        self._voids(reference)
        self._sees(credential, _FACE, "Till sees it whole again")
        self._holds(credential, f"hold-{order.order_id}")
        self._finds_it_held(credential, f"other-{order.order_id}")
        self._captures(f"hold-{order.order_id}")
        self._refunds(f"hold-{order.order_id}", f"back-{order.order_id}")
        self._repeats(order, voucher_id)
        return Played(order.order_id, voucher_id, image.removesuffix("/qr.png"))

    def _pay(self, order: Webhook) -> None:
        path = f"/webhooks/{self._shop['shop_id']}"
        answer = self._web.post_raw(path, order.body, order.headers).expect(_OK)
        _must(answer, answer.body == {"accepted": True}, "accepted")
        self._tell("Shopify: order paid", answer, f"order {order.order_id} accepted")

    def _issued(self, order: Webhook) -> str:
        answer = until("The voucher", lambda: self._vouchers(order))
        (voucher_id,) = answer.body["vouchers"]
        self._tell("Voucher issued", answer, f"voucher {voucher_id[:8]}…")
        return str(voucher_id)

    def _vouchers(self, order: Webhook) -> Answer | None:
        answer = self._admin.get(f"/v1/orders/{self._shop['shop_id']}/{order.order_id}").expect(_OK)
        return answer if answer.body["vouchers"] else None

    def _arrived(self, voucher_id: str) -> str:
        answer = until("The LINE message", lambda: self._on_the_phone(voucher_id))
        (message,) = answer.body
        image = next(_images(message["body"]), None)
        _must(answer, message["channel"] == "line" and image is not None, "a LINE message with a picture")
        self._tell("Message on the phone", answer, f"LINE to {retailer.MEI.name}, with a QR code")
        return str(image)

    def _on_the_phone(self, voucher_id: str) -> Answer | None:
        answer = self._phone.get(f"/messages?voucher_id={voucher_id}").expect(_OK)
        return answer if answer.body else None

    def _scan(self, image: str) -> str:
        answer = urllib3.request("GET", image, retries=False, timeout=_PATIENCE_SECONDS)
        picture = Answer("GET", "/v/{token}/qr.png", answer.status, None, answer.headers).expect(_OK)
        found = zxingcpp.read_barcodes(Image.open(io.BytesIO(answer.data)))
        _must(picture, len(found) == 1, "a picture of one QR code")
        text = str(found[0].text)
        self._tell("QR code fetched and read", picture, f"{len(answer.data)} bytes of PNG, {len(text)} characters")
        return text

    def _sees(self, credential: str, amount: str, what: str) -> None:
        answer = self._tills[0].post("/v1/pos/lookup", {"credential": credential}).expect(_OK)
        left = answer.body["available"]["money"]
        _must(answer, answer.body["usable"] and left == _money(amount), f"NT${amount}")
        self._tell(f"{what} ({self._stores[0]})", answer, f"NT${left['amount']} available")

    def _redeems(self, credential: str, reference: str) -> None:
        body = {"credential": credential, "money": _money(_PART)}
        answer = self._tills[0].put(f"/v1/pos/redemptions/{reference}", body).expect(_CREATED)
        _must(answer, answer.body["available"]["money"] == _money(_REST), f"NT${_REST} left")
        self._tell("Till redeems NT$200", answer, f"redeemed, NT${_REST} left")

    def _refuses(self, credential: str, reference: str) -> None:
        body = {"credential": credential, "money": _money(_TOO_MUCH)}
        answer = self._tills[1].put(f"/v1/pos/redemptions/{reference}", body).expect(_CONFLICT)
        _must(answer, answer.code == "insufficient", "insufficient")
        self._tell(f"Second till asks NT${_TOO_MUCH} ({self._stores[1]})", answer, answer.code, Colour.YELLOW)
        self._says(answer)

    def _says(self, answer: Answer) -> None:
        """What the clerk reads, in both languages."""
        for language in ("zh-Hant", "en"):
            self._screen.line(" " * (_NUMBER + 2 + _WHAT) + answer.body["message"][language])

    def _voids(self, reference: str) -> None:
        answer = self._tills[0].post(f"/v1/pos/redemptions/{reference}/void").expect(_OK)
        _must(answer, answer.body["effect"] == "restored", "restored")
        self._tell("Till voids the redemption", answer, "restored")

    def _holds(self, credential: str, reference: str) -> None:
        body = {"credential": credential, "money": _money(_KEPT)}
        answer = self._tills[0].put(f"/v1/pos/holds/{reference}", body).expect(_CREATED)
        _must(answer, answer.body["state"] == "open", "an open hold")
        self._tell(f"Till holds NT${_KEPT} for a sale", answer, f"held until {answer.body['expires_at'][11:19]} UTC")

    def _finds_it_held(self, credential: str, reference: str) -> None:
        body = {"credential": credential, "money": _money(_TOO_MUCH)}
        answer = self._tills[1].put(f"/v1/pos/redemptions/{reference}", body).expect(_CONFLICT)
        _must(answer, answer.code == "held", "held")
        self._tell(f"Second till asks NT${_TOO_MUCH} ({self._stores[1]})", answer, answer.code, Colour.YELLOW)
        self._says(answer)

    def _captures(self, reference: str) -> None:
        body = {"money": _money(_CAPTURED)}
        answer = self._tills[0].post(f"/v1/pos/holds/{reference}/capture", body).expect(_OK)
        _must(answer, answer.body["state"] == "captured", "a captured hold")
        left = answer.body["available"]["money"]["amount"]
        self._tell(f"Till captures NT${_CAPTURED} of it", answer, f"redeemed, the rest is free: NT${left} left")

    def _refunds(self, redemption: str, reference: str) -> None:
        body = {"redemption": redemption, "money": _money(_BACK)}
        answer = self._tills[0].put(f"/v1/pos/refunds/{reference}", body).expect(_CREATED)
        left = answer.body["available"]["money"]
        _must(answer, left == _money(_AT_LAST), f"NT${_AT_LAST} left")
        self._tell(f"Till refunds NT${_BACK} of it", answer, f"NT${_AT_LAST} available")

    def _repeats(self, order: Webhook, voucher_id: str) -> None:
        self._web.post_raw(f"/webhooks/{self._shop['shop_id']}", order.body, order.headers).expect(_OK)
        answer = self._vouchers(order)
        if answer is None or answer.body["vouchers"] != [voucher_id]:
            raise UnexpectedError("The repeated webhook changed the order.", WHERE_TO_LOOK)
        self._tell("Shopify sends it again", answer, "still the same one voucher")

    def _tell(self, what: str, answer: Answer, outcome: str, colour: Colour = Colour.GREEN) -> None:
        self._step += 1
        seconds, self._since = time.monotonic() - self._since, time.monotonic()
        call = _shortened(f"{answer.method} {answer.path}")
        show = self._screen
        status = show.paint(str(answer.status), colour)
        timing = show.paint(f"{seconds:4.1f} s", Colour.DIM)
        show.line(f"{self._step:>{_NUMBER}}  {pad(what, _WHAT)}{pad(call, _CALL)} {status} {timing}  {outcome}")


def play(stack: "Stack", screen: Screen) -> Played:
    """Play a new order; the address of its voucher's page is in what comes back.

    Raises:
        UnexpectedError: a step came out otherwise than the contract says.
    """
    return Journey(stack, screen).play()


def _money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "TWD"}


def _must(answer: Answer, true: object, what: str) -> None:
    if not true:
        raise UnexpectedError(
            f"{answer.method} {answer.path} should have answered with {what}: {answer.body}",
            WHERE_TO_LOOK,
        )


def _images(part: Any) -> Iterator[str]:  # noqa: ANN401 - JSON is any of them
    """The addresses of the pictures in a LINE message."""
    if isinstance(part, dict):
        if part.get("type") == "image" and isinstance(part.get("url"), str):
            yield part["url"]
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from _images(one)


def _shortened(call: str) -> str:
    """The call with the ids in it cut down to what tells them apart."""
    return re.sub(r"([^/=? ]{6})[^/=? ]{8,}", r"\1…", call)
