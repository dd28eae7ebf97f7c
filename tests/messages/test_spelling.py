"""How messages spell entries of an experiment, options and values, by how the user said them."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloom.core import spelling
from gridloom.core.spelling import Speech, speaking, spelled, spelled_option, spelled_value
from gridloom.experiment.yaml_document import read_text


def test_the_examples_are_right():
    found = doctest.testmod(spelling)
    assert (found.failed, found.attempted) == (0, 13)


ENTRIES = [
    (
        ("positive", "yes", "dataset"),
        "'positive: \"yes\"' next to the data set's name",
        "'positive': 'yes' next to the data set's name",
        "positive='yes'",
    ),
    (
        ("drop", ["a", "b c"], "dataset"),
        "'drop: [a, b c]' next to the data set's name",
        "'drop': ['a', 'b c'] next to the data set's name",
        "X.drop(columns=['a', 'b c'])",
    ),
    (
        ("validation", 0.2, "training"),
        "'validation: 0.2' under 'training:'",
        "'validation': 0.2 under 'training'",
        "training={'validation': 0.2}",
    ),
    (("refit", True, ""), "'refit: true'", "'refit': True", "refit=True"),
    (("shuffle", False, None), "'shuffle: false'", "'shuffle': False", "'shuffle': False"),
    (
        ("warm_start", "runs/a", "search"),
        "'warm_start: runs/a' under 'search:'",
        "'warm_start': 'runs/a' under 'search'",
        "warm_start='runs/a'",
    ),
    (
        ("trials", 5, "search.stop"),
        "'trials: 5' under 'search: stop:'",
        "'trials': 5 under 'search.stop'",
        "stop={'trials': 5}",
    ),
]


@pytest.mark.parametrize(("entry", "as_yaml", "as_dict", "as_argument"), ENTRIES)
def test_an_entry_is_spelled_as_the_user_writes_it(entry, as_yaml, as_dict, as_argument):
    for speech, right in zip(Speech, [as_yaml, as_yaml, as_dict, as_argument], strict=True):
        with speaking(speech):
            assert spelled(*entry) == right


def test_options_are_those_of_the_command_line_or_of_python():
    assert spelled_option("plugins", ["a.py", "b.py"]) == "-p a.py -p b.py"
    assert spelled_option("keep_models") == "--keep-models"
    with speaking(Speech.ARGUMENTS):
        assert spelled_option("keep_models") == "keep_models=True"
        assert (spelled_value(None), spelled_value("a")) == ("None", "'a'")
    assert (spelled_value(None), spelled_value("a")) == ("null", "a")


PLAIN = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)
VALUES = st.recursive(
    PLAIN | TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)
)


@given(VALUES)
def test_yaml_in_messages_says_the_value(value):
    assert read_text(f"{{key: {spelled_value(value)}}}", "there").plain() == {"key": value}
