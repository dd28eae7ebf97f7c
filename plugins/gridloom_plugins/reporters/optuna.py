"""The reporter `optuna`: a search as a study of Optuna, for optuna-dashboard and Optuna's own plots."""

from __future__ import annotations

import datetime as dt
import logging
import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gridloom import Candidate, GridloomError, Reporter, Result, Status, Trial, refuse_other_than_file
from gridloom_plugins.figures.candidates import seconds_of
from gridloom_plugins.figures.curves import curves
from gridloom_plugins.figures.texts import one_line, prose
from gridloom_plugins.reporters.extras import needed
from gridloom_plugins.reporters.optuna_distributions import Parameters, parameters_of

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

DATABASE = "optuna.sqlite"
"""Where the study is kept in the folder of a run, unless there is another storage."""

RUN = "gridloom.run"
"""The attribute that says which run of Gridloom a study is about."""

SHOWN = 2_000
"""How many characters of a text are kept: databases do not take longer ones."""

SHORTEST = 0.001
"""A trial takes a millisecond at least, so that trials are in the order in which they were proposed."""


def report(result: Result, storage: str = "", study: str = "") -> None:
    """Write the search as an Optuna study: a trial for each candidate, with its distributions, state and score.

    A candidate is COMPLETE with the mean of the score that ranks, PRUNED if it was only trained with smaller budgets
    than others, FAIL if a fit failed, and RUNNING if fits are missing. All scores are maximized. Its user attributes are the
    standard deviation, the interval and whether it is in the tie set (`in_tie_set`), the means of other scores, and the error
    of a failed fit. Its intermediate values are the scores after each number of epochs where budgets limit these, or else
    `val_loss` (or `loss`) of each epoch, averaged over the fits that reached it; the study's attribute `intermediate values`
    says which. The study's attributes are the verdict and the engine. Durations are those of the fits, added up, and end now.
    A repeated report replaces the earlier one.

    `storage` is a URL of a database as Optuna takes it; by default the study is in `optuna.sqlite` in the run's folder, for
    `optuna-dashboard sqlite:///runs/NAME/optuna.sqlite`. `study` is the name of the study; by default that of the run.
    """
    with needed("optuna", "optuna"):
        import optuna

    folder = result.folder.resolve()
    if not storage:
        refuse_other_than_file(folder / DATABASE)
    address, name = storage or f"sqlite:///{folder / DATABASE}", study or result.name
    with _quiet(), _failures_said(address):
        place = optuna.storages.RDBStorage(address)
        try:
            _replace(place, name, str(folder), address)
            made = optuna.create_study(storage=place, study_name=name, direction="maximize")
            for key, value in _about(result, str(folder)).items():
                made.set_user_attr(key, value)
            made.set_metric_names([result.scoring])
            made.add_trials(_trials(result))
        finally:
            place.remove_session()
            place.engine.dispose()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Optuna's messages of each step, and warnings of what is experimental there, out of the terminal."""
    import optuna

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        optuna.logging.set_verbosity(before)


@contextmanager
def _failures_said(address: str) -> Iterator[None]:
    """Say in a sentence what cannot be kept there."""
    from optuna.exceptions import OptunaError
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (ImportError, OptunaError, SQLAlchemyError) as error:
        try:
            shown = make_url(address).render_as_string(hide_password=True)
        except SQLAlchemyError:
            shown = address
        cause = getattr(error, "orig", None) or error
        raise GridloomError(f"the reporter 'optuna' cannot keep a study at {shown}: {prose(str(cause), 300)}") from None


def _replace(storage: Any, name: str, run: str, address: str) -> None:
    """Delete what an earlier report wrote; GridloomError for a study that something else has made."""
    found = next((item for item in storage.get_all_studies() if item.study_name == name), None)
    if found is None:
        return
    if found.user_attrs.get(RUN) != run:
        raise GridloomError(
            f"the reporter 'optuna' does not replace the study '{name}' at {address.rpartition('@')[2]}, which another "
            "program or run has made; name another one with 'study:'"
        )
    storage.delete_study(found._study_id)  # noqa: SLF001  (there is no other way to its id)


def _about(result: Result, run: str) -> dict[str, str]:
    """The attributes of the study."""
    known = {
        RUN: run,
        "verdict": result.summary.sentence,
        "score": result.scoring,
        "engine": result.engine or "unknown",
        "intermediate values": _intermediate(result),
    }
    if result.held_out:
        known["held out"] = result.held_out.sentence
    return {key: one_line(value, SHOWN) for key, value in known.items() if value}


