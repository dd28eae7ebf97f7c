"""The reporter `markdown`: the ranking with its intervals as a table for a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from gridloom import FileName, Reporter, Result, Trial, write_file
from gridloom_plugins.figures.candidates import budget_text, epochs_text, epochs_title, failed_candidates, parameters_of
from gridloom_plugins.figures.fronts import front_line
from gridloom_plugins.figures.hints import training_hints
from gridloom_plugins.figures.other_scores import line_of, positive_line
from gridloom_plugins.figures.texts import LONGEST, one_line, prose, score_text
from gridloom_plugins.figures.waves import wave_rows

TOP = 20
"""How many candidates the table shows."""

MARK = "✓"
"""Stands beside candidates that are statistically tied with the best."""

WORDS = 400
"""How many characters of a description or an error are shown."""

_MARKUP = re.compile(
    r"""[&<>|\\`*~\[\]!@$"]                        # what Markdown, HTML or GitHub may take for markup anywhere
      | (?<![A-Za-z0-9])_ | _(?![A-Za-z0-9])      # emphasis, but not the underscores within a name
      | :(?=//) | (?<=www)\.                      # what GitHub makes a link of""",
    re.VERBOSE,
)

_BLOCK = re.compile(r"[-+=#]|\d{1,9}[.)](?=\s|$)")
"""What begins a heading or a list at the start of a line."""

JOINER = "&#8288;"
"""A word joiner, which nobody sees: no markup begins with it, and nobody is called by a name with it."""


def report(result: Result, filename: FileName = "results.md") -> None:
    """Write the verdict, the best 20 candidates with intervals, what failed, and the provenance of the run.

    The file is `filename` in the run's folder. Its table marks the candidates that are statistically tied with the best. With
    several scores it has a column for each, and the candidates that are tied with the best by that score are marked there.
    Texts of the experiment are escaped, so that GitHub shows them as they are.
    """
    write_file(result.folder / filename, "\n\n".join(_blocks(result)) + "\n")


def _blocks(result: Result) -> Iterator[str]:
    """The parts of the document, in order."""
    yield f"### {_text(result.name)}: {_text(result.scoring)}"
    if result.description.strip():
        yield _text(result.description)
    yield f"**{_text(result.summary.sentence)}**"
    more = (result.summary.next_step, result.baseline_sentence, positive_line(result))
    yield from (_text(line) for line in more if line)
    if others := result.by_other_scores:
        yield "\n".join(f"- {_text(line_of(result, other), 2 * WORDS)}" for other in others)
    if result.nested:
        yield _text(result.nested.sentence)
    if result.held_out:
        yield _text(result.held_out.sentence, 2 * WORDS)
    if result.ranked:
        yield "\n".join(_table(result))
        if legend := _legend(result):
            yield legend
    yield from _search(result)
    yield from map(_text, training_hints(result))
    if result.published_sentence:
        yield _text(result.published_sentence, 2 * WORDS)
    yield from _left_out(result)
    yield f"<sub>{_origin(result)}</sub>"


def _table(result: Result) -> Iterator[str]:
    """The lines of the table: header, alignment, and a line for each of the best candidates."""
    names = parameters_of(result.ranked)
    has_budgets = any(trial.proposal.budget.describe() for trial in result.ranked)
    columns = [("rank", "---:"), *((_code(name), "---") for name in names)]
    columns += [("budget", "---")] if has_budgets else []
    columns += [(epochs_title(names), "---:")] if result.epochs_vary else []
    mean = f"mean {_code(result.scoring)}" if result.by_other_scores else "mean"
    columns += [(mean, "---:"), ("std", "---:")]
    if result.summary.answer:
        columns += [(f"{100 * result.summary.level:g} % interval", "---"), ("tie set", ":---:")]
    columns += [(f"mean {_code(other.scoring)}", "---:") for other in result.by_other_scores]
    yield _row([title for title, _ in columns])
    yield _row([alignment for _, alignment in columns])
    for trial in result.ranked[:TOP]:
        values = [_code(trial.params[name]) if name in trial.params else "" for name in names]
        budget = [_code(budget_text(trial) or "full")] if has_budgets else []
        epochs = [epochs_text(result, trial)] if result.epochs_vary else []
        numbers = [*epochs, score_text(trial.mean), score_text(trial.std), *_said(trial, result)]
        others = [_other(trial, other) for other in result.by_other_scores]
        yield _row([str(result.ranks[trial.number]), *values, *budget, *numbers, *others])


def _search(result: Result) -> Iterator[str]:
    """The course of the search, why it ended, and which candidates are on the Pareto front of several scores."""
    if waves := list(_waves(result)):
        yield "\n".join(waves)
    if result.stopped:
        yield _text(f"The search was ended by a limit: {result.stopped}")
    if line := front_line(result):
        yield _text(line, 2 * WORDS)


def _waves(result: Result) -> Iterator[str]:
    """The lines of the table of waves; none where the search had one."""
    if not (rows := wave_rows(result, TOP)):
        return
    yield _row(["wave", "label", "budget", "trials", "failed", "best mean", "fits", "epochs"])
    yield _row(["---"] * 3 + ["---:"] * 5)
    for row in rows:
        numbers = [f"{row.trials:,}", f"{row.failed:,}", row.best_text, f"{row.fits:,}", row.epochs_text]
        yield _row([row.name, _code(row.labels) if row.labels else "", row.budget, *numbers])


def _said(trial: Trial, result: Result) -> list[str]:
    """The cells of the interval and of the tie set; none where there are no such columns."""
    answer = result.summary.answer
    if answer is None:
        return []
    interval = answer.interval_of.get(trial.number)
    return [
        f"{score_text(interval.low)} to {score_text(interval.high)}" if interval else "",
        MARK if answer.is_tied(trial.number) else "",
    ]


def _other(trial: Trial, other: Result) -> str:
    """A trial's mean by another score, marked where the trial is in the tie set of that score."""
    mean = score_text(trial.ranked_by(other.scoring).mean)
    answer = other.summary.answer
    return f"{mean} {MARK}" if answer and answer.is_tied(trial.number) else mean


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _legend(result: Result) -> str:
    """What the marks and intervals mean, and how many candidates the table does not show."""
    answer, parts = result.summary.answer, []
    if answer:
        how = f"{100 * result.summary.level:g} %, {answer.scope}"
        parts.append(f"{MARK} statistically tied with the best. Tie set and intervals: {how}.")
    if any(other.summary.answer for other in result.by_other_scores):
        parts.append(f"Behind another score, {MARK} marks a candidate that is tied with the best by that score.")
    shown = {trial.number for trial in result.ranked[:TOP]}
    if more := len(result.ranked) - len(shown):
        alike = len(set(answer.tied) - shown) if answer else 0
        parts.append(f"{more:,} more candidates are not shown" + (f", {alike:,} of them {MARK}." if alike else "."))
    return " ".join(parts)


def _left_out(result: Result) -> Iterator[str]:
    total, summary = len(result.candidates), result.summary
    if result.failed:
        first = result.failed[0]
        error = " ".join((first.failures[0][1].error or "").split())
        yield f"{failed_candidates(result):,} of {total:,} candidates failed, first {_code(first.params, WORDS)}: {_code(error, WORDS)}"
    if summary.incomplete:
        yield f"{summary.incomplete:,} of {total:,} candidates are not finished."
    if summary.smaller:
        yield f"{summary.smaller:,} of {total:,} candidates were trained on a smaller budget only, and are not ranked."


def _again(result: Result) -> str:
    """What runs the experiment anew."""
    return result.command if "in_memory" in result.manifest else f"{result.command} --fresh"


def _origin(result: Result) -> str:
    """The experiment, its data, and the versions, as far as they are known, in one line."""
    experiment: Any = result.manifest.get("experiment", {})
    data: Any = result.manifest.get("data", {})
    packages: Any = result.manifest.get("packages", {})
    parts = [f"Run again, where it was run: {_code(_again(result), WORDS)}"]
    if data:
        name = one_line(experiment.get("dataset", {}).get("name", "data"))
        parts.append(f"data {_code(name)}, {data.get('rows', 0):,} rows, SHA-256 {_code(str(data.get('sha256'))[:12])}")
    if "columns" in data:
        parts.append(f"columns {_code(data['columns'], WORDS)}")
    if validation := experiment.get("validation"):
        parts.append(f"validation {_code(validation, WORDS)}, seed {_code(experiment.get('seed'))}")
    if result.engine:
        parts.append(f"engine {_code(result.engine)}")
    if packages:
        parts.append(", ".join(f"{_text(name)} {_text(version)}" for name, version in packages.items()))
    return "; ".join(parts)


def _text(text: str, limit: int = WORDS) -> str:
    """A text of others in one line, in which GitHub finds no markup, and nobody who would be notified of a mention."""
    flat = prose(text, limit)
    start = JOINER if _BLOCK.match(flat) else ""
    return start + _escaped(flat).replace("&#64;", f"&#64;{JOINER}")


def _code(value: Any, limit: int = LONGEST) -> str:
    """A value of others as code, where GitHub makes nothing of names, numbers and colons.

    The element, since a code span of backticks cannot hold every value in a table.
    """
    return f"<code>{_escaped(one_line(value, limit))}</code>"


def _escaped(text: str) -> str:
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", text)


REPORTER = Reporter(
    name="markdown", summary="The ranking with intervals as results.md, for a pull request.", report=report
)
