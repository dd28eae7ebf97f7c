"""The reporter `csv`: the result table as a file that spreadsheets and pandas read."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator

from gridloom import FileName, Reporter, Result, Status, Trial

SAID = ("question", "low", "high", "in_tie_set")
"""The last columns: what the scores say about other seeds, or where a design cannot tell, about new data."""


def report(result: Result, filename: FileName = "results.csv") -> None:
    """Write one line a trial in the order of the candidates: rank, parameters, mean, standard deviation, every score.

    `filename` is its name in the run's folder. The last columns are an interval of the mean, the `question` that it answers ("seeds": with other seeds and the same
    data; "new data"), and whether the trial cannot be told from the best. The file holds no times, so that equal
    searches give equal files, byte for byte.
    """
    names = list(dict.fromkeys(name for trial in result.trials for name in trial.params))
    splits = max((len(trial.fits) for trial in result.trials), default=0)
    with (result.folder / filename).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        parameters = (f"param_{name}" for name in names)
        scores = (f"split{split}_test_score" for split in range(splits))
        writer.writerow(["rank", "status", *parameters, "mean_test_score", "std_test_score", *scores, *SAID])
        writer.writerows(_row(trial, names, result) for trial in result.trials)


def _row(trial: Trial, names: list[str], result: Result) -> Iterator[str | int]:
    complete = trial.status is Status.COMPLETE
    yield result.ranks[trial.number] if complete else ""
    yield trial.status.value
    for name in names:
        yield _cell(trial.params[name]) if name in trial.params else ""
    yield from [repr(trial.mean), repr(trial.std)] if complete else ["", ""]
    for score in trial.scores:
        yield "" if score is None else repr(score)
    answer = result.summary.answer
    interval = answer.interval_of.get(trial.number) if answer else None
    if answer is None or interval is None:
        yield from [""] * len(SAID)
    else:
        in_set = str(trial.number in answer.members).lower()
        yield from [answer.question, repr(interval.low), repr(interval.high), in_set]


def _cell(value: object) -> str:
    """Text as it is, unless it holds what would break a row; all else as JSON."""
    return value if isinstance(value, str) and "\r" not in value else json.dumps(value)


REPORTER = Reporter(name="csv", summary="The result table as results.csv.", report=report)
