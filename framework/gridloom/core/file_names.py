"""Names of files in the folder of a run: those that it keeps itself, and plain names for what reporters write."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

EXPERIMENT, JOURNAL, LOCK, LOG = "experiment.yaml", "journal.sqlite", "lock", "workers.log"
"""What a run keeps: the resolved experiment, finished fits, what says that it is running, what workers printed."""

HELD_OUT = "held_out.json"
"""The intervals of the scores on rows that the search never saw."""

MODEL, EARLIER_MODEL = "model", "model.earlier"
"""The folder of the model that was trained on all rows, and of the one before while another takes its place."""

MODELS = "models"
"""The folder of the models of all fits, with `--keep-models`."""

STATES = "states"
"""The folder of the states of trainings that a smaller budget has ended, while a run is not complete."""

CARD, CARD_TEXT, PREPROCESSING = "card.json", "card.md", "preprocessing.skops"
"""In the folder of a model: what it is, the same for readers, and the fitted preprocessing, if there is any."""

_KEPT = (EXPERIMENT, JOURNAL, LOCK, LOG, HELD_OUT, MODEL, EARLIER_MODEL, MODELS, STATES)

LONGEST = 255
"""How many bytes of UTF-8 file systems take for a name."""

_REFUSED = re.compile(r'[/\\:*?"<>|]|^\.+$|^\s|[\s.]$')
"""What leads out of a folder, or is no part of a name on some system."""


def is_kept_by_run(name: str) -> bool:
    """Whether a run itself keeps a file or folder of this name, or one that begins with it, such as a journal's `-wal`."""
    return name.lower().partition("-")[0] in _KEPT


def _plain_name(name: str) -> str:
    if not name or not name.isprintable() or _REFUSED.search(name) or len(name.encode()) > LONGEST:
        raise ValueError("should be a plain name in the run's folder, such as results.csv")
    if is_kept_by_run(name):
        raise ValueError("should be a name that the run does not use itself")
    return name


FileName = Annotated[
    str,
    AfterValidator(_plain_name),
    Field(json_schema_extra={"minLength": 1, "maxLength": LONGEST, "not": {"pattern": _REFUSED.pattern}}),
]
"""Annotation of a reporter's option that names a file or folder which it makes in `result.folder`."""
