"""The reporter `mlflow`: a search as a run of MLflow, with a nested run for each trial."""

from __future__ import annotations

import hashlib
import logging
import math
import os
import re
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from gridloom import GridloomError, Reporter, Result, Status, Trial, make_folder, refuse_other_than_file
from gridloom_plugins.figures.candidates import budget_text, seconds_of, varied
from gridloom_plugins.figures.curves import curves, still_training
from gridloom_plugins.figures.texts import one_line, prose
from gridloom_plugins.reporters import json
from gridloom_plugins.reporters.extras import needed

DATABASE, ARTIFACTS = "mlflow.sqlite", "mlflow-artifacts"
"""Where runs are kept in the folder of a run of ours, unless there is a tracking server."""

BATCH, PARAMETERS = 500, 100
"""How many metrics and how many parameters MLflow gets at once; it accepts 1000 and 100."""

LONGEST_NAME, LONGEST_VALUE = 200, 6000
"""How long a parameter's name and value may be; MLflow takes 250 and 6000 characters, or somewhat more."""

PATIENCE = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "5", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1"}
"""How long a server may take to answer for the first time, in seconds, and how often it is asked again.

MLflow's own way is to go on for minutes without a word. Who sets these variables is obeyed; once the server has answered,
MLflow's own settings hold, since a busy server may ask to come again later.
"""

TOLD = 300
"""How many characters of MLflow's messages are shown."""

_LOGIN = re.compile(r"(?<=://)[^/@\s]*@")
"""A name and a password in an address, which are nobody's business."""

SHORTEST = 0.001
"""A run of MLflow takes a millisecond at least, so that runs stand in the order in which they began."""

SMALLER = "smaller budget"
"""What stands before the names of scores that do not rank."""

TAG = "gridloom.run"
"""The tag that tells which run of Gridloom a run of MLflow is about."""


def report(result: Result, uri: str = "") -> None:
    """Log the search to MLflow: a run with the best score and `results.json`, with a child run for each trial.

    The trials' runs have the hyperparameters, mean and standard deviation of the scores with their interval, and each
    epoch's metrics, averaged over the fits that reached it. If fits stopped early, `epochs` is how many epochs they
    trained on average, and `fits/training` how many fits each epoch's mean is over. Scores of a trial that does not
    rank, because of a smaller budget, are under `smaller budget/`, so that they are not sorted among the others. With
    several scores, each has these metrics under `score/` and its name, and the one that ranks also as `mean`, `std` and
    so on. Scores on rows that `test:` holds out are metrics of the search's run: `held_out/NAME/score`, `low` and
    `high`; its tag `held out` names the candidate. The trials' durations are those of their fits, added up, and end
    now; the best trial is the last. A repeated report replaces the earlier one.

    `uri` is the address of a tracking server; by default the runs are kept in `mlflow.sqlite` in the run's folder, for
    `mlflow ui --backend-store-uri sqlite:///runs/NAME/mlflow.sqlite`. Its page shows them best under "Model training".
    """
    with needed("mlflow", "mlflow"):
        import mlflow

    folder = result.folder.resolve()
    address = uri or f"sqlite:///{folder / DATABASE}"
    if not uri:
        make_folder(folder / ARTIFACTS)
        refuse_other_than_file(folder / DATABASE)
    _quieten()
    with _failures_told(address):
        with _impatient(address):
            client = mlflow.MlflowClient(address)
            experiment = _experiment(client, result.name, None if uri else (folder / ARTIFACTS).as_uri())
        key = hashlib.sha256(str(folder).encode(errors="backslashreplace")).hexdigest()
        for earlier in list(_earlier(client, experiment, key)):
            client.delete_run(earlier)
        _log_search(client, experiment, key, result)


@contextmanager
def _failures_told(address: str) -> Iterator[None]:
    """Tell in a sentence what MLflow cannot do there: an unknown address, a server that is away, a full disk."""
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (ModuleNotFoundError, MlflowException, SQLAlchemyError) as error:
        cause: BaseException = error
        while inner := cause.__cause__ or cause.__context__:
            cause = inner
        is_plain = isinstance(cause, OSError) or isinstance(error, SQLAlchemyError)
        words = getattr(cause, "strerror", None) or str(cause if is_plain else error)
        told = _LOGIN.sub("", f"at {address}: {prose(words, TOLD)}")
        raise GridloomError(f"the reporter 'mlflow' cannot keep runs {told}") from None


