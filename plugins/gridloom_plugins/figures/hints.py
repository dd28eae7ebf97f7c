"""What the curves of the best candidate suggest: to train longer, or to stop earlier.

The thresholds: Prechelt, "Early Stopping - But When?" (1998), calls the validation loss above its lowest so far, in percent, the
generalization loss, and stops at 5 % at the latest. The same 5 % is what a longer training has to promise here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from gridloom import Result, Trial
from gridloom_plugins.figures.stops import Stops, has_callbacks, restores_weights, stops_of

ENOUGH = 0.05
"""A loss that is so much higher at the end, or would fall by so much in as many epochs again, is worth a word."""

PART = 10
"""Losses are compared over a tenth of the epochs: a single one is lowest, or high, by luck."""

VALIDATION = "val_loss"


def training_hints(result: Result) -> list[str]:
    """At most one sentence about how the best candidate trained; none without a validation loss, which is all that counts."""
    if (best := result.best) is None:
        return []
    fits = [_seen(found.history[VALIDATION]) for found in best.results if found and VALIDATION in found.history]
    known = [fit for fit in fits if fit]
    if not known:
        return []
    return [hint for hint in (_not_converged(known, stops_of(result, best)), _overfits(known, result, best)) if hint]


@dataclass(frozen=True)
class _Seen:
    """The validation loss of a fit: its number of epochs, at which of them it is lowest, and how it ends, in shares.

    `fall` is by how much the last loss is below that of `part` epochs before, `rise` by how much it is above the lowest, and
    `smooth_rise` by how much the mean of the last tenth is above the lowest mean of any tenth.
    """

    epochs: int
    part: int
    lowest_at: int
    fall: float
    rise: float
    smooth_rise: float

    @property
    def promise(self) -> float:
        """By which share the loss would fall in as many epochs again, if it went on falling as in the last of them."""
        return self.fall * self.epochs / self.part


def _seen(losses: Sequence[float]) -> _Seen | None:
    """What there is to see; None of a single epoch, and of losses that are not all positive and finite."""
    epochs = len(losses)
    if epochs <= 1 or not all(0 < loss < float("inf") for loss in losses):
        return None
    part = max(1, epochs // PART)
    means = [sum(losses[start : start + part]) / part for start in range(epochs - part + 1)]
    lowest = min(losses)
    return _Seen(
        epochs=epochs,
        part=part,
        lowest_at=losses.index(lowest) + 1,
        fall=1 - losses[-1] / losses[-1 - part],
        rise=losses[-1] / lowest - 1,
        smooth_rise=means[-1] / min(means) - 1,
    )


def _not_converged(fits: Sequence[_Seen], stops: Stops) -> str:
    """The validation loss of most fits is lowest at the very end, where it still falls, and nothing stopped them there."""
    falling = [fit for fit in fits if fit.lowest_at == fit.epochs and fit.epochs not in stops.by_epoch]
    if 2 * len(falling) <= len(fits) or median(fit.promise for fit in falling) < ENOUGH:
        return ""
    fall, part = median(fit.fall for fit in falling), round(median(fit.part for fit in falling))
    over = f"the last {part} epochs" if part > 1 else "the last epoch"
    who = f"{len(falling)} of {len(fits)} fits" if len(fits) > 1 else "the only fit"
    return (
        f"Not converged: in {who} of the best candidate, validation loss is lowest at the last epoch, and it still fell by "
        f"{_percent(fall)} over {over}. More epochs may help."
    )


def _overfits(fits: Sequence[_Seen], result: Result, best: Trial) -> str:
    """The validation loss was lower before, and the weights of that time are not known to have been restored."""
    if median(fit.smooth_rise for fit in fits) < ENOUGH or restores_weights(result, best):
        return ""
    lowest_at, epochs, rise = (
        median(numbers) for numbers in zip(*((fit.lowest_at, fit.epochs, fit.rise) for fit in fits), strict=True)
    )
    over = f" (medians over {len(fits)} fits)" if len(fits) > 1 else ""
    unless = "Unless a callback restored those weights, early" if has_callbacks(result, best) else "Early"
    return (
        f"Overfits: validation loss of the best candidate is lowest at epoch {lowest_at:.0f} of {epochs:.0f} and {_percent(rise)} higher "
        f"at the end{over}. {unless} stopping or regularization may help."
    )


def _percent(share: float) -> str:
    """A share as a percentage of two digits at least."""
    return f"{100 * share:.2g} %" if share < 0.1 else f"{100 * share:,.0f} %"  # noqa: PLR2004
