"""A plugin whose fits do what no fit should, each told by its option `act`."""

from __future__ import annotations

import pytest

import gridloom
from gridloom.training.lease import end_kept

HOSTILE = '''
import os, resource, shutil, signal, subprocess, sys, threading, time, warnings
import numpy as np
from sklearn.linear_model import LogisticRegression
import gridloom

HERE = os.path.dirname(os.path.abspath(__file__))

class Fatal(BaseException):
    pass

def thrown(error):
    raise error

def looks_alike():
    """What a fit should find whatever the fit before it has done."""
    assert os.path.exists(HERE) and os.getcwd() == HERE, os.getcwd()
    assert "POISON" not in os.environ
    assert sys.path[0] != "poison"
    assert np.geterr()["divide"] == "warn"
    assert signal.getsignal(signal.SIGUSR1) == signal.SIG_DFL
    assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)
    assert resource.getrlimit(resource.RLIMIT_CORE)[0] != 4711
    mask = os.umask(0o022)
    os.umask(mask)
    assert mask != 0
    assert ("ignore", None, Warning, "poison", 0) not in [(f[0], None, f[2], f[4] and "poison", 0) for f in warnings.filters if f[4] == 4711]
    print("printed")
    os.write(1, b"written")

def spoils():
    os.chdir("/")
    os.environ["POISON"] = "1"
    sys.path.insert(0, "poison")
    np.seterr(all="ignore")
    np.random.seed(1)
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_PROF, 1000)
    resource.setrlimit(resource.RLIMIT_CORE, (4711, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    os.umask(0)
    warnings.filterwarnings("ignore", lineno=4711)
    sys.stdout = None

def forks():
    os.fork()

def lose(name):
    """Delete what belongs to the run, or put something else in its place."""
    def act():
        path = os.path.join(HERE, "runs", name)
        if os.path.isdir(path):
            shutil.rmtree(path)
        else:
            os.rename(path, path + ".old")
            shutil.copy(path + ".old", path)
    return act

def prints():
    """More than the log may hold, the rest of it after the log was cut."""
    for _ in range(20):
        os.write(1, b"x" * 200_000)
    time.sleep(1)

ACTS = {
    "print": prints,
    "lose runs": lose(""),
    "lose folder": lose("hostile"),
    "lose journal": lose("hostile/journal.sqlite"),
    "lose log": lose("hostile/journal.sqlite-wal"),
    "lose lock": lose("hostile/lock"),
    "exit": lambda: sys.exit(),
    "exit 3": lambda: sys.exit(3),
    "interrupt": lambda: thrown(KeyboardInterrupt()),
    "generator exit": lambda: thrown(GeneratorExit()),
    "fatal": lambda: thrown(Fatal("no Exception")),
    "close": lambda: (os.close(1), os.close(2)),
    "close stdout": lambda: sys.stdout.close(),
    "no stdout": lambda: setattr(sys, "stdout", object()),
    "spoil": spoils,
    "fork": forks,
    "huge": lambda: thrown(ValueError("x" * 50_000_000)),
    "look": looks_alike,
    "draw": lambda: None,
}

class Estimator(LogisticRegression):
    """Does what it is told when it is fitted."""

    act = ""

    def fit(self, X, y):
        if self.act == "draw":  # what it draws decides its score
            self.C = 10 ** (-6 * np.random.rand())
        elif self.act:
            ACTS[self.act]()
        return super().fit(X, y)

def build(task, act: str = "", build: str = "", C: float = 1.0):
    if build:
        ACTS[build]()
    made = Estimator(C=C, max_iter=1000)
    made.act = act
    return made

def measure(truth, predictions, act: str = ""):
    if act and len(truth) > 10:
        ACTS[act]()
    return float((truth == predictions).mean())

def family(draft, act: str):
    ACTS[act]()

def load(act: str = ""):
    if act:
        ACTS[act]()
    from sklearn.datasets import load_iris
    return gridloom.Data(*load_iris(return_X_y=True), classes=("a", "b", "c"))

def search(space, act: str = "", first: bool = False):
    if first:
        ACTS[act]()
    trials = yield [gridloom.Proposal(candidate) for candidate in space.enumerate()]
    ACTS[act]()

def report(result, act: str = ""):
    ACTS[act]()

@gridloom.hookimpl
def gridloom_datasets():
    yield gridloom.Dataset("hostile", "Data.", load)

@gridloom.hookimpl
def gridloom_model_builders():
    yield gridloom.ModelBuilder("hostile", "Does what it is told.", build, makes="estimator")

@gridloom.hookimpl
def gridloom_scorers():
    yield gridloom.Scorer("hostile", "Does what it is told.", measure, needs="labels")

@gridloom.hookimpl
def gridloom_strategies():
    yield gridloom.Strategy("hostile", "Does what it is told.", search)

@gridloom.hookimpl
def gridloom_reporters():
    yield gridloom.Reporter("hostile", "Does what it is told.", report)
'''


@pytest.fixture
def hostile(tmp_path):
    """The file of the plugin."""
    file = tmp_path / "hostile.py"
    file.write_text(HOSTILE)
    return file


def searching(**options):
    """Changes of an experiment that searches these options of the hostile builder, in two folds."""
    return {
        "name": "hostile",
        "model": "hostile",
        "search": {"space": {"model": options}},
        "validation": {"method": "stratified_kfold", "folds": 2},
        "reporters": ["console", "json"],
    }


@pytest.fixture
def new_workers():
    """End the workers of other tests: new ones begin in the folder of this test."""
    end_kept()


@pytest.fixture
def run(write, hostile, tmp_path, monkeypatch):
    """Run an experiment in this process, with one worker."""
    monkeypatch.chdir(tmp_path)
    return lambda **changes: gridloom.run(write(**changes), plugins=[str(hostile)], n_jobs=1)
