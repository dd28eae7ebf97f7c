"""The drawing library of `report.html`: which one it is, that pages hold it, and that distributions do."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
import shutil
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from installing import build, run

from gridloom_plugins.html import library as module
from gridloom_plugins.html.library import LIBRARY, library
from gridloom_plugins.reporters import html
from reporters.searches import grid, searched

ROOT = Path(__file__).parents[2]
FOLDER = Path(module.__file__).parent / "plotly"
SDIST = "import sys; from setuptools.build_meta import build_sdist; build_sdist(sys.argv[1])"


def test_the_library_is_the_one_that_its_note_names():
    note, code = (FOLDER / "README.md").read_text(), gzip.decompress((FOLDER / LIBRARY).read_bytes())
    version = re.search(r"\(cartesian - minified\) v(\S+)", code[:200].decode()).group(1)
    assert f"version {version} of" in note
    assert hashlib.sha256(code).hexdigest() in note
    assert "Plotly Technologies Inc." in (FOLDER / "LICENSE").read_text()


def test_a_page_holds_the_library(tmp_path):
    html.report(searched(grid(x=[1, 2]), tmp_path))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    (packed,) = re.findall(r'<script type="text/plain" id="library">([^<]*)</script>', page)
    assert gzip.decompress(base64.b64decode(packed)).decode() == library().code


@pytest.mark.slow
def test_wheel_and_source_distribution_hold_the_library_with_its_license(tmp_path):
    source = tmp_path / "source"
    for name in ("framework", "plugins"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("*.egg-info", "__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    wheel = zipfile.ZipFile(build(source, tmp_path)).namelist()
    run(sys.executable, "-c", SDIST, tmp_path, folder=source)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        sources = opened.getnames()
    for names in (wheel, sources):
        for name in (LIBRARY, "LICENSE", "README.md"):
            assert [found for found in names if found.endswith(f"gridloom_plugins/html/plotly/{name}")]
