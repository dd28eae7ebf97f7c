"""What a run on a cluster is compared with, and what its processes leave behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PLUGIN = Path(__file__).with_name("made_up.py")

EXPERIMENT = {
    "name": "made",
    "engine": "made_up",
    "search": {"space": {"model": {"x": [0.0, 1.0, 2.0, 3.0]}}},
    "validation": {"method": "kfold", "folds": 3},
    "refit": True,
    "reporters": ["console", "csv"],
}


def model(tmp_path, act=""):
    """The model whose fit acts, with a mark that is a path for all workers."""
    return {"name": "made_up", "act": act, "mark": str(tmp_path / "mark")}


def made(folder):
    """The table and the model of a run."""
    return (folder / "results.csv").read_bytes(), (folder / "model" / "x.npy").read_bytes()


_by_loky = []


def made_by_loky(gridloom, write):
    """The same of the experiment on this machine, where no fit acts; trained once for all tests."""
    if not _by_loky:
        done = gridloom("run", write(**EXPERIMENT, model="made_up"), "-p", PLUGIN, "--out", "by-loky")
        assert done.returncode == 0, done.stderr
        _by_loky.append(made(write().parent / "by-loky" / "made"))
    return _by_loky[0]


def command_line(tmp_path, *arguments):
    """The command line as a process in a group of its own, as a shell starts it."""
    code = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    return script(tmp_path, code + "from gridloom.cli import main; main()", *arguments)


def script(tmp_path, code, *arguments):
    """Lines of Python as a process in a group of its own, which can import what tests can."""
    path = os.pathsep.join([str(Path(__file__).parents[1]), *filter(None, sys.path)])
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_until(condition, seconds=60):
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it does not come about"
        time.sleep(0.05)


def read_when_there(path):
    """The process ids in a file, as soon as it is there."""
    wait_until(lambda: path.exists() and path.read_text())
    return [int(word) for word in path.read_text().split()]


def is_alive(pid):
    """Whether there is such a process that has not ended; one that nobody has asked for its end is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def in_folder(folder):
    """The processes that work in a folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if (path / "cwd").readlink() == folder and is_alive(int(path.name)):
                found.append(int(path.name))
        except OSError:
            continue
    return [pid for pid in found if pid != os.getpid()]


def ctrl_c(process):
    """Ctrl-C, as a terminal sends it to all processes of a group."""
    os.killpg(process.pid, signal.SIGINT)
