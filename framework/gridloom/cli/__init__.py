"""The `gridloom` command; one file a subcommand. What stands here is imported before Ctrl-C is answered: little."""

from __future__ import annotations

import os
import sys

from gridloom.cli.ctrl_c import leaving_at_once


def main() -> None:
    """Run the command line."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started us
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123  (until we end)
    with leaving_at_once():
        _run()


def _run() -> None:
    from gridloom.cli.commands import app
    from gridloom.cli.common import fail, log_to_stderr, tell_deprecations
    from gridloom.errors import Exit

    tell_deprecations()
    log_to_stderr()
    try:
        app(prog_name="gridloom")
    except OSError as error:
        fail(f"{error.filename or 'what is printed'} cannot be written: {error.strerror or error}")
        sys.exit(Exit.MACHINE)
