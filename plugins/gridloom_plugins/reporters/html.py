"""The reporter `html`: one page to read, to mail and to keep, which needs no network."""

from __future__ import annotations

from gridloom import Reporter, Result, write_file


def report(result: Result) -> None:
    """Write report.html: what the scores support, plots, the table of trials, failures, and provenance.

    The page is one file that holds all it needs.
    """
    from gridloom_plugins.html.page import render

    write_file(result.folder / "report.html", render(result))


REPORTER = Reporter(name="html", summary="A page with plots as report.html, for any browser.", report=report)
