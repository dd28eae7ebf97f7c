"""What is found in a hypermodel: what each hyperparameter may be, when it is there, and its default."""

from __future__ import annotations

import pytest
from sklearn.linear_model import LogisticRegression

import gridloom
from from_keras_tuner.hypermodels import HYPERMODELS
from gridloom import Choices, InvalidInput, Range, When


def space_of(ask):
    """The domains of what a function asks for; `ask` gets hp."""

    def build(hp):
        ask(hp)
        return LogisticRegression()

    return gridloom.from_keras_tuner(build).space["model"]


@pytest.mark.parametrize(
    ("ask", "domain"),
    [
        (lambda hp: hp.Choice("x", ["a", "b"]), Choices("a", "b")),
        (lambda hp: hp.Int("x", 1, 5), Range(1, 5)),
        (lambda hp: hp.Int("x", 6, 13, step=3), Range(6, 13, step=3)),
        (lambda hp: hp.Int("x", 8, 512, sampling="log"), Range(8, 512, scale="log")),
        (lambda hp: hp.Int("x", 2, 32, step=2, sampling="log"), Range(2, 32, count=5, scale="log")),
        (lambda hp: hp.Int("x", 2, 31, step=2, sampling="log"), Range(2, 16, count=4, scale="log")),
        (lambda hp: hp.Int("x", 1, 9, step=2, sampling="reverse_log", default=9), Choices(9, 8, 6, 2)),
        (lambda hp: hp.Float("x", 0, 1), Range(0.0, 1.0)),
        (lambda hp: hp.Float("x", 0, 1, step=0.2), Range(0.0, 1.0, step=0.2)),
        (lambda hp: hp.Float("x", 1e-4, 1e-2, sampling="log"), Range(1e-4, 1e-2, scale="log")),
        (lambda hp: hp.Float("x", 0.001, 10, step=10, sampling="log"), Range(0.001, 10.0, count=5, scale="log")),
        (lambda hp: hp.Float("x", 0.5, 0.5), Choices(0.5)),
        (lambda hp: hp.Int("x", 3, 4, step=5), Choices(3)),
        (lambda hp: hp.Boolean("x"), Choices(False, True)),
        (lambda hp: hp.Fixed("x", 7), Choices(7)),
    ],
)
def test_a_hyperparameter_becomes_a_range_or_a_list(ask, domain):
    assert space_of(ask) == {"x": domain}


def test_what_code_asks_for_only_sometimes_has_conditions():
    found = gridloom.from_keras_tuner(HYPERMODELS["loop_of_layers"])
    model = found.space["model"]
    assert [*model] == ["num_layers", "units_0", "activation", "dropout", "lr", "units_1", "units_2"]
    assert model["units_2"] == When(Range(8, 32, step=8), {"num_layers": (3,)})
    assert model["units_1"] == When(Range(8, 32, step=8), {"num_layers": (2, 3)})
    assert not any(isinstance(model[name], When) for name in ("units_0", "activation", "lr"))


def test_scopes_and_parents_become_conditions():
    model = gridloom.from_keras_tuner(HYPERMODELS["parents"]).space["model"]
    assert model["depth"] == When(Range(2, 4), {"shape": ("deep",)})
    assert model["last"] == When(Range(2, 8, step=2), {"depth": (3, 4)})


def test_one_name_in_several_scopes_is_there_in_each():
    def ask(hp):
        hp.Choice("kind", ["a", "b", "c"])
        for kind in ("a", "b"):
            with hp.conditional_scope("kind", [kind]):
                hp.Int("n", 1, 3)

    assert space_of(ask)["n"] == When(Range(1, 3), {"kind": ("a", "b")})


def test_what_takes_two_values_at_once_is_found_by_calls_with_random_values():
    def ask(hp):
        if hp.Boolean("a") and hp.Boolean("b"):
            hp.Int("n", 1, 3)

    assert space_of(ask) == {
        "a": Choices(False, True),
        "b": When(Choices(False, True), {"a": (True,)}),
        "n": When(Range(1, 3), {"b": (True,)}),
    }


def test_what_is_there_with_either_of_two_is_always_there():
    def ask(hp):
        a, b = hp.Boolean("a"), hp.Boolean("b")
        if a or b:
            hp.Int("n", 1, 3)

    assert space_of(ask)["n"] == Range(1, 3)


def test_what_no_call_has_found_is_an_error_where_it_is_asked_for():
    def build(hp):
        rare = [hp.Choice(f"c{i}", [*range(9)]) for i in range(4)]
        if rare == [7, 7, 7, 7]:
            hp.Int("n", 1, 3)
        return LogisticRegression()

    builder = gridloom.from_keras_tuner(build).builder
    with pytest.raises(InvalidInput, match=r"^hp\.Int\('n'\): .* at the beginning of the function: n = hp\.Int\('n', "):
        builder.model_for(None, c0=7, c1=7, c2=7, c3=7)


