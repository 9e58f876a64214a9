"""What a mail may cost us. Beyond a limit the rest is left out and `Mail.problems` says so; the raw mail keeps it."""

from dataclasses import dataclass, field

MAX_HEADER_BYTES = 65_536
"""Of one header field, unfolded."""
MAX_HEADERS = 1_000
"""Fields of one part."""
MAX_PARTS = 2_000
"""Parts of a mail, containers included."""
MAX_DEPTH = 20
"""Containers in containers."""
MAX_TEXT = 150_000
"""Characters of text."""
MAX_HTML = 1_000_000
"""Characters of html."""
MAX_NAME = 150
"""Characters of a file name."""
MAX_ADDRESSES = 500
"""Of one header field."""
MAX_REFERENCES = 100
"""Ids; the first and the newest stay."""


@dataclass(frozen=True, slots=True)
class Problems:
    """What was wrong or cut, each said once, in the order it was found."""

    said: list[str] = field(default_factory=list)

    def note(self, problem: str) -> None:
        """Say `problem`, unless it has been said."""
        if problem not in self.said:
            self.said.append(problem)
