"""The reporter `plots`: figures that show what the summary says, for any result, with every name as text."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from scored import normal, scored

from gridloom import FitResult, GridloomError, Trial
from gridloom_plugins.figures.pairs import pair_maps
from gridloom_plugins.plotting import effects, heat_maps, learning, ranking, style
from gridloom_plugins.reporters import plots
from reporters.outcomes import HOSTILE

KFOLD = {"method": "kfold", "folds": 3}
GRID = [{"m": {"rate": rate, "units": units}} for rate in (0.1, 0.2, 0.3) for units in (4, 8)]


@pytest.fixture
def made(tmp_path):
    """Make a result with histories from scores."""

    def made(scores, candidates=GRID, history=None, **fields):
        mine = scored(scores, candidates, **KFOLD)
        if history:
            mine = replace(mine, trials=[with_history(trial, history) for trial in mine.trials])
        return replace(mine, folder=tmp_path, **fields)

    return made


def with_history(trial, history):
    known = tuple(FitResult(r.scores, history, error=r.error) if r else None for r in trial.results)
    return Trial(trial.number, trial.proposal, trial.fits, known)


def files(result, folder="plots"):
    return sorted(path.name for path in (result.folder / folder).iterdir())


def texts(path):
    """All texts of an SVG file, which is parsed strictly."""
    return ["".join(item.itertext()) for item in ET.parse(path).iter("{http://www.w3.org/2000/svg}text")]


def drawn(draw, result):
    with style.printed_style():
        figure = draw(result)
        figure.canvas.draw()
    return figure


CURVES = {"loss": [0.9, 0.5, 0.4], "accuracy": [0.5, 0.6, 0.65]}


# Files


def test_every_figure_is_written_as_png_and_as_svg_whose_text_is_text(made):
    mine = made(normal((6, 1, 3, 5)), history=CURVES)
    plots.report(mine)
    names = ["effects", "history", "learning-curves", "pair-1-rate-units", "parallel-coordinates", "ranking"]
    assert files(mine) == [f"{name}.{kind}" for name in names for kind in ("png", "svg")]
    for name in names:
        png = (mine.folder / "plots" / f"{name}.png").read_bytes()
        assert png.startswith(b"\x89PNG\r\n")
        assert int.from_bytes(png[16:20]) > 900
        assert len(texts(mine.folder / "plots" / f"{name}.svg")) > 5
        assert "<image" not in (mine.folder / "plots" / f"{name}.svg").read_text("utf-8")
    assert "mean accuracy, 95 % intervals across seeds on this data" in texts(mine.folder / "plots" / "ranking.svg")


def test_equal_results_give_equal_files(made):
    mine = made(normal((6, 1, 3, 5)), history=CURVES)
    plots.report(mine, folder="one")
    plots.report(mine, folder="two")
    for name in files(mine, "one"):
        assert (mine.folder / "one" / name).read_bytes() == (mine.folder / "two" / name).read_bytes()


def test_figures_of_an_earlier_report_are_replaced_and_other_files_are_left_alone(made):
    plots.report(made(normal((6, 1, 3, 5)), history=CURVES))
    last = made(np.full((6, 1, 3, 5), np.nan))
    (last.folder / "plots" / "mine.png").touch()
    plots.report(last)
    assert files(last) == ["mine.png"]


@pytest.mark.parametrize(
    ("scores", "candidates", "expected"),
    [
        (np.full((6, 1, 3, 5), np.nan), GRID, []),
        (np.full((6, 1, 3, 5), np.inf), GRID, []),
        (np.zeros((0, 1, 3, 5)), [], []),
        (normal((1, 1, 3, 5)), GRID[:1], ["ranking"]),
        (normal((6, 1, 1, 1)), GRID, ["history", "parallel-coordinates", "ranking"]),
        (
            np.full((6, 1, 3, 5), 0.5),
            GRID,
            ["effects", "history", "pair-1-rate-units", "parallel-coordinates", "ranking"],
        ),
        (normal((5, 1, 3, 5)), GRID[:5], ["effects", "history", "parallel-coordinates", "ranking"]),
        (normal((2, 1, 3, 5)), GRID[:2], ["effects", "history", "ranking"]),
        (normal((2, 1, 3, 5)), [{"m": {"a": 1}}, {"m": {"b": None}}], ["history", "parallel-coordinates", "ranking"]),
    ],
)
def test_what_a_result_cannot_show_is_left_out(scores, candidates, expected, made):
    mine = made(scores, candidates)
    plots.report(mine)
    assert files(mine) == [f"{name}.{kind}" for name in expected for kind in ("png", "svg")]


def test_a_run_that_is_not_finished_is_drawn_as_far_as_it_is(made):
    scores = normal((6, 1, 3, 5))
    scores[2, 0, 1, 1], scores[3, 0, 0, 0] = np.inf, np.nan
    mine = made(scores, history=CURVES)
    plots.report(mine)
    assert "learning-curves.svg" in files(mine)
    labels = [label.get_text() for label in drawn(ranking.draw_ranking, mine).axes[0].get_yticklabels()]
    assert len(labels) == 4


@pytest.mark.parametrize(
    "text", [*HOSTILE, "$x^2$", "$\\frac", "<script>alert(1)</script>", "a&b", "{x} %s %d", "x" * 300, "../../x"]
)
def test_whatever_an_experiment_is_named_is_text(text, made):
    grid = [{"m": {text: value, "y": [text]}} for value in (text, "other")] + [{"m": {text: text, "y": 1}}]
    mine = made(normal((3, 1, 3, 5)), grid, {text or "loss": [0.5, 0.4]}, name=text, scoring=text, description=text)
    plots.report(mine)
    assert {"ranking.svg", "effects.svg", "learning-curves.svg"} <= set(files(mine))
    for name in files(mine):
        if name.endswith(".svg"):
            assert all(written.isprintable() for written in texts(mine.folder / "plots" / name))
    if text.isprintable() and 0 < len(text) <= 14:
        label = f"{text} · {json.dumps([text], ensure_ascii=False)}"
        assert label[:44] in texts(mine.folder / "plots" / "ranking.svg")


def test_names_of_files_are_names_on_every_system(made):
    grid = [{"m": {"a/b\\c:*": a, "": b}} for a, b in itertools.product((1, 2), (1, 2))]
    mine = made(normal((4, 1, 3, 5)), grid)
    plots.report(mine)
    assert "pair-1-a_b_c-x.svg" in files(mine)


# What is drawn


def test_the_ranking_shows_means_intervals_and_the_tie_set(made):
    scores = normal((6, 1, 3, 5))
    scores[1] -= 0.1
    mine = made(scores)
    (axes,) = drawn(ranking.draw_ranking, mine).axes
    answer = mine.summary.answer
    whiskers = [collection.get_segments()[0] for collection in axes.collections]
    for place, trial in enumerate(mine.ranked):
        interval = answer.interval_of[trial.number]
        assert whiskers[place].tolist() == [[interval.low, place], [interval.high, place]]
    assert [label.get_text() for label in axes.get_yticklabels()][-1] == "0.1 · 8"
    marks = [line for line in axes.lines if line.get_marker() in ("o", "D") and len(line.get_xdata())]
    assert [mark.get_xdata()[0] for mark in marks] == [trial.mean for trial in mine.ranked]
    assert [mark.get_marker() for mark in marks] == ["D", "o", "o", "o", "o", "o"]
    assert [mark.get_markerfacecolor() == "white" for mark in marks] == [False] * 5 + [True]


def test_intervals_are_drawn_as_far_as_the_scorer_goes(made):
    mine = made(0.29 + normal((6, 1, 3, 2), spread=0.05))
    answer = mine.summary.answer
    assert any(interval.exact for interval in answer.intervals)
    (axes,) = drawn(ranking.draw_ranking, mine).axes
    ends = [collection.get_segments()[0][1][0] for collection in axes.collections]
    assert ends == [min(1.0, answer.interval_of[trial.number].high) for trial in mine.ranked]
    caps = [line.get_xdata() for line in axes.lines if line.get_marker() == "|"]
    assert [len(cap) for cap in caps] == [1 + (end < 1) for end in ends]
    assert axes.get_xlabel().endswith("\nIntervals are shown from 0 to 1, as far as accuracy goes.")
    figure = drawn(effects.draw_effects, mine)
    assert figure.get_supxlabel().endswith("Intervals are shown from 0 to 1, as far as accuracy goes.")
    assert all(axes.containers[0].lines[2][0].get_datalim(axes.transData).y1 <= 1 for axes in figure.axes)


def test_a_long_ranking_says_how_many_there_are(made):
    mine = made(normal((50, 1, 3, 5)), [{"m": {"x": x}} for x in range(50)])
    (axes,) = drawn(ranking.draw_ranking, mine).axes
    assert axes.get_title(loc="left") == "the best 40 of 50 candidates"
    assert len(axes.get_yticklabels()) == 40


def test_main_effects_are_those_of_the_summary(made):
    mine = made(normal((6, 1, 3, 5)))
    first, second = drawn(effects.draw_effects, mine).axes
    found = mine.summary.answer.effects.parameters
    for axes, effect in zip((first, second), found, strict=True):
        assert axes.get_title(loc="left").startswith(f"{effect.parameter}\n")
        (bars,) = axes.containers
        assert bars.lines[0].get_ydata().tolist() == [level.mean for level in effect.levels]
        ends = [segment[:, 1].tolist() for segment in bars.lines[2][0].get_segments()]
        assert ends == [pytest.approx([level.low, level.high]) for level in effect.levels]


def test_a_heat_map_shows_the_means_of_a_pair_and_frames_the_highest(made):
    scores = normal((6, 1, 3, 5))
    scores[3] += 0.1
    mine = made(scores)
    with style.printed_style():
        ((found,), _) = pair_maps(mine, heat_maps.MOST)
        figure = heat_maps.draw_pair(found, mine.scoring)
        figure.canvas.draw()
    assert found.parameters == ("rate", "units")
    axes = figure.axes[0]
    shown = [float(text.get_text()) for text in axes.texts]
    means = [value for row in mine.summary.answer.effects.pairs[0].means for value in row]
    assert shown == pytest.approx(means, abs=5e-4)
    assert [patch.get_xy() for patch in axes.patches] == [(1, 1)]


def test_pairs_are_drawn_in_the_order_of_their_shares_and_not_without_end(made):
    names = "abcdefg"
    grid = [{"m": dict(zip(names, values, strict=True))} for values in itertools.product((0, 1), repeat=7)]
    scores = np.array([g["m"]["f"] * g["m"]["g"] for g in grid], float).reshape(-1, 1, 1, 1)
    mine = made(scores + normal((128, 1, 3, 2)), grid)
    pairs = [name for name, _ in plots.figures(mine) if name.startswith("pair-")]
    assert pairs[0] == "pair-1-f-g"
    assert len(pairs) == 12


def test_learning_curves_are_means_over_the_fits_of_the_best_candidates(made):
    mine = made(normal((6, 1, 3, 5)), history=CURVES)
    loss, accuracy = drawn(learning.draw_learning, mine).axes
    assert (loss.get_title(loc="left"), accuracy.get_title(loc="left")) == ("loss", "accuracy")
    assert len(loss.lines) == 5
    assert loss.lines[0].get_ydata() == pytest.approx(CURVES["loss"])
    assert list(loss.lines[0].get_xdata()) == [1, 2, 3]
    assert len({line.get_linestyle() + str(line.get_color()) for line in loss.lines}) == 5


def test_candidates_of_equal_means_have_one_rank_in_the_legend(made):
    scores = normal((6, 1, 3, 5))
    scores[1] = scores[0] = scores[0] + 1
    (legend,) = drawn(learning.draw_learning, made(scores, history={"loss": [0.5]})).legends
    assert [text.get_text()[:2] for text in legend.get_texts()] == ["1.", "1.", "3.", "4.", "5."]


@pytest.mark.parametrize(
    ("loss", "scale"), [([60.0, 1.0, 0.5], "log"), ([5.0, 1.0, 0.5], "linear"), ([60.0, 0.0], "linear")]
)
def test_a_loss_that_falls_far_has_a_logarithmic_scale(loss, scale, made):
    (axes,) = drawn(learning.draw_learning, made(normal((2, 1, 3, 5)), GRID[:2], {"loss": loss})).axes
    assert axes.get_yscale() == scale
    assert not any("$" in label.get_text() for label in axes.get_yticklabels())


def test_a_single_epoch_is_seen(made):
    mine = made(normal((2, 1, 3, 5)), GRID[:2], {"loss": [0.5]})
    (axes,) = drawn(learning.draw_learning, mine).axes
    assert axes.lines[0].get_marker() == "o"


# Beside others


def test_without_matplotlib_there_is_advice(made, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(
        GridloomError, match=r"^the reporter 'plots' needs matplotlib: pip install 'gridloom\[plots\]'$"
    ):
        plots.report(made(normal((2, 1, 3, 5)), GRID[:2]))


def test_the_settings_of_matplotlib_are_left_as_they_were(made):
    before = dict(mpl.rcParams)
    plots.report(made(normal((2, 1, 3, 5)), GRID[:2]))
    assert dict(mpl.rcParams) == before


def test_no_state_of_pyplot_is_made(tmp_path):
    code = (
        "import sys; from pathlib import Path; from dataclasses import replace; from scored import normal, scored\n"
        "from gridloom_plugins.reporters import plots\n"
        f"plots.report(replace(scored(normal((3, 1, 3, 5)), method='kfold', folds=3), folder=Path({str(tmp_path)!r})))\n"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd="tests", capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("False\n", "")
