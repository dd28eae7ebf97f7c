"""The strict YAML reader: YAML 1.2 scalars, what it refuses, and the line and column of everything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridloom.document import MAX_BYTES, MAX_DEPTH, Node, read_bytes, read_file, read_text, write_text
from gridloom.errors import InvalidInput, Location


def value_of(text: str) -> Any:
    """What a plain scalar means, as the value of a key."""
    return read_text(f"a: {text}", "x.yaml").plain()["a"]


def refusal(text: str | bytes) -> str:
    """The one problem of a document named x.yaml."""
    with pytest.raises(InvalidInput) as caught:
        read_bytes(text, "x.yaml") if isinstance(text, bytes) else read_text(text, "x.yaml")
    assert len(caught.value.problems) == 1
    return str(caught.value)


# --- scalars --------------------------------------------------------------------------------------------------------


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


# --- what YAML can do and experiments may not -----------------------------------------------------------------------


def test_a_key_that_stands_twice_is_refused_where_it_stands_again():
    text = "seed: 1\nname: x\n'seed': 2\n"
    assert refusal(text) == "x.yaml:3:1: the key 'seed' stands here a second time; the first is in line 1"


def test_a_key_that_stands_twice_is_refused_in_a_mapping_on_one_line_too():
    assert refusal("a:\n  b: {c: 1, d: 2, c: 3}") == (
        "x.yaml:2:19: the key 'c' stands here a second time; the first is in line 2"
    )


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
    assert refusal(text) == f"x.yaml:{line}:1: a second document begins here; one file holds one"


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
    assert str(caught.value) == f"{path}: is larger than 1 MiB; an experiment is a page of text"


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
    assert refusal("[" * depth + "1" + "]" * depth) == "x.yaml:1:65: this is nested more than 64 deep"


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
    assert refusal(text) == f"x.yaml:{place}: this is nested more than 64 deep"


# --- characters -----------------------------------------------------------------------------------------------------


def test_a_byte_order_mark_is_no_part_of_the_text():
    node = read_bytes(b"\xef\xbb\xbfname: x", "x.yaml")
    assert node.plain() == {"name": "x"}
    assert node.locate(("name",)) == Location("x.yaml", 1, 7)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"a: 1\nbc: \xe9", "2:5"),
        (b"\xff\xfea\x00:\x00 \x001\x00", "1:1"),
        (b"a: \xed\xa0\x80", "1:4"),
        (b"\xc3\xa9: \xe9", "1:4"),
        (b"a: \xf0\x9f\x98\x80 \xff", "1:6"),
        (b"a: 1\r\n\xff", "2:1"),
        (b"a: \xc3", "1:4"),
        (b"\xef\xbb\xbfa: \xe9", "1:4"),
    ],
    ids=["latin-1", "utf-16", "surrogate", "after-e-acute", "after-emoji", "crlf", "cut", "after-byte-order-mark"],
)
def test_text_that_is_not_utf_8_is_refused_at_the_first_wrong_byte(content, place):
    assert refusal(content) == f"x.yaml:{place}: this is not UTF-8 text; save the file as UTF-8"


@pytest.mark.parametrize(
    ("text", "place", "code"),
    [
        ("a: \x07", "1:4", "0007"),
        ("ok\x00", "1:3", "0000"),
        ("a: 1\nb: \x1b[0m", "2:4", "001B"),
        ("a: \x7f", "1:4", "007F"),
        ("\ufffe", "1:1", "FFFE"),
        ("# é😀\n\na: b\x08", "3:5", "0008"),
    ],
)
def test_a_control_character_is_refused_where_it_stands(text, place, code):
    assert refusal(text.encode()) == f"x.yaml:{place}: the character U+{code} is not allowed"


@pytest.mark.parametrize(
    ("text", "place"),
    [(r'a: "\ud800"', "1:4"), (r'a: [1, "x\udfffy"]', "1:8"), (r'"\udc00": 1', "1:1"), (r'a: "\udc00\ud800"', "1:4")],
)
def test_half_of_a_surrogate_pair_is_refused(text, place):
    assert refusal(text) == f"x.yaml:{place}: this text holds half of a surrogate pair, which is no character"


def test_an_emoji_is_text():
    assert read_bytes('a: 😀\nb: "\\U0001F600"'.encode(), "x.yaml").plain() == {"a": "😀", "b": "😀"}


@pytest.mark.parametrize(
    "text",
    [r'x: "\U00110000"', r'x: "\UFFFFFFFF"', "%YAML 1." + "9" * 5000 + "\n---\nx: 1"],
    ids=["no character", "no number", "version"],
)
def test_an_escape_or_version_out_of_range_is_a_problem_of_its_line(text):
    assert refusal(text).startswith("x.yaml:1:")


# --- text that is no YAML -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: b: c", "1:5: this is not YAML: mapping values are not allowed here"),
        ("a: 1\nb: [1, 2", "2:9: this is not YAML: expected ',' or ']', but got '<stream end>'"),
        ("a: 'x", "1:6: this is not YAML: found unexpected end of stream while scanning a quoted scalar"),
        ("a:\n\t- b", "2:1: this is not YAML: found character '\\t' that cannot start any token"),
        ('a: "\\q"', "1:6: this is not YAML: found unknown escape character 'q'"),
        ("a: @x", "1:4: this is not YAML: found character '@' that cannot start any token"),
        ("- a\nb: 1", "2:1: this is not YAML: expected <block end>, but found"),
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


# --- writing --------------------------------------------------------------------------------------------------------

LIKE_OTHER_THINGS = [
    "1e3",
    ".5",
    "08",
    "0x1F",
    "null",
    "~",
    "",
    "on",
    "true",
    "<<",
    "-",
    "a: b",
    "# x",
    "&a",
    "*a",
    "!t",
]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
PLAIN = st.recursive(
    SCALARS | st.sampled_from([*LIKE_OTHER_THINGS, "x\n", " x ", "\x85", "\ufeff", "\x7f", "---", "...", "|", "%"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(LIKE_OTHER_THINGS), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(st.dictionaries(st.text(max_size=5), PLAIN, min_size=1, max_size=4))
def test_plain_data_that_is_written_reads_back_the_same(content):
    assert repr(read_text(write_text(content), "x.yaml").plain()) == repr(content)


def test_the_published_experiments_are_plain_yaml():
    folder = Path(__file__).parents[1] / "experiments"
    assert {file.stem: read_file(file).plain()["name"] for file in folder.glob("*.yaml")} == {
        name: name for name in ("activation", "dropout", "neurons", "weight_init")
    }
