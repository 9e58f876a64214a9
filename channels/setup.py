"""What an admin fills in to open an inbox, as data: the desk draws the form from it, the hub checks it.

Words for labels and hints stand with the screens, under `channel.<channel>.<field>`.
"""

from dataclasses import dataclass
from typing import Literal

FieldKind = Literal["text", "secret", "number", "switch", "choice", "list", "generated", "flow"]

MULTILINE = 500
"""A text that may be longer than this may have several lines (a signature); so may a secret in PEM form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingField:
    """One setting of an inbox.

    text: one line of at most `longest` characters that matches `pattern`. secret: the same, stored encrypted and never
    shown again. number: from `least` to `most`. switch: true or false. choice: one of `choices`. list: lines of text.
    generated: a secret that the hub makes when the inbox is opened and that nobody has to see. flow: the id of a
    published flow of calls.

    `shown` of a generated one: the admin has to copy it to the provider, so it is shown once, when it is made.
    `when`: only asked when another field has a value, as (field, "value" or "one|other"). `default` stands where
    nothing was filled in.
    """

    name: str
    kind: FieldKind = "text"
    required: bool = False
    default: str | int | bool | None = None
    choices: tuple[str, ...] = ()
    pattern: str | None = None
    longest: int = 200
    least: int = 0
    most: int = 65_535
    when: tuple[str, str] | None = None
    shown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that "Test connection" found.

    `code` is one that the screens have words for (`finding.<code>`), `field` the setting that it is about, `detail` the
    other side's own words.
    """

    ok: bool
    code: str
    field: str | None = None
    detail: str = ""
