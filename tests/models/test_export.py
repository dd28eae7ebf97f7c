"""What is exported works where there is no Gridloom, and says what the kept model says."""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np
import pytest

import gridloom as public
from gridloom_plugins.exports.common import check_same, require
from gridloom_plugins.exports.networks import _code
from gridloom_plugins.networks.code import needs_tensorflow

from .test_predict import ROWS

WITHOUT_GRIDLOOM = """
import importlib.util, runpy, sys

for package in ("gridloom", "gridloom_plugins"):
    assert importlib.util.find_spec(package) is None
sys.modules["tensorflow"] = None  # Keras on JAX would import it for nothing
for call in sys.argv[1:]:
    path, *arguments = call.split()
    sys.argv = [path, *arguments]
    sys.path.insert(0, path.rpartition("/")[0])
    runpy.run_path(path, run_name="__main__")
"""


@pytest.fixture(scope="session")
def packages(tmp_path_factory):
    """A folder with all packages that are installed, but for Gridloom."""
    folder = tmp_path_factory.mktemp("packages")
    for path in {Path(sysconfig.get_path(kind)) for kind in ("purelib", "platlib")}:
        for item in path.iterdir():
            if "gridloom" not in item.name and item.suffix != ".pth":
                (folder / item.name).symlink_to(item)
    return folder


