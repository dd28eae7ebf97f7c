"""What an editor makes of the schema, by way of the yaml-language-server that VS Code, Neovim and others use."""

from __future__ import annotations

import pytest

from gridloom.authoring.schema import FILE, HEADER, write
from schema.language_server import language_server

SMALL = f"""\
{HEADER}
dataset: iris
model: mlp
search:
  space:
    dropout: default
"""


@pytest.fixture(scope="module")
def server(registry, tmp_path_factory):
    """A language server for a folder with the schema."""
    folder = tmp_path_factory.mktemp("editor")
    write(registry, folder / FILE)
    with language_server(folder) as server:
        yield server


def space(content: str) -> str:
    """The small experiment with something else in its space."""
    return SMALL.replace("dropout: default", content)


def test_a_valid_experiment_has_no_problems(server):
    assert server.problems(SMALL) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SMALL.replace("model:", "modell:"), "Property modell is not allowed."),
        (SMALL.replace("iris", "irsi"), 'Value must be "breast_cancer" | "diabetes" | "digits" | "iris" | "pima" | "wine".'),
        (SMALL.replace("mlp", "{name: mlp, hiden: [3]}"), "Property hiden is not allowed."),
        (space("dropuot: default"), "Property dropuot is not allowed."),
        (space("dropout: {dropout_rate: [0.5, 1.5]}"), "Value is above the exclusive maximum of 1."),
        (space("model: {hiden: [[3]]}"), "Property hiden is not allowed."),
        (SMALL + "training: {epoch: 3}\n", "Property epoch is not allowed."),
        (
            SMALL + "training: {callbacks: [early_stopping]}\n",
            "it monitors held-out rows; write 'validation: 0.2' under 'training:', or monitor a name without 'val_'",
        ),
        (SMALL + "engine: sklearn\n", "it does not train models of the kind 'network'; write auto"),
        (SMALL.replace("iris", "{name: csv, path: x.csv}"), 'Missing property "target".'),
        (SMALL + "validation: {folds: 1}\n", "Value is below the minimum of 2."),
    ],
)  # fmt: skip
def test_a_mistake_is_marked(server, text, said):
    problems = server.problems(text)
    assert said in [problem["message"] for problem in problems]
    assert len(problems) <= 2  # a misspelt key that must be there is missing as well
    line = text.splitlines()[problems[-1]["range"]["start"]["line"]]
    assert line not in SMALL.splitlines()


@pytest.mark.parametrize(
    ("text", "labels", "others"),
    [
        (f"{HEADER}\n►", {"dataset", "model", "search", "seed", "reporters"}, {"dropout"}),
        (SMALL.replace("iris", "►"), {"iris", "pima", "wine"}, {"mlp", "builtin-datasets:iris"}),
        (space("►"), {"dropout", "neurons", "weight_init", "activation", "model", "training", "callbacks"}, {"hidden"}),
        (space("model:\n      ►"), {"hidden", "dropout", "max_norm"}, {"trees"}),
        (space("training:\n      ►"), {"epochs", "learning_rate"}, {"threads"}),
        (space("dropout:\n      ►"), {"dropout_rate", "weight_constraint"}, {"neurons"}),
        (space("activation:\n      activation: [►]"), {"relu", "tanh"}, {"default"}),
        (SMALL.replace("mlp", "\n  name: mlp\n  ►"), {"hidden", "initializer"}, {"trees"}),
        (SMALL + "engine: ►\n", {"auto", "fused", "scikeras"}, {"builtin-engines:fused"}),
        (SMALL + "executor: ►\n", {"loky", "dask"}, {"builtin-executors:loky", "fused"}),
        (SMALL + "training:\n  callbacks:\n    - ►\n", {"early_stopping", "lr_schedule"}, {"dropout"}),
        (SMALL + "training:\n  callbacks:\n    - name: early_stopping\n      ►\n", {"patience", "monitor"}, {"factor"}),
        (SMALL + "training:\n  ►\n", {"epochs", "batch_size", "optimizer", "validation", "callbacks"}, {"hidden"}),
        (SMALL + "validation:\n  method: ►\n", {"kfold", "shuffle_split"}, set()),
        (SMALL + "reporters: [►]\n", {"console", "html", "csv"}, {"iris"}),
    ],
)
def test_what_may_be_written_is_offered(server, text, labels, others):
    offered = server.completions(text)
    assert labels <= offered.keys()
    assert not others & offered.keys()


def test_an_offered_family_comes_with_its_documentation(server):
    offered = server.completions(space("►"))["dropout"]
    assert offered["insertText"] == "dropout: "
    assert offered["documentation"].startswith(
        "Dropout rate and max-norm constraint of the hidden layers.\n\nInsert Dropout"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (space("d►ropout: default"), ["#### family dropout", "Insert Dropout after every hidden layer"]),
        (
            space("dropout: {d►ropout_rate: [0.1]}"),
            ["is the share of a layer's outputs", "number (0 <= x < 1); tries by"],
        ),
        (SMALL.replace("iris", "p►ima"), ["#### data set pima", "768 women"]),
        (SMALL.replace("mlp", "{name: mlp, h►idden: [3]}"), ["list of whole number >= 1; default"]),
        (SMALL.replace("mlp", "{name: m►lp, hidden: [3]}"), ["Multilayer perceptron"]),
        (
            SMALL + "s►eed: 3\n",
            ["determines all random numbers", "whole number (0 <= x < 4,294,967,296); default 0"],
        ),
        (SMALL + "training: {e►pochs: 3}\n", ["whole number (1 <= x <= 1,000,000); default 100"]),
        (SMALL + "engine: s►cikeras\n", ["#### engine scikeras", "Keras on TensorFlow"]),
    ],
)
def test_what_a_word_means_is_shown_over_it(server, text, shown):
    hover = server.hover(text)
    assert [part for part in shown if part not in hover] == [], hover
