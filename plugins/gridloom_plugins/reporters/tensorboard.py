"""The reporter `tensorboard`: a run for each trial, with its hyperparameters, score and learning curves."""

from __future__ import annotations

import io
import math
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gridloom import FileName, Reporter, Result, Status, Trial, make_folder, write_file
from gridloom_plugins.figures.candidates import are_numbers, budget_text, parameters_of
from gridloom_plugins.figures.curves import curves, still_training
from gridloom_plugins.figures.other_scores import distinct
from gridloom_plugins.figures.texts import one_line
from gridloom_plugins.reporters.extras import needed

SCORE = "score/mean"
"""The tag of the mean score; `score/std` is beside it, and learning curves are under `epoch/`."""

EPOCHS = "score/epochs"
"""The tag of the mean number of epochs, where fits were trained for different numbers of them."""

SMALLER = "smaller budget"
"""The group of scores that do not rank."""

BUDGET = "budget of the search"
"""The hyperparameter that says what a trial's budget limits, where any has one."""

FILE = "events.out.tfevents.0.gridloom"
"""One file a folder, so that a report that is written again replaces the earlier one."""

VERSION = "brain.Event:2"
"""The version of event files, which stands in their first event."""


def report(result: Result, folder: FileName = "tensorboard") -> None:
    """Write event files for TensorBoard into a folder of the run, a subfolder for each trial.

    View them with `tensorboard --logdir runs/NAME/tensorboard`: HParams has the hyperparameters with mean and standard
    deviation of the scores, Scalars the learning curves, each point the mean over the fits that reached it; if fits
    stopped early, `fits/training` is how many these are, and `score/epochs` how many epochs the fits trained on
    average. The score that ranks is `score/mean` there, and each other score `other scores/NAME`. The run of the
    candidate that was scored on held-out rows has `held out/NAME`, with the ends of its interval. A trial that does not
    rank, because of a smaller budget, has its scores only under `smaller budget/`, and its budget is a hyperparameter.
    """
    with needed("tensorboard", "tensorboard"):
        from tensorboard.summary.writer.record_writer import RecordWriter

    make_folder(result.folder / folder)
    now = time.time()
    kinds = _kinds(result.trials)
    runs = [(result.folder / folder, _experiment(result, kinds, now))]
    runs += [
        (
            result.folder / folder / _name(trial),
            _trial(trial, kinds, _scores(result, trial), now),
        )
        for trial in result.trials
    ]
    for path, events in runs:
        _write(path, events, RecordWriter)


def _name(trial: Trial) -> str:
    """A trial's name in every view, which sorts as its number does."""
    return f"trial-{trial.number:04}"


def _write(folder: Path, events: Iterator[Any], writer_of: Any) -> None:
    from tensorboard.compat.proto import event_pb2

    make_folder(folder)
    file = io.BytesIO()
    writer = writer_of(file)
    writer.write(event_pb2.Event(wall_time=time.time(), file_version=VERSION).SerializeToString())
    for event in events:
        writer.write(event.SerializeToString())
    write_file(folder / FILE, file.getvalue())


def _kinds(trials: Sequence[Trial]) -> dict[str, str]:
    """The type of each hyperparameter's values: what is neither all truth values nor all numbers is text."""
    kinds = {}
    for name in parameters_of(trials):
        values = [trial.params[name] for trial in trials if name in trial.params]
        if all(isinstance(value, bool) for value in values):
            kinds[name] = "DATA_TYPE_BOOL"
        elif are_numbers(values):
            kinds[name] = "DATA_TYPE_FLOAT64"
        else:
            kinds[name] = "DATA_TYPE_STRING"
    return kinds | ({BUDGET: "DATA_TYPE_STRING"} if any(map(budget_text, trials)) else {})


def _values(trial: Trial) -> dict[str, Any]:
    """The values of the hyperparameters, and of the budget."""
    return trial.params | {BUDGET: budget_text(trial) or "full"}


def _scores(result: Result, trial: Trial) -> dict[str, float]:
    """All scores of a complete trial by their tags, and how many epochs it trained; none of one that is not complete."""
    if trial.status is not Status.COMPLETE:
        return {}
    found = {SCORE: trial.mean, "score/std": trial.std}
    found |= {tag: trial.ranked_by(name).mean for name, tag in _others(result).items()}
    if result.rank(trial) is None:
        found = {f"{SMALLER}/{tag}": value for tag, value in found.items()}
    return found | _epochs(result, trial) | _held_out(result, trial)


def _others(result: Result) -> dict[str, str]:
    """The name of each score that does not rank, and the tag of its mean."""
    return {name: f"other scores/{text}" for name, text in distinct(result.scores[1:]).items()}


def _epochs(result: Result, trial: Trial) -> dict[str, float]:
    """The mean number of epochs of a trial by its tag, where fits of the run were trained for different numbers of them."""
    return {EPOCHS: result.epochs[trial.number]} if result.epochs_vary and trial.number in result.epochs else {}


