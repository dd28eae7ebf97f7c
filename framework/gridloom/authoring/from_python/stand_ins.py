"""What stands in for the function and the data of a call when its run is read without them: names, which do nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gridloom.authoring.from_python.given_data import NAME, with_parameters
from gridloom.errors import GridloomError
from gridloom.registry.hooks_in_memory import Hooks
from gridloom.registry.in_memory import InMemory
from gridloom.registry.records import Dataset, ModelBuilder
from gridloom.results.experiment_text import given_in_python


def stand_ins(manifest: Mapping[str, Any]) -> list[InMemory]:
    """A plugin with the names that a run knows of what a Python program gave it; none for any other run.

    It lets the experiment be read and its search be followed in the journal; GridloomError where anything is called.
    """
    if (description := given_in_python(manifest)) is None:
        return []
    options = manifest["experiment"]["dataset"]
    load = with_parameters(_refuse("the data"), [name for name in options if name.isidentifier() and name != "name"])
    datasets = [Dataset(NAME, "Data of a Python program.", load)]
    return [InMemory("read", b"", hooks=Hooks(datasets, list(_builders(description))))]


def _builders(description: Mapping[str, Any]) -> Sequence[ModelBuilder]:
    """The function of a call, as a builder with the same parameters; none where the description is damaged, or of no function."""
    name, makes, parameters = (description.get(key) for key in ("build", "makes", "parameters"))
    if not isinstance(name, str) or not isinstance(makes, str) or not isinstance(parameters, list):
        return ()
    known = [item for item in parameters if isinstance(item, str) and item.isidentifier()]
    try:
        return (
            ModelBuilder(
                name,
                "A function of a Python program.",
                with_parameters(_refuse(f"the function '{name}'"), known),
                makes,
            ),
        )
    except (TypeError, ValueError):
        return ()


def _refuse(what: str) -> Any:
    def refuse(**_: Any) -> Any:
        raise GridloomError(f"{what} exists only in the Python program that called gridloom.search; run that again")

    return refuse
