"""Real problems from file to score, beside plain scikit-learn on the same splits.

    python benchmarks/real_problems.py [NAME ...]

For each problem: `benchmarks/problems/data.py` writes its file, `gridloom run benchmarks/problems/NAME.yaml` searches, and a linear
model of scikit-learn, in a Pipeline with preprocessing of its own, is scored on the same number of folds. Prints the best mean score,
that of the linear model, that of guessing (the most frequent class, the mean), and the seconds of the search, imports included. Needs
the packages of `pip install '.[bench]'`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measure import measure
from problems import data, linear
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.model_selection import cross_val_score

HERE = Path(__file__).resolve().parent / "problems"


@dataclass(frozen=True)
class Problem:
    """What writes a problem's file, and its features, targets, splits and linear model as scikit-learn has them."""

    write: Callable[[Path], None]
    read: Callable[[Path], tuple[Any, Any, Any, Any]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(PROBLEMS)} (all, if none is given)")
    names = parser.parse_args().names or [*PROBLEMS]
    if unknown := {*names} - {*PROBLEMS}:
        parser.error(f"there is no problem {min(unknown)}")
    print("| problem | rows | fits | score | best | linear model | guessing | seconds |")
    print("| --- | ---: | ---: | --- | ---: | ---: | ---: | ---: |", flush=True)
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            print(line(name, Path(folder)), flush=True)


def line(name: str, folder: Path) -> str:
    """One problem's line of the table."""
    problem = PROBLEMS[name]
    problem.write(folder)
    for path in (HERE / "networks.py", HERE / f"{name}.yaml"):
        shutil.copy(path, folder)
    run = [sys.executable, "-m", "gridloom", "run", f"{name}.yaml", "-p", "networks.py"]
    seconds = measure([*run, "--set", "reporters=[json]"], str(folder)).seconds
    (path,) = folder.glob("runs/*/results.json")
    found = json.loads(path.read_text("utf-8"))
    scoring = found["scoring"]
    best, fits = found["trials"][found["best"]]["mean"], sum(len(trial["fits"]) for trial in found["trials"])
    X, y, splits, model = problem.read(folder)
    guess = DummyRegressor() if scoring == "r2" else DummyClassifier()
    linear, guessed = (cross_val_score(one, X, y, cv=splits, scoring=scoring).mean() for one in (model, guess))
    return f"| {name} | {len(y):,} | {fits} | {scoring} | {best:.3f} | {linear:.3f} | {guessed:.3f} | {seconds:.1f} |"


PROBLEMS = {
    "customers": Problem(data.customers, linear.customers),
    "affairs": Problem(data.affairs, linear.affairs),
    "visits": Problem(data.visits, linear.visits),
    "docstrings": Problem(data.docstrings, linear.docstrings),
    "power": Problem(data.power, linear.power),
    "digits": Problem(data.digits, linear.digits),
}


if __name__ == "__main__":
    main()
