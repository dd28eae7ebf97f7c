"""What the page tells in words and numbers: the outcome at its top, and at its end where everything came from."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from gridloom import Result, Trial, write_yaml
from gridloom_plugins.figures.candidates import named
from gridloom_plugins.figures.texts import NOTHING, one_line, score_text, value_text
from gridloom_plugins.html.texts import duration

if TYPE_CHECKING:
    from gridloom import Answer

ORDER = (
    "name",
    "dataset",
    "preprocess",
    "model",
    "training",
    "search",
    "validation",
    "test",
    "scoring",
    "seed",
    "engine",
)
"""The keys of an experiment as people write them; a journal has them by the alphabet."""

SENTENCE = 400
"""How many characters of a sentence are shown that may hold an error."""

MOST_WORKERS = 12
"""How many workers on other machines have a row of their own."""

LONGEST_COLUMNS = 1000
"""How many characters are shown of what the columns are."""


@dataclass(frozen=True)
class Fact:
    """Something to know: what it is, its value, and a remark."""

    term: str
    value: str
    remark: str = ""


@dataclass(frozen=True)
class Reading:
    """What the scores say about one question, in words."""

    question: str
    members: str
    interval: str
    corrected: str
    needed: str


ONE_SEED = Reading(
    question="Across seeds on this data",
    members=NOTHING,
    interval=NOTHING,
    corrected=NOTHING,
    needed="more than one seed: set validation.seeds: 20",
)
"""What is said of seeds where there is a single one."""


def outcome(result: Result, answer: Answer | None) -> Iterator[Fact]:
    """The few facts at the top."""
    summary = result.summary
    if result.best:
        yield Fact(f"best mean {result.scoring}", score_text(result.best.mean), _interval(result.best, answer))
    for other in result.by_other_scores:
        yield from _other(result, other)
    if result.baseline and result.scoring in result.baseline.scores:
        yield _baseline(result, result.baseline.predicts, result.baseline.scores[result.scoring])
    if answer and answer.optimism:
        yield Fact(
            "bias-corrected score", score_text(answer.optimism.corrected), "the best mean without its selection bias"
        )
    if answer:
        yield Fact("statistically tied with the best", f"{len(answer.tied):,} of {summary.compared:,}", "candidates")
    yield from _held_out(result)
    done, total = result.fits
    lost = [
        f"{count:,} {what}"
        for count, what in (
            (summary.failed, "failed"),
            (summary.incomplete, "not finished"),
            (summary.smaller, "only on a smaller budget, not ranked"),
        )
        if count
    ]
    fits = f"{done:,} fits" if done == total else f"{done:,} of {total:,} fits"
    yield Fact("candidates", f"{len(result.candidates):,}", ", ".join([fits, *lost]))


def _baseline(result: Result, predicts: str, score: float) -> Fact:
    """What a model scores that looks at no feature, and whether the best candidate is no better."""
    beaten = "; the best candidate is not better" if result.best and result.best.mean <= score else ""
    return Fact("baseline", score_text(score), f"always predicts {one_line(predicts)}{beaten}")


def _other(result: Result, other: Result) -> Iterator[Fact]:
    """What the best candidate has by another score, and the best that any has."""
    if result.best is None or other.best is None:
        return
    mean, highest = result.best.ranked_by(other.scoring).mean, other.best.mean
    remark = "the best by this score, too" if mean == highest else f"best by this score: {score_text(highest)}"
    yield Fact(f"its mean {one_line(other.scoring)}", score_text(mean), remark)


BEST = "the best"
"""What the candidate was picked as unless `refit: simplest` picks another."""


def _held_out(result: Result) -> Iterator[Fact]:
    """What the best candidate scores on rows that the search never saw."""
    if (found := result.held_out) is None:
        return
    rows = f"on {found.rows:,} rows that the search never saw"
    if not found.scores:
        yield Fact(rows, NOTHING, one_line(found.sentence, SENTENCE))
    for name, score in found.scores.items():
        ends = found.intervals.get(name)
        interval = f"{score_text(ends[0])} to {score_text(ends[1])}" if ends else "no interval"
        remark = interval if found.chosen == BEST else f"{interval}; {found.chosen}"
        yield Fact(f"{one_line(name)} {rows}", score_text(score), remark)


def readings(result: Result) -> list[Reading]:
    """What the scores say about each question that can be answered, and what it takes to ask about seeds."""
    answers = [answer for answer in (result.summary.seeds, result.summary.new_data) if answer]
    seeds = {fit.replica for trial in result.ranked for fit in trial.fits}
    return [*([ONE_SEED] if answers and len(seeds) == 1 else []), *(_reading(result, answer) for answer in answers)]


def _reading(result: Result, answer: Answer) -> Reading:
    needed = answer.power
    if needed is None:
        more = NOTHING
    elif needed.more is None:
        more = needed.why
    else:
        more = f"{needed.more:,} more {needed.unit}" if needed.more else "already separate"
    return Reading(
        question=answer.scope.capitalize(),
        members=f"{len(answer.tied):,} of {len(answer.intervals):,}",
        interval=_interval(result.best, answer) if result.best else NOTHING,
        corrected=score_text(answer.optimism.corrected) if answer.optimism else NOTHING,
        needed=more,
    )


def _interval(trial: Trial, answer: Answer | None) -> str:
    found = answer.interval_of.get(trial.number) if answer else None
    return f"{score_text(found.low)} to {score_text(found.high)}" if found else ""


def lead(result: Result) -> list[Fact]:
    """What was searched, in a line."""
    experiment = result.manifest.get("experiment", {})
    others = ", ".join(map(one_line, result.scores[1:]))
    facts = (
        [Fact("ranked by", result.scoring), Fact("also scored", others)]
        if others
        else [Fact("scoring", result.scoring)]
    )
    positive = next((ranked.positive for ranked in (result, *result.by_other_scores) if ranked.positive), None)
    facts += [Fact("positive class", one_line(positive))] if positive else []
    facts += [Fact(key, _name(experiment[key])) for key in ("dataset", "model") if key in experiment]
    return [*facts, Fact("engine", result.engine)] if result.engine else facts


def _name(selection: Any) -> str:
    """The name of what was chosen, without the plugin's."""
    name = selection.get("name", "") if isinstance(selection, Mapping) else selection
    return value_text(name).rpartition(":")[2]


