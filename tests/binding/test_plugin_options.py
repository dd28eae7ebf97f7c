"""Options of plugins: their parameters and annotations become checks, types and messages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from annotated_types import Ge, Gt, Lt, MinLen
from pydantic import AfterValidator

from gridloom.registry.option import REQUIRED, InputFile, Option
from gridloom.registry.option_errors import Finding, shorten
from gridloom.registry.options import Options


def build(
    task: object,
    size: Annotated[int, Ge(1)],
    rates: tuple[Annotated[float, Ge(0), Lt(1)], ...] = (0.5,),
    mode: Literal["fast", "slow"] | None = None,
    folder: Path = Path("here"),
    anything=None,
) -> None:
    """What a plugin's callable looks like; the framework fills the first parameter."""


OPTIONS = Options(build, fixed=1)


def test_options_are_the_parameters_after_those_the_framework_fills():
    assert [option.name for option in OPTIONS] == ["size", "rates", "mode", "folder", "anything"]
    assert [option.is_required for option in OPTIONS] == [True, False, False, False, False]
    assert OPTIONS.known["size"].default is REQUIRED


class Unhashable:
    """A callable that cannot be a key of a dictionary."""

    __hash__ = None

    def __call__(self, draft: object, size: int = 3) -> None:
        """Do nothing."""


def test_any_callable_has_options_and_each_its_own():
    assert [option.name for option in Options(Unhashable(), fixed=1)] == ["size"]
    assert [option.name for option in Options(Unhashable().__call__, fixed=1)] == ["size"]
    one, other = (Options(lambda draft, size=size: size, fixed=1).known["size"].default for size in (1, 2))
    assert (one, other) == (1, 2)
    assert [option.name for option in Options(build, fixed=3)] == ["mode", "folder", "anything"]


def test_valid_options_become_what_the_annotations_say():
    given = {"size": 3, "rates": [0, 0.5], "mode": "slow", "folder": "x", "anything": {"a": [1]}}
    valid, findings = OPTIONS.validate(given, Path())
    assert findings == []
    assert valid == {"size": 3, "rates": (0.0, 0.5), "mode": "slow", "folder": Path("x"), "anything": {"a": [1]}}


def test_every_wrong_option_is_found():
    _, findings = OPTIONS.validate({"rates": [0.5, 1, "x"], "mod": 1, "mode": "medium"}, Path())
    assert findings == [
        Finding(("rates", 1), "should be less than 1, not 1"),
        Finding(("rates", 2), 'should be a number, not "x"'),
        Finding(("mod",), "unknown option 'mod'; did you mean 'mode'?", at_key=True),
        Finding(("mode",), "unknown mode 'medium'; known: fast, slow"),
        Finding((), "option 'size' (whole number >= 1) is missing"),
    ]


def test_resolved_options_are_plain_data_with_all_defaults():
    assert OPTIONS.resolve({"size": 3}) == {
        "size": 3,
        "rates": [0.5],
        "mode": None,
        "folder": "here",
        "anything": None,
    }


@pytest.mark.parametrize(
    ("annotation", "name"),
    [
        (int, "whole number"),
        (float, "number"),
        (str, "text"),
        (bool, "true or false"),
        (Path, "text"),
        (Any, "anything"),
        (dict[str, Any], "mapping"),
        (list[str], "list of text"),
        (tuple[int, ...], "list of whole number"),
        (int | None, "whole number or null"),
        (Literal["a", "b"], "one of a, b"),
        (Literal["a"], "a"),
        (Annotated[int, Ge(1)], "whole number >= 1"),
        (Annotated[float, Gt(0), Lt(1)], "number (0 < x < 1)"),
        (Annotated[int, Gt(0)] | None, "whole number > 0 or null"),
        (Annotated[int | float, Gt(0)] | None, "whole number or number > 0 or null"),
        (Annotated[int, Lt(2**32)], "whole number < 4,294,967,296"),
        (Callable[[], int], "anything"),
    ],
)
def test_a_type_is_described_in_words_of_yaml(annotation, name):
    assert Option("x", annotation, None).type_name == name


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("é", '"é"'),
        ([1, None, True], "[1, null, true]"),
        ("x" * 100, '"' + "x" * 56 + "..."),
        ("x" * 58, f'"{"x" * 58}"'),
    ],
)
def test_a_value_in_a_message_is_json_of_at_most_60_characters(value, text):
    assert shorten(value) == text
    assert len(text) <= 60


def even(number: int) -> int:
    if number % 2:
        raise ValueError("must be even")
    return number


def known(mapping: dict[str, Any]) -> dict[str, Any]:
    raise ValueError("has nothing that I know")


