"""What people do in notebooks: change a function, interrupt a search, define classes in cells, wait for coroutines."""

from __future__ import annotations

import re

import pytest

from notebooks.kernels import errors, of_cells, printed, run, shown

pytestmark = pytest.mark.slow

BEGIN = """
import time
import gridloom, numpy as np
from sklearn.linear_model import LogisticRegression

X = np.random.default_rng(0).normal(size=(60, 3))
y = (X[:, 0] > 0).astype(int)
given = {"space": {"model": {"C": [0.1 * c for c in range(1, 5)]}}, "validation": {"folds": 3}, "n_jobs": 1}
"""

SLOW = """
class Slow(LogisticRegression):
    def fit(self, X, y):
        time.sleep(0.2)
        return super().fit(X, y)

def build(C=1.0):
    return Slow(C=C)
"""

SEARCH = "gridloom.search(build, X, y, **given)"


def named(name):
    """A search whose run has this name."""
    return SEARCH.replace("**given", f"name={name!r}, **given")


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory):
    """A search of a class in a cell, interrupted, resumed by the same call, then with other code, and then anew; and others."""
    cells = [
        SEARCH,
        SEARCH,
        SLOW.replace("0.2", "0.0"),
        SEARCH,
        SEARCH.replace(")", ", fresh=True, refit=True)"),
        "_.load()",
        "gridloom.search(build, X, y, verbose=0, **given)",
        SEARCH.replace(")", ", fresh=True, reporters=[])"),
        f"import asyncio, matplotlib.pyplot as plt\nasync def go(): return {named('awaited')}\nresult = await go()",
        f"await asyncio.to_thread(lambda: {named('threaded')})",
        "result.plot('history')",
        "result.plot('history');",
        "len(plt.get_fignums())",
    ]
    return run(of_cells(BEGIN, SLOW, *cells), tmp_path_factory.mktemp("odd"), interrupted=2).cells[2:]


def test_an_interrupt_leaves_a_line_and_the_same_call_resumes(interrupted):
    first, second = interrupted[:2]
    (bar,) = shown(first)
    finished = int(re.fullmatch(r"stopped: (\d+) of 12 fits are finished", bar["text/plain"])[1])
    assert 0 < finished < 12
    (told,) = errors(first)
    assert re.fullmatch(
        r"Interrupted: stopped: \d+ of 12 fits are kept in runs/build; make the same call again to resume", told
    )
    assert re.match(rf"12/12 fits, ({finished}|{finished + 1}) from the journal, ", shown(second)[0]["text/plain"])


def test_while_a_search_runs_there_is_one_bar(interrupted):
    (seen,) = interrupted[0].metadata["seen"]
    bar, line = re.search(r'<progress style="[^"]*" value="(\d+)" max="12"></progress>([^<]*)</div>$', seen).groups()
    assert line.startswith(f"{bar}/12 fits, ")


def test_a_function_that_was_changed_is_refused_in_three_lines_without_our_code(interrupted):
    (told,) = errors(interrupted[3])
    assert told.startswith(
        "RunRefused: runs/build contains fits of another experiment, so it cannot be resumed. What changed:\n"
    )
    assert "in_memory.python.code.Slow: was " in told
    assert "start over with fresh=True" in told
    assert "Traceback" not in told


def test_a_model_of_a_class_in_a_cell_is_not_kept_and_loading_it_says_why(interrupted):
    lost = "contains Slow, which is defined in the program or the notebook itself, where it cannot be found again; define it in a module"
    assert lost in printed(interrupted[4], "stderr")
    (told,) = errors(interrupted[5])
    assert told.startswith("GridloomError: the model of the best candidate could not be kept: ")
    assert lost in told


def test_a_search_is_quiet_without_reporters(interrupted):
    assert errors(interrupted[6]) == [
        "InvalidInput: verbose: unknown argument 'verbose'; write reporters=[] for a search that prints nothing"
    ]
    quiet = interrupted[7]
    assert printed(quiet) == printed(quiet, "stderr") == ""
    assert len(shown(quiet)) == 1  # the result


def test_a_search_runs_beside_a_loop_and_in_a_thread_and_figures_are_shown_once_beside_pyplot(interrupted):
    awaited, threaded, one, none, count = interrupted[8:]
    assert not [told for cell in (awaited, threaded, one) for told in errors(cell)]
    assert "12/12 fits" in shown(awaited)[0]["text/plain"]
    assert "12/12 fits" in shown(threaded)[0]["text/plain"]
    assert ["image/png" in data for data in shown(one)] == [True]
    assert shown(none) == []
    assert shown(count)[0]["text/plain"] == "0"


def test_a_backend_of_keras_that_is_not_installed_is_told_when_the_model_is_loaded(tmp_path):
    build = """
def build(task, width=2):
    import keras
    model = keras.Sequential([keras.Input(task.input_shape), keras.layers.Dense(width), keras.layers.Dense(1, "sigmoid")])
    model.compile("adam", "binary_crossentropy")
    return model
given |= {"space": {"model": {"width": [1, 2]}}, "training": {"epochs": 1}, "refit": True, "reporters": []}
"""
    cells = run(
        of_cells(BEGIN, build, f"result = {SEARCH}", "result.load()"), tmp_path, {"KERAS_BACKEND": "torch"}
    ).cells
    assert not errors(cells[2])
    (told,) = errors(cells[3])
    assert told == (
        "GridloomError: Keras cannot be imported: KERAS_BACKEND is 'torch', but there is no package 'torch'; set "
        "KERAS_BACKEND to 'jax', or unset it, and restart Python"
    )
