"""The reference: its parts that are made from the code are up to date, and every hook and name has its place."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re

import pytest
from surface.changes import UPDATE

import gridloom.testing
from docs.reference import DOCS, filled
from gridloom.registry import hookspecs
from gridloom.registry.records import KINDS
from gridloom.registry.registry import load_registry


@pytest.mark.parametrize("path", sorted(DOCS.rglob("*.md")), ids=lambda path: str(path.relative_to(DOCS)))
def test_what_is_made_from_the_code_is_up_to_date(path):
    if filled(path.read_text("utf-8")) != path.read_text("utf-8"):
        pytest.fail(
            f"docs/{path.relative_to(DOCS)} is not what the code says any more; write it anew: {UPDATE}", pytrace=False
        )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.hook)
def test_every_hook_is_documented_with_its_signature_and_the_fields_of_its_record(kind):
    page = (DOCS / "reference" / "hooks.md").read_text("utf-8")
    _, found, section = page.partition(f"\n## {kind.hook}\n")
    assert found
    section = section.partition("\n## ")[0]
    (text,) = re.findall(rf"^`({kind.hook}.*)`$", section, re.MULTILINE)
    documented = ast.parse(f"def {text}: ...").body[0]
    signature = inspect.signature(getattr(hookspecs, kind.hook))
    assert [argument.arg for argument in documented.args.args] == list(signature.parameters)
    assert ast.unparse(documented.returns) == signature.return_annotation
    fields = [field.name for field in dataclasses.fields(kind)]
    assert re.findall(r"^- `(\w+): ", section, re.MULTILINE)[: len(fields)] == fields


def test_every_public_name_has_a_heading():
    pages = [(DOCS / "reference" / name).read_text("utf-8") for name in ("python.md", "hooks.md", "testing.md")]
    headings = {heading for page in pages for heading in re.findall(r"^### (\w+)$", page, re.MULTILINE)}
    assert {*gridloom.__all__, *gridloom.testing.__all__} - headings == {"__version__"}


def test_every_built_in_thing_has_a_heading():
    headings = re.findall(r"^### `(.+)`$", (DOCS / "reference" / "built-ins.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(headings) == sorted(item.record.name for item in load_registry().provided)


def test_a_part_that_has_changed_is_found():
    page = (DOCS / "reference" / "experiment.md").read_text("utf-8")
    assert filled(page.replace("kfold", "kfeld")) != page.replace("kfold", "kfeld")
    assert "`shuffle`" in page
