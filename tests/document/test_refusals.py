"""Documents that are refused: what YAML can do and experiments may not, too large, too deep or no YAML."""

from __future__ import annotations

import pytest

from document.reading import refusal
from gridloom.errors import InvalidInput
from gridloom.experiment.yaml_document import MAX_BYTES, MAX_DEPTH, read_file, read_text

# --- what YAML can do and experiments may not -----------------------------------------------------------------------


def test_a_key_that_stands_twice_is_refused_where_it_stands_again():
    text = "seed: 1\nname: x\n'seed': 2\n"
    assert refusal(text) == "x.yaml:3:1: the key 'seed' is repeated here; it is first in line 1"


def test_a_key_that_stands_twice_is_refused_in_a_mapping_on_one_line_too():
    assert refusal("a:\n  b: {c: 1, d: 2, c: 3}") == (
        "x.yaml:2:19: the key 'c' is repeated here; it is first in line 2"
    )


def test_every_key_that_stands_twice_is_told_at_once():
    with pytest.raises(InvalidInput) as caught:
        read_text("a: 1\nb: {c: 1, c: 2}\na: 3", "x.yaml")
    assert str(caught.value).splitlines() == [
        "x.yaml:2:11: the key 'c' is repeated here; it is first in line 2",
        "x.yaml:3:1: the key 'a' is repeated here; it is first in line 1",
    ]


def test_the_same_key_may_stand_in_two_mappings():
    assert read_text("a: {c: 1}\nb: {c: 2}", "x.yaml").plain() == {"a": {"c": 1}, "b": {"c": 2}}


@pytest.mark.parametrize(
    ("text", "place", "name"),
    [
        ("a: &x 1", "1:4", "x"),
        ("a:\n  &key b: 1", "2:3", "key"),
        ("&a [*a]", "1:1", "a"),
        ("- &m {<<: *m}", "1:3", "m"),
    ],
)
def test_anchors_are_refused_even_where_they_make_a_cycle(text, place, name):
    assert refusal(text) == f"x.yaml:{place}: anchors (&{name}) are not supported; write the value out"


def test_aliases_are_refused():
    assert refusal("a: 1\nb: [1, *a]") == "x.yaml:2:8: aliases (*a) are not supported; write the value out"


def test_an_alias_bomb_is_refused_at_its_first_anchor():
    bomb = 'a0: &a0 ["lol", "lol"]\n' + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 30)
    )
    assert refusal(bomb) == "x.yaml:1:5: anchors (&a0) are not supported; write the value out"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: !!str 1", "1:4"),
        ("a: !foo {b: 1}", "1:4"),
        ("a: ! x", "1:4"),
        ("!!map {a: 1}", "1:1"),
        ("a: 1\nb: !!python/object/apply:os.system [x]", "2:4"),
        ("!!str a: 1", "1:1"),
        ("%TAG ! tag:x:\n---\n!x a", "3:1"),
    ],
)
def test_tags_are_refused(text, place):
    message = refusal(text)
    assert message.startswith(f"x.yaml:{place}: tags (")
    assert message.endswith(") are not supported; write the plain value")


@pytest.mark.parametrize(
    ("text", "place", "written"),
    [
        ("1: x", "1:1", "1"),
        ("a: {1.5: x}", "1:5", "1.5"),
        ("a: 1\ntrue: x", "2:1", "true"),
        ("null: x", "1:1", "null"),
        ("0x1F: x", "1:1", "0x1F"),
        ("? ~\n: x", "1:3", "~"),
    ],
)
def test_a_key_that_is_no_text_is_refused(text, place, written):
    assert refusal(text) == f"x.yaml:{place}: a key must be a name; write '{written}' in quotes"


@pytest.mark.parametrize(("text", "place"), [("[a]: 1", "1:1"), ("{a: 1}: 2", "1:1"), ("b: 1\n? [a]\n: 1", "2:3")])
def test_a_key_that_is_a_list_or_mapping_is_refused(text, place):
    assert refusal(text) == f"x.yaml:{place}: a key must be a name, not a list or mapping"


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: 1\n---\nb: 2", 2), ("a: 1\n---\n", 2), ("--- a\n--- b", 2), ("a: 1\n...\n---\nb: 2", 3)],
)
def test_a_second_document_is_refused_where_it_begins(text, line):
    assert refusal(text) == f"x.yaml:{line}:1: a second document begins here; a file may contain only one"


