"""What becomes of every loss, target and shape of output: by `fused`, `scikeras` and plain Keras, side by side.

    python benchmarks/losses_and_targets.py > docs/losses-and-targets.md

prints a page of documentation. It ends with an error when the engines disagree: one refuses what the other trains, or
they refuse in other words, or their scores, or those of plain Keras, lie further apart than NEAR.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

import gridloom

PLUGIN = Path(__file__).with_name("losses.py")
NEAR = 0.15
EPOCHS = 40
LOSSES = [
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_hinge",
    "circle",
    "cosine_similarity",
    "ctc",
    "dice",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "poisson",
    "sparse_categorical_crossentropy",
    "squared_hinge",
    "tversky",
]
SOME = ["binary_crossentropy", "categorical_crossentropy", "mean_squared_error", "sparse_categorical_crossentropy"]
"""Losses that stand for the others where the output suits no loss."""
SHAPES = {
    "2 classes": {"1": LOSSES, "2": LOSSES, "3": SOME, "4 x 1": SOME},
    "3 classes": {"3": LOSSES, "1": SOME, "2": SOME, "5": SOME, "4 x 3": SOME},
    "a number": {"1": LOSSES, "2": SOME, "4 x 1": SOME},
}
CHANCE = "2 classes, mean_absolute_percentage_error, 1"
"""It divides by targets of zero: scores of the engines are compared, but not with those of plain Keras."""
OWN = [("one_hot_loss", None), ("one_hot_loss", "one_hot"), ("label_loss", "labels")]

HEAD = """# Losses and targets

Which targets a loss gets, and which combinations are refused; `python benchmarks/losses_and_targets.py` makes this page. Keras's own
losses get the targets that they expect: class numbers for `sparse_categorical_crossentropy`, one-hot codes for any other loss of several
outputs, 0 and 1 for a single output for two classes. For a loss of your own on several outputs, set it under `training:`
(`targets: one_hot`, or `targets: labels` for class numbers); for one output there is no choice. Candidates whose output, loss and target
do not match fail, with the same message from both engines.

A cell has the score on test rows (accuracy, or R² for numbers) after {epochs} epochs of one layer that can learn the
data, or the message of the refusal. Plain Keras is `model.fit` on TensorFlow with the targets that a script would use; its low scores
show why the engines refuse such combinations. `mean_absolute_percentage_error` divides by the target, so with a single
output of 0 or 1 its scores are chance, in any column.
"""

PLAIN = """
import json, os, sys

sys.path.insert(0, sys.argv[1])
import keras
import losses
import numpy as np
from sklearn.metrics import r2_score

found = {}
for target, case, labels in json.load(open(sys.argv[2])):
    data = losses.load(target)
    classes = len(data.classes)
    test = np.random.default_rng(0).permutation(len(data.y)) % 3 == 0
    train = ~test
    keras.utils.set_random_seed(1)
    try:
        model = losses.build(data.task, case)
        outputs = model.output_shape[-1]
        y = np.eye(classes)[data.y] if classes and outputs > 1 and not labels else data.y
        model.fit(data.X[train], y[train], epochs=int(sys.argv[3]), batch_size=16, verbose=0)
        p = model.predict(data.X[test], verbose=0)
        p = p.reshape(len(p), -1)
        if not classes:
            score = r2_score(data.y[test], p[:, 0])
        else:
            cut = 0 if "hinge" in case else 0.5
            told = (p[:, 0] > cut).astype(int) if outputs == 1 else p[:, :outputs].argmax(axis=1)
            score = (told == data.y[test]).mean()
        found[f"{target}, {case}"] = float(score) if np.isfinite(score) else "NaN"
    except Exception as error:
        found[f"{target}, {case}"] = f"{type(error).__name__}"
