"""All figures of a result by name, each with what draws it and why there may be nothing to draw."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from gridloom import Result
from gridloom_plugins.figures.pairs import pair_maps
from gridloom_plugins.plotting.effects import draw_effects
from gridloom_plugins.plotting.heat_maps import MOST, draw_pair
from gridloom_plugins.plotting.history import draw_history
from gridloom_plugins.plotting.learning import draw_learning
from gridloom_plugins.plotting.parallel import draw_parallel
from gridloom_plugins.plotting.ranking import draw_ranking
from gridloom_plugins.plotting.style import printed_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Drawing(NamedTuple):
    """The name of a figure, what draws it or returns None, and why that returns None."""

    name: str
    draw: Callable[[], Figure | None]
    why_not: str


def drawings(result: Result) -> Iterator[Drawing]:
    """The figures that the reporter `plots` writes, in order; one called `pairs` stands for pairs where there are none."""
    none, kept = "no candidate is complete", f"the engine {result.engine} keeps no history of the epochs"
    known = [
        ("ranking", draw_ranking, none),
        ("history", draw_history, "fewer than two candidates are complete"),
        ("effects", draw_effects, _why_no_effects(result)),
        ("parallel-coordinates", draw_parallel, "it takes two complete candidates and two parameters that differ"),
        ("learning-curves", draw_learning, kept if result.best else none),
    ]
    for name, draw, why_not in known:
        yield Drawing(name, partial(draw, result), why_not)
    for number, other in enumerate(result.by_other_scores, start=2):
        yield Drawing(f"ranking-{number}-{_file_name(other.scoring)}", partial(draw_ranking, other), none)
    maps, _ = pair_maps(result, MOST)
    for number, found in enumerate(maps, start=1):
        name = f"pair-{number}-{'-'.join(_file_name(parameter) for parameter in found.parameters)}"
        yield Drawing(name, partial(draw_pair, found, result.scoring), "")
    if not maps:
        yield Drawing("pairs", lambda: None, "there are no two parameters all of whose combinations were tried")


def drawn(drawing: Drawing) -> Figure | str:
    """The figure in the printed style, which it keeps wherever it is shown; or why there is none."""
    with printed_style():
        return drawing.draw() or drawing.why_not


def _why_no_effects(result: Result) -> str:
    return "no parameter differs" if result.summary.answer else "the scores are too few to compare candidates"


def _file_name(name: str) -> str:
    """The part of a parameter's or a score's name that any system takes for a file's."""
    return re.sub(r"[^A-Za-z0-9]+", "_", name)[:40].strip("_") or "x"