@pytest.fixture
def run_alone(packages):
    """What scripts print, called one after the other in a process that finds all packages but Gridloom."""

    def run(*calls):
        environment = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
        done = subprocess.run(
            [sys.executable, "-S", "-c", WITHOUT_GRIDLOOM, *map(str, calls)],
            env=environment | {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": str(packages)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def shares_in(text):
    """The probabilities in what `gridloom predict` prints."""
    rows = csv.DictReader(io.StringIO(text))
    return np.array([[float(row["probability of no"]), float(row["probability of yes"])] for row in rows])


def printed_shares(lines):
    """The probabilities in what `predict.py` prints."""
    return np.array([[float(number) for number in line.split()[1:]] for line in lines])


def test_a_script_trains_the_same_estimator(kept, gridloom, run_alone, tmp_path):
    run = kept(model={"name": "random_forest", "trees": 5}, search={"space": {"model": {"max_depth": [3, 4]}}})
    done = gridloom("export", "small", "--format", "script", "-p", "mixed.py")
    assert (done.returncode, done.stdout) == (0, "written: small-script\n"), done.stderr
    assert sorted(path.name for path in (tmp_path / "small-script").iterdir()) == [
        "data.csv",
        "dense_tfidf.py",
        "train.py",
    ]
    printed = run_alone(tmp_path / "small-script" / "train.py")
    assert printed.startswith("trained on 90 rows, written into")
    trained = public.load(run)
    model = public.read_skops(tmp_path / "small-script" / "trained" / "model.skops")
    table = trained.transform(np.array([[31.5, "Rome", True, 11356.0, "good late"]], dtype=object)).to_numpy()
    np.testing.assert_allclose(model.predict_proba(table), trained.model.predict_proba(table), atol=1e-6)


def test_an_estimator_predicts_the_same_as_onnx(kept, gridloom, run_alone, tmp_path):
    kept()
    new = tmp_path / "new.csv"
    new.write_text(ROWS)
    done = gridloom("export", "small", "--format", "onnx")
    assert (done.returncode, done.stdout) == (0, "written: small-onnx\n"), done.stderr
    files = ["card.json", "card.md", "dense_tfidf.py", "model.onnx", "predict.py", "preprocessing.skops"]
    assert sorted(path.name for path in (tmp_path / "small-onnx").iterdir()) == files
    lines = run_alone(f"{tmp_path / 'small-onnx' / 'predict.py'} {new}").splitlines()
    table = gridloom("predict", "small", new).stdout
    np.testing.assert_allclose(printed_shares(lines), shares_in(table), atol=1e-6)
    assert [line.split()[0] for line in lines] == [row.partition(",")[0] for row in table.splitlines()[1:]]


def test_logits_become_probabilities_where_an_exported_network_is_used():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 30, (5, 3))
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    one = 1 / (1 + np.exp(-logits[:, :1]))
    for note, outputs, expected in [
        ({"classes": 3, "activation": "softmax"}, logits, shares / shares.sum(axis=1, keepdims=True)),
        ({"classes": 2, "activation": "sigmoid"}, logits[:, :1], np.hstack([1 - one, one])),
        ({"classes": 0, "activation": "linear"}, logits[:, :1], logits[:, 0]),
        ({"classes": 0, "task": "multioutput", "activation": "linear"}, logits, logits),
        ({"classes": 0, "task": "multilabel", "activation": "sigmoid"}, logits, 1 / (1 + np.exp(-logits))),
    ]:
        names = {"np": np}
        exec(_code("", note, "").text, names)
        found = names["predict"]
        names["run"] = lambda model, X, outputs=outputs: outputs.astype("float32")
        np.testing.assert_allclose(found(None, logits), expected, rtol=1e-4, atol=1e-6)


def test_what_an_export_needs_or_gets_wrong_is_said():
    with pytest.raises(public.GridloomError, match=r"onnx needs tf3onnx: pip install 'gridloom\[onnx\]'"):
        require("numpy", "tf3onnx")
    check_same([0.5, 1e-8], [0.5, 0.0], "model.onnx")
    with pytest.raises(public.StopRun, match=r"model\.onnx predicts differently from the kept model"):
        check_same([0.5], [0.5001], "model.onnx")


NETWORK = {
    "model": {"name": "mlp", "hidden": [4], "dropout": 0.1, "max_norm": 3},
    "training": {
        "epochs": 3,
        "optimizer": {"name": "sgd", "momentum": 0.5},
        "class_weight": "balanced",
        "validation": 0.2,
        "callbacks": [{"name": "lr_schedule", "schedule": "step", "every": 1}],
    },
    "search": {"space": {"training": {"learning_rate": [0.01, 0.1]}}},
    "validation": {"folds": 2},
}


FRESH = """
from gridloom.cli.commands import app

for command in ("export small --format keras", "export small --format script -p mixed.py", "predict small new.csv"):
    app(command.split(), standalone_mode=False)
"""


@pytest.mark.parametrize(
    ("variable", "trained_on", "needed"),
    [
        (None, "jax", False),
        (None, "tensorflow", True),
        ("tensorflow", "jax", True),
        ("jax", "tensorflow", False),
    ],
)
def test_tensorflow_is_hidden_from_keras_only_where_it_runs_on_something_else(
    monkeypatch, variable, trained_on, needed
):
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    if variable:
        monkeypatch.setenv("KERAS_BACKEND", variable)
    assert needs_tensorflow({"backend": trained_on}) is needed


@pytest.mark.slow
def test_a_network_predicts_the_same_without_gridloom_and_is_trained_by_its_script(kept, run_alone, tmp_path):
    kept(**NETWORK)
    new = tmp_path / "new.csv"
    new.write_text(ROWS.replace("yes,no\n", "yes,\n"))
    done = subprocess.run([sys.executable, "-c", FRESH], cwd=tmp_path, capture_output=True, text=True, check=True)
    written, _, predicted = done.stdout.partition("prediction,")
    assert written.splitlines() == ["written: small-keras", "written: small-script"]
    expected = shares_in(f"prediction,{predicted}")
    scripts = tmp_path / "small-keras" / "predict.py", tmp_path / "small-script" / "train.py"
    lines, trained = run_alone(f"{scripts[0]} {new}", scripts[1]).split("Epoch 1/3\n")
    lines = lines.splitlines()
    np.testing.assert_allclose(printed_shares(lines), expected, atol=1e-6)
    assert [line.split()[0] for line in lines] == [("no", "yes")[row.argmax()] for row in expected]
    text = (tmp_path / "small-script" / "train.py").read_text("utf-8")
    assert "keras.layers.Dense(4, activation='relu', kernel_constraint=keras.constraints.MaxNorm(max_value=3))" in text
    assert "keras.layers.Dropout(0.1)" in text
    assert re.search(r"optimizer=keras\.optimizers\.SGD\(learning_rate=0\.0?1, ", text)  # as it began, not as it ended
    assert "keras.callbacks.LearningRateScheduler(learning_rate)" in text
    assert "val_loss" in trained
    assert "momentum=0.5" in text
    assert "by_class = np.array([" in text
    assert "trained on 72 rows, validated on 18" in trained
    assert (tmp_path / "small-script" / "trained" / "model.keras").is_file()


def test_what_cannot_be_exported_is_refused(finished, gridloom, tmp_path):
    finished(refit=True)
    (tmp_path / "there").mkdir()
    for arguments, said in [
        (("--format", "keras"), "model.skops is not a Keras model; 'gridloom export --format script' writes code"),
        (("--format", "savedmodel"), "the engine 'sklearn' does not export models as savedmodel; it exports onnx"),
        (("--format", "script", "-o", "there"), "there already exists; name another folder with -o, or move it away"),
    ]:
        done = gridloom("export", "small", *arguments)
        assert done.returncode == 2
        assert said in done.stderr
    assert not list(tmp_path.glob(".export*"))


def test_a_script_is_for_the_data_of_the_model_alone(write, gridloom, tmp_path):
    rows = "\n".join(f"{number},{number % 2}" for number in range(12))
    (tmp_path / "data.csv").write_text(f"x,y\n{rows}\n")
    file = write(dataset={"name": "csv", "path": "data.csv", "target": "y"}, refit=True, reporters=[])
    assert gridloom("run", file).returncode == 0
    (tmp_path / "data.csv").write_text(f"x,y\n{rows}\n13,1\n")
    done = gridloom("export", "small", "--format", "script")
    assert done.returncode == 2
    assert "the data have changed since the model was trained" in done.stderr


def test_a_script_trains_on_the_rows_that_were_not_held_out(finished, gridloom, tmp_path):
    finished(refit=True, test=30)
    done = gridloom("export", "small", "--format", "script")
    assert done.returncode == 0, done.stderr
    assert len((tmp_path / "small-script" / "data.csv").read_text("utf-8").splitlines()) == 1 + 150 - 30


def test_code_of_estimators_has_what_is_not_the_default():
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    code = public.estimator_code(make_pipeline(SimpleImputer(strategy="median"), LogisticRegression(C=np.float64(2))))
    assert code.text == (
        "Pipeline(steps=[('simpleimputer', SimpleImputer(strategy='median')), "
        "('logisticregression', LogisticRegression(C=2.0))])"
    )
    assert "from sklearn.impute import SimpleImputer" in code.imports
    with pytest.raises(public.GridloomError, match="cannot write code for a parameter of type Generator"):
        public.estimator_code(LogisticRegression(random_state=np.random.default_rng(0)))
