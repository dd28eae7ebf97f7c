"""The family `noise`: noise added to what hidden layers put out, in training."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge, Le

from gridloom import Choices, Draft, Family, Parameter
from gridloom_plugins.families.blocks import whole_block


def apply_noise(draft: Draft, stddev: Annotated[float, Ge(0), Le(1)]) -> None:
    """Insert a GaussianNoise layer after every hidden layer, its activation and its dropout.

    `stddev` is the standard deviation of the noise, in the units of the layer's output; 0 means no noise.
    Poole, Sohl-Dickstein and Ganguli, "Analyzing noise in autoencoders and deep networks", arXiv:1406.1831 (2014).
    """
    for layer in draft.hidden:
        draft.insert_after(whole_block(draft, layer)[-1], "GaussianNoise", stddev=stddev)


FAMILY = Family(
    name="noise",
    summary="Gaussian noise after the hidden layers, in training.",
    apply=apply_noise,
    parameters=(Parameter("stddev", Choices(0.0, 0.05, 0.1, 0.2, 0.5)),),
)
