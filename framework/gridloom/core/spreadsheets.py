"""Cells of CSV files that people open in spreadsheets, which compute what begins as a formula does."""

from __future__ import annotations

import json

FORMULA = ("=", "+", "-", "@", "\t", "\n", "\r")
"""What a cell begins with that a spreadsheet takes for more than text."""


def csv_cell(value: object) -> str:
    """Text as it is, unless it would break a row or a spreadsheet would compute it; anything else as JSON.

    Text that begins like a formula gets a leading apostrophe, as OWASP's page on CSV injection recommends. So does text
    in which apostrophes precede such a sign, so that readers can remove one apostrophe from all of these.
    """
    if not isinstance(value, str):
        return json.dumps(value)
    text = json.dumps(value) if "\r" in value else value
    return f"'{text}" if text.lstrip("'").startswith(FORMULA) else text
