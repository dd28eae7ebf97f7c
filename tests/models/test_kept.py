"""What a run keeps of its winner: a folder with the model, its preprocessing and its card, as a whole."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import load_iris

import gridloom as public
from gridloom.core.columns import frame_of
from gridloom.core.trials import Fit, FitResult, Trial
from gridloom.models import places
from gridloom.models.places import find_model, put_in_place
from gridloom.runs.refit import refit_best
from gridloom.testing import make_result

from . import mixed


def card_of(run):
    return json.loads((run / "model" / "card.json").read_text("utf-8"))


def test_the_card_tells_what_the_model_is(finished, tmp_path):
    finished(refit=True, scoring=["accuracy", "neg_log_loss"])
    run = tmp_path / "runs" / "small"
    card, data = card_of(run), load_iris()
    assert sorted(path.name for path in (run / "model").iterdir()) == ["card.json", "card.md", "model.skops"]
    assert (
        card["data"]["sha256"] == public.Data(data.data, data.target, *names(data), "target", classes(data)).fingerprint
    )
    assert [column["name"] for column in card["columns"]] == data.feature_names == card["features"]
    assert (card["classes"], card["positive"], card["target"]) == (list(classes(data)), None, "target")
    assert (card["input_shape"], card["preprocessing"], card["chosen"]) == ([4], None, "the best")
    assert {"python", "scikit-learn", "numpy", "skops", "gridloom"} <= card["packages"].keys()


def names(data):
    return [tuple(data.feature_names)]


def classes(data):
    return tuple(map(str, data.target_names))


def test_the_scores_on_the_card_are_those_of_the_result(write, tmp_path):
    result = public.run(
        write(refit=True, scoring=["accuracy", "neg_log_loss"], reporters=[]), n_jobs=1, out=tmp_path / "runs"
    )
    card = card_of(result.folder)
    assert card["parameters"] == result.best.params
    for ranked in (result, *result.by_other_scores):
        told = card["scores"][ranked.scoring]
        trial = next(trial for trial in ranked.trials if trial.number == result.best.number)
        interval = ranked.summary.answer.interval_of[trial.number]
        assert (told["mean"], told["low"], told["high"]) == (trial.mean, interval.low, interval.high)
    assert f"| accuracy | {result.best.mean:.4f} |" in (result.folder / "model" / "card.md").read_text("utf-8")


def test_the_texts_of_the_data_are_not_on_the_card(kept):
    card = card_of(kept())
    assert [column["kind"] for column in card["columns"]] == ["numeric", "category", "boolean", "date", "text"]
    assert [column["values"] for column in card["columns"]] == [[], [*mixed.CITIES], [], [], []]
    assert [column["gaps"] for column in card["columns"]] == [True, True, False, False, False]


def test_preprocessing_is_fitted_on_all_rows(kept):
    model = public.load(kept(preprocess=["impute", "one_hot", "text_vectors"]))
    data = mixed.load()
    made = model.transform(frame_of(data.columns, data.X))
    assert made["age"][0] == np.nanmedian(data.X[:, 0])


def test_the_same_model_is_trained_whatever_was_resumed(kept, gridloom, tmp_path):
    space = {"preprocess": {"impute": {"numbers": ["mean", "median"]}}}
    run = kept(model="drawing", search={"space": space})
    first = public.load(run).model
    (run / "model").rename(tmp_path / "aside")
    assert kept(model="drawing", search={"space": space}) == run  # resumed: only the refit is left
    again = public.load(run).model
    assert again.C == first.C
    assert np.array_equal(again.coef_, first.coef_)


def test_a_kept_model_is_not_trained_again_unless_another_is_best_or_wanted(write, gridloom, tmp_path):
    path = tmp_path / "runs" / "small" / "model"
    stamps = []
    for changes in ({}, {}, {"rank_by": "neg_log_loss"}):
        file = write(refit=True, scoring=["accuracy", "neg_log_loss"], **changes)
        assert gridloom("run", file).returncode == 0
        stamps.append(path.stat().st_ino)
    assert stamps[0] == stamps[1] != stamps[2]
    assert card_of(path.parent)["ranked_by"] == "neg_log_loss"


def test_the_simplest_of_the_tied_candidates_is_kept(tmp_path):
    class Workers:
        def refit(self, job, fit, folder):
            self.candidate = fit.candidate
            raise public.StopRun("not kept")

    scores = {3: [0.9, 0.8, 0.85], 12: [0.91, 0.8, 0.86]}
    trials = [trial_of(number, size, found) for number, (size, found) in enumerate(scores.items())]
    result = replace(
        make_result(tmp_path),
        trials=trials,
        manifest={"experiment": {"validation": {"folds": 3}}},
        simpler={"neurons": {"neurons": "smaller"}},
    )
    workers = Workers()
    for refit, size in ((True, 12), ("simplest", 3)):
        refit_best(result, workers, None, refit)
        assert workers.candidate.flat == {"neurons": size}


def trial_of(number, neurons, scores):
    candidate = public.Candidate({"neurons": {"neurons": neurons}})
    fits = tuple(Fit(candidate, 0, fold) for fold in range(len(scores)))
    return Trial(number, public.Proposal(candidate), fits, tuple(FitResult({"accuracy": score}) for score in scores))


def test_where_nothing_is_simpler_the_best_is_kept_and_that_is_said(write, gridloom, tmp_path):
    done = gridloom("run", write(refit="simplest"))
    assert "gridloom: small: the model is in runs/small/model; card.md there describes how to use it" in done.stderr
    assert (
        "refit: simplest keeps the model of the best candidate, since no searched family declares which values"
        in done.stderr
    )
    assert card_of(tmp_path / "runs" / "small")["chosen"] == "the best"


def test_an_unknown_wish_is_refused(write, gridloom):
    done = gridloom("check", write(refit="smallest"))
    assert done.returncode == 2
    assert ":19:8: unknown refit 'smallest'; did you mean 'simplest'?" in done.stderr


def test_a_model_that_cannot_be_kept_is_reported_and_the_run_is_not_affected(write, gridloom, tmp_path):
    shutil.copy(mixed.__file__, tmp_path / "mixed.py")
    space = {"space": {"model": {"kind": ["lambda"]}}}
    done = gridloom("run", write(model="drawing", search=space, refit=True, reporters=["console"]), "-p", "mixed.py")
    assert done.returncode == 4
    assert "Mean accuracy" in done.stdout
    assert "the model of the best candidate cannot be kept: " in done.stderr
    assert ".<lambda>, a lambda or a local function or class, which cannot be loaded again; define it at" in done.stderr
    assert "-p FILE.py" not in done.stderr
    assert done.stderr.endswith("gridloom: small: not kept, see above: the model of the best candidate\n")
    assert not (tmp_path / "runs" / "small" / "model").exists()


def folder_with(folder, text):
    folder.mkdir()
    (folder / "card.json").write_text(text)
    return folder


def test_a_kill_leaves_the_old_model_or_the_new_one(tmp_path, monkeypatch):
    put_in_place(folder_with(tmp_path / "made", "old"), tmp_path)
    renamed = []

    def rename(path, target):
        if renamed:
            raise KeyboardInterrupt  # killed between taking the old one away and putting the new one in place
        renamed.append(target)
        path.replace(target)

    monkeypatch.setattr(places.Path, "rename", rename)
    with pytest.raises(KeyboardInterrupt):
        put_in_place(folder_with(tmp_path / "made", "new"), tmp_path)
    monkeypatch.undo()
    assert (find_model(tmp_path) / "card.json").read_text() == "old"
    put_in_place(tmp_path / "made", tmp_path)
    assert (find_model(tmp_path) / "card.json").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
