"""Hints of the best candidate's validation loss: to train longer, to stop earlier, or nothing at all."""

from __future__ import annotations

import math

import pytest

from gridloom import Candidate, Fit, FitResult, Proposal, Result, Trial
from gridloom_plugins.figures.hints import training_hints
from gridloom_plugins.html.page import render
from gridloom_plugins.reporters import console, markdown

LONGER = (
    "Not converged: in 2 of 3 fits of the best candidate, validation loss is lowest at the last epoch, and it still fell by "
    "2 % over the last 5 epochs. More epochs may help."
)
SHORTER = (
    "Overfits: validation loss of the best candidate is lowest at epoch 20 of 100 and 42 % higher at the end "
    "(medians over 3 fits). Early stopping or regularization may help."
)
RESTORING = {"name": "early_stopping", "restore_best_weights": True}
OTHER = {"name": "time_limit", "seconds": 60}


def of(*curves, values=None, tmp_path=".", **training):
    """A result of one candidate with a fit for each validation loss, under these settings of training."""
    candidate = Candidate(values or {"m": {"x": 1}})
    fits = tuple(Fit(candidate, 0, fold) for fold in range(len(curves)))
    results = tuple(FitResult({"accuracy": 0.5}, {"loss": curve, "val_loss": curve}) for curve in curves)
    manifest = {"experiment": {"training": training}}
    return Result("small", "", "accuracy", [Trial(0, Proposal(candidate), fits, results)], tmp_path, manifest)


def falling(epochs, rate=0.004):
    """A loss that falls by this share an epoch."""
    return [(1 - rate) ** epoch for epoch in range(epochs)]


def flat(epochs):
    """A loss that has come to its end, give or take."""
    return [0.5 + 0.5 * math.exp(-epoch / 4) + 0.004 * math.sin(3 * epoch) for epoch in range(epochs)]


def rising(epochs, lowest, times):
    """A loss that is lowest at an epoch, and so many times as high at the last."""
    down = [1.0 + (lowest - epoch) / lowest for epoch in range(1, lowest)]
    return down + [1.0 + (times - 1.0) * (epoch - lowest) / (epochs - lowest) for epoch in range(lowest, epochs + 1)]


@pytest.mark.parametrize(
    ("result", "begins"),
    [
        (of(falling(50), falling(50), flat(50)), LONGER),
        (of(falling(8, 0.02)), "Not converged: in the only fit of the best candidate, validation loss is lowest at the last"),
        (of(rising(100, 20, 1.42)), "Overfits: validation loss of the best candidate is lowest at epoch 20 of 100 and 42 % higher"),
        (of(rising(100, 20, 3.5)), "Overfits: validation loss of the best candidate is lowest at epoch 20 of 100 and 250 % higher"),
        (of(rising(100, 20, 1.42), rising(100, 20, 1.42), rising(80, 10, 1.2)), SHORTER),
        (of(rising(100, 20, 1.5), callbacks=[OTHER]), "Overfits: "),
    ],
)  # fmt: skip
def test_a_loss_that_still_falls_or_rose_again_has_a_hint(result, begins):
    (hint,) = training_hints(result)
    assert hint.startswith(begins)
    assert "e+" not in hint


@pytest.mark.parametrize(
    "result",
    [
        of(flat(50), flat(50)),
        of(falling(50), flat(50)),  # one of two is not most
        of(falling(50, 0.0005)),  # as many epochs again would lower it by 2 %
        of(rising(100, 50, 1.04)),
        of(falling(50), falling(50), epochs=80, callbacks=[OTHER]),  # stopped, not at the end
        of(rising(100, 20, 1.5), callbacks=[RESTORING]),
        of(
            rising(100, 20, 1.5), values={"callbacks": {"early_stopping.restore_best_weights": True}}, callbacks=[OTHER]
        ),
        of([0.5]),
        of([0.0, 0.0]),
        of([-0.5, -0.25, -1.0]),
        of([1.0, math.nan, 0.5]),
        Result("small", "", "accuracy", [], ".", {}),
    ],
)
def test_where_the_curves_do_not_say_so_there_is_no_hint(result):
    assert training_hints(result) == []


def test_without_validation_loss_there_is_no_hint():
    (trial,) = of(falling(50)).trials
    bare = Trial(0, trial.proposal, trial.fits, (FitResult({"accuracy": 0.5}, {"loss": falling(50)}),))
    assert training_hints(Result("small", "", "accuracy", [bare], ".", {})) == []


def test_a_candidate_that_keeps_its_last_weights_is_told_so_although_others_restore_theirs():
    kept = {"callbacks": {"early_stopping.restore_best_weights": False}}
    (hint,) = training_hints(of(rising(100, 20, 1.5), values=kept, callbacks=[RESTORING]))
    assert "Unless a callback restored those weights, early stopping" in hint


def test_console_markdown_and_page_print_the_hint(tmp_path, capsys):
    mine = of(falling(50), falling(50), flat(50), tmp_path=tmp_path)
    console.report(mine)
    assert capsys.readouterr().out.splitlines()[-1] == LONGER
    markdown.report(mine)
    assert LONGER in (tmp_path / "results.md").read_text("utf-8")
    shown = LONGER.replace("Not converged:", "<strong>Not converged:</strong>").replace(" %", "\u00a0%")
    assert shown in render(mine).partition('id="curves"')[2]
