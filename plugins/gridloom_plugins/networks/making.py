"""Makes a Keras model from an edited draft, on the layers of the model it was read from."""

from __future__ import annotations

import itertools
import re
import types
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from gridloom import Draft, Layer, Part
from gridloom_plugins.networks.given import keep_given
from gridloom_plugins.networks.reading import config_of, inside_of, is_editable, leaves
from gridloom_plugins.networks.sizes import bounded_sizes
from gridloom_plugins.networks.wrapped import wrapped_again


@contextmanager
def _made_of(part: Part) -> Iterator[None]:
    """Raise ValueError, as any engine would, for a config that Keras makes nothing of: a family has put it there.

    It says what Keras says, without the whole config that it shows first.
    """
    try:
        yield
    except (TypeError, ValueError) as error:
        reason = str(error).rpartition("Exception encountered:")[2].strip() or type(error).__name__
        raise ValueError(f"Keras cannot make this {part.class_name}: {reason}") from error


def make_model(draft: Draft, model: Any) -> Any:
    """The network of the draft, not compiled.

    A layer is used again, weights and all, when neither its config nor the shape that reaches it has changed; any
    other layer is made from its config, and keeps weights that the builder gave it where they fit. When nothing at all
    has changed the model itself is returned.
    """
    kept = {layer.path for layer in draft.layers}
    for path, _ in leaves(model):
        if path not in kept:
            raise ValueError(
                f"a family removed the layer '{'/'.join(path)}' from the draft; a family may only edit and insert "
                f"layers"
            )
    edited = [layer for layer in draft.layers if layer.is_new or layer.is_changed]
    if not edited:
        return model
    maker = _Maker(draft, model)
    with bounded_sizes():
        made = maker.make(model, ())
    for layer, replacement, sheet in maker.replaced:
        keep_given(layer, replacement, sheet)
    return made


def make_optimizer(draft: Draft, model: Any) -> Any:
    """A new optimizer as the draft says."""
    import keras

    own = model.optimizer if model.compiled else None
    with _made_of(draft.optimizer), keras.saving.custom_object_scope(_own_objects(own)):
        if own is not None and type(own).__name__ == draft.optimizer.class_name:
            return type(own).from_config(dict(draft.optimizer))
        return keras.optimizers.get({"class_name": draft.optimizer.class_name, "config": dict(draft.optimizer)})


def make_metrics(draft: Draft, model: Any) -> dict[str, list[Any] | None]:
    """The metrics that the builder compiled and families asked for, as `compile` takes them.

    They are in the history; the score is scikit-learn's. Keras would number the names of some, as in `auc_7`, by how many it
    has made in this process: those of families are numbered by how many there are of them here.
    """
    compiled = getattr(model, "_compile_metrics", None) if model.compiled else None
    metrics = _flat(compiled and compiled._user_metrics)
    for part in draft.metrics:
        with _made_of(part):
            made, again = (_metric(part) for _ in range(2))
            if made.name != again.name:
                taken = {getattr(other, "name", other) for other in metrics}
                plain = re.sub(r"_\d+$", "", made.name)
                numbered = (f"{plain}_{number}" for number in itertools.count(1))
                made = _metric(
                    part, name=next(name for name in itertools.chain([plain], numbered) if name not in taken)
                )
            metrics.append(made)
    return {"metrics": metrics, "weighted_metrics": _flat(compiled and compiled._user_weighted_metrics) or None}


def _flat(given: Any) -> list[Any]:
    """What a builder gave `compile` for the one output of its model, as a list."""
    import keras

    return [item for item in keras.tree.flatten(given) if item is not None]


def _metric(part: Part, **more: Any) -> Any:
    import keras

    return keras.metrics.get({"class_name": part.class_name, "config": {**part, **more}})


def make_loss(draft: Draft, model: Any) -> Any:
    """The loss as the draft says; a custom one of the builder's is used as it is."""
    import keras

    if model.compiled and model.loss and not draft.loss.is_changed:
        losses = keras.tree.flatten(model.loss)
        return losses[0] if len(losses) == 1 else model.loss
    with _made_of(draft.loss):
        return keras.losses.get({"class_name": draft.loss.class_name, "config": dict(draft.loss)})


def loss_weights(model: Any) -> Any:
    """What the builder weighs the losses of the outputs by, None where it does not."""
    return model.get_compile_config().get("loss_weights") if model.compiled else None


