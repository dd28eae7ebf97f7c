"""The family `optimizer`: which of Keras's optimizers trains the network."""

from __future__ import annotations

from gridloom import Choices, Draft, Family, Parameter, StopRun
from gridloom_plugins.networks.names import OPTIMIZER_CLASSES, OPTIMIZER_SETTINGS, SETTINGS_OF_ALL, OptimizerName


def apply_optimizer(draft: Draft, optimizer: OptimizerName) -> None:
    """Train with this optimizer.

    Settings of the builder, or of `training: optimizer:`, belong to the optimizer for which they were given: any other
    optimizer has Keras's defaults, including its own learning rate. Settings of `training: learning_rate:` and of other
    families apply to all optimizers, in any order in the search space. The run stops if an optimizer does not have such
    a setting.
    """
    if draft.optimizer.class_name == OPTIMIZER_CLASSES[optimizer]:
        draft.optimizer.leave()
        return
    written = draft.optimizer.written
    for setting in written:
        if setting not in (*OPTIMIZER_SETTINGS[optimizer], *SETTINGS_OF_ALL):
            raise StopRun(
                f"optimizer: {optimizer} has no '{setting}', which another family sets; search it with optimizers that "
                f"have it, or remove it"
            )
    draft.optimizer.class_name = OPTIMIZER_CLASSES[optimizer]
    draft.optimizer.update(written)


FAMILY = Family(
    name="optimizer",
    summary="Optimizer, with its own settings.",
    apply=apply_optimizer,
    parameters=(Parameter("optimizer", Choices("sgd", "rmsprop", "adagrad", "adadelta", "adam", "adamax", "nadam")),),
)
