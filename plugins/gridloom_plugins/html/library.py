"""The drawing library of the page, plotly.js: compressed, so that a page stays small enough to mail."""

from __future__ import annotations

import base64
import gzip
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LIBRARY = "plotly-cartesian.min.js.gz"
"""The partial bundle in `plotly/`: all that the page draws is scatter plots and heat maps."""


@dataclass(frozen=True)
class Library:
    """The library as it runs, whose hash the policy of the page knows, and as the page holds it."""

    code: str
    packed: str
    """The compressed code as base64, which browsers unpack by `DecompressionStream("gzip")`."""


@cache
def library() -> Library:
    """The library, read once a process."""
    content = files("gridloom_plugins.html").joinpath("plotly", LIBRARY).read_bytes()
    return Library(gzip.decompress(content).decode(), base64.b64encode(content).decode())
