"""Binds the scorers of an experiment, and the name of the score that ranks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gridloom.errors import nearest
from gridloom.experiment.bound import Bound
from gridloom.experiment.problems import Binder
from gridloom.experiment.scorers import Scorers, by_score_name, score_names
from gridloom.registry.records import Scorer


def bind_scorers(binder: Binder, keys: Mapping[str, Any]) -> tuple[Scorers, str | None]:
    """The scorers that `scoring:` names, by the names of their scores, and the name of the score that ranks.

    What is wrong with them is noted. There are none where the experiment names none.
    """
    before = len(binder.problems)
    selection = keys.get("scoring")
    if selection == []:
        binder.report(Scorer.place, "this list is empty; name a scorer, or remove 'scoring'")
    found = binder.selected(Scorer, selection)
    scorers = by_score_name(found)
    if len(scorers) < len(found):
        _report_double(binder, found)
    rank_by = keys.get("rank_by")
    if rank_by is not None and len(binder.problems) == before and rank_by not in scorers:
        advice = nearest(rank_by, scorers) if scorers else "name the scorers under 'scoring'"
        binder.report(("rank_by",), f"there is no score {rank_by!r}; {advice}")
    return scorers, rank_by


def _report_double(binder: Binder, found: list[Bound[Scorer]]) -> None:
    """Note every scorer whose scores would have the name of another one's."""
    seen: dict[str, Bound[Scorer]] = {}
    for index, (name, item) in enumerate(zip(score_names(found), found, strict=True)):
        first = seen.setdefault(name, item)
        if first is item:
            continue
        message = f"this scorer and another one here both name their scores '{name}'; remove one of them"
        if first.resolved == item.resolved:
            message = f"the scorer '{item.name}' is listed twice with the same options; remove one of them"
        binder.report((*Scorer.place, index), message)


def default_scorers(binder: Binder) -> list[Bound[Scorer]]:
    """The scorers of experiments that name none; the data tell which of them can score them."""
    return [Bound(item, {}, binder.node.location) for item in binder.registry.defaults(Scorer)]


def check_target(binder: Binder, score: float | None, scorers: Scorers) -> None:
    """Note a mean at which the search is to stop, if the score that ranks, the first, can never be so high."""
    if score is None or not scorers:
        return
    name, item = next(iter(scorers.items()))
    _, most = item.record.score_bounds
    if score > most:
        binder.report(("search", "stop", "score"), f"'{name}' is at most {most:g}, so this would never stop a search")
