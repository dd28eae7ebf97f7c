"""Networks that differ in numbers alone share a program, and each is trained as if it had a program of its own."""

from __future__ import annotations

import json

import numpy as np
import pytest

from fused.lifted import HIDDEN, NUMBERS, OTHERS, ZEROS

pytestmark = pytest.mark.slow
SHARING = [f"{builder} {name}={value}" for builder, found in NUMBERS.items() for name in found for value in found[name]]
APART = [*OTHERS, "{'batch_size': 10}", "{'optimizer': 'rmsprop'}"]
ALL = [*SHARING, *(f"zero {change}" for change in ZEROS), *(f"hiding {where} {m}" for where in HIDDEN for m in (0, 1))]


@pytest.fixture(scope="session")
def lifted(in_worker, tmp_path_factory):
    """What the programs made of every candidate, and what its own `train_step` makes of it."""
    folder = tmp_path_factory.mktemp("lifted")
    in_worker("fused.lift_cases", folder)
    return json.loads((folder / "lifted.json").read_text())


@pytest.mark.parametrize("candidate", SHARING)
def test_networks_that_differ_in_a_number_share_a_program(lifted, candidate):
    assert lifted["trained"][candidate]["shared"]


@pytest.mark.parametrize("candidate", ALL)
def test_a_network_is_trained_as_by_its_own_train_step(lifted, candidate):
    found = lifted["trained"][candidate]
    together, alone = np.array(found["together"]), np.array(found["alone"])
    assert np.isfinite(alone).all()
    np.testing.assert_allclose(together, alone, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("builder", NUMBERS)
def test_every_number_makes_a_difference(lifted, builder):
    results = [found["alone"] for name, found in lifted["trained"].items() if name.startswith(f"{builder} ")]
    for place, result in enumerate(results):
        others = [other for number, other in enumerate(results) if number != place]
        assert all(not np.allclose(result, other, rtol=1e-4, atol=1e-5) for other in others)


@pytest.mark.parametrize("change", APART)
def test_networks_that_compute_something_else_do_not_share(lifted, change):
    keys = lifted["keys"]
    assert [other for other, key in keys.items() if key == keys[change]] == [change]
