"""SciKeras's `KerasClassifier` and `KerasRegressor`: the one module that knows how SciKeras routes parameters."""

from __future__ import annotations

import inspect
from functools import partial
from numbers import Real
from typing import Any

from sklearn.base import ClassifierMixin, clone

from gridloom.sklearn.keras_callbacks import followed, monitors_metrics
from gridloom.sklearn.plans import Plan, refuse_unless, whole
from gridloom.sklearn.reasons import NotFused

MODULE = "scikeras"

LEFT_TO_KERAS: dict[str, tuple[Any, ...]] = {
    "warm_start": (False, None),
    "shuffle": (True,),
    "class_weight": (None,),
}
"""Parameters that change a training, with the values that change nothing."""

LOSSES = ("binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy")
"""Losses of classifiers that are followed: SciKeras takes class numbers for the targets of all others."""

OF_FIT = ("epochs", "batch_size", "verbose", "shuffle", "validation_split", "validation_batch_size", "callbacks")
"""Arguments of `fit`, and parameters with its prefix, that are followed; those for `predict` change no number."""

OF_CALLBACKS = ("callbacks__", "fit__callbacks__")
"""What the names of callbacks' own parameters begin with."""

OWN = {
    "__init__",
    "__module__",
    "__doc__",
    "__qualname__",
    "__firstlineno__",
    "__static_attributes__",
    "_keras_build_fn",
}
"""What a subclass of theirs may define: the network, and the parameters for it."""


def matches(estimator: Any) -> bool:
    """Whether it is one of SciKeras's estimators, or a subclass."""
    return any(cls.__module__.partition(".")[0] == MODULE for cls in type(estimator).__mro__)


def plan_of(estimator: Any, X: Any, y: Any) -> Plan:
    """What the estimator would train on rows like these; NotFused where that is for Keras's own `fit` alone."""
    params = estimator.get_params(deep=False)
    _refuse_other(estimator, params)
    from scikeras._utils import accepts_kwargs, has_param, route_params

    function = _function_of(estimator)
    arguments = route_params(
        params, destination="model", pass_filter=getattr(estimator, "_user_params", set()), strict=True
    )
    compile_kwargs = estimator._get_compile_kwargs()
    share = _last_share(params)
    callbacks = _callbacks(estimator, watched=share is not None)
    takes_all = accepts_kwargs(function)
    if takes_all or has_param(function, "compile_kwargs"):
        raise NotFused("the function for 'model' takes compile_kwargs; compile the network in it, or not at all")
    if takes_all or has_param(function, "params"):
        raise NotFused("the function for 'model' takes params")
    if has_param(function, "meta"):
        told = clone(estimator).initialize(X, y)._get_metadata()  # of a clone, whose function may change its arguments
        arguments["meta"] = {name: value for name, value in told.items() if name != "model_"}
    epochs = whole("epochs", params.get("fit__epochs", params["epochs"]), 1)
    size = whole("batch_size", params.get("fit__batch_size", params["batch_size"]), 32)
    losses = LOSSES if isinstance(estimator, ClassifierMixin) else ()
    shared = ({"callbacks": callbacks} if callbacks else {}) | ({} if share is None else {"validation": share})
    compiled = _compiled(compile_kwargs, with_metrics=monitors_metrics(callbacks))
    return Plan(function, arguments, epochs, size, compiled, losses, shared=shared, last_share=share)


def built(estimator: Any, X: Any, y: Any) -> Any:
    """The network as its function returns it."""
    estimator.initialize(X, y)
    return estimator.model_


def with_settings(estimator: Any, settings: dict[str, Any]) -> Any:
    """The estimator with what `fit` would be given as parameters, which it puts before all others; NotFused for the rest."""
    if "callbacks" in settings:
        raise NotFused(
            "fit() was given callbacks, which SciKeras ignores: give them to the estimator, as callbacks=[...]"
        )
    if other := sorted(set(settings) - set(OF_FIT)):
        raise NotFused(f"fit() was given {', '.join(other)}, which is left to Keras's own fit")
    return estimator.set_params(**{f"fit__{name}": value for name, value in settings.items()})


def _refuse_other(estimator: Any, params: dict[str, Any]) -> None:
    for cls in type(estimator).__mro__:
        if cls.__module__.partition(".")[0] == MODULE:
            break
        if other := sorted(set(vars(cls)) - OWN):
            raise NotFused(f"{cls.__name__} has its own '{other[0]}'")
    refuse_unless({name.removeprefix("fit__"): value for name, value in params.items()}, LEFT_TO_KERAS)
    for name in params:
        if name.startswith("fit__") and name[5:] not in OF_FIT and not name.startswith(OF_CALLBACKS):
            raise NotFused(f"'{name}' is left to Keras's own fit")


def _last_share(params: dict[str, Any]) -> float | None:
    """The share of the rows that `validation_split` holds out; None for none."""
    share = params.get("fit__validation_split", params["validation_split"])
    if not share:
        return None
    if isinstance(share, bool) or not isinstance(share, Real) or not 0 < float(share) < 1:
        raise NotFused(f"validation_split={share!r} is no number between 0 and 1")
    return float(share)


def _callbacks(estimator: Any, *, watched: bool) -> list[dict[str, Any]]:
    """The callbacks of `fit`, as an experiment names them."""
    made = clone(estimator)
    made._initialize_callbacks()
    return followed(made._fit_callbacks, watched=watched)


def _function_of(estimator: Any) -> Any:
    """The function that makes the network; NotFused for a network that was made already, whose weights would be lost."""
    function = estimator.model if estimator.model is not None else estimator.build_fn
    function = getattr(estimator, "_keras_build_fn", None) if function is None else function
    if function is None:
        raise NotFused("there is no 'model', the function that makes a network")
    if inspect.ismethod(function):
        raise NotFused("the network is made by a method of the estimator")
    if not inspect.isfunction(function) and not isinstance(function, partial):
        raise NotFused("'model' is not a function that makes a network")
    return function


def _compiled(given: dict[str, Any], *, with_metrics: bool) -> dict[str, Any] | None:
    import keras

    if given.get("loss") is None:
        return None
    for name in ("loss_weights", "weighted_metrics"):
        if given.get(name):
            raise NotFused(f"'{name}' is left to Keras's own fit")
    optimizer = given["optimizer"]
    optimizer = optimizer() if isinstance(optimizer, type) else optimizer
    if not isinstance(optimizer, str | dict):
        optimizer = keras.optimizers.serialize(optimizer)
    loss = given["loss"]
    loss = loss() if isinstance(loss, type) else loss
    if isinstance(loss, list | dict):
        raise NotFused("there are several losses")
    metrics = given.get("metrics") if with_metrics else None
    if metrics is None:
        return {"optimizer": optimizer, "loss": loss}
    if not isinstance(metrics, list) or not all(isinstance(item, str | keras.metrics.Metric) for item in metrics):
        raise NotFused("a callback monitors one of several metrics that are no list of names and of Keras's own")
    texts = [item if isinstance(item, str) else keras.metrics.serialize(item) for item in metrics]
    return {"optimizer": optimizer, "loss": loss, "metrics": texts}


def trained(estimator: Any, X: Any, y: Any, model: Any) -> Any:
    """The estimator as fitted on these rows, with the weights of the model, which was trained on them."""
    estimator.initialize(X, y)
    estimator._ensure_compiled_model()
    estimator.model_.set_weights(model.get_weights())
    estimator.history_ = {"loss": []}
    return estimator
