"""What a file is, from its own first bytes; what its sender says about it does not count.

Nothing is decoded or unpacked: of images only the header is read for width and height, so neither a zip bomb nor an
image of a billion pixels can cost anything.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from hub.errors import HubError

HEAD_BYTES = 64 * 1024
"""How much of a file's beginning `sniff` wants to see."""

_MOST_PIXELS = 40_000_000
_LONGEST_SIDE = 20_000


class TypeRefusedError(HubError):
    """Files of this kind are not taken."""

    code = "type_refused"
    status = 415


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What was found. `inline`: a browser may show it (images only). `extension` begins with a dot."""

    content_type: str
    extension: str
    inline: bool = False
    width: int | None = None
    height: int | None = None


_OFFICE = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}
_PLAIN_TEXT = {".txt": "text/plain", ".csv": "text/csv", ".log": "text/plain", ".md": "text/plain"}


def sniff(head: bytes, name: str) -> Kind:
    """Say what a file is by its first `HEAD_BYTES` bytes.

    Args:
        head: The beginning of the file (all of it, if it is shorter).
        name: The sender's name for it: only decides among kinds that share their bytes (office files are zips).

    Raises:
        TypeRefusedError: It is none of the kinds that are taken, or claims impossible dimensions.
    """
    suffix = "." + name.lower().rpartition(".")[2].strip() if "." in name else ""
    if (image := _image(head)) is not None:
        return _plausible(image)
    if head.startswith(b"%PDF-"):
        return Kind(content_type="application/pdf", extension=".pdf")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        office = _OFFICE.get(suffix)
        return (
            Kind(content_type=office, extension=suffix)
            if office
            else Kind(content_type="application/zip", extension=".zip")
        )
    if head.startswith(b"OggS"):
        return Kind(content_type="audio/ogg", extension=".ogg")
    if _is_text(head):
        if _is_markup(head):
            raise TypeRefusedError("Web pages and drawings with code in them are not taken.")
        extension = suffix if suffix in _PLAIN_TEXT else ".txt"
        return Kind(content_type=_PLAIN_TEXT[extension], extension=extension)
    raise TypeRefusedError("Files of this kind are not taken. Images, PDF, text, office files and zip are.")


def sniff_foreign(head: bytes, name: str) -> Kind:
    """Say what a file is that a provider has taken already: what is none of our kinds is kept as plain bytes."""
    try:
        return sniff(head, name)
    except TypeRefusedError:
        return _media(head) or Kind(content_type="application/octet-stream", extension="")


def _media(head: bytes) -> Kind | None:
    if head[4:8] == b"ftyp":
        audio = head[8:11] == b"M4A"
        return Kind(content_type="audio/mp4" if audio else "video/mp4", extension=".m4a" if audio else ".mp4")
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return Kind(content_type="audio/wav", extension=".wav")
    if head.startswith(b"ID3") or head[:2] in {b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"}:
        return Kind(content_type="audio/mpeg", extension=".mp3")
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return Kind(content_type="video/webm", extension=".webm")
    return None


def _image(head: bytes) -> Kind | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n") and len(head) >= 33 and head[12:16] == b"IHDR":
        width, height = struct.unpack(">II", head[16:24])
        return Kind(content_type="image/png", extension=".png", inline=True, width=width, height=height)
    if head.startswith((b"GIF87a", b"GIF89a")) and len(head) >= 13:
        width, height = struct.unpack("<HH", head[6:10])
        return Kind(content_type="image/gif", extension=".gif", inline=True, width=width, height=height)
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return _webp(head)
    if head.startswith(b"\xff\xd8\xff"):
        return _jpeg(head)
    return None


def _plausible(image: Kind) -> Kind:
    width, height = image.width or 0, image.height or 0
    if not (0 < width <= _LONGEST_SIDE and 0 < height <= _LONGEST_SIDE and width * height <= _MOST_PIXELS):
        raise TypeRefusedError("This image is too large to be shown anywhere.")
    return image


def _jpeg(head: bytes) -> Kind:
    """Walk the segments to the frame header (ITU T.81, B.1.1.3 and B.2.2)."""
    place = 2
    while place + 9 <= len(head) and head[place] == 0xFF:
        marker = head[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", head[place + 5 : place + 9])
            return Kind(content_type="image/jpeg", extension=".jpg", inline=True, width=width, height=height)
        place += 2 + int.from_bytes(head[place + 2 : place + 4], "big")
    raise TypeRefusedError("This image is damaged.")


def _webp(head: bytes) -> Kind:
    """Read the dimensions of the three forms (RFC 9649, sections 2.5 to 2.7)."""
    form, data = head[12:16], head[20:]
    width = height = 0
    if form == b"VP8X" and len(data) >= 10:
        width = 1 + int.from_bytes(data[4:7], "little")
        height = 1 + int.from_bytes(data[7:10], "little")
    elif form == b"VP8L" and len(data) >= 5 and data[0] == 0x2F:
        bits = int.from_bytes(data[1:5], "little")
        width, height = 1 + (bits & 0x3FFF), 1 + ((bits >> 14) & 0x3FFF)
    elif form == b"VP8 " and len(data) >= 10 and data[3:6] == b"\x9d\x01\x2a":
        width, height = (side & 0x3FFF for side in struct.unpack("<HH", data[6:10]))
    return Kind(content_type="image/webp", extension=".webp", inline=True, width=width, height=height)


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        text = head[:HEAD_BYTES].decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:  # more than a character that the cut split
            return False
        text = head[: error.start].decode("utf-8")
    return not any(ord(letter) < 32 and letter not in "\t\n\r\f" for letter in text)


_MARKUP = (
    b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script", b"<head", b"<body", b"<iframe", b"<?php", b"<math",
    b"<!entity",
)  # fmt: skip


def _is_markup(head: bytes) -> bool:
    """Whether a browser that guesses could take it for a page (WHATWG mimesniff 7.1 looks at the first 1,445 bytes)."""
    beginning = head[:4096].lower()
    return any(sign in beginning for sign in _MARKUP)
