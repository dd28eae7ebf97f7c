"""The card of a kept model as Markdown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

VALUES_SHOWN = 20
"""How many values of a category are listed."""

SCORES = """Scores of models with these parameters in the search, each on rows that it was not trained on. The winner's
scores are slightly too high, since it was selected by them (selection bias)."""


def card_text(content: Mapping[str, Any]) -> str:
    """The card as Markdown."""
    positive = f"; positive: {content['positive']}" if content["positive"] else ""
    lines = [
        f"# The model of {content['run']}",
        "",
        *([content["description"], ""] if content["description"] else []),
        f"- **Predicts** {_predicted(content)}{positive}",
        f"- **Trained** on {_rows(content)} of `{content['experiment']['dataset']['name']}`, {content['date']}",
        *_training(content),
        f"- **Data**: SHA-256 `{content['data']['sha256']}`",
        f"- **Chosen** as {content['chosen']}",
        f"- **Parameters**: `{json.dumps(content['parameters'])}`",
        f"- **Files**: `{content['model']}`" + (f", `{content['preprocessing']}`" if content["preprocessing"] else ""),
        "",
        "## Scores",
        "",
        SCORES,
        "",
        "| score | mean | std | interval |",
        "| --- | --- | --- | --- |",
        *(_score_line(name, score) for name, score in content["scores"].items()),
        "",
        *([content["held_out"]["told"], ""] if content["held_out"] else []),
        *_columns_text(content),
        "## Use",
        "",
        "```python",
        "import gridloom",
        "",
        f'model = gridloom.load("runs/{content["run"]}"{_plugins(content)})  # or the folder of this file',
        "model.predict(X)  # " + _what(content),
        "```",
        "",
        *([f"On the command line: `gridloom predict {content['run']} new.csv`.", ""] if content["columns"] else []),
        "## Versions",
        "",
        ", ".join(f"{name} {number}" for name, number in content["packages"].items()),
    ]
    return "\n".join(lines) + "\n"


def _predicted(content: Mapping[str, Any]) -> str:
    """What it predicts, in words."""
    target = content["target"]
    if isinstance(target, list):
        names = ", ".join(f"`{name}`" for name in target)
        return f"{names}: {'labels, 1 or 0 each' if content['task'] == 'multilabel' else 'numbers'}"
    classes = ", ".join(content["classes"])
    return f"`{target}`: {f'one of {classes}' if classes else 'a number'}"


def _what(content: Mapping[str, Any]) -> str:
    """What the model predicts for."""
    if content["inputs"]:
        return "a dict of arrays of the shapes above"
    return "a pandas table with the columns above" if content["columns"] else "an array of the shape above"


def _rows(content: Mapping[str, Any]) -> str:
    """The rows that it was trained on, in words."""
    rows, there, held = (content["data"].get(name, 0) for name in ("rows", "of", "validation_rows"))
    trained = f"{rows:,} of {there:,} rows" if rows < there else f"all {rows:,} rows"
    return f"{trained}, with {held:,} more held out for validation," if held else trained


def _training(content: Mapping[str, Any]) -> list[str]:
    """The line on how the training ended, where an engine says so."""
    told = content["note"].get("training", {})
    callbacks = told.get("callbacks") or []
    if not callbacks and not told.get("validation_rows"):
        return []
    epochs, trained, kept = told["epochs"], told["epochs_trained"], told["kept_epoch"]
    parts = [f"all {epochs} epochs" if trained == epochs else f"stopped after {trained} of {epochs} epochs"]
    parts += [f"with the weights of epoch {kept}"] if kept is not None else []
    line = ", ".join(parts)
    if callbacks:
        names = (json.dumps({**item, "name": item["name"].rpartition(":")[2]}) for item in callbacks)
        line += "; callbacks: " + ", ".join(f"`{name}`" for name in names)
    return [f"- **Training**: {line}"]


def _plugins(content: Mapping[str, Any]) -> str:
    """The argument that names the plugins, where the model holds something that they define."""
    own = [content["own_types"], *(content["note"].get(name) for name in ("own_layers", "own_modules"))]
    needed = any(own) or not content["engine"].startswith("builtin-engines:")
    return f", plugins={content['plugins']!r}" if needed and content["plugins"] else ""


def _score_line(name: str, score: Mapping[str, Any]) -> str:
    interval = "" if score["low"] is None else f"{score['low']:.4f} to {score['high']:.4f}"
    said = f"{interval} ({score['level']:.0%}, {score['scope']})" if interval else "none"
    return f"| {name} | {score['mean']:.4f} | {score['std']:.4f} | {said} |"


def _columns_text(content: Mapping[str, Any]) -> list[str]:
    if content["inputs"]:
        lines = [f"- `{name}`: (rows, {', '.join(map(str, shape))})" for name, shape in content["inputs"].items()]
        return ["## Inputs", "", "A dict of arrays of these shapes:", "", *lines, ""]
    if content["columns"] is None:
        return ["## Input", "", f"Arrays of the shape (rows, {', '.join(map(str, content['input_shape']))}).", ""]
    lines = ["## Columns", "", "| column | kind | values | gaps |", "| --- | --- | --- | --- |"]
    for column in content["columns"]:
        shown = column["values"][:VALUES_SHOWN]
        more = f" and {len(column['values']) - len(shown)} more" if len(column["values"]) > len(shown) else ""
        values = ", ".join(shown).replace("|", "\\|") + more
        name = column["name"].replace("|", "\\|")
        lines.append(f"| {name} | {column['kind']} | {values} | {'allowed' if column['gaps'] else 'none'} |")
    return [*lines, ""]
