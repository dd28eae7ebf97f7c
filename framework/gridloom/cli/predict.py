"""`gridloom predict`: what the kept model of a run predicts for the rows of a file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gridloom.cli.common import Out, Plugins, guarded, is_there, note
from gridloom.cli.runs import Run, find_run
from gridloom.errors import DataError, InvalidInput, Location, disk_errors

if TYPE_CHECKING:
    from gridloom.models.model import Model


NAMES_SHOWN = 10
"""How many columns that are not used are named."""


@guarded
def predict(
    run: Run,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="The new rows: a CSV file with the columns of the training data, pictures, or .npy or .npz.",
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE.csv", help="The file to write; by default standard output."),
    ] = None,
    out: Out = Path("runs"),
    plugins: Plugins = None,
) -> None:
    """Predict with the model that a run has kept (`refit: true`): a class or a number for each row of a file.

    With several targets there is a column for each.

    Models of pictures take a picture or a folder of pictures, models of arrays an .npy or .npz file. The first column
    of the output then names the picture.

    Columns may be in any order. Columns that the model does not use are ignored and named on standard error, as are
    columns with categories that were not seen in training. If the model predicts probabilities, there is a column for
    each class or label. Cells that a spreadsheet would take for a formula begin with an apostrophe.
    """
    from gridloom.core.files import write_file
    from gridloom.models.card import read_card
    from gridloom.models.model import load, modules_of, registry_of
    from gridloom.models.new_features import data_set_of, is_table, read_features
    from gridloom.models.new_file import read_rows
    from gridloom.models.places import find_model
    from gridloom.models.unseen import rows_of

    if output is not None and is_there(output, Path.exists) and is_there(file, Path.exists) and output.samefile(file):
        raise InvalidInput.at(Location(str(output)), "this file contains the new rows; write to another one")
    folder = find_model(model_folder(run, out))
    card = read_card(folder)
    record = data_set_of(card, registry_of(plugins or (), modules_of(plugins or ())))
    rows: Any
    names: Sequence[str] = ()
    unused: Sequence[str] = ()
    if is_table(file, card, record):
        rows, unused = read_rows(file, card)
    else:
        names, rows = read_features(file, card, record)
    model = load(folder, plugins or ())
    if unused:
        shown = ", ".join(f"'{name}'" for name in unused[:NAMES_SHOWN])
        more = ", ..." if len(unused) > NAMES_SHOWN else ""
        note(f"{file}: columns ignored, since the model was trained without them: {shown}{more}")
    try:
        with rows_of(str(file)):
            text = _predictions(model, rows, names)
    except DataError as error:
        raise InvalidInput.at(Location(str(file)), str(error)) from error
    if output is None:
        sys.stdout.write(text)
        return
    with disk_errors(output):
        write_file(output, text)


def model_folder(run: str, out: Path) -> Path:
    """The folder of a run, or of a model that was moved elsewhere; InvalidInput when there is neither."""
    from gridloom.core.file_names import CARD

    return Path(run) if is_there(Path(run) / CARD, Path.is_file) else find_run(run, out)


def _predictions(model: Model, rows: Any, names: Sequence[str]) -> str:
    """The predictions for rows, behind their names if they have some, as CSV; that there are no probabilities is said."""
    import csv
    from io import StringIO

    from gridloom.core.spreadsheets import csv_cell
    from gridloom.models.model import predicted, why_no_probabilities

    found, shares = predicted(model, rows)
    if shares is None and (model.classes or model.is_multilabel):
        note(why_no_probabilities(model))
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    first = [csv_cell(f"prediction of {name}") for name in model.target_names] or ["prediction"]
    shared = () if shares is None else model.classes or model.target_names
    head = ["file"] if names else []
    writer.writerow([*head, *first, *(csv_cell(f"probability of {name}") for name in shared)])
    for row, answer in enumerate(found):
        cells = [csv_cell(answer)] if model.classes else [repr(value) for value in answer.reshape(-1).tolist()]
        writer.writerow(
            [*map(csv_cell, names[row : row + 1]), *cells, *(() if shares is None else map(repr, shares[row].tolist()))]
        )
    return text.getvalue()
