"""A page that lists runs, with a link to the report of each: plain HTML that needs no network and no script."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from gridloom.cli.run_lines import PAGE, RunLine
from gridloom.core.files import write_file
from gridloom.errors import disk_errors

NAME = "index.html"

_HEAD = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Runs</title>
<style>
:root { color-scheme: light dark; font-family: system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: 0.4rem 1rem 0.4rem 0; border-bottom: 1px solid #8884; text-align: left; }
</style>
<h1>Runs</h1>
<table>
<thead><tr><th scope="col">Run</th><th scope="col">State</th><th scope="col">Best</th><th scope="col">Score</th><th scope="col">Last fit</th></tr></thead>
<tbody>
"""


def write_index(out: Path, lines: Sequence[RunLine]) -> Path:
    """Write the page into the folder of the runs; returns its path."""
    rows = "".join(f"<tr>{_row(line)}</tr>\n" for line in lines)
    with disk_errors(out):
        out.mkdir(parents=True, exist_ok=True)
        write_file(out / NAME, f"{_HEAD}{rows}</tbody>\n</table>\n</html>\n")
    return out / NAME


def _row(line: RunLine) -> str:
    name = escape(line.name)
    if line.has_page:
        name = f'<a href="{escape(quote(f"./{line.folder.name}/{PAGE}"))}">{name}</a>'
    cells = (line.state, line.best, line.score, line.when)
    return f'<th scope="row">{name}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}'
