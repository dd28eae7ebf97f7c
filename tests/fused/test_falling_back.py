"""What the engine `fused` cannot train goes to `scikeras` with `engine: auto`, with the reason, for good."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from functools import cache
from types import SimpleNamespace

import pytest
import yaml
from command_line import run_here

pytestmark = pytest.mark.slow

PLUGIN = '''
"""Builders that need TensorFlow, or that no engine trains."""

import gridloom
from gridloom import ModelBuilder


def stack(task, *layers):
    import keras

    return keras.Sequential([keras.Input(task.input_shape), *layers, keras.layers.Dense(1, "sigmoid")])


def imports(task, units: int = 3):
    import tensorflow as tf
    import keras

    assert tf.constant(1) == 1
    return stack(task, keras.layers.Dense(units))


def calls(task, units: int = 3):
    import keras

    def positive(x):
        import tensorflow as tf

        return tf.nn.relu(x)

    return stack(task, keras.layers.Dense(units), keras.layers.Lambda(positive, output_shape=(units,)))


def declared(task, units: int = 3):
    import keras

    return stack(task, keras.layers.Dense(units))


def two_outputs(task, units: int = 3):
    import keras

    start = keras.Input(task.input_shape)
    hidden = keras.layers.Dense(units)(start)
    return keras.Model(start, [keras.layers.Dense(1)(hidden), keras.layers.Dense(1)(hidden)])


def plain(task, units: int = 3, activation: str = "relu"):
    import keras

    return stack(task, keras.layers.Dense(units, activation))


def raises(task, units: int = 3):
    if units == 2:
        raise KeyError("two")
    return declared(task, units)


def apply_starts(draft, start: str):
    for layer in draft.hidden:
        layer["kernel_initializer"] = start


def scaled(task, units: int = 3):
    import keras

    layers = keras.layers
    return stack(task, layers.Rescaling(0.1), layers.Normalization(mean=0.2, variance=2.0), layers.Dense(units))


def augmented(task, units: int = 3):
    from keras import layers

    flipped = layers.Reshape((5, 6, 1)), layers.Pipeline([layers.RandomZoom(0.1)]), layers.Flatten()
    return stack(task, *flipped, layers.Dense(units))


@gridloom.hookimpl
def gridloom_model_builders():
    for build in (augmented, imports, calls, two_outputs, plain, raises, scaled):
        yield ModelBuilder(build.__name__, "A builder of the tests.", build)
    yield ModelBuilder("declared", "A builder of the tests.", declared, makes="tensorflow network")


@gridloom.hookimpl
def gridloom_families():
    parameter = gridloom.Parameter("start", gridloom.Choices("zeros", "ones"))
    yield gridloom.Family("starts", "A family of the tests.", apply_starts, (parameter,))
'''

FITS = 4
NEEDS_TENSORFLOW = ("imports", "calls")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("falling")
    (path / "needy.py").write_text(PLUGIN)
    return path


@pytest.fixture(scope="module")
def command(folder):
    """Search two widths of a builder's model; returns what the terminal shows, and `results.json`."""

    def run(builder, engine, *settings):
        content = {
            "name": f"{builder}-{engine}",
            "dataset": {"name": "breast_cancer", "sample": 40},
            "model": builder,
            "training": {"epochs": 1, "batch_size": 16},
            "search": {"space": {"model": {"units": [2, 3]}}},
            "validation": {"method": "kfold", "folds": 2, "shuffle": True},
            "engine": engine,
            "reporters": ["console", "json"],
        }
        content["name"] = next((text[5:] for text in settings if text.startswith("name=")), content["name"])
        file = folder / f"{content['name']}.yaml"
        file.write_text(yaml.safe_dump(content))
        arguments = ["run", file, "-p", "needy.py", "-j", "1", *settings]
        done = run_here(folder, *arguments)
        results = folder / "runs" / content["name"] / "results.json"
        told = json.loads(results.read_text()) if results.exists() else {}
        return SimpleNamespace(code=done.returncode, shown=done.stdout, errors=done.stderr, results=told)

    return run


@pytest.fixture(scope="module")
def first_run(command):
    """What comes of a search with `engine: auto`, which is run once."""
    return cache(lambda builder: command(builder, "auto"))


@pytest.fixture(params=[*NEEDS_TENSORFLOW, "augmented"])
def fallen(request, first_run):
    """A search of a model that needs TensorFlow, run."""
    return first_run(request.param)


@pytest.fixture(scope="module")
def gone_on(first_run, command, folder):
    """Such a search after half of its journal was lost: run again, beside what came of it first."""
    first = first_run("calls")
    file = folder / "runs" / "calls-auto" / "journal.sqlite"
    database = sqlite3.connect(file)
    kept = database.execute("SELECT * FROM fits ORDER BY key LIMIT 2").fetchall()
    with database:
        database.execute("DELETE FROM fits WHERE key NOT IN (SELECT key FROM fits ORDER BY key LIMIT 2)")
    database.close()
    again = command("calls", "auto")
    database = sqlite3.connect(file)
    rows = database.execute("SELECT * FROM fits").fetchall()
    database.close()
    return SimpleNamespace(first=first, again=again, kept=kept, rows=rows)


