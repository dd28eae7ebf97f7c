"""A trained network with all it takes to predict, as files in memory, so that an estimator which has it can be copied and pickled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gridloom.models.model import Model, load, predicted


class KeptNetwork:
    """A model that a run has kept, loaded; `modules` are those that define layers of it."""

    def __init__(self, files: Mapping[str, bytes], modules: Sequence[str]) -> None:
        self.files = dict(files)
        self.modules = tuple(modules)
        with TemporaryDirectory(prefix="gridloom-") as folder:
            self._write(Path(folder))
            self.model: Model = load(Path(folder), self.modules)

    @classmethod
    def of(cls, folder: Path, modules: Sequence[str]) -> KeptNetwork:
        """The model in this folder, which may be deleted then."""
        return cls({path.name: path.read_bytes() for path in folder.iterdir()}, modules)

    def predicted(self, X: Any) -> tuple[Any, Any]:
        """What the network predicts for rows of features: class numbers and probabilities, or numbers and None."""
        import numpy as np

        found, probabilities = predicted(self.model, X)
        numbers = np.asarray(found.astype(int) if self.model.classes else found)
        return numbers, probabilities

    def __getstate__(self) -> dict[str, Any]:
        """The files, with the weights that the network has now."""
        with TemporaryDirectory(prefix="gridloom-") as folder:
            path = Path(folder) / str(self.model.card["model"])
            self.model.model.save(path)
            return {"files": {**self.files, path.name: path.read_bytes()}, "modules": self.modules}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Load the network."""
        self.__init__(**state)  # type: ignore[misc]

    def _write(self, folder: Path) -> None:
        for name, content in self.files.items():
            (folder / name).write_bytes(content)
