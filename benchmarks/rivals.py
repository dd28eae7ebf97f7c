"""The neurons experiment by Gridloom and by other tools: wall clock, peak memory, and ratio to Gridloom.

Each is a cold process, one after the other: the same 21 fits (7 widths, 3 folds) of as many epochs, no refit. Usage:

    pip install keras-tuner optuna
    python benchmarks/rivals.py [--epochs 10] [--engines fused scikeras]

prints a table in Markdown. Tools that are not installed are listed as such. The others' scripts are in
benchmarks/rivals/.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from measure import Measured, measure

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "plugins/gridloom_plugins/datasets/pima.csv"


@dataclass(frozen=True)
class Tool:
    """A tool as the table names it, its script, the module it needs, and the distribution that has it."""

    name: str
    script: str
    module: str
    distribution: str

    @property
    def is_installed(self) -> bool:
        """Whether this interpreter finds the module."""
        return importlib.util.find_spec(self.module) is not None


TOOLS = (
    Tool("GridSearchCV + SciKeras, n_jobs=-1", "rivals/gridsearchcv.py", "scikeras", "scikeras"),
    Tool("KerasTuner GridSearch", "rivals/keras_tuner_search.py", "keras_tuner", "keras-tuner"),
    Tool("Optuna GridSampler + Keras", "rivals/optuna_search.py", "optuna", "optuna"),
    Tool(
        "GridSearchCV + MLPClassifier, n_jobs=-1 (no dropout, no max-norm)",
        "rivals/mlp_classifier.py",
        "sklearn",
        "scikit-learn",
    ),
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--engines", nargs="+", default=["fused", "scikeras"], metavar="ENGINE")
    given = parser.parse_args()
    found = list(measured(given.epochs, given.engines))
    base, reference = next(((name, what) for name, what in found if isinstance(what, Measured)), ("", None))
    print(f"neurons experiment, 21 fits of {given.epochs} epochs, cold processes one after the other\n")
    print(f"| tool | seconds | peak MiB | times {base} |")
    print("| --- | ---: | ---: | ---: |")
    for name, what in found:
        print(f"| {name} | {cells(what, reference)} |")


def measured(epochs: int, engines: list[str]) -> Iterator[tuple[str, Measured | str]]:
    """Each tool with what was measured, or why it was not; Gridloom comes first."""
    for engine in engines:
        command = ["-m", "gridloom", "run", str(ROOT / "experiments/neurons.yaml"), "--engine", engine]
        command += ["--set", f"training.epochs={epochs}", "--set", "reporters=[console]"]
        yield f"Gridloom, engine {engine}", run(command)
    for tool in TOOLS:
        command = [str(ROOT / "benchmarks" / tool.script), str(DATA), str(epochs)]
        missing = f"not installed (pip install {tool.distribution})"
        yield tool.name, run(command) if tool.is_installed else missing


def run(arguments: list[str]) -> Measured | str:
    """Measure Python with these arguments in a new folder; the last line of its output if it fails."""
    print(f"running {' '.join(arguments[:3])} ...", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        try:
            return measure([sys.executable, *arguments], folder)
        except subprocess.CalledProcessError as error:
            print(error.output, file=sys.stderr)
            return f"failed with {error.returncode}"


def cells(what: Measured | str, reference: Measured | None) -> str:
    """The cells of a row behind its name."""
    if isinstance(what, str) or reference is None:
        return f"{what} | | "
    return f"{what.seconds:.1f} | {what.peak_mib:.0f} | {what.seconds / reference.seconds:.2f}"


if __name__ == "__main__":
    main()
