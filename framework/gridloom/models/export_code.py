"""The code that an export writes: how rows are read and prepared, and how a model is trained and used, without Gridloom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gridloom.core.code import Code, Script, estimator_code
from gridloom.core.columns import Column
from gridloom.models.card import Card
from gridloom.models.new_file import Rules
from gridloom.models.new_layout import DELIMITERS

DATA, ROWS = "data.csv", "data.npz"
"""The training data beside a script: a table, or arrays X, y and weights."""

INPUT = "input "
"""What stands before the name of an input among these arrays, where the model has several."""

WEIGHT = "gridloom weight"
"""The column of the table that says how much a row counts, where rows have weights."""


HELD_OUT = "gridloom validation"
"""The column of the table (or the array) that says with 1 which rows do not train, and watch the training instead."""


def training_script(card: Card, script: Script, pipeline: Any, *, weighted: bool, watched: bool) -> Code:
    """The script that trains the model of a card on the data beside it; `watched` where some rows watch the training."""
    made = _pipeline_code(pipeline) if pipeline is not None else Code("")
    imports = script.train.imports | made.imports | {"from pathlib import Path", "import numpy as np"}
    imports |= {"import pandas as pd"} if card.columns else set()
    imports |= {"import skops.io", "from sklearn.pipeline import Pipeline"} if pipeline is not None else set()
    title = f'"""Trains the winner of {_plain(card.content["run"])} again, on {DATA if card.columns else ROWS}, and writes it into trained/."""'
    text = "\n\n\n".join(
        part.strip("\n")
        for part in (
            _constants(card),
            _reading(card, weighted=weighted),
            _held_out(card) if watched else "",
            made.text,
            script.train.text,
            (_main_watched if watched else _main)(has_pipeline=pipeline is not None, features=_given(card)),
        )
        if part
    )
    return Code(f"{title}\n\n{_imports(card, imports)}\n\n{text}\n", frozenset(), script.train.modules | made.modules)


def loading_script(card: Card, predict: Code, trusted: Sequence[str] | None) -> Code:
    """The script that predicts with the model files beside it, which `predict` loads and uses.

    `trusted` are types in the preprocessing, if there is any.
    """
    imports = predict.imports | {"from pathlib import Path", "import numpy as np", "import sys"}
    imports |= {"import pandas as pd"} if card.columns else set()
    imports |= {"import skops.io"} if trusted is not None else set()
    title = f'"""Predicts with the winner of {_plain(card.content["run"])}: python predict.py {_file(card)}."""'
    prepared = ""
    if trusted is not None:
        prepared = f"""    preprocessing = skops.io.load(HERE / "preprocessing.skops", trusted={[*trusted]!r})
    X = preprocessing.transform(X)
