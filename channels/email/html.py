"""A mail's html made harmless. Meant for an iframe with `sandbox` and no scripts: two walls are better than one.

The html is written anew from balanced events, with only what we know, and then cleaned by nh3 with the same rules.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from urllib.parse import unquote

import nh3

from channels.email.limits import MAX_HTML
from channels.email.markup import VOID, Close, Open, Text, events, words

CidUrl = Callable[[str], str | None]
"""From a content id (without brackets) to the address of the picture on our side, or None if there is none."""

MAX_LINKS = 5_000
"""Links beyond it stay as text."""

_TAGS = words(
    """
    a abbr b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn div dl dt em
    figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong
    sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr
    """
)
_EVERYWHERE = frozenset({"dir", "lang", "title", "align", "style"})
_CELLS = frozenset({"align", "valign", "width", "height", "bgcolor", "colspan", "rowspan", "nowrap"})
_ATTRIBUTES = {
    "a": frozenset({"href", "name"}),
    "img": frozenset({"src", "alt", "width", "height", "border", "data-remote-src"}),
    "font": frozenset({"color", "face", "size"}),
    "table": frozenset({"border", "cellpadding", "cellspacing", "width", "height", "bgcolor"}),
    "tr": frozenset({"valign", "bgcolor", "height"}),
    "td": _CELLS,
    "th": _CELLS,
    "col": frozenset({"width", "span"}),
    "colgroup": frozenset({"width", "span"}),
    "ol": frozenset({"start", "type", "reversed"}),
    "ul": frozenset({"type"}),
    "li": frozenset({"value", "type"}),
    "time": frozenset({"datetime"}),
    "hr": frozenset({"width", "size", "color"}),
}
_STYLES = words(
    """
    color background-color direction unicode-bidi text-align text-decoration text-indent text-transform
    vertical-align white-space font font-family font-size font-style font-weight font-variant line-height
    letter-spacing word-spacing word-break overflow-wrap display width height max-width min-width max-height
    min-height margin margin-top margin-right margin-bottom margin-left margin-inline-start margin-inline-end
    padding padding-top padding-right padding-bottom padding-left padding-inline-start padding-inline-end border
    border-top border-right border-bottom border-left border-color border-style border-width border-radius
    border-collapse border-spacing list-style-type table-layout
    """
)
_LINK = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)
_PICTURE_DATA = re.compile(r"data:image/(?:png|jpeg|jpg|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
_BLANKS = re.compile(r"[\x00-\x20\x7f]+")
_DANGEROUS_STYLE = re.compile(r"url\s*\(|expression|@import|[\\<>{}]|/\*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """Html that may be shown.

    Attributes:
        html: A fragment. Pictures from elsewhere have no `src`, but `data-remote-src`, unless they were allowed.
        blocked_images: How many those are: a picture from elsewhere tells its server who reads the mail, and when.
        links: How many links there are, also those beyond `MAX_LINKS`, which are text.
    """

    html: str
    blocked_images: int
    links: int


def no_pictures(_: str) -> None:
    """The `CidUrl` that knows no picture."""


def clean(source: str, *, cid_url: CidUrl = no_pictures, remote_images: bool = False) -> Cleaned:
    """Make a mail's html harmless.

    Args:
        source: Html, as hostile as it may be. Beyond `MAX_HTML` characters it is cut.
        cid_url: Where the pictures are that came with the mail. What it returns is trusted.
        remote_images: Show pictures from elsewhere.
    """
    writer = _Writer(cid_url=cid_url, remote_images=remote_images)
    for event in events(source[:MAX_HTML]):
        writer.write(event)
    cleaned = nh3.clean(
        "".join(writer.out),
        tags=set(_TAGS),
        attributes={"*": set(_EVERYWHERE), **{tag: set(names) for tag, names in _ATTRIBUTES.items()}},
        filter_style_properties=set(_STYLES),
        url_schemes={"http", "https", "mailto", "tel", "data"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return Cleaned(html=cleaned, blocked_images=writer.blocked, links=writer.links)


@dataclass(slots=True, kw_only=True)
class _Writer:
    """Writes the events that are allowed, as balanced as they come."""

    cid_url: CidUrl
    remote_images: bool
    out: list[str] = field(default_factory=list)
    blocked: int = 0
    links: int = 0
    _silent: int = 0

    def write(self, event: Open | Close | Text) -> None:
        match event:
            case Text(text=text) if not self._silent:
                self.out.append(escape(text, quote=False))
            case Open(name=name, attributes=attributes):
                if name in _TAGS and not self._silent:
                    self.out.append(f"<{name}{self._attributes(name, attributes)}>")
                elif name in {"title", "textarea", "noscript"} and name not in VOID:
                    self._silent += 1
            case Close(name=name):
                if name in _TAGS and not self._silent:
                    self.out.append(f"</{name}>")
                elif name in {"title", "textarea", "noscript"}:
                    self._silent = max(0, self._silent - 1)
            case _:
                pass

    def _attributes(self, name: str, given: dict[str, str]) -> str:
        allowed = _EVERYWHERE | _ATTRIBUTES.get(name, frozenset())
        kept = {key: value for key, value in given.items() if key in allowed and key not in {"href", "src", "style"}}
        kept.pop("data-remote-src", None)
        if style := _style(given.get("style", "")):
            kept["style"] = style
        if name == "a":
            kept |= self._link(given.get("href", ""))
        elif name == "img":
            kept |= self._picture(given.get("src", ""))
        return "".join(f' {key}="{escape(value)}"' for key, value in kept.items())

    def _link(self, address: str) -> dict[str, str]:
        address = _BLANKS.sub("", address)
        if not _LINK.match(address):
            return {}
        self.links += 1
        return {"href": address} if self.links <= MAX_LINKS else {}

    def _picture(self, address: str) -> dict[str, str]:
        address = _BLANKS.sub("", address)
        if address.lower().startswith("cid:"):
            ours = self.cid_url(unquote(address[4:]))
            return {"src": ours} if ours else {}
        if _PICTURE_DATA.fullmatch(address):
            return {"src": address}
        if not address.lower().startswith(("http://", "https://", "//")):
            return {}
        if address.startswith("//"):
            address = f"https:{address}"
        if self.remote_images:
            return {"src": address}
        self.blocked += 1
        return {"data-remote-src": address}


def _style(style: str) -> str:
    """The declarations that are known and load nothing."""
    kept: list[str] = []
    for declaration in style[:4_000].split(";"):
        name, colon, value = declaration.partition(":")
        if colon and name.strip().lower() in _STYLES and not _DANGEROUS_STYLE.search(value):
            kept.append(f"{name.strip().lower()}: {value.strip()}")
    return "; ".join(kept)
