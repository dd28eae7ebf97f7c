"""The reporter `plots`: figures for a paper, as PNG and as SVG."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
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
    for name, figure in _figures(result):
        write_file(folder / f"{name}.png", _drawn(figure, "png", {"Software": None}))
        write_file(folder / f"{name}.svg", _drawn(figure, "svg", {"Date": None, "Creator": None}))


def _drawn(figure: Figure, form: str, metadata: Mapping[str, None]) -> bytes:
    content = io.BytesIO()
    figure.savefig(content, format=form, metadata=metadata)
    return content.getvalue()


def _figures(result: Result) -> Iterator[tuple[str, Figure]]:
    """The figures with the names of their files."""
    from gridloom_plugins.plotting.effects import draw_effects
    from gridloom_plugins.plotting.heat_maps import draw_pairs
    from gridloom_plugins.plotting.history import draw_history
    from gridloom_plugins.plotting.learning import draw_learning
    from gridloom_plugins.plotting.parallel import draw_parallel
    from gridloom_plugins.plotting.ranking import draw_ranking

    drawings = (
        ("ranking", draw_ranking),
        ("history", draw_history),
        ("effects", draw_effects),
        ("parallel-coordinates", draw_parallel),
        ("learning-curves", draw_learning),
    )
    for name, draw in drawings:
        if figure := draw(result):
            yield name, figure
    for number, other in enumerate(result.by_other_scores, start=2):
        if figure := draw_ranking(other):
            yield f"ranking-{number}-{_file_name(other.scoring)}", figure
    for number, (pair, figure) in enumerate(draw_pairs(result), start=1):
        yield f"pair-{number}-{'-'.join(_file_name(parameter) for parameter in pair)}", figure


def _file_name(name: str) -> str:
    """The part of a parameter's or a score's name that any system takes for a file's."""
    return re.sub(r"[^A-Za-z0-9]+", "_", name)[:40].strip("_") or "x"


REPORTER = Reporter(name="plots", summary="Figures for a paper as plots/*.png and *.svg, by matplotlib.", report=report)
