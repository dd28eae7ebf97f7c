"""Features are one tensor for all fits of a worker, in memory that workers share, and batches are rows of it."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = pytest.mark.slow

X = np.arange(24, dtype="uint8").reshape(6, 4)


@pytest.fixture(scope="module", autouse=True)
def _tensorflow():
    """Import TensorFlow when the first of these tests runs, and not when pytest collects them."""
    global batches, tf  # noqa: PLW0603
    import tensorflow as tf

    from gridloom_plugins.networks import batches


@pytest.mark.parametrize("dtype", ["uint8", "bool", "float32"])
def test_an_array_in_a_file_is_a_tensor_without_a_copy(tmp_path, dtype):
    file = tmp_path / "X.npy"
    np.save(file, X.astype(dtype))
    tensor = batches.tensor_of(np.load(file, mmap_mode="r"))
    changed = np.load(file, mmap_mode="r+")
    changed[2] = 0
    changed.flush()
    np.testing.assert_array_equal(tensor.numpy(), changed)
    assert (tensor.dtype.name, tensor.shape) == (dtype, X.shape)


def test_other_arrays_and_files_that_are_gone_are_copied(tmp_path):
    file = tmp_path / "X.npy"
    np.save(file, X)
    mapped = np.load(file, mmap_mode="r")
    file.unlink()
    for values in (mapped, mapped[1:], X.astype("float32")[:, ::2]):
        np.testing.assert_array_equal(batches.tensor_of(values).numpy(), values)


def test_a_part_of_a_file_is_that_part(tmp_path):
    wide = np.arange(64, dtype="float32").reshape(4, 16)
    np.save(tmp_path / "X.npy", wide)
    part = np.load(tmp_path / "X.npy", mmap_mode="r")[1:3]
    np.testing.assert_array_equal(batches.tensor_of(part).numpy(), wide[1:3])


def test_batches_are_the_rows_of_each_order_as_float32_with_what_stands_beside():
    orders = [(np.array([5, 1, 3]), np.array([2, 0, 1])), (np.array([1, 3, 5]), np.array([0, 1, 2]))]
    beside = np.array([10.0, 11.0, 12.0])
    found = list(batches.batches_of(tf.constant(X), {}, lambda: iter(orders), 2, beside))
    assert found[0][0].dtype == tf.float32
    rows = [[5, 1], [3], [1, 3], [5]]
    for (features, values), expected in zip(found, rows, strict=True):
        np.testing.assert_array_equal(features, X[expected])
        np.testing.assert_array_equal(values, [{1: 10, 3: 11, 5: 12}[row] for row in expected])


def test_batches_without_anything_beside_are_features_alone_cut_apart_for_several_inputs():
    inputs = {"one": (1,), "square": (3, 1)}
    (found,) = batches.batches_of(tf.constant(X), inputs, lambda: iter([(np.array([4, 0]),) * 2]), 8)
    np.testing.assert_array_equal(found["one"], X[[4, 0], :1])
    np.testing.assert_array_equal(found["square"], X[[4, 0], 1:, None])
