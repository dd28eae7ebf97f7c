"""What an experiment says of training: settings of the engine, and what is Gridloom's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gridloom.core.following import Watched
from gridloom.experiment.bound import Bound
from gridloom.registry.options import Options
from gridloom.registry.records import Callback


@dataclass(frozen=True)
class Training:
    """The settings, valid for the engine; what of the rows watches a training (None: nothing); and its callbacks, in order.

    `is_sound` is False where something is wrong with it, so that callbacks may be missing.
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    watched: Watched = None
    callbacks: Sequence[Bound[Callback]] = ()
    is_sound: bool = True

    def resolved(self, options: Options | None) -> dict[str, Any]:
        """All of it as plain data, with the defaults of the engine's options, if it has any."""
        found = options.resolve(self.settings) if options else {}
        if self.watched is not None:
            found["validation"] = self.watched
        if self.callbacks:
            found["callbacks"] = [callback.resolved for callback in self.callbacks]
        return found
