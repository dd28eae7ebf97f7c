"""The page on the architecture: the files and functions that it names exist, and its layers are those of import-linter."""

from __future__ import annotations

import ast
import re
import tomllib

import pytest

from docs.snippets import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
HOMES = (ROOT / "framework" / "gridloom", ROOT / "plugins" / "gridloom_plugins")
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)(?::([\w.]+))?`", PAGE)))


def defined(body):
    """The names that stand in the body of a module or class, each with what it is."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name, node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((target.id, node) for target in targets if isinstance(target, ast.Name))


@pytest.mark.parametrize(("file", "name"), NAMED, ids=lambda text: text or "file")
def test_what_the_page_names_is_there(file, name):
    (path,) = [home / file for home in HOMES if (home / file).is_file()]
    body = ast.parse(path.read_text("utf-8")).body
    for part in filter(None, name.split(".")):
        node = dict(defined(body))[part]
        body = getattr(node, "body", [])


def test_the_page_and_its_picture_have_the_layers_of_import_linter():
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    (layers,) = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    headings = " ".join(re.findall(r"^\*\*(.+?)\.\*\*", PAGE, re.MULTILINE)).replace(".py", "")
    assert sorted(re.findall(r"\w+", headings)) == sorted(layers)
    picture = (ROOT / "docs" / "architecture.svg").read_text("utf-8")
    drawn = re.findall(r'class="name" x="264" y="-?\d+">(\w+)(?:\.py)?<', picture)
    assert drawn == layers
