"""The fits of a batch with all that training them takes, and the trainings that several of them share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gridloom import Fit, Work, restored, trainings
from gridloom_plugins.fused.networks import Network, read_network
from gridloom_plugins.networks.keeping import Kept
from gridloom_plugins.networks.weights import row_weights

_networks: Kept[Network] = Kept(256)


@dataclass(frozen=True, eq=False)
class Member:
    """A fit with its network, its rows, and what each row that trains counts (None: alike)."""

    fit: Fit
    network: Network
    train: NDArray[np.intp]
    test: NDArray[np.intp]
    watching: NDArray[np.intp] | None
    """The rows that watch the training."""
    weights: NDArray[np.float32] | None
    prepared_by: str
    """Equal for fits whose features are made by the same steps, in the splits of one search."""

    @property
    def group(self) -> tuple[str, str]:
        """Equal for fits that can run side by side."""
        return self.network.key, self.prepared_by


def member_of(work: Work, fit: Fit) -> Member:
    """The fit with its network, read unless it is kept: it is one for all budgets of epochs."""
    train, test = work.rows(fit)
    watching = work.validation_rows(fit)
    weights = row_weights(work, fit, train)
    weighted = weights is not None
    whole = replace(fit, budget=replace(fit.budget, epochs=None))
    key = (
        work.recipe.key,
        work.data.fingerprint,
        fit.candidate.key,
        whole.budget,
        len(train),
        len(test),
        None if watching is None else len(watching),
        weighted,
        work.features(fit).shape,
    )
    network = _networks.get(key, lambda: _read(work, whole, weighted))
    steps = (
        f"{fit.outer} {sorted(fit.candidate.values.get('preprocess', {}).items())}" if work.recipe.preprocess else ""
    )
    return Member(fit, network, train, test, watching, weights, steps)


def _read(work: Work, fit: Fit, weighted: bool) -> Network:
    """The fit's network; what a loss or a layer changes of the process as it is traced, no other fit sees."""
    with restored():
        return read_network(work, fit, weighted)


def sharing(work: Work, members: Iterable[Member]) -> list[list[Member]]:
    """The members by the training that they share, those that last shorter first.

    Fits that differ in nothing but how many epochs they last have the same beginning, unless a callback depends on how many
    there are.
    """
    by_key = {member.fit.key: member for member in members}
    found: list[list[Member]] = []
    for fits in trainings([member.fit for member in by_key.values()]):
        together = [by_key[fit.key] for fit in fits]
        if len(together) > 1 and not _is_one(work, together):
            found += [[member] for member in together]
        else:
            found.append(sorted(together, key=lasting))
    return found


def _is_one(work: Work, members: Sequence[Member]) -> bool:
    """Whether these members, whose programs are the same, differ in how long they last alone."""
    networks = [member.network for member in members]
    if work.depends_on_total(networks[0].draft.callbacks):
        return False
    seed = work.seed(members[0].fit)
    told = {
        (
            *(traced.numbers.tobytes() for traced in (*network.evaluated, network.predict)),
            *(step.numbers.tobytes() for step in network.steps),
            # a builder may make other initial weights, or another learning rate, of an option called `epochs`
            *(value.tobytes() for value in network.state(seed)),
            repr(network.draft.callbacks),
        )
        for network in networks
    }
    return len(told) == 1


def lasting(member: Member) -> int:
    """How many epochs the member's training lasts within its budget when nothing stops it."""
    return min(member.network.epochs, member.fit.budget.epochs or member.network.epochs)


def longest(sharing: Sequence[Member]) -> Member:
    """The one of these members whose training is the longest."""
    return sharing[-1]
