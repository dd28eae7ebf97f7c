"""Prints texts to the console: wrapped in a terminal, in one line elsewhere, and never steering it."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap

from gridloom import printable

NARROWEST = 40
"""No text is wrapped to fewer characters, however narrow a terminal says it is."""


def say(text: str) -> None:
    """Print a text; when whoever reads (`| head`) has seen enough, that and all that follows is dropped."""
    try:
        print(printable(text), flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def wrapped(text: str, indent: int = 0) -> str:
    """The text in lines as wide as the terminal, all but the first of them indented; elsewhere one line, as logs want it."""
    if not sys.stdout.isatty():
        return text
    width = max(NARROWEST, shutil.get_terminal_size().columns - 1)
    if len(text) <= width:
        return text
    hanging = " " * indent
    return textwrap.fill(text, width, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False)
