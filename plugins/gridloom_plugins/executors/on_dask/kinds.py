"""The kinds of clusters that Dask opens: the class of each, the package that has it, and the options that are no code."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Literal

from gridloom import GridloomError

QUIET = ",".join(filter(None, [os.environ.get("PYTHONWARNINGS"), "ignore:resource_tracker"]))
"""The setting for warnings in workers of this machine, which would reach the terminal when one is killed."""

Kind = Literal["local", "slurm", "pbs", "sge", "lsf", "htcondor", "oar", "moab", "kubernetes"]


@dataclass(frozen=True)
class KindOfCluster:
    """A class of Dask for clusters."""

    package: str
    module: str
    name: str
    options: tuple[str, ...]
    """What an experiment may say: no commands, and nothing that names code."""
    configuration: str
    """Where Dask has the others from."""
    defaults: Mapping[str, Any] = field(default_factory=dict)

    def load(self) -> Any:
        """The class; GridloomError where its package is not installed."""
        try:
            return getattr(import_module(self.module), self.name)
        except ImportError:
            raise GridloomError(
                f"executor 'dask': {self.name} needs {self.package}: pip install {self.package}"
            ) from None


def _jobs(name: str, kind: str) -> KindOfCluster:
    """A batch system."""
    options = (
        *("cores", "memory", "processes", "queue", "account", "project", "walltime", "interface", "protocol"),
        *("local_directory", "log_directory", "shared_temp_directory", "death_timeout", "nanny", "job_name"),
        *("job_cpu", "job_mem", "resource_spec", "ncpus", "mem", "disk", "use_stdin"),
    )
    return KindOfCluster(
        "dask-jobqueue", "dask_jobqueue", name, options, f"jobqueue: {kind}: of Dask's own configuration"
    )


CLASSES: Mapping[str, KindOfCluster] = {
    "local": KindOfCluster(
        "distributed",
        "distributed",
        "LocalCluster",
        ("threads_per_worker", "memory_limit", "host", "interface", "protocol", "local_directory", "dashboard_address"),
        "Dask's own configuration",
        # fits are trained in processes of their own, whose memory Dask does not see
        {
            "n_workers": 0,
            "threads_per_worker": 1,
            "memory_limit": 0,
            "dashboard_address": None,
            "silence_logs": 60,
            "env": {"PYTHONWARNINGS": QUIET},
        },
    ),
    "slurm": _jobs("SLURMCluster", "slurm"),
    "pbs": _jobs("PBSCluster", "pbs"),
    "sge": _jobs("SGECluster", "sge"),
    "lsf": _jobs("LSFCluster", "lsf"),
    "htcondor": _jobs("HTCondorCluster", "htcondor"),
    "oar": _jobs("OARCluster", "oar"),
    "moab": _jobs("MoabCluster", "moab"),
    "kubernetes": KindOfCluster(
        "dask-kubernetes",
        "dask_kubernetes.operator",
        "KubeCluster",
        (
            "name",
            "namespace",
            "image",
            "resources",
            "env",
            "idle_timeout",
            "resource_timeout",
            "scheduler_service_type",
        ),
        "kubernetes: of Dask's own configuration",
        {"n_workers": 0, "quiet": True},
    ),
}
