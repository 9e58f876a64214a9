"""Which sentences mean much the same: by their letters, without a model. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

NEAR = 0.35
"""Share of common three-letter pieces from which two sentences are taken for siblings."""


def groups(texts: Sequence[str]) -> list[list[int]]:
    """The texts' numbers in groups of siblings, in the order of each group's first.

    Each text joins the first group whose first text is near enough, so that every member is near what is shown.
    """
    cut = [pieces(text) for text in texts]
    found: list[list[int]] = []
    for number, mine in enumerate(cut):
        home = next((group for group in found if nearness(mine, cut[group[0]]) >= NEAR), None)
        if home is None:
            found.append([number])
        else:
            home.append(number)
    return found


def nearness(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of common pieces, 0..1 (Jaccard)."""
    return len(one & other) / (len(one | other) or 1)


def pieces(text: str) -> frozenset[str]:
    """A text's words cut into runs of three letters."""
    words = re.findall(r"\w+", text.casefold().replace("\u200c", ""))
    padded = [f" {word} " for word in words]
    return frozenset(word[at : at + 3] for word in padded for at in range(len(word) - 2))
