"""`gridloom compare`: runs side by side, by the candidates that they share, and by their winners."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gridloom.cli import completion
from gridloom.cli.common import NoPlugins, Out, Plugins, guarded, say
from gridloom.cli.compared_winners import winner_lines
from gridloom.cli.runs import find_run, read_run
from gridloom.errors import InvalidInput, Location, RunRefused

if TYPE_CHECKING:
    from gridloom.results.result import Result
    from gridloom.results.statistics.across import Across, Difference

FEWEST = 2

_NOT_TOLD = (
    "data",
    "experiment.name",
    "experiment.search",
    "scoring",
    "asked_for",
    "engine_reason",
    "passed_over",
    "predictions",
    "rank_by",
)
"""Keys of a manifest that `compare` shows elsewhere, or that no score depends on."""


@guarded
def compare(
    runs: Annotated[
        list[str],
        typer.Argument(metavar="RUN RUN...", help="Names of runs, or their folders.", autocompletion=completion.runs),
    ],
    out: Out = Path("runs"),
    plugins: Plugins = None,
    no_plugins: NoPlugins = None,
) -> None:
    """Compare runs with the first one: the candidates they share, their winners, and whether differences are significant.

    The runs must have the same data, scoring and splits; models, preprocessing and candidates may differ. Differences are
    tested across seeds on this data where both runs have two or more seeds, else on new data; those of winners on both.
    """
    from gridloom.results.statistics.across import obstacles

    if len(runs) < FEWEST:
        raise typer.BadParameter("name at least two runs", param_hint="RUN RUN...")
    _refuse_doubles(runs, out)
    results = [read_run(run, out, plugins or (), no_plugins or ()).result for run in runs]
    first, *others = results
    for other in others:
        if reasons := obstacles(first.manifest, other.manifest):
            said = "\n".join(f"  {reason}" for reason in reasons)
            raise RunRefused(f"{first.folder} and {other.folder} cannot be compared. They differ in:\n{said}")
    say("\n".join(_heads(results)))
    for number, other in enumerate(others, start=2):
        say("\n" + "\n".join(_pair(first, other, number)))


def _refuse_doubles(runs: Sequence[str], out: Path) -> None:
    """InvalidInput for a run that is named twice: it does not differ from itself."""
    named: dict[Path, str] = {}
    for run in runs:
        if first := named.get(folder := find_run(run, out).resolve()):
            message = "is the same run as" if first != run else "is named twice, along with"
            raise InvalidInput.at(Location(run), f"{message} '{first}'; name another run to compare it with")
        named[folder] = run


def _heads(results: list[Result]) -> Iterator[str]:
    """What the runs have in common, and a line for each."""
    data, experiment = results[0].manifest["data"], results[0].manifest["experiment"]
    yield f"{results[0].scoring} on {data['rows']} rows, {experiment['validation']['method']}"
    for number, result in enumerate(results, start=1):
        seeds = result.manifest["experiment"]["validation"]["seeds"]
        best = f", best {result.best.mean:f} {result.best.params}" if result.best else ""
        state = "" if result.is_complete else ", not finished"
        counts = f"{len(result.ranked)} complete candidates, {seeds} seed(s){state}"
        yield f"[{number}] {result.folder}: {counts}, engine {result.engine}{best}"


def _pair(first: Result, other: Result, number: int) -> Iterator[str]:
    """What differs between the first run and another, and what their candidates say about that."""
    from gridloom.results.statistics.across import across

    found = across(first.trials, other.trials, first.validation)
    for run in (first, other):
        if run.best is None:
            raise RunRefused(
                f"{first.folder} and {other.folder} cannot be compared: no candidate of {run.folder} is complete"
            )
    yield f"[{number}] beside [1]"
    for key, value in _changes(first.manifest, other.manifest, number):
        yield f"  {key}: {value}"
    for item in found.differences:
        yield _line(item, number, found)
    if found.differences:
        yield _said(found, number)
    else:
        which = "" if _ends_alike(first, other) else " with the largest budget of its run"
        yield f"No candidate is complete in both runs{which}, so only their winners are compared."
    yield from winner_lines(first, other, number)


def _ends_alike(first: Result, other: Result) -> bool:
    """Whether the trials that rank have the same budget in both runs, as far as there are any."""
    return len({result.best.proposal.budget for result in (first, other) if result.best}) < FEWEST


def _changes(first: Any, other: Any, number: int) -> Iterator[tuple[str, str]]:
    """The settings and versions that differ, with both values."""
    from gridloom.runs.directory import flat, shown

    one, two = flat(first), flat(other)
    for key in dict.fromkeys([*one, *two]):
        told = any(key == name or key.startswith(f"{name}.") for name in _NOT_TOLD)
        if not told and one.get(key) != two.get(key):
            ours, theirs = (shown(run[key]) if key in run else "missing" for run in (one, two))
            yield shown(key), f"{ours} in [1], {theirs} in [{number}]"


def _line(item: Difference, number: int, found: Across) -> str:
    """A candidate's difference, and its means in both runs."""
    said = f" ({item.low:+f} to {item.high:+f}), p {item.p:.3g}, Holm's {item.holm:.3g}" if found.question else ""
    means = f"[1] {item.first.mean:f}, [{number}] {item.second.mean:f}"
    return f"{item.difference:+f}{said}: {means} with: {item.first.params}"


def _said(found: Across, number: int) -> str:
    """The verdict on the runs, in a sentence or two."""
    count = len(found.differences)
    if found.question is None:
        finding = "No verdict on these differences: with a single seed, the scores show no variation."
    else:
        how = f"({100 * found.level:g} %, {found.question.scope})"
        higher = sum(item.difference > 0 for item in found.apart)
        apart = f"{higher} score higher in [{number}], {len(found.apart) - higher} lower"
        finding = (
            f"{len(found.apart)} of {count} candidates differ significantly between the runs {how}: {apart}."
            if found.apart
            else f"None of {count} candidates differs significantly between the runs {how}."
        )
    alone = [(f"[{run}]", left) for run, left in ((1, found.first_only), (number, found.second_only)) if left]
    left_out = " and ".join(f"{left} of {run}" for run, left in alone)
    return f"{finding} Not compared: {left_out}, which the other run has not finished." if left_out else finding
