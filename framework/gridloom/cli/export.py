"""`gridloom export`: the winner as files that do without Gridloom."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridloom.cli.common import NoPlugins, Out, Plugins, guarded, say
from gridloom.cli.predict import model_folder
from gridloom.cli.runs import Run
from gridloom.errors import GridloomError

if TYPE_CHECKING:
    from gridloom.core.data import Data


class Format(StrEnum):
    """What can be exported."""

    KERAS = "keras"
    ONNX = "onnx"
    SAVEDMODEL = "savedmodel"
    SCRIPT = "script"


@guarded
def export(
    run: Run,
    format_: Annotated[Format, typer.Option("--format", help="The files of the model, or code that trains it again.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FOLDER",
            help="The folder to create; by default NAME-keras, NAME-script and so on.",
        ),
    ] = None,
    out: Out = Path("runs"),
    plugins: Plugins = None,
    no_plugins: NoPlugins = None,
) -> None:
    """Write the model that a run has kept (`refit: true`) as files that do not need Gridloom.

    `keras` copies the Keras model and its preprocessing, and writes predict.py, which predicts with them. `script`
    writes train.py, which trains the winner again with Keras, scikit-learn and pandas, and its data. A script draws new
    initial weights and a new order of the rows, so its networks are not the same to the last digit.

    `onnx` (pip install 'gridloom[onnx]') and `savedmodel`, for networks, write the model in these formats, along with
    its preprocessing and predict.py. TensorFlow writes them, whatever the model was trained with.
    """
    from gridloom.models.export import export_format, export_keras, export_script, read_export
    from gridloom.models.places import find_model

    folder = model_folder(run, out)
    found = read_export(find_model(folder), plugins or ())
    target = output or Path(f"{found.card.content['run']}-{format_}")
    if format_ is Format.KERAS:
        export_keras(found, target)
    elif format_ is not Format.SCRIPT:
        export_format(found, format_, target)
    else:
        export_script(found, _data_of(folder, plugins or (), no_plugins or ()), target)
    say(f"written: {target}")


def _data_of(folder: Path, plugins: list[str] | tuple[str, ...], without: list[str] | tuple[str, ...]) -> Data:
    """The rows that a run's model was trained on, loaded as its experiment says."""
    from gridloom.core.file_names import EXPERIMENT
    from gridloom.experiment.bind import read_experiment
    from gridloom.experiment.rows import held_out_rows
    from gridloom.registry.registry import load_registry

    if not (folder / EXPERIMENT).is_file():
        raise GridloomError(
            f"{folder} has no {EXPERIMENT}, which describes what the model was trained on; name its run"
        )
    registry = load_registry(plugins, without)
    experiment = read_experiment(folder / EXPERIMENT, registry, plugins=plugins, without=without, of_run=True)
    data = experiment.load_data()
    held = None if isinstance(experiment.test, Path) else held_out_rows(experiment, data)
    return data if held is None else held.searched_of(data)
