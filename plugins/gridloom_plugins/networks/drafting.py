"""A fit's network: built, read into a draft, edited by the families."""

from __future__ import annotations

from typing import Any

from gridloom import Draft, Fit, StopRun, Work
from gridloom_plugins.networks.keras_settings import keras_settings_restored
from gridloom_plugins.networks.making import make_model
from gridloom_plugins.networks.reading import is_editable, read_draft
from gridloom_plugins.networks.sizes import bounded_sizes


def drafted(work: Work, fit: Fit) -> tuple[Draft, Any]:
    """The fit's draft, edited, and the model it was read from, built.

    Raises StopRun when the builder does not return a Keras model, or families are to edit one that has no draft.
    """
    import keras

    from gridloom_plugins.networks.inputs import zeros_for

    with bounded_sizes(), keras_settings_restored():
        model = work.build(fit)
        if not isinstance(model, keras.Model):
            raise StopRun(f"the builder '{work.model_name}' returned {type(model).__name__}, not a keras.Model")
        if not model.built or not getattr(model, "inputs", None):  # a subclass may say that it is built, and not be
            model(zeros_for(work.task(fit), 1))
    if work.recipe.families and not is_editable(model):
        raise StopRun(
            f"families cannot edit the model of '{work.model_name}': it is a subclass of keras.Model, not "
            "a plain Sequential or Functional one; search the builder's own options under 'model:' instead"
        )
    draft = read_draft(model, work.task(fit), work.training(fit))
    draft.callbacks = work.callbacks(fit)
    work.edit(draft, fit)
    return draft, model


def sized_model(work: Work, draft: Draft, model: Any) -> Any:
    """The network of the draft, not compiled, see `make_model`; TooLarge where it has more parameters than it may have."""
    made = make_model(draft, model)
    work.check_size(made.count_params())
    return made