def test_defaults_are_those_of_the_builder_and_the_candidate_to_begin_with():
    found = gridloom.from_keras_tuner(HYPERMODELS["tuned_optimizer"])
    assert found.first == [{"optimizer": "sgd", "rate": 0.001, "momentum": 0.0, "nesterov": True}]
    assert {option.name: option.default for option in found.builder.options}["optimizer"] == "sgd"
    assert found.builder.model_for(None).optimizer.nesterov


def test_names_are_those_of_parameters():
    assert [*gridloom.from_keras_tuner(HYPERMODELS["recurrent"]).space["model"]] == [
        "cell_type",
        "lambda_",
        "name_",
        "loss",
    ]
    assert "block_0_filters" in gridloom.from_keras_tuner(HYPERMODELS["convolutions"]).space["model"]


def test_estimators_are_known_as_such():
    built = gridloom.from_keras_tuner(lambda hp: LogisticRegression(C=hp.Float("C", 0.1, 1.0)))
    assert (built.builder.makes, built.builder.name) == ("estimator", "build")


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda hp: hp.Float("x", 0.1, 1, sampling="reverse_log"), r"^hp\.Float\('x'\): sampling='reverse_log' without a step"),
        (lambda hp: hp.Choice("x", [1, "a"]), r"^hp\.Choice\('x'\): a Choice needs a list of values of one type"),
        (lambda hp: hp.Choice("x", [1, 1]), r"1 is in this list twice"),
        (lambda hp: hp.Int("x", 1.5, 3), r"^hp\.Int\('x'\): min_value must be a whole number, not 1\.5"),
        (lambda hp: hp.Int("x", 3, 1), r"min_value 3 is greater than max_value 1"),
        (lambda hp: hp.Int("x", 0, 8, sampling="log"), r"needs a min_value above 0"),
        (lambda hp: hp.Int("x", 1, 8, step=1, sampling="log"), r"step must be above 1"),
        (lambda hp: hp.Float("x", 0, 1, step=0.2, default=0.5), r"^hp: 'x': its default is not one of its values"),
        (lambda hp: hp.Int("b", 1, hp.Int("a", 1, 3)), r"'b'.*they may not depend on other hyperparameters"),
        (lambda hp: [hp.Int("x", 1, 2), hp.Int("x", 1, 3)], r"^hp\.Int\('x'\): it has two sets of values"),
        (lambda hp: hp.conditional_scope("x", [1]).__enter__(), r"there is no hyperparameter 'x' before it"),
        (lambda hp: hp.Int("y", 1, 2, parent_name=hp.Choice("x", ["x"]), parent_values="w"), r"'w' is never its value"),
        (lambda hp: hp.space, r"^hp\.space: Gridloom does not have it; it has Choice, Int"),
        (lambda hp: None, r"asks hp for nothing"),
        (lambda hp: [hp.Int("a b", 1, 2), hp.Int("a/b", 1, 2)], r"would both be called 'a_b'; rename one"),
        (lambda hp: 1 / 0, r"^build: the function raises ZeroDivisionError: division by zero with the defaults"),
    ],
)  # fmt: skip
def test_what_has_no_counterpart_is_refused(ask, said):
    with pytest.raises(InvalidInput, match=said):
        space_of(ask)


def test_scopes_that_one_condition_cannot_describe_are_refused():
    def ask(hp):
        hp.Boolean("a"), hp.Boolean("b")
        hp.Int("n", 1, 3, parent_name="a", parent_values=[True])
        hp.Int("n", 1, 3, parent_name="b", parent_values=[True])

    with pytest.raises(InvalidInput, match="in scopes that one condition cannot describe"):
        space_of(ask)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (3, "must be a function"),
        (lambda: None, "must take one argument, hp"),
        (lambda hp: hp.Int("x", 1, 2), "returns int, neither a Keras model nor a scikit-learn estimator"),
        (
            type("Mine", (), {"build": lambda self, hp: None, "fit": lambda self: None})(),
            r"its method fit\(\) is its own",
        ),
        (type("Mine", (), {"build": lambda self, hp: None}), r"this is a class; give an object of it: Mine\(\)"),
        (type("Mine", (), {"build": lambda self, hp: None, "tunable": False})(), "no hyperparameters to search"),
    ],
)
def test_what_is_no_hypermodel_is_refused(given, said):
    with pytest.raises(InvalidInput, match=f"^build: .*{said}"):
        gridloom.from_keras_tuner(given)