def _intermediate(result: Result) -> str:
    """What the intermediate values of trials are; empty where there are none."""
    if any(trial.proposal.budget.epochs is not None for trial in result.trials):
        return result.scoring
    known = {name for trial in result.trials for name in curves(trial)}
    return next((name for name in ("val_loss", "loss") if name in known), "")


def _trials(result: Result) -> list[FrozenTrial]:
    """A trial of Optuna for each candidate, in the order of the proposals."""
    by_candidate: dict[str, list[Trial]] = {}
    for trial in result.trials:
        by_candidate.setdefault(trial.candidate.key, []).append(trial)
    parameters, metric = parameters_of(result), _intermediate(result)
    seconds = [max(SHORTEST, math.fsum(map(seconds_of, trials))) for trials in by_candidate.values()]
    begin = dt.datetime.now() - dt.timedelta(seconds=math.fsum(seconds))  # noqa: DTZ005  (as Optuna does)
    made = []
    for trials, taken in zip(by_candidate.values(), seconds, strict=True):
        end = begin + dt.timedelta(seconds=taken)
        made.append(_trial(result, trials, parameters, metric, (begin, end)))
        begin = end
    return made


def _trial(
    result: Result,
    trials: Sequence[Trial],
    parameters: Parameters,
    metric: str,
    span: tuple[dt.datetime, dt.datetime],
) -> FrozenTrial:
    from optuna.trial import TrialState, create_trial

    candidate: Candidate = trials[0].candidate
    ranked = next((trial for trial in trials if result.rank(trial) is not None), None)
    failed = next((trial for trial in trials if trial.status is Status.FAILED), None)
    is_complete = [trial for trial in trials if trial.status is Status.COMPLETE]
    values = _steps(result, trials, metric)
    state = TrialState.RUNNING
    if ranked is not None:
        state = TrialState.COMPLETE
    elif failed is not None:
        state = TrialState.FAIL
    elif len(is_complete) == len(trials):
        state = TrialState.PRUNED
    params, distributions = parameters.of(candidate)
    found = create_trial(
        state=state,
        value=ranked.mean if ranked else None,
        params=params,
        distributions=distributions,
        user_attrs=_attributes(result, ranked, failed, trials),
        intermediate_values=values,
    )
    found.datetime_start, found.datetime_complete = span[0], None if state is TrialState.RUNNING else span[1]
    return found


def _steps(result: Result, trials: Sequence[Trial], metric: str) -> dict[int, float]:
    """The intermediate values of a candidate, by epoch."""
    found: Mapping[int, float] = {}
    if metric == result.scoring:
        full = result.manifest.get("experiment", {}).get("training", {}).get("epochs")
        complete = [trial for trial in trials if trial.status is Status.COMPLETE]
        found = {trial.proposal.budget.epochs or full or 0: trial.mean for trial in complete}
    elif metric:
        curve = next((known[metric] for trial in reversed(trials) if metric in (known := curves(trial))), None)
        found = dict(enumerate(curve.mean, start=1)) if curve else {}
    return {step: value for step, value in found.items() if step and math.isfinite(value)}


def _attributes(result: Result, ranked: Trial | None, failed: Trial | None, trials: Sequence[Trial]) -> dict[str, Any]:
    """The attributes of a trial."""
    found: dict[str, Any] = {"trials": ", ".join(str(trial.number) for trial in trials)}
    if failed is not None:
        found["error"] = one_line(failed.failures[0][1].error, SHOWN)
    if ranked is None:
        best = max((trial for trial in trials if trial.status is Status.COMPLETE), key=_budget, default=None)
        if best is not None:
            found |= {"budget": best.proposal.budget.text, f"{result.scoring} with this budget": best.mean}
        return found
    found["std"] = ranked.std
    answer = result.summary.answer
    if answer and (interval := answer.interval_of.get(ranked.number)):
        found |= {"low": interval.low, "high": interval.high, "in_tie_set": answer.is_tied(ranked.number)}
    for other in result.by_other_scores:
        found[other.scoring] = ranked.ranked_by(other.scoring).mean
    if result.epochs_vary and ranked.number in result.epochs:
        found["epochs"] = result.epochs[ranked.number]
    return {name: value for name, value in found.items() if not isinstance(value, float) or math.isfinite(value)}


def _budget(trial: Trial) -> tuple[float, float, float]:
    return trial.proposal.budget.size


REPORTER = Reporter(name="optuna", summary="A study of Optuna, in optuna.sqlite or another database.", report=report)
