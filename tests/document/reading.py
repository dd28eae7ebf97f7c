"""Short ways to read a text: the value of a scalar, and the one problem of a wrong document."""

from __future__ import annotations

from typing import Any

import pytest

from gridloom.errors import InvalidInput
from gridloom.experiment.yaml_document import read_bytes, read_text


def value_of(text: str) -> Any:
    """What a plain scalar means, as the value of a key."""
    return read_text(f"a: {text}", "x.yaml").plain()["a"]


def refusal(text: str | bytes) -> str:
    """The one problem of a document named x.yaml."""
    with pytest.raises(InvalidInput) as caught:
        read_bytes(text, "x.yaml") if isinstance(text, bytes) else read_text(text, "x.yaml")
    assert len(caught.value.problems) == 1
    return str(caught.value)