def origins(result: Result) -> Iterator[Fact]:
    """Where the scores came from, and what they took."""
    manifest = result.manifest
    experiment = manifest.get("experiment", {})
    if result.best:
        yield Fact("best candidate", named(result.best))
    if "seed" in experiment:
        seeds = experiment.get("validation", {}).get("seeds", 1)
        yield Fact(
            "seed", value_text(experiment["seed"]), f"{seeds} seed{'s' * (seeds != 1)} on each split, derived from it"
        )
    if result.engine:
        yield Fact("engine", result.engine, result.engine_reason)
    data = manifest.get("data", {})
    if data:
        yield Fact("data", f"{data.get('rows', 0):,} rows", f"SHA-256 {data.get('sha256', 'unknown')}")
    if "columns" in data:
        yield Fact("columns", one_line(data["columns"], LONGEST_COLUMNS))
    for name, version in manifest.get("plugins", {}).items():
        yield Fact(f"plugin {name}", value_text(version))
    for name, version in manifest.get("packages", {}).items():
        yield Fact(name, value_text(version))
    yield Fact("time in fits", duration(sum(wave.seconds for wave in result.waves)), "of all workers together")
    if result.seconds is not None:
        yield Fact(
            "wall time",
            duration(result.seconds),
            "of the last session, without fits from earlier ones",
        )
    yield from _elsewhere(result)
    yield Fact("machine", platform.platform(), f"{platform.machine()}, {os.cpu_count()} cores; it wrote this page")
    yield Fact("written", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC")


def _elsewhere(result: Result) -> Iterator[Fact]:
    """What workers on other machines have done, those with the most fits first."""
    most_first = sorted(result.workers, key=lambda share: (-share.fits, share.name))
    for share in most_first[:MOST_WORKERS]:
        failed = [f"{share.failed:,} of them failed"] if share.failed else []
        died = [f"a process of it died {share.deaths:,} time{'s' * (share.deaths != 1)}"] if share.deaths else []
        told = "; ".join([f"{share.fits:,} fits", *failed, *died])
        yield Fact(f"worker {one_line(share.name)}", duration(share.seconds), told)
    if more := most_first[MOST_WORKERS:]:
        seconds = sum(share.seconds for share in more)
        yield Fact(f"{len(more):,} more workers", duration(seconds), f"{sum(share.fits for share in more):,} fits")


def experiment_yaml(result: Result) -> str:
    """The experiment with every default filled in, as YAML in the usual order; empty where it is not known."""
    experiment = result.manifest.get("experiment")
    if not experiment:
        return ""
    ordered = {key: experiment[key] for key in (*ORDER, *experiment) if key in experiment}
    return write_yaml(ordered)
