"""The callback `time_limit`: a training ends when it has lasted long enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Gt

from gridloom import Callback, Decision, Epoch, StopRun

MINUTE = 60


@dataclass
class TimeLimit:
    """Stop after the epoch in which a fit has been trained for so many `seconds`, or `minutes`.

    How many epochs that are depends on the machine and on what else it does, and so do the scores: a run that is repeated
    may find others.
    """

    seconds: Annotated[float, Gt(0)] | None = None
    minutes: Annotated[float, Gt(0)] | None = None

    def __post_init__(self) -> None:
        if (self.seconds is None) == (self.minutes is None):
            raise StopRun("'time_limit' takes either 'seconds' or 'minutes', as in {name: time_limit, minutes: 5}")
        self._most = self.seconds if self.minutes is None else self.minutes * MINUTE

    def after_epoch(self, epoch: Epoch) -> Decision:
        """Whether the time is over."""
        return Decision(stop=self._most is not None and epoch.seconds >= self._most)


CALLBACK = Callback("time_limit", "Stops a fit that has been trained for so long.", TimeLimit)
