"""The callback `time_limit`: a training ends when it has lasted long enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Gt

from gridloom import Callback, Decision, Epoch


@dataclass
class TimeLimit:
    """Stop after the epoch in which a fit has been trained for so many `seconds`.

    How many epochs that are depends on the machine and on what else it does, and so do the scores: a run that is repeated
    may find others.
    """

    seconds: Annotated[float, Gt(0)]

    def after_epoch(self, epoch: Epoch) -> Decision:
        """Whether the time is over."""
        return Decision(stop=epoch.seconds >= self.seconds)


CALLBACK = Callback("time_limit", "Stops a fit after a number of seconds.", TimeLimit)
