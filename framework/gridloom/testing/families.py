"""The contract of hyperparameter families: they change every network they claim to, by plain edits that Keras takes."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from gridloom.core.candidate import Candidate
from gridloom.core.domains import MAX_GRID, Domain
from gridloom.core.draft import Draft, Settings
from gridloom.core.space import Space
from gridloom.core.trials import Status
from gridloom.errors import GridloomError
from gridloom.registry.records import Family
from gridloom.testing.contract import Contract
from gridloom.testing.experiments import run_tiny
from gridloom.testing.networks import NETWORKS, TASKS, Optimizer, draft_of

MOST_CANDIDATES = 200
"""So many candidates of the default domains are tried on drafts; more are drawn from."""


class FamilyContract(Contract):
    """Inherit to test a family, on drafts of small networks and in a search that trains some of them.

    - `cannot_change`: the networks (see `gridloom.testing.Network`) and tasks ("binary", "multiclass", "regression")
      that the family cannot change, because there is nothing to edit; it leaves them unchanged, or raises
      `gridloom.StopRun` with the reason. It must change all others, with each of its default values.
    - `optimizer`: the class of these networks' optimizer, "Adam" or "SGD", for a family that edits settings of only one
    of them; the experiment trains with it.
    - `experiment`: keys that override the tiny experiment that trains networks, such as `{"model": "my-network"}`.
    """

    kind = Family
    cannot_change: ClassVar[Collection[str]] = ("linear",)
    optimizer: ClassVar[Optimizer] = "Adam"
    experiment: ClassVar[Mapping[str, Any]] = {}

    @property
    def family(self) -> Family:
        """The family."""
        record: Family = self.record
        return record

    @property
    def given(self) -> Mapping[str, Any]:
        """The first of the default values."""
        return {parameter.name: _ends(parameter.default)[0] for parameter in self.family.parameters}

    @property
    def candidates(self) -> list[dict[str, Any]]:
        """Values of the default domains, as `apply` gets them: all combinations, or some."""
        space = Space({self.name: {parameter.name: parameter.default for parameter in self.family.parameters}}, seed=0)
        return [self.valid(candidate) for candidate in _some_of(space)]

    def valid(self, candidate: Candidate) -> dict[str, Any]:
        """The values of a candidate, validated by the annotations."""
        valid, findings = self.family.options.validate(candidate.values[self.name], self.folder)
        wrong = "; ".join(f"{'.'.join(map(str, finding.path))}: {finding.message}" for finding in findings)
        assert not findings, f"a default value is not valid in YAML: {wrong}"
        return valid

    def drafts(self, *, able: bool) -> Iterator[tuple[str, Draft]]:
        """New drafts, named, of the networks that the family can change or of those that it cannot."""
        unknown = set(self.cannot_change) - {*NETWORKS, *TASKS}
        assert not unknown, f"cannot_change names {sorted(unknown)}; known are {', '.join([*NETWORKS, *TASKS])}"
        for network, task in itertools.product(NETWORKS, TASKS):
            if able == {network, task}.isdisjoint(self.cannot_change):
                yield f"the network '{network}' ({task})", draft_of(network, task, self.optimizer)

    def test_its_default_values_are_valid(self) -> None:
        """The values of `family: default` are valid for the annotations."""
        assert self.candidates

    def test_it_changes_every_network_it_claims_to(self) -> None:
        """Every default value counts as an edit of every network, even if the network already has it."""
        for values in self.candidates:
            for name, draft in self.drafts(able=True):
                before = draft.state
                self.family.apply(draft, **values)
                assert draft.state != before, (
                    f"{values} changes nothing in {name}, so a search could not compare values; change it, or list it "
                    f"in cannot_change"
                )

    def test_it_says_so_when_it_cannot_change_a_network(self) -> None:
        """A network that it cannot change is left alone, or it raises StopRun."""
        for values in self.candidates:
            for name, draft in self.drafts(able=False):
                before = draft.state
                with suppress(GridloomError):
                    self.family.apply(draft, **values)
                assert draft.state == before, (
                    f"{values} changes {name}, but cannot_change lists it; remove what it can change"
                )

    def test_its_parameters_each_matter(self) -> None:
        """Two values of a parameter, everything else equal, make different networks in some case."""
        for parameter in self.family.parameters:
            tried = {repr(values[parameter.name]) for values in self.candidates}
            contents: dict[str, set[str]] = defaultdict(set)
            for values in self.candidates:
                others = {name: value for name, value in values.items() if name != parameter.name}
                for name, draft in self.drafts(able=True):
                    self.family.apply(draft, **values)
                    contents[f"{name} {others}"].add(content_of(draft))
            differs = any(len(made) > 1 for made in contents.values())
            assert differs or len(tried) == 1, f"all values of '{parameter.name}' make the same network"

    def test_it_edits_alike_every_time(self) -> None:
        """Equal values make equal edits of equal drafts."""
        for values in self.candidates:
            for (name, one), (_, two) in zip(self.drafts(able=True), self.drafts(able=True), strict=True):
                self.family.apply(one, **values)
                self.family.apply(two, **values)
                assert content_of(one) == content_of(two), f"{values} makes two different edits of {name}"

    def test_it_keeps_the_outputs(self) -> None:
        """All layers are kept, and the output has as many units as the task needs."""
        for values in self.candidates:
            for name, draft in self.drafts(able=True):
                layers, units = list(draft.layers), draft.layers[-1]["units"]
                self.family.apply(draft, **values)
                gone = [layer.path for layer in layers if all(layer is not other for other in draft.layers)]
                assert not gone, f"{values} removes {gone} from {name}; a family may only edit and insert layers"
                (output,) = (layer for layer in draft.layers if layer.path == ("output",))
                assert output["units"] == units, f"{values} changes how many outputs {name} has"

    def test_networks_are_trained_with_it(self, tmp_path: Path) -> None:
        """An engine builds and trains the edited networks.

        All networks are trained for the first task with networks that the family can change, with the last of the default
        values; for each other task one network, with the first and the last.
        """
        ends = {parameter.name: _ends(parameter.default) for parameter in self.family.parameters}
        domains = {name: values[-1:] for name, values in ends.items()}
        networks = [network for network in NETWORKS if network not in self.cannot_change]
        for task in [task for task in TASKS if task not in self.cannot_change]:
            space = {self.provided.full_name: domains, "model": {"network": networks}}
            if "model" in self.experiment:
                del space["model"]
            keys = {
                "dataset": {"name": "tiny", "task": task},
                "model": "tiny-network",
                "training": {"epochs": 1, "optimizer": self.optimizer.lower()},
                "search": {"space": space},
            }
            result = run_tiny(tmp_path, *self.plugins, **{**keys, **self.experiment})
            for trial in result.trials:
                reasons = [found.traceback or found.error for _, found in trial.failures]
                assert trial.status is Status.COMPLETE, (
                    f"{trial.candidate} cannot be trained ({task}); fix the edit, or list such networks in "
                    f"cannot_change and leave them alone:\n{reasons[0]}"
                )
            networks, domains = networks[:1], ends


def content_of(draft: Draft) -> str:
    """All that a draft says, as text: equal for equal networks."""
    parts: list[Settings] = [*draft.layers, draft.optimizer, draft.loss, *draft.metrics, draft.training]
    parts += draft.callbacks
    return repr([(type(part).__name__, repr(part)) for part in parts])


def _some_of(space: Space) -> list[Candidate]:
    """All candidates of a space, or MOST_CANDIDATES that are drawn from it."""
    try:
        if space.size <= min(MOST_CANDIDATES, MAX_GRID):
            return list(space.enumerate())
    except ValueError:  # a range without steps
        pass
    rng = space.rng()
    return [space.sample(rng) for _ in range(MOST_CANDIDATES)]


def _ends(domain: Domain) -> list[Any]:
    """The first and the last value of a domain, or two that are drawn from it."""
    try:
        values = domain.values()
    except ValueError:
        import numpy as np

        rng = np.random.default_rng(0)
        values = tuple(domain.at(float(rng.random())) for _ in range(2))
    return [values[0]] if len(values) == 1 else [values[0], values[-1]]
