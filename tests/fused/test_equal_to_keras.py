"""Fused programs train as Keras's `fit` does, from the same weights on the same rows, on both backends."""

from __future__ import annotations

import numpy as np
import pytest

from fused.cases import CASES, EPOCHS, FITTED, LANES, MANY_LANES, NOT_FOR_JAX, ONE_LANE
from fused.conftest import FASTER

pytestmark = pytest.mark.slow
ON_JAX = [case for case in FITTED["jax"] if not case.startswith(NOT_FOR_JAX)]


@pytest.fixture(scope="session")
def trained(start, finish, in_worker, tmp_path_factory):
    """What fused programs, and `fit` on the two backends, made of their cases, by name of who made it."""
    folders = [tmp_path_factory.mktemp(name) for name in ("fused", "jax", "tensorflow")]
    running = [
        start("fused.fit_cases", folders[1], **FASTER),
        start("fused.fit_cases", folders[2], backend="tensorflow"),
    ]
    in_worker("fused.train_cases", folders[0])
    for process in running:
        finish(process)
    return {folder.name[:-1]: dict(np.load(next(folder.glob("*.npz")))) for folder in folders}


def check(trained, case, backend, lanes, tolerance):
    """Losses, variables and predictions of both lanes are equal."""
    fused, fitted = trained["fused"], trained[backend]
    for found in (fused, fitted):
        assert f"{case}/error" not in found, str(found[f"{case}/error"])
    for lane in range(2):
        start = f"{case}/{lane}/"
        names = [name.removeprefix(start) for name in fitted if name.startswith(start)]
        assert {"loss", "outputs", "variables/0"} <= set(names)
        for name in names:
            found, expected = fused[f"{start}lanes{lanes}/{name}"], fitted[start + name]
            if found.dtype.kind == "u" and backend == "tensorflow":
                continue  # how far a generator has got is each backend's own business
            assert np.isfinite(expected).all()
            scale = max(1e-2 * float(np.abs(expected).max(initial=0)), 1e-6)
            np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance * scale, err_msg=start + name)


@pytest.mark.parametrize("case", ON_JAX)
def test_a_program_trains_as_fit_does_on_jax(trained, case):
    check(trained, case, "jax", lanes=2, tolerance=1e-5)


@pytest.mark.parametrize("case", ONE_LANE)
def test_a_program_of_one_lane_trains_as_fit_does(trained, case):
    check(trained, case, "jax", lanes=1, tolerance=1e-5)


@pytest.mark.parametrize("case", MANY_LANES)
def test_a_thorough_program_of_many_lanes_trains_as_fit_does(trained, case):
    backend, tolerance = ("tensorflow", 1e-4) if case.startswith(NOT_FOR_JAX) else ("jax", 1e-5)
    check(trained, case, backend, lanes=LANES, tolerance=tolerance)


@pytest.mark.parametrize("case", FITTED["tensorflow"])
def test_a_program_trains_as_fit_does_on_tensorflow(trained, case):
    check(trained, case, "tensorflow", lanes=2, tolerance=1e-4)


@pytest.mark.parametrize("case", CASES)
def test_training_changes_what_it_should(trained, case):
    """Both lanes learn, each on its own: equality of weights that never moved would prove nothing."""
    fitted = trained["tensorflow" if case in FITTED["tensorflow"] else "jax"]
    losses = [fitted[f"{case}/{lane}/loss"] for lane in range(2)]
    assert all(len(set(own.tolist())) == EPOCHS for own in losses)
    assert not np.allclose(*losses)


def test_drawn_bits_are_those_of_jax(trained):
    assert trained["fused"]["bits"].dtype == "uint32"
    assert np.array_equal(trained["fused"]["bits"], trained["fused"]["bits of jax"])


@pytest.mark.parametrize("case", [case for case in CASES if case.startswith(NOT_FOR_JAX)])
def test_a_saturated_network_goes_on_learning_where_jax_clips(trained, case):
    for lane in range(2):
        own, clipped = trained["fused"][f"{case}/{lane}/lanes2/loss"], trained["jax"][f"{case}/{lane}/loss"]
        assert not np.allclose(own, clipped, rtol=0.01)
        assert own[-1] < own[0]
