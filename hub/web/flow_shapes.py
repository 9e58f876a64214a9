"""Shapes of what admins see and send of the flows of calls."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from channels.flows import Awaits, CameKind
from hub.web.admin_shapes import Name

Any = Annotated[object, Meta(extra_json_schema={"description": "What the channel of the calls makes of it"})]
Content = dict[str, Any]
"""A flow: `entry`, `entries`, `locales`, `nodes`; see `channels.voice.flow.Flow`."""

Note = Annotated[str, Meta(max_length=200)]
Words = Annotated[str, Meta(max_length=500)]


class FlowSummary(Struct, frozen=True):
    """A flow in the list. `version`: what callers hear, 0 for nothing yet; `unpublished`: the draft says otherwise.

    `numbers`: the inboxes that name it. `problems`: how many stand in the way of publishing the draft.
    """

    id: str
    name: str
    version: int
    unpublished: bool
    changed_by: str
    changed_at: int
    numbers: list[str]
    problems: int


class FlowList(Struct, frozen=True):
    """All flows."""

    flows: list[FlowSummary]


class VersionView(Struct, frozen=True):
    """A version that was published: by whom, when (ms), and what they said of it."""

    number: int
    by: str
    at: int
    note: str


class FlowRecord(Struct, frozen=True):
    """A flow with its draft. `revision` grows with each change of the draft; who changes it says which one they saw."""

    id: str
    name: str
    revision: int
    draft: Content
    live: Content | None
    version: int
    unpublished: bool
    changed_by: str
    changed_at: int
    numbers: list[str]
    versions: list[VersionView]


class NewFlow(Struct, frozen=True, forbid_unknown_fields=True):
    """A new flow; without a `draft` it begins with the one that numbers without a flow have."""

    name: Name
    draft: Content | UnsetType = UNSET


class FlowChange(Struct, frozen=True, forbid_unknown_fields=True):
    """What changes of a flow, seen at this `revision`."""

    revision: int
    name: Name | UnsetType = UNSET
    draft: Content | UnsetType = UNSET


class FlowPublication(Struct, frozen=True, forbid_unknown_fields=True):
    """Publish the draft of this `revision`."""

    revision: int
    note: Note = ""


class FlowReturn(Struct, frozen=True, forbid_unknown_fields=True):
    """Lead callers through an earlier version again."""

    version: int


class VersionRecord(Struct, frozen=True):
    """One version with its content."""

    number: int
    by: str
    at: int
    note: str
    content: Content


class FlowDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """A flow as it is written, saved or not."""

    content: Content


class ProblemView(Struct, frozen=True):
    """One thing that stands in the way; `step` is "" for the flow itself. `fa`, `en`: the same in words."""

    code: str
    step: str
    detail: str
    fa: str
    en: str


class ReviewView(Struct, frozen=True):
    """What can be said of a flow: all problems, and what callers meet, as text."""

    problems: list[ProblemView]
    preview_fa: str
    preview_en: str


class CameView(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that comes: keys or words of the caller, silence; what the bot makes of it; a wait that is over."""

    kind: CameKind
    text: Words = ""


class FlowTrial(Struct, frozen=True, forbid_unknown_fields=True):
    """A call that nobody makes. `hours`: at the moment `at` (ms, now without one), or as if all were open or closed.

    `inbox`: whose own hours are meant. `called`: the number dialled.
    """

    content: Content
    inbox: Name = ""
    called: Name = ""
    known_number: bool = True
    hours: Literal["at", "open", "closed"] = "at"
    at: Annotated[int, Meta(ge=0, le=32_503_680_000_000)] | None = None
    came: Annotated[list[CameView], Meta(max_length=100)] = []


class HeardView(Struct, frozen=True):
    """One thing that the caller is told."""

    text: str
    locale: str


class StageView(Struct, frozen=True):
    """Where the call stands after what came; see `channels.flows.Stage`."""

    step: str
    path: list[str]
    heard: list[HeardView]
    awaits: Awaits
    to: str
    keys: list[str]


class TrialView(Struct, frozen=True):
    """The stages of a trial: at the beginning, and after each thing that came. `open`: the calendars that were."""

    stages: list[StageView]
    open: list[str]
