"""Percentiles and the last line."""

import json
from collections.abc import Mapping, Sequence


def percentile(values: Sequence[float], part: float) -> float:
    """The nearest-rank percentile of unsorted values; `part` between 0 and 1. 0.0 for no values."""
    if not values:
        return 0.0
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, max(0, round(part * len(ranked) + 0.5) - 1))]


def in_ms(seconds: Sequence[float]) -> dict[str, float]:
    """p50, p95, p99 and the maximum, in ms."""
    named = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
    found = {name: round(1000 * percentile(seconds, part), 2) for name, part in named.items()}
    return {**found, "max_ms": round(1000 * max(seconds, default=0.0), 2)}


def last_line(fields: Mapping[str, object]) -> None:
    """One line of JSON, so that anybody can compare two commits."""
    print(json.dumps(fields, separators=(", ", ": ")), flush=True)
