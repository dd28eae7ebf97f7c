"""The executor of a run, with its options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gridloom.core.session import Session

if TYPE_CHECKING:
    from gridloom.experiment.experiment import Experiment


def open_processes(count: int | None, environment: Mapping[str, str]) -> AbstractContextManager[Session]:
    """Worker processes on this machine, as in the executor `loky`; one per core if `count` is None."""
    from gridloom.training.loky import opened

    return opened(count, environment)


@dataclass(frozen=True)
class Executing:
    """An executor by its name, with options; equal ones are taken for the same."""

    name: str
    call: Callable[..., AbstractContextManager[Session]]
    options: Mapping[str, Any] = field(default_factory=dict)
    far: bool = False
    """Whether its workers may be on other machines."""

    def open(self, count: int | None, environment: Mapping[str, str]) -> AbstractContextManager[Session]:
        """A session of workers, see `gridloom.Executor`."""
        return self.call(count, environment, **self.options)


LOCAL = Executing("loky", open_processes)
"""The executor of a run for which no other is named."""


def executing_of(experiment: Experiment) -> Executing:
    """The executor that an experiment names, else processes of this machine."""
    if (bound := experiment.executor) is None:
        return LOCAL
    return Executing(bound.name, bound.record.open, bound.options, bound.record.far)
