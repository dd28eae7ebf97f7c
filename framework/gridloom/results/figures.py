"""Figures of a result, as the plugins that are there draw them: for programs, and for notebooks, which show them."""

from __future__ import annotations

import base64
import html
import io
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from gridloom.core.boundary import contained
from gridloom.errors import GridloomError, named, nearest
from gridloom.registry.records import Reporter
from gridloom.registry.registry import load_registry

DOTS, SHOWN = 200, 100
"""Dots an inch of a picture in a notebook, and how many of the page's pixels an inch takes: sharp on every screen."""


@dataclass(frozen=True)
class Drawing:
    """A figure that a reporter can draw: `draw()` returns it, or the reason why there is nothing to draw."""

    reporter: str
    name: str
    draw: Callable[[], Any]


@dataclass(frozen=True, eq=False)
class Figures(Mapping[str, Any]):
    """The figures of a result by name: a mapping of matplotlib figures, which notebooks show.

    `missing` says by name why others could not be drawn. They are no figures of pyplot, so nothing has to be closed, and
    none is shown twice.

    >>> figures = result.plot()  # doctest: +SKIP
    >>> figures["effects"].savefig("effects.pdf")  # doctest: +SKIP
    """

    drawn: Mapping[str, Any] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.drawn[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.drawn)

    def __len__(self) -> int:
        return len(self.drawn)

    def __repr__(self) -> str:
        """One line: the names, and what could not be drawn."""
        missing = "".join(f"; no {name}: {why}" for name, why in self.missing.items())
        return f"<Figures: {', '.join(self.drawn) or 'none'}{missing}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: the figures under their names, then why others could not be drawn."""
        parts = [f"<p><b>{html.escape(name)}</b></p>{_image_of(figure, name)}" for name, figure in self.items()]
        parts += [f"<p>{html.escape(f'No {name}: {why}')}.</p>" for name, why in self.missing.items()]
        return "".join(parts)


def drawings_of(plugins: Sequence[str], without: Sequence[str], result: Any) -> list[Drawing]:
    """What the installed reporters and those of these plugins can draw of a result, in their order.

    Where several have a name in common, each is called after its reporter as well: `plots:effects`. GridloomError where no
    reporter draws anything, or one lacks a package.
    """
    reporters = [item.record for item in load_registry(plugins, without).of_kind(Reporter) if item.record.figures]
    if not reporters:
        raise GridloomError("no plugin draws figures: the built-in one, 'builtin-reporters', is disabled")
    found = [drawing for reporter in reporters for drawing in drawings_of_reporter(reporter, result)]
    names = [drawing.name for drawing in found]
    return [
        drawing
        if names.count(drawing.name) == 1
        else Drawing(drawing.reporter, f"{drawing.reporter}:{drawing.name}", drawing.draw)
        for drawing in found
    ]


def drawings_of_reporter(reporter: Reporter, result: Any) -> list[Drawing]:
    """What one reporter can draw of a result, in its order."""
    with contained(f"the reporter '{reporter.name}'"):
        return [Drawing(reporter.name, name, draw) for name, draw in (reporter.figures or (lambda _: ()))(result)]


def all_figures(drawings: Sequence[Drawing]) -> Figures:
    """All that can be drawn; an error in one of them is the reason why that one is missing."""
    drawn, missing = {}, {}
    for drawing in drawings:
        try:
            made = _made(drawing)
        except Exception as error:
            made = f"the reporter '{drawing.reporter}' failed: {named(error)}"
        if isinstance(made, str):
            missing[drawing.name] = made
        else:
            drawn[drawing.name] = made
    return Figures(drawn, missing)


def figure_of(drawings: Sequence[Drawing], name: str) -> Any:
    """The figure of this name; ValueError where there is none, GridloomError where there is nothing to draw."""
    if not isinstance(name, str):
        raise TypeError(f"the name of a figure must be a string, not {name!r}")
    names = [drawing.name for drawing in drawings]
    if name not in names:
        known = "" if (hint := nearest(name, names)).startswith("known") else f" known: {', '.join(names)}"
        raise ValueError(f"there is no figure {name!r}; {hint}{known}")
    made = _made(drawings[names.index(name)])
    if isinstance(made, str):
        raise GridloomError(f"there is nothing to draw for '{name}': {made}")
    return made


def _made(drawing: Drawing) -> Any:
    """The figure, which notebooks show, or why there is none."""
    with contained(f"the reporter '{drawing.reporter}'"):
        made = drawing.draw()
    if not isinstance(made, str) and not hasattr(made, "savefig"):
        told = f"the reporter '{drawing.reporter}' draws {type(made).__name__} as '{drawing.name}'"
        raise TypeError(f"{told}; expected a matplotlib figure, or text that says why there is none")
    if not isinstance(made, str):
        made._repr_png_ = partial(_picture, made)  # notebooks show figures of pyplot alone by themselves
    return made


def _picture(figure: Any) -> tuple[bytes, dict[str, int]]:
    """A figure as PNG, and its size on a page in pixels."""
    content = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from")  # names may be in any script
        figure.savefig(content, format="png", dpi=DOTS)
    width, height = (round(SHOWN * inches) for inches in figure.get_size_inches())
    return content.getvalue(), {"width": width, "height": height}


def _image_of(figure: Any, name: str) -> str:
    """A figure as an image of HTML, no wider than the page."""
    content, size = _picture(figure)
    source = f"data:image/png;base64,{base64.b64encode(content).decode()}"
    style = f"width:{size['width']}px;max-width:100%;height:auto"
    return f'<img alt="{html.escape(name)}" style="{style}" src="{source}"/>'
