"""What the subcommands share: options for plugins, finding experiment files, and how errors end."""

from __future__ import annotations

import errno
import logging
import sys
import traceback
import warnings
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ParamSpec, TypeVar

import typer

from gridloom.cli import completion
from gridloom.cli.ctrl_c import interrupting
from gridloom.core.boundary import contained
from gridloom.core.printable import printable
from gridloom.errors import Deprecated, Exit, GridloomError, InvalidInput, Location

if TYPE_CHECKING:
    from gridloom.results.result import Result

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
"""What the system says of a full disk."""

P = ParamSpec("P")
T = TypeVar("T")

ExperimentPaths = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE_OR_FOLDER...",
        help="Experiment files, or folders of them.",
        autocompletion=completion.experiments,
    ),
]
Plugins = Annotated[
    list[str] | None,
    typer.Option("--plugin", "-p", metavar="FILE.py|MODULE", help="Load a plugin that is not installed; repeatable."),
]
NoPlugins = Annotated[
    list[str] | None,
    typer.Option(
        "--no-plugin",
        metavar="NAME",
        help="Disable an installed plugin; repeatable.",
        autocompletion=completion.plugins,
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Override a value of the file, such as training.epochs=10; repeatable."
    ),
]
Out = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where runs are kept.")]


def guarded(command: Callable[P, T]) -> Callable[P, T]:
    """Let a command's GridloomErrors and Ctrl-C end in a message on standard error and an exit code."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            with interrupting(), contained("a plugin"):
                return command(*args, **kwargs)
        except GridloomError as error:
            fail(str(error))
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            fail("stopped")
            raise typer.Exit(Exit.INTERRUPTED) from None
        except (typer.Exit, typer.Abort, typer.BadParameter, BrokenPipeError):
            raise
        except Exception as error:
            if isinstance(error, FileNotFoundError) and not _is_somewhere():
                fail("the working directory was deleted; change to another one")
                raise typer.Exit(Exit.MACHINE) from None
            if isinstance(error, OSError) and error.errno in NO_ROOM:
                raise
            print(printable(traceback.format_exc()), end="", file=sys.stderr)
            fail(
                "internal error (please report it): the traceback above shows whether it is in a plugin or in Gridloom"
            )
            raise typer.Exit(Exit.BUG) from None

    return run


def _is_somewhere() -> bool:
    """Whether the working folder is there."""
    try:
        Path.cwd()
    except FileNotFoundError:
        return False
    return True


def say(text: object) -> None:
    """Print a text on standard output, in which nothing steers the terminal."""
    typer.echo(printable(str(text)))


def fail(message: str) -> None:
    """Print an error as it is, without markup or colour, and with nothing that steers the terminal."""
    message = printable(message)
    print(f"gridloom: {message}" if "\n" not in message else f"gridloom:\n{message}", file=sys.stderr, flush=True)


def note(message: str) -> None:
    """Print a note on standard error, for readers of the results on standard output."""
    print(f"gridloom: {printable(message)}", file=sys.stderr, flush=True)


def exit_after_reports(result: Result) -> Exit:
    """OK, MACHINE if a report or model could not be written, BUG if a reporter is at fault; prints which they were.

    The errors themselves were logged when they occurred.
    """
    errors = result.report_errors
    if not errors:
        return Exit.OK
    if reporters := dict.fromkeys(error.reporter for error in errors if error.reporter):
        fail(f"{result.name}: these reports failed, see above: {', '.join(reporters)}")
    if models := dict.fromkeys(error.model for error in errors if error.model):
        fail(f"{result.name}: not kept, see above: {', '.join(models)}")
    return Exit.BUG if any(error.is_bug for error in errors) else Exit.MACHINE


def tell_deprecations() -> None:
    """Print each deprecation warning once, as one line that says where the deprecated thing is used.

    Options such as `python -W` take precedence.
    """
    other = warnings.formatwarning

    def formatted(
        message: Warning | str, category: type[Warning], filename: str, lineno: int, line: str | None = None
    ) -> str:
        if issubclass(category, Deprecated):
            return printable(f"gridloom: {filename}:{lineno}: {message}\n")
        return printable(other(message, category, filename, lineno, line))

    warnings.formatwarning = formatted
    warnings.simplefilter("once", Deprecated, append=True)


class _Printable(logging.Formatter):
    """Formats what is logged as it is, with nothing that steers the terminal."""

    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record))


def log_to_stderr() -> None:
    """Print what Gridloom logs on standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Printable())
    logging.getLogger("gridloom").addHandler(handler)


def is_there(path: Path, test: Callable[[Path], bool]) -> bool:
    """`test(path)`; InvalidInput for a path that no file can have."""
    try:
        return test(path)
    except OSError as error:
        raise InvalidInput.at(Location(str(path)), f"cannot be read: {error.strerror}") from None


def experiment_files(paths: Sequence[Path]) -> list[Path]:
    """The files, and for a folder the .yaml and .yml files in it, by name; InvalidInput when there are none."""
    files: list[Path] = []
    for path in paths:
        if not is_there(path, Path.is_dir):
            files.append(path)
            continue
        found = (child for child in path.iterdir() if child.suffix in completion.EXPERIMENT_SUFFIXES)
        inside = sorted(filter(Path.is_file, found))
        if not inside:
            raise InvalidInput.at(Location(str(path)), "this folder contains no .yaml file")
        files += inside
    return list(dict.fromkeys(files))
