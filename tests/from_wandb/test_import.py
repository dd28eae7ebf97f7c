"""`gridloom import`: experiments from sweep files, and what is refused."""

from __future__ import annotations

import pytest
import yaml

from gridloom.authoring.from_wandb.distributions import tried

SWEEP = """\
program: train.py
project: pima
name: my sweep
method: random
run_cap: 12
metric: {name: val_accuracy, goal: maximize}
parameters:
  lr: {distribution: log_uniform_values, min: 1e-4, max: 1e-1}
  batch_size: {values: [16, 32]}
  epochs: {value: 9}
  dropout_rate: {distribution: q_uniform, min: 0.0, max: 0.4, q: 0.1}
  net:
    parameters:
      activation: {values: [relu, tanh]}
"""

GIVEN = ("--dataset", "pima", "--model", "mlp", "--map", "lr=training.learning_rate")


@pytest.fixture
def imported(tmp_path, gridloom):
    """Import a sweep: the content of the experiment, and what the command printed."""

    def imported(text=SWEEP, *given, fails=False):
        (tmp_path / "sweep.yaml").write_text(text)
        done = gridloom("import", "sweep.yaml", *(given or GIVEN))
        files = [file for file in tmp_path.glob("*.yaml") if file.name != "sweep.yaml"]
        assert (done.returncode, len(files)) == ((2, 0) if fails else (0, 1)), done.stderr
        return done.stderr if fails else (files[0].read_text(), done.stdout)

    return imported


def test_a_sweep_becomes_an_experiment_that_says_the_same(imported, gridloom):
    text, printed = imported()
    assert yaml.safe_load(text) == {
        "name": "my-sweep",
        "dataset": {"name": "pima"},
        "model": {"name": "mlp"},
        "training": {"epochs": 9},
        "search": {
            "strategy": {"name": "random", "candidates": 12},
            "space": {
                "training": {
                    "learning_rate": {"low": 0.0001, "high": 0.1, "scale": "log"},
                    "batch_size": [16, 32],
                },
                "dropout": {"dropout_rate": {"low": 0.0, "high": 0.4, "step": 0.1}},
                "model": {"activation": ["relu", "tanh"]},
            },
        },
        "scoring": "accuracy",
    }
    assert "# lr of the sweep is training.learning_rate here.\n" in text
    assert '# Not used, since the data set and the model take its place: program: "train.py"\n' in text
    assert printed == "my-sweep.yaml: gridloom run my-sweep.yaml\n"
    assert gridloom("check", "my-sweep.yaml").returncode == 0


@pytest.mark.parametrize(
    ("old", "new", "strategy", "stop"),
    [
        ("method: random\nrun_cap: 12", "method: bayes\nrun_cap: 7", {"name": "bayesian", "candidates": 7}, None),
        ("run_cap: 12", "run_cap: 12\nearly_terminate: {type: hyperband, min_iter: 3}", {"name": "halving", "epochs": 3, "factor": 3, "candidates": 12}, None),
        ("run_cap: 12", "run_cap: 12\nearly_terminate: {type: hyperband, max_iter: 8, s: 2, eta: 2}", {"name": "halving", "epochs": 2, "factor": 2, "candidates": 12}, None),
        ("goal: maximize", "goal: maximize, target: 0.9", {"name": "random", "candidates": 12}, {"score": 0.9}),
        ("val_accuracy, goal: maximize", "val/log_loss, target: 0.3", {"name": "random", "candidates": 12}, {"score": -0.3}),
    ],
)  # fmt: skip
def test_methods_are_strategies(old, new, strategy, stop, imported):
    search = yaml.safe_load(imported(SWEEP.replace(old, new))[0])["search"]
    assert (search["strategy"], search.get("stop")) == (strategy, stop)


def test_what_an_experiment_does_otherwise_is_said_in_comments(imported):
    text = SWEEP.replace("goal: maximize", "goal: maximize, impute: best") + "controller: {type: local}\n"
    found, _ = imported(text)
    assert '# Not used, since a candidate that failed does not rank: metric: impute: "best"\n' in found
    assert 'take its place: controller: {"type": "local"}\n' in found


