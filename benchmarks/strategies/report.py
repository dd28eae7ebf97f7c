"""What a comparison says: tables in Markdown, two CSV files, and the picture."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import searches
from kept import Kept
from picture import Panel, draw
from ranks import Ranks, ranks
from task import Floats, Task


@dataclass(frozen=True)
class Found:
    """What the searches of one bench found: lines by search and task, of all seeds."""

    bench: str
    unit: str
    tasks: Sequence[str]
    lines: Mapping[str, Mapping[str, list[dict[str, Any]]]]

    def curve(self, search: str, key: str) -> Floats:
        """The mean over seeds, then tasks, at each point of the grid."""
        return self.by_task(search, key).mean(axis=0)

    def by_task(self, search: str, key: str) -> Floats:
        """The mean over seeds, of shape (tasks, points)."""
        return np.array([np.mean([one[key] for one in self.lines[search][task]], axis=0) for task in self.tasks])

    def median(self, search: str, key: str) -> float:
        """The median over all tasks and seeds of one number a search."""
        return float(np.median([one[key] for lines in self.lines[search].values() for one in lines]))

    def ranks(self, point: int, key: str = "units") -> Ranks:
        """The mean ranks at a point of the grid."""
        names = list(self.lines)
        return ranks(names, np.array([self.by_task(name, key)[:, point] for name in names]).T)


def report(kept: Kept, tasks: Sequence[Task], names: Sequence[str], grid: Floats, folder: Path) -> None:
    """Print and write everything; `grid` is what is spent, in full trainings."""
    benches = [_found(kept, tasks, names, bench) for bench in dict.fromkeys(task.bench for task in tasks)]
    benches = [found for found in benches if len(found.lines) > 1]
    for found in benches:
        _print(found, grid)
    if not benches:
        return
    _write(folder / "regret.csv", _regret_rows(benches, grid))
    _write(folder / "ranks.csv", _rank_rows(benches, grid))
    panels = [
        Panel(
            f"{one.bench}, {len(one.tasks)} tasks",
            f"{one.unit}s spent, in full trainings",
            grid,
            {n: one.curve(n, "units") for n in one.lines},
        )
        for one in benches
    ]
    panels += [
        Panel(
            f"{one.bench}, by the clock",
            "seconds, in median full trainings",
            grid,
            {n: one.curve(n, "seconds") for n in one.lines},
        )
        for one in benches
        if one.unit == "epoch"
    ]
    rows = [(f"{one.bench}, {grid[-1]:.0f} full trainings", one.ranks(-1)) for one in benches]
    draw(panels, rows, set(searches.RIVALS), folder / "strategies.svg")


def _found(kept: Kept, tasks: Sequence[Task], names: Sequence[str], bench: str) -> Found:
    """The lines of a bench, of the searches that have finished on all of its tasks."""
    mine = [task for task in tasks if task.bench == bench]
    lines = {
        name: {
            task.name: [one for one in kept.lines if (one["search"], one["task"]) == (name, task.name)] for task in mine
        }
        for name in names
    }
    return Found(
        bench,
        mine[0].unit,
        [task.name for task in mine],
        {name: one for name, one in lines.items() if all(one.values())},
    )


def _print(found: Found, grid: Floats) -> None:
    early, middle, last = (int(np.abs(grid - share * grid[-1]).argmin()) for share in (1 / 16, 1 / 4, 1))
    final = found.ranks(last)
    seeds = {name: min(map(len, lines.values())) for name, lines in found.lines.items()}
    print(f"{found.bench}: {len(found.tasks)} tasks; regret after so many full trainings in {found.unit}s; Friedman's")
    print(f"p = {final.p_value:.1g}, critical difference of mean ranks {final.critical:.2f} (Nemenyi, 5 %)\n")
    heads = [f"regret at {grid[place]:.0f}" for place in (early, middle, last)]
    print(
        f"| search | seeds | {' | '.join(heads)} | if begun anew | mean rank | in full | trials | strategy's seconds |"
    )
    print(f"| --- |{' ---: |' * 9}")
    for name, rank in final.best_first:
        curve, anew = found.curve(name, "units"), found.curve(name, "anew")[last]
        cells = [f"{curve[place]:.4f}" for place in (early, middle, last)] + [f"{anew:.4f}", f"{rank:.2f}"]
        cells += [f"{found.median(name, key):.0f}" for key in ("in_full", "trials")] + [
            f"{found.median(name, 'thought'):.2f}"
        ]
        print(f"| {name} | {seeds[name]} | {' | '.join(cells)} |")
    print()


def _regret_rows(benches: Sequence[Found], grid: Floats) -> list[list[Any]]:
    rows: list[list[Any]] = [
        ["bench", "search", "task", "seeds", "full_trainings", "regret", "regret_begun_anew", "regret_by_seconds"]
    ]
    for found in benches:
        for name in found.lines:
            kinds = [found.by_task(name, key) for key in ("units", "anew", "seconds")]
            for place, task in enumerate(found.tasks):
                seeds = len(found.lines[name][task])
                for point, spent in enumerate(grid):
                    values = [f"{kind[place, point]:.6f}" for kind in kinds]
                    rows.append([found.bench, name, task, seeds, f"{spent:.3f}", *values])
    return rows


def _rank_rows(benches: Sequence[Found], grid: Floats) -> list[list[Any]]:
    rows: list[list[Any]] = [
        ["bench", "full_trainings", "search", "mean_rank", "tasks", "critical_difference", "friedman_p"]
    ]
    for found in benches:
        for point, spent in enumerate(grid):
            one = found.ranks(point)
            rows += [
                [
                    found.bench,
                    f"{spent:.3f}",
                    name,
                    f"{mean:.3f}",
                    one.tasks,
                    f"{one.critical:.3f}",
                    f"{one.p_value:.3g}",
                ]
                for name, mean in one.best_first
            ]
    return rows


def _write(path: Path, rows: list[list[Any]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
