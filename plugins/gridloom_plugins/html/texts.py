"""How names, values and numbers are written on the page, and as labels of plots."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from gridloom import Fit, Trial

LABEL = 30
"""The most characters of a label in a plot; the table has the whole."""

NARROW_LABEL = 14
"""The same on a phone."""

PLAIN = (1e-3, 1e6)
"""Numbers of this size are written without an exponent."""

NOTHING = "\N{EN DASH}"
"""What stands where there is no value."""

MINUTE = 60


def value_text(value: Any) -> str:
    """A value as YAML would have it; text as it is, unless it would not be seen."""
    if isinstance(value, str) and value.strip():
        return value
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else str(value)


def score_text(score: float | None, digits: int = 4) -> str:
    """A score with so many decimals, fewer where more stands before the point; with an exponent where that says little."""
    if score is None or not math.isfinite(score):
        return NOTHING
    if score == 0 or PLAIN[0] <= abs(score) < PLAIN[1]:
        return f"{score:.{max(1, digits + 1 - len(str(int(abs(score)))))}f}"
    return f"{score:.{digits}g}"


def percent(share: float) -> str:
    """A share as a percentage."""
    return f"{100 * share:.0f} %" if share == 0 or share >= 0.01 else "below 1 %"  # noqa: PLR2004


def duration(seconds: float) -> str:
    """Seconds as a reader says them."""
    if seconds < MINUTE:
        return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"  # noqa: PLR2004
    minutes, rest = divmod(round(seconds), MINUTE)
    hours, minutes = divmod(minutes, MINUTE)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def cut(text: str, limit: int = LABEL) -> str:
    """The text in one line of at most so many characters, with nothing in it that cannot be seen."""
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def label(text: str, limit: int = LABEL) -> str:
    """A text as a label of Plotly, which takes labels for a kind of HTML: what is said is what is shown."""
    return cut(text, limit).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def varied(trials: Sequence[Trial]) -> list[str]:
    """The parameters that not all of these trials have alike; all of them for a single trial."""
    seen: dict[str, set[str]] = {}
    for trial in trials:
        for name, value in trial.params.items():
            seen.setdefault(name, set()).add(value_text(value))
    partial = {name for name in seen if any(name not in trial.params for trial in trials)}
    names = [name for name, values in seen.items() if len(values) > 1 or name in partial]
    return names or list(seen)


def short_name(trial: Trial, names: Sequence[str]) -> str:
    """The values of these parameters, and the budget where it is not a full training."""
    values = [value_text(trial.params[name]) if name in trial.params else NOTHING for name in names]
    return " · ".join([*values, budget_text(trial)] if budget_text(trial) else values)


def budget_text(trial: Trial) -> str:
    """The budget of a trial that was not trained in full."""
    return ", ".join(f"{name} {amount:g}" for name, amount in trial.proposal.budget.describe().items())


def full_name(trial: Trial) -> str:
    """All parameters of a trial by name."""
    parts = [f"{name}={value_text(value)}" for name, value in trial.params.items()]
    return " ".join([*parts, budget_text(trial)] if budget_text(trial) else parts)


def place(fit: Fit) -> str:
    """Where a fit stands among its candidate's fits, counted from 0 as everywhere."""
    return f"repeat {fit.repeat}, fold {fit.fold}, seed {fit.replica}"
