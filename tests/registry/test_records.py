"""Records: which names, summaries, functions, parameters and defaults they take and which they refuse."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

import gridloom
from gridloom import Candidate, Choices, Fit, Parameter, Range, Task
from gridloom.core.batches import MAX_BATCH, by_candidate
from gridloom.registry.records import Dataset, Engine, Family, ModelBuilder, Reporter

TASK = Task("binary", (8,), 2)


def good(result, filename: str = "best.txt"):
    """Write the best."""


@pytest.mark.parametrize("name", ["", "my best", "-best", ".best", "a:b", "größe", "best\n", "x" * 65, 3, None])
def test_a_record_refuses_a_name_that_yaml_could_not_write(name):
    with pytest.raises(ValueError, match=r"^reporter name .* must match \[A-Za-z0-9\]"):
        Reporter(name, "The best.", good)


@pytest.mark.parametrize("name", ["a", "7", "weight_init", "x.y-z", "x" * 64])
def test_a_record_takes_a_name_of_letters_digits_and_joints(name):
    assert Reporter(name, "The best.", good).name == name


@pytest.mark.parametrize("summary", ["", " \n", None, "The best.\nAnd more."])
def test_a_record_refuses_a_summary_that_is_not_one_line(summary):
    with pytest.raises(ValueError, match=r"^reporter 'best' needs a summary of one line"):
        Reporter("best", summary, good)


@pytest.mark.parametrize(
    "function",
    [lambda result, filename, /: None, lambda result, *names: None, lambda result, **names: None],
    ids=["positional", "star", "two stars"],
)
def test_a_record_refuses_a_function_whose_options_have_no_names(function):
    with pytest.raises(TypeError, match="the function of reporter 'best' must name each of its parameters"):
        Reporter("best", "The best.", function)


def test_a_record_refuses_a_function_that_does_not_take_what_the_framework_gives_it():
    with pytest.raises(TypeError, match="the function of reporter 'best' must take at least 1 argument"):
        Reporter("best", "The best.", lambda: None)


def test_a_record_refuses_a_function_that_takes_by_name_alone_what_the_framework_gives_by_place():
    with pytest.raises(TypeError, match="the function of reporter 'best'"):
        Reporter("best", "The best.", lambda *, result: None)


def test_a_record_refuses_what_is_no_function():
    with pytest.raises(TypeError, match=r"^reporter 'best' needs a function, not 'best\.txt'$"):
        Reporter("best", "The best.", "best.txt")


def test_a_data_set_may_have_no_options():
    assert list(Dataset("none", "Nothing.", lambda: None).options) == []


def test_a_record_cannot_be_changed():
    record = Reporter("best", "The best.", good)
    with pytest.raises(FrozenInstanceError):
        record.name = "worst"


def test_the_documentation_of_a_record_is_its_functions_docstring_or_the_summary():
    assert Reporter("best", "The best.", good).documentation == "Write the best."
    assert Reporter("best", "The best.", lambda result: None).documentation == "The best."


def apply_two(draft, rate: float, units: int = 3): ...


def parameters(*names: str) -> tuple[Parameter, ...]:
    """Parameters of these names."""
    return tuple(Parameter(name, Choices(1, 2)) for name in names)


@pytest.mark.parametrize(
    "names", [(), ("rate",), ("rate", "unit"), ("rate", "units", "more"), ("rate", "units", "rate")]
)
def test_a_family_refuses_parameters_that_its_apply_function_does_not_take(names):
    message = r"^family 'two' declares the parameters \[.*\], but its apply function takes \['rate', 'units'\]$"
    with pytest.raises(TypeError, match=message):
        Family("two", "Two.", apply_two, parameters(*names))


def test_a_family_without_parameters_is_refused_since_there_is_nothing_to_search():
    with pytest.raises(
        TypeError, match=r"^family 'none' declares the parameters \[\], but its apply function takes \[\]"
    ):
        Family("none", "None.", lambda draft: None, ())


def test_a_family_may_declare_its_parameters_in_any_order():
    family = Family("two", "Two.", apply_two, parameters("units", "rate"))
    assert [option.name for option in family.options] == ["rate", "units"]


@pytest.mark.parametrize("name", ["model", "training"])
def test_a_family_refuses_the_name_of_a_group_that_is_no_family(name):
    with pytest.raises(ValueError, match=f"^a family cannot be named '{name}', which is another group"):
        Family(name, "Two.", apply_two, parameters("rate", "units"))


def tried(default: object) -> Family:
    """A family whose only parameter has this default."""
    return Family("one", "One.", lambda draft, rate: None, (Parameter("rate", default),))


@pytest.mark.parametrize("default", [[1, 2], {"low": 1, "high": 3}, 3, "relu", None])
def test_a_family_refuses_a_default_that_is_no_domain(default):
    with pytest.raises(TypeError, match="rate"):
        tried(default)


class Primes:
    """A domain of a plugin's own."""

    def values(self):
        return (2, 3, 5)

    def at(self, share):
        return 2


