"""Places: every value and key knows its line and column, also after another value was put over it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gridloom.errors import InvalidInput, Location
from gridloom.experiment.yaml_document import Node, read_bytes, read_text

# --- places ---------------------------------------------------------------------------------------------------------

DOCUMENT = """\
name: x
space:
  - 1
  - rate: 0.5  # a comment
model: {hidden: [12, "b"], text: "two

    lines" , é😀: last}
empty:
"""


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ((), "1:1", "1:1"),
        (("name",), "1:7", "1:1"),
        (("space",), "3:3", "2:1"),
        (("space", 0), "3:5", "3:3"),
        (("space", 1, "rate"), "4:11", "4:5"),
        (("model",), "5:8", "5:1"),
        (("model", "hidden", 1), "5:22", "5:17"),
        (("model", "é😀"), "7:18", "7:14"),
        (("empty",), "8:7", "8:1"),
    ],
)
def test_every_value_and_key_knows_its_line_and_column(path, value, key):
    node = read_text(DOCUMENT, "x.yaml")
    assert str(node.locate(path)) == f"x.yaml:{value}"
    assert str(node.locate(path, at_key=True)) == f"x.yaml:{key}"


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("nothing",), "1:1"),
        (("space", 5), "3:3"),
        (("space", "rate"), "3:3"),
        (("name", "deeper"), "1:7"),
        (("model", "hidden", 0, "deeper", 3), "5:18"),
    ],
)
def test_a_path_that_leads_nowhere_is_located_at_the_nearest_value_around_it(path, place):
    assert str(read_text(DOCUMENT, "x.yaml").locate(path)) == f"x.yaml:{place}"


def test_windows_line_ends_do_not_shift_lines():
    assert read_bytes(b"a: 1\r\nb:\r\n  c: 2\r\n", "x.yaml").locate(("b", "c")) == Location("x.yaml", 3, 6)


def test_json_is_read_as_what_it_is():
    content = {"name": "x", "rates": [0.1, 1e-7, 5], "deep": {"none": None, "yes": True, "text": 'no\n"é"\''}}
    assert read_text(json.dumps(content, indent=2), "x.yaml").plain() == content


# --- replacing ------------------------------------------------------------------------------------------------------


def replaced(text: str, path: str, value: Any) -> Node:
    """The document with one value put over it, as `--set` does."""
    return read_text(text, "x.yaml").replaced(path.split("."), Node(value, Location("--set")))


@pytest.mark.parametrize(
    ("text", "path", "result"),
    [
        ("seed: 1\nname: x", "seed", {"seed": 3, "name": "x"}),
        ("name: x", "seed", {"name": "x", "seed": 3}),
        ("a: {b: {c: 1, d: 2}}", "a.b.c", {"a": {"b": {"c": 3, "d": 2}}}),
        ("name: x", "a.b.c", {"name": "x", "a": {"b": {"c": 3}}}),
        ("a:", "a.b", {"a": {"b": 3}}),
        ("a: {b: [1, 2]}", "a.b", {"a": {"b": 3}}),
        ("model: mlp", "model.hidden", {"model": {"name": "mlp", "hidden": 3}}),
        ("model: {name: mlp}", "model.name", {"model": {"name": 3}}),
    ],
)
def test_a_value_is_replaced_or_added_and_the_rest_stays(text, path, result):
    before = read_text(text, "x.yaml")
    node = before.replaced(path.split("."), Node(3, Location("--set")))
    assert node.plain() == result
    assert list(node.plain()) == list(result)
    assert before.plain() == read_text(text, "x.yaml").plain()


def test_a_replaced_value_is_located_where_it_comes_from_and_its_neighbours_where_they_stood():
    node = replaced("model: mlp\nseed: 1", "model.hidden", 3)
    assert str(node.locate(("model", "hidden"))) == "--set"
    assert str(node.locate(("model", "hidden"), at_key=True)) == "--set"
    assert str(node.locate(("model", "name"))) == "x.yaml:1:8"
    assert str(node.locate(("seed",))) == "x.yaml:2:7"


def test_the_key_of_a_replaced_value_stays_where_it_stood():
    node = replaced("name: x\nseed: 1", "seed", 3)
    assert str(node.locate(("seed",))) == "--set"
    assert str(node.locate(("seed",), at_key=True)) == "x.yaml:2:1"


@pytest.mark.parametrize("value", ["[1, 2]", "5", "true", "0.5"])
def test_a_path_through_a_list_or_number_is_refused(value):
    with pytest.raises(InvalidInput) as caught:
        replaced(f"name: x\na: {value}", "a.b", 3)
    assert str(caught.value) == "--set: 'b' cannot be set inside the value at x.yaml:2:4"
