"""Hostile texts, and the result of a fit that failed."""

from __future__ import annotations

from gridloom import FitResult

HOSTILE = [
    "two\nlines",
    "comma, semicolon; tab\t",
    'say "x"',
    "it's",
    "[red]not red[/red]",
    "[/]",
    "é ü 漢 🦄",
    "\x1b[31mred",
    "\\",
    "",
]


def failed(error="ValueError: no such layer", **fields):
    return FitResult(error=error, traceback=f"Traceback ...\n{error}\n", **fields)
