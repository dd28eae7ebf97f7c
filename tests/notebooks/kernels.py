"""Runs the cells of a notebook in a kernel, as Jupyter does, and reads what they showed."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbclient
import nbformat

SECONDS = 400
"""How long a cell may take."""


def run(
    notebook: Any, folder: Path, environment: Mapping[str, str] | None = None, *, interrupted: int | None = None
) -> Any:
    """Execute the notebook in a folder; errors are outputs. The cell `interrupted` is, once it has trained a fit."""
    client = nbclient.NotebookClient(
        notebook,
        timeout=SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        allow_errors=True,
    )
    if interrupted is not None:
        threading.Thread(target=_interrupt, args=(client, notebook.cells[interrupted]), daemon=True).start()
    client.execute(env={**os.environ, **(environment or {})})
    return notebook


def of_cells(*sources: str) -> Any:
    """A notebook with these cells of code."""
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return notebook


def _interrupt(client: Any, cell: Any) -> None:
    """Interrupt the kernel as Jupyter does, its process group, as soon as the cell shows that a fit is done.

    What it shows then is kept in its metadata, as `seen`.
    """
    ends = time.monotonic() + SECONDS
    while time.monotonic() < ends:
        time.sleep(0.1)
        if any("fits/s" in data.get("text/plain", "") for data in shown(cell)):
            cell.metadata["seen"] = [data["text/html"] for data in shown(cell)]
            os.killpg(os.getpgid(client.km.provisioner.pid), signal.SIGINT)
            return


def printed(cell: Any, stream: str = "stdout") -> str:
    """What a cell has printed."""
    return "".join(output.text for output in cell.outputs if output.output_type == "stream" and output.name == stream)


def shown(cell: Any) -> list[Mapping[str, Any]]:
    """What a cell has displayed, its last value included, each by type."""
    return [output.data for output in cell.outputs if output.output_type in ("display_data", "execute_result")]


def errors(cell: Any) -> list[str]:
    """What the traceback of a cell's error is, if there is one."""
    return ["\n".join(output.traceback) for output in cell.outputs if output.output_type == "error"]
