"""Compiled Keras models, kept in a worker and used again by every fit of the same structure.

TensorFlow traces a program for each compiled model and never lets go of its memory, so a worker that compiled a model a
fit would both grow and spend much of its time tracing. A fit puts the weights, the random state and the optimizer state
of its own fresh model into a compiled model that was left by another fit.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from gridloom import Draft
from gridloom_plugins.networks.keeping import Kept
from gridloom_plugins.networks.making import loss_weights, make_loss, make_metrics, make_optimizer

CAPACITY = 8
"""How many compiled models a worker keeps."""

_NOT_STRUCTURE = ("name", "seed")


@dataclass(frozen=True)
class _Program:
    """A compiled model, and the values that its optimizer began with."""

    model: Any
    optimizer_state: list[Any]


_kept: Kept[_Program] = Kept(CAPACITY)


def compiled_model(draft: Draft, model: Any, fresh: Any, builder: str, steps: int) -> Any:
    """A compiled model ready to be trained from scratch: `fresh`, made from the draft of `model`, or another with its weights.

    `builder` tells which builder made it with which options, since a custom layer's config need not tell everything;
    `steps` is Keras's `steps_per_execution`. The model stays valid until the next call.
    """
    key = _structure(draft, fresh, f"{builder} {loss_weights(model)}", steps)
    program = _kept.get(key, lambda: _compiled(draft, model, fresh, steps))
    if program.model is not fresh:
        for variable, value in zip(program.model.variables, fresh.variables, strict=True):
            variable.assign(value)
        for variable, value in zip(program.model.optimizer.variables, program.optimizer_state, strict=True):
            variable.assign(value)
    return program.model


def compiled_alone(draft: Draft, model: Any, fresh: Any, builder: str, steps: int) -> Any:  # noqa: ARG001
    """`fresh`, compiled, and kept for no other fit: callbacks of Keras may change anything of a model."""
    return _compiled(draft, model, fresh, steps).model


def _compiled(draft: Draft, model: Any, fresh: Any, steps: int) -> _Program:
    """`fresh`, compiled as the draft of `model` says."""
    optimizer = make_optimizer(draft, model)
    # XLA takes longer to compile than these fits to run, and its programs are not deterministic everywhere
    fresh.compile(
        optimizer=optimizer,
        loss=make_loss(draft, model),
        loss_weights=loss_weights(model),
        **make_metrics(draft, model),
        steps_per_execution=steps,
        jit_compile=False,
    )
    optimizer.build(fresh.trainable_variables)
    return _Program(fresh, [variable.numpy() for variable in optimizer.variables])


def _structure(draft: Draft, fresh: Any, builder: str, steps: int) -> str:
    """Text that is equal for models whose compiled programs can be exchanged: all but initial values and names.

    How the layers are connected is the builder's doing, and equal for equal options of one builder.
    """
    described = {
        "builder": builder,
        "steps": steps,
        "shapes": [variable.shape for variable in fresh.variables],
        "layers": [(layer.class_name, len(layer.path), _relevant(dict(layer))) for layer in draft.layers],
        "logs": [part.get("name") for part in draft.metrics],
        "compiled": [
            (part.class_name, _relevant(dict(part))) for part in (draft.optimizer, draft.loss, *draft.metrics)
        ],
    }
    return json.dumps(described, sort_keys=True, default=repr)


def _relevant(config: Any) -> Any:
    if isinstance(config, dict):
        return {
            key: _relevant(value)
            for key, value in config.items()
            if key not in _NOT_STRUCTURE and not key.endswith("_initializer")
        }
    return [_relevant(value) for value in config] if isinstance(config, list | tuple) else config
