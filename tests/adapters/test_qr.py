import io
import re
import struct

import pytest
import zxingcpp
from PIL import Image

from functions.adapters import qr

TOKEN = ("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 5)[:136]
WITH_TRAITS = ("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 5)[:152]
ROTATING = f"{WITH_TRAITS}.AAAAAAAAAAAAAAA"  # as long as `rotation.text` makes it
MODULES = 41 + 2 * qr.QUIET_ZONE


def read(image: Image.Image) -> str:
    found = zxingcpp.read_barcodes(image)
    assert len(found) == 1
    text: str = found[0].text
    return text


def drawn(svg: bytes, scale: int = 6) -> Image.Image:
    """The SVG's rows of strokes, rasterised: `M x y.5`, then relative moves `m dx dy` and lines `h width`."""
    box = re.search(rb'viewBox="0 0 (\d+) \1"', svg)
    path = re.search(rb'stroke="#000" d="([^"]+)"', svg)
    assert box
    assert path
    side = int(box[1])
    image = Image.new("1", (side * scale, side * scale), 1)
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", path[1].decode()):
        values = [float(number) for number in numbers.split()]
        if command == "h":
            left, top, right, bottom = (int(at * scale) for at in (x, y - 0.5, x + values[0], y + 0.5))
            image.paste(0, (left, top, right, bottom))
            x += values[0]
        else:
            x, y = values if command == "M" else (x + values[0], y + values[1])
    return image


EVERY_TEXT = pytest.mark.parametrize("text", [TOKEN, WITH_TRAITS, ROTATING], ids=["plain", "with traits", "rotating"])


@EVERY_TEXT
def test_png_holds_exactly_the_text(text: str) -> None:
    assert read(Image.open(io.BytesIO(qr.png(text)))) == text


@EVERY_TEXT
def test_svg_holds_exactly_the_text(text: str) -> None:
    assert read(drawn(qr.svg(text)).convert("L")) == text


@pytest.mark.parametrize("text", ["A", TOKEN, "A" * 1000])
def test_png_is_square_and_between_600_and_1024_pixels(text: str) -> None:
    width, height = Image.open(io.BytesIO(qr.png(text))).size

    assert width == height
    assert 600 <= width <= 1024


def test_png_spends_one_bit_on_a_pixel() -> None:
    bit_depth, colour_type = struct.unpack("BB", qr.png(TOKEN)[24:26])

    assert (bit_depth, colour_type) == (1, 0)


def test_png_of_a_token_is_small() -> None:
    assert len(qr.png(TOKEN)) < 2000


@pytest.mark.parametrize(("text", "modules"), [(TOKEN, 41), (WITH_TRAITS, 41), (ROTATING, 45)])
def test_a_token_of_either_version_keeps_to_41_modules_and_a_rotating_qr_to_45(text: str, modules: int) -> None:
    side = modules + 2 * qr.QUIET_ZONE

    assert f'viewBox="0 0 {side} {side}"'.encode() in qr.svg(text)


def test_the_quiet_zone_is_four_modules_of_white() -> None:
    image = Image.open(io.BytesIO(qr.png(TOKEN))).convert("L")
    module = image.width // MODULES
    dark = image.point(lambda value: 255 - value).getbbox()

    assert dark == (4 * module, 4 * module, image.width - 4 * module, image.height - 4 * module)


def test_svg_brings_its_own_white_ground() -> None:
    assert b'fill="#fff"' in qr.svg(TOKEN)


def test_the_same_picture_is_drawn_once() -> None:
    assert qr.png(TOKEN) is qr.png(TOKEN)


@pytest.mark.parametrize("text", ["abc", "票券", "A" * 5000], ids=["lower case", "not Latin", "too long"])
def test_what_a_qr_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        qr.png(text)
