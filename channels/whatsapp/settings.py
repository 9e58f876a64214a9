"""What an admin sets for one WhatsApp number."""

import re
from collections.abc import Mapping

from msgspec import Struct, convert

from channels.meta import FIELDS as META_FIELDS
from channels.meta import MetaSettings
from channels.setup import SettingField

_LINE = r"[a-z0-9_]{1,512}\|[A-Za-z]{2,3}(_[A-Za-z]{2,4})?\|.+"
_BLANK = re.compile(r"\{\{\s*([A-Za-z0-9_]{1,40})\s*\}\}")

FIELDS = (
    SettingField(name="phone_number_id", required=True, pattern=r"[0-9]{5,32}", longest=32),
    *META_FIELDS,
    SettingField(name="templates", kind="list", pattern=_LINE, longest=1_600),
)


class WhatsAppSettings(MetaSettings, frozen=True, kw_only=True):
    """Settings of an inbox of this channel. `templates`: lines "name|language|text with {{1}}", see `templates`."""

    phone_number_id: str = ""
    templates: list[str] | str = ""


class Template(Struct, frozen=True, kw_only=True):
    """A message that Meta has approved. `blanks` are the names of what is filled in, in the order of the text."""

    name: str
    language: str
    text: str

    @property
    def blanks(self) -> tuple[str, ...]:
        """Each name once."""
        return tuple(dict.fromkeys(_BLANK.findall(self.text)))

    def filled(self, values: Mapping[str, str]) -> str:
        """The text as the customer will see it; a blank without a value stays as it is."""
        return _BLANK.sub(lambda found: values.get(found[1], found[0]), self.text)


def whatsapp_settings(raw: Mapping[str, object]) -> WhatsAppSettings:
    """The settings of an inbox; fields that nobody knows are ignored, wrong types raise `msgspec.ValidationError`."""
    return convert(dict(raw), WhatsAppSettings)


def templates(settings: WhatsAppSettings) -> tuple[Template, ...]:
    """The prepared messages of an inbox; lines that are none are left out."""
    lines = settings.templates.splitlines() if isinstance(settings.templates, str) else settings.templates
    found = [line.split("|", 2) for line in lines if re.fullmatch(_LINE, line.strip())]
    return tuple(Template(name=name.strip(), language=code, text=text.strip()) for name, code, text in found)
