"""What plugins may give `Data`: names as lists or tuples, class numbers of any type, arrays where arrays belong."""

from __future__ import annotations

import numpy as np
import pytest

from gridloom import Data, DataError

X = np.arange(8.0).reshape(4, 2)
Y = np.array([0, 1, 0, 1])


def test_lists_of_names_are_as_good_as_tuples():
    one, other = Data(X, Y, ["p", "q"], classes=["a", "b"]), Data(X, Y, ("p", "q"), classes=("a", "b"))
    assert (one.feature_names, one.classes) == (("p", "q"), ("a", "b"))
    assert one.fingerprint == other.fingerprint


@pytest.mark.parametrize("kind", [bool, float, np.uint8, np.int32])
def test_class_numbers_may_have_any_type(kind):
    data = Data(X, Y.astype(kind), classes=("a", "b"))
    assert data.y.dtype.kind == "i"
    assert data.y.tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize("names", [(0, 1), "ab", {"a", "b"}, None, 5, [["a"], ["b"]]])
@pytest.mark.parametrize("field", ["classes", "feature_names"])
def test_names_that_are_no_sequence_of_texts_are_refused(field, names):
    with pytest.raises(DataError, match=f"^{field} should be a tuple of names, such as"):
        Data(X, Y, **{field: names})


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"weights": [1, 1, 1, 1]}, "weights should be a numpy array, not list"),
        ({"classes": ("a", "a")}, "two classes have the same name: a, a"),
        ({"y": np.full(4, 7), "classes": ("a", "b")}, "the targets must be the class numbers 0 to 1"),
    ],
)
def test_other_fields_are_refused_in_words(fields, message):
    with pytest.raises(DataError, match=message):
        Data(**{"X": X, "y": Y, **fields})
