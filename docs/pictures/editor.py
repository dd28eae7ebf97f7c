"""Draws an editor that completes an experiment and marks a mistake: what is offered and said comes from a real YAML language server."""

from __future__ import annotations

import html
import sys
from pathlib import Path

from gridloom.authoring.schema import FILE, HEADER, write
from gridloom.registry.registry import load_registry

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
from schema.language_server import language_server

TEXT = f"""\
{HEADER}
name: churn
dataset: breast_cancer
preprocess: [standardize]
model: mlp
training:
  epoch: 50
search:
  strategy: {{name: random, candidates: 40}}
  space:
    training: {{learning_rate: {{low: 1e-4, high: 0.1, scale: log}}}}
    d►
"""
STYLE = """
body { margin: 0; background: #1e1e1e; color: #d4d4d4; font: 15px/22px ui-monospace, 'DejaVu Sans Mono', monospace; }
.line { white-space: pre; padding-left: 16px; height: 22px; }
.number { display: inline-block; width: 28px; color: #858585; }
.key { color: #9cdcfe; } .comment { color: #6a9955; }
.wrong { text-decoration: underline wavy #f14c4c; text-underline-offset: 4px; }
.said { color: #f14c4c; padding-left: 32px; }
.box { display: flex; margin: 2px 0 16px 96px; width: 840px; border: 1px solid #454545; background: #252526; }
.labels { width: 240px; border-right: 1px solid #454545; } .labels div { padding: 0 10px; }
.labels div:first-child { background: #04395e; color: #fff; }
.about { flex: 1; padding: 6px 12px; white-space: pre-line; font: 14px/20px system-ui, 'DejaVu Sans', sans-serif; }
"""


def page(folder: Path) -> str:
    """The page with the editor, which asks a language server in this folder."""
    write(load_registry(), folder / FILE)
    plain = TEXT.replace("►", "")
    with language_server(folder) as server:
        offered = server.completions(TEXT)
        problems = server.problems(plain.replace("    d\n", ""))
    said = {problem["range"]["start"]["line"]: problem["message"] for problem in problems}
    rows = []
    for number, line in enumerate(plain.splitlines()):
        key, colon, rest = html.escape(line.lstrip()).partition(":")
        indent = " " * (len(line) - len(line.lstrip()))
        marked = f'{indent}<span class="key{" wrong" if number in said else ""}">{key}</span>{colon}{rest}'
        shown = f'<span class="comment">{html.escape(line)}</span>' if line.startswith("#") else marked
        told = f'<span class="said">{html.escape(said[number])}</span>' if number in said else ""
        rows.append(f'<div class="line"><span class="number">{number + 1}</span>{shown}{told}</div>')
    labels = sorted(label for label in offered if label.startswith("d")) or sorted(offered)
    first = offered[labels[0]]
    labels += [label for label in sorted(offered) if label not in labels][:6]
    listed = "".join(f"<div>{html.escape(label)}</div>" for label in labels)
    about = html.escape(str(first.get("documentation", "")))
    box = f'<div class="box"><div class="labels">{listed}</div><div class="about">{about}</div></div>'
    return f"<!doctype html><meta charset=utf-8><style>{STYLE}</style><p></p>{''.join(rows)}{box}"
