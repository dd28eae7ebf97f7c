"""What a notebook shows of a result: a sentence and a table of trials, as HTML."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from gridloom.core.printable import printable
from gridloom.core.trials import Status, Trial

SHOWN = 10
"""How many trials a notebook shows."""

LEFT = ' style="text-align:left"'
"""Of cells with text, among those with numbers."""


def as_html(title: str, trials: Sequence[Trial], ranks: Mapping[int, int]) -> str:
    """The title, and a table of the first trials; those without a rank have their status in place of scores."""
    rows = [f"<tr><th>rank</th><th>mean</th><th>std</th><th{LEFT}>parameters</th></tr>"]
    for trial in trials[:SHOWN]:
        done = trial.status is Status.COMPLETE
        cells = [ranks.get(trial.number, ""), f"{trial.mean:f}", f"{trial.std:f}"] if done else ["", trial.status, ""]
        budget = trial.proposal.budget.text
        cells += [f"{trial.candidate} ({budget})" if budget else f"{trial.candidate}"]
        *numbers, name = (html.escape(str(cell)) for cell in cells)
        rows.append(f"<tr>{''.join(f'<td>{cell}</td>' for cell in numbers)}<td{LEFT}>{name}</td></tr>")
    more = f"<p>{len(trials) - SHOWN:,} more trials</p>" if len(trials) > SHOWN else ""
    return f"<p>{html.escape(title)}</p><table>{''.join(rows)}</table>{more}{_failure(trials)}"


def _failure(trials: Sequence[Trial]) -> str:
    """Why the first of the failed trials failed; empty where none did."""
    failed = [trial for trial in trials if trial.failures]
    if not failed:
        return ""
    error = printable(failed[0].failures[0][1].error or "")
    return f"<p>{html.escape(f'{failed[0].candidate} failed: {error}')}</p>"
