"""Names of the files that reporters write: plain ones, so that a report stays in the folder of its run."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

LONGEST = 255
"""How many bytes of UTF-8 file systems take for a name."""

KEPT = re.compile(r"best\.json|best\.keras|experiment\.yaml|workers\.log|(lock|journal\.sqlite)(-.*)?", re.IGNORECASE)
"""Names of the files that a run keeps itself."""

_REFUSED = re.compile(r'[/\\:*?"<>|]|^\.+$|^\s|[\s.]$')
"""What leads out of a folder, or is no part of a name on some system."""


def _plain_name(name: str) -> str:
    if not name or not name.isprintable() or _REFUSED.search(name) or len(name.encode()) > LONGEST:
        raise ValueError("should be a plain name in the run's folder, such as results.csv")
    if KEPT.fullmatch(name):
        raise ValueError("should be a name that the run does not need for itself")
    return name


FileName = Annotated[
    str,
    AfterValidator(_plain_name),
    Field(json_schema_extra={"minLength": 1, "maxLength": LONGEST, "not": {"pattern": _REFUSED.pattern}}),
]
"""Annotation of a reporter's option that names a file or folder which it makes in `result.folder`."""
