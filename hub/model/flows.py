"""What calls are led through: flows that admins draft, publish in numbered versions, and go back to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.model.ids import AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFlow:
    """A flow that numbers name by `id`. Its content belongs to the channel of the calls.

    `draft`: as it is written; `revision` grows with every change of it, by whom and when (ms) it was last. `live`: what
    callers are led through, version `version` of it (0: it was never published).
    """

    id: str
    name: str
    draft: Mapping[str, object] = field(default_factory=dict)
    revision: int = 1
    changed_by: str = ""
    changed_at: int = 0
    live: Mapping[str, object] | None = None
    version: int = 0

    @property
    def unpublished(self) -> bool:
        """Whether callers hear something else than the draft."""
        return self.live is None or {**self.live, "version": 0} != {**self.draft, "version": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowVersion:
    """One version of a flow, as it was published at `at` (ms); it never changes."""

    flow: str
    number: int
    by: AgentId
    at: int
    note: str = ""
    content: Mapping[str, object] = field(default_factory=dict)
