"""Layers that must see data first: those that look words or numbers up are refused until they have a vocabulary."""

from __future__ import annotations

import pytest

from gridloom_plugins.networks.prepared import check_layers

pytestmark = pytest.mark.slow

KINDS = {"StringLookup": ["a", "b"], "IntegerLookup": [3, 7]}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", [{}, {"num_oov_indices": 2}])
def test_a_lookup_without_a_vocabulary_is_refused_by_name(kind, options):
    import keras

    layer = getattr(keras.layers, kind)(name="mine", **options)
    message = rf"^the layer 'mine' \({kind}\) has not been adapted to data; .* or give it a vocabulary$"
    with pytest.raises(ValueError, match=message):
        check_layers(keras.Sequential([layer]))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_adapted", [True, False])
def test_a_lookup_that_has_one_is_not(kind, is_adapted):
    import keras

    make = getattr(keras.layers, kind)
    layer = make() if is_adapted else make(vocabulary=KINDS[kind])
    if is_adapted:
        layer.adapt(KINDS[kind])
    check_layers(keras.Sequential([layer]))
