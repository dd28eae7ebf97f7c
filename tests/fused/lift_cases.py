"""Trains candidates that differ in one number each in one program, and each of them again by its own `train_step`.

Run by `serving`, in a process with the environment of a worker.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import fused.quiet  # noqa: F401  (first)

# isort: split
import jax
import numpy as np

from fused import builders, varied
from fused.lifted import BATCH, HIDDEN, KINDS, NUMBERS, OTHERS, ZEROS
from fused.works import make_experiment, orders_of, train, work_of
from gridloom_plugins.fused.features import features_of
from gridloom_plugins.fused.logits import crossentropies_from_logits
from gridloom_plugins.fused.networks import read_network
from gridloom_plugins.fused.programs import Program
from gridloom_plugins.fused.ways import BRIEF

FASTER = {"xla_backend_optimization_level": 0, "xla_cpu_use_fusion_emitters": False}
"""For programs that run a few times: compiled fast, not fast themselves."""


class Group:
    """Candidates of a builder, each of which a network is read of."""

    def __init__(self, folder, builder, changes, **training):
        experiment = make_experiment(
            folder,
            {"model": {"change": changes}},
            plugin=varied.__file__,
            dataset="iris",
            model=builder,
            training={"epochs": 2, "batch_size": BATCH} | training,
        )
        data = builders.load(KINDS[builder])
        work = work_of(experiment)
        self.work = replace(work, data=data, splits=experiment.materialise(data))
        self.builder = builder
        self.fits = [fit for fit in work.fits if (fit.fold, fit.replica) == (0, 0)]
        self.networks = [read_network(self.work, fit, weighted=False) for fit in self.fits]

    @property
    def keys(self):
        return [network.key for network in self.networks]

    def trained(self, members):
        """What one program makes of these candidates, side by side."""
        work, fit = self.work, self.fits[0]
        program = Program(self.networks[members[0]], len(members), BRIEF, features_of(work, work.fits[:1]))
        orders = orders_of(work, fit, 0, epochs=2)
        lanes = [(self.networks[m], fit, self.networks[m].state(5), orders) for m in members]
        return [
            logs["loss"].tolist() + np.concatenate([np.ravel(values) for values in (*variables, outputs)]).tolist()
            for logs, variables, outputs in train(program, lanes, work)
        ]

    def alone(self, member):
        """What the candidate's own compiled `train_step` makes of it, without any of the engine's programs."""
        work, fit = self.work, self.fits[member]
        model = getattr(varied, self.builder)(work.data.task, **work.model_options(fit))
        model.optimizer.build(model.trainable_variables)
        X, y = work.data.X.astype("float32"), work.data.y.astype("float32")
        model._symbolic_build(data_batch=(X[:BATCH], y[:BATCH]))
        network = self.networks[member]
        state = network.state(5)
        first = len(model.trainable_variables)
        trainable, others = state[:first], state[first : network.variables]
        optimizer = [np.asarray(variable.value) for variable in model.optimizer.variables]
        step = jax.jit(model.train_step, compiler_options=FASTER)
        losses = []
        for order in orders_of(work, fit, 0, epochs=2):
            metrics = [np.asarray(variable.value) for variable in model.metrics_variables]
            for at in range(0, len(order), BATCH):
                rows = order[at : at + BATCH]
                with crossentropies_from_logits():
                    logs, (trainable, others, optimizer, metrics) = step(
                        (trainable, others, optimizer, metrics), (X[rows], y[rows])
                    )
            losses.append(float(logs["loss"]))
        _, test = work.rows(fit)
        outputs, _ = model.stateless_call(trainable, others, X[test], training=False)
        return losses + np.concatenate([np.ravel(values) for values in (*trainable, *others, outputs)]).tolist()


def main(folder):
    found = {}
    for builder, numbers in NUMBERS.items():
        changes = [f"{name}={value}" for name, values in numbers.items() for value in values]
        group = Group(folder, builder, changes)
        members = range(len(changes))
        shared = [m for m in members if group.keys[m] == group.keys[0]]
        together = dict(zip(shared, group.trained(shared), strict=True))
        found |= {
            f"{builder} {changes[m]}": {
                "shared": m in shared,
                "together": together.get(m),
                "alone": group.alone(m),
            }
            for m in members
        }
    group = Group(folder, "stepwise", ["", *OTHERS])
    keys = dict(zip(["", *OTHERS], group.keys, strict=True))
    for training in ({"batch_size": 10}, {"optimizer": "rmsprop"}):
        keys[str(training)] = Group(folder, "stepwise", [""], **training).keys[0]
    for place, change in enumerate(OTHERS, start=1):
        if change in ZEROS:
            found[f"zero {change}"] = {"together": group.trained([place])[0], "alone": group.alone(place)}
    for where in HIDDEN:
        group = Group(folder, "hiding", [f"where={where}, value={value}" for value in (0.3, 0.7)])
        chunks = [[0, 1]] if group.keys[0] == group.keys[1] else [[0], [1]]
        together = [values for chunk in chunks for values in group.trained(chunk)]
        found |= {f"hiding {where} {m}": {"together": together[m], "alone": group.alone(m)} for m in (0, 1)}
    (Path(folder) / "lifted.json").write_text(json.dumps({"keys": keys, "trained": found}))
