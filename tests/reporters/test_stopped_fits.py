"""Learning curves of fits that stopped early: who stopped when, and that no mean hides it."""

from __future__ import annotations

import math

import pytest

from gridloom import Budget, Candidate, Fit, FitResult, Proposal, Result, Trial
from gridloom_plugins.figures.curves import still_training
from gridloom_plugins.figures.stops import stops_of
from gridloom_plugins.html.curves import curves_section
from gridloom_plugins.html.page import render
from gridloom_plugins.plotting import learning, style

CALLBACKS = {"epochs": 9, "callbacks": [{"name": "early_stopping"}]}


def fit(epochs, start=1.0):
    """A fit of so many epochs, with a validation loss above its loss and a learning rate."""
    losses = [start / epoch for epoch in range(1, epochs + 1)]
    history = {"learning_rate": [0.5**epoch for epoch in range(1, epochs + 1)], "loss": losses}
    return FitResult({"accuracy": 0.5}, history | {"val_loss": [loss + 0.5 for loss in losses]})


def ran(*epochs, training=None, candidate=None, budget=None):
    """A result of one candidate, whose fits were trained for so many epochs."""
    candidate = Candidate(candidate or {"m": {"x": 1}})
    fits = tuple(Fit(candidate, 0, fold) for fold in range(len(epochs)))
    results = tuple(fit(count, 1.0 + place) for place, count in enumerate(epochs))
    trial = Trial(0, Proposal(candidate, budget or Budget()), fits, results)
    return Result("small", "", "accuracy", [trial], ".", {"experiment": {"training": training or {}}})


def stops(result):
    return stops_of(result, result.trials[0])


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        (ran(9, 9), ""),
        (ran(9, 9, training=CALLBACKS), ""),
        (ran(9, 5, 5, 3, training=CALLBACKS), "3 of 4 fits stopped early, at epochs 3 to 5 of 9."),
        (ran(5, 4, training=CALLBACKS), "All 2 fits stopped early, at epochs 4 to 5 of 9."),
        (ran(5, 5, training=CALLBACKS), "All 2 fits stopped early, at epoch 5 of 9."),
        (ran(5, training=CALLBACKS), "The only fit stopped early, at epoch 5 of 9."),
        (ran(5, 4), "1 of 2 fits stopped early, at epoch 4."),
        (ran(5, 5, training={"epochs": 9}), ""),  # a family may have said 5, as nothing could stop them
        (ran(12, 5, training=CALLBACKS), "1 of 2 fits stopped early, at epoch 5."),  # a family may have said 12 or more
        (ran(5, candidate={"early_stopping": {"patience": 1}, "t": {"epochs": 7}}), "The only fit stopped early, at epoch 5 of 7."),
        (ran(4, 3, training=CALLBACKS, budget=Budget(epochs=4)), "1 of 2 fits stopped early, at epoch 3 of 4."),
    ],
)  # fmt: skip
def test_it_is_told_how_many_fits_stopped_and_when_as_far_as_that_is_known(result, sentence):
    assert stops(result).sentence == sentence


def test_fits_that_still_train_are_counted_for_each_epoch():
    assert still_training(ran(1, 3, 3, 4).trials[0]) == [4, 3, 3, 1]
    assert still_training(ran(3, 3).trials[0]) == []


def plot(*epochs, **fields):
    (found,) = curves_section(ran(*epochs, **fields)).plots
    return found


def test_where_fits_stop_the_mean_goes_on_dotted_and_each_fit_has_a_line():
    lines, mean, rest, *_ = plot(2, 4, training=CALLBACKS).traces
    assert (lines["x"], lines["y"]) == ([1, 2, None, 1, 2, 3, 4, None], [1.0, 0.5, None, 2.0, 1.0, 0.66667, 0.5, None])
    assert (mean["x"], mean["y"]) == ([1, 2], pytest.approx([1.5, 0.75]))
    assert (rest["x"], rest["y"]) == ([2, 3, 4], pytest.approx([0.75, 2 / 3, 0.5]))
    assert (mean["line"].get("dash"), rest["line"]["dash"]) == (None, "dot")
    assert "still train" not in mean["hovertext"][-1]
    assert "over the 1 of 2 fits that still train" in rest["hovertext"][-1]


