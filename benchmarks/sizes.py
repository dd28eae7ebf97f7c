"""How `fused` and `scikeras` compare as networks and the number of fits grow.

    python benchmarks/sizes.py [--epochs 10] [--replicas 1 10 100] [--scikeras-most 10]

prints, in Markdown, the seconds a fit takes in a whole run (cold processes, two workers, an empty cache of programs) and
the peak memory. Beyond `--scikeras-most` fits the seconds of `scikeras` are not measured, since they hardly change.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml
from measure import Measured, measure

MODELS: dict[str, dict[str, Any]] = {
    "Pima, 8-12-1": {"dataset": "pima", "model": {"name": "mlp", "hidden": [12]}},
    "digits, 64-32-10": {"dataset": "digits", "model": {"name": "mlp", "hidden": [32]}},
    "digits, 64-128-10": {"dataset": "digits", "model": {"name": "mlp", "hidden": [128]}},
    "digits, 64-512-10": {"dataset": "digits", "model": {"name": "mlp", "hidden": [512]}},
    "digits, two convolutions": {"dataset": "digits", "model": "conv_net"},
}
PLUGIN = Path(__file__).resolve().parent / "conv_net.py"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--replicas", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--scikeras-most", type=int, default=10)
    given = parser.parse_args()
    print(f"seconds a fit of {given.epochs} epochs in a whole run, and peak MiB\n")
    print("| network | fits | fused | MiB | scikeras | MiB | scikeras / fused |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, what in MODELS.items():
        for replicas in given.replicas:
            fused = run(what, "fused", replicas, given.epochs)
            cells = f"{fused.seconds / replicas:.3f} | {fused.peak_mib:.0f}"
            if replicas <= given.scikeras_most:
                other = run(what, "scikeras", replicas, given.epochs)
                cells += (
                    f" | {other.seconds / replicas:.3f} | {other.peak_mib:.0f} | {other.seconds / fused.seconds:.2f}"
                )
            else:
                cells += " | | | "
            print(f"| {name} | {replicas} | {cells} |", flush=True)


def experiment_for(what: dict[str, Any], engine: str, replicas: int, epochs: int) -> dict[str, Any]:
    """One candidate with so many seeds on one split."""
    return {
        "name": "sizes",
        **what,
        "training": {"epochs": epochs},
        "search": {"space": {"training": {"batch_size": [32]}}},
        "validation": {"method": "shuffle_split", "folds": 1, "seeds": replicas},
        "engine": engine,
        "reporters": ["console"],
    }


def run(what: dict[str, Any], engine: str, replicas: int, epochs: int) -> Measured:
    """A whole run in a new folder, with an empty cache of programs."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["JAX_COMPILATION_CACHE_DIR"] = str(Path(folder) / "cache")
        (Path(folder) / "sizes.yaml").write_text(yaml.safe_dump(experiment_for(what, engine, replicas, epochs)))
        return measure([sys.executable, "-m", "gridloom", "run", "sizes.yaml", "-p", str(PLUGIN)], folder)


if __name__ == "__main__":
    main()
