"""Binds `published:`: the scores that others published, read from their file."""

from __future__ import annotations

from typing import Any

from gridloom.core.space import Space
from gridloom.errors import InvalidInput, UnknownName
from gridloom.experiment.keys import published_keys
from gridloom.experiment.problems import Binder
from gridloom.experiment.published import ACCURACY, PublishedScores, read_published
from gridloom.experiment.scorers import Scorers
from gridloom.registry.options import Options


def bind_published(
    binder: Binder, selection: Any, name: str, scorers: Scorers, space: Space | None
) -> PublishedScores | None:
    """The published scores of the experiment with this name, or of the one that the selection names."""
    if selection is None:
        return None
    given = {"name": selection} if isinstance(selection, str) else dict(selection)
    if "file" not in given and "name" in given:  # as a bare name reads with --set published.experiment=... over it
        given["file"] = given.pop("name")
    before = len(binder.problems)
    keys = binder.options(("published",), given, Options(published_keys, 0))
    if len(binder.problems) > before or (binder.source.folder is None and not keys["file"].is_file()):
        return None
    try:
        scorer = next(iter(scorers.values()), None)
        highest, names = scorer.record.score_bounds[1] if scorer else 1.0, space.names if space else None
        scores = read_published(keys["file"], keys.get("experiment"), name, highest, names)
    except UnknownName as error:
        binder.report(("published", "experiment"), str(error))
        return None
    except InvalidInput as error:
        binder.problems += error.problems
        return None
    if scores.column == ACCURACY and scorer and scorer.name != ACCURACY.removeprefix("mean_"):
        message = f"the column '{ACCURACY}' contains accuracies, but this experiment is scored by '{scorer.name}'"
        binder.report(("published",), message)
    return scores
