"""From a view to HTML. Templates are read at first use; nothing on a page comes from anywhere but the page itself."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from functions.domain.text import Language
from functions.pages.language import other
from functions.pages.view import VoucherView
from functions.pages.wording import WORDS

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES: Final = Path(__file__).parent / "templates"
# Control characters, and those that turn the direction of writing: a name could make a price read backwards.
_UNPRINTABLE: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def voucher_html(view: VoucherView, qr_svg: str | None) -> str:
    """The voucher page; `qr_svg` is drawn by us and goes in as it is."""
    from markupsafe import Markup  # noqa: PLC0415 - jinja2's own, and as costly

    drawn = Markup(qr_svg) if qr_svg else None  # noqa: S704 - it holds numbers and no text
    return _page("voucher.html", view.language, view=view, qr=drawn)


def notice_html(name: str, language: Language) -> str:
    """The page in a voucher's place, in both languages, `language` first. `name` is the entry of the wording table."""
    return _page("notice.html", language, notice=name, words=WORDS, languages=(language, other(language)))


@cache
def content_security_policy(*, is_live: bool = False) -> str:
    """What a browser may load for a page: its own style by hash, its icon, and nothing else.

    No script at all, unless the QR renews itself: then the one that fetches it, by hash, and that from our own origin.
    """
    live = f"script-src {_hash(_script())}; connect-src 'self'; " if is_live else ""
    return (
        f"default-src 'none'; style-src {_hash(_style())}; {live}img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _hash(inline: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'"


def _page(template: str, language: Language, **content: object) -> str:
    texts = {key: text.of(language) for key, text in WORDS.items()}
    return _environment().get_template(template).render(language=language, other=other(language), t=texts, **content)


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - 160 ms; not for a QR alone
    from markupsafe import Markup  # noqa: PLC0415 - as above

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["style"] = Markup(_style())  # noqa: S704 - our own file
    environment.globals["script"] = Markup(_script())  # noqa: S704 - as above
    return environment


def _printable(value: object) -> object:
    return _UNPRINTABLE.sub("", value) if type(value) is str else value


@cache
def _style() -> str:
    return (_TEMPLATES / "style.css").read_text(encoding="utf-8")


@cache
def _script() -> str:
    return (_TEMPLATES / "live.js").read_text(encoding="utf-8")
