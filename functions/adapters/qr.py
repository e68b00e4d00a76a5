"""QR pictures of a token's text, for pages, messages and saving to the phone.

Alphanumeric mode keeps a token, of either version, at 41 modules (version 6) with error level M, where bytes would need
49. The 168 characters of a rotating QR take 45: it is only ever shown on a screen, where it fills the width.
"""

import io
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from segno import QRCode

MAX_PIXELS: Final = 1024  # LINE: an image message is at most 1024 x 1024
QUIET_ZONE: Final = 4  # modules; ISO/IEC 18004
_KEPT: Final = 256  # about 1 MB; a picture takes about 10 ms to draw


@lru_cache(maxsize=_KEPT)
def png(text: str) -> bytes:
    """A square 1-bit PNG as large as `MAX_PIXELS` allows in whole pixels a module.

    `text` is of QR's alphanumeric set: digits, A-Z and ` $%*+-./:`.

    Raises:
        ValueError: it holds another character, or more than a QR can.
    """
    code = _code(text)
    return _saved(code, "png", scale=MAX_PIXELS // code.symbol_size(border=QUIET_ZONE)[0])


@lru_cache(maxsize=_KEPT)
def svg(text: str) -> bytes:
    """An SVG that fills its box, black on white, fit to stand alone or inside HTML. As `png` otherwise."""
    drawn = _saved(
        _code(text), "svg", light="#fff", omitsize=True, xmldecl=False, nl=False, svgclass=None, lineclass=None
    )
    # Rows are drawn as strokes: blurred edges would leave hairlines between them that trouble a scanner.
    return drawn.replace(b"<svg ", b'<svg shape-rendering="crispEdges" ', 1)


def _code(text: str) -> "QRCode":
    import segno  # noqa: PLC0415 - only those who draw pay for it

    return segno.make_qr(text, error="m", mode="alphanumeric", boost_error=False)


def _saved(code: "QRCode", kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    code.save(out, kind, border=QUIET_ZONE, **options)
    return out.getvalue()
