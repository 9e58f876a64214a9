"""What an admin sets for one page or one Instagram account."""

from collections.abc import Mapping

from msgspec import convert

from channels.meta import MetaSettings


class PageSettings(MetaSettings, frozen=True, kw_only=True):
    """Settings of an inbox. `page_id`: the page's id, or that of the professional account on Instagram."""

    page_id: str = ""


def page_settings(raw: Mapping[str, object]) -> PageSettings:
    """The settings of an inbox; fields that nobody knows are ignored, wrong types raise `msgspec.ValidationError`."""
    return convert(dict(raw), PageSettings)
