"""Weights begin as Keras's initializers say, anew for every seed, and what the builder put there stays."""

from __future__ import annotations

import numpy as np
import pytest

from fused.starting import INITIALIZERS, PRETRAINED, SURVIVING, WIDTH

pytestmark = pytest.mark.slow
INPUTS = 13
SEEDS = (1, 2, 3, 4, 5, 6)
CUT = 0.87962566103423978
"""The standard deviation of a standard normal distribution that is cut off at two."""
SCALES = {"glorot": 2 / (INPUTS + WIDTH), "he": 2 / INPUTS, "lecun": 1 / INPUTS}
DEVIATIONS = {"random_uniform": 0.05 / np.sqrt(3), "random_normal": 0.05, "truncated_normal": 0.05 * CUT}
LIMITS = {"random_uniform": 0.05, "random_normal": np.inf, "truncated_normal": 0.1}
DRAWN = [name for name in INITIALIZERS if name != "orthogonal"]
NEW_EACH_TIME = [*INITIALIZERS, "numpy", "custom_seed", "lstm"]


@pytest.fixture(scope="session")
def starts(in_worker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("starts")
    in_worker("fused.start_cases", folder)
    return dict(np.load(folder / "starts.npz"))


def kernels(starts, name):
    return np.stack([starts[f"{name}/{seed}/0"] for seed in SEEDS])


@pytest.mark.parametrize("name", DRAWN)
def test_drawn_weights_have_the_initializers_distribution(starts, name):
    family, _, kind = name.partition("_")
    values = kernels(starts, name).ravel()
    deviation = DEVIATIONS.get(name) or np.sqrt(SCALES[family])
    limit = LIMITS.get(name) or deviation * (np.sqrt(3) if kind == "uniform" else 2 / CUT)
    assert abs(values.mean()) < 0.06 * deviation
    assert values.std() == pytest.approx(deviation, rel=0.05)
    assert np.abs(values).max() <= limit * 1.0001
    if np.isfinite(limit):
        assert np.abs(values).max() > 0.95 * limit
    else:
        assert np.abs(values).max() > 3 * deviation


def test_orthogonal_weights_are_orthogonal(starts):
    for kernel in kernels(starts, "orthogonal"):
        np.testing.assert_allclose(kernel @ kernel.T, np.eye(INPUTS), atol=1e-5)


@pytest.mark.parametrize("name", NEW_EACH_TIME)
def test_every_seed_draws_other_values(starts, name):
    drawn = kernels(starts, name)
    for place, kernel in enumerate(drawn):
        assert all(not np.isclose(kernel, other).any() for other in drawn[:place])


@pytest.mark.parametrize("name", [*INITIALIZERS, *SURVIVING])
def test_values_are_the_same_when_the_network_is_read_again(starts, name):
    places = [key.rpartition("/")[2] for key in starts if key.startswith(f"{name}/again/")]
    assert len(places) >= 4
    assert all(np.array_equal(starts[f"{name}/1/{place}"], starts[f"{name}/again/{place}"]) for place in places)


@pytest.mark.parametrize("name", ["seeded", "pretrained", "custom"])
def test_values_of_the_builders_own_are_those_of_every_seed(starts, name):
    drawn = kernels(starts, name)
    assert all(np.array_equal(drawn[0], other) for other in drawn)
    others = [starts[f"{name}/{seed}/2"] for seed in SEEDS]  # the next layer's are drawn
    assert not np.isclose(others[0], others[1]).any()


def test_pretrained_weights_survive(starts):
    assert np.array_equal(starts["pretrained/3/0"], PRETRAINED)
    assert np.array_equal(starts["pretrained/3/1"], np.ones(4))


def test_custom_initializers_survive(starts):
    assert np.array_equal(starts["custom/3/0"], np.full((INPUTS, 4), 0.5))


def test_adapted_layers_survive(starts):
    values = [value for key, value in starts.items() if key.startswith("adapted/3/")]
    means = np.arange(INPUTS * 6).reshape(6, INPUTS).mean(axis=0)
    assert any(value.shape == means.shape and np.allclose(value, means) for value in values)
