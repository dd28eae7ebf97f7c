"""What is recorded in a journal is read back to the last bit, as a whole batch or not at all."""

from __future__ import annotations

import math
import signal
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from gridloom import Candidate, Fit, FitResult
from gridloom.errors import StorageError
from journal.journals import FIT, fits, kept, opened, python

FINITE = st.floats(allow_nan=False, allow_infinity=False)
SECONDS = st.floats(0, 1e9)
HISTORIES = st.dictionaries(st.text(), st.lists(st.floats(), max_size=5), max_size=3)
PREDICTED = st.none() | arrays(np.float32, array_shapes(max_dims=2, max_side=4))
RESULTS = st.builds(
    FitResult,
    st.dictionaries(st.text(), FINITE, min_size=1, max_size=3),
    HISTORIES,
    SECONDS,
    SECONDS,
    PREDICTED,
    parameters=st.none() | st.integers(0, 10**12),
) | st.builds(
    lambda error, traceback, history: FitResult({}, history, error=error, traceback=traceback),
    st.text(),
    st.none() | st.text(),
    HISTORIES,
)


def told(result):
    """All of a result as text: NaN equals NaN, and 0.0 differs from -0.0."""
    predicted = result.predicted
    return repr(result), predicted is not None and (predicted.shape, predicted.dtype.str, predicted.tobytes())


@given(st.lists(RESULTS, min_size=1, max_size=4))
@example([FitResult({"b": -0.0, "a": 5e-324}, {"loss": [-0.0, math.nan, math.inf, -math.inf], "empty": []})])
@example([FitResult({"a": 0.1}, predicted=np.zeros((0, 3), "float32"))])
def test_what_is_recorded_is_read_back_to_the_last_bit(tmp_path_factory, results):
    path = Path(tempfile.mkdtemp(dir=tmp_path_factory.getbasetemp())) / "journal.sqlite"
    recorded = {Fit(FIT.candidate, 0, fold): result for fold, result in enumerate(results)}
    with opened(path) as journal:
        journal.record(recorded.items())
        before_closing = journal.results()
    after_reopening = kept(path)
    expected = {fit.key: told(result) for fit, result in recorded.items()}
    assert {key: told(result) for key, result in before_closing.items()} == expected
    assert {key: told(result) for key, result in after_reopening.items()} == expected


def test_scores_keep_their_order_and_another_may_rank_later(path):
    with opened(path) as journal:
        journal.record([(FIT, FitResult({"roc_auc": 0.75, "accuracy": 0.5}))])
    read = kept(path)[FIT.key]
    assert (read.score, list(read.scores)) == (0.75, ["roc_auc", "accuracy"])
    assert read.ranked_by("accuracy").score == 0.5


def test_a_history_has_the_numbers_that_the_journal_keeps_from_the_start():
    history = FitResult({"accuracy": 1}, {"loss": [0.1, 1e300, math.nan]}).history["loss"]
    assert [repr(value) for value in history] == ["0.10000000149011612", "inf", "nan"]


def test_a_hundred_epochs_take_less_than_four_bytes_each(path):
    rng = np.random.default_rng(0)
    curve = 0.5 + 0.2 * np.exp(-np.arange(100) / 30) + 0.005 * rng.standard_normal(100)
    with opened(path) as journal:
        journal.record([(fit, FitResult({"accuracy": 0.75}, {"loss": curve})) for fit, _ in fits(200)])
    assert path.stat().st_size / 200 < 600


def test_what_fits_predict_takes_no_more_than_float32_does(path):
    predicted = np.random.default_rng(0).random(1000, dtype="float32")
    with opened(path) as journal:
        journal.record([(fit, FitResult({"accuracy": 0.75}, predicted=predicted)) for fit, _ in fits(50)])
    assert path.stat().st_size / 50 < 4500


@pytest.mark.parametrize("number", [np.float64(0.5), np.float32(0.5), np.int64(1), 1, True])
def test_numbers_of_any_type_are_kept_as_floats(path, number):
    with opened(path) as journal:
        journal.record([(FIT, FitResult({"accuracy": number}, {"loss": [number]}, number, number))])
    read = kept(path)[FIT.key]
    found = (read.score, read.history["loss"][0], read.fit_seconds, read.score_seconds)
    assert [repr(value) for value in found] == [repr(float(number))] * 4


def test_an_error_that_quotes_bytes_which_are_no_text_is_kept(path):
    quoted = b"caf\xe9".decode("utf-8", "surrogateescape")
    with opened(path) as journal:
        journal.record([(FIT, FitResult.failed(ValueError(f"no such layer: {quoted}")))])
    assert "no such layer: caf" in kept(path)[FIT.key].error


def test_a_fit_recorded_again_is_replaced(path):
    with opened(path) as journal:
        journal.record([(FIT, FitResult({"accuracy": 0.25}))])
        journal.record([(FIT, FitResult({"accuracy": 0.75}))])
        assert journal.results() == {FIT.key: FitResult({"accuracy": 0.75})}


def test_the_manifest_is_none_at_first_and_then_what_was_put_there(path):
    with opened(path) as journal:
        assert journal.manifest is None
        journal.manifest = {"b": [1, None], "a": {"é": 0.1}}
        journal.manifest = {"a": {"é": 0.2}}
    with opened(path, read_only=True) as journal:
        assert journal.manifest == {"a": {"é": 0.2}}


@pytest.mark.parametrize("error", [RuntimeError, ValueError, AttributeError])
def test_a_batch_is_kept_as_a_whole_or_not_at_all(path, error):
    def breaking():
        yield from fits(3)
        raise error("not the fault of the journal")

    with opened(path) as journal:
        journal.record(fits(1))
        with pytest.raises(error, match="not the fault of the journal"):
            journal.record(breaking())
        assert len(journal.results()) == 1
        journal.record(fits(2))
    assert len(kept(path)) == 2


def test_what_is_recorded_is_there_though_the_process_is_killed_at_once(path):
    script = """if True:
        import os, signal, sys
        from pathlib import Path
        from gridloom import Candidate, Fit, FitResult
        from gridloom.runs.journal import Journal
        journal = Journal(Path(sys.argv[1]))
        for fold in range(5):
            journal.record([(Fit(Candidate({}), 0, fold), FitResult({"accuracy": 0.5}))])
        os.kill(os.getpid(), signal.SIGKILL)
    """
    process = python(script, path)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert kept(path) == {Fit(Candidate({}), 0, fold).key: FitResult({"accuracy": 0.5}) for fold in range(5)}


def test_every_transaction_is_synced_to_the_disk(path):
    with opened(path) as journal:
        settings = [
            journal._database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
        ]
    assert settings == ["wal", 2]


def test_sizes_of_models_that_are_damaged_are_noticed_and_forgotten_with_their_fits(path):
    with opened(path) as journal:
        journal.record([(FIT, FitResult({"accuracy": 0.5}, parameters=10))])
        journal.clear()
        journal.record([(FIT, FitResult({"accuracy": 0.5}))])
        assert journal.results()[FIT.key].parameters is None
        journal.record([(FIT, FitResult({"accuracy": 0.5}, parameters=10))])
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE sizes SET parameters = 11")
    with pytest.raises(StorageError, match="is damaged: the size of a model does not match its checksum"):
        kept(path)
