"""`gridloom import`: an experiment from a sweep of Weights & Biases."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from gridloom.cli.common import NoPlugins, Plugins, guarded, say
from gridloom.cli.new import refuse_existing, selection, write_schema
from gridloom.errors import CannotWrite, disk_errors


@guarded
def import_sweep(
    sweep: Annotated[Path, typer.Argument(metavar="SWEEP", help="A sweep file of Weights & Biases.")],
    dataset: Annotated[
        str, typer.Option(metavar="NAME", help="The data set; with options: '{name: csv, path: my.csv, ...}'.")
    ],
    model: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="The model in place of the sweep's program; with options: '{name: mlp, ...}'."
        ),
    ],
    places: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="PARAMETER=GROUP.NAME",
            help="What a parameter of the sweep is called in Gridloom, such as lr=training.learning_rate; repeatable.",
        ),
    ] = None,
    scoring: Annotated[
        str | None, typer.Option(metavar="NAME", help="The score that the sweep's metric is; by default by its name.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="The name of the experiment; by default that of the sweep, or of its file.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="The file to write; by default NAME.yaml.")] = None,
    plugins: Plugins = None,
    no_plugins: NoPlugins = None,
) -> None:
    """Write the experiment that a sweep of Weights & Biases is, which `gridloom check` accepts.

    A sweep does not say what is trained, so you must give a data set and a model. Parameters become options of the model,
    training settings or parameters of families with the same name, or the one that you name with --map. What has no
    counterpart in Gridloom is refused, with its place in the sweep; nothing is written then.
    """
    from gridloom.authoring.from_wandb.experiment import Wanted, compose_sweep
    from gridloom.authoring.from_wandb.sweep import read_sweep
    from gridloom.registry.records import Dataset, ModelBuilder
    from gridloom.registry.registry import load_registry

    registry = load_registry(plugins or (), no_plugins or ())
    found = read_sweep(sweep)
    name = name or re.sub(r"[^A-Za-z0-9._-]+", "-", found.name or f"{sweep.stem}-imported").strip("-._")[:64] or "sweep"
    file = out or Path(f"{name}.yaml")
    refuse_existing(file)
    wanted = Wanted(
        selection(registry, Dataset, "--dataset", dataset),
        selection(registry, ModelBuilder, "--model", model),
        dict(map(_place, places or ())),
        scoring,
        name,
    )
    text = compose_sweep(found, wanted, registry, file, sweep)
    with disk_errors(file):
        file.write_text(text, encoding="utf-8")
    write_schema(registry, file.parent)
    say(f"{file}: gridloom run {file}{''.join(f' -p {source}' for source in plugins or ())}")


def _place(text: str) -> tuple[str, str]:
    """What `--map` says: a parameter, and its place."""
    name, equals, place = text.partition("=")
    if not (equals and name and "." in place):
        raise CannotWrite(f"--map {text}: write PARAMETER=GROUP.NAME, such as lr=training.learning_rate")
    return name, place