def test_a_grid_ends_at_its_cap(imported):
    text = "method: grid\nrun_cap: 2\nparameters: {C: {values: [0.1, 1.0, 10.0]}}\n"
    found = yaml.safe_load(imported(text, "--dataset", "wine", "--model", "logistic_regression", "--name", "mine")[0])
    assert found["name"] == "mine"
    assert found["search"]["strategy"] == {"name": "grid"}
    assert found["search"]["stop"] == {"trials": 2}


@pytest.mark.parametrize(
    ("given", "values"),
    [
        ({"min": 1, "max": 9}, {"low": 1, "high": 9}),
        ({"min": 0.0, "max": 9}, {"low": 0.0, "high": 9.0}),
        ({"distribution": "int_uniform", "min": 1, "max": 9}, {"low": 1, "high": 9}),
        ({"distribution": "q_uniform", "min": 3, "max": 17, "q": 5}, {"low": 5, "high": 15, "step": 5}),
        ({"distribution": "q_uniform", "min": 1, "max": 3}, {"low": 1, "high": 3, "step": 1}),
        ({"distribution": "log_uniform", "min": 0, "max": 1}, {"low": 1.0, "high": 2.71828182846, "scale": "log"}),
        ({"distribution": "inv_log_uniform_values", "min": 0.1, "max": 1}, {"low": 0.1, "high": 1.0, "scale": "log"}),
        ({"distribution": "inv_log_uniform", "min": 0, "max": 1}, {"low": 0.367879441171, "high": 1.0, "scale": "log"}),
        ({"distribution": "q_log_uniform_values", "min": 8, "max": 64}, {"low": 8, "high": 64, "scale": "log"}),
        ({"distribution": "categorical", "values": ["a", "b"]}, ["a", "b"]),
        ({"values": [1, 2], "probabilities": [0.5, 0.5]}, [1, 2]),
        ({"distribution": "constant", "value": 3}, 3),
        ({"min": 2, "max": 2}, 2),
    ],
)
def test_distributions_are_ranges_and_lists(given, values):
    assert tried(given).values == values


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"distribution": "normal", "mu": 0, "sigma": 1}, "'distribution: normal' has no counterpart"),
        ({"mu": 0, "sigma": 1}, "'distribution: normal' has no counterpart"),
        ({"distribution": "q_log_normal", "mu": 0}, "'distribution: q_log_normal' has no counterpart"),
        ({"distribution": "beta", "a": 1}, "'distribution: beta' has no counterpart"),
        ({"values": [1, 2], "probabilities": [0.1, 0.9]}, "'probabilities' have no counterpart"),
        ({"distribution": "unifrom", "min": 1}, "unknown distribution 'unifrom'"),
        ({"distribution": "uniform", "min": 1}, "needs 'max'"),
        ({"min": 0, "max": 1, "values": [1]}, "has no key 'min'"),
        ({"values": []}, "must be a list of values"),
        ({"distribution": "int_uniform", "min": 0.5, "max": 3}, "must be whole numbers"),
        ({"min": "a", "max": "b"}, "must be numbers"),
        ({"distribution": "log_uniform_values", "min": 0, "max": 1}, "must be above 0"),
        ({"distribution": "log_uniform", "min": 1, "max": 1024}, "exponents of e.*log_uniform_values"),
        ({"distribution": "q_log_uniform", "min": 1, "max": 2}, "q_log_uniform_values"),
        ({"distribution": "q_log_uniform_values", "min": 1, "max": 9, "q": 2}, "only for whole numbers"),
        ({"distribution": "q_uniform", "min": 1, "max": 2, "q": 9}, "a single multiple of q"),
        ({"distribution": "q_uniform", "min": 1, "max": 2, "q": 0}, "must be above 0"),
        ({"min": 5, "max": 3}, "'min' must not be above 'max': 5 is above 3"),
        ({"distribution": "inv_log_uniform", "min": 0.5, "max": 0.1}, "'min' must not be above 'max'"),
    ],
)
def test_what_has_no_counterpart_is_refused(given, said):
    with pytest.raises(ValueError, match=said):
        tried(given)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("run_cap: 12\n", "", "sweep.yaml:4:9: 'method: random' tries candidates without an end; write how many, such as 'run_cap: 50'"),
        ("project: pima", "projet: pima", "sweep.yaml:2:1: unknown key 'projet'; did you mean 'project'?"),
        ("method: random", "method: hyperopt", "sweep.yaml:4:9: unknown method 'hyperopt'; known: grid, random, bayes"),
        ("lr: {distribution: log_uniform_values,", "lr: {distribution: beta,", "lr: 'distribution: beta' has no counterpart"),
        ("  batch_size:", "  batchsize:", "batchsize: neither the model 'mlp' nor its training nor a family has a parameter of this name; say"),
        ("run_cap: 12", "run_cap: 0", "write a whole number, at least 1"),
        ("run_cap: 12", "run_cap: 12\nearly_terminate: {type: envelope, min_iter: 3}", "'type' must be hyperband"),
        ("run_cap: 12", "run_cap: 12\nearly_terminate: {type: hyperband}", "write 'min_iter', or 'max_iter' and 's'"),
        ("run_cap: 12", "run_cap: 12\nearly_terminate: {type: hyperband, min_iter: 3, max: 1}", "unknown key 'max'"),
        ("method: random", "early_terminate: {type: hyperband, min_iter: 3}\nmethod: bayes", "'method: bayes' with 'early_terminate' has no counterpart"),
        ("goal: maximize", "goal: minimize", "names no scorer of Gridloom; say which one it is, such as --scoring accuracy"),
        ("val_accuracy, goal: maximize", "val_auc, goal: minimize", "'goal: minimize' would look for the worst val_auc"),
        ("val_accuracy, goal: maximize", "val_loss", "metric: 'val_loss' with 'goal: minimize' names no scorer"),
        ("dropout_rate", "hidden: {values: [[8], [4]]}\n  x.hidden", "another parameter is already model.hidden"),
        ("goal: maximize", "goal: maximize, impte: best", "unknown key 'impte'; did you mean 'impute'?"),
        ("goal: maximize", "goal: minimise", "'goal' must be minimize or maximize, not 'minimise'"),
        ("method: random", "method: custom\nscheduler: {engine: optuna}", "sweep.yaml:5:1: a scheduler is code of its own"),
        ("project: pima", "metrics: [{name: a}, {name: b}]", "several metrics are several scores here"),
        ("    parameters:\n      activation: {values: [relu, tanh]}", "    activation: {values: [relu, tanh]}", "net: write parameters inside of another one under 'parameters:'"),
        ("run_cap: 12", "run_cap: 12\nearly_terminate: hyperband", "write a mapping of type, min_iter"),
        ("activation: {values: [relu, tanh]}", "activation: {values: [relu, tanch]}", "this experiment would not be valid"),
        ("  lr:", "  rate:", "--map: the sweep has no parameter 'lr'"),
    ],
)  # fmt: skip
def test_what_would_run_wrongly_is_not_written(old, new, said, imported):
    assert old in SWEEP
    assert said in imported(SWEEP.replace(old, new), fails=True)


