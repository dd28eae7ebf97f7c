"""Layers inside others: families edit what a wrapper such as Bidirectional or TimeDistributed applies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gridloom import Layer

WRAPPERS = {"Bidirectional": "layer", "RNN": "cell", "SpectralNormalization": "layer", "TimeDistributed": "layer"}
"""Keras's wrappers by class, with what their configs call the layer inside."""

Config = Mapping[str, Any]


def innermost(class_name: str, config: Config) -> tuple[str, Config]:
    """Class and config of the layer that is inside all wrappers; those of the layer itself where there are none."""
    inside = config.get(WRAPPERS.get(class_name, ""))
    if not isinstance(inside, dict) or not isinstance(inside.get("config"), dict):
        return class_name, config
    return innermost(inside["class_name"], inside["config"])


def wrapped_again(class_name: str, config: Config, sheet: Layer) -> dict[str, Any]:
    """The config of a layer whose innermost one is as the sheet says.

    Both directions of a Bidirectional are edited alike. What they were built for is omitted, since it may be another.
    """
    inside = config.get(WRAPPERS.get(class_name, ""))
    if not isinstance(inside, dict) or not isinstance(inside.get("config"), dict):
        return dict(sheet)
    made = {
        "module": inside["module"] if sheet.class_name == inside["class_name"] else "keras.layers",
        "class_name": inside["class_name"] if inside["class_name"] in WRAPPERS else sheet.class_name,
        "config": wrapped_again(inside["class_name"], inside["config"], sheet),
        "registered_name": inside["registered_name"],
    }
    found = {**config, WRAPPERS[class_name]: made}
    if backward := config.get("backward_layer"):
        changes = {key: value for key, value in made["config"].items() if inside["config"].get(key) != value}
        both = {key: value for key, value in backward.items() if key != "build_config"}
        found["backward_layer"] = {**both, "config": {**backward["config"], **changes}}
    return found
