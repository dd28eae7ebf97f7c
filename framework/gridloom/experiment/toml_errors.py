"""What is wrong with a TOML file, and where, in plain words: `tomllib` uses the words of the specification."""

from __future__ import annotations

import re
import tomllib

from gridloom.errors import Location, Problem

_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")

_WORDS = (
    ("Invalid statement|Invalid initial character for a key part", "a key must begin here; put other names in quotes"),
    ("Expected '=' after a key in a key/value pair", "a key needs '=' and a value, as in n_jobs = 2"),
    ("Invalid value", "this is not a value; text needs quotes"),
    ("Expected newline or end of document after a statement", "the line should end here; text needs quotes"),
    ("Cannot overwrite a value|Duplicate inline table key .*", "the key of this value is repeated"),
    (r"Cannot declare \(.*\) twice", "this table is repeated"),
    ("Cannot (mutate|redefine) .*", "this adds to a table or list that is complete"),
    (r"Expected '(\]\]?)' at the end of .*", r"a '\1' is missing after the name of this table"),
    ("Unclosed array", "a '[' is not closed, or a comma is missing"),
    ("Unclosed inline table", "a '{' is not closed, or a comma is missing"),
    (r"Unterminated string|Illegal character '\\n'|Expected \"'+\"", "a quote is not closed"),
    (r"Unescaped '\\' in a string", r"write '\\\\' for a backslash, or use single quotes"),
    ("Invalid date or datetime", "there is no such date or time"),
)
"""What messages of `tomllib` mean; others stay as they are."""


def problem_of(error: tomllib.TOMLDecodeError, source: str, text: str) -> Problem:
    """What is wrong with this text of TOML, at its line and column in the file `source`."""
    message = str(error)
    found = _AT.search(message)
    lines = text.removesuffix("\n").split("\n")
    line, column = found.groups() if found else ("1", "1")
    where = Location(source, int(line), int(column)) if line else Location(source, len(lines), len(lines[-1]) + 1)
    words = _AT.sub("", message)
    for pattern, plain in _WORDS:
        if match := re.fullmatch(pattern, words):
            words = match.expand(plain)
            break
    return Problem(where, f"this is not TOML: {words}")
