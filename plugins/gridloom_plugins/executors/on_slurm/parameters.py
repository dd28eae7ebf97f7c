"""Parameters of jobs, by the names that submitit and sbatch have for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gridloom import nearest

TIME = 60
"""How long a job may run unless its parameters say otherwise, in minutes."""

FOREVER = 60 * 24 * 365
"""The same for processes of this machine."""

SHARED: Mapping[str, tuple[type, ...]] = {
    "cpus_per_task": (int,),
    "gpus_per_node": (int,),
    "mem_gb": (int, float),
    "name": (str,),
    "time": (int,),
}
"""Parameters that submitit has for any cluster, with their types; it calls the time `timeout_min`."""

OF_SLURM: Mapping[str, tuple[type, ...]] = {
    "account": (str,),
    "additional_parameters": (dict,),
    "comment": (str,),
    "constraint": (str,),
    "cpus_per_gpu": (int,),
    "dependency": (str,),
    "exclude": (str,),
    "exclusive": (bool, str),
    "gpus_per_task": (int,),
    "gres": (str,),
    "mail_type": (str,),
    "mail_user": (str,),
    "mem_per_cpu": (str,),
    "mem_per_gpu": (str,),
    "nodelist": (str,),
    "partition": (str,),
    "qos": (str,),
    "setup": (list,),
    "signal_delay_s": (int,),
    "srun_args": (list,),
    "teardown": (list,),
    "use_srun": (bool,),
    "wckey": (str,),
}
"""Parameters of sbatch and srun."""

LOCAL = {"gpus_per_node", "setup", "time"}
"""Those that mean something to processes of this machine."""

ONE_WORKER = {"nodes", "tasks_per_node", "ntasks_per_node", "array_parallelism"}
"""Parameters of submitit that would put several workers into a job."""


def valid_parameters(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters; ValueError where one is unknown, or has a value of another type."""
    known = {**SHARED, **OF_SLURM}
    for name, value in parameters.items():
        if name in ONE_WORKER:
            raise ValueError(f"a job has one worker, so '{name}' is not allowed; 'jobs' is the number of jobs")
        if name not in known:
            raise ValueError(
                f"unknown parameter {name!r}; {nearest(name, known)}, and other options of sbatch belong in "
                f"additional_parameters: {{reservation: mine}}"
            )
        if not isinstance(value, known[name]) or (isinstance(value, bool) and bool not in known[name]):
            told = " or ".join(_WORDS[kind] for kind in known[name])
            unit = ", in minutes" if name == "time" else ""
            raise ValueError(f"the parameter '{name}' should be {told}{unit}, not {value!r}")
        if name == "time" and isinstance(value, int) and value < 1:
            raise ValueError(f"the parameter 'time' should be a number of minutes, at least 1, not {value}")
    return parameters


_WORDS: Mapping[type, str] = {
    int: "an integer",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "a mapping",
    bool: "true or false",
}


def prepared(parameters: Mapping[str, Any], cluster: str) -> dict[str, Any]:
    """The parameters as submitit is given them; ValueError where one means nothing to the cluster."""
    if cluster == "local" and (others := sorted(set(parameters) - LOCAL)):
        raise ValueError(f"'{others[0]}' has no effect on processes of this machine (cluster: local); remove it")
    named = {(name if name in SHARED else f"{cluster}_{name}"): value for name, value in parameters.items()}
    return {"timeout_min": named.pop("time", TIME if cluster == "slurm" else FOREVER), "name": "gridloom", **named}
