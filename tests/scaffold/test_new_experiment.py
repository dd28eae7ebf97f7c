"""`gridloom new experiment`: a commented file that `check` accepts, from options or from answers in a terminal."""

from __future__ import annotations

import itertools
import os
import pty
import subprocess
import sys

import pytest

from gridloom.authoring.new_experiment import Wanted, compose, values_to_try
from gridloom.authoring.strategy_lines import WHEN
from gridloom.errors import CannotWrite
from gridloom.registry.option import Option
from gridloom.registry.records import Dataset, Family, ModelBuilder, Strategy


def named(registry, kind):
    """Those of a kind that need no options."""
    return [
        item.record.name
        for item in registry.of_kind(kind)
        if not any(option.is_required for option in item.record.options)
    ]


def test_the_file_is_valid_named_after_what_it_is_about_and_says_what_could_be_said(gridloom, tmp_path):
    done = gridloom("new", "experiment", "--dataset", "iris", "--model", "mlp", "--family", "dropout")
    assert (done.returncode, done.stdout) == (0, "iris-dropout.yaml: gridloom run iris-dropout.yaml\n"), done.stderr
    text = (tmp_path / "iris-dropout.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=gridloom.schema.json\n")
    assert "\n  # activation: relu  # one of celu, elu, " in text
    assert "\n    dropout:\n      dropout_rate: [0.0, 0.1, " in text
    checked = gridloom("check", "iris-dropout.yaml")
    assert checked.returncode == 0, checked.stderr
    assert "  candidates  50 by grid: dropout_rate (10) x weight_constraint (5)\n" in checked.stdout


def test_another_strategy_can_be_given_with_options(gridloom, tmp_path):
    parts = ("new", "experiment", "--dataset", "iris", "--model", "mlp", "--family", "dropout")
    for strategy, line in (
        ("hyperband", "strategy: hyperband"),
        ("{name: random, candidates: 5}", "strategy: {name: random, candidates: 5}"),
    ):
        done = gridloom(*parts, "--strategy", strategy, "--name", "mine", "--out", "mine.yaml")
        assert done.returncode == 0, done.stderr
        assert f"\nsearch:\n  {line}\n" in (tmp_path / "mine.yaml").read_text()
        assert gridloom("check", "mine.yaml").returncode == 0
        (tmp_path / "mine.yaml").unlink()
    done = gridloom(*parts, "--strategy", "hyperbend")
    assert (done.returncode, "did you mean 'hyperband'?" in done.stderr) == (2, True), done.stderr


def test_every_strategy_is_named_with_when_to_choose_it(gridloom, registry, tmp_path):
    gridloom("new", "experiment", "--dataset", "iris", "--model", "mlp", "--name", "mine")
    before, _, _ = (tmp_path / "mine.yaml").read_text().partition("\nsearch:\n")
    _, _, listed = before.partition("# Strategies, and when to choose them:\n")
    names = [line.removeprefix("#   ").partition(":")[0] for line in listed.splitlines()]
    assert names == [*WHEN]
    assert {item.record.name for item in registry.of_kind(Strategy)} == set(WHEN)


def test_rows_are_held_out_for_a_family_that_watches_some(gridloom, tmp_path):
    for family, line in (("dropout", "  # validation: 0.2  #"), ("early_stopping", "  validation: 0.2  #")):
        gridloom("new", "experiment", "--dataset", "iris", "--model", "mlp", "--family", family, "--name", family)
        assert line in (tmp_path / f"{family}.yaml").read_text("utf-8")


def test_every_built_in_data_set_model_and_family_makes_a_valid_experiment(registry, tmp_path):
    for dataset, model in itertools.product(named(registry, Dataset), named(registry, ModelBuilder)):
        for families in [[], named(registry, Family)] if model == "mlp" else [[]]:
            wanted = Wanted({"name": dataset}, {"name": model}, families, "mine")
            assert compose(wanted, registry, tmp_path / "mine.yaml")


def test_every_comment_that_is_taken_in_is_valid_too(registry, tmp_path, gridloom):
    wanted = Wanted({"name": "iris"}, {"name": "mlp"}, ["neurons"], "mine")
    lines = compose(wanted, registry, tmp_path / "mine.yaml").splitlines()
    options = ("  # ", "# scoring", "# description")
    taken = [line.replace("# ", "", 1) if line.startswith(options) else line for line in lines]
    assert taken != lines
    (tmp_path / "mine.yaml").write_text("\n".join(taken))
    done = gridloom("check", "mine.yaml")
    assert done.returncode == 0, done.stderr


def test_things_can_be_given_with_options_and_the_file_and_the_run_can_be_named(gridloom, tmp_path):
    (tmp_path / "mine.csv").write_text("a,b,kind\n1,2,x\n3,4,y\n5,6,x\n")
    (tmp_path / "all").mkdir()
    done = gridloom(
        *("new", "experiment", "--dataset", "{name: csv, path: ../mine.csv, target: kind}"),
        *("--model", "{name: mlp, hidden: [3, 2]}", "--family", "neurons", "--family", "activation"),
        *("--name", "mine", "--out", "all/first.yaml"),
    )
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "all" / "first.yaml").read_text()
    assert "\nname: mine\n" in text
    assert '\ndataset:\n  name: csv\n  path: "../mine.csv"\n  target: kind\n' in text
    assert "\n  hidden: [3, 2]\n" in text
    assert gridloom("check", "all/first.yaml").returncode == 0


