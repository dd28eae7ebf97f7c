"""The subcommands, put together."""

from __future__ import annotations

from typing import Annotated

import typer

from gridloom import __version__
from gridloom.cli import (
    check,
    compare,
    export,
    import_sweep,
    list_runs,
    new,
    open_report,
    plugins,
    predict,
    report,
    run,
    schema,
    show,
)

EXIT_CODES = """Exit codes: 0 done; 1 every candidate failed; 2 the command line, an experiment, a plugin or the data is
wrong; 3 the run belongs to a changed experiment or another process, or runs cannot be compared; 4 disk, permissions,
network, a package that a reporter needs, the browser or a cluster failed; 5 an error in a plugin (including reporters)
or an internal error; 130 stopped with Ctrl-C, 143 by SIGTERM (finished fits are kept)."""

app = typer.Typer(
    help="Search hyperparameters of Keras models. Experiments are YAML files; everything they name comes from plugins.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(run.run)
app.command("check")(check.check)
app.command("show")(show.show)
app.command("runs")(list_runs.list_runs)
app.command("report")(report.report)
app.command("open")(open_report.open_report)
app.command("predict")(predict.predict)
app.command("export")(export.export)
app.command("compare")(compare.compare)
app.command("import")(import_sweep.import_sweep)
app.command("schema")(schema.schema)
app.add_typer(plugins.app, name="plugins")
app.add_typer(new.app, name="new")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gridloom {__version__}")
        raise typer.Exit


@app.callback()
def _gridloom(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    pass
