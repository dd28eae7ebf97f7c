"""Whether the JSON Schema and the binder agree on an experiment, but for what no schema can know."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from gridloom.authoring.schema import experiment_schema
from gridloom.errors import InvalidInput, Problem
from gridloom.experiment.yaml_document import read_text
from gridloom.registry.registry import load_registry

UNKNOWABLE = {
    "what files hold": r"there is no file|scores\.csv has|contains accuracies",
    "a line break behind a name, which Python's `$` overlooks": r'not ".*\\n"$',
    "the name of the experiment's own file": r"cannot name a run",
    "1.0 from 1": r"should be a whole number\b.*, not -?\d+(\.0|e\+?\d+)|a sample must be a share .*, not -?\d+(\.0)?$",
    "1 from 1.0 in a list of values to try, so neither whether they are there twice": r"is in this list twice",
    "a family or reporter by its other name": r"is in this space twice|is also searched under|is listed twice|already writes",
    "which files a run keeps itself, and which characters are printed": r"does not use itself|a plain name .*(\\n|\\u|\.\.\.\"?$)",
    "that repeats need shuffled rows": r"^repeats of folds",
    "how the keys of a range go together": r"low must be|a step must|this step|count must|a logarithmic range|must be a finite",
    "which values a range holds": r"^-?[\d.e+-]+: |give the range a step|this range has more",
    "what steps are called, and so what is tried in them": r"there is no step|a step '.*' already|preprocess:' with steps",
    "what a callback says of its options together": r"takes either 'seconds' or|' is for (a|'schedule)|it is not known whether",
    "what a family has its callback monitor": r"^the family '.*' monitors",
    "how many candidates or fits there are": r"this grid has|fits per candidate|first candidate alone needs",
    "when a parameter is there": r"is searched together with|^this is never the case|in a circle|hardly ever equals|in two groups|needs '.*' whenever",
    "which parameters and candidates there are": r"no parameter '.*' is searched|is not in the space: |candidate is listed twice|meets the requirements|not a number to compare",
    "which scores there can be": r"is at most",
    "how long a time is": r"should be at least a second",
    "what outer folds go with": r"^nested cross-validation cannot|^the other run chose",
}
"""What a schema cannot tell, by the messages of the binder."""


@lru_cache(maxsize=1)
def validator() -> Draft202012Validator:
    """A validator for the schema of the built-in plugins."""
    schema = experiment_schema(load_registry())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def complaint(plain: Any) -> str | None:
    """What the schema says against an experiment, None when it accepts it."""
    error = best_match(validator().iter_errors(plain))
    return None if error is None else f"{error.json_path}: {error.message}"


def check_agreement(text: str, problems: Sequence[Problem]) -> None:
    """Check that the schema refuses an experiment that the binder refuses with these problems, or accepts it as well."""
    try:
        plain = read_text(text, "text").plain()
    except InvalidInput:
        return  # no schema sees what is no YAML
    said = complaint(plain)
    if not problems:
        assert said is None, said
    messages = [problem.message for problem in problems if problem.location.source.endswith(".yaml")]
    if any(not re.search("|".join(UNKNOWABLE.values()), message) for message in messages):
        assert said is not None, f"the schema accepts what the binder refuses: {messages}"
