"""The time that early stopping saves, and what it costs to ask callbacks between epochs, beside GridSearchCV with SciKeras.

    python benchmarks/early_stopping.py [--epochs 100] [--patience 10] [--rounds 3]

Cold processes in turn, on all cores, programs cached, nothing refitted. The article's four experiments (219 fits) by `gridloom
run` with the engine `fused`: all epochs; with a callback that never stops; and with a fifth of the training rows held out and
early stopping on their loss. GridSearchCV runs the neurons experiment (21 fits) with and without Keras's own EarlyStopping, and
its other fits are taken to last as long each. Then 15 fits of a convolutional network on the digits, in the same ways. The
medians of the rounds are printed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from articles import median
from four import FOUR
from measure import Measured, measure

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "plugins/gridloom_plugins/datasets/pima.csv"
RIVALS = ROOT / "benchmarks/rivals"
FITS, MEASURED = 219, 21

CONV_NET = """\
name: conv_net
dataset: digits
model: conv_net
training: {batch_size: 32}
search: {space: {model: {filters: [4, 8, 16]}}}
validation: {method: stratified_kfold, folds: 5}
scoring: accuracy
seed: 7
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--patience", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["JAX_COMPILATION_CACHE_DIR"] = str(Path(folder) / "cache")
        (Path(folder) / "conv_net.yaml").write_text(CONV_NET)
        ours = {name: command for name, command in commands(given.epochs, given.patience).items() if "gridloom" in name}
        for command in ours.values():
            measure(command, folder)  # fills the cache
        rounds = [
            {
                name: noted(name, measure(command, folder))
                for name, command in commands(given.epochs, given.patience).items()
            }
            for _ in range(given.rounds)
        ]
    found = {name: median([one[name] for one in rounds]) for name in rounds[0]}
    print(f"at most {given.epochs} epochs, patience {given.patience}, medians of {given.rounds} rounds\n")
    show("Pima, four experiments", "Pima", found, FITS, MEASURED)
    print()
    show("digits, a convolutional network", "digits", found, 15, 15)


def noted(name: str, found: Measured) -> Measured:
    """What was found, once it is printed: all rounds take a while."""
    print(f"{name}: {found.seconds:.1f} s", file=sys.stderr, flush=True)
    return found


def commands(epochs: int, patience: int) -> dict[str, list[str]]:
    """What is run, by its name."""
    run = [sys.executable, "-m", "gridloom", "run", "--engine", "fused", "--fresh"]
    run += ["--set", f"training.epochs={epochs}", "--set", "refit=false"]
    never = ["--set", f"training.callbacks=[{{name: early_stopping, monitor: loss, patience: {epochs}}}]"]
    stop = f"{{name: early_stopping, patience: {patience}, restore_best_weights: true}}"
    stops = ["--set", "training.validation=0.2", "--set", f"training.callbacks=[{stop}]"]
    found = {}
    for data, what in (
        ("Pima", [*map(str, FOUR)]),
        ("digits", ["conv_net.yaml", "-p", str(ROOT / "benchmarks/conv_net.py")]),
    ):
        for name, more in (("all epochs", []), ("a callback that never stops", never), ("early stopping", stops)):
            found[f"{data} gridloom, {name}"] = [*run, *what, *more]
    for name, waits in (("all epochs", 0), ("early stopping", patience)):
        theirs = [sys.executable, str(RIVALS / "gridsearchcv.py"), str(DATA), str(epochs), "--patience", str(waits)]
        found[f"Pima GridSearchCV + SciKeras, {name}"] = theirs
        theirs = [sys.executable, str(RIVALS / "conv_net_search.py"), str(epochs), str(waits)]
        found[f"digits GridSearchCV + SciKeras, {name}"] = theirs
    return found


def show(title: str, start: str, found: dict[str, Measured], fits: int, measured: int) -> None:
    """Print the rows of one kind of data; `measured` fits are what GridSearchCV has trained of `fits`."""
    print(f"| {title} | fits | seconds | all epochs / this | GridSearchCV / this, same epochs |")
    print("| --- | ---: | ---: | ---: | ---: |")
    own = {name.removeprefix(f"{start} "): one.seconds for name, one in found.items() if name.startswith(start)}
    theirs = {name: seconds * fits / measured for name, seconds in own.items() if name.startswith("GridSearchCV")}
    for name, seconds in own.items():
        tool, _, way = name.partition(", ")
        is_theirs = name in theirs
        whole, base = theirs.get(name, seconds), {**own, **theirs}[f"{tool}, all epochs"]
        rival = theirs.get(f"GridSearchCV + SciKeras, {way.replace('a callback that never stops', 'all epochs')}", 0.0)
        count = measured if is_theirs else fits
        print(
            f"| {name} | {count} | {seconds:.1f} | {base / whole:.2f} | {'' if is_theirs else f'{rival / seconds:.0f}'} |"
        )


if __name__ == "__main__":
    main()
