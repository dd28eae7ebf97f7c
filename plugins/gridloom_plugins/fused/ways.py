"""How much is done to make a program fast: little for few fits, which wait for the compiler most of the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gridloom_plugins.fused.flat import compute_flat
from gridloom_plugins.fused.lanes import FULL
from gridloom_plugins.fused.randomness import Compute
from gridloom_plugins.fused.tracing import Traced

_OPTIONS = {
    "xla_cpu_multi_thread_eigen": False,  # sums in one order, whatever the machine
    "xla_cpu_use_fusion_emitters": False,  # half the time to compile
    "xla_cpu_parallel_codegen_split_count": 1,  # less work in all: other programs keep the other cores busy
    "xla_backend_optimization_level": 1,  # two thirds of the time to compile
    "xla_cpu_copy_insertion_use_region_analysis": True,  # fewer copies of the state in each step
    "xla_cpu_enable_fast_min_max": False,  # a NaN stays one
}


@dataclass(frozen=True, eq=False)
class Way:
    """A way to make a program."""

    compute: Compute
    ahead: int = 0
    """The most steps whose random numbers are drawn at once; 0 for all steps of an epoch."""
    changes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def options(self) -> dict[str, Any]:
        """How XLA compiles."""
        return {**_OPTIONS, **self.changes}


BRIEF = Way(Traced.__call__)
HASTY = Way(Traced.__call__, changes={"xla_backend_optimization_level": 0})
"""A third of the time to compile, thrice to run: for what runs once while a step runs MANY_STEPS times."""
THOROUGH = Way(
    compute_flat, ahead=8, changes={"xla_cpu_use_fusion_emitters": True, "xla_backend_optimization_level": 3}
)
"""More than twice the time to compile, two thirds to run."""

MANY_STEPS = 16


def way_of_steps(fits: int) -> Way:
    """How to make the steps of an epoch for candidates of so many fits each."""
    return THOROUGH if fits > FULL else BRIEF


def way_of_rest(steps: int) -> Way:
    """How to make what runs once in an epoch of so many steps."""
    return HASTY if steps >= MANY_STEPS else BRIEF
