"""Makes the parts of the reference that stand in the code already: between `<!-- made: NAME -->` and `<!-- end of NAME -->`."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from surface import names
from surface.public import KEYS, commands
from typer.main import get_command

import gridloom
import gridloom_pytest
from docs.described import about, fixtures, listed, without_doctests
from gridloom.cli.commands import app
from gridloom.core.domains import Domain
from gridloom.experiment.bind import bind
from gridloom.experiment.keys import settings_keys
from gridloom.experiment.source import Source
from gridloom.experiment.split_methods import METHODS, method_options
from gridloom.experiment.yaml_document import read_text
from gridloom.registry import hookspecs
from gridloom.registry.descriptions import default_domains, default_in_words
from gridloom.registry.options import Options
from gridloom.registry.record import Record
from gridloom.registry.records import KINDS
from gridloom.registry.registry import load_registry
from gridloom.testing.contract import Contract

DOCS = Path(__file__).resolve().parents[2] / "docs"
MADE = re.compile(r"(<!-- made: ([\w -]+) -->\n).*?(<!-- end of \2 -->)", re.DOTALL)


def filled(page: str) -> str:
    """The page with all that is made from the code as it should be now."""
    return MADE.sub(lambda found: f"{found[1]}\n{PARTS[found[2]]().strip()}\n\n{found[3]}", page)


def update() -> None:
    """Write every page of docs/ anew."""
    for file in DOCS.rglob("*.md"):
        text = file.read_text("utf-8")
        if filled(text) != text:
            file.write_text(filled(text), "utf-8")


# Hooks


def hooks() -> str:
    """Each hook with its signature, what it is for, a plugin that implements it, and the record that it yields."""
    return "\n\n".join("\n\n".join(_hook(kind)) for kind in KINDS)


def _hook(kind: type[Record]) -> Iterator[str]:
    function = getattr(hookspecs, kind.hook)
    said, _, example = (inspect.getdoc(function) or "").partition("Example::\n")
    yield f"## {kind.hook}"
    yield f"`{kind.hook}{names.signature(function)}`"
    yield said.strip()
    yield f'```python title="my_{kind.hook.removeprefix("gridloom_")}.py"\n{formatted(textwrap.dedent(example))}```'
    yield f"### {kind.__name__}"
    yield from about(kind.__name__, kind, gridloom)


def formatted(code: str) -> str:
    """Code as Ruff formats it, which does so with blocks in Markdown, too."""
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(DOCS / "example.py"), "-"]
    return subprocess.run(command, input=code, capture_output=True, text=True, timeout=60, check=True).stdout


# Experiments and plugins


def _options(options: Options, domains: Mapping[str, Domain] | None = None) -> str:
    lines = (f"- `{option.name}`: {option.type_name}; {default_in_words(option, domains)}" for option in options)
    return "\n".join(lines)


def keys() -> str:
    """The keys of an experiment and of the mappings in it, each with what is told of it and what YAML may say."""
    lines = []
    for path, function in KEYS.items():
        options = Options(function, 0)
        for option in options:
            need = "; required" if option.is_required and path in ((), ("search",)) else ""
            said = options.about(option.name).removeprefix(f"`{option.name}` ")
            lines.append(f"- `{'.'.join([*path, option.name])}` {said} *{option.type_name.capitalize()}{need}.*")
    return "\n".join(lines)


def settings() -> str:
    """The keys of `gridloom.toml`."""
    options = Options(settings_keys, 0)
    return "\n".join(f"- {options.about(option.name)} *{option.type_name.capitalize()}.*" for option in options)


SMALL = {"dataset": "pima", "model": "mlp", "search": {"space": {"dropout": "default"}}}


def small() -> str:
    """The smallest experiment."""
    return f'```yaml title="small.yaml"\n{gridloom.write_yaml(SMALL)}```'


def resolved() -> str:
    """The smallest experiment with every default filled in."""
    file = Path("small.yaml")
    source = Source(read_text(gridloom.write_yaml(SMALL), str(file)), file.parent, file.stem)
    return f"```yaml\n{gridloom.write_yaml(bind(source, load_registry()).resolved)}```"


def validation() -> str:
    """The methods of validation with their options."""
    return "\n\n".join(
        f"**`{method}`** {without_doctests(inspect.getdoc(function))}\n\n{_options(method_options(method))}"
        for method, function in METHODS.items()
    )


def built_ins(kind: type[Record]) -> Callable[[], str]:
    """What makes the part about the built-in things of a kind."""

    def part() -> str:
        items = [item.record for item in load_registry().of_kind(kind) if item.plugin.distribution == "gridloom"]
        return "\n\n".join("\n\n".join(_thing(record)) for record in items)

    return part


def _thing(record: Record) -> Iterator[str]:
    yield f"### `{record.name}`"
    yield record.summary
    if record.documentation != record.summary:
        yield without_doctests(record.documentation)
    if record.options.known:
        yield _options(record.options, default_domains(record))
    if training := getattr(record, "training_options", None):
        yield f"Its `training:` settings:\n\n{_options(training)}"


# The command line


def command_line() -> str:
    """Each command with its documentation, arguments and options."""
    return "\n\n".join("\n\n".join(_command(path, command)) for path, command in commands(get_command(app)))


def _command(path: Sequence[str], command: Any) -> Iterator[str]:
    arguments = [item for item in command.params if item.param_type_name == "argument"]
    options = [item for item in command.params if item not in arguments]
    called = [*path, *(item.metavar or item.name.upper() for item in arguments)]
    yield f"## {' '.join(path)}"
    yield f"`{' '.join(called)}`"
    yield inspect.cleandoc(command.help or "").replace("<", "&lt;")
    yield "\n".join([*(_argument(item) for item in arguments), *(_option(item) for item in options)])
    if command.epilog:
        yield inspect.cleandoc(command.epilog)


def _argument(argument: Any) -> str:
    return f"- `{argument.metavar or argument.name.upper()}`: {argument.help}"


def _option(option: Any) -> str:
    value = "" if option.is_flag else f" {option.metavar or option.name.upper()}"
    default = f" Default: `{option.default}`." if option.default not in (None, False) else ""
    return f"- {', '.join(f'`{name}{value}`' for name in sorted(option.opts, key=len, reverse=True))}: {option.help}{default}"


PARTS: dict[str, Callable[[], str]] = {
    "hooks": hooks,
    "command line": command_line,
    "small": small,
    "keys": keys,
    "resolved": resolved,
    "settings": settings,
    "validation": validation,
    **{kind.hook.removeprefix("gridloom_").replace("_", " "): built_ins(kind) for kind in KINDS},
    "records": listed("Parameter", "hookimpl"),
    "data": listed(
        "Data",
        "Column",
        "Task",
        "cut_inputs",
        "InputFile",
        "InputFolder",
        "FileName",
        "read_table",
        "open_text",
        "Table",
    ),
    "draft": listed("Draft", "Layer", "Part", "Settings"),
    "deciding": listed("Epoch", "Decision", "Following"),
    "space": listed("Domain", "Choices", "Range", "When", "bare", "Relation", "Space", "Extent", "Candidate"),
    "fits": listed("Proposal", "Budget", "PlannedWave", "Trial", "Fit", "FitResult", "Status", "tie_set"),
    "work": listed(
        "Work",
        "Predictions",
        "KeptModel",
        "LoadedModel",
        "Exporter",
        "Script",
        "Code",
        "estimator_code",
        "read_skops",
        "untrusted_types",
        "write_skops",
        "by_candidate",
        "by_training",
        "trainings",
        "fit_each",
        "restored",
    ),
    "executing": listed("Session", "FarSession", "open_processes"),
    "result": listed(
        "run",
        "search",
        "from_keras_tuner",
        "SearchableModel",
        "load",
        "Model",
        "Result",
        "Figures",
        "Truth",
        "Wave",
        "Front",
        "WorkerShare",
        "Plan",
        "Progress",
        "write_yaml",
        "write_file",
        "make_folder",
        "refuse_other_than_file",
        "csv_cell",
    ),
    "answers": listed(
        "Summary",
        "Answer",
        "Interval",
        "Comparison",
        "Power",
        "Optimism",
        "Effects",
        "Effect",
        "Level",
        "Pair",
        "Share",
        "Importances",
        "Importance",
        "Published",
    ),
    "errors": listed(
        "nearest",
        "spelled",
        "printable",
        "GridloomError",
        "InvalidInput",
        "Problem",
        "Location",
        "DataError",
        "StopRun",
        "CannotTrain",
        "ClusterLost",
        "WrongOptions",
        "TooLarge",
        "Deprecated",
    ),
    "contract": lambda: "\n\n".join(about("Contract", Contract, gridloom)),
    "fixtures": lambda: fixtures(gridloom_pytest),
    "testing": listed(module="gridloom.testing"),
}