"""
    told = """    print(*found, sep="\\n")"""
    if card.classes:
        told = """    for row in found:
        print(CLASSES[row.argmax()], *row) if row.ndim else print(CLASSES[int(row)])"""
    if card.targets:
        told = """    print(*TARGETS, sep=",")
    for row in found:
        print(*row, sep=",")"""
    main = f'''def main(file):
    """Print the prediction for each row of a file, with probabilities of the classes if there are any; for labels only these."""
    X = read(file)
{prepared}    found = predict(load(HERE), {_given(card)})
{told}


if __name__ == "__main__":
    main(sys.argv[1])
'''
    parts = [_constants(card), _new_rows(card), predict.text, main]
    text = "\n\n\n".join(part.strip("\n") for part in parts)
    return Code(f"{title}\n\n{_imports(card, imports)}\n\n{text}\n", frozenset(), predict.modules)


def _file(card: Card) -> str:
    return "new.csv" if card.columns else "X.npz" if card.inputs else "X.npy"


def _plain(name: Any) -> str:
    """A name that can stand in a docstring."""
    return str(name).replace("\\", "").replace('"', "")


def _imports(card: Card, imports: frozenset[str] | set[str]) -> str:
    backend = card.content["note"].get("backend")
    lines = []
    if backend in ("jax", "tensorflow", "torch") and "import keras" in imports:
        lines = ["import os", "", f'os.environ.setdefault("KERAS_BACKEND", "{backend}")  # what it was trained on', ""]
    return "\n".join([*lines, *sorted(imports)]) + "\n"


def _constants(card: Card) -> str:
    lines = ["HERE = Path(__file__).parent"]
    if card.targets:
        lines.append(f"TARGETS = {[*card.targets]!r}")
    if card.columns:
        names = "".join(f"    {column.name!r}: {_dtype(column)},\n" for column in card.columns)
        lines.append(f"COLUMNS = {{\n{names}}}")
    if card.columns and not card.targets:
        lines.append(f"TARGET = {card.content['target']!r}")
    if card.inputs:
        lines.append(f"INPUTS = {[*card.inputs]!r}")
    if card.classes:
        lines.append(f"CLASSES = {[*card.classes]!r}")
    return "\n".join(lines) + "\n"


def _dtype(column: Column) -> str:
    return "object" if column.is_coded else "float"


def _reading(card: Card, *, weighted: bool) -> str:
    """The function that reads the training data."""
    if not card.columns:
        weights = 'rows["weights"]' if weighted else "None"
        features = f'{{name: rows["{INPUT}" + name] for name in INPUTS}}' if card.inputs else 'rows["X"]'
        return f'''def read():
    """Features, class numbers, labels or numbers, and weights of the rows or None."""
    rows = np.load(HERE / "{ROWS}")
    return {features}, rows["y"], {weights}
'''
    target = "table[TARGET].map(CLASSES.index)" if card.classes else "table[TARGET]"
    kinds = f"TARGET: {'object' if card.classes else 'float'}"
    if card.targets:
        target, kinds = "table[TARGETS]", f"**dict.fromkeys(TARGETS, {'int' if card.is_multilabel else 'float'})"
    weights = f'table["{WEIGHT}"].to_numpy()' if weighted else "None"
    return f'''def read():
    """The table of features, class numbers, labels or numbers, and weights of the rows or None.

    Booleans are 0 and 1, dates are days since 1970-01-01, and missing cells are blank.
    """
    table = pd.read_csv(
        HERE / "{DATA}",
        dtype={{**COLUMNS, {kinds}}},
        keep_default_na=False,
        na_values=[""],
    )
    return table[[*COLUMNS]], {target}.to_numpy(), {weights}
'''


def _held_out(card: Card) -> str:
    """The functions that say which rows watch the training, and take rows of what is theirs."""
    where = f'pd.read_csv(HERE / "{DATA}", usecols=["{HELD_OUT}"])["{HELD_OUT}"].to_numpy()'
    if not card.columns:
        where = f'np.load(HERE / "{ROWS}")["{HELD_OUT}"]'
    taken = "X.iloc[rows]" if card.columns else "X[rows]"
    if card.inputs:
        taken = "{name: values[rows] for name, values in X.items()}"
    return f'''def held_out():
    """Whether a row is held out of training, for validation."""
    return {where} == 1


def part_of(X, y, weights, rows):
    """Features, targets and weights of some rows."""
    return {taken}, y[rows], None if weights is None else weights[rows]
'''


def _new_rows(card: Card) -> str:
    """The function that reads new rows."""
    if card.inputs:
        return '''def read(file):
    """Arrays of rows by input, in an .npz file."""
    rows = np.load(file)
    return {name: rows[name] for name in INPUTS}
'''
    if not card.columns:
        return '''def read(file):
    """An array of rows."""
    return np.load(file)
'''
    rules = Rules.of(card.dataset)
    how = {"dtype": "str", "encoding": repr(card.dataset.get("encoding") or "utf-8"), "keep_default_na": "False"}
    if card.dataset.get("header") is False:
        how["header"] = "None"
    known = card.dataset.get("delimiter")
    delimiters = [*dict.fromkeys([*([known] if isinstance(known, str) else []), *DELIMITERS])]
    by_kind = {
        kind: [column.name for column in card.columns if column.kind == kind] for kind in ("numeric", "boolean", "date")
    }
    lines = []
    if by_kind["numeric"] and rules.decimal == ",":
        lines.append(f"    for name in {by_kind['numeric']!r}:")
        lines.append('        table[name] = table[name].str.replace(",", ".")')
    if by_kind["numeric"] and rules.missing_numbers:
        lines.append(f"    for name in {by_kind['numeric']!r}:")
        lines.append("        numbers = table[name].astype(float)")
        lines.append(f"        table[name] = numbers.mask(numbers.isin({sorted(rules.missing_numbers)!r}))")
    if by_kind["boolean"]:
        lines.append('    words = {"true": 1, "yes": 1, "t": 1, "1": 1, "false": 0, "no": 0, "f": 0, "0": 0}')
        lines.append(f"    for name in {by_kind['boolean']!r}:")
        lines.append('        table[name] = table[name].map(lambda cell: words[cell.lower()], na_action="ignore")')
    if by_kind["date"]:
        lines.append(f"    for name in {by_kind['date']!r}:  # days since 1970-01-01")
        lines.append('        dates = pd.to_datetime(table[name], format="ISO8601", utc=True)')
        lines.append('        table[name] = (dates - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)')
    steps = "\n".join([*lines, ""])
    return f'''MISSING = {["", *sorted(rules.missing)]!r}


def read(file):
    """The table of features in a CSV file, with cells written as in the training data."""
    how = dict({", ".join(f"{name}={value}" for name, value in how.items())})
    heads = {{sep: pd.read_csv(file, sep=sep, nrows=1, **how).columns for sep in {delimiters!r}}}
    sep = max(heads, key=lambda sep: len({{*COLUMNS}} & {{*map(str, heads[sep])}}))
    table = pd.read_csv(file, sep=sep, skipinitialspace=True, **how).rename(columns=str)[[*COLUMNS]]
    table = table.apply(lambda cells: cells.str.strip()).astype(object)
    table = table.mask(table.isin(MISSING))
{steps}    return table.astype(COLUMNS)
'''


def _pipeline_code(pipeline: Any) -> Code:
    """The function that makes the preprocessing, not fitted: a step is a ColumnTransformer of the columns that it changes."""
    steps: list[str] = []
    imports = {"from sklearn.compose import ColumnTransformer"}
    modules: set[str] = set()
    for name, transformer in pipeline.steps:
        parts = []
        for part, estimator, columns in transformer.transformers:
            code = estimator_code(estimator)
            imports |= code.imports
            modules |= code.modules
            chosen = columns if isinstance(columns, str) else [*columns]
            parts.append(f"                ({part!r}, {code.text}, {chosen!r}),\n")
        steps.append(f"            ({name!r}, on_columns(\n{''.join(parts)}            )),\n")
    text = f'''def on_columns(*parts):
    """A step that transforms these columns, and passes the others through."""
    step = ColumnTransformer([*parts], remainder="passthrough", sparse_threshold=0, verbose_feature_names_out=False)
    return step.set_output(transform="pandas")


def make_preprocessing():
    """The preprocessing, not fitted: from a table to a table of numbers."""
    return Pipeline(
        [
{"".join(steps)}        ]
    )
'''
    return Code(text, frozenset(imports), frozenset(modules))


def _given(card: Card) -> str:
    """The features as a model's code gets them."""
    return "X" if card.inputs else "np.asarray(X)"


