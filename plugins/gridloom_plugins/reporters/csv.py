"""The reporter `csv`: the result table as a file that spreadsheets and pandas read."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator

from gridloom import FileName, Reporter, Result, Status, Trial, csv_cell, write_file
from gridloom_plugins.figures.candidates import budget_text, parameters_of

SAID = ("question", "low", "high", "in_tie_set")
"""Columns of what the scores support across seeds, or where the design cannot answer that, on new data."""

FRONT = "on_pareto_front"
"""The column of the Pareto front of all scores, where there are several."""

PUBLISHED = ("published_score", "published_low", "published_high", "published_inside")
"""The last columns where the experiment names published scores."""


def report(result: Result, filename: FileName = "results.csv") -> None:
    """Write one line per trial in the order of the candidates: rank, parameters, mean, standard deviation, every score.

    `filename` is its name in the run's folder. If trials have budgets, these have their own columns, and trials with
    less than the largest budget have no rank. If the search had several waves, `wave` is the number of a trial's wave,
    from 0, and `label` is the strategy's name for its place. If fits were trained for different numbers of epochs, the
    column `epochs` has the mean over the fits of a trial. After the scores come an interval of the mean, the `question`
    that it answers ("seeds": across seeds on this data; "new data"), and whether the trial is statistically tied with
    the best (`in_tie_set`). If the experiment names published scores, there are the candidate's published score, the prediction
    interval of a new run, and whether the score lies inside. With several scores, mean, standard deviation, rank and
    every score have columns for each score; the columns after these are about the score that ranks, and
    `on_pareto_front` says whether no other ranked trial is as good in all scores and better in one. With `test`, the
    line of the best candidate has its scores on the held-out rows, and their intervals. Nested cross-validation has no
    line here, since it is not about one candidate: the reporters `json` and `html` have it. Text that a spreadsheet
    would compute begins with an apostrophe; numbers never do. The file contains no times, so equal searches give equal
    files, byte for byte.
    """
    names = parameters_of(result.trials)
    more = PUBLISHED if result.published_scores else ()
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    parameters = (f"param_{name}" for name in names)
    waves = ["wave", "label"] if len(result.waves) > 1 else []
    budget = ["budget"] if _has_budgets(result) else []
    epochs = ["epochs"] if result.epochs_vary else []
    columns = (
        *parameters,
        *map(csv_cell, _score_columns(result)),
        *SAID,
        *([FRONT] if result.by_other_scores else []),
        *map(csv_cell, _held_out_columns(result)),
        *more,
    )
    on_front = set(result.pareto().members) if result.by_other_scores else set[int]()
    writer.writerow(["rank", "status", *waves, *budget, *epochs, *columns])
    writer.writerows(_row(trial, names, result, on_front) for trial in result.trials)
    write_file(result.folder / filename, table.getvalue())


def _has_budgets(result: Result) -> bool:
    """Whether some trial was not trained in full."""
    return any(map(budget_text, result.trials))


def _score_columns(result: Result) -> Iterator[str]:
    """The names of the columns of scores, as `cv_results_` has them."""
    splits = len(result.cells)
    has_several = len(result.scores) > 1
    for name in result.scores:
        column = name if has_several else "score"
        yield from (f"mean_test_{column}", f"std_test_{column}")
        if has_several:
            yield f"rank_test_{column}"
        yield from (f"split{split}_test_{column}" for split in range(splits))


def _row(trial: Trial, names: list[str], result: Result, on_front: Collection[int]) -> Iterator[str | int]:
    yield result.rank(trial) or ""
    yield trial.status.value
    if len(result.waves) > 1:
        yield trial.wave
        yield csv_cell(trial.proposal.label) if trial.proposal.label else ""
    if _has_budgets(result):
        yield budget_text(trial) or "full"
    if result.epochs_vary:
        yield repr(result.epochs[trial.number]) if trial.number in result.epochs else ""
    for name in names:
        yield csv_cell(trial.params[name]) if name in trial.params else ""
    for ranked in (result, *result.by_other_scores):
        yield from _scores(ranked, trial.ranked_by(ranked.scoring))
    answer = result.summary.answer
    interval = answer.interval_of.get(trial.number) if answer else None
    if answer is None or interval is None:
        yield from [""] * len(SAID)
    else:
        in_set = str(answer.is_tied(trial.number)).lower()
        yield from [answer.question, repr(interval.low), repr(interval.high), in_set]
    if result.by_other_scores:
        is_ranked = result.rank(trial) is not None
        yield str(trial.number in on_front).lower() if is_ranked else ""
    yield from _held_out(trial, result)
    if result.published_scores:
        yield from _published(trial, result)


def _held_out_columns(result: Result) -> Iterator[str]:
    """A score on rows held out and its interval, for each score; none where no rows are held out."""
    for name in result.scores if result.held_out else ():
        column = name if len(result.scores) > 1 else "score"
        yield from (f"held_out_{column}", f"held_out_low_{column}", f"held_out_high_{column}")


def _held_out(trial: Trial, result: Result) -> Iterator[str]:
    """The cells of the columns above; blank but for the candidate that was scored on those rows."""
    if (found := result.held_out) is None:
        return
    is_it = found.candidate == trial.candidate and result.rank(trial) is not None
    for name in result.scores:
        numbers = (found.scores.get(name), *found.intervals.get(name, (None, None)))
        yield from ("" if number is None or not is_it else repr(number) for number in numbers)


def _scores(result: Result, trial: Trial) -> Iterator[str | int]:
    """The cells of the columns of the score that ranks this result and trial; blank where a budget omits a fit."""
    complete = trial.status is Status.COMPLETE
    yield from [repr(trial.mean), repr(trial.std)] if complete else ["", ""]
    if len(result.scores) > 1:
        yield result.rank(trial) or ""
    known = trial.by_cell
    yield from ("" if known.get(cell) is None else repr(known[cell]) for cell in result.cells)


def _published(trial: Trial, result: Result) -> Iterator[str]:
    """The cells of PUBLISHED; blank where nothing is published, or a single seed shows no scatter."""
    found = result.published.get(trial.number)
    values = (found.score, found.low, found.high) if found else (None, None, None)
    yield from ("" if value is None else repr(value) for value in values)
    yield "" if found is None or found.inside is None else str(found.inside).lower()


REPORTER = Reporter(name="csv", summary="The result table as results.csv.", report=report)
