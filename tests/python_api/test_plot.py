"""`Result.plot()`: the figures of reporters in a program or a notebook, and why one is missing."""

from __future__ import annotations

import pickle
import sys
import xml.etree.ElementTree as ET

import pytest
from matplotlib.figure import Figure
from sklearn.linear_model import LogisticRegression

import gridloom
from gridloom.testing.results import RESULTS


def build(C=1.0, tol: float = 1e-4):
    return LogisticRegression(C=C, tol=tol)


OFFERING = """
import gridloom
from matplotlib.figure import Figure

def report(result):
    pass

def figures(result):
    yield "mine", lambda: Figure(figsize=(2, 1))
    yield "effects", lambda: "the reporter has no effects"
    yield "broken", lambda: 1 / 0
    yield "text", lambda: 3

@gridloom.hookimpl
def gridloom_reporters():
    yield gridloom.Reporter("own", "Figures of one's own.", report, figures=figures)
"""


@pytest.fixture
def result(search):
    return search(build, space={"model": {"C": [0.01, 1.0], "tol": [1e-4, 1e-2]}}, name="plotted")


def test_all_figures_are_there_by_name_and_those_that_are_not_say_why(result):
    figures = result.plot()
    assert [*figures] == ["ranking", "history", "effects", "parallel-coordinates", "pair-1-C-tol"]
    assert all(isinstance(figure, Figure) for figure in figures.values())
    assert figures.missing == {"learning-curves": "the engine sklearn keeps no history of the epochs"}
    told = "no learning-curves: the engine sklearn keeps no history of the epochs"
    assert repr(figures) == f"<Figures: {', '.join(figures)}; {told}>"


def test_a_notebook_shows_all_figures_as_images_under_their_names(result):
    figures = result.plot()
    page = ET.fromstring(f"<div>{figures._repr_html_()}</div>")
    images = [image.attrib for image in page.iter("img")]
    assert [image["alt"] for image in images] == [*figures]
    assert all(image["src"].startswith("data:image/png;base64,iVBOR") for image in images)
    *titles, missing = ["".join(paragraph.itertext()) for paragraph in page.iter("p")]
    assert titles == [*figures]
    assert missing == "No learning-curves: the engine sklearn keeps no history of the epochs."


def test_one_figure_is_of_matplotlib_and_a_notebook_shows_it(result, tmp_path):
    figure = result.plot("effects")
    figure.savefig(tmp_path / "effects.pdf")
    assert (tmp_path / "effects.pdf").read_bytes().startswith(b"%PDF")
    png, size = figure._repr_png_()
    assert png.startswith(b"\x89PNG\r\n")
    assert int.from_bytes(png[16:20]) == 2 * size["width"]
    assert pickle.loads(pickle.dumps(figure))._repr_png_()[1] == size


def test_a_figure_keeps_its_style_outside_of_gridloom(result):
    (axes, *_) = result.plot("history").axes
    assert {label.get_fontsize() for label in axes.get_xticklabels()} == {7}
    assert not axes.spines["top"].get_visible()


def test_an_unknown_name_is_an_error_that_lists_the_names(result):
    with pytest.raises(
        ValueError, match=r"^there is no figure 'efects'; did you mean 'effects'\? known: ranking, history, "
    ):
        result.plot("efects")
    with pytest.raises(ValueError, match=r"^there is no figure 'zzz'; known: effects, history, "):
        result.plot("zzz")
    with pytest.raises(TypeError, match=r"^the name of a figure must be a string, not \['effects'\]$"):
        result.plot(["effects"])


def test_a_figure_that_there_is_nothing_to_draw_for_says_why(result, search):
    with pytest.raises(
        gridloom.GridloomError, match=r"^there is nothing to draw for 'learning-curves': the engine skl"
    ):
        result.plot("learning-curves")
    alone = search(build, space={"model": {"C": [1.0]}}, name="alone").plot()
    assert dict(alone.missing) == {
        "history": "fewer than two candidates are complete",
        "effects": "no parameter differs",
        "parallel-coordinates": "it takes two complete candidates and two parameters that differ",
        "learning-curves": "the engine sklearn keeps no history of the epochs",
        "pairs": "there are no two parameters all of whose combinations were tried",
    }


def test_a_result_that_is_ranked_by_another_score_or_was_pickled_can_be_drawn(search):
    result = search(build, scoring=["accuracy", "f1"])
    assert "ranking-2-f1" in result.plot()
    other = pickle.loads(pickle.dumps(result)).ranked_by("f1")
    assert other.plot("ranking").axes[0].get_xlabel().startswith("mean f1")
    assert "ranking-2-accuracy" in other.plot()


def test_a_result_that_is_no_run_cannot_be_drawn(tmp_path):
    with pytest.raises(gridloom.GridloomError, match=r"^this result was not read from a run; draw the result that "):
        RESULTS["complete"](tmp_path).plot()


# Plugins


def test_other_reporters_may_draw_too_and_an_error_in_one_figure_is_told(search, tmp_path):
    (tmp_path / "own.py").write_text(OFFERING)
    result = search(build, plugins=["own.py"])
    figures = result.plot()
    assert {"mine", "ranking", "plots:effects"} <= {*figures}
    assert figures.missing["own:effects"] == "the reporter has no effects"
    assert figures.missing["broken"] == "the reporter 'own' failed: ZeroDivisionError: division by zero"
    with pytest.raises(ZeroDivisionError):
        result.plot("broken")
    with pytest.raises(
        TypeError, match=r"^the reporter 'own' draws int as 'text'; expected a matplotlib figure, or te"
    ):
        result.plot("text")
    with pytest.raises(ValueError, match="did you mean 'own:effects' or 'plots:effects'"):
        result.plot("effects")


def test_without_the_plugin_or_matplotlib_there_is_advice(search, monkeypatch):
    bare = search(build, without=["builtin-reporters"], name="bare", reporters=[])
    with pytest.raises(gridloom.GridloomError, match=r"^no plugin draws figures: the built-in one, 'builtin-rep"):
        bare.plot()
    result = search(build, name="full")
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    for name in (None, "effects"):
        with pytest.raises(
            gridloom.GridloomError, match=r"^the reporter 'plots' needs matplotlib: pip install 'gridloom\[plots\]'$"
        ):
            result.plot(name)


def test_no_state_of_pyplot_is_made(printed):
    found = printed(
        "import gridloom, sys\n"
        "result = gridloom.run({'name': 'iris', 'dataset': 'iris', 'model': 'logistic_regression', 'reporters': [],\n"
        "    'search': {'space': {'model': {'C': [0.1, 1.0]}}}, 'validation': {'folds': 2}}, n_jobs=1)\n"
        "result.plot()._repr_html_()\n"
        "print('matplotlib.pyplot' in sys.modules)\n"
    )
    assert found == ("False\n", "")
