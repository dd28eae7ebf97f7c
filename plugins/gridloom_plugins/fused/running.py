"""Networks that train side by side, a lane each: between epochs their callbacks decide, and who is done makes room."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray

from gridloom import Following, Work
from gridloom_plugins.fused.features import Features
from gridloom_plugins.fused.members import Member, lasting, longest
from gridloom_plugins.fused.programs import Program
from gridloom_plugins.fused.resuming import Begun, State, keep, resumed

DRAWN = 64
"""How many epochs' orders of rows are drawn at once, at most."""

MOST_DRAWN = 128 * 1024
"""How many row numbers of a lane are drawn at once, unless one epoch has more."""


@dataclass(frozen=True, eq=False)
class Trained:
    """A trained network: its variables, those of its optimizer, and what was noted of each epoch.

    `kept` is the number of the epoch whose weights were kept; None where these are those of the last one.
    """

    member: Member
    state: State
    history: dict[str, list[float]]
    kept: int | None
    seconds: float


@dataclass(eq=False)
class _Training:
    """A training as it goes on: the members that it serves, the shortest first."""

    sharing: list[Member]
    following: Following
    orders: Iterator[NDArray[np.int32]]
    started: float
    rate: float | None
    begun: int = 0
    """How many epochs it had when it came into its lane."""
    number: int = 0
    notes: list[NDArray[np.float64]] = field(default_factory=list)
    """What was noted of epochs, of shape (epochs, logs)."""
    kept: State | None = None
    rates: list[float] = field(default_factory=list)
    lasted: list[float] = field(default_factory=list)
    """The learning rates of epochs and the seconds after them that callbacks got."""
    seconds: float = 0.0
    """How long it has been trained here."""
    stopped: bool = False

    @property
    def decides(self) -> bool:
        """Whether callbacks are to be asked after every epoch."""
        return bool(self.following.callbacks)

    @property
    def left(self) -> int:
        """How many epochs there are until the next member is done."""
        return lasting(self.sharing[0]) - self.number


