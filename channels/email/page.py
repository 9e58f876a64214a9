"""A whole mail as a page for a sandboxed frame: the html made harmless, or the text. Pure."""

from base64 import b64encode
from dataclasses import dataclass, field
from html import escape

from channels.email import html
from channels.email.mail import Attachment, Mail
from channels.email.parse import parse

MAX_PICTURE = 2 * 1024 * 1024
"""Bytes of one picture that came with the mail and is shown in it."""
MAX_PICTURES = 8 * 1024 * 1024
"""Bytes of all of them."""
_SIGNS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
_STYLE = (
    "html{color-scheme:light;background:#fff}"
    "body{margin:12px;font:15px/1.6 Vazirmatn,Tahoma,'Segoe UI',Arial,sans-serif;color:#1a1a1a;overflow-wrap:anywhere}"
    "img{max-width:100%;height:auto}pre{white-space:pre-wrap;font:inherit;margin:0}"
    "blockquote{margin-inline:8px 0;padding-inline-start:8px;border-inline-start:2px solid #c9c9c9}"
    "img[data-remote-src]{display:inline-block;min-width:24px;min-height:24px;border:1px dashed #9a9a9a}"
)


def mail_page(raw: bytes, *, pictures: bool) -> str:
    """The whole mail as an html document.

    It holds no scripts and loads nothing, but pictures from elsewhere if they are asked for. Until then the attribute
    `data-blocked-pictures` of its root element says how many there are, and each has a frame in its place.

    Args:
        raw: The mail as it came.
        pictures: Show pictures from elsewhere, which tells their servers that the mail is read.
    """
    mail = parse(raw)
    if not mail.html.strip():
        return _document(f'<pre dir="auto">{escape(mail.text)}</pre>', blocked=0)
    cleaned = html.clean(mail.html, cid_url=_Enclosed(mail).url, remote_images=pictures)
    return _document(cleaned.html, blocked=cleaned.blocked_images)


@dataclass(slots=True)
class _Enclosed:
    """Pictures that came with the mail, as `data:` addresses, within a limit for all of them."""

    mail: Mail
    left: int = MAX_PICTURES
    _made: dict[str, str] = field(default_factory=dict)

    def url(self, content_id: str) -> str | None:
        if content_id not in self._made:
            found = next((one for one in self.mail.attachments if one.content_id == content_id), None)
            kind = _kind(found) if found is not None else None
            if found is None or kind is None or found.size > min(MAX_PICTURE, self.left):
                return None
            self._made[content_id] = f"data:{kind};base64,{b64encode(found.content).decode()}"
        self.left -= len(self._made[content_id])  # each time it is shown it stands in the page
        return self._made[content_id] if self.left >= 0 else None


def _kind(picture: Attachment) -> str | None:
    """What a picture is by its own bytes."""
    if picture.content[:4] == b"RIFF" and picture.content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for sign, kind in _SIGNS.items() if picture.content.startswith(sign)), None)


def _document(body: str, *, blocked: int) -> str:
    return (
        f'<!doctype html><html data-blocked-pictures="{blocked}"><head><meta charset="utf-8">'
        '<meta name="referrer" content="no-referrer"><title></title>'
        f'<style>{_STYLE}</style></head><body dir="auto">{body}</body></html>'
    )