json.dump(found, open(sys.argv[4], "w"))
"""


def main() -> None:
    """Run everything and print the page."""
    with tempfile.TemporaryDirectory() as folder:
        ways = {engine: by_engine(engine, Path(folder)) for engine in ("fused", "scikeras")}
        ways["plain Keras"] = by_keras(Path(folder))
    print(HEAD.format(epochs=EPOCHS))
    bad = []
    for target, shapes in SHAPES.items():
        print(
            f"## {target.capitalize()}\n\n| output | loss | fused | scikeras | plain Keras |\n| --- | --- | --- | --- | --- |"
        )
        cases = [(loss, shape) for shape, losses in shapes.items() for loss in losses]
        if target == "3 classes":
            cases[len(LOSSES) : len(LOSSES)] = [(named(loss, wanted), "3") for loss, wanted in OWN]
        for loss, shape in cases:
            cells = [way[f"{target}, {loss}, {shape}"] for way in ways.values()]
            print(f"| ({shape.replace(' x ', ', ')}) | `{loss}` | {' | '.join(map(shown, cells))} |")
            if not agree(*cells[:2], None if f"{target}, {loss}, {shape}" == CHANCE else cells[2]):
                bad.append(f"{target}, {loss}, {shape}: {cells}")
        print()
    if bad:
        sys.exit("\n".join(["these disagree:", *bad]))


def named(loss: str, wanted: str | None) -> str:
    """The loss with what is said of its targets."""
    return f"{loss}, targets: {wanted}" if wanted else loss


def shown(cell: Any) -> str:
    """A cell of the table."""
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell).removeprefix("ValueError: ")


def agree(fused: Any, scikeras: Any, plain: Any) -> bool:
    """Whether the engines refuse in the same words, or train to scores near each other's and plain Keras's."""
    if isinstance(fused, float) and isinstance(scikeras, float):
        return abs(fused - scikeras) < NEAR and (not isinstance(plain, float) or abs(plain - fused) < NEAR)
    return bool(fused == scikeras)


def by_engine(engine: str, folder: Path) -> dict[str, Any]:
    """Scores, or what each fit failed with, by target and case."""
    found = {}
    for target, shapes in SHAPES.items():
        cases = [f"{loss}, {shape}" for shape, losses in shapes.items() for loss in losses]
        found |= searched(engine, folder, target, cases, None)
    for loss, wanted in OWN:
        (cell,) = searched(engine, folder, "3 classes", [f"{loss}, 3"], wanted).values()
        found[f"3 classes, {named(loss, wanted)}, 3"] = cell
    return found


def searched(engine: str, folder: Path, target: str, cases: list[str], wanted: str | None) -> dict[str, Any]:
    """What came of the cases in one search."""
    experiment = {
        "name": "losses",
        "dataset": {"name": "learnable", "target": target},
        "model": "one_layer",
        "training": {"epochs": EPOCHS, "batch_size": 16, "targets": wanted},
        "search": {"space": {"model": {"case": cases}}},
        "validation": {"method": "shuffle_split", "folds": 1, "test_share": 0.34},
        "engine": engine,
        "reporters": [],
    }
    (folder / "losses.yaml").write_text(yaml.safe_dump(experiment))
    result = gridloom.run(folder / "losses.yaml", out=folder / "runs", plugins=[str(PLUGIN)], fresh=True)
    return {
        f"{target}, {trial.params['case']}": trial.failures[0][1].error if trial.failures else trial.mean
        for trial in result.trials
    }


def by_keras(folder: Path) -> dict[str, Any]:
    """Scores of a script, or the errors that end it, by target and case."""
    cases = [
        (target, f"{loss}, {shape}", loss == "sparse_categorical_crossentropy")
        for target, shapes in SHAPES.items()
        for shape, losses in shapes.items()
        for loss in losses
    ]
    cases += [("3 classes", f"{loss}, 3", loss == "label_loss") for loss in ("one_hot_loss", "label_loss")]
    (folder / "cases.json").write_text(json.dumps(cases))
    (folder / "plain.py").write_text(PLAIN)
    environment = os.environ | {
        "KERAS_BACKEND": "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
    }
    command = [sys.executable, "plain.py", str(PLUGIN.parent), "cases.json", str(EPOCHS), "found.json"]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    found: dict[str, Any] = json.loads((folder / "found.json").read_text())
    return found | {f"3 classes, {named(loss, wanted)}, 3": found[f"3 classes, {loss}, 3"] for loss, wanted in OWN}


if __name__ == "__main__":
    main()
