"""The documentation as a site: it builds without a warning, and its pages take nothing from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from docs.snippets import ROOT


def build(config: Path, site: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(config), "-d", str(site)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    done = build(ROOT / "mkdocs.yml", folder)
    assert done.returncode == 0, done.stderr
    return folder


def pages(nav) -> list[str]:
    """The files that the navigation leads to."""
    if isinstance(nav, str):
        return [nav]
    return [page for entry in nav for page in pages(entry if isinstance(entry, str) else next(iter(entry.values())))]


def test_every_page_is_built_and_has_a_place_in_the_navigation(site):
    navigation = pages(yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["nav"])
    assert sorted(navigation) == sorted(
        path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")
    )
    for page in navigation:
        assert (site / page.replace("index.md", "")).with_suffix("").joinpath("index.html").is_file()


def test_no_page_takes_anything_from_elsewhere(site):
    for page in site.rglob("*.html"):
        taken = re.findall(
            r'<(?:script|img|iframe|link)\b[^>]*?(?:src|href)="?((?:https?:)?//[^" >]+)', page.read_text("utf-8")
        )
        assert not taken, page
    for sheet in site.rglob("*.css"):
        assert not re.findall(r"""(?:url\(|@import )["']?(?:https?:)?//""", sheet.read_text("utf-8")), sheet


def test_what_is_found_in_the_site_was_written_in_its_pages(site):
    text = (site / "how-to" / "a-family" / "index.html").read_text("utf-8")
    assert '<span class="filename">jitter.py</span>' in text
    assert "<!-- excerpt" not in re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    assert "&lt;!--" not in text


def test_links_that_lead_nowhere_fail_the_build(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Home\n\n[there](nowhere.md) and [there](index.md#nowhere)\n")
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))
    config |= {"nav": ["index.md"], "extra_css": []}
    (tmp_path / "mkdocs.yml").write_text(yaml.safe_dump(config))
    done = build(tmp_path / "mkdocs.yml", tmp_path / "site")
    assert done.returncode == 1
    assert "contains a link 'nowhere.md'" in done.stderr
    assert "contains a link 'index.md#nowhere', but there is no such anchor" in done.stderr


def test_links_of_the_readme_lead_to_files_and_headings():
    text = (ROOT / "README.md").read_text("utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", text):
        file, _, anchor = target.partition("#")
        path = ROOT / file if file else ROOT / "README.md"
        assert path.exists(), target
        headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE) if anchor else []
        slugs = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
        assert not anchor or anchor in slugs, target
