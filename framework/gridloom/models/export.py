"""Exports of a kept model: folders of files that do without Gridloom."""

from __future__ import annotations

import ast
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import TYPE_CHECKING, Any

from gridloom.core.boundary import restored
from gridloom.core.code import Code, Script, copied_name, copied_source
from gridloom.core.columns import frame_of
from gridloom.core.data import Data
from gridloom.core.file_names import CARD, CARD_TEXT
from gridloom.core.files import write_file
from gridloom.core.inputs import cut_inputs
from gridloom.core.skops_files import read_skops, untrusted_types
from gridloom.core.split import ALL_ROWS, Split
from gridloom.errors import GridloomError, StopRun, disk_errors, named
from gridloom.experiment.validation_rows import watched
from gridloom.models.card import Card, read_card
from gridloom.models.export_code import DATA, HELD_OUT, INPUT, ROWS, WEIGHT, loading_script, training_script
from gridloom.models.model import engine_of, modules_of
from gridloom.registry.records import Engine
from gridloom.training.pool import Workers
from gridloom.training.worker_log import output_to

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

KERAS = ".keras"


@dataclass(frozen=True)
class Export:
    """What is exported: the folder of a model, its card, its engine, and its fitted preprocessing."""

    folder: Path
    card: Card
    engine: Engine
    pipeline: Any
    plugins: Sequence[str] = ()

    @property
    def model(self) -> Path:
        """The file of the model."""
        return self.folder / str(self.card.content["model"])

    @property
    def preprocessing(self) -> Path | None:
        """The file of the preprocessing."""
        name = self.card.content["preprocessing"]
        return self.folder / name if name else None

    @property
    def script(self) -> Script:
        """Code that trains and uses the model; GridloomError where its engine writes none."""
        if self.engine.script is None:
            raise GridloomError(f"the engine '{self.engine.name}' cannot write code for its models")
        return self.engine.script(self.model, self.card.content["note"])


def read_export(folder: Path, plugins: Sequence[str] = ()) -> Export:
    """What there is to export of the model in this folder; GridloomError where there is none."""
    card = read_card(folder)
    modules = modules_of(plugins)
    engine = engine_of(card, plugins, modules)
    name = card.content["preprocessing"]
    pipeline = read_skops(folder / name, modules) if name else None
    return Export(folder, card, engine, pipeline, plugins)


def export_keras(export: Export, target: Path) -> None:
    """Write the files of a Keras model and a script that predicts with them into a new folder.

    GridloomError for another model, and for preprocessing that Gridloom or a plugin defines and that needs it.
    """
    if export.model.suffix != KERAS:
        raise GridloomError(
            f"{export.model} is not a Keras model; 'gridloom export --format script' writes code that fits it again"
        )
    predict = export.script.predict
    with _new_folder(target) as folder:
        shutil.copy(export.model, folder / export.model.name)
        _write_around(export, predict, folder)


def export_format(export: Export, form: str, target: Path) -> None:
    """Write the model in a format of its engine, and a script that predicts with it, into a new folder.

    GridloomError for a format that the engine does not have, and where it cannot write this model.
    """
    exporter = next((item for item in export.engine.exports if item.format == form), None)
    if exporter is None:
        known = [item.format for item in export.engine.exports]
        ways = f"it exports {' and '.join(known)}" if known else "'--format script' writes code that trains them again"
        raise GridloomError(f"the engine '{export.engine.name}' does not export models as {form}; {ways}")
    with _new_folder(target) as folder:
        workers = Workers(1, exporter.environment, export.engine.max_growth)
        predict = workers.alone(run_export, export.folder.resolve(), tuple(export.plugins), form, folder.resolve())
        if isinstance(predict, StopRun):
            raise GridloomError(str(predict))
        _write_around(export, predict, folder)


def run_export(model: Path, plugins: Sequence[str], form: str, folder: Path) -> Code | StopRun:
    """In a worker: write the model in a folder in a format; returns the code that uses it, or what went wrong."""
    with output_to(Path(os.devnull)):
        try:
            card, modules = read_card(model), modules_of(plugins)
            (exporter,) = (item for item in engine_of(card, plugins, modules).exports if item.format == form)
            with restored():
                return exporter.write(model / card.content["model"], card.content["note"], modules, folder)
        except BaseException as error:
            return StopRun(str(error) if isinstance(error, GridloomError) else named(error))


def _write_around(export: Export, predict: Code, folder: Path) -> None:
    """Write what stands beside the files of a model: its card, its preprocessing, and the script that predicts."""
    _copy(export, folder, CARD, CARD_TEXT)
    trusted = None
    modules: frozenset[str] = frozenset()
    if export.preprocessing is not None:
        path = folder / export.preprocessing.name
        modules = frozenset(_moved(export.pipeline, export.preprocessing, path))
        trusted = untrusted_types(path)
    code = loading_script(export.card, predict, trusted)
    _write_code(folder / "predict.py", Code(code.text, code.imports, code.modules | modules))


def _copy(export: Export, folder: Path, *names: str) -> None:
    """Copy files of the model, as far as they are there: the model of a fit has no card to read."""
    for name in names:
        if name != CARD_TEXT or (export.folder / name).is_file():
            shutil.copy(export.folder / name, folder / name)


