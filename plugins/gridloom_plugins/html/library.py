"""The drawing library of the page, plotly.js: compressed, so that a page stays small enough to mail."""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LIBRARY = "plotly-cartesian.min.js"
"""The partial bundle in `plotly/`: all that the page draws is scatter plots and heat maps."""


@dataclass(frozen=True)
class Library:
    """The library as it runs, whose hash the policy of the page knows, and as the page holds it."""

    code: str
    packed: str
    """The code in zlib's format as base64, which browsers unpack by `DecompressionStream("deflate")`."""


@cache
def library() -> Library:
    """The library, compressed once a process."""
    code = files("gridloom_plugins.html").joinpath("plotly", LIBRARY).read_text(encoding="utf-8")
    return Library(code, base64.b64encode(zlib.compress(code.encode(), 9)).decode())
