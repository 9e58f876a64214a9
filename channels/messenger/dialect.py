"""In what Messenger and Instagram differ; everything else is one API."""

from collections.abc import Mapping
from dataclasses import dataclass

from channels.contract import Capabilities, Feature
from channels.meta import FIELDS as META_FIELDS
from channels.setup import SettingField

MB = 1024 * 1024
_FEATURES = frozenset({Feature.BUTTONS, Feature.ATTACHMENTS, Feature.TYPING, Feature.READ_MARKS, Feature.RECEIPTS})
_DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One of the two.

    `object` is what bodies call themselves. `marks`: our messages carry a mark that comes back in their echo. `files`:
    the largest file of each kind, in bytes; `any_file`: of any type, else PDF only. `name_field`: where the account's
    name is found.
    """

    name: str
    object: str
    capabilities: Capabilities
    marks: bool
    files: Mapping[str, int]
    any_file: bool
    name_field: str


FIELDS = (SettingField(name="page_id", required=True, pattern=r"[0-9]{5,32}", longest=32), *META_FIELDS)

MESSENGER = Dialect(
    name="messenger",
    object="page",
    capabilities=Capabilities(
        features=_FEATURES,
        max_text=2_000,
        max_attachment=25 * MB,
        max_buttons=13,
        max_button_title=20,
        window_seconds=_DAY,
    ),
    marks=True,
    files={"image": 25 * MB, "audio": 25 * MB, "video": 25 * MB, "file": 25 * MB},
    any_file=True,
    name_field="name",
)
INSTAGRAM = Dialect(
    name="instagram",
    object="instagram",
    capabilities=Capabilities(
        features=_FEATURES,
        max_text=1_000,
        text_unit="utf8",
        max_attachment=25 * MB,
        max_buttons=13,
        max_button_title=20,
        window_seconds=_DAY,
    ),
    marks=False,
    files={"image": 8 * MB, "audio": 25 * MB, "video": 25 * MB, "file": 25 * MB},
    any_file=False,
    name_field="username",
)