def test_one_document_may_have_its_marks():
    assert read_text("%YAML 1.2\n---\na: on\n...\n", "x.yaml").plain() == {"a": "on"}


@pytest.mark.parametrize("text", ["", "  \n\n", "# only a comment\n", "---\n", "---\n...\n", "\ufeff"])
def test_an_empty_file_is_refused(text):
    assert refusal(text.encode()) == "x.yaml:1:1: the file is empty"


@pytest.mark.parametrize("text", ["null", "~", "--- null"])
def test_a_file_that_says_null_is_not_empty(text):
    assert read_text(text, "x.yaml").plain() is None


# --- size and depth -------------------------------------------------------------------------------------------------


def test_a_file_over_one_mebibyte_is_refused(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(InvalidInput) as caught:
        read_file(path)
    assert str(caught.value) == f"{path}: is larger than 1 MiB, the largest size of an experiment file"


def test_a_file_of_one_mebibyte_is_read(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a: 1\n#".ljust(MAX_BYTES, b"#"))
    assert read_file(path).plain() == {"a": 1}


def test_values_may_be_nested_64_deep():
    assert MAX_DEPTH == 64
    value = read_text("[" * 63 + "1" + "]" * 63, "x.yaml").plain()
    for _ in range(63):
        (value,) = value
    assert value == 1


@pytest.mark.parametrize("depth", [64, 3000, 100_000])
def test_lists_nested_deeper_are_refused_where_it_becomes_too_deep(depth):
    assert refusal("[" * depth + "1" + "]" * depth) == "x.yaml:1:65: this is nested more than 64 levels deep"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("{a: " * 3000 + "1" + "}" * 3000, "1:254"),
        ("- " * 3000 + "a", "1:129"),
        ("? " * 3000 + "a", "1:129"),
        ("".join(" " * depth + "a:\n" for depth in range(1000)), "64:64"),
    ],
    ids=["flow mappings", "block lists", "keys", "block mappings"],
)
def test_every_kind_of_nesting_is_counted(text, place):
    assert refusal(text) == f"x.yaml:{place}: this is nested more than 64 levels deep"


# --- text that is no YAML -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: b: c", "1:5: this is not YAML: unexpected colon: text that contains ': ' needs quotes"),
        ("a:\n  b: 1\n   c: 2", "3:5: this is not YAML: unexpected colon"),
        (
            "a: 1\nb: [1, 2",
            "2:4: this is not YAML: the bracket that opens here is not closed, or a comma is missing in it",
        ),
        ("a: {b: 1\nc: 2", "1:4: this is not YAML: the bracket that opens here is not closed"),
        ("a: [1}", "1:4: this is not YAML: the bracket that opens here is not closed"),
        ("a: 'x", "1:4: this is not YAML: the quote that opens here is not closed"),
        ("a: 1\nb\nc: 2", "2:1: this is not YAML: a colon is missing after this"),
        ("a:\n\t- b", "2:1: this is not YAML: a tab cannot indent or begin a value; use spaces"),
        ('a: "\\q"', "1:6: this is not YAML: found unknown escape character 'q'"),
        ("a: @x", "1:4: this is not YAML: text that begins with '@' needs quotes"),
        ("- a\nb: 1", "2:1: this is not YAML: this line is not indented like the lines it belongs to"),
        ("%YAML 2.0\n---\na: 1", "1:1: this is not YAML: found incompatible YAML document"),
        ("a: 1\n...\nb: 2", "3:1: this is not YAML: expected '<document start>'"),
    ],
)
def test_broken_syntax_is_explained_where_it_breaks(text, message):
    assert refusal(text).startswith(f"x.yaml:{message}")


def test_a_file_that_cannot_be_read_says_why(tmp_path):
    missing = tmp_path / "missing.yaml"
    for path, reason in ((missing, "No such file or directory"), (tmp_path, "Is a directory")):
        with pytest.raises(InvalidInput) as caught:
            read_file(path)
        assert str(caught.value) == f"{path}: cannot be read: {reason}"


def test_a_file_can_go_by_another_name_in_messages(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("a: *b")
    with pytest.raises(InvalidInput, match=r"^the experiment:1:4: aliases"):
        read_file(path, "the experiment")