def test_all_problems_are_reported_at_once(imported):
    text = SWEEP.replace("log_uniform_values", "normal").replace("q_uniform", "beta")
    assert imported(text, fails=True).count("has no counterpart") == 2


def test_a_map_is_said_as_it_should_be(imported, gridloom, tmp_path):
    for text, said in {
        "lr": "write PARAMETER=GROUP.NAME",
        "lr=trainig.learning_rate": "unknown group 'trainig'; did you mean 'training'",
        "lr=training.rate": "'training' has no parameter 'rate'",
    }.items():
        assert said in imported(SWEEP, *GIVEN[:4], "--map", text, fails=True)


def test_a_scorer_may_be_named(imported):
    text, _ = imported(SWEEP.replace("val_accuracy, goal: maximize", "val_loss"), *GIVEN, "--scoring", "neg_log_loss")
    assert yaml.safe_load(text)["scoring"] == "neg_log_loss"


def test_an_experiment_that_is_there_is_not_overwritten(tmp_path, gridloom):
    (tmp_path / "sweep.yaml").write_text(SWEEP)
    (tmp_path / "my-sweep.yaml").write_text("mine")
    assert "my-sweep.yaml already exists" in gridloom("import", "sweep.yaml", *GIVEN).stderr
    assert (tmp_path / "my-sweep.yaml").read_text() == "mine"


def test_other_files_are_no_sweeps(tmp_path, gridloom):
    (tmp_path / "sweep.yaml").write_text("dataset: pima\n")
    done = gridloom("import", "sweep.yaml", *GIVEN)
    assert "this is no sweep of Weights & Biases, which has the keys 'method' and 'parameters'" in done.stderr
