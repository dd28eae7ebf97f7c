"""What is put into a page as it is: data in script elements, and scripts that the page's policy knows by their hashes."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

ESCAPES = str.maketrans(
    {character: f"\\u{ord(character):04x}" for character in ("<", ">", "&", "\u2028", "\u2029")},
)
"""What could end a script element or a line of JavaScript; none of it stands outside of texts in JSON."""


class Raw(str):
    """Text that is safe in a page as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        """What Jinja puts into the page."""
        return self


def embedded(data: Any) -> Raw:
    """Data as JSON that can stand in a script element, whatever texts are in it."""
    return Raw(json.dumps(data, allow_nan=False, separators=(",", ":")).translate(ESCAPES))


def policy(scripts: list[str]) -> str:
    """A content security policy: these scripts run and no other, nothing is fetched, nothing is sent."""
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    sources = " ".join(f"'sha256-{digest}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src {sources}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