def test_scikeras_trains_what_needs_tensorflow(fallen):
    assert (fallen.code, fallen.errors) == (0, "")
    assert fallen.results["engine"]["name"] == "scikeras"
    assert [trial["status"] for trial in fallen.results["trials"]] == ["complete"] * 2


def test_the_reason_stands_in_the_console_and_in_the_results(fallen):
    reason = fallen.results["engine"]["reason"]
    assert "fused" in reason
    assert "tensorflow" in reason.lower() or "a layer of its preprocessing fails on JAX: TypeError" in reason
    assert f"engine scikeras ({reason})" in fallen.shown


def test_an_interrupted_run_goes_on_with_scikeras_and_trains_nothing_again(gone_on):
    assert (gone_on.again.code, gone_on.again.errors) == (0, "")
    assert "engine fused" not in gone_on.again.shown
    assert "2 from the journal" in gone_on.again.shown
    assert gone_on.again.results["engine"] == gone_on.first.results["engine"]
    assert set(gone_on.kept) <= set(gone_on.rows)
    assert len(gone_on.rows) == FITS


def test_the_interrupted_run_ends_in_the_same_scores(gone_on):
    first, again = ([trial["mean"] for trial in run.results["trials"]] for run in (gone_on.first, gone_on.again))
    assert first == again


@pytest.mark.parametrize(
    ("builder", "said"), [("imports", "tensorflow"), ("calls", "tensorflow"), ("two_outputs", "2 outputs, not one")]
)
def test_fused_asked_for_by_name_fails_the_fits_with_a_sentence(command, builder, said):
    done = command(builder, "fused")
    assert done.code == 1
    assert "Traceback" not in done.shown + done.errors
    assert done.shown.count("failed with: ") == 1  # the first of them
    assert all(said in fit["error"].lower() for trial in done.results["trials"] for fit in trial["fits"])
    assert done.results["engine"]["name"] == "fused"


def test_a_builder_that_declares_tensorflow_goes_to_scikeras_at_once(command):
    done = command("declared", "auto")
    assert (done.code, done.errors) == (0, "")
    assert "engine fused" not in done.shown
    assert done.results["engine"]["name"] == "scikeras"
    assert "tensorflow network" in done.results["engine"]["reason"]


def test_fused_asked_for_by_name_refuses_a_builder_that_declares_tensorflow(command):
    done = command("declared", "fused")
    assert done.code == 2
    assert "'fused'" in done.errors
    assert "tensorflow network" in done.errors
    assert "Traceback" not in done.errors


def test_layers_that_prepare_features_need_no_tensorflow(command):
    done = command("scaled", "fused")
    assert (done.code, done.errors) == (0, "")
    assert [trial["status"] for trial in done.results["trials"]] == ["complete"] * 2


def test_what_the_experiment_has_misspelt_fails_its_candidates_and_is_not_blamed_on_the_engine(command):
    activations = 'search.space.model={activation: [rlu, "relu"]}'
    done = command("plain", "auto", "--set", activations, "--set", "search.space.starts={start: [unifrm, zeros]}")
    assert (done.code, done.errors) == (0, "")
    assert done.results["engine"]["name"] == "fused"
    errors = [{fit["error"] for fit in trial["fits"]} for trial in done.results["trials"]]
    activation = "ValueError: Could not interpret activation function identifier: rlu"
    start = "ValueError: Keras cannot make this Dense: Could not interpret initializer identifier: unifrm"
    assert errors == [{activation}, {activation}, {start}, {None}]


def test_a_later_candidate_that_fused_cannot_train_takes_the_whole_run_to_scikeras(command):
    optimizers = "search.space={training: {optimizer: [adam, {name: adam, use_ema: true}]}}"
    done = command("plain", "auto", "--set", optimizers, "--set", "name=plain-ema")
    assert (done.code, done.errors) == (0, "")
    assert done.results["engine"]["name"] == "scikeras"
    assert "moving average of the weights" in done.results["engine"]["reason"]
    assert [trial["status"] for trial in done.results["trials"]] == ["complete"] * 2


def test_a_builder_that_raises_fails_its_candidate_and_is_not_asked_again_by_another_engine(command):
    done = command("raises", "auto")
    assert (done.code, done.errors) == (0, "")
    assert done.results["engine"]["name"] == "fused"
    assert [trial["status"] for trial in done.results["trials"]] == ["failed", "complete"]
    assert {fit["error"] for fit in done.results["trials"][0]["fits"]} == {"KeyError: 'two'"}


UNKNOWN_VERSION = """
import keras.src.backend.jax.random as keras_random
from gridloom import CannotTrain
from gridloom_plugins.engines import fused

del keras_random.truncated_normal
try:
    fused._prepare()
except CannotTrain as error:
    print(error)
"""


def test_a_keras_whose_private_parts_have_changed_is_for_another_engine(environments):
    done = subprocess.run(
        [sys.executable, "-c", UNKNOWN_VERSION], env=environments["jax"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("it does not support this version of Keras or JAX: ")
