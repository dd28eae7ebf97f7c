"""What README.md shows is what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = {"python": "**/*.py", "yaml": "experiments/*.yaml", "toml": "pyproject.toml"}
BLOCKS = re.findall(r"^```(python|yaml|toml)\n(.*?)^```$", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(("language", "block"), BLOCKS, ids=[block.strip().partition("\n")[0] for _, block in BLOCKS])
def test_every_block_of_code_is_cut_from_a_file(language, block):
    assert any(block in path.read_text() for path in ROOT.glob(FILES[language]))
