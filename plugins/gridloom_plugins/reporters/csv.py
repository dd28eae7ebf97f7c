"""The reporter `csv`: the result table as a file that spreadsheets and pandas read."""

from __future__ import annotations

import csv
import json

from gridloom import Reporter, Result, Status


def report(result: Result, filename: str = "results.csv") -> None:
    """Write one line a trial in the order of the candidates: rank, parameters, mean, standard deviation, every score.

    The file holds no times, so that equal searches give equal files, byte for byte.
    """
    names = list(dict.fromkeys(name for trial in result.trials for name in trial.params))
    splits = max((len(trial.fits) for trial in result.trials), default=0)
    with (result.folder / filename).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        scores = [f"split{split}_test_score" for split in range(splits)]
        writer.writerow(
            ["rank", "status", *(f"param_{name}" for name in names), "mean_test_score", "std_test_score", *scores]
        )
        for trial in result.trials:
            values = [_cell(trial.params[name]) if name in trial.params else "" for name in names]
            complete = trial.status is Status.COMPLETE
            rank = result.ranks[trial.number] if complete else ""
            numbers = [repr(trial.mean), repr(trial.std)] if complete else ["", ""]
            each = ["" if score is None else repr(score) for score in trial.scores]
            writer.writerow([rank, trial.status.value, *values, *numbers, *each])


def _cell(value: object) -> str:
    """Text as it is, unless it holds what would break a row; all else as JSON."""
    return value if isinstance(value, str) and "\r" not in value else json.dumps(value)


REPORTER = Reporter(name="csv", summary="The result table as results.csv.", report=report)
