"""The callback `time_limit`: a training ends when it has lasted long enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Gt

from gridloom import Callback, Decision, Epoch


@dataclass
class TimeLimit:
    """Stop after the epoch in which a fit reaches this many `seconds` of training.

    The number of epochs, and so the scores, depend on the machine and its load: a repeated run may give different
    scores.
    """

    seconds: Annotated[float, Gt(0)]

    def after_epoch(self, epoch: Epoch) -> Decision:
        """Whether the time is over."""
        return Decision(stop=epoch.seconds >= self.seconds)


CALLBACK = Callback("time_limit", "Stops a fit after a number of seconds.", TimeLimit)
