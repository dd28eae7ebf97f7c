"""The notebook of the documentation, in a real kernel: a bar that becomes one line, tables, figures and predictions."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET

import nbformat
import pytest
from docs.snippets import ROOT

from notebooks.kernels import errors, printed, run, shown

pytestmark = pytest.mark.slow

FILE = ROOT / "docs" / "notebooks" / "from-arrays-to-predictions.ipynb"


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    """The cells of code, executed, by the first words of each."""
    notebook = run(nbformat.read(FILE, 4), tmp_path_factory.mktemp("notebook"))
    assert not [error for cell in notebook.cells if cell.cell_type == "code" for error in errors(cell)]
    return {re.split(r"\n|\(\n", cell.source)[0]: cell for cell in notebook.cells if cell.cell_type == "code"}


def test_it_is_stored_without_outputs():
    for cell in nbformat.read(FILE, 4).cells:
        assert cell.cell_type == "markdown" or (cell.outputs, cell.execution_count) == ([], None)


def test_progress_is_one_output_that_ends_as_one_line(cells):
    cell = cells["result = gridloom.search"]
    (bar,) = shown(cell)
    assert re.fullmatch(r"36/36 fits, [\d.]+ fits/s, took \d+:\d\d, best 0\.9\d+ \{.*\}", bar["text/plain"])
    assert ET.fromstring(bar["text/html"]).text == bar["text/plain"]
    kinds = [output.output_type for output in cell.outputs]
    assert kinds[:2] == ["stream", "display_data"]
    lines = printed(cell).splitlines()
    assert lines[0].startswith("tumours: 6 candidates x 3 splits x 2 seed(s) = 36 fits, engine fused, ")
    assert not [line for line in lines[1:] if "fits/s" in line]
    assert lines[1].startswith(("Tie: ", "Winner: ", "Too noisy"))
    assert printed(cell, "stderr") == ""


def test_the_result_is_a_table(cells):
    (found,) = shown(cells["result"])
    rows = [*ET.fromstring(f"<div>{found['text/html']}</div>").iter("tr")]
    assert len(rows) == 1 + 6
    assert found["text/plain"].startswith("<Result tumours: accuracy of 6 trials, complete, in runs/tumours; best: ")


def test_figures_are_images_each_once(cells):
    (one,) = shown(cells['result.plot("learning-curves")'])
    assert base64.b64decode(one["image/png"]).startswith(b"\x89PNG\r\n")
    (several,) = shown(cells["result.plot()"])
    images = [*ET.fromstring(f"<div>{several['text/html']}</div>").iter("img")]
    names = ["ranking", "history", "effects", "parallel-coordinates", "learning-curves", "pair-1-width-dropout_rate"]
    assert [image.attrib["alt"] for image in images] == names
    assert "image/png" not in several


def test_predictions_are_a_table_with_the_truth(cells):
    (found,) = shown(cells["model = result.load()"])
    assert re.search(r"\bpredicted\b.*\bbenign\b.*\btruth\b", found["text/plain"])
    assert len(found["text/plain"].splitlines()) == 1 + 5