def test_many_fits_that_stop_have_a_band_instead_of_lines():
    low, high, mean, rest, *_ = plot(*range(3, 23), training=CALLBACKS).traces
    assert (len(low["x"]), len(mean["x"])) == (22, 3)
    assert (high["y"][-1], low["y"][-1]) == pytest.approx((20 / 22, 20 / 22))
    assert (rest["x"][0], rest["x"][-1]) == (3, 22)


def test_a_tick_marks_each_epoch_at_which_fits_stopped_and_says_how_many():
    found = plot(9, 5, 5, 3, training=CALLBACKS)
    ticks = found.traces[-1]
    assert (ticks["x"], ticks["yaxis"]) == ([3, 5], "y2")
    assert ticks["hovertext"] == ["1 of 4 fits stopped at epoch 3", "2 of 4 fits stopped at epoch 5"]
    assert list(found.notes) == ["3 of 4 fits stopped early, at epochs 3 to 5 of 9."]


def test_the_last_epoch_of_all_fits_is_drawn_however_many_epochs_there_are():
    _, mean, rest, *_ = plot(700, 1000).traces
    assert mean["x"][-1] == rest["x"][0] == 700
    assert len(mean["x"]) + len(rest["x"]) <= 303


def test_training_and_validation_loss_share_a_plot_and_a_learning_rate_is_no_loss():
    found = plot(3, 3)
    means = [trace for trace in found.traces if "hovertext" in trace]
    assert [trace["hovertext"][1].split(" ")[1] for trace in means] == ["2<br>training", "2<br>validation"]
    assert [trace["hovertext"][2].split("<br>")[-1] for trace in means] == ["learning rate 0.125"] * 2
    assert found.layout["yaxis"]["title"]["text"] == "loss"
    lonely = Trial(
        0, Proposal(Candidate({"m": {"x": 1}})), (Fit(Candidate({"m": {"x": 1}}), 0, 0),),
        (FitResult({"accuracy": 0.5}, {"learning_rate": [0.1, 0.05]}),),
    )  # fmt: skip
    assert curves_section(Result("small", "", "accuracy", [lonely], ".", {})) is None


@pytest.mark.parametrize(
    ("epochs", "words", "others"),
    [
        ((9, 5), ["each thin line a single fit", "is dotted", "fits stopped"], ["the band reaches"]),
        (range(3, 23), ["the band reaches", "is dotted", "fits stopped"], ["each thin line"]),
        ((9, 9), ["the band reaches", "validation loss"], ["each thin line", "is dotted", "fits stopped"]),
    ],
)
def test_the_page_says_what_its_lines_are(epochs, words, others):
    section = render(ran(*epochs)).partition('id="curves"')[2].partition("<figure>")[0]
    assert [word for word in words if word not in section] == []
    assert [word for word in others if word in section] == []


def test_the_figure_has_validation_and_training_in_a_panel_thin_means_where_fits_stopped_and_a_panel_of_the_learning_rate():
    with style.printed_style():
        loss, rate = learning.draw_learning(ran(2, 4, training=CALLBACKS)).axes
    assert (rate.get_title(loc="left"), loss.get_title(loc="left")) == (
        "learning_rate",
        "loss: validation, and faint training",
    )
    faint, thin, ticks, strong, *_ = loss.lines
    assert (faint.get_alpha(), strong.get_alpha()) == (0.4, 1.0)
    assert faint.get_ydata() == pytest.approx([1.5, 0.75])
    assert strong.get_ydata() == pytest.approx([2.0, 1.25])
    assert (list(thin.get_xdata()), thin.get_linewidth()) == ([2, 3, 4], 0.5)
    assert (list(ticks.get_xdata()), ticks.get_marker()) == ([2, 4], "|")
    assert not any(math.isnan(value) for line in loss.lines for value in line.get_ydata())
