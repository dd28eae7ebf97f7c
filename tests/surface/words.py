"""Phrases that users do not read anywhere, each with what to say instead, and the texts that users read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

PHRASES = {
    r"\bgo(es|ing)? on (with (a|the|this|that) (run|search)|where it stopped)": "resume",
    r"\bgone on with\b": "resumed",
    r"\bcannot be told (from|apart)\b": "is statistically tied with",
    r"\b(can be|what is|is|are) told (from|apart)\b": "is significantly different from",
    r"\bwhich is one of them\b": "the tie set",
    r"\bover (other|more|several) seeds\b": "across seeds, on this data",
    r"\bother seeds (with|and) (the same|these|this) data\b": "across seeds, on this data",
    r"\bover new data\b|\bnew data from the same source\b": "on new data",
    r"\bas to the (first|two|best)\b": "the top two",
    r"\b(for|by) having been picked\b": "selection bias",
    r"\bwhat is left of (the best|its) mean\b": "bias-corrected score",
    r"\bone (more )?run of ours\b": "a new run",
    r"\b(would|could|may) be (mere )?noise\b": "no detectable effect",
    r"\bwhere (it|they|this) all c[ao]mes? from\b": "provenance",
    r"\b(can|could) bear\b": "supports",
    r"\breckon(s|ed|ing)?\b": "calculated",
    r"\b(is|are|was|were|(to|should|will) be) told\b(?! (from|apart))": "is reported, is printed, gets",
    r"\bmistakes? (of|in) (a plugin or of )?Gridloom\b|\bnot yours\b": "internal error (please report it)",
    r"\bput(s|ting)? (\S+ ){0,3}over (the file|its own)": "override",
    r"\bset(ting)? aside\b": "disabled",
    r"(?<!-)\b(leave|leaves|leaving|left)(?! one\b)( (?!to\b|in\b|of\b)[\w'`.]+){0,3} out\b(?! of (the )?memory)": "disable, exclude, remove, omit",
    r"\b(results|trials|reported) as far as (it is|they are)\b": "results so far",
    r"\b(from|above) [\d.]+ (to [\d.]+ )?below [\d.]+": "0 <= x < 1",
}
"""Regular expressions of phrases, and the words that take their place."""

SOURCES = ("framework", "plugins")
TEXTS = (
    "README.md",
    "CHANGELOG.md",
    "docs/**/*.md",
    "framework/gridloom/authoring/templates/**/*",
    "plugins/**/*.html",
    "plugins/**/*.js",
    "plugins/**/*.json",
)


@dataclass(frozen=True)
class Text:
    """A piece of text that a user may read, and the line of its file where it begins."""

    line: int
    content: str


def files() -> list[Path]:
    """The files with texts for users, by their paths."""
    found = {path for folder in SOURCES for path in (ROOT / folder).rglob("*.py")}
    found |= {path for pattern in TEXTS for path in ROOT.glob(pattern) if path.is_file()}
    return sorted(path for path in found if "__pycache__" not in path.parts)


def texts(path: Path) -> Iterator[Text]:
    """The texts of a file: string literals and docstrings of Python, without comments, and paragraphs of anything else."""
    content = path.read_text("utf-8")
    if path.suffix == ".py" and "templates" not in path.parts:
        yield from _literals(ast.parse(content))
        return
    line = 1
    for paragraph in content.split("\n\n"):
        yield Text(line, paragraph)
        line += paragraph.count("\n") + 2


def _literals(tree: ast.AST) -> Iterator[Text]:
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values]
            yield Text(node.lineno, "".join(parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            yield Text(node.lineno, node.value)


def findings(text: Text) -> Iterator[str]:
    """What is wrong with a text: each phrase in it, at the line where it begins, with what to say instead."""
    for pattern, instead in PHRASES.items():
        wrapped = pattern.replace(" ", r"\s+")
        for match in re.finditer(wrapped, text.content, re.IGNORECASE):
            line = text.line + text.content.count("\n", 0, match.start())
            yield f"{line}: '{' '.join(match.group().split())}'; say: {instead}"