def export_script(export: Export, data: Data, target: Path) -> None:
    """Write a script that trains the model anew, and its data, into a new folder.

    GridloomError where the data are not those of the model.
    """
    if data.fingerprint != export.card.content["data"]["sha256"]:
        raise GridloomError(
            "the data have changed since the model was trained, so a script would train a different model"
        )
    held = _held_out(export.card, data)
    is_weighted, is_watched = data.weights is not None, held is not None
    code = training_script(export.card, export.script, export.pipeline, weighted=is_weighted, watched=is_watched)
    with _new_folder(target) as folder:
        _write_code(folder / "train.py", code)
        if export.card.columns:
            _write_table(export.card, data, held, folder / DATA)
        else:
            import numpy as np

            arrays: dict[str, Any] = {} if data.weights is None else {"weights": data.weights}
            parts = (
                {f"{INPUT}{name}": values for name, values in cut_inputs(data.X, data.inputs).items()}
                if data.inputs
                else {"X": data.X}
            )
            arrays |= {} if held is None else {HELD_OUT: held}
            np.savez_compressed(folder / ROWS, **parts, y=data.y, **arrays)


def _held_out(card: Card, data: Data) -> NDArray[np.int64] | None:
    """For each row, whether it watched the training of the model and did not train it (1); None where none did."""
    import numpy as np

    experiment = card.content["experiment"]
    by = experiment["training"].get("validation")
    if not isinstance(by, float):
        return None
    rows = np.arange(len(data.y))
    method, seed = experiment["validation"]["method"], experiment["seed"]
    (split,) = watched([Split(0, ALL_ROWS, rows, rows)], data, by, method=method, seed=seed)
    held: NDArray[np.int64] = np.isin(rows, [] if split.validation is None else split.validation).astype(int)
    return held


class _new_folder:  # noqa: N801  (it is used as a function is)
    """A folder that takes its place when all is in it; GridloomError where something is there already."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __enter__(self) -> Path:
        if self.target.exists() or self.target.is_symlink():
            raise GridloomError(f"{self.target} already exists; name another folder with -o, or move it away")
        with disk_errors(self.target):
            self.place = TemporaryDirectory(prefix=".export.", dir=self.target.absolute().parent)
        made = Path(self.place.name) / "made"
        made.mkdir()
        return made

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        with self.place as place, disk_errors(self.target):
            if kind is None:
                (Path(place) / "made").rename(self.target)


def _write_code(path: Path, code: Code) -> None:
    ast.parse(code.text)  # a mistake of ours would be found here, and not by who runs it
    write_file(path, code.text)
    for module in code.modules:
        write_file(path.with_name(f"{copied_name(module)}.py"), copied_source(module))


def _write_table(card: Card, data: Data, held: NDArray[np.int64] | None, path: Path) -> None:
    """The training data as CSV: names of classes, texts, numbers as they are, blank where a cell is missing."""
    import numpy as np

    table = frame_of(data.columns or card.columns, data.X)
    targets = [*card.targets] or [card.content["target"]]
    names = {*targets, WEIGHT, HELD_OUT} & {*table.columns}
    if names:
        raise GridloomError(f"a column is called '{names.pop()}', a name that the script needs itself")
    table[targets] = (np.asarray(card.classes, dtype=object)[data.y] if card.classes else data.y).reshape(
        len(table), -1
    )
    if data.weights is not None:
        table[WEIGHT] = data.weights
    if held is not None:
        table[HELD_OUT] = held
    table.to_csv(path, index=False)


def _moved(pipeline: Any, source: Path, path: Path) -> list[str]:
    """Write the preprocessing so that its own types come from copies of their modules beside it; returns these modules."""
    import sys

    import skops.io

    names = [name for name in untrusted_types(source) if not name.startswith(("sklearn.", "numpy.", "scipy."))]
    if not names:
        shutil.copy(source, path)
        return []
    types = [getattr(sys.modules[module], kind) for module, _, kind in (name.rpartition(".") for name in names)]
    copies = {kind: _copy_of(kind) for kind in types}
    _replace_types(pipeline, copies, set())
    skops.io.dump(pipeline, path)
    return sorted({kind.__module__ for kind in types})


def _copy_of(kind: type) -> type:
    """The same class, as a copy of its module defines it."""
    import sys

    name = copied_name(kind.__module__)
    module = ModuleType(name)
    sys.modules[name] = module  # skops looks types up by their modules
    exec(compile(copied_source(kind.__module__), f"{name}.py", "exec"), vars(module))  # noqa: S102  (an imported module)
    found: type = getattr(module, kind.__name__)
    return found


def _replace_types(thing: Any, copies: dict[type, type], seen: set[int]) -> None:
    """Let all objects in a fitted pipeline that are of these types be of their copies."""
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if type(thing) in copies:
        thing.__class__ = copies[type(thing)]
    inner = thing.values() if isinstance(thing, dict) else thing if isinstance(thing, list | tuple) else None
    if inner is None and hasattr(thing, "get_params"):
        inner = vars(thing).values()
    for item in inner or ():
        _replace_types(item, copies, seen)
