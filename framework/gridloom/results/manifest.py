"""What a run's manifest says, in either format of the journal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def score_names(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the scores of a run, the one that ranks first; a run of format 1 has one, as a text."""
    found = manifest.get("scoring", "score")
    names = [found] if isinstance(found, str) else found
    first = manifest.get("rank_by", names[0])
    return tuple(dict.fromkeys([first, *names]))


def positive_class(manifest: Mapping[str, Any], score: str) -> str | None:
    """The class that this score of a run is about, where it is about one of two; None for a score of all."""
    found: str | None = manifest.get("positive", {}).get(score)
    return found