class _Maker:
    """Makes one model; remembers what it put in place of each layer, for layers that are called more than once."""

    def __init__(self, draft: Draft, model: Any) -> None:
        self.model = model
        self.sheets = {layer.path: layer for layer in draft.layers if not layer.is_new}
        self.followers: dict[tuple[str, ...], list[Layer]] = {}
        path: tuple[str, ...] = ()
        for layer in draft.layers:
            path = path if layer.is_new else layer.path
            self.followers.setdefault(path, []).extend([layer] if layer.is_new else [])
        self.chains: dict[tuple[str, ...], list[Any]] = {}
        self.replaced: list[tuple[Any, Any, Layer]] = []
        self.inserted = 0

    def make(self, model: Any, prefix: tuple[str, ...]) -> Any:
        """The model anew, from its layers and those that were inserted."""
        import keras

        if isinstance(model, keras.Sequential):
            start = keras.Input(batch_shape=model.input_shape, dtype=model.inputs[0].dtype)
            made = keras.Sequential([start], name=model.name)
            for layer in model.layers:
                shape = made.output_shape if made.layers else model.input_shape
                for part in self.chain(layer, prefix, [shape]):
                    made.add(part)
            return made

        def call(operation: Any, *args: Any, **kwargs: Any) -> Any:
            if not isinstance(operation, keras.Layer):
                return operation(*args, **kwargs)
            shapes = [tensor.shape for tensor in keras.tree.flatten((args, kwargs)) if hasattr(tensor, "shape")]
            first, *others = self.chain(operation, prefix, shapes)
            output = first(*args, **kwargs)
            for follower in others:
                output = follower(output)
            return output

        with _taken_for_not_compiled(model):
            return keras.models.clone_model(model, clone_function=lambda layer: layer, call_function=call)

    def chain(self, layer: Any, prefix: tuple[str, ...], shapes: list[tuple[int | None, ...]]) -> list[Any]:
        """What stands in the layer's place: itself or a new one, and the layers inserted behind it."""
        path = (*prefix, layer.name)
        if path not in self.chains:
            replacement = self.make(layer, path) if is_editable(layer) else self.replace(layer, path, shapes)
            self.chains[path] = [replacement, *(self.insert(sheet) for sheet in self.followers.get(path, []))]
        return self.chains[path]

    def insert(self, sheet: Layer) -> Any:
        """A new layer, under a name that no builder gives."""
        import keras

        self.inserted += 1
        name = f"gridloom_{sheet.class_name.lower()}_{self.inserted}"
        layer_class = _layer_class(sheet.class_name)
        with _made_of(sheet), keras.saving.custom_object_scope(self.own_objects):
            return layer_class(**{"name": name, **sheet})

    @cached_property
    def own_objects(self) -> dict[str, Any]:
        """The builder's own functions and helpers, which a family may move from one layer to another."""
        found: dict[str, Any] = {}
        for _, layer in leaves(self.model):
            found |= _own_objects(layer)
        return found

    def replace(self, layer: Any, path: tuple[str, ...], shapes: list[tuple[int | None, ...]]) -> Any:
        """The layer itself, or one made from its config."""
        import keras

        sheet = self.sheets[path]
        # a Lambda has no state that depends on a shape, and its function may not survive a config
        if not sheet.is_changed and (isinstance(layer, keras.layers.Lambda) or _fits(layer, shapes)):
            return layer
        kind, _ = inside_of(layer)
        is_wrapper = kind != type(layer).__name__
        layer_class = type(layer) if is_wrapper or sheet.class_name == kind else _layer_class(sheet.class_name)
        with _made_of(sheet), keras.saving.custom_object_scope(_own_objects(layer)):
            made = layer_class.from_config(wrapped_again(type(layer).__name__, config_of(layer), sheet))
        self.replaced.append((layer, made, sheet))
        return made


@contextmanager
def _taken_for_not_compiled(model: Any) -> Iterator[None]:
    """Keep Keras from compiling a clone of the model, for which it would have to know all that is the builder's own."""
    compiled, model.compiled = model.compiled, False
    try:
        yield
    finally:
        model.compiled = compiled


def _own_objects(thing: Any) -> dict[str, Any]:
    """What is no part of Keras among a layer's or optimizer's functions and helpers, by the name that configs give it."""
    if thing is None:
        return {}
    found: dict[str, Any] = {}
    for inside in ("layer", "forward_layer", "cell"):
        found |= _own_objects(getattr(thing, inside, None))
    for value in vars(thing).values():
        named = value if isinstance(value, types.FunctionType) else type(value)
        if not named.__module__.startswith(("keras.", "builtins")):
            found[named.__name__] = named
    return found


def _fits(layer: Any, shapes: list[tuple[int | None, ...]]) -> bool:
    """Whether the layer was built for these input shapes (batches of any size), or for none in particular."""
    built = layer.get_build_config() or {}
    return all(shape[1:] in [tuple(new)[1:] for new in shapes] for shape in _shapes_in(built))


def _shapes_in(built: Any) -> Iterator[tuple[int | None, ...]]:
    """The shapes in a build config, however nested."""
    if isinstance(built, dict):
        for inner in built.values():
            yield from _shapes_in(inner)
    elif isinstance(built, list | tuple) and all(isinstance(size, int | None) for size in built):
        yield tuple(built)
    elif isinstance(built, list | tuple):
        for inner in built:
            yield from _shapes_in(inner)


def _layer_class(name: str) -> Any:
    """A layer class of Keras, or one that was registered with Keras as serializable."""
    import keras

    layer_class = getattr(keras.layers, name, None) or keras.saving.get_registered_object(name)
    if layer_class is None:
        raise ValueError(f"Keras has no layer '{name}', and no class is registered under that name")
    return layer_class
