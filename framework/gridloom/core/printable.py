"""Text on its way to a terminal: nothing that comes from data, plugins or files may steer it."""

from __future__ import annotations

import re

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters but line feeds and tabs, marks that turn the direction of writing, and halves of characters."""


def printable(text: str) -> str:
    r"""The text with terminal control characters escaped; line feeds and tabs are kept.

    >>> printable("a name\x1b[2J\nand a line")
    'a name\\x1b[2J\nand a line'
    """
    return _STEERING.sub(lambda found: ascii(found[0])[1:-1], text)


def in_one_line(text: str) -> str:
    r"""The text with everything escaped that is not printable, line feeds too.

    >>> in_one_line("two\nlines")
    'two\\nlines'
    """
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def cut(text: str, longest: int) -> str:
    """The text, or its beginning and an ellipsis if it has more characters than `longest`."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
