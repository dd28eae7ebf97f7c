"""Finished searches in a folder, one line of JSON each, so that a benchmark resumes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from regret import Scale
from task import Task


class Kept:
    """The searches of a folder that spend `fulls` full trainings; those named in `again` are forgotten."""

    def __init__(self, folder: Path, fulls: int, again: Iterable[str] = ()) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.fulls = fulls
        self._file, self._scales = folder / "searches.jsonl", folder / "scales.json"
        text = self._file.read_text() if self._file.exists() else ""
        forgotten = set(again)
        self.lines = [one for one in map(json.loads, text.splitlines()) if one["search"] not in forgotten]
        others = {one["fulls"] for one in self.lines} - {fulls}
        if others:
            raise SystemExit(f"{self._file} has searches of --fulls {others.pop()}; choose another --out")
        self._file.write_text("".join(f"{json.dumps(one)}\n" for one in self.lines))
        self._places = {(one["search"], one["task"], one["seed"]) for one in self.lines}

    def has(self, search: str, task: str, seed: int) -> bool:
        """Whether this search is finished."""
        return (search, task, seed) in self._places

    def add(self, line: dict[str, Any]) -> None:
        """Keep a finished search."""
        line = {**line, "fulls": self.fulls}
        self.lines.append(line)
        with self._file.open("a") as file:
            file.write(f"{json.dumps(line)}\n")

    def scales(self, tasks: Sequence[Task], make: Callable[[Sequence[Task]], Sequence[Scale]]) -> dict[str, Scale]:
        """The scales of the tasks by their names, each made once."""
        known = json.loads(self._scales.read_text()) if self._scales.exists() else {}
        missing = [task for task in tasks if task.name not in known]
        known |= {task.name: asdict(scale) for task, scale in zip(missing, make(missing), strict=True)}
        self._scales.write_text(json.dumps(known))
        return {task.name: Scale(**known[task.name]) for task in tasks}
