"""Words of scikit-learn, Keras, Optuna and KerasTuner in an experiment: one error, with our word for it and its place."""

from __future__ import annotations

import pytest

from binding.texts import NETWORK, with_line, with_space
from gridloom.errors import near
from gridloom.other_words import _WORDS, ours

LINES = {
    "►metric: accuracy": "unknown option 'metric'; did you mean 'scoring'?",
    "►objective: accuracy": "unknown option 'objective'; did you mean 'scoring'?",
    "►cv: 5": "unknown option 'cv'; did you mean 'validation'?",
    "►random_state: 1": "unknown option 'random_state'; did you mean 'seed'?",
    "►lr: 0.1": "unknown option 'lr'; did you mean 'learning_rate'? it belongs under 'training:'",
    "►n_epochs: 3": "unknown option 'n_epochs'; did you mean 'epochs'? it belongs under 'training:'",
    "►n_trials: 20": "unknown option 'n_trials'; did you mean 'candidates'? it belongs under 'search: strategy:'",
    "►timeout: 10 min": "unknown option 'timeout'; did you mean 'time'? it belongs under 'search: stop:'",
    "►n_workers: 2": "unknown option 'n_workers'; it is not part of an experiment; use -j, or n_jobs in gridloom.toml",
    "training: {►lr: 0.1}": "unknown option 'lr'; did you mean 'learning_rate'?",
    "validation: {►n_splits: 3}": "unknown option 'n_splits'; did you mean 'folds'?",
}


@pytest.mark.parametrize("line", LINES)
def test_a_word_of_another_tool_is_answered_with_ours(line, refused):
    refused(with_line(line), LINES[line])


def test_the_word_for_the_model_is_answered_where_there_is_none(refused):
    refused(NETWORK.replace("model: mlp", "►estimator: mlp"), "unknown option 'estimator'; did you mean 'model'?")


SEARCHED = {
    "►n_iter: 20": "unknown option 'n_iter'; did you mean 'candidates'? it belongs under 'search: strategy:'",
    "►metric: accuracy": "unknown option 'metric'; did you mean the top-level key 'scoring:'?",
    "►cv: 3": "unknown option 'cv'; did you mean the top-level key 'validation:'?",
    "stop: {►n_trials: 3}": "unknown option 'n_trials'; did you mean 'trials'?",
    "stop: {►timeout: 3 min}": "unknown option 'timeout'; did you mean 'time'?",
    "strategy: {name: random, ►max_trials: 3}": "unknown option 'max_trials'; did you mean 'candidates'?",
}


@pytest.mark.parametrize("line", SEARCHED)
def test_under_search_the_place_decides_what_a_word_means(line, refused):
    text = NETWORK.replace("  strategy: grid\n", "") if line.startswith("strategy") else NETWORK
    refused(text.replace("search:\n", f"search:\n  {line}\n"), SEARCHED[line])


SPACES = {
    "{►units: [8, 16]}": "unknown family 'units'; did you mean 'neurons'?",
    "{►hidden_units: [8]}": "unknown family 'hidden_units'; did you mean 'neurons'?",
    "{►width: {neurons: [8]}}": "unknown family 'width'; did you mean 'neurons'?",
    "{neurons: {►units: [8]}}": "unknown parameter 'units'; did you mean 'neurons'?",
    "{dropout: {►rate: [0.1]}}": "unknown parameter 'rate'; did you mean 'dropout_rate'?",
    "{training: {►lr: [0.1]}}": "unknown parameter 'lr'; did you mean 'learning_rate'?",
}


@pytest.mark.parametrize("space", SPACES)
def test_a_word_for_what_is_searched_is_one_error(space, refused):
    refused(with_space(space), SPACES[space])


def test_each_word_is_lower_case_and_none_is_one_of_ours_where_both_could_stand():
    for our, others in _WORDS.items():
        assert others.split() == sorted({*others.lower().split()}, key=others.split().index)
        assert our not in others.split()
    assert ours("N_Trials") == ["candidates", "trials"]
    assert near("n_trials", ["trials", "time"]) == ["trials"]
