"""Trains fits: those of one structure together, as many side by side as there are lanes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridloom import CannotTrain, Fit, FitResult, GridloomError, KeptModel, Work, restored
from gridloom_plugins.fused.drawing import drawn_by_numpy
from gridloom_plugins.fused.features import Features, features_of
from gridloom_plugins.fused.lanes import lanes_for
from gridloom_plugins.fused.members import Member, lasting, member_of, sharing
from gridloom_plugins.fused.networks import compiled_model
from gridloom_plugins.fused.programs import Program
from gridloom_plugins.fused.running import Running, Trained
from gridloom_plugins.fused.unsuitable import Unsuitable
from gridloom_plugins.fused.ways import way_of_steps
from gridloom_plugins.networks.finite import check_losses
from gridloom_plugins.networks.outputs import predictions_of
from gridloom_plugins.networks.saving import Ended, keep_model


def train_fits(work: Work) -> Iterator[tuple[Fit, FitResult]]:
    """Each fit with its result, group by group; whatever is wrong with a network fails its own fits alone."""
    groups: dict[tuple[str, str], list[Member]] = {}
    for fit in work.fits:
        try:
            member = member_of(work, fit)
        except GridloomError:
            raise
        except Exception as error:
            if isinstance(error, Unsuitable) and work.decides(fit):
                raise CannotTrain(str(error)) from error
            yield fit, FitResult.failed(error)
        else:
            groups.setdefault(member.group, []).append(member)
    for program, features, members in [_prepared(work, members) for members in groups.values()]:
        yield from train_together(work, program, features, members)


def _prepared(work: Work, members: list[Member]) -> tuple[Program, Features, list[Member]]:
    """The members with their features and their program, which begins to compile."""
    network = members[0].network
    features = features_of(work, [member.fit for member in members])
    lanes = lanes_for(network, work.fits_of_each)
    return Program(network, lanes, way_of_steps(work.fits_of_each), features), features, members


def train_together(
    work: Work, program: Program, features: Features, members: Sequence[Member]
) -> Iterator[tuple[Fit, FitResult]]:
    """Train one fit a lane, and score as many together as there are lanes."""
    program.wait()
    ready: list[Trained] = []
    running = iter(Running(work, program, features, sharing(work, members)))
    while True:
        with restored():  # a compiled program may call Python, and callbacks are Python
            trained = next(running, None)
        if trained is not None:
            ready.append(trained)
        if ready and (trained is None or len(ready) == program.lanes):
            yield from _scored(work, program, features, ready)
            ready.clear()
        if trained is None:
            return


def _scored(
    work: Work, program: Program, features: Features, ready: Sequence[Trained]
) -> Iterator[tuple[Fit, FitResult]]:
    """The results of some fits that are trained; the time that predicting takes is shared out evenly."""
    started = time.perf_counter()
    with restored():
        outputs = _predict(work, program, features, ready)
    seconds = (time.perf_counter() - started) / len(ready)
    for trained, output in zip(ready, outputs, strict=True):
        fit = trained.member.fit
        try:
            check_losses(trained.history["loss"], trained.kept)
            predictions = predictions_of(output, work.data.task.kind)
            model = partial(written, work, trained)
            size = trained.member.network.parameters
            result = work.result(
                fit, predictions, trained.history, trained.seconds, seconds, model=model, parameters=size
            )
        except Exception as error:
            result = FitResult.failed(error)
        yield fit, result


def trained_model(work: Work, fit: Fit, folder: Path) -> KeptModel:
    """Train a fit alone, and write its Keras model into a folder; NotFinite when its loss is not finite."""
    program, features, members = _prepared(work, [member_of(work, fit)])
    (trained,) = Running(work, program, features, sharing(work, members))
    check_losses(trained.history["loss"], trained.kept)
    return written(work, trained, folder)


def written(work: Work, trained: Trained, folder: Path) -> KeptModel:
    """Write the Keras model with the variables of a trained network."""
    member = trained.member
    model = compiled_model(work, member.fit)
    variables = [*model.trainable_variables, *model.non_trainable_variables, *model.optimizer.variables]
    for variable, values in zip(variables, trained.state, strict=True):
        variable.assign(values)
    network = member.network
    ended = Ended(len(trained.history["loss"]), trained.kept, network.draft.callbacks)
    with drawn_by_numpy():  # it is loaded again, with weights that are drawn first
        return keep_model(
            work, member.fit, model, folder, epochs=lasting(member), batch_size=network.shape.batch, ended=ended
        )


def _predict(work: Work, program: Program, features: Features, ready: Sequence[Trained]) -> list[NDArray[Any]]:
    """The outputs of trained networks for the rows that test them; lanes left over repeat the first."""
    lanes = [*ready, *[ready[0]] * (program.lanes - len(ready))]
    network = ready[0].member.network
    state = [np.stack(arrays) for arrays in zip(*(one.state[: network.variables] for one in lanes), strict=True)]
    numbers = np.stack([one.member.network.predict.numbers for one in lanes])
    size, most = network.shape.predicted, max(len(one.member.test) for one in lanes)
    rows = np.zeros((len(lanes), -(-most // size) * size), np.int32)
    for lane, one in enumerate(lanes):
        rows[lane, : len(one.member.test)] = one.member.test + features.begin(work, one.member.fit)
    parts = [
        program.predict(state, numbers, rows[:, at : at + size], features.X) for at in range(0, rows.shape[1], size)
    ]
    outputs = np.concatenate([np.asarray(part) for part in parts], axis=1)
    return [outputs[lane, : len(one.member.test)] for lane, one in enumerate(ready)]
