"""Scalars: what YAML 1.2 says is a number or a word with a meaning, and what stays text."""

from __future__ import annotations

import pytest

from document.reading import refusal, value_of
from gridloom.experiment.yaml_document import read_text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1e-3", 0.001),
        ("1E+5", 100_000.0),
        ("12e03", 12_000.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("-0.25", -0.25),
        ("1e-400", 0.0),
        ("7", 7),
        ("+7", 7),
        ("-7", -7),
        ("012", 12),
        ("-012", -12),
        ("0777", 777),
        ("00", 0),
        ("0x1F", 31),
        ("9007199254740993", 9007199254740993),
    ],
)
def test_a_number_is_what_yaml_1_2_says(text, number):
    value = value_of(text)
    assert value == number
    assert type(value) is type(number)


WORDS = ["on", "off", "yes", "no", "y", "n", "NO", "tRUE", "nULL", "none", "None", "inf", "nan", "-.nan", "<<", "="]
DATES = ["1:30", "190:20:30", "2020-01-01", "2020-01-01T10:00:00Z", "1.2.3"]
NEARLY_NUMBERS = ["0o14", "0b11", "1_000", "1e", "e5", "+", ".", "0x", "0xG", "-0x1F", "\u0663", "1\u0660", "\uff13"]


@pytest.mark.parametrize("text", [*WORDS, *DATES, *NEARLY_NUMBERS])
def test_a_word_that_other_readers_change_stays_text(text):
    assert value_of(text) == text


@pytest.mark.parametrize("word", ["on", "off", "yes", "no", "y", "n", "1:30", "2020-01-01", "<<", "="])
def test_such_a_word_is_a_key_like_any_other(word):
    assert read_text(f"{word}: 1", "x.yaml").plain() == {word: 1}


MEANINGS = {True: ["true", "True", "TRUE"], False: ["false", "False", "FALSE"], None: ["null", "Null", "NULL", "~", ""]}


@pytest.mark.parametrize(("text", "value"), [(text, value) for value, texts in MEANINGS.items() for text in texts])
def test_only_true_false_and_null_are_words_with_a_meaning(text, value):
    assert value_of(text) is value


@pytest.mark.parametrize("word", ["1", "1e-3", "true", "null", "~", "", ".inf", "0x1F"])
@pytest.mark.parametrize("quote", ["'", '"'])
def test_quotes_make_text_of_anything(word, quote):
    assert value_of(f"{quote}{word}{quote}") == word


@pytest.mark.parametrize("text", [".inf", "-.inf", "+.Inf", ".INF", ".nan", ".NaN", ".NAN"])
def test_infinity_and_nan_are_refused(text):
    assert refusal(f"a: {text}") == (f"x.yaml:1:4: {text} is not a finite number; write it in quotes if it is a name")


@pytest.mark.parametrize(
    "text",
    ["1e999", "-1e999", "9" * 5000, "-" + "9" * 5000, "9" * 500 + ".5", "0." + "1" * 5000, "0x" + "f" * 5000],
    ids=["1e999", "-1e999", "digits", "negative-digits", "float", "fraction", "hex"],
)
def test_a_number_beyond_reason_is_refused(text):
    assert refusal(f"a: {text}") == "x.yaml:1:4: this number is too large"
