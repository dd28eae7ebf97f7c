"""A batch of fits as an engine gets it: what to train, and the plugins' functions to do it with."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gridloom.core.boundary import contained, restored, seeded
from gridloom.core.budgets import EPOCHS, FULL
from gridloom.core.calls import CALLBACKS, PREPROCESS, Calls, Score, chosen_of, step_for
from gridloom.core.candidate import canonical_json
from gridloom.core.data import Data, Task
from gridloom.core.draft import Draft, Part
from gridloom.core.edits import Before, Convert, check_callbacks, checked_training
from gridloom.core.following import TEST_FOLD, Following, Watched, checked, made_anew, told_the_test_fold
from gridloom.core.predictions import Predictions
from gridloom.core.preparing import Prepared, kept, prepare
from gridloom.core.recipe import Recipe
from gridloom.core.shares import rows_of_share
from gridloom.core.split import Split
from gridloom.core.states import state_name
from gridloom.core.trials import Fit, FitResult
from gridloom.errors import StopRun, TooLarge

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from gridloom.core.kept_model import KeptModel
    from gridloom.core.states import States


@dataclass(frozen=True)
class Work:
    """A batch of fits, and everything that an engine needs to train and score them."""

    recipe: Recipe
    calls: Calls
    data: Data
    splits: Sequence[Split]
    fits: Sequence[Fit]
    states: States | None = None
    """Where training states are kept; None if they are not."""

    @property
    def model_name(self) -> str:
        """The name of the model builder, for messages."""
        return self.recipe.model.name

    @property
    def scoring(self) -> tuple[str, ...]:
        """The names of the scores; the first of them ranks."""
        return tuple(self.recipe.scorers)

    @property
    def fits_of_each(self) -> int:
        """How many fits each candidate has: folds x repeats x seeds."""
        return self.recipe.fits_of_each

    def decides(self, fit: Fit) -> bool:  # noqa: ARG002  (every fit does, as it happens)
        """Whether an engine that cannot train the network should raise CannotTrain instead of failing this fit alone.

        So it is when `engine: auto` has another engine to go on to, which then trains all candidates anew.
        """
        return self.recipe.has_fallback

    def seed(self, fit: Fit) -> int:
        """The fit's own seed, 0 to 2**31 - 1."""
        return fit.seed(self.recipe.seed)

    def features(self, fit: Fit) -> NDArray[Any]:
        """The features of all rows, preprocessed as the fit's model gets them; rows that it does not use may be 0.

        What preprocessing learns, it learns from the rows that train the fit alone.
        """
        return self.data.X if not self.recipe.preprocess else self.prepared(fit).X

    def features_key(self, fit: Fit) -> str:
        """Equal for fits of a run that have the same `features`."""
        if not self.recipe.preprocess:
            return ""
        return canonical_json([fit.place, fit.budget.share, fit.candidate.values.get(PREPROCESS, {})])

    def prepared(self, fit: Fit) -> Prepared:
        """The features after preprocessing, with the fitted pipeline; computed once for all fits that share them."""
        train, test = self.rows(fit)
        key = (self.recipe.key, self.data.fingerprint, self.features_key(fit), train.tobytes(), test.tobytes())
        return kept(key, lambda: self._prepare(fit, train, test))

    def _prepare(self, fit: Fit, train: NDArray[np.intp], test: NDArray[np.intp]) -> Prepared:
        chosen = fit.candidate.values.get(PREPROCESS, {})
        steps = [step for calls in self.calls.preprocess if (step := step_for(calls, chosen, self.data.task))]
        with restored(), contained("preprocessing"), seeded(self.recipe.seed):
            return prepare(self.data, steps, train, self._asked(fit, test))

    def _asked(self, fit: Fit, test: NDArray[np.intp]) -> NDArray[np.intp]:
        """The rows that a fit's model is asked about: those that test it, and those that watch its training."""
        import numpy as np

        validation = self.validation_rows(fit)
        return test if validation is None else np.union1d(test, validation)

    def task(self, fit: Fit) -> Task:
        """The task of the fit's model; rows have the shape that preprocessing gives them."""
        return replace(self.data.task, input_shape=self.features(fit).shape[1:])

    def build(self, fit: Fit) -> Any:
        """A new model from the builder, with the options that the fit's candidate chooses."""
        return self.calls.model(self.task(fit), chosen=fit.candidate.values.get("model"))

    def model_options(self, fit: Fit) -> dict[str, Any]:
        """The builder's options for the fit."""
        return self.calls.model.arguments(fit.candidate.values.get("model", {}))

    def training(self, fit: Fit) -> Any:
        """The training settings of the fit, made by the engine's `training` callable, with the budget's epochs."""
        if self.calls.training is None:
            if fit.budget.epochs is not None:
                raise StopRun(
                    f"engine '{self.recipe.engine.name}' does not train in epochs, so a budget of epochs is "
                    f"not possible"
                )
            return None
        chosen = dict(fit.candidate.values.get("training", {}))
        settings = self.calls.training(chosen=chosen)
        if fit.budget.epochs is None or settings.epochs <= fit.budget.epochs:
            return settings
        return self.calls.training(chosen={**chosen, EPOCHS: fit.budget.epochs})

    def edit(self, draft: Draft, fit: Fit) -> None:
        """Let every searched family edit the draft, then limit its epochs to those of the fit's budget, if it has one.

        StopRun when one of them finds nothing to edit, or does what no engine could follow; ValueError for a value of a
        training setting that the engine does not admit.
        """
        if fit.budget.epochs is not None:
            draft.training[EPOCHS] = self.training(replace(fit, budget=FULL)).epochs
        for group, family in self.calls.families.items():
            if group not in fit.candidate.values:  # in another subspace, or where its condition is not met
                continue
            before = Before.of(draft)
            family(draft, chosen=fit.candidate.values[group])
            if refusal := before.refusal(draft, self.recipe.engine.name):
                raise StopRun(f"the family '{group}' {refusal}")
            _check_set_once(group, before, draft, fit)
            if draft.callbacks:
                self._check_callbacks(group, draft, fit)
            if self.calls.training and (changed := before.changed_training(draft)):
                try:
                    draft.training.update(checked_training(changed, self.calls.training.convert))
                except ValueError as error:
                    raise ValueError(f"the family '{group}' writes draft.training: {error}") from error
            if draft.state == before.state:
                raise StopRun(
                    f"the family '{group}' changed nothing in the network of '{self.model_name}', so its values cannot "
                    f"be compared; the network has {len(draft.hidden)} hidden layer(s)"
                )
        draft.total_epochs = draft.training.get(EPOCHS, 0)
        if fit.budget.epochs is not None:
            draft.training[EPOCHS] = min(fit.budget.epochs, draft.total_epochs)

    def _check_callbacks(self, group: str, draft: Draft, fit: Fit) -> None:
        """Raise StopRun, or ValueError for an option, where a family leaves callbacks that no training could have."""

        def find(name: str) -> tuple[str, Convert, Any]:
            found = self.calls.callback(name)
            return found.call.name, found.call.convert, found.monitored

        held_out: Watched = None if self.validation_rows(fit) is None else 1.0
        try:
            check_callbacks(draft.callbacks, find, held_out if self.recipe.decides else TEST_FOLD)
        except (StopRun, ValueError) as error:
            raise type(error)(f"the family '{group}' {error}") from error

    def callbacks(self, fit: Fit) -> list[Part]:
        """New callbacks for a draft: those of the experiment, with the options that the fit's candidate chooses."""
        chosen = fit.candidate.values.get(CALLBACKS, {})
        return [
            Part(item.full_name, {**item.options, **chosen_of(item.name, chosen)}) for item in self.recipe.callbacks
        ]

    def follow(self, draft: Draft) -> Following:
        """New callbacks of a draft for one training: see `Following`.

        Those that are Keras's an engine gets from `keras_callbacks`.
        """
        pure = [part for part in draft.callbacks if not self.calls.callback(part.class_name).keras]
        made = {part.class_name: checked(part.class_name, self._made(part)) for part in pure}
        return Following(made, draft.total_epochs, self.recipe.decides)

    def keras_callbacks(self, callbacks: Sequence[Part]) -> dict[str, Any]:
        """New Keras callbacks among these, by name; StopRun if they would see the test fold."""
        parts = [part for part in callbacks if self.calls.callback(part.class_name).keras]
        if parts and not self.recipe.decides:
            raise StopRun(told_the_test_fold(parts[0].class_name))
        return {part.class_name: self._made(part) for part in parts}

    def depends_on_total(self, callbacks: Sequence[Part]) -> bool:
        """Whether one of the callbacks depends on the total number of epochs, according to their records."""
        found = [(self.calls.callback(part.class_name), part) for part in callbacks]
        return any(item.depends_on_total(item.call.arguments(dict(part))) for item, part in found)

    def _made(self, part: Part) -> Any:
        return made_anew(part.class_name, self.calls.callback(part.class_name).call(chosen=dict(part)))

    def validation_rows(self, fit: Fit) -> NDArray[np.intp] | None:
        """The row numbers on which the loss is recorded after each epoch; None without validation rows."""
        (split,) = (item for item in self.splits if item.place == fit.place)
        return split.validation

    def load_state(self, fit: Fit) -> dict[str, NDArray[Any]] | None:
        """The arrays that `keep_state` kept of the fit's training, within the epochs of its budget; None without any.

        An engine that goes on from them comes to the same result, bit for bit, as one that finds none and trains anew.
        """
        if self.states is None or not self.states.has(state_name(fit)):
            return None
        return self.states.load(state_name(fit), self._training_of(fit), fit.budget.epochs)

    def keep_state(self, fit: Fit, epochs: int, **arrays: NDArray[Any]) -> None:
        """Keep the training state after so many epochs, for fits that differ only in the epochs of their budget.

        Call it where a budget has ended a training before its last epoch, and no callback has. Names and shapes are yours, values
        are numbers: NumPy's own types. Nothing is kept where there is no room for it.
        """
        if self.states is not None:
            self.states.keep(state_name(fit), self._training_of(fit), epochs, arrays)

    def _training_of(self, fit: Fit) -> bytes:
        """What a training of the run is: equal for fits that differ in the epochs of their budgets alone."""
        rows = (self.rows(fit)[0], self.validation_rows(fit))
        parts = [self.recipe.engine.full_name, self.data.fingerprint, state_name(fit), self.features_key(fit)]
        return b"|".join(
            [canonical_json(parts).encode(), *(b"" if these is None else these.tobytes() for these in rows)]
        )

    def check_size(self, parameters: int) -> None:
        """Raise TooLarge for a model with more parameters than `search: limits:` allows."""
        most = self.recipe.most_parameters
        if most is not None and parameters > most:
            raise TooLarge(f"the model has {parameters:,} parameters, more than the limit of {most:,}")

    def rows(self, fit: Fit) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The row numbers that train the fit (as many as its budget allows) and that test it."""
        (split,) = (item for item in self.splits if item.place == fit.place)
        if fit.budget.share is None:
            return split.train, split.test
        return rows_of_share(split.train, fit.budget.share, self.data, self.recipe.seed), split.test

    def scores(self, fit: Fit, predictions: Predictions) -> dict[str, float]:
        """The scores of a fit's predictions for its test rows, by name; ValueError if one cannot be computed."""
        _, rows = self.rows(fit)
        truth, task = self.data.y[rows], self.data.task
        if task.n_classes:
            predictions.check_labels(len(truth), task.n_classes)
        if task.n_outputs > 1:
            predictions.check_several(len(truth), task.n_outputs, multilabel=self.data.multilabel)
        if self.data.positive_class == 0:  # scorers take class 1 for the positive one
            truth, predictions = 1 - truth, predictions.swapped
        with restored():
            return {name: _score(name, score, truth, predictions) for name, score in self.calls.scorers.items()}

    def result(
        self,
        fit: Fit,
        predictions: Predictions,
        history: Mapping[str, Sequence[float]] | None = None,
        fit_seconds: float = 0.0,
        score_seconds: float = 0.0,
        model: Callable[[Path], KeptModel] | None = None,
        parameters: int | None = None,
    ) -> FitResult:
        """The result of a fit with these predictions for its test rows.

        `history` has one number an epoch by name; `score_seconds` is how long it took to predict; `parameters` is how many
        numbers the model has. `model` writes the model
        into a folder, as `Engine.refit` does, for `--keep-models`.
        """
        started = time.perf_counter()
        scores = self.scores(fit, predictions)
        seconds = score_seconds + time.perf_counter() - started
        return FitResult(
            scores,
            history or {},
            fit_seconds,
            seconds,
            predictions.kept,
            parameters=parameters,
            model=model,
            labels=predictions.labels_beside_kept(self.data.task.n_classes),
        )


def _check_set_once(group: str, before: Before, draft: Draft, fit: Fit) -> None:
    """Raise StopRun where a family has set what is searched under `training:` or `callbacks:` as well."""
    values = fit.candidate.values
    for key, again in (
        ("training", before.set_again(draft, values.get("training", {}))),
        (CALLBACKS, before.callback_set_again(draft, values.get(CALLBACKS, {}))),
    ):
        if again:
            raise StopRun(
                f"the family '{group}' sets '{again}', which is also searched under '{key}:'; search only one of them"
            )


def _score(name: str, score: Score, truth: NDArray[Any], predictions: Predictions) -> float:
    with contained(f"the scorer of '{name}'"):
        return float(score(truth, predictions))
