"""New rows that are no table, such as pictures: read by the data set that the model was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gridloom.core.inputs import told
from gridloom.errors import InvalidInput, Location, UnknownName
from gridloom.models.card import Card
from gridloom.registry.options import Options
from gridloom.registry.records import Dataset
from gridloom.registry.registry import Registry

TABLES = (".csv", ".tsv", ".txt", ".gz")
"""How the names of files end that are read as tables, where the model has columns."""


def data_set_of(card: Card, registry: Registry) -> Dataset | None:
    """The data set that a model was trained on, if a plugin provides it."""
    try:
        return registry.find(Dataset, str(card.dataset.get("name"))).record
    except UnknownName:
        return None


def is_table(path: Path, card: Card, record: Dataset | None) -> bool:
    """Whether new rows are a table of the model's columns, and not what its data set reads by itself."""
    if not card.columns:
        return False
    return record is None or record.new_rows is None or path.suffix.casefold() in TABLES


def read_features(path: Path, card: Card, record: Dataset | None) -> tuple[Sequence[str], Any]:
    """What the rows in a file or folder are called, if they have names, and their features.

    InvalidInput where the data set does not read such rows, or there is nothing that it can read.
    """
    place = Location(str(path))
    if record is None or record.new_rows is None:
        what = f"a dict of arrays, {told(card.inputs)}" if card.inputs else f"rows of shape {card.input_shape}"
        raise InvalidInput.at(
            place, f"the model takes {what}, which its data set cannot read from a file; use gridloom.load"
        )
    options = Options(record.load, record.fixed)
    given = {name: value for name, value in card.dataset.items() if name in options.known and name != "path"}
    try:
        path.stat()
        names, features = record.new_rows(path, **options.converted(given, None))
    except OSError as error:
        raise InvalidInput.at(place, f"this cannot be read: {error.strerror or error}") from None
    return names, features
