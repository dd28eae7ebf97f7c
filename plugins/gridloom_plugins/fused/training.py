"""Trains fits: those of one structure together, as many side by side as there are lanes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray

from gridloom import CannotTrain, Fit, FitResult, GridloomError, KeptModel, Work, restored
from gridloom_plugins.fused.drawing import drawn_by_numpy
from gridloom_plugins.fused.features import Features, features_of
from gridloom_plugins.fused.lanes import lanes_for
from gridloom_plugins.fused.networks import Network, Unsuitable, compiled_model, read_network
from gridloom_plugins.fused.programs import Program
from gridloom_plugins.fused.ways import way_of_steps
from gridloom_plugins.networks.finite import check_losses
from gridloom_plugins.networks.keeping import Kept
from gridloom_plugins.networks.outputs import predictions_of
from gridloom_plugins.networks.saving import keep_model
from gridloom_plugins.networks.weights import row_weights

MOST_DRAWN = 4 * 1024 * 1024
"""The most row numbers that are drawn at once."""

_networks: Kept[Network] = Kept(256)


@dataclass(frozen=True, eq=False)
class Member:
    """A fit with its network, the rows that train and test it, and what each row that trains counts (None: alike)."""

    fit: Fit
    network: Network
    train: NDArray[np.intp]
    test: NDArray[np.intp]
    weights: NDArray[np.float32] | None
    prepared_by: str
    """Equal for fits whose features are made by the same steps, in the splits of one search."""

    @property
    def group(self) -> tuple[str, int, str]:
        """Equal for fits that can run side by side."""
        return self.network.key, self.network.epochs, self.prepared_by


def train_fits(work: Work) -> Iterator[tuple[Fit, FitResult]]:
    """Each fit with its result, group by group; whatever is wrong with a network fails its own fits alone."""
    groups: dict[tuple[str, int, str], list[Member]] = {}
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
    for program, chunk in [pair for members in groups.values() for pair in _chunks(work, members)]:
        yield from train_together(work, program, chunk)


def member_of(work: Work, fit: Fit) -> Member:
    """The fit with its network, read unless it is kept."""
    train, test = work.rows(fit)
    weights = row_weights(work, fit, train)
    weighted = weights is not None
    shape = work.features(fit).shape
    key = (
        work.recipe.key,
        work.data.fingerprint,
        fit.candidate.key,
        fit.budget,
        len(train),
        len(test),
        weighted,
        shape,
    )
    network = _networks.get(key, lambda: _read(work, fit, weighted))
    steps = (
        f"{fit.outer} {sorted(fit.candidate.values.get('preprocess', {}).items())}" if work.recipe.preprocess else ""
    )
    return Member(fit, network, train, test, weights, steps)


def _read(work: Work, fit: Fit, weighted: bool) -> Network:
    """The fit's network; what a loss or a layer changes of the process as it is traced, no other fit sees."""
    with restored():
        return read_network(work, fit, weighted)


def _chunks(work: Work, members: Sequence[Member]) -> Iterator[tuple[Program, list[Member]]]:
    """The members in chunks of no more than the lanes of their program, which begins to compile."""
    network = members[0].network
    lanes = lanes_for(network, work.fits_of_each)
    for first in range(0, len(members), lanes):
        chunk = list(members[first : first + lanes])
        yield Program(network, lanes, way_of_steps(work.fits_of_each), _features(work, chunk)), chunk


def _features(work: Work, members: Sequence[Member]) -> Features:
    return features_of(work, [member.fit for member in members])


def train_together(work: Work, program: Program, members: Sequence[Member]) -> Iterator[tuple[Fit, FitResult]]:
    """Train one fit a lane. Their time is shared out evenly."""
    program.wait()
    started = time.perf_counter()
    network, features = members[0].network, _features(work, members)
    with restored():  # a compiled program may call Python
        state, logs = train_lanes(work, program, members, features)
        history = np.asarray(logs, np.float64).transpose(2, 1, 0)  # lanes, logs, epochs
        trained = time.perf_counter()
        outputs = _predict(work, program, _filled(members, program.lanes), state, features)
    shares = (trained - started) / len(members), (time.perf_counter() - trained) / len(members)
    for lane, member in enumerate(members):
        named = {name: values.tolist() for name, values in zip(network.logs, history[lane], strict=True)}
        try:
            check_losses(named["loss"])
            predictions = predictions_of(outputs[lane], work.data.task.kind)
            model = partial(written_lane, work, member, state, lane)
            result = work.result(member.fit, predictions, named, *shares, model=model)
        except Exception as error:
            result = FitResult.failed(error)
        yield member.fit, result


