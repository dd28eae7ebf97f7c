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
