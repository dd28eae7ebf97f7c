"""The ranked result of a search."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from gridloom.core.candidate import Candidate
from gridloom.core.file_names import EXPERIMENT
from gridloom.core.trials import Status, Trial, ranked
from gridloom.core.truth import Truth
from gridloom.core.worker_shares import WorkerShare
from gridloom.errors import GridloomError, nearest
from gridloom.experiment.published import PublishedScores
from gridloom.results.baseline import Baseline
from gridloom.results.columns import budgets, params, score_columns, times
from gridloom.results.epochs import epochs_column, epochs_vary, mean_epochs
from gridloom.results.experiment_text import experiment_text
from gridloom.results.figures import Drawing, Figures, all_figures, figure_of
from gridloom.results.held_out import HeldOut
from gridloom.results.manifest import positive_class
from gridloom.results.notebook import as_html
from gridloom.results.pareto import PARAMETERS, SECONDS, Front, front
from gridloom.results.picking import pick
from gridloom.results.resuming import resuming_command, speaking_as_given
from gridloom.results.statistics.answers import Published, Summary
from gridloom.results.waves import Wave, waves_of
from gridloom.searching.nested import Nested

if TYPE_CHECKING:
    import pandas as pd


BEST_MODEL = "the model of the best candidate"
"""What a `ReportError` calls the model of `refit`."""


@dataclass(frozen=True)
class ReportError:
    """An error after a search: of which reporter, or keeping which `model`; `is_bug` if the reporter itself is wrong."""

    reporter: str
    message: str
    is_bug: bool = False
    model: str = ""
    """What was not kept, for an error that is not of a reporter."""


@dataclass(frozen=True)
class Result:
    """The result of a search: its trials in the order of their proposals, and their provenance.

    `manifest` has the resolved experiment, the data's hash and versions; `folder` is the folder for reports.
    """

    name: str
    description: str
    scoring: str
    """The name of the score that ranks."""
    trials: Sequence[Trial] = field(repr=False)
    folder: Path
    manifest: Mapping[str, Any] = field(repr=False)
    engine: str = ""
    engine_reason: str = ""
    report_errors: list[ReportError] = field(default_factory=list, compare=False)
    """The errors that reporters raised."""
    report_files: dict[str, list[Path]] = field(default_factory=dict, compare=False, repr=False)
    """The files and folders that reporters wrote into `folder`, by the names of the reporters."""
    simpler: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    """Which values of a parameter are simpler, "smaller" or "larger" ones, by group and name, as families declare."""
    nested: Nested | None = field(default=None, repr=False)
    """The result of nested cross-validation, if the experiment asks for it."""
    held_out: HeldOut | None = field(default=None, repr=False)
    """The scores of the best candidate (or the one that `refit` picks) on rows the search never saw, if any."""
    baseline: Baseline | None = field(default=None, repr=False)
    """The scores of always predicting the most frequent class, or the mean; None if there are none, as with several targets."""
    published_scores: PublishedScores | None = field(default=None, repr=False)
    """The scores in the file that the experiment names, if it names one."""
    scores: tuple[str, ...] = ()
    """The names of all scores, the one that ranks first; by default only that one."""
    bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict, repr=False)
    """The lowest and the highest possible value of each score, by name."""
    truth: Truth | None = field(default=None, compare=False, repr=False)
    """The true targets of the rows that fits predict; None if the run does not keep them."""
    dropped: str = field(default="", repr=False)
    """Why the strategy dropped candidates, by the score that ranked then; see `Strategy.dropped`."""
    stopped: str = ""
    """Which limit of `search: stop:` ended the search; empty if the strategy ended it."""
    workers: tuple[WorkerShare, ...] = field(default=(), compare=False, repr=False)
    """The work of each worker on another machine, in all sessions of the run; empty if there was none."""
    seconds: float | None = field(default=None, compare=False)
    """How long this process has trained; None if it only read the journal."""

    loader: Callable[[Path, Sequence[str]], Any] | None = field(default=None, compare=False, repr=False)
    """Loads the model in a run's folder with these plugins; None if the result was not read from a run."""
    drawings: Callable[[Any], Sequence[Drawing]] | None = field(default=None, compare=False, repr=False)
    """The figures that the plugins of the run can draw of a result; None if the result was not read from a run."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "scores", self.scores or (self.scoring,))

    def ranked_by(self, score: str) -> Result:
        """The same result, ranked and summarised by the score of this name; ValueError when there is none."""
        if score not in self.scores:
            raise ValueError(f"there is no score {score!r}; {nearest(score, self.scores)}")
        found = replace(
            self,
            scoring=score,
            scores=tuple(dict.fromkeys([score, *self.scores])),
            trials=[trial.ranked_by(score) for trial in self.trials],
            nested=self.nested and self.nested.ranked_by(score),
            published_scores=self.published_scores if score == self.scoring else None,
            dropped=self.dropped if score == self.scoring else "",
        )
        if found.held_out is None:
            return found
        picked, held_out = pick(found, found.held_out.wish), found.held_out.ranked_by(score)
        of_it = held_out.of(picked.trial.candidate, picked.chosen) if picked else held_out.of(None)
        return replace(found, held_out=of_it)

    @property
    def positive(self) -> str | None:
        """The class that the ranking score is about, if it is about one of two; None if it is about all."""
        return positive_class(self.manifest, self.scoring)

    @cached_property
    def by_other_scores(self) -> tuple[Result, ...]:
        """The same result ranked by each of its other scores, in order; empty if there is a single score."""
        return tuple(map(self.ranked_by, self.scores[1:]))

    @property
    def is_complete(self) -> bool:
        """Whether no fit is missing, apart from those of outer folds."""
        return all(trial.status is not Status.INCOMPLETE for trial in self.trials)

    @property
    def command(self) -> str:
        """The command that resumes the run from the current folder, or with --fresh starts over.

        For a run of `gridloom.search`, the call instead of a command.
        """
        return resuming_command(self.name, self.folder, self.manifest)

    @cached_property
    def ranked(self) -> list[Trial]:
        """The complete trials of the largest budget there is, best first; equal means keep the order of their proposals."""
        return ranked(self.trials)

    @property
    def best(self) -> Trial | None:
        """The first of `ranked`: the highest mean score of the largest budget, or None when no trial is complete."""
        return self.ranked[0] if self.ranked else None

    @property
    def failed(self) -> list[Trial]:
        """The trials that failed."""
        return [trial for trial in self.trials if trial.status is Status.FAILED]

    @cached_property
    def ranks(self) -> dict[int, int]:
        """Rank by trial number, from 1; equal means share a rank, and `unranked` trials share the last."""
        first_place: dict[float, int] = {}
        for place, trial in enumerate(self.ranked, start=1):
            first_place.setdefault(trial.mean, place)
        places = {trial.number: first_place[trial.mean] for trial in self.ranked}
        return {trial.number: places.get(trial.number, len(places) + 1) for trial in self.trials}

    @cached_property
    def unranked(self) -> list[Trial]:
        """The trials that do not rank, in order: not complete, or with a smaller budget than the largest."""
        known = {trial.number for trial in self.ranked}
        return [trial for trial in self.trials if trial.number not in known]

    def rank(self, trial: Trial) -> int | None:
        """The rank of a trial, from 1; None if it does not rank."""
        rank = self.ranks[trial.number]
        return rank if rank <= len(self.ranked) else None

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        """The candidates that were tried, each once, whatever their budgets."""
        return tuple({trial.candidate.key: trial.candidate for trial in self.trials}.values())

    @cached_property
    def fits(self) -> tuple[int, int]:
        """How many fits are finished, and how many there are; fits that trials share count once."""
        total = {fit.key for trial in self.trials for fit in trial.fits}
        return sum(wave.fits for wave in self.waves), len(total)

    @cached_property
    def waves(self) -> tuple[Wave, ...]:
        """The waves that the strategy proposed, with the fits that each took."""
        return waves_of(self.trials)

    @cached_property
    def comparable_times(self) -> bool:
        """Whether fit times cover whole trainings: if budgets limit epochs, a fit may resume a shorter one."""
        return all(trial.proposal.budget.epochs is None for trial in self.trials)

    @cached_property
    def costs(self) -> tuple[str, ...]:
        """The costs of candidates that are known and can be compared, see `pareto`."""
        counted = all(found is None or found.parameters is not None for trial in self.ranked for found in trial.results)
        known = {SECONDS: self.comparable_times, PARAMETERS: counted and bool(self.ranked)}
        return tuple(cost for cost, is_known in known.items() if is_known)

    def pareto(self, scores: Sequence[str] = (), costs: Sequence[str] = ()) -> Front:
        """The Pareto front of the trials that rank: by these scores, or by all, and by costs among `costs`.

        "fit seconds" is the mean time of a fit. It is not as reproducible as scores are, and `fused`, which trains many fits at
        once, divides its time among them. "parameters" is how many numbers a model has. ValueError for scores and costs that there
        are not, and for times that are not `comparable_times`.
        """
        if SECONDS in costs and not self.comparable_times:
            raise ValueError("times cannot be compared when budgets limit epochs, since a fit may resume a shorter one")
        for cost in costs:
            if cost not in self.costs:
                raise ValueError(f"there is no cost {cost!r} here; {nearest(cost, self.costs)}")
        for score in scores:
            if score not in self.scores:
                raise ValueError(f"there is no score {score!r}; {nearest(score, self.scores)}")
        return front(self.ranked, scores or self.scores, costs)

    @cached_property
    def epochs(self) -> Mapping[int, float]:
        """How many epochs each trial was trained, by its number: the mean over its fits, except those that failed.

        Trials of engines that keep no history are not in it.
        """
        return mean_epochs(self.trials)

    @cached_property
    def epochs_vary(self) -> bool:
        """Whether fits were trained for different numbers of epochs, or callbacks could have made it so.

        Where that is so, reports have a column `epochs`.
        """
        return epochs_vary(self.trials, self.manifest)

    @cached_property
    def cells(self) -> list[tuple[int, int, int]]:
        """The cells (repeat, fold, seed) for which any trial has a fit, in order; budgets may omit some."""
        return sorted({fit.cell for trial in self.trials for fit in trial.fits})

    @property
    def validation(self) -> Mapping[str, Any]:
        """The settings of the splits, with defaults; empty if the manifest does not have them."""
        settings: Mapping[str, Any] = self.manifest.get("experiment", {}).get("validation", {})
        return settings

    @cached_property
    def summary(self) -> Summary:
        """What the scores support: the verdict, the next step, intervals, the tie set and effects."""
        from gridloom.results.statistics.summary import summarise

        with speaking_as_given(self.manifest):
            return summarise(
                self.trials,
                self.validation,
                self.simpler,
                bounds=self._bounds,
                dropped=self.dropped,
                baseline=self.baseline.scores.get(self.scoring) if self.baseline else None,
            )

    @property
    def baseline_sentence(self) -> str:
        """The baseline of the score that ranks, and whether the best candidate is better; empty if there is none."""
        if self.baseline is None:
            return ""
        return self.baseline.sentence(self.scoring, self.best.mean if self.best else None)

    @cached_property
    def published(self) -> Mapping[int, Published]:
        """Published scores next to those of this run, by trial number; empty if the experiment names no file of them.

        Each has the 99 % prediction interval of a new run of its trial (a seed's mean over the splits) and whether
        the score lies inside; there is no interval where the trial has a single seed or is not complete.
        """
        from gridloom.results.statistics.published import beside_published

        known = self.published_scores
        return beside_published(self.trials, known, bounds=self._bounds) if known else {}

    @property
    def _bounds(self) -> tuple[float, float]:
        """The lowest and the highest that the score that ranks can be."""
        return self.bounds.get(self.scoring, (-math.inf, math.inf))

    @cached_property
    def published_sentence(self) -> str:
        """How many published scores lie in the prediction interval of a new run; empty if there are none."""
        from gridloom.results.statistics.published import published_sentence

        known = self.published_scores
        return published_sentence(self.trials, known, self.published) if known else ""

    def load(self, plugins: Sequence[str] = ()) -> Any:
        """The model that the run kept, as `gridloom.load` returns it; GridloomError if there is none (see `refit`).

        `plugins` are modules that define its custom layers. For the result of `gridloom.search`, the module of the
        function is one of them already.
        """
        if self.loader is None:
            raise GridloomError("this result was not read from a run; call gridloom.load with the folder of one")
        if lost := [error for error in self.report_errors if error.model == BEST_MODEL]:
            raise GridloomError(f"{BEST_MODEL} could not be kept: {lost[-1].message}")
        if self.best is None:
            raise GridloomError("there is no model, since no candidate is complete")
        return self.loader(self.folder, plugins)

    @overload
    def plot(self, name: None = None) -> Figures: ...
    @overload
    def plot(self, name: str) -> Any: ...
    def plot(self, name: str | None = None) -> Any:
        """The figures of the reporter `plots`: all of them by name, or the one of this name, a matplotlib figure.

        A notebook shows what is returned. In a program, write it: `result.plot("effects").savefig("effects.pdf")`. The figures
        are not those of pyplot. ValueError for an unknown name, and GridloomError where there is nothing to draw, no
        matplotlib, or no plugin that draws.
        """
        if self.drawings is None:
            raise GridloomError(
                "this result was not read from a run; draw the result that gridloom.run or search returns"
            )
        drawings = self.drawings(self)
        return all_figures(drawings) if name is None else figure_of(drawings, name)

    def experiment_yaml(self) -> str:
        """The experiment as YAML with every default filled in; comments describe a function and data given in Python."""
        try:
            return (self.folder / EXPERIMENT).read_text("utf-8")
        except OSError:
            return experiment_text(self.manifest.get("experiment", {}), self.manifest)

    def __repr__(self) -> str:
        """One line: what ran, how far it is, and the best trial."""
        state = "complete" if self.is_complete else "not finished"
        return f"<Result {self.name}: {self.scoring} of {len(self.trials)} trials, {state}, in {self.folder}; best: {self.best}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: the verdict and the best trials, then those that are not complete."""
        title = f"{self.name}: {self.summary.sentence} {self.summary.next_step}".rstrip()
        ranks = {trial.number: self.ranks[trial.number] for trial in self.ranked}
        return as_html(title, [*self.ranked, *self.unranked], ranks)

    @property
    def cv_results_(self) -> dict[str, Any]:
        """Everything in the shape of scikit-learn's `GridSearchCV.cv_results_`: one array entry per trial.

        A split is a fit: repeat by repeat, fold by fold, seed by seed. Scores that are missing or failed are NaN. With
        several scores, each has columns of its own name, such as `mean_test_roc_auc`; a single one is called `score`.
        Where fits were trained for different numbers of epochs, the column `epochs` has their mean for each trial. Where
        trials have budgets, `budget_epochs`, `budget_share` and `budget_cells` are what these limit, masked where they do not:
        means of different budgets are no rivals, and those of smaller ones than the largest have the last rank.
        """
        epochs = epochs_column(self.trials) if self.epochs_vary else {}
        return {**times(self.trials), **epochs, **budgets(self.trials), **params(self.trials), **score_columns(self)}

    def to_frame(self) -> pd.DataFrame:
        """`cv_results_` as a pandas DataFrame."""
        import pandas as pd

        return pd.DataFrame(self.cv_results_)
