"""The strategy `bayesian`: its model against scikit-learn's, what it learns from, and that it finds what random search does not."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import special
from sklearn.gaussian_process import GaussianProcessRegressor, kernels
from sklearn.gaussian_process.kernels import ConstantKernel, WhiteKernel
from threadpoolctl import threadpool_limits

from gridloom import Budget, Choices, Extent, Fit, FitResult, Proposal, Range, Space, Status, Trial, When
from gridloom_plugins.strategies.bayesian import bayesian
from gridloom_plugins.strategies.encoding import Encoding
from gridloom_plugins.strategies.gaussian_process import Matern, fitted
from gridloom_plugins.strategies.improvement import Beliefs, Learned, log_h
from gridloom_plugins.strategies.random import random
from strategies.driving import drive

PLANE = {"m": {"x": Range(0.0, 1.0), "y": Range(1e-4, 1.0, scale="log")}}


def hill(candidate, _=None):
    """Highest, with 1, at x = 0.3 and y = 0.01; lost where x is above 0.8."""
    x, y = candidate.flat["x"], math.log10(candidate.flat["y"])
    return None if x > 0.8 else 1 - (x - 0.3) ** 2 - 0.1 * (y + 2) ** 2


def trial(candidate, scores, budget=None):
    fits = tuple(Fit(candidate, 0, fold) for fold in range(len(scores)))
    proposal = Proposal(candidate, budget) if budget else Proposal(candidate)
    return Trial(0, proposal, fits, tuple(FitResult({"accuracy": score}) for score in scores))


def points(number, space=PLANE, seed=0):
    rng = np.random.default_rng(seed)
    return [Space(space).at(rng.random(2)) for _ in range(number)]


def test_with_a_column_for_each_parameter_the_kernel_is_that_of_scikit_learn():
    X, scales = np.random.default_rng(0).random((9, 3)), (0.2, 1.5, 7.0)
    ours, gradient = Matern(scales, (0, 1, 2))(X, eval_gradient=True)
    theirs, their_gradient = kernels.Matern(scales, nu=2.5)(X, eval_gradient=True)
    np.testing.assert_allclose(ours, theirs, atol=1e-7)
    np.testing.assert_allclose(gradient, their_gradient, atol=1e-6)


def test_two_columns_of_one_parameter_share_its_scale():
    X = np.random.default_rng(0).random((9, 3))
    theirs, their_gradient = kernels.Matern((0.2, 0.2, 7.0), nu=2.5)(X, eval_gradient=True)
    ours, gradient = Matern((0.2, 7.0), (0, 0, 1))(X, eval_gradient=True)
    np.testing.assert_allclose(ours, theirs, atol=1e-7)
    np.testing.assert_allclose(gradient[..., 0], their_gradient[..., :2].sum(axis=-1), atol=1e-6)


def test_the_expected_improvement_has_a_logarithm_where_it_is_too_small_for_a_float():
    near = np.linspace(-6, 6, 49)
    expected = np.exp(-(near**2) / 2) / np.sqrt(2 * np.pi) + near * special.ndtr(near)
    np.testing.assert_allclose(log_h(near), np.log(expected), rtol=1e-6)
    far = np.array([-40.0, -999.0, -1001.0, -1e6])
    series = -(far**2) / 2 - np.log(2 * np.pi) / 2 - 2 * np.log(-far) + np.log1p(-3 / far**2 + 15 / far**4)
    np.testing.assert_allclose(log_h(far), series, rtol=1e-9)


def test_what_is_believed_of_a_pick_is_what_a_process_says_that_was_told_it():
    encoding = Encoding(Space(PLANE))
    learned = Learned([trial(candidate, [hill(candidate) or 0.0]) for candidate in points(12)], encoding, None)
    pool = points(30, seed=1)
    beliefs = Beliefs(learned, pool)
    beliefs._believe(4)
    process, rows = learned.process, encoding.rows(pool)
    told = np.append(process.y_train_, process.predict(rows[[4]]))
    again = GaussianProcessRegressor(process.kernel_, alpha=1e-8, optimizer=None)
    mean, deviation = again.fit(np.concatenate([process.X_train_, rows[[4]]]), told).predict(rows, return_std=True)
    np.testing.assert_allclose(beliefs._mean, mean, atol=1e-4)
    np.testing.assert_allclose(beliefs._variance, deviation**2 - process.kernel_.k2.noise_level, atol=1e-4)


def test_hyperparameters_that_made_the_scores_are_found_again():
    rng = np.random.default_rng(0)
    X = rng.random((60, 2))
    truth = ConstantKernel(1.0) * kernels.Matern((0.2, 2.0), nu=2.5) + WhiteKernel(0.05)
    scores = rng.multivariate_normal(np.zeros(60), truth(X))
    found = np.exp(fitted(X, scores, (0, 1), 0.05, np.zeros(60), None).kernel_.theta)
    assert found[1] == pytest.approx(0.2, rel=0.5)
    assert found[2] > 1
    assert found[3] == pytest.approx(0.05, rel=0.5)


def test_names_are_one_apart_numbers_lie_on_their_scale_and_absent_parameters_are_marked():
    space = Space(
        {
            "m": {
                "optimizer": Choices("sgd", "adam", "rmsprop"),
                "momentum": When(Range(0.0, 0.8), {"optimizer": ("sgd",)}),
                "width": Choices(64, 4, 16),
                "constraint": Choices(None, 1, 3),
                "rate": Range(1e-4, 1.0, scale="log"),
                "seen": Choices("only this"),
            }
        }
    )
    encoding = Encoding(space)
    chosen = {"optimizer": "sgd", "momentum": 0.2, "width": 16, "constraint": 3, "rate": 1e-3, "seen": "only this"}
    sgd = space.at([0.0] * 6).__class__({"m": chosen})
    adam = sgd.__class__({"m": {**chosen, "optimizer": "adam", "constraint": None} | {"momentum": 0}}).without(
        "momentum"
    )
    assert sgd in space
    assert adam in space
    first, second = encoding.rows([sgd, adam])
    assert encoding.owners == (0, 0, 0, 1, 1, 2, 3, 3, 4)
    assert np.sum((first - second)[:3] ** 2) == pytest.approx(1)
    np.testing.assert_allclose(first[3:], [0.25, 0, 0.5, 1, 0, 0.25])
    np.testing.assert_allclose(second[3:], [0.5, 1, 0.5, 0.5, 1, 0.25])


def test_it_comes_nearer_to_the_best_than_random_search_and_keeps_off_where_trainings_fail():
    def found(waves):
        trials = [trial for wave in drive(waves, hill) for trial in wave]
        failed = [trial.status is Status.FAILED for trial in trials]
        return max(trial.mean for trial in trials if trial.status is Status.COMPLETE), sum(failed[len(failed) // 2 :])

    score, failures = found(bayesian(Space(PLANE, seed=1), candidates=20, wave=5))
    assert score > 0.999
    assert score > found(random(Space(PLANE, seed=1), candidates=20))[0]
    assert failures <= 1


def test_more_to_begin_with_than_there_are_in_all_is_refused():
    with pytest.raises(ValueError, match="'initial' is 10, but must be at most 'candidates', which is 4"):
        next(bayesian(Space(PLANE), candidates=4, initial=10))


def test_it_learns_from_trials_in_full_that_were_there_before_and_proposes_none_of_them_again():
    earlier = [trial(candidate, [hill(candidate) or 0.0]) for candidate in points(8)]
    space = replace_tried(earlier)
    first = next(bayesian(space, candidates=4, wave=4))
    assert {proposal.label for proposal in first} == {"expected improvement"}
    assert not {proposal.candidate for proposal in first} & {trial.candidate for trial in earlier}
    short = replace_tried([replace(one, proposal=Proposal(one.candidate, Budget(epochs=3))) for one in earlier])
    assert {proposal.label for proposal in next(bayesian(short, candidates=4, wave=4))} == {"spread"}


def replace_tried(tried):
    return Space(PLANE, seed=3, full=Extent(epochs=9), tried=tried)


def test_how_hard_a_split_is_for_all_candidates_changes_no_proposal():
    def exact(candidate):
        return round((hill(candidate) or 0.0) * 2**20) / 2**20  # so that sums are the same to the last bit

    def proposed(offsets):
        earlier = [trial(one, [exact(one) + offset for offset in offsets]) for one in points(8)]
        return [proposal.candidate for proposal in next(bayesian(replace_tried(earlier), candidates=4, wave=4))]

    assert proposed([0.0, 0.0, 0.0]) == proposed([-0.25, 0.0, 0.25])


def test_the_number_of_threads_changes_no_proposal():
    earlier = [trial(candidate, [hill(candidate) or 0.0]) for candidate in points(40)]
    with threadpool_limits(1):
        alone = next(bayesian(replace_tried(earlier), candidates=4, wave=4))
    assert next(bayesian(replace_tried(earlier), candidates=4, wave=4)) == alone
