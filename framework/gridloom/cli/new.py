"""`gridloom new`: write the distribution of a plugin, or an experiment."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from gridloom.cli.common import NoPlugins, Plugins, guarded
from gridloom.core.printable import printable
from gridloom.errors import CannotWrite, UnknownName, disk_errors
from gridloom.registry.record import Record
from gridloom.registry.records import KINDS

if TYPE_CHECKING:
    from gridloom.registry.registry import Registry

T = TypeVar("T", bound=Record)

app = typer.Typer(help="Write a new plugin or a new experiment.", no_args_is_help=True)


@app.command("plugin")
@guarded
def plugin(
    name: Annotated[str, typer.Argument(help="The name of the distribution, such as gridloom-mine.")],
    kinds: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="KIND,...",
            help=f"What it provides: any of {', '.join(kind.word for kind in KINDS)}; by default a family.",
        ),
    ] = None,
) -> None:
    """Write a complete distribution into a new folder, with a working example of each kind, tests, a README and CI."""
    from gridloom import __version__
    from gridloom.authoring.new_plugin import write_plugin

    wanted = [kind.strip() for kind in ",".join(kinds or ["family"]).split(",") if kind.strip()]
    files = write_plugin(Path(name), name, wanted, __version__)
    for file in files:
        typer.echo(file)
    typer.echo(
        f"\nNext:\n  cd {name}\n"
        '  pip install --editable ".[test]"\n  pytest\n  gridloom run experiments\n\n'
        f"{Path(name) / 'README.md'} describes how to make it yours."
    )


@app.command("experiment")
@guarded
def experiment(
    data: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A data file, such as my.csv; its content decides everything else."),
    ] = None,
    target: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The column of --data to predict; guessed by default.")
    ] = None,
    dataset: Annotated[
        str | None, typer.Option(metavar="NAME", help="The data set; with options: '{name: csv, path: my.csv, ...}'.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(metavar="NAME", help="The model; with options: '{name: mlp, hidden: [24]}'.")
    ] = None,
    family: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A hyperparameter family to search; repeatable.")
    ] = None,
    strategy: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="The search strategy; with options: '{name: random, candidates: 30}'. Default: grid."
        ),
    ] = None,
    name: Annotated[str | None, typer.Option(help="The name of the experiment.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="The file to write; by default NAME.yaml.")] = None,
    plugins: Plugins = None,
    no_plugins: NoPlugins = None,
) -> None:
    """Write a commented experiment that `gridloom check` accepts.

    In a terminal it asks for what you do not give; elsewhere you must give a data set and a model, or a data file.
    """
    from gridloom.authoring.new_experiment import Wanted, compose
    from gridloom.registry.records import NETWORK, Dataset, Family, ModelBuilder, Strategy
    from gridloom.registry.registry import load_registry

    registry = load_registry(plugins or (), no_plugins or ())
    search = selection(registry, Strategy, "--strategy", strategy) if strategy else None
    if data is not None:
        _refuse_beside_data({"--dataset": dataset, "--model": model, "--family": family})
        _from_data(data, target, name, out, registry, plugins or (), search)
        return
    if target is not None:
        raise CannotWrite("--target names a column of --data; name the file as well")
    chosen_dataset = _chosen(registry, Dataset, "--dataset", dataset)
    chosen_model = _chosen(registry, ModelBuilder, "--model", model)
    makes = registry.find(ModelBuilder, chosen_model["name"]).record.makes
    families = family or (_asked_families(registry) if makes == NETWORK else [])
    for wanted in families:
        registry.find(Family, wanted)
    name = name or _plain("-".join([chosen_dataset["name"], *(families or [chosen_model["name"]])]))
    file = out or Path(f"{name}.yaml")
    refuse_existing(file)
    text = compose(Wanted(chosen_dataset, chosen_model, families, name, search), registry, file)
    with disk_errors(file):
        file.write_text(text, encoding="utf-8")
    write_schema(registry, file.parent)
    typer.echo(f"{file}: gridloom run {file}{''.join(f' -p {source}' for source in plugins or ())}")


def _refuse_beside_data(given: Mapping[str, object]) -> None:
    """Raise CannotWrite for options that say what --data decides on."""
    for option, value in given.items():
        if value:
            raise CannotWrite(f"--data already decides what {option} sets; use only one of them")


def _from_data(
    data: Path,
    target: str | None,
    name: str | None,
    out: Path | None,
    registry: Registry,
    plugins: Sequence[str],
    strategy: Mapping[str, Any] | None,
) -> None:
    """Write an experiment on a file of data."""
    from gridloom.authoring.experiment_from_data import compose_for, find
    from gridloom.core.describing import described

    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", data.name.partition(".")[0]).strip("-._") or "mine"
    name = name or stem
    file = out or Path(f"{name}.yaml")
    refuse_existing(file)
    found = find(data, target, registry)
    text = compose_for(found, name, registry, file, strategy)
    with disk_errors(file):
        file.write_text(text, encoding="utf-8")
    write_schema(registry, file.parent)
    typer.echo(printable(f"{data}: {len(found.data.y):,} rows; {described(found.data)}"))
    typer.echo(printable(f"target: {found.data.target_name}"))
    typer.echo(f"{file}: gridloom run {file}{''.join(f' -p {source}' for source in plugins)}")


def _plain(name: str) -> str:
    """A name for a file and a run: without the plugin in front of full names."""
    return "-".join(part.rpartition(":")[2] for part in name.split("-"))


def refuse_existing(file: Path) -> None:
    """Raise CannotWrite for a file that is there, or whose folder is not."""
    if file.exists():
        raise CannotWrite(f"{file} already exists; name another file with --out, or another experiment with --name")
    if not file.parent.is_dir():
        raise CannotWrite(f"cannot write {file.name}: the folder {file.parent} does not exist")


def write_schema(registry: Registry, folder: Path) -> None:
    """Write the JSON Schema that the first line of the experiment names."""
    from gridloom.authoring import schema
    from gridloom.experiment.settings_files import read_settings

    schema.write(registry, folder / schema.FILE, read_settings(folder.absolute()).meant)


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _chosen(registry: Registry, kind: type[T], option: str, given: str | None) -> Mapping[str, Any]:
    """What was given on the command line, or is asked for; a mapping of `name` and options."""
    if given is None and not _is_terminal():
        known = ", ".join(item.record.name for item in registry.of_kind(kind))
        raise CannotWrite(f"name the {kind.kind} with {option} NAME; known: {known}")
    if given is None:
        return _asked(registry, kind)
    return selection(registry, kind, option, given)


def selection(registry: Registry, kind: type[T], option: str, text: str) -> Mapping[str, Any]:
    """A name, or a YAML mapping of `name` and options."""
    from gridloom.experiment import yaml_document

    plain = yaml_document.read_text(text, option).plain() if text.lstrip().startswith("{") else {"name": text.strip()}
    if not isinstance(plain.get("name"), str):
        raise CannotWrite(f"{option} {text}: write a name, or {{name: ..., and options}}")
    options = registry.find(kind, plain["name"]).record.options
    missing = [item.name for item in options if item.is_required and item.name not in plain]
    if missing:
        example = ", ".join([f"name: {plain['name']}", *(f"{name}: ..." for name in missing)])
        raise CannotWrite(f"{kind.kind} '{plain['name']}' needs {' and '.join(missing)}: {option} '{{{example}}}'")
    return {"name": plain.pop("name"), **plain}


def _asked(registry: Registry, kind: type[T]) -> Mapping[str, Any]:
    """The name that is typed in, with the options that it cannot do without."""
    from gridloom.experiment import yaml_document

    for line in _table(registry, kind):
        typer.echo(line)
    while True:
        try:
            record = registry.find(kind, typer.prompt(kind.kind.capitalize()).strip()).record
            break
        except UnknownName as error:
            typer.echo(str(error))
    given = {"name": record.name}
    for option in record.options:
        if option.is_required:
            text = typer.prompt(f"  {option.name} ({option.type_name})")
            given[option.name] = yaml_document.read_text(text, option.name).plain()
    return given


def _asked_families(registry: Registry) -> Sequence[str]:
    """The families that are typed in; none where there is no terminal."""
    from gridloom.registry.records import Family

    if not _is_terminal():
        return []
    for line in _table(registry, Family):
        typer.echo(line)
    while True:
        text = typer.prompt(
            "Families, separated by commas (none: options of the model)", default="", show_default=False
        )
        names = [name.strip() for name in text.split(",") if name.strip()]
        try:
            for name in names:
                registry.find(Family, name)
        except UnknownName as error:
            typer.echo(str(error))
        else:
            return names


def _table(registry: Registry, kind: type[T]) -> Iterator[str]:
    """What there is of a kind, a line each."""
    yield ""
    for item in registry.of_kind(kind):
        yield f"  {item.record.name:<20} {item.record.summary}"
