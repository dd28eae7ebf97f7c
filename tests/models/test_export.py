"""What is exported works where there is no Gridloom, and says what the kept model says."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys

import numpy as np
import pytest

import gridloom as public

from .test_predict import ROWS

WITHOUT_GRIDLOOM = """
import runpy, sys

# importing these raises; Keras on JAX would import TensorFlow for nothing
sys.modules |= dict.fromkeys(("gridloom", "gridloom_plugins", "tensorflow"))
for call in sys.argv[1:]:
    path, *arguments = call.split()
    sys.argv = [path, *arguments]
    sys.path.insert(0, path.rpartition("/")[0])
    runpy.run_path(path, run_name="__main__")
"""


def run_alone(*calls):
    """What scripts print, called one after the other in a process in which importing Gridloom raises."""
    environment = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_GRIDLOOM, *map(str, calls)],
        env=environment | {"TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def shares_in(text):
    """The probabilities in what `gridloom predict` prints."""
    rows = csv.DictReader(io.StringIO(text))
    return np.array([[float(row["probability of no"]), float(row["probability of yes"])] for row in rows])


def test_a_script_trains_the_same_estimator(kept, gridloom, tmp_path):
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
    table = [trained.transform(np.array([[31.5, "Rome", True, 11356.0, "good late"]], dtype=object))]
    np.testing.assert_allclose(
        model.predict_proba(table[0].to_numpy()), trained.model.predict_proba(table[0].to_numpy())
    )


NETWORK = {
    "model": {"name": "mlp", "hidden": [4], "dropout": 0.1, "max_norm": 3},
    "training": {"epochs": 3, "optimizer": {"name": "sgd", "momentum": 0.5}, "class_weight": "balanced"},
    "search": {"space": {"training": {"learning_rate": [0.01, 0.1]}}},
    "validation": {"folds": 2},
}


FRESH = """
from gridloom.cli.commands import app

for command in ("export small --format keras", "export small --format script -p mixed.py", "predict small new.csv"):
    app(command.split(), standalone_mode=False)
"""


@pytest.mark.slow
def test_a_network_predicts_the_same_without_gridloom_and_is_trained_by_its_script(kept, gridloom, tmp_path):
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
    found = np.array([[float(number) for number in line.split()[1:]] for line in lines])
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert [line.split()[0] for line in lines] == [("no", "yes")[row.argmax()] for row in expected]
    text = (tmp_path / "small-script" / "train.py").read_text("utf-8")
    assert "keras.layers.Dense(4, activation='relu', kernel_constraint=keras.constraints.MaxNorm(max_value=3))" in text
    assert "keras.layers.Dropout(0.1)" in text
    assert "optimizer=keras.optimizers.SGD(" in text
    assert "momentum=0.5" in text
    assert "by_class = np.array([" in text
    assert "trained on 90 rows" in trained
    assert (tmp_path / "small-script" / "trained" / "model.keras").is_file()


def test_what_cannot_be_exported_is_refused(finished, gridloom, tmp_path):
    finished(refit=True)
    (tmp_path / "there").mkdir()
    for arguments, said in [
        (("--format", "keras"), "model.skops is no Keras model; 'gridloom export --format script' writes code"),
        (("--format", "script", "-o", "there"), "there is there already; name another place with -o, or move it away"),
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
    with pytest.raises(public.GridloomError, match="no code can be written for a parameter that is a Generator"):
        public.estimator_code(LogisticRegression(random_state=np.random.default_rng(0)))
