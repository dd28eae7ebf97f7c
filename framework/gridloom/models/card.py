"""The card of a kept model: what it is, as data for those who load it and as a text for those who read."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from gridloom.core.columns import Column
from gridloom.core.data import Data
from gridloom.core.file_names import CARD, CARD_TEXT
from gridloom.core.files import write_file
from gridloom.core.preparing import columns_of
from gridloom.core.trials import Fit, Trial
from gridloom.errors import DataError, GridloomError
from gridloom.models.card_text import card_text
from gridloom.results.result import Result
from gridloom.training.refitting import Refitted, told_of

FORMAT = 1


@dataclass(frozen=True)
class Card:
    """What a kept model is, see docs/how-to/use-the-model.md; `content` is all of it, as plain data.

    `columns` are those of the table that it takes, in order; empty where a row is no list of cells but has the shape
    `input_shape`. `classes` are in the order of probabilities, and empty where the target is a number.
    """

    content: Mapping[str, Any]
    columns: tuple[Column, ...]

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes, in the order of probabilities."""
        return tuple(self.content["classes"])

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of several targets, labels or numbers; empty where there is one."""
        named = self.content.get("target")
        return tuple(named) if isinstance(named, list) else ()

    @property
    def is_multilabel(self) -> bool:
        """Whether the targets are labels, each of which a row has (1) or has not (0)."""
        return self.content.get("task") == "multilabel"

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of a row of features before preprocessing."""
        return tuple(self.content["input_shape"])

    @property
    def not_trained(self) -> dict[str, list[str]]:
        """The values that a category lists, but no row had which trained the model, by the column."""
        return {item["name"]: item.get("not_trained", []) for item in self.content["columns"] or ()}

    @property
    def inputs(self) -> dict[str, tuple[int, ...]]:
        """The shapes of a row by name, where the model has several inputs."""
        return {name: tuple(shape) for name, shape in (self.content.get("inputs") or {}).items()}

    @property
    def dataset(self) -> Mapping[str, Any]:
        """The data set and its options, as the experiment resolves them."""
        found: Mapping[str, Any] = self.content["experiment"].get("dataset", {})
        return found


def make_card(
    result: Result,
    trial: Trial,
    fit: Fit,
    data: Data,
    refitted: Refitted,
    chosen: str,
    asked_for: Sequence[str],
    held: int = 0,
) -> dict[str, Any]:
    """The card of the model of a trial, trained on these data but for `held` rows; `chosen` says why it is this trial."""
    shared = _shared(result.manifest, data, asked_for)
    return {
        **shared,
        "data": shared["data"] | {"rows": len(data.y) - held, "validation_rows": held},
        **told_of(refitted),
        "run": result.name,
        "description": result.description,
        "fit": fit.key,
        "chosen": chosen,
        "parameters": trial.params,
        "scores": {item.scoring: _score(item, trial.number) for item in (result, *result.by_other_scores)},
        "ranked_by": result.scoring,
        "held_out": _held_out(result),
    }


def make_shared_card(manifest: Mapping[str, Any], name: str, data: Data, asked_for: Sequence[str]) -> dict[str, Any]:
    """What the cards of the models of all fits of a run have in common, whose data these are."""
    return {
        **_shared(manifest, data, asked_for),
        "run": name,
        "description": "",
        "chosen": "one of the fits of a search",
        "ranked_by": manifest["rank_by"],
        "held_out": None,
    }


def _shared(manifest: Mapping[str, Any], data: Data, asked_for: Sequence[str]) -> dict[str, Any]:
    packages = {"python": platform.python_version(), **{name: _version(name) for name in _packages(manifest)}}
    return {
        "format": FORMAT,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "data": {"rows": len(data.y), "of": manifest["data"]["rows"], "sha256": data.fingerprint},
        "task": data.task.kind,
        "target": list(data.target_names) or data.target_name,
        "classes": list(data.classes),
        "positive": None if data.positive_class is None else data.classes[data.positive_class],
        "input_shape": list(data.X.shape[1:]),
        "inputs": {name: list(shape) for name, shape in data.inputs.items()} or None,
        "columns": _columns(data),
        "engine": manifest["experiment"]["engine"]["name"],
        "plugins": list(asked_for),
        "packages": packages,
        "experiment": manifest["experiment"],
    }


def _columns(data: Data) -> list[dict[str, Any]] | None:
    """The columns of a table as plain data, None where there is no table.

    Texts of the training rows are excluded: they are the data, not the model. Values of categories that no row has
    which trained the model are `not_trained`: rows that are held out may have them.
    """
    if not data.is_table:
        return None
    return [
        asdict(column)
        | {
            "values": [] if column.kind == "text" else list(column.values),
            "not_trained": column.values_not_among(data.X[:, place]),
        }
        for place, column in enumerate(columns_of(data))
    ]


def _held_out(result: Result) -> dict[str, Any] | None:
    """The scores on the rows that the search never saw; None where there are none."""
    held = result.held_out
    if held is None:
        return None
    intervals = {name: list(interval) for name, interval in held.intervals.items()}
    return {"rows": held.rows, "scores": dict(held.scores), "intervals": intervals, "told": held.sentence}


def _packages(manifest: Mapping[str, Any]) -> list[str]:
    known = manifest.get("packages", {})
    return [*dict.fromkeys([*(name for name in known if name != "python"), "pandas", "skops"])]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _score(result: Result, number: int) -> dict[str, Any]:
    """Mean and standard deviation of a score over the fits of a trial, and the interval that the summary has."""
    trial = next(item for item in result.trials if item.number == number)
    answer = result.summary.answer
    interval = answer.interval_of.get(number) if answer else None
    found: dict[str, Any] = {"mean": trial.mean, "std": trial.std, "fits": len(trial.fits), "low": None, "high": None}
    if answer and interval:
        found |= {"low": interval.low, "high": interval.high, "level": result.summary.level, "scope": answer.scope}
    return found


def write_card(folder: Path, content: Mapping[str, Any]) -> None:
    """Write both forms of a card into the folder of its model."""
    write_file(folder / CARD_TEXT, card_text(content))
    write_file(folder / CARD, json.dumps(content, indent=2) + "\n")


def read_card(folder: Path) -> Card:
    """The card in the folder of a model; GridloomError where there is none, or none that this version can read."""
    path = folder / CARD
    try:
        content = json.loads(path.read_text("utf-8"))
        if content["format"] != FORMAT:
            raise GridloomError(
                f"{path} has the format {content['format']}, but this version of Gridloom reads {FORMAT}; use the version "
                f"that wrote it: {content['packages']['gridloom']}"
            )
        columns = tuple(
            Column(item["name"], item["kind"], tuple(item["values"]), item["gaps"]) for item in content["columns"] or ()
        )
        card = Card(content, columns)
        _ = (
            card.classes,
            card.input_shape,
            card.inputs,
            card.dataset,
            content["note"],
            content["engine"],
            content["model"],
        )
    except OSError as error:
        raise GridloomError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, DataError) as error:
        raise GridloomError(f"{path} is not a model card: {type(error).__name__}: {error}") from None
    return card