def _main_watched(*, has_pipeline: bool, features: str) -> str:
    held_features = features.replace("X", "held_X")
    prepared = """    preprocessing = make_preprocessing()
    X = preprocessing.fit_transform(X, y)
    held_X = preprocessing.transform(held_X)
"""
    return f'''def main():
    """Train on the rows that are not held out, and write the model."""
    rows, held = read(), held_out()
    X, y, weights = part_of(*rows, np.flatnonzero(~held))
    held_X, held_y, held_weights = part_of(*rows, np.flatnonzero(held))
{prepared if has_pipeline else ""}    model = train({features}, y, weights, ({held_features}, held_y, held_weights))
{_written(has_pipeline=has_pipeline)}    print(f"trained on {{len(y)}} rows, validated on {{len(held_y)}}, written into {{folder}}")


if __name__ == "__main__":
    main()
'''


def _main(*, has_pipeline: bool, features: str) -> str:
    prepared = """    preprocessing = make_preprocessing()
    X = preprocessing.fit_transform(X, y)
"""
    return f'''def main():
    """Train on all rows, and write the model."""
    X, y, weights = read()
{prepared if has_pipeline else ""}    model = train({features}, y, weights)
{_written(has_pipeline=has_pipeline)}    print(f"trained on {{len(y)}} rows, written into {{folder}}")


if __name__ == "__main__":
    main()
'''


def _written(*, has_pipeline: bool) -> str:
    """The lines that write what was trained."""
    preprocessing = """    skops.io.dump(preprocessing, folder / "preprocessing.skops")
"""
    return f"""    folder = HERE / "trained"
    folder.mkdir(exist_ok=True)
{preprocessing if has_pipeline else ""}    save(model, folder)
"""