@pytest.mark.parametrize(
    ("annotation", "value", "message"),
    [
        (Annotated[int, AfterValidator(even)], 3, "must be even, not 3"),
        (Annotated[dict[str, Any], AfterValidator(known)], {"a": 1}, "has nothing that I know"),
        (InputFile, "../none.csv", "there is no file here/../none.csv"),
        (InputFile, 3, "should be text, not 3"),
        (list[Literal["a", "b"]], ["a", "bb"], "unknown x 'bb'; did you mean 'b'?"),
        (Literal[1, 2], 3, "should be one of 1 or 2, not 3"),
        (Literal["fast", 2], "fst", "should be one of 'fast' or 2, not \"fst\""),
        (tuple[int, int], [1], "an item is missing"),
        (tuple[int, int], [1, 2, 3], "should have at most 2 items, not 3"),
        (Annotated[list[int], MinLen(1)], [], "should have at least 1 item, not 0"),
        (Annotated[str, MinLen(2)], "a", 'should have at least 2 characters, not "a"'),
    ],
)
def test_a_message_says_what_would_be_right_and_what_it_got_once(annotation, value, message):
    _, (finding,) = Option("x", annotation, None).validate(value, Path("here"))
    assert finding.message == message


class Speed(Enum):
    FAST = "fast"
    SLOW = "slow"


@dataclass
class Size:
    width: int
    height: int = 3


def odd(
    task: object,
    speed: Speed = Speed.FAST,
    size: Size | None = Size(1),  # noqa: B008
    sizes: tuple[Size, ...] = (),
    pattern: re.Pattern[str] = re.compile("a"),
    missing: float = float("nan"),
    sloppy: int = None,  # noqa: RUF013
    sentinel: object = object(),
) -> None:
    """Options whose values are no plain data."""


def test_what_is_resolved_is_read_again_as_the_same_values():
    options = Options(odd, fixed=1)
    given = {"speed": "slow", "size": {"width": 2}, "sizes": [{"width": 1, "height": 2}], "pattern": "b+"}
    valid, findings = options.validate(given, Path())
    assert findings == []
    resolved = json.loads(json.dumps(options.resolve(valid), allow_nan=False))
    assert options.validate(resolved, None) == (valid, [])
    assert resolved == {**given, "size": {"width": 2, "height": 3}}


def test_a_default_that_yaml_cannot_say_is_left_out():
    assert Options(odd, fixed=1).resolve({}) == {
        "speed": "fast",
        "size": {"width": 1, "height": 3},
        "sizes": [],
        "pattern": "a",
    }


@pytest.mark.parametrize(
    ("size", "finding"),
    [
        ({}, Finding(("size",), "'width' is missing")),
        ({"width": 1, "heigth": 2}, Finding(("size", "heigth"), "unknown key 'heigth'", at_key=True)),
        ({"width": "x"}, Finding(("size", "width"), 'should be a whole number, not "x"')),
        (3, Finding(("size",), "should be a mapping, not 3")),
    ],
)
def test_keys_of_a_mapping_are_those_of_its_class(size, finding):
    assert Options(odd, fixed=1).validate({"size": size}, Path())[1] == [finding]


def parsed(text: str) -> object:
    return object() if text == "opaque" else re.compile(text)


def parsing(task: object, text: Annotated[str, AfterValidator(parsed)]) -> None:
    """An option with a check of its own."""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(", r'"\(" cannot be used: \w+: missing \), unterminated subpattern'),
        ("opaque", r"cannot be read again from the run's experiment.yaml \(.*PlainSerializer$"),
    ],
)
def test_whatever_a_check_does_there_is_one_message(text, message):
    _, (finding,) = Options(parsing, fixed=1).validate({"text": text}, Path())
    assert re.match(message, finding.message)


def test_a_number_too_large_for_a_float_is_refused():
    _, (finding,) = Options(documented, fixed=1).validate({"rate": 10**400}, Path())
    assert finding.message == "must be a finite number"


def documented(task, rate: float, units: int = 3, steps: int = 1, mode: str = ""):
    """Make layers of units.

    `rate` is the share that
    is left out, see (1.5); `units` is how many there are: `rate` of them at once. A word more.

    So many steps!
    """


@pytest.mark.parametrize("function", [documented, partial(documented, mode="x")])
def test_what_is_told_of_an_option_are_the_sentences_that_name_it(function):
    options = Options(function, fixed=1)
    assert options.about("units") == "`units` is how many there are: `rate` of them at once."
    assert options.about("rate") == f"`rate` is the share that is left out, see (1.5). {options.about('units')}"
    assert options.about("steps") == "So many steps!"
    assert options.about("mode") == ""


@dataclass
class Settings:
    epochs: int = 1


def test_the_signature_that_a_dataclass_has_for_a_docstring_tells_nothing():
    options = Options(Settings, fixed=0)
    assert (options.documentation, options.about("epochs")) == ("", "")
