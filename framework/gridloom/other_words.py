"""Words of scikit-learn, Keras, Optuna and KerasTuner, and those that an experiment or a call has for the same."""

from __future__ import annotations

from collections.abc import Mapping

_WORDS: Mapping[str, str] = {
    "neurons": "units width hidden_units n_units num_units hidden_size hidden_dim",
    "dropout_rate": "rate drop_rate dropout_prob",
    "learning_rate": "lr eta",
    "epochs": "n_epochs num_epochs nb_epoch",
    "batch_size": "batchsize bs",
    "scoring": "metric metrics objective eval_metric scorer scorers",
    "validation": "cv cross_validation",
    "folds": "n_splits n_folds num_folds k_folds",
    "candidates": "n_trials max_trials num_trials n_iter num_samples max_evals n_candidates",
    "trials": "n_trials max_trials num_trials n_iter num_samples max_evals",
    "time": "timeout max_time time_budget time_budget_s",
    "seed": "random_state random_seed",
    "space": "param_grid param_distributions search_space search_spaces hyperparameters",
    "strategy": "sampler pruner tuner oracle search_alg",
    "build": "estimator hypermodel build_fn build_model model_fn model",
    "model": "estimator hypermodel build_fn build_model model_fn",
    "X": "dataset data train_data features",
    "y": "target targets labels",
    "preprocess": "preprocessing preprocessor pipeline transforms",
    "name": "study_name project_name",
    "out": "directory output_dir storage",
    "fresh": "overwrite",
    "n_jobs": "n_workers num_workers max_workers workers jobs max_parallel",
    "sample_weight": "weights sample_weights",
}
"""Our words, each with those of others. Where a word stands for several of ours, the place decides."""


def ours(word: str) -> list[str]:
    """Our words for one of another tool, the likeliest first; none for a word that no other tool has."""
    return [our for our, others in _WORDS.items() if word.lower() in others.split()]