def trained_model(work: Work, fit: Fit, folder: Path) -> KeptModel:
    """Train a fit alone, and write its Keras model into a folder; NotFinite when its loss is not finite."""
    member = member_of(work, fit)
    ((program, members),) = _chunks(work, [member])
    state, logs = train_lanes(work, program, members, _features(work, members))
    names = list(member.network.logs)
    check_losses([float(np.asarray(log[names.index("loss")])[0]) for log in logs])
    return written_lane(work, member, state, 0, folder)


def written_lane(work: Work, member: Member, state: Sequence[Any], lane: int, folder: Path) -> KeptModel:
    """Write the Keras model whose variables are those of a lane."""
    model = compiled_model(work, member.fit)
    variables = [*model.trainable_variables, *model.non_trainable_variables, *model.optimizer.variables]
    for variable, values in zip(variables, state, strict=True):
        variable.assign(np.asarray(values)[lane])  # JAX would compile a program to take one
    network = member.network
    with drawn_by_numpy():  # it is loaded again, with weights that are drawn first
        return keep_model(work, member.fit, model, folder, epochs=network.epochs, batch_size=network.shape.batch)


def train_lanes(
    work: Work, program: Program, members: Sequence[Member], features: Features
) -> tuple[Sequence[Any], list[Sequence[Any]]]:
    """The state after all epochs, and the logs of each: both with an axis of lanes."""
    network = members[0].network
    lanes = _filled(members, program.lanes)
    state: Sequence[Any] = _stacked([member.network.state(work.seed(member.fit)) for member in lanes])
    numbers = _stacked([[step.numbers for step in member.network.steps] for member in lanes])
    weights = _stacked([[features.repeated(values) for values in _weights(work, member)] for member in lanes])
    numbers, weights, y = jax.device_put(
        (numbers, weights, features.repeated(network.targets))
    )  # once, not in each epoch
    logs = []
    for order in _orders(work, members, program.lanes, features):
        state, log = program.epoch(state, numbers, order, weights, features.X, y)
        logs.append(log)
    return state, logs


def _filled(members: Sequence[Member], lanes: int) -> list[Member]:
    """One member a lane: the first again in those that are left over."""
    return [*members, *[members[0]] * (lanes - len(members))]


def _orders(work: Work, members: Sequence[Member], lanes: int, features: Features) -> Iterator[NDArray[np.int32]]:
    """The rows of each epoch in each lane's own order, of shape (lanes, rows); lanes left over repeat the first."""
    generators = [np.random.default_rng((work.seed(member.fit), 1)) for member in members]
    epochs, rows = members[0].network.epochs, len(members[0].train)
    at_once = max(1, MOST_DRAWN // (lanes * rows))
    for first in range(0, epochs, at_once):
        orders = np.empty((min(at_once, epochs - first), lanes, rows), np.int32)
        for lane, (generator, member) in enumerate(zip(generators, members, strict=True)):
            own = member.train + features.begin(work, member.fit)
            orders[:, lane] = generator.permuted(np.tile(own, (len(orders), 1)), axis=1)
        orders[:, len(members) :] = orders[:, :1]
        yield from orders


def _weights(work: Work, member: Member) -> list[NDArray[np.float32]]:
    """The weight of every row of the data, in a list that is empty where there are none."""
    if member.weights is None:
        return []
    everywhere = np.zeros(len(work.data.y), np.float32)
    everywhere[member.train] = member.weights
    return [everywhere]


def _predict(
    work: Work, program: Program, lanes: Sequence[Member], state: Sequence[Any], features: Features
) -> list[NDArray[Any]]:
    """The outputs of each lane for the rows that test it."""
    network = lanes[0].network
    numbers = np.stack([member.network.predict.numbers for member in lanes])
    size, most = network.shape.predicted, max(len(member.test) for member in lanes)
    rows = np.zeros((len(lanes), -(-most // size) * size), np.int32)
    for lane, member in enumerate(lanes):
        rows[lane, : len(member.test)] = member.test + features.begin(work, member.fit)
    parts = [
        program.predict(state, numbers, rows[:, at : at + size], features.X) for at in range(0, rows.shape[1], size)
    ]
    outputs = np.concatenate([np.asarray(part) for part in parts], axis=1)
    return [outputs[lane, : len(member.test)] for lane, member in enumerate(lanes)]


def _stacked(lists: Sequence[Sequence[NDArray[Any]]]) -> list[NDArray[Any]]:
    """One array a place, with a first axis of lanes."""
    return [np.stack(arrays) for arrays in zip(*lists, strict=True)]
