"""Whatever an experiment file holds, it binds or it is refused with located problems; nothing else ever happens."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from schema.agreement import check_agreement

from gridloom.errors import InvalidInput, Problem
from gridloom.experiment.bind import read_experiment
from gridloom.experiment.yaml_document import read_text

NETWORK = """\
# a network
name: small
description: "Dropout: é, \\u00fc and #"
dataset: {name: iris, sample: 0.5}
model: {name: mlp, hidden: [12, 5], activation: relu, max_norm: 3}
training: {epochs: 10, batch_size: 8, optimizer: {name: sgd, momentum: 0.9}}
search:
  strategy: grid
  space:
    dropout:
      dropout_rate: [0.0, 0.5]
      weight_constraint: default
    neurons: {neurons: {low: 1, high: 9, step: 4}}
    training:
      learning_rate: {low: 1e-3, high: 0.1, count: 3, scale: log}
validation:
  method: kfold
  folds: 3
  shuffle: true
  seeds: 2
  nested: {folds: 4}
scoring: accuracy
seed: 7
engine: {name: scikeras, threads: 1}
published: {file: scores.csv, experiment: small}
reporters: [console, {name: csv, filename: table.csv}]
"""
ESTIMATOR = """\
dataset: breast_cancer
model:
  name: random_forest
search:
  strategy:
    name: grid
  space:
    model:
      trees:
      - 10
      - 20
      max_depth: [1, null]
validation: stratified_kfold
"""
BASES = (NETWORK, ESTIMATOR)

QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large]


def examples(number: int) -> settings:
    """Settings for this many examples: the same ones in every run, so that CI is stable."""
    return settings(max_examples=number, derandomize=True, database=None, suppress_health_check=QUIET)


Bind = Callable[[str | bytes], tuple[Problem, ...]]


@pytest.fixture(scope="module")
def bind(registry, tmp_path_factory) -> Bind:
    """Bind the experiment of a file with this content; returns its problems, each checked to have a place in it."""
    file = tmp_path_factory.mktemp("bad") / "x.yaml"
    file.with_name("scores.csv").write_text('experiment,parameters,score\nsmall,"{""neurons"": 1}",0.5\n')

    def bind(content: str | bytes) -> tuple[Problem, ...]:
        data = content if isinstance(content, bytes) else content.encode()
        file.write_bytes(data)
        try:
            experiment = read_experiment(file, registry)
        except InvalidInput as error:
            problems = error.problems
        else:
            assert experiment.first_wave()
            check_agreement(data.decode(), [])
            return ()
        if not isinstance(content, bytes):
            check_agreement(content, problems)
        lines = re.split("\r\n|[\n\r\x85\u2028\u2029]", data.decode(errors="replace"))
        for problem in problems:
            place = problem.location
            assert place.source == str(file)
            assert 1 <= place.line <= len(lines)
            assert place.column >= 1
            assert problem.message.strip()
            assert str(problem).startswith(f"{file}:{place.line}:{place.column}: ")
        assert problems
        assert [*problems] == sorted(problems, key=lambda problem: problem.location)
        return problems

    return bind


@pytest.mark.parametrize("text", BASES)
def test_the_experiments_that_are_made_worse_below_are_valid(bind, text):
    assert bind(text) == ()


# --- values of any kind ---------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    ["", "auto", "default", "mlp", "grid", "iris", "csv", "kfold", "neurons", "builtin-models:mlp", ":", "~", "on"]
)
NUMBERS = st.sampled_from(
    [0, 1, -1, 2, 2**32, 10**15, 10**308, int("9" * 399), -0.0, 0.5, 1e-300, 1e308]
) | st.integers(-5, 10**6)
SCALARS = st.none() | st.booleans() | NUMBERS | st.floats(allow_nan=False, allow_infinity=False) | WORDS | st.text()
KEYS = st.sampled_from(["name", "low", "high", "step", "method", "sample", "model", "str", "0"]) | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=8
)


def paths_of(value: Any) -> list[tuple[str | int, ...]]:
    """The paths of keys and indexes to everything inside a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for key, inner in items for path in [(key,), *((key, *rest) for rest in paths_of(inner))]]


def put(content: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """A copy of plain data with another value at a path."""
    content = deepcopy(content)
    inner = content
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return content


def as_json(content: Any) -> str:
    """Plain data as YAML in which all text stands in quotes."""
    return json.dumps(content, indent=1)


def as_yaml(content: Any) -> str:
    """Plain data as YAML of an older writer, in blocks."""
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True)


@st.composite
def with_any_value(draw: st.DrawFn) -> str:
    """A valid experiment with a value of any type at any place."""
    content = yaml.safe_load(draw(st.sampled_from(BASES)).replace("1e-3", "0.001"))
    path = draw(st.sampled_from(paths_of(content)))
    if isinstance(path[-1], str) and draw(st.booleans()):
        path = (*path[:-1], draw(KEYS))
    return draw(st.sampled_from([as_json, as_yaml]))(put(content, path, draw(VALUES)))