def _held_out(result: Result, trial: Trial) -> dict[str, float]:
    """The scores on rows held out by their tags, where this trial's candidate has them, and the ends of their intervals."""
    found = result.held_out
    if found is None or found.candidate != trial.candidate or result.rank(trial) is None:
        return {}
    tagged: dict[str, float] = {}
    for name, text in distinct([*found.scores]).items():
        tagged[f"held out/{text}"] = found.scores[name]
        if name in found.intervals:
            tagged |= dict(zip((f"held out/{text} low", f"held out/{text} high"), found.intervals[name], strict=True))
    return tagged


def _experiment(result: Result, kinds: dict[str, str], now: float) -> Iterator[Any]:
    """What the columns of HParams are."""
    from tensorboard.plugins.hparams import api_pb2, metadata, plugin_data_pb2

    experiment = api_pb2.Experiment(
        name=one_line(result.name), description=result.summary.sentence, time_created_secs=now
    )
    for name, kind in kinds.items():
        experiment.hparam_infos.add(name=one_line(name), type=api_pb2.DataType.Value(kind))
    titles = {SCORE: f"mean {one_line(result.scoring)}", "score/std": "standard deviation"}
    titles |= {tag: f"mean {one_line(name)}" for name, tag in _others(result).items()}
    titles |= {EPOCHS: "mean epochs trained"} if result.epochs_vary else {}
    held_out = result.held_out.scores if result.held_out else ()
    titles |= {f"held out/{text}": f"{text} on rows held out" for text in distinct([*held_out]).values()}
    for tag, title in titles.items():
        info = experiment.metric_infos.add(display_name=title)
        info.name.tag = tag
    data = plugin_data_pb2.HParamsPluginData(experiment=experiment)
    yield _hparams_event(metadata.EXPERIMENT_TAG, data, now)


def _trial(trial: Trial, kinds: dict[str, str], scores: dict[str, float], now: float) -> Iterator[Any]:
    """The events of a trial: its hyperparameters, its curves over the time that a fit takes, its scores, its end."""
    from tensorboard.plugins.hparams import api_pb2, metadata, plugin_data_pb2

    seconds = [result.fit_seconds for result in trial.results if result]
    started = now - math.fsum(seconds) / max(1, len(seconds))
    start = plugin_data_pb2.SessionStartInfo(group_name=_name(trial), start_time_secs=started)
    for name, value in _values(trial).items():
        if name in kinds:
            _set(start.hparams[one_line(name)], value, kinds[name])
    yield _hparams_event(
        metadata.SESSION_START_INFO_TAG, plugin_data_pb2.HParamsPluginData(session_start_info=start), started
    )
    for metric, curve in curves(trial).items():
        for epoch, value in enumerate(curve.mean, start=1):
            if math.isfinite(value):
                when = started + (now - started) * epoch / len(curve.mean)
                yield _scalar_event(f"epoch/{one_line(metric)}", value, when, epoch)
    training = still_training(trial)
    for epoch, count in enumerate(training, start=1):
        yield _scalar_event("fits/training", float(count), started + (now - started) * epoch / len(training), epoch)
    if trial.status is Status.INCOMPLETE:
        return
    for tag, value in scores.items():
        yield _scalar_event(tag, value, now)
    outcome = "STATUS_SUCCESS" if trial.status is Status.COMPLETE else "STATUS_FAILURE"
    end = plugin_data_pb2.SessionEndInfo(status=api_pb2.Status.Value(outcome), end_time_secs=now)
    yield _hparams_event(metadata.SESSION_END_INFO_TAG, plugin_data_pb2.HParamsPluginData(session_end_info=end), now)


def _set(target: Any, value: Any, kind: str) -> None:
    """Put a value into a message that holds a truth value, a number or a text."""
    if kind == "DATA_TYPE_BOOL":
        target.bool_value = value
    elif kind == "DATA_TYPE_FLOAT64":
        target.number_value = value
    else:
        target.string_value = one_line(value)


def _hparams_event(tag: str, data: Any, when: float) -> Any:
    """An event for the plugin HParams, which keeps its messages beside an empty tensor."""
    from tensorboard.compat.proto import event_pb2
    from tensorboard.plugins.hparams import metadata

    event = event_pb2.Event(wall_time=when)
    event.summary.value.add(tag=tag, metadata=metadata.create_summary_metadata(data), tensor=metadata.NULL_TENSOR)
    return event


def _scalar_event(tag: str, value: float, when: float, step: int = 0) -> Any:
    from tensorboard.compat.proto import event_pb2

    event = event_pb2.Event(wall_time=when, step=step)
    event.summary.value.add(tag=tag, simple_value=value)
    return event


REPORTER = Reporter(name="tensorboard", summary="Event files for TensorBoard, with the plugin HParams.", report=report)
