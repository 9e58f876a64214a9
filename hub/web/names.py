"""Words from outside made fit to keep: one-line names, and names of files that cannot lie about what they are."""

from __future__ import annotations

import re
import unicodedata

from hub.errors import BadInput

_LONGEST_FILE_NAME = 120
# Invisible or reordering characters. ZWNJ (U+200C) and ZWJ stay in ordinary words: Persian needs the first one.
_BIDI = re.compile(r"[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile(
    r"[\u200b-\u200f\u2060-\u2064\ufeff\u00ad\u061c\u180e\u202a-\u202e\u2066-\u206f\u2028\u2029\U000e0000-\U000e007f]"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_UNSAFE = re.compile(r'[<>:"/\\|?*%;\x00-\x1f\x7f]+')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")


def line(text: str, field: str, *, longest: int, shortest: int = 1) -> str:
    """A name or title: NFC, spaces collapsed.

    Raises BadInput for control or reordering characters and wrong lengths.
    """
    if _CONTROL.search(text) or _BIDI.search(text):
        raise BadInput("This has characters that cannot be shown.", code="bad_text", field=field)
    words = " ".join(unicodedata.normalize("NFC", text).split())
    if not shortest <= len(words) <= longest:
        raise BadInput(f"This needs {shortest} to {longest} characters.", code="bad_length", field=field)
    return words


def paragraph(text: str, field: str, *, longest: int) -> str:
    """A text of several lines. Raises BadInput for NUL and other control characters, and when empty or too long."""
    if _CONTROL.search(text.replace("\n", "").replace("\t", "").replace("\r", "")):
        raise BadInput("This has characters that cannot be shown.", code="bad_text", field=field)
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not 1 <= len(text) <= longest:
        raise BadInput(f"This needs 1 to {longest} characters.", code="bad_length", field=field)
    return text


def foreign_file_name(name: str) -> str:
    """A harmless name for a file of any kind, with the extension that its sender gave it."""
    suffix = re.search(r"\.[A-Za-z0-9]{1,8}$", name.strip())
    return file_name(name, extension=suffix.group().lower() if suffix else "")


def file_name(name: str, *, extension: str) -> str:
    """A harmless name for a file, ending in the extension of what its bytes are.

    First cleaned, then judged (the other order was CVE-2026-28289): folders, invisible and reordering characters,
    control characters, leading dots and names that mean devices are gone; the end of the name is ours, not the
    sender's.
    """
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2][:1000].replace("\u200c", " "))
    name = _CONTROL.sub("", _INVISIBLE.sub("", name))
    name = " ".join(_UNSAFE.sub(" ", name).split()).strip(". ")
    stem = re.sub(r"(\.[A-Za-z0-9]{1,8})+$", "", name).strip(". ")
    if not stem or _RESERVED.fullmatch(stem):
        stem = f"file {stem}".strip()
    return f"{stem[: _LONGEST_FILE_NAME - len(extension)].rstrip('. ')}{extension}"
