"""Bytes that claim a charset, to text: what is declared, then what is plausible. Nothing here raises on any bytes."""

import codecs
import re
from dataclasses import dataclass, field

_ALIASES = {
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "iso-gb2312": "gb18030",
    "x-gbk": "gb18030",
    "gbk": "gb18030",
    "hz": "hz",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "ksc5601": "cp949",
    "ks_c_5601-1989": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "ms_kanji": "cp932",
    "windows-31j": "cp932",
    "big5": "cp950",
    "x-x-big5": "cp950",
    "iso-8859-1": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "iso-8859-6-i": "iso8859-6",
    "iso-8859-6-e": "iso8859-6",
    "asmo-708": "iso8859-6",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
    "utf-8": "utf-8-sig",
    "utf8": "utf-8-sig",
    "macintosh": "mac_roman",
    "x-mac-roman": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-ce": "mac_latin2",
}
"""Labels that Python does not know, or that mail uses for more than they name (Outlook's gb2312 holds GBK)."""

_NUMBERED = re.compile(r"(?:x-)?(?:win|windows|ms|cp|ibm)[-_ ]?(\d{3,4})")
_ISO = re.compile(r"(?:x-)?iso[-_ ]?8859[-_ ](\d{1,2})(?::\d{4})?")
_STATEFUL = ("utf-7", "utf-16", "utf-32", "utf_16", "utf_32", "hz", "iso2022")
_LONE = re.compile("[\ud800-\udfff]")
_C1 = {0xDC00 + byte: byte for byte in range(0x80, 0xA0)}
_NOT_UNICODE = frozenset({"cp1252", "iso8859-1", "cp1254", "iso8859-15"})
_LATIN = ("cp1252", "cp1250", "cp1254", "iso8859_2")
"""Statistics can't tell these apart in a few lines, so they count as "not another script": the fallback decides."""
_CANDIDATES = (
    *_LATIN,
    *("cp1251", "koi8_r", "iso8859_5", "cp1256", "cp1253", "cp1255"),
    *("gb18030", "big5", "cp932", "euc_jp", "cp949"),
)
_SAMPLE = 4_096
_ENOUGH_TO_GUESS = 24
_TEXT_CODECS = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "palmos"})


def clean(text: str) -> str:
    """`text` without NUL and without halves of surrogate pairs (a pair becomes its character)."""
    if "\0" in text:
        text = text.replace("\0", "")
    if _LONE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def codec_of(label: str) -> str | None:
    """The Python codec that a charset label means in mail, or None if nobody knows."""
    name = label.strip().strip("\"'").lower()
    if numbered := _NUMBERED.fullmatch(name):
        name = f"cp{numbered[1]}"
    elif iso := _ISO.fullmatch(name):
        name = f"iso-8859-{iso[1]}"
    name = _ALIASES.get(name, name)
    try:
        found = codecs.lookup(name)
        "".encode(name)  # a codec that is not of text (`base64`, `zip`) refuses
    except (LookupError, ValueError, UnicodeError):
        return None
    return None if found.name in _TEXT_CODECS else _ALIASES.get(found.name, found.name)


@dataclass(slots=True, kw_only=True)
class Decoder:
    """Decodes the pieces of one mail and remembers what it learned.

    Attributes:
        hint: Charset of the mail's body: raw bytes in its headers are probably in the same.
        fallback: Where nothing fits. `cp1256` suits an inbox of Persian or Arabic writers.
        guesses: Statistics are dear: so many are made for one mail at most.
        repaired: Something did not fit its declared charset.
    """

    hint: str = ""
    fallback: str = "cp1252"
    guesses: int = 6
    repaired: bool = False
    _seen: dict[bytes, str] = field(default_factory=dict)

    def decode(self, data: bytes, label: str = "") -> str:
        """`data` as text. Tries the declared charset, UTF-8, the hint, statistics, then replaces what does not fit."""
        declared = codec_of(label) if label else None
        if data.isascii() and not (declared or "").startswith(_STATEFUL):
            return clean(data.decode("ascii"))
        text = _strict(data, declared) if declared and declared not in _NOT_UNICODE else None
        if text is None and not data.isascii():
            text = _strict(data, "utf-8-sig")
        if text is None and declared in _NOT_UNICODE:
            text = _single_byte(data, declared or "cp1252") if label.strip().lower() != "us-ascii" else None
        if text is None:
            self.repaired = True
            text = self._repair(data, declared)
        return clean(text)

    def _repair(self, data: bytes, declared: str | None) -> str:
        if declared in {"utf-8", "utf-8-sig"} or not declared:
            text = data.decode("utf-8", "replace")
            if _mostly_sound(text):
                return text
        if declared and declared.startswith("iso2022_jp"):
            return _japanese(data)
        if self.hint and (text := _strict(data, codec_of(self.hint) or "ascii") or ""):
            return text
        if guessed := self._guess(data):
            return guessed
        if declared and not declared.startswith("utf"):
            return data.decode(declared, "replace")
        return _single_byte(data, self.fallback)

    def _guess(self, data: bytes) -> str:
        sample = _loud_lines(data)
        if self.guesses <= 0 or sum(byte > 0x7F for byte in sample) < _ENOUGH_TO_GUESS:
            return ""
        codec = self._seen.get(sample)
        if codec is None:
            self.guesses -= 1
            codec = self._seen[sample] = _statistics(sample)
        text = _strict(data, codec) or "" if codec else ""
        if codec == "cp932" and _half_width(text) > len(text) // 3:
            return _strict(data, "euc_jp") or text  # what EUC-JP looks like in Shift-JIS
        return text


def _statistics(sample: bytes) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415 (dear to import, seldom needed)

    # A short sample is told apart better when it is said several times.
    often = (sample + b"\n") * (1 + 256 // len(sample))
    try:
        best = from_bytes(often, steps=3, chunk_size=1_024, cp_isolation=list(_CANDIDATES)).best()
    except Exception:  # noqa: BLE001 (a guess that fails is no guess; the library promises no list of errors)
        return ""
    return best.encoding if best and best.encoding not in _LATIN else ""


def _half_width(text: str) -> int:
    return sum("\uff61" <= letter <= "\uff9f" for letter in text)


def _loud_lines(data: bytes) -> bytes:
    """The first lines that hold more than ASCII: what tells one charset from another."""
    if len(data) <= _SAMPLE:
        return data
    lines = [line for line in data[: 16 * _SAMPLE].split(b"\n") if not line.isascii()]
    return b"\n".join(lines)[:_SAMPLE]


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError, LookupError):
        return None


def _single_byte(data: bytes, codec: str) -> str:
    """Every byte becomes a character; those that the code page leaves open become controls, as browsers do it."""
    return data.decode(codec, "surrogateescape").translate(_C1) if codec != "cp1256" else data.decode(codec, "replace")


def _mostly_sound(text: str) -> bool:
    """UTF-8 with a few broken letters: cut in the middle, or patched by a relay."""
    broken = text.count("\ufffd")
    return broken * 4 < sum(letter > "\x7f" for letter in text)


def _japanese(data: bytes) -> str:
    """ISO-2022-JP as it is written: with vendors' letters, or not shifted at all."""
    if not data.isascii():
        return data.decode("cp932", "replace")
    wider = data.replace(b"\x1b$B", b"\x1b$(Q").replace(b"\x1b$@", b"\x1b$(Q")
    return _strict(data, "iso2022_jp_ext") or wider.decode("iso2022_jp_2004", "replace")
