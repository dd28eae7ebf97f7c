"""The models of all fits of a run, which `--keep-models` keeps: their names, and how many there are."""

from __future__ import annotations

import logging
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gridloom.core.file_names import CARD, MODELS
from gridloom.core.spelling import spelled_option
from gridloom.core.split import ALL_ROWS
from gridloom.core.trials import Fit, FitResult, Status, Trial
from gridloom.errors import disk_errors
from gridloom.results.result import ReportError
from gridloom.training.job import KeepModels
from gridloom.training.keeping import why_not_written, written_model

_log = logging.getLogger("gridloom")


def folder_name(number: int, fit: Fit) -> str:
    """What the folder of a fit's model is called, given the number of its trial: candidate, split and seed."""
    outer = "" if fit.outer is None else f"outer-{fit.outer}_"
    fold = "all" if fit.fold == ALL_ROWS else fit.fold
    return f"{outer}candidate-{number}_repeat-{fit.repeat}_fold-{fold}_seed-{fit.replica}"


@dataclass
class KeptModels:
    """The models of a run's fits while it trains: each gets its name before its fit is journaled."""

    keep: KeepModels
    names: dict[str, str] = field(default_factory=dict)
    """What the folder of a model is called, by the key of its fit."""
    failures: Counter[str] = field(default_factory=Counter)

    def begin(self) -> None:
        """Make the folder, without what a process has left there that was killed."""
        with disk_errors(self.keep.folder):
            self.keep.folder.mkdir(exist_ok=True)
            for path in self.keep.folder.glob(".*"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def expect(self, wave: Iterable[Trial]) -> None:
        """Note what the models of these trials are called."""
        self.names |= {fit.key: folder_name(trial.number, fit) for trial in wave for fit in trial.fits}

    def take(self, fits: Sequence[Fit], results: Sequence[FitResult]) -> None:
        """Give the models of a batch their names, before it is journaled: a fit that is journaled has its model."""
        for fit, result in zip(fits, results, strict=True):
            if result.status is not Status.COMPLETE:
                continue
            written, place = written_model(self.keep, fit), self.keep.folder / self.names[fit.key]
            if not written.is_dir():
                self.failures[why_not_written(self.keep, fit)] += 1
                continue
            with disk_errors(place):
                shutil.rmtree(place, ignore_errors=True)
                written.rename(place)

    def end(self, done: Iterable[str]) -> list[ReportError]:
        """Say which of the fits with these keys have no model, and why; what went wrong is returned."""
        errors = [f"{_fits(number)} no model: {reason}" for reason, number in self.failures.items()]
        for text in errors:
            _log.error("%s; their scores are not affected", text)
        missing = sum(not (self.keep.folder / self.names[key] / CARD).is_file() for key in done if key in self.names)
        if earlier := missing - self.failures.total():
            _log.warning(
                "%s no model, trained without %s; %s trains all fits again",
                _fits(earlier),
                spelled_option("keep_models"),
                spelled_option("fresh"),
            )
        return [ReportError("", text, model="some models of fits") for text in errors]


def _fits(number: int) -> str:
    return "1 fit has" if number == 1 else f"{number:,} fits have"


def told_of_models(run: Path) -> str:
    """How many models of fits the folder of a run has, and their size, in words; empty where there are none."""
    found = [path for path in (run / MODELS).glob("[!.]*") if (path / CARD).is_file()]
    if not found:
        return ""
    size = sum(file.stat().st_size for path in found for file in path.iterdir())
    return f"{len(found):,} models of fits are in {run / MODELS} ({size / 2**20:.1f} MiB)"