@contextmanager
def _impatient(address: str) -> Iterator[None]:
    """Let what does not answer fail soon: a server by MLflow's own settings, a database by asking it once before."""
    from mlflow.store.db.db_types import DATABASE_ENGINES

    if re.split(r"[+:]", address, maxsplit=1)[0] in DATABASE_ENGINES:
        _try_database(address)
    ours = {name: value for name, value in PATIENCE.items() if name not in os.environ}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name in ours:
            os.environ.pop(name, None)


def _try_database(address: str) -> None:
    """Open a database once, and raise what is wrong; MLflow would try for minutes."""
    import sqlalchemy

    engine = sqlalchemy.create_engine(address)
    if engine.dialect.name == "sqlite" and engine.url.database:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)  # as MLflow does
    try:
        engine.connect().close()
    finally:
        engine.dispose()


def _quieten() -> None:
    """Keep the steps of making a database, which are not the user's business, out of the terminal."""
    for name in ("alembic", "mlflow.store.db.utils"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _experiment(client: Any, name: str, artifacts: str | None) -> str:
    """The id of the experiment of this name, made where there is none."""
    found = client.get_experiment_by_name(name)
    if found is not None and found.lifecycle_stage == "active":
        return str(found.experiment_id)
    kind = {"mlflow.experimentKind": "custom_model_development"}  # pages that go by it show training, not prompts
    return str(client.create_experiment(name, artifact_location=artifacts, tags=kind))


def _earlier(client: Any, experiment: str, key: str) -> Iterator[str]:
    """The ids of all runs about this run of ours."""
    token = None
    while True:
        found = client.search_runs([experiment], f"tags.`{TAG}` = '{key}'", max_results=BATCH, page_token=token)
        yield from [run.info.run_id for run in found]
        if not (token := found.token):
            return


def _log_search(client: Any, experiment: str, key: str, result: Result) -> None:
    """Log the trials from the worst to the best, since MLflow shows first what has begun last."""
    known = {TAG: key, "mlflow.source.name": "gridloom", "mlflow.source.type": "LOCAL"}
    trials = [*result.unranked, *reversed(result.ranked)]
    seconds = [max(SHORTEST, seconds_of(trial)) for trial in trials]
    now = time.time()
    begin = now - math.fsum(seconds)
    tags = known | {"mlflow.runName": result.name, "mlflow.note.content": result.summary.sentence}
    tags["engine"] = result.engine or "unknown"
    if result.by_other_scores:
        tags["ranked by"] = one_line(result.scoring, LONGEST_NAME)
    if result.held_out:
        tags["held out"] = one_line(result.held_out.sentence, LONGEST_VALUE)
    parent = client.create_run(experiment, start_time=_moment(begin), tags=tags).info.run_id
    if result.best:
        _log(client, parent, _allowed(result.best.params), [*_scores(result.best, result), *_held_out(result)])
    names = varied(trials)
    for trial, taken in zip(trials, seconds, strict=True):
        nested = known | {"mlflow.parentRunId": parent, "mlflow.runName": _name(trial, names)}
        run = client.create_run(experiment, start_time=_moment(begin), tags=nested).info.run_id
        begin += taken
        _log_trial(client, run, trial, result, _moment(begin))
    with tempfile.TemporaryDirectory() as place:
        json.report(replace(result, folder=Path(place)))
        client.log_artifact(parent, str(Path(place) / "results.json"))
    if result.is_complete:
        client.set_terminated(parent, "FINISHED" if result.best else "FAILED", _moment(now))


def _name(trial: Trial, names: list[str]) -> str:
    """The number of a trial, and its values of these parameters, or of all where it has none of them."""
    values = {name: trial.params[name] for name in names if name in trial.params} or trial.params
    texts = [*map(one_line, values.values()), *filter(None, [budget_text(trial)])]
    return f"{trial.number}: {one_line(', '.join(texts))}"


def _moment(seconds: float) -> int:
    """A time as MLflow has it, in milliseconds."""
    return int(1000 * seconds)


def _log_trial(client: Any, run: str, trial: Trial, result: Result, end: int) -> None:
    metrics = list(_scores(trial, result)) if trial.status is Status.COMPLETE else []
    if result.rank(trial) is None:
        metrics = [(f"{SMALLER}/{name}", value, step) for name, value, step in metrics]
    if result.epochs_vary and trial.number in result.epochs:
        metrics.append(("epochs", result.epochs[trial.number], 0))
    for metric, curve in _allowed(curves(trial)).items():
        metrics += [(f"epoch/{metric}", value, epoch) for epoch, value in enumerate(curve.mean, start=1)]
    metrics += [("fits/training", float(count), epoch) for epoch, count in enumerate(still_training(trial), start=1)]
    _log(client, run, _allowed(trial.params | _place(trial)), metrics)
    if trial.status is Status.FAILED:
        client.set_tag(run, "error", one_line(trial.failures[0][1].error, LONGEST_NAME))
    if trial.status is not Status.INCOMPLETE:
        client.set_terminated(run, "FINISHED" if trial.status is Status.COMPLETE else "FAILED", end)


def _place(trial: Trial) -> dict[str, Any]:
    """What the budget of a trial limits, and what the strategy calls its place, where it says so."""
    budget = {f"budget {name}": amount for name, amount in trial.proposal.budget.describe().items()}
    return budget | ({"place in the search": trial.proposal.label} if trial.proposal.label else {})


def _scores(trial: Trial, result: Result) -> Iterator[tuple[str, float, int]]:
    """What there is to a trial's scores, as (name, value, step): each under its name as well, where there are several."""
    yield from _score(trial, result)
    if not result.by_other_scores:
        return
    for name, ranked in _allowed({known.scoring: known for known in (result, *result.by_other_scores)}).items():
        for what, value, step in _score(trial.ranked_by(ranked.scoring), ranked):
            yield f"score/{name}/{what}", value, step


def _held_out(result: Result) -> Iterator[tuple[str, float, int]]:
    """Each score on rows that the search never saw, and the ends of its interval where it has one."""
    if (found := result.held_out) is None:
        return
    yield "held_out/rows", float(found.rows), 0
    for text, name in _allowed({name: name for name in found.scores}).items():
        yield f"held_out/{text}/score", found.scores[name], 0
        if name in found.intervals:
            for end, value in zip(("low", "high"), found.intervals[name], strict=True):
                yield f"held_out/{text}/{end}", value, 0


def _score(trial: Trial, result: Result) -> Iterator[tuple[str, float, int]]:
    """Mean, standard deviation, and where there is one the interval, of the score that ranks."""
    yield "mean", trial.mean, 0
    yield "std", trial.std, 0
    answer = result.summary.answer
    if answer and (interval := answer.interval_of.get(trial.number)):
        yield "low", interval.low, 0
        yield "high", interval.high, 0
        yield "in_tie_set", float(answer.is_tied(trial.number)), 0


def _log(client: Any, run: str, params: Mapping[str, Any], metrics: Iterable[tuple[str, float, int]]) -> None:
    from mlflow.entities import Metric, Param

    now = int(time.time() * 1000)
    known = [Param(name, one_line(value, LONGEST_VALUE)) for name, value in params.items()]
    finite = [Metric(name, value, now, step) for name, value, step in metrics if math.isfinite(value)]
    for start in range(0, len(known), PARAMETERS):
        client.log_batch(run, params=known[start : start + PARAMETERS])
    for start in range(0, len(finite), BATCH):
        client.log_batch(run, metrics=finite[start : start + BATCH])


def _allowed(named: Mapping[str, Any]) -> dict[str, Any]:
    """The same under names that MLflow takes: other letters are underlines there, and a number keeps names apart."""
    found: dict[str, Any] = {}
    for name, value in named.items():
        text = re.sub(r"[^A-Za-z0-9_.: -]", "_", name)[:LONGEST_NAME] or "_"
        text = text.replace(".", "_") if text in (".", "..") else text
        unique, number = text, 2
        while unique in found:
            unique, number = f"{text} {number}", number + 1
        found[unique] = value
    return found


REPORTER = Reporter(name="mlflow", summary="Runs of MLflow, on a tracking server or in mlflow.sqlite.", report=report)
