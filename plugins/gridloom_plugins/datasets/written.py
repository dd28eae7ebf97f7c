"""What an experiment says of columns already, so that the advice on another one adds to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gridloom import spelled
from gridloom_plugins.datasets.cells import MISSING, Rules
from gridloom_plugins.datasets.kinds import Kind


@dataclass(frozen=True)
class Written:
    """The columns that are dropped, whether there is a list of features, and the kinds that are given.

    `has_options` is false for a table of a Python program, whose types say what its columns are.
    """

    drop: Sequence[str] = ()
    lists_features: bool = False
    types: Mapping[str, Kind] = field(default_factory=dict)
    has_options: bool = True

    def excluding(self, names: Sequence[str]) -> str:
        """What to write to exclude these columns, too; empty where features are listed, which leaves no room for it."""
        if self.lists_features:
            return ""
        return spelled("drop", [*dict.fromkeys([*self.drop, *names])], None if self.has_options else "dataset")

    def as_category(self, name: str) -> str:
        """What to write so that this column, too, has a kind by which every cell is a text."""
        return spelled("types", {**self.types, name: "category"})


def as_missing(texts: Sequence[str], rules: Rules) -> str:
    """What to write so that these texts, too, stand for missing cells."""
    before = () if rules.missing == MISSING else sorted(rules.missing)
    return spelled("missing", [*dict.fromkeys([*before, *texts])])
