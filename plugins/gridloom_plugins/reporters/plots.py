"""The reporter `plots`: figures for a paper, as PNG and as SVG."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gridloom import FileName, Reporter, Result, make_folder, write_file
from gridloom_plugins.reporters.extras import needed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_OURS = re.compile(
    r"(ranking|ranking-\d+-.*|history|effects|parallel-coordinates|learning-curves|pair-\d+-.*)\.(png|svg)"
)
"""Names of files that this reporter writes."""


def report(result: Result, folder: FileName = "plots") -> None:
    """Write figures into a folder of the run, each as PNG and as SVG.

    `ranking` has the best candidates with intervals, `history` every trial and the best so far, `effects` the mean of each
    hyperparameter's values, `pair-N-...` that of two hyperparameters' combinations, `parallel-coordinates` a line for each
    candidate, `learning-curves` how the best learned. With several scores, `ranking-2-...` and so on rank by the others; all
    other figures are about the score that ranks. A figure that the result has no data for is not written, and figures of an
    earlier report in the folder are replaced.
    """
    from gridloom_plugins.plotting.style import printed_style

    with needed("matplotlib", "plots"), printed_style():
        _write(result, result.folder / folder)


def _write(result: Result, folder: Path) -> None:
    make_folder(folder)
    for path in folder.iterdir():
        if _OURS.fullmatch(path.name):
            path.unlink()
    from gridloom_plugins.plotting.drawings import drawings

    for drawing in drawings(result):
        if figure := drawing.draw():
            write_file(folder / f"{drawing.name}.png", _drawn(figure, "png", {"Software": None}))
            write_file(folder / f"{drawing.name}.svg", _drawn(figure, "svg", {"Date": None, "Creator": None}))


def _drawn(figure: Figure, form: str, metadata: Mapping[str, None]) -> bytes:
    content = io.BytesIO()
    figure.savefig(content, format=form, metadata=metadata)
    return content.getvalue()


def figures(result: Result) -> Iterator[tuple[str, Callable[[], Figure | str]]]:
    """The same figures for `Result.plot`, by the names of their files."""
    from gridloom_plugins.plotting.drawings import drawings, drawn

    with needed("matplotlib", "plots"):
        import matplotlib as mpl  # noqa: F401
    for drawing in drawings(result):
        yield drawing.name, partial(drawn, drawing)


REPORTER = Reporter(
    name="plots",
    summary="Figures for a paper as plots/*.png and *.svg, by matplotlib.",
    report=report,
    figures=figures,
)