def test_a_value_of_any_type_at_any_place_binds_or_is_refused(bind):
    bad = 0

    @examples(200)
    @given(with_any_value())
    @example(NETWORK.replace("high: 9", "high: 1000000000000000").replace(", step: 4", ""))
    @example(NETWORK.replace("high: 9", f"high: {'9' * 399}"))
    @example(NETWORK.replace("method: kfold", "method: [kfold]"))
    @example(NETWORK.replace("method: kfold", "method: {name: kfold}"))
    @example(NETWORK.replace("seed: 7", f"seed: 0x{'f' * 5000}"))
    @example(NETWORK.replace("{name: iris, sample: 0.5}", f"{{name: csv, target: y, path: {'a' * 5000}}}"))
    @example(NETWORK.replace("{name: iris, sample: 0.5}", '{name: csv, target: y, path: "\\0"}'))
    def check(text: str) -> None:
        nonlocal bad
        bad += bool(bind(text))

    check()
    assert bad >= 150


# --- values that are surely wrong -----------------------------------------------------------------------------------

TEXT = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=20)
NO_NAME = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-1, 1) | st.lists(st.integers(), max_size=2)
UNKNOWN = NO_NAME | TEXT.filter(lambda text: not re.fullmatch(r"[a-z:_-]*", text))
NO_MAPPING = NO_NAME | TEXT
BELOW_ONE = NO_NAME.filter(lambda value: isinstance(value, bool) or not isinstance(value, int) or value < 1) | TEXT
WRONG: dict[tuple[str | int, ...], st.SearchStrategy[Any]] = {
    ("name",): st.booleans() | st.integers(-5, 5) | st.just("") | st.just("a b") | st.lists(TEXT, max_size=2),
    ("dataset",): UNKNOWN,
    ("dataset", "name"): TEXT.filter(lambda text: not re.fullmatch(r"[a-z:_-]*", text)),
    ("dataset", "sample"): st.floats(1.001, 5) | st.integers(-5, 0) | TEXT | st.none() | st.booleans(),
    ("model",): UNKNOWN,
    ("model", "hidden", 1): BELOW_ONE,
    ("training", "epochs"): BELOW_ONE,
    ("search",): NO_MAPPING,
    ("search", "strategy"): UNKNOWN,
    ("search", "space"): NO_MAPPING,
    ("search", "space", "dropout", "dropout_rate"): st.booleans() | st.floats(-1, 1) | st.just([]) | st.none(),
    ("search", "space", "dropout", "dropout_rate", 0): st.integers(1, 5) | st.floats(-5, -0.01) | TEXT | st.booleans(),
    ("search", "space", "neurons", "neurons", "high"): TEXT | st.none() | st.booleans() | st.lists(TEXT, max_size=2),
    ("validation", "folds"): BELOW_ONE,
    ("validation", "nested"): NO_MAPPING.filter(lambda value: value is not None),
    ("validation", "nested", "folds"): BELOW_ONE,
    ("scoring",): st.booleans() | st.integers(-5, 5) | TEXT.filter(lambda text: not re.fullmatch(r"[a-z0-9_]*", text)),
    ("seed",): st.floats(0.1, 0.9) | st.integers(-5, -1) | st.integers(2**32, 2**70) | TEXT | st.none() | st.booleans(),
    ("published",): UNKNOWN.filter(lambda value: value is not None),
    ("published", "file"): UNKNOWN,
    ("published", "experiment"): UNKNOWN.filter(lambda value: value is not None),
    ("reporters", 0): UNKNOWN,
    ("reporters", 1, "filename"): st.booleans() | st.integers(-5, 5) | st.none() | st.lists(TEXT, max_size=2),
}
MAPPINGS = [(), ("dataset",), ("model",), ("training",), ("search",), ("search", "space"), ("validation",), ("engine",)]
MAPPINGS += [("validation", "nested"), ("published",)]
MAPPINGS += [("search", "space", "dropout"), ("search", "space", "training", "learning_rate")]


@st.composite
def with_a_wrong_value(draw: st.DrawFn) -> tuple[str, str]:
    """A valid experiment made wrong at one place, and the line and column of that place."""
    content = yaml.safe_load(NETWORK.replace("1e-3", "0.001"))
    path = draw(st.sampled_from([*WRONG]))
    text = as_json(put(content, path, draw(WRONG[path])))
    return text, str(read_text(text, "place").locate(path))


