"""Characters: byte order marks, wrong bytes, control characters and halves of surrogate pairs."""

from __future__ import annotations

import pytest

from document.reading import refusal
from gridloom.errors import Location
from gridloom.experiment.yaml_document import read_bytes


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
    assert refusal(text) == f"x.yaml:{place}: this text contains half of a surrogate pair, which is not a character"


def test_an_emoji_is_text():
    assert read_bytes('a: 😀\nb: "\\U0001F600"'.encode(), "x.yaml").plain() == {"a": "😀", "b": "😀"}


@pytest.mark.parametrize(
    "text",
    [r'x: "\U00110000"', r'x: "\UFFFFFFFF"', "%YAML 1." + "9" * 5000 + "\n---\nx: 1"],
    ids=["no character", "no number", "version"],
)
def test_an_escape_or_version_out_of_range_is_a_problem_of_its_line(text):
    assert refusal(text).startswith("x.yaml:1:")
