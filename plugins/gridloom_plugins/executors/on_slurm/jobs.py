"""The executor `submitit`: jobs of SLURM, or processes of this machine in their place, each with a worker."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any, Literal

from annotated_types import Ge
from pydantic import AfterValidator

from gridloom import ClusterLost, FarSession, InputFolder, Session, StopRun
from gridloom_plugins.executors.on_slurm.call_folder import CallFolder
from gridloom_plugins.executors.on_slurm.commands import Queue, cancel, has_accounting
from gridloom_plugins.executors.on_slurm.parameters import prepared, valid_parameters
from gridloom_plugins.executors.on_slurm.pilot import is_wanted, work
from gridloom_plugins.executors.on_slurm.session import PilotSession

FOLDER = ".gridloom-jobs"
"""Where calls and answers lie, in the working folder or another one."""

SILENT_SECONDS = 30.0
"""Who has given no sign of life for so long is taken for dead, by workers and by their session."""

IDLE_SECONDS = 600.0
"""After so long without a call a job ends; another is submitted when there are calls again."""

NEEDED = "the executor 'submitit' needs submitit: pip install 'gridloom[slurm]'"


@contextmanager
def opened(
    count: int | None,
    environment: Mapping[str, str],
    jobs: Annotated[int, Ge(1)] | None = None,
    cluster: Literal["slurm", "local"] | None = None,
    folder: InputFolder | None = None,
    parameters: Annotated[Mapping[str, Any], AfterValidator(valid_parameters)] = {},
) -> Iterator[Session]:
    """Train in SLURM jobs, each with a worker that trains many fits; `pip install 'gridloom[slurm]'`.

    `jobs` is the largest number of jobs; `--n-jobs` limits it and can replace it. Jobs are submitted when there are
    fits for them, and end with the run. A job that reaches its time limit is replaced as long as there are fits.

    `cluster` is slurm, or local for processes of this machine; by default local if there is no srun.

    `folder` is where fits and results are exchanged, in `.gridloom-jobs`, which is deleted at the end: it must be on a
    file system that all nodes share. By default it is the working directory.

    `parameters` are passed to sbatch by submitit: `{partition: gpu, time: 120, cpus_per_task: 4, mem_gb: 8}`, with time
    in minutes, 60 by default.
    """
    limit = min(number for number in (count, jobs, 10**6) if number is not None)
    if count is None and jobs is None:
        raise StopRun(
            "the executor 'submitit' needs a number of jobs: write --n-jobs 8, or executor: {name: submitit, jobs: 8}"
        )
    executor, name = _executor(cluster)
    base = (folder or Path()).absolute() / FOLDER
    try:
        place = CallFolder.make(base)
    except OSError as error:
        raise ClusterLost(f"jobs cannot receive calls through the folder {base}: {error.strerror}") from None
    try:
        submitting = _Submitit(executor(place.path / "jobs", cluster=name), name, place, parameters)
        session = PilotSession(place, submitting, limit, SILENT_SECONDS)
    except BaseException:
        place.delete()
        raise
    try:
        yield FarSession(
            session.submit, environment, is_wanted=is_wanted, share=session.share, capacity=session.capacity
        )
    except BaseException:
        session.kill()
        raise
    else:
        session.end()


def _executor(cluster: str | None) -> tuple[Any, str]:
    """The class of submitit's executor, and the name of the cluster; StopRun where there is none."""
    try:
        from submitit import AutoExecutor
    except ModuleNotFoundError as error:
        if error.name != "submitit":
            raise
        raise StopRun(NEEDED) from None
    if "SUBMITIT_LOG_LEVEL" not in os.environ:
        logging.getLogger("submitit").setLevel(logging.CRITICAL)
    name = cluster or AutoExecutor.which()
    if name == "slurm":
        from shutil import which

        if missing := [command for command in ("sbatch", "srun") if which(command) is None]:
            raise StopRun(f"there is no SLURM on this machine: the command {missing[0]} is not found")
    return AutoExecutor, name


class _Submitit:
    """Jobs by submitit, see `Jobs`."""

    def __init__(self, executor: Any, cluster: str, place: CallFolder, parameters: Mapping[str, Any]) -> None:
        self.executor, self.cluster, self.place = executor, cluster, place
        self._queue = Queue() if cluster == "slurm" and not has_accounting() else None
        try:
            executor.update_parameters(**prepared(parameters, cluster))
        except (AssertionError, NameError, TypeError, ValueError) as error:
            raise StopRun(f"the parameters of the executor 'submitit' are not valid: {error}") from None

    def submit(self) -> Any:
        """Submit a job; StopRun with what SLURM says where it refuses."""
        from submitit.core.utils import FailedJobError, FailedSubmissionError

        arguments = os.fspath(self.place.path), SILENT_SECONDS, IDLE_SECONDS
        try:
            return self.executor.submit(_work, *arguments)
        except (FailedJobError, FailedSubmissionError, OSError) as error:
            told = " ".join(str(error).split())
            raise StopRun(f"no job can be submitted to {self.cluster}: {told}") from None

    def id(self, job: Any) -> str:
        """The id that SLURM has given it."""
        return str(job.job_id)

    def ended(self, job: Any, *, surely: bool = False) -> str | None:
        """The state that it has ended in, None while it waits or runs."""
        if self._queue is None:
            return str(job.state) if job.done(force_check=surely) else None
        return "COMPLETED" if job.paths.result_pickle.exists() else self._queue.ended(self.id(job), surely=surely)

    def cancel(self, job: Any) -> bool:
        """Cancel it; a process of this machine ends by itself, as a file in the folder asks it to."""
        if self.cluster == "slurm":
            cancel(self.id(job))
        return self.cluster == "slurm"

    def last_words(self, job: Any) -> str:
        """The last line that it has printed."""
        with suppress(OSError):
            lines = [line.strip() for line in (job.stderr() or "").splitlines() if line.strip()]
            return lines[-1] if lines else ""
        return ""


def _work(folder: str, patience: float, idle_seconds: float) -> None:
    """Do calls in a job, whose id submitit tells."""
    from submitit import JobEnvironment

    work(folder, JobEnvironment().job_id, patience, idle_seconds)