@st.composite
def with_an_unknown_key(draw: st.DrawFn) -> tuple[str, str]:
    """A valid experiment with a key that nothing knows, and the line and column of that key."""
    content = yaml.safe_load(NETWORK.replace("1e-3", "0.001"))
    path = (*draw(st.sampled_from(MAPPINGS)), draw(TEXT.filter(lambda text: not re.fullmatch(r"[a-z:_-]+", text))))
    text = as_json(put(content, path, draw(NO_MAPPING)))
    return text, str(read_text(text, "place").locate(path, at_key=True))


@examples(150)
@given(with_a_wrong_value() | with_an_unknown_key())
def test_a_value_that_is_surely_wrong_is_refused_where_it_stands(bind, case):
    text, place = case
    problems = bind(text)
    assert {f"place:{problem.location.line}:{problem.location.column}" for problem in problems} == {place}


# --- text of any kind -----------------------------------------------------------------------------------------------

TOKENS = ["a: ", "- ", "? ", ": ", "[", "]", "{", "}", ",", "&x ", "*x", "!t ", "!!str ", "|", ">", "'", '"', "#", "\\"]
TOKENS += ["\n", "  ", "\t", "\r\n", "\x85", "%YAML 1.2\n", "---\n", "...\n", "<<: ", "0x", "1e9", ".inf", "null", "="]
TOKENS += [
    '"\\U00110000"',
    '"\\ud800"',
    "\x00",
    "\ufeff",
    "\u2028",
    "é",
    "😀",
    "name: x\n",
    "dataset: iris\n",
    "model:",
]


def cut(text: str, places: list[int]) -> tuple[str, str, str]:
    """The text before, between and behind two places."""
    first, last = sorted(place % (len(text) + 1) for place in places)
    return text[:first], text[first:last], text[last:]


@st.composite
def with_changed_lines(draw: st.DrawFn) -> str:
    """A valid experiment with lines deleted, doubled, moved or indented, and text deleted, doubled or put in."""
    text = draw(st.sampled_from(BASES))
    for _ in range(draw(st.integers(1, 3))):
        lines = text.splitlines(keepends=True) or [""]
        line = draw(st.integers(0, len(lines) - 1))
        before, inner, behind = cut(text, draw(st.lists(st.integers(0, 1000), min_size=2, max_size=2)))
        token = draw(st.sampled_from(TOKENS) | st.text(max_size=3))
        texts = {
            "delete line": [*lines[:line], *lines[line + 1 :]],
            "double line": [*lines[: line + 1], *lines[line:]],
            "move line": [*lines[:line], *lines[line + 1 :], lines[line]],
            "indent line": [*lines[:line], " " * draw(st.integers(1, 4)), *lines[line:]],
            "dedent line": [*lines[:line], lines[line].lstrip(" "), *lines[line + 1 :]],
            "delete": [before, behind],
            "double": [before, inner, inner, behind],
            "put in": [before, token, inner, behind],
            "change": [before, token, behind],
            "end early": [before],
        }
        text = "".join(texts[draw(st.sampled_from([*texts]))])
    return text


def test_a_text_with_changed_lines_binds_or_is_refused(bind):
    bad = 0

    @examples(250)
    @given(with_changed_lines())
    @example(NETWORK.replace("\\u00fc", "\\U00110000"))
    @example(NETWORK.replace("\\u00fc", "\\UFFFFFFFF"))
    @example(NETWORK + "---\n")
    def check(text: str) -> None:
        nonlocal bad
        bad += bool(bind(text))

    check()
    assert bad >= 150


@examples(200)
@given(st.lists(st.sampled_from(TOKENS) | st.text(max_size=4), max_size=25).map("".join))
def test_a_heap_of_tokens_is_refused(bind, text):
    assert bind(text)


@examples(100)
@given(st.text())
def test_any_text_is_refused(bind, text):
    assert bind(text)


@examples(100)
@given(st.binary())
@example(b"\xef\xbb\xbf" + NETWORK.encode("latin-1", errors="replace"))
@example(NETWORK.encode("utf-16"))
def test_any_bytes_are_refused(bind, content):
    assert bind(content)


@examples(100)
@given(st.sampled_from(BASES), st.integers(0, 1000), st.binary(min_size=1, max_size=4), st.booleans())
def test_bytes_put_into_an_experiment_bind_or_are_refused(bind, text, place, added, over):
    data = text.encode()
    start = place % (len(data) + 1)
    bind(data[:start] + added + data[start + (len(added) if over else 0) :])


@examples(100)
@given(st.sampled_from(BASES), st.integers(0, 1000))
def test_a_byte_that_is_no_utf_8_is_refused_where_it_stands(bind, text, place):
    data = text.encode()
    start = place % (len(data) + 1)
    before = data[:start].decode(errors="ignore")
    (problem,) = bind(before.encode() + b"\xff" + data[len(before.encode()) :])
    assert problem.message == "this is not UTF-8 text; save the file as UTF-8"
    assert (problem.location.line, problem.location.column) == (
        before.count("\n") + 1,
        len(before) - before.rfind("\n"),
    )
