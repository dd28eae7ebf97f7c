"""Lines of YAML that new experiments are put together from."""

from __future__ import annotations

import json
from typing import Any

from gridloom.experiment import yaml_document


def pair(key: str, value: Any) -> str:
    """A key and its value on one line of YAML."""
    text = yaml_document.write_text([value]).rstrip("\n")
    if "\n" in text:
        text = json.dumps([value], ensure_ascii=False)
    return f"{key}: {text.removeprefix('- ') if text.startswith('- ') else text[1:-1]}"