@pytest.mark.parametrize("default", [Choices(1), Range(1, 3), Range(0.1, 1.0, scale="log"), Primes()])
def test_a_family_takes_any_domain_for_a_default(default):
    assert tried(default).parameters[0].default is default


def test_an_engine_has_the_training_settings_that_its_callable_names():
    def settings(epochs: int, patience: int = 3): ...

    engine = Engine("e", "An engine.", lambda work: [], trains="network", training=settings)
    assert [option.name for option in engine.training_options] == ["epochs", "patience"]
    assert Engine("e", "An engine.", lambda work: [], trains="network").training_options is None


def test_builders_make_networks_unless_they_say_otherwise():
    assert ModelBuilder("m", "A model.", lambda task: None).makes == "network"


def annotated(what: Task, units: int = 3):
    return what, units


def quoted(what: "gridloom.Task", units: int = 3):  # noqa: UP037
    return what, units


@pytest.mark.parametrize("build", [lambda task, units=3: (task, units), annotated, quoted])
def test_the_first_parameter_of_a_builder_gets_the_task_by_its_name_or_annotation(build):
    builder = ModelBuilder("m", "A model.", build)
    assert [option.name for option in builder.options] == ["units"]
    assert builder.model_for(TASK, units=5) == (TASK, 5)


def test_a_builder_whose_first_parameter_has_a_default_takes_options_alone():
    builder = ModelBuilder("m", "A model.", lambda neurons=12, init_mode="uniform": (neurons, init_mode))
    assert [option.name for option in builder.options] == ["neurons", "init_mode"]
    assert builder.model_for(TASK, neurons=5) == (5, "uniform")
    assert ModelBuilder("m", "A model.", lambda: "a model").model_for(TASK) == "a model"


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (
            lambda neurons, init_mode="uniform": None,
            "gets the task, but in 'm' it is 'neurons'; put a parameter 'task'",
        ),
        (lambda neurons=12, task=None: None, "the builder 'm' has the task among its options; it must be the first"),
    ],
)
def test_a_builder_that_has_something_else_in_the_place_of_the_task_is_refused(build, said):
    with pytest.raises(TypeError, match=said):
        ModelBuilder("m", "A model.", build)


def test_fits_are_cut_into_batches_of_one_candidate_in_their_order():
    fits = [Fit(Candidate({"model": {"C": c}}), 0, fold) for c in (1, 2) for fold in range(MAX_BATCH + 2)]
    batches = by_candidate(fits)
    assert [len(batch) for batch in batches] == [MAX_BATCH, 2] * 2
    assert [fit for batch in batches for fit in batch] == fits
    assert all(len({fit.candidate.key for fit in batch}) == 1 for batch in batches)


@pytest.mark.parametrize("fields", [{"opens": ".csv"}, {"opens": ("csv",)}, {"opens": [".csv"]}, {"propose": "csv"}])
def test_a_data_set_refuses_what_is_no_ending_of_a_name_and_no_function(fields):
    with pytest.raises(TypeError, match=r"^data set 'mine': (opens should be a tuple|propose should be a function)"):
        Dataset("mine", "Mine.", lambda: None, **fields)
