"""The files of a mail: what they are called, made safe and unique."""

import hashlib
import re
import unicodedata
from urllib.parse import unquote

from channels.email.charset import Decoder
from channels.email.headers import split, unfolded
from channels.email.limits import MAX_NAME, Problems
from channels.email.mail import Attachment
from channels.email.mime import Part

_EXTENSIONS = {
    "message/rfc822": ".eml",
    "message/global": ".eml",
    "message/delivery-status": ".txt",
    "message/feedback-report": ".txt",
    "message/disposition-notification": ".txt",
    "text/rfc822-headers": ".txt",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/svg+xml": ".svg",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/pgp-signature": ".asc",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
    "application/ms-tnef": ".dat",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "video/mp4": ".mp4",
}
_CID = re.compile(r"cid:([^\s\"'<>)]{1,300})", re.IGNORECASE)
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\u061c\u200b-\u200f\u202a-\u202e\u2028\u2029\u2060-\u2069\ufeff]')
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})


def attach(parts: list[Part], markup: str, decoder: Decoder, problems: Problems) -> tuple[Attachment, ...]:
    """The attachments that `parts` are. `markup` is the html body, whose `cid:` references make pictures inline."""
    used: dict[str, int] = {}
    shown = frozenset(unquote(cid) for cid in _CID.findall(markup))
    return tuple(_attachment(part, shown, used, decoder, problems) for part in parts)


def _attachment(
    part: Part, shown: frozenset[str], used: dict[str, int], decoder: Decoder, problems: Problems
) -> Attachment:
    content = part.content()
    cid = unfolded(part.headers.text("content-id", decoder)).strip("<> ")[:255]
    return Attachment(
        filename=_unique(safe_name(_name(part, content, cid, decoder, problems), part.type.value), used),
        content_type=part.type.value,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        inline=part.main == "image" and (part.disposition.value == "inline" or unquote(cid) in shown),
        content_id=cid,
        content=content,
    )


def _name(part: Part, content: bytes, cid: str, decoder: Decoder, problems: Problems) -> str:
    named = part.disposition.get("filename") or part.type.get("name") or part.disposition.get("name")
    if named:
        return named
    if location := part.headers.text("content-location", decoder):
        return unquote(location.split("?")[0])
    if part.type.value in {"message/rfc822", "message/global"}:
        fields, _ = split(content[:20_000], problems)
        return fields.text("subject", decoder).replace("/", "-")
    return cid.partition("@")[0] if "." in cid.partition("@")[0] else ""


def safe_name(name: str, content_type: str) -> str:
    """A name without path, control or direction characters, not hidden, of bounded length, with an ending."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = " ".join(_UNSAFE.sub("", name).split()).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem or len(ending) > 16 or " " in ending:
        stem, ending = name, _EXTENSIONS.get(content_type, "")[1:]
    stem = stem[:MAX_NAME].strip(". ") or content_type.partition("/")[0]
    if stem.lower() in _RESERVED:
        stem = f"_{stem}"
    return f"{stem}.{ending}" if ending else stem


def _unique(name: str, used: dict[str, int]) -> str:
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    candidate = name
    while candidate.lower() in used:
        used[name.lower()] += 1
        candidate = f"{stem} ({used[name.lower()]}){dot}{ending}"
    used[candidate.lower()] = 1
    return candidate