class Running:
    """Trains fits in the lanes of a program, each with its own rows, numbers and callbacks.

    A lane computes the same whatever the others do, so that a fit comes out bit by bit as it does alone.
    """

    def __init__(self, work: Work, program: Program, features: Features, trainings: Iterable[list[Member]]) -> None:
        self._work, self._program, self._features = work, program, features
        self._waiting = deque(trainings)
        self._lanes: list[_Training | None] = [None] * program.lanes
        network = longest(self._waiting[0]).network
        self._network = network
        self._y = jax.device_put(features.repeated(network.targets))
        self._state: list[Any] = [np.stack([value] * program.lanes) for value in network.state(0)]
        self._numbers = _alike([step.numbers for step in network.steps], program.lanes)
        rows = features.rows * features.blocks
        self._weights = [np.zeros((program.lanes, rows), np.float32)] * network.weighted
        evaluation = network.evaluation
        self._watch_numbers = _alike([step.numbers for step in network.evaluated], program.lanes)
        own_weights = [np.asarray(work.data.weights, np.float32)] * bool(evaluation and evaluation.weighted)
        self._watch_weights = _alike([features.repeated(weights) for weights in own_weights], program.lanes)
        self._watching = np.zeros((program.lanes, network.shape.watching), np.int32)
        self._on_device: tuple[Any, ...] = ()
        self._looked = time.perf_counter()

    def __iter__(self) -> Iterator[Trained]:
        """Train all, and yield each as it is done."""
        self._fill()
        while running := [(lane, training) for lane, training in enumerate(self._lanes) if training]:
            # nobody looks before the next member is done, unless callbacks have to be asked
            epochs = min(one.left for _, one in running)
            if any(training.decides for _, training in running):
                epochs = min(epochs, 1)
            if epochs:  # none where a training that was kept is asked for once more
                self._train(running, epochs)
            done = [one for lane, training in running for one in self._done(lane, training)]
            self._fill()
            yield from done
            self._looked = time.perf_counter()

    def _train(self, running: Sequence[tuple[int, _Training]], epochs: int) -> None:
        """Train all lanes for some epochs, and ask their callbacks, if they have any."""
        self._note(running, [self._epoch(running) for _ in range(epochs)])
        for lane, training in running:
            if training.decides:
                self._decide(lane, training)

    def _epoch(self, running: Sequence[tuple[int, _Training]]) -> list[Any]:
        """Train all lanes for an epoch; what is noted of it, an array of all lanes for each log."""
        order = np.zeros((len(self._lanes), self._network.shape.train), np.int32)
        for lane, training in running:
            order[lane] = next(training.orders)
        numbers, weights, watch_numbers, batches, watch_weights = self._on_device
        X, y = self._features.X, self._y
        state, logs = self._program.epoch(self._state, numbers, order, weights, X, y)
        self._state = [*state]
        return [*logs, *self._program.watch(self._state, watch_numbers, batches, watch_weights, X, y)]

    def _note(self, running: Sequence[tuple[int, _Training]], notes: Sequence[Sequence[Any]]) -> None:
        """Share out what was noted of some epochs, and the time that they took."""
        found = np.array([[np.asarray(values) for values in logs] for logs in notes], np.float64)
        seconds = time.perf_counter() - self._looked
        for lane, training in running:
            training.notes.append(found[:, :, lane])
            training.number += len(notes)
            training.seconds += seconds / len(running)
        self._looked += seconds

    def _decide(self, lane: int, training: _Training) -> None:
        """Ask the callbacks of a lane, and do what they decide."""
        logs = dict(zip(self._names, training.notes[-1][-1].tolist(), strict=True))
        seconds = time.perf_counter() - training.started
        training.lasted.append(seconds)
        if training.rate is not None:
            training.rates.append(training.rate)
        decision = training.following.after_epoch(training.number, logs, training.rate, seconds)
        training.stopped = decision.stop
        self._set_rate(lane, training, decision.learning_rate)
        if decision.keep:
            training.kept = self._taken(lane, self._network.variables)

    def _set_rate(self, lane: int, training: _Training, rate: float | None) -> None:
        """Train a lane with this learning rate from now on; None for no change, as it always is without a place for one."""
        place = self._network.rate
        if rate is None or place is None:
            return
        rates = np.array(self._state[place])
        rates[lane] = rate
        training.rate = float(rates[lane])
        self._state = [*self._state[:place], rates, *self._state[place + 1 :]]

    def _taken(self, lane: int, count: int | None = None) -> State:
        """The first of a lane's arrays, or all of them."""
        return [np.array(np.asarray(values)[lane]) for values in self._state[:count]]

    def _done(self, lane: int, training: _Training) -> Iterator[Trained]:
        """The members of a lane that are done; the lane is free once all are."""
        done = [one for one in training.sharing if training.stopped or lasting(one) <= training.number]
        if not done:
            return
        training.sharing = training.sharing[len(done) :]
        if not training.sharing:
            self._lanes[lane] = None
        state, notes = self._taken(lane), np.concatenate(training.notes)
        if not training.stopped and training.number > training.begun:
            self._keep(Begun(state, training.kept, notes, training.rates, training.lasted), done)
        if training.kept is not None:
            state[: len(training.kept)] = training.kept
        history = {name: values.tolist() for name, values in zip(self._names, notes.T, strict=True)}
        history |= training.following.history
        for member in done:
            yield Trained(member, state, history, training.following.kept, training.seconds)

    def _keep(self, begun: Begun, done: Sequence[Member]) -> None:
        """Keep a training for those of its members that a budget has ended."""
        for member in done:
            if len(begun.notes) < member.network.epochs:
                keep(self._work, member, begun)

    @property
    def _names(self) -> list[str]:
        evaluation = self._network.evaluation
        return [*self._network.logs, *(f"val_{name}" for name in (evaluation.logs if evaluation else ()))]

    def _fill(self) -> None:
        """Let those who wait have the lanes that are free."""
        free = [lane for lane, training in enumerate(self._lanes) if training is None]
        if not free or not self._waiting:
            return
        self._state = [np.array(values) for values in self._state]
        for lane in free[: len(self._waiting)]:
            self._begin(lane, self._waiting.popleft())
        # once, not in each epoch, and copies, since JAX may use what it is given as it is
        kept = (
            self._numbers,
            self._weights,
            self._watch_numbers,
            self._program.batches(self._watching) if self._network.evaluation else [],
            self._watch_weights,
        )
        self._on_device = jax.device_put(jax.tree.map(np.copy, kept))

    def _begin(self, lane: int, sharing: list[Member]) -> None:
        """Put a training into a lane."""
        work, member = self._work, longest(sharing)
        network, begin = member.network, self._features.begin(work, member.fit)
        for numbers, step in zip(self._numbers, network.steps, strict=True):
            numbers[lane] = step.numbers
        if member.weights is not None:
            self._weights[0][lane] = self._features.repeated(_everywhere(work, member))
        if network.evaluation and member.watching is not None:
            self._watching[lane] = member.watching + begin
            for numbers, traced in zip(self._watch_numbers, network.evaluation.steps, strict=True):
                numbers[lane] = traced.numbers
        orders = _orders(work.seed(member.fit), member.train + begin, lasting(member))
        found = resumed(work, sharing, self._names, [values[lane] for values in self._state])
        if found is None:
            self._put(lane, network.state(work.seed(member.fit)))
            training = _Training(
                [*sharing], work.follow(network.draft), orders, time.perf_counter(), network.first_rate
            )
            self._set_rate(lane, training, training.following.begin(training.rate).learning_rate)
        else:
            self._put(lane, found[0].state)
            training = _going_on([*sharing], *found, orders)
        self._lanes[lane] = training

    def _put(self, lane: int, state: State) -> None:
        """Let a lane have this state."""
        for values, value in zip(self._state, state, strict=True):
            values[lane] = value


def _going_on(
    sharing: list[Member], begun: Begun, following: Following, orders: Iterator[NDArray[np.int32]]
) -> _Training:
    """A training in the middle."""
    network, number = longest(sharing).network, len(begun.notes)
    lasted = begun.seconds[-1] if begun.seconds else 0.0
    return _Training(
        sharing,
        following,
        islice(orders, number, None),
        started=time.perf_counter() - lasted,
        rate=None if network.rate is None else float(begun.state[network.rate]),
        begun=number,
        number=number,
        notes=[begun.notes],
        kept=begun.kept,
        rates=[*begun.rates],
        lasted=[*begun.seconds],
    )


def _orders(seed: int, rows: NDArray[np.intp], epochs: int) -> Iterator[NDArray[np.int32]]:
    """The rows of each epoch in an order of its own."""
    generator = np.random.default_rng((seed, 1))
    at_once = max(1, min(DRAWN, MOST_DRAWN // len(rows)))
    for first in range(0, epochs, at_once):
        yield from generator.permuted(np.tile(rows, (min(at_once, epochs - first), 1)), axis=1).astype(np.int32)


def _everywhere(work: Work, member: Member) -> NDArray[np.float32]:
    """The weight of every row of the data, 0 for those that do not train the fit."""
    found = np.zeros(len(work.data.y), np.float32)
    found[member.train] = member.weights
    return found


def _alike(arrays: Sequence[NDArray[Any]], lanes: int) -> State:
    """Each array once a lane."""
    return [np.stack([array] * lanes) for array in arrays]
