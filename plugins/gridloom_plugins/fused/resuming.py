"""Trainings that go on from where a smaller budget has ended them: what is kept of a lane, and how it is found again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridloom import Following, Work
from gridloom_plugins.fused.members import Member, lasting, longest

State = list[NDArray[np.generic]]


@dataclass(frozen=True, eq=False)
class Begun:
    """A training some of whose epochs are trained.

    - `state`: the arrays of its lane after the last of them, and `kept` those of the variables that a callback keeps, if it does.
    - `notes`: what was noted of each epoch, of shape (epochs, logs).
    - `rates`, `seconds`: the learning rate of each epoch and the time after it, where callbacks got them.
    """

    state: State
    kept: State | None
    notes: NDArray[np.float64]
    rates: Sequence[float]
    seconds: Sequence[float]


def keep(work: Work, member: Member, begun: Begun) -> None:
    """Keep a training that the budget of this member has ended, for the same training with a larger budget."""
    work.keep_state(
        member.fit,
        len(begun.notes),
        state=_packed(begun.state),
        kept=_packed(begun.kept or []),
        notes=begun.notes,
        rates=np.array(begun.rates, np.float64),
        seconds=np.array(begun.seconds, np.float64),
    )


def resumed(work: Work, sharing: Sequence[Member], logs: Sequence[str], like: State) -> tuple[Begun, Following] | None:
    """What is kept of the training that these members share, and its callbacks, told of all that; None to train anew.

    `logs` names what is noted of an epoch, `like` are arrays of the shapes and types of a state.
    """
    found = next((begun for member in sharing if (begun := _found(work, member, logs, like))), None)
    if found is None or len(found.notes) > lasting(sharing[0]):
        return None
    network = longest(sharing).network
    following = work.follow(network.draft)
    if following.callbacks:
        following.begin(network.first_rate)
        columns = dict(zip(logs, found.notes.T.tolist(), strict=True))
        decision = following.replay(columns, found.rates, found.seconds)
        if decision.stop or (following.kept is None) != (found.kept is None):
            return None
    return found, following


def _found(work: Work, member: Member, logs: Sequence[str], like: State) -> Begun | None:
    """What is kept of the training of a member; None where nothing is, or nothing of these shapes."""
    arrays = work.load_state(member.fit)
    if arrays is None:
        return None
    state = _unpacked(arrays["state"], like)
    kept = _unpacked(arrays["kept"], like[: member.network.variables]) if arrays["kept"].size else None
    if state is None or arrays["notes"].shape[1:] != (len(logs),):
        return None
    return Begun(state, kept, arrays["notes"], arrays["rates"].tolist(), arrays["seconds"].tolist())


def _packed(arrays: State) -> NDArray[np.uint8]:
    """The bytes of all arrays, one behind another: types that NumPy's files do not know are among them."""
    parts = [np.ascontiguousarray(array).reshape(-1).view(np.uint8) for array in arrays]
    return np.concatenate(parts) if parts else np.zeros(0, np.uint8)


def _unpacked(packed: NDArray[np.uint8], like: State) -> State | None:
    """The arrays again, of the shapes and types of these; None where they have not as many bytes."""
    ends = np.cumsum([array.nbytes for array in like]).tolist()
    if len(packed) != ends[-1]:
        return None
    parts = [packed[end - array.nbytes : end].copy() for end, array in zip(ends, like, strict=True)]
    return [part.view(array.dtype).reshape(array.shape) for part, array in zip(parts, like, strict=True)]
