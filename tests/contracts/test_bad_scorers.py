"""Every check of the contract of scorers fails for a scorer that breaks it."""

from __future__ import annotations

import pytest

from contracts.breaking import Bad, breaks, checks_of
from gridloom.testing import ScorerContract


def scorer(body, fields='needs="labels"'):
    lines = "\n    ".join(body.splitlines())
    return f"""
def score(truth, predicted):
    {lines}

@gridloom.hookimpl
def gridloom_scorers():
    yield gridloom.Scorer("bad", "Bad.", score, {fields})
"""


WRONG = "return (truth != predicted).mean()"
RIGHT = "return (truth == predicted).mean()"
BINARY = {"task": "binary"}

BAD = {
    "test_it_scores_tasks_that_there_are": [
        Bad(scorer(RIGHT, 'needs="labels", tasks=("regression",)'), "a regression does not predict labels"),
    ],
    "test_more_is_better": [
        Bad(scorer(WRONG), "right predictions score 0.0 and wrong ones", arguments=BINARY),
        Bad(scorer("return float('nan')"), "it scores nan", arguments=BINARY),
        Bad(scorer("return 3 * " + RIGHT[7:], 'needs="labels", bounds=(0.0, 1.0)'), "its bounds are 0.0 and 1.0", arguments=BINARY),
    ],
    "test_rows_may_come_in_any_order": [
        Bad(scorer("return (truth == predicted) @ range(len(truth))"), "the order of the rows", arguments=BINARY),
    ],
    "test_it_leaves_its_arrays_alone": [
        Bad(scorer("truth[0] = 7\n" + RIGHT), "it changes its arguments", arguments=BINARY),
    ],
    "test_it_scores_a_real_run": [
        Bad(scorer("raise ValueError('no')"), "the data|no|cannot score", error=Exception),
    ],
}  # fmt: skip


@pytest.mark.parametrize(("check", "bad"), [(check, bad) for check, found in BAD.items() for bad in found])
def test_the_check_fails(check, bad, tmp_path):
    breaks(ScorerContract, check, bad, tmp_path, tmp_path=tmp_path)


def test_there_is_a_bad_scorer_for_every_check():
    assert set(BAD) == checks_of(ScorerContract)