ERRORS = {
    "a data set is missing": (
        ["--model", "mlp"],
        "name the data set with --dataset NAME; known: arrays, breast_cancer, csv, ",
    ),
    "a model is missing": (["--dataset", "iris"], "name the model builder with --model NAME; known: logistic"),
    "a data set is misspelt": (
        ["--dataset", "irsi", "--model", "mlp"],
        "unknown data set 'irsi'; did you mean 'iris'?",
    ),
    "a model is misspelt": (
        ["--dataset", "iris", "--model", "mpl"],
        "unknown model builder 'mpl'; did you mean 'mlp'?",
    ),
    "a family is misspelt": (
        ["--dataset", "iris", "--model", "mlp", "--family", "droput"],
        "unknown family 'droput'; did you mean 'dropout'?",
    ),
    "options are missing": (
        ["--dataset", "csv", "--model", "mlp"],
        "data set 'csv' needs path and target: --dataset '{name: csv, path: ..., target: ...}'",
    ),
    "a mapping has no name": (
        ["--dataset", "{path: x}", "--model", "mlp"],
        "--dataset {path: x}: write a name, or {name",
    ),
    "YAML is broken": (["--dataset", "{name: csv", "--model", "mlp"], "--dataset:1:1: this is not YAML"),
    "a file is not there": (
        ["--dataset", "{name: csv, path: x.csv, target: y}", "--model", "mlp"],
        "this experiment would not be valid: there is no file ",
    ),
    "a family does not go with the model": (
        ["--dataset", "iris", "--model", "random_forest", "--family", "dropout"],
        "this experiment would not be valid: family 'dropout' edits networks, but 'random_forest' makes another kind",
    ),
    "the file is there": (
        ["--dataset", "iris", "--model", "mlp", "--out", "there.yaml"],
        "there.yaml already exists; name another file with --out, or another experiment with --name",
    ),
    "the folder is not": (
        ["--dataset", "iris", "--model", "mlp", "--out", "no/where.yaml"],
        "cannot write where.yaml: the folder no does not exist",
    ),
}


@pytest.mark.parametrize(("arguments", "message"), ERRORS.values(), ids=ERRORS)
def test_without_a_terminal_nothing_is_asked_and_what_is_wrong_is_told(arguments, message, gridloom, tmp_path):
    (tmp_path / "there.yaml").write_text("kept: true\n")
    done = gridloom("new", "experiment", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.glob("*.y*ml")] == ["there.yaml"]
    assert (tmp_path / "there.yaml").read_text() == "kept: true\n"


def answer(folder, answers, *arguments):
    """Run the command in a terminal of its own, type answers in, and return what it printed and its exit code."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "gridloom", "new", "experiment", *arguments]
    process = subprocess.Popen(command, cwd=folder, stdin=slave, stdout=slave, stderr=slave, close_fds=True)
    os.close(slave)
    os.write(master, "".join(f"{line}\n" for line in answers).encode())
    printed = b""
    while True:
        try:
            chunk = os.read(master, 10_000)
        except OSError:  # how Linux says that the other end is closed
            break
        if not chunk:
            break
        printed += chunk
    os.close(master)
    return printed.decode().replace("\r\n", "\n"), process.wait(timeout=60)


def test_in_a_terminal_it_asks_for_what_is_missing_again_if_it_is_misspelt(tmp_path):
    (tmp_path / "mine.csv").write_text("a,b,kind\n1,2,x\n3,4,y\n5,6,x\n")
    answers = ["cvs", "csv", "mine.csv", "kind", "mlp", "droput", "dropout, neurons"]
    printed, code = answer(tmp_path, answers, "--name", "asked")
    assert code == 0, printed
    assert "unknown data set 'cvs'; did you mean 'csv'?" in printed
    assert "unknown family 'droput'; did you mean 'dropout'?" in printed
    assert "  path (text): " in printed
    text = (tmp_path / "asked.yaml").read_text()
    assert '\n  path: "mine.csv"\n  target: kind\n' in text
    assert "\n    dropout:\n" in text
    assert "\n    neurons:\n" in text


def test_in_a_terminal_it_asks_nothing_when_all_is_given(tmp_path):
    printed, code = answer(tmp_path, [], "--dataset", "iris", "--model", "random_forest")
    assert code == 0, printed
    assert "Data set" not in printed
    assert (tmp_path / "iris-random_forest.yaml").exists()


@pytest.mark.parametrize(
    ("annotation", "default", "values"),
    [
        (int, 10, [10, 5, 20]),
        (int, 1, [1, 2]),
        (float, 1.0, [1.0, 0.1, 10.0]),
        (bool, True, [True, False]),
        (tuple[int, ...], (12,), [[12], [24], [12, 12]]),
        (str, "a", ["a"]),
        (float | None, None, []),
    ],
)
def test_values_are_guessed_from_the_default_of_an_option(annotation, default, values):
    assert values_to_try(Option("x", annotation, default)) == values


def test_a_model_without_options_takes_a_family(tmp_path):
    from gridloom.testing import make_registry

    (tmp_path / "plain.py").write_text(
        "import gridloom\n\n@gridloom.hookimpl\ndef gridloom_model_builders():\n"
        "    yield gridloom.ModelBuilder('plain', 'Plain.', lambda task: None)\n"
    )
    registry = make_registry(str(tmp_path / "plain.py"))
    wanted = Wanted({"name": "iris"}, {"name": "plain"}, [], "mine")
    with pytest.raises(CannotWrite, match="there is nothing to search: 'plain' has no options"):
        compose(wanted, registry, tmp_path / "mine.yaml")
