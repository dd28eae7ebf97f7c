"""Spaces whose candidates differ in which parameters they have: conditions, unions, and what is required between parameters."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridloom import Candidate, Choices, Range, Relation, Space, When
from gridloom.core.domains import MAX_GRID, bare

SGD = When(Choices(0.0, 0.9), {"optimizer": ("sgd",)})
NESTEROV = When(Choices(True, False), {"momentum": (0.9,)})
OPTIMIZER = Choices("adam", "sgd")
TREE = Space(
    {"training": {"nesterov": NESTEROV, "momentum": SGD, "optimizer": OPTIMIZER, "batch_size": Choices(8, 16)}}
)
"""Conditions that stand before what they depend on, one of them on another."""

SCALARS = [Choices(4), Choices("a", "b", None), Choices([8], [8, 4]), Choices(1, 1.0, True)]
RANGES = [Range(1, 6), Range(0.0, 1.0, step=0.25), Range(1, 3, count=9), Range(1e-4, 1e-1, count=4, scale="log")]
ENDLESS = [
    Range(-1.0, 1.0),
    Range(1e-6, 1e3, scale="log"),
    Range(1, 1000, scale="log"),
    Range(1, 10**9),
    Range(-3e-9, 1e5),
]


@st.composite
def spaces(draw, domains):
    """One to three mappings of parameters with these domains, some of which depend on one before them."""
    subspaces = []
    for _ in range(draw(st.integers(1, 3))):
        chosen = draw(st.lists(st.sampled_from(domains), min_size=1, max_size=4))
        names = draw(st.permutations("abcd"))[: len(chosen)]
        parameters = {}
        for name, domain in zip(names, chosen, strict=True):
            finite = [other for other, before in parameters.items() if isinstance(bare(before), Choices)]
            if finite and draw(st.booleans()):
                on = draw(st.sampled_from(finite))
                values = parameters[on].values()
                parameters[name] = When(domain, {on: tuple(values[: draw(st.integers(1, len(values)))])})
            else:
                parameters[name] = domain
        subspaces.append({"g": dict(draw(st.permutations([*parameters.items()])))})
    has_both = {"a", "b"} <= {name for domains in subspaces for name in domains["g"]}
    require = (Relation("differ", ("a", "b")),) if has_both and draw(st.booleans()) else ()
    return Space(*subspaces, seed=draw(st.integers(0, 9)), require=require)


def drawn(space, number=20):
    """Candidates of a space, none where hardly any meets what is required."""
    points = space.rng().random((number, space.dimensions)).tolist()
    return [candidate for point in points if (candidate := space.at(point))]


@given(spaces(SCALARS + RANGES + ENDLESS))
@settings(max_examples=40)
def test_the_point_of_a_candidate_leads_back_to_it(space):
    for candidate in drawn(space):
        assert candidate in space
        point = space.point_of(candidate)
        assert len(point) == space.dimensions
        assert all(0 <= number <= 1 for number in point)
        assert space.at(point) == candidate


@given(spaces(SCALARS + RANGES[:2]))
@settings(max_examples=40)
def test_what_is_enumerated_is_what_can_be_drawn_each_once(space):
    if not space.size:
        assert not drawn(space)
        return
    every = [*space.enumerate()]
    assert space.size == len(every) == len(set(every))
    assert set(drawn(space, 60)) <= set(every)
    assert all(candidate in space and space.at(space.point_of(candidate)) == candidate for candidate in every)


def test_a_parameter_is_there_only_where_its_condition_holds():
    assert [candidate.flat for candidate in TREE.enumerate()][::2] == [
        {"optimizer": "adam", "batch_size": 8},
        {"momentum": 0.0, "optimizer": "sgd", "batch_size": 8},
        {"nesterov": True, "momentum": 0.9, "optimizer": "sgd", "batch_size": 8},
        {"nesterov": False, "momentum": 0.9, "optimizer": "sgd", "batch_size": 8},
    ]
    rng = np.random.default_rng(0)
    assert {TREE.sample(rng) for _ in range(200)} == {*TREE.enumerate()}


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"optimizer": "sgd", "batch_size": 8}, ["training.momentum is missing"]),
        ({"optimizer": "adam", "batch_size": 8, "momentum": 0.9, "nesterov": True},
         ["momentum: it exists only when optimizer is 'sgd'"]),
        ({"optimizer": "adam", "batch_size": 9}, ["training.batch_size: 9 is not one of 8, 16"]),
        ({"optimizer": "adam", "batch_size": 8, "x": 1}, ["training.x is not in the space"]),
    ],
)  # fmt: skip
def test_problems_say_what_keeps_a_candidate_out(values, problem):
    candidate = Candidate({"training": values})
    assert TREE.problems(candidate) == problem
    assert candidate not in TREE
    with pytest.raises(ValueError, match=problem[0].partition(":")[0]):
        TREE.point_of(candidate)


def test_a_union_has_the_candidates_of_each_mapping_once():
    space = Space({"m": {"x": Range(1, 3)}}, {"m": {"x": Range(2, 5)}}, {"m": {"x": Choices(1), "y": Choices("p")}})
    assert [candidate.flat for candidate in space.enumerate()] == [*({"x": x} for x in range(1, 6)), {"x": 1, "y": "p"}]
    assert space.dimensions == 3
    rng = np.random.default_rng(0)
    third = [space.sample(rng).flat for _ in range(300)].count({"x": 1, "y": "p"})
    assert 70 < third < 130
    assert space.problems(Candidate({"m": {"x": 2, "y": "p"}})) == ["m.y is not in the space"]


@pytest.mark.parametrize(
    ("kind", "kept"),
    [("less", [(1, 2), (1, 3), (2, 3)]), ("at_most", [(1, 1), (1, 2), (1, 3), (2, 2), (2, 3), (3, 3)]),
     ("differ", [(1, 2), (1, 3), (2, 1), (2, 3), (3, 1), (3, 2)])],
)  # fmt: skip
def test_what_is_required_holds_for_every_candidate(kind, kept):
    space = Space({"m": {"x": Range(1, 3), "y": Range(1, 3)}}, require=[Relation(kind, ("x", "y"))])
    assert [tuple(candidate.flat.values()) for candidate in space.enumerate()] == kept
    assert space.size == len(kept)
    assert {tuple(candidate.flat.values()) for candidate in drawn(space, 200)} == {*kept}
    wrong = Candidate({"m": {"x": 3, "y": 3 if kind == "differ" else 1}})
    assert space.problems(wrong)[0].startswith("of x, y, each must be")


def test_a_relation_holds_between_those_that_a_candidate_has():
    relation = Relation("less", ("x", "y", "z"))
    assert relation.holds({"x": 1, "z": 2})
    assert not relation.holds({"x": 2, "z": 2})
    assert relation.holds({"y": 1})


def test_equal_numbers_of_two_types_do_not_differ():
    relation = Relation("differ", ("x", "y"))
    assert not relation.holds({"x": 1, "y": 1.0})
    assert relation.holds({"x": 1, "y": True})
    assert relation.holds({"x": [1], "y": None})


def test_where_nothing_meets_what_is_required_that_is_said():
    space = Space({"m": {"x": Range(5, 6), "y": Range(1, 2)}}, require=[Relation("less", ("x", "y"))])
    with pytest.raises(ValueError, match="no candidate of this space meets the requirements: of x, y"):
        next(space.enumerate())
    with pytest.raises(ValueError, match="none of 10,000 drawn candidates meets the requirements: of x, y"):
        space.sample(space.rng())


def test_conditions_that_cannot_be_met_are_refused():
    with pytest.raises(ValueError, match="there is no parameter 'y'"):
        Space({"m": {"x": When(Choices(1), {"y": (1,)})}})
    with pytest.raises(ValueError, match="conditions of x, y cannot be met: they depend on each other"):
        Space({"m": {"x": When(Choices(1), {"y": (1,)}), "y": When(Choices(1), {"x": (1,)})}})
    with pytest.raises(ValueError, match="there is no parameter 'y', which 'require' relates"):
        Space({"m": {"x": Choices(1)}}, require=[Relation("less", ("x", "y"))])
    for when in ({}, {"x": ()}):
        with pytest.raises(ValueError, match="each with a tuple of values"):
            When(Choices(1), when)


def test_equal_numbers_meet_a_condition_and_name_one_candidate():
    space = Space({"m": {"rate": Range(0.0, 1.0, step=0.5), "n": Range(1, 2), "x": When(Choices(7), {"rate": (1,)})}})
    assert [candidate.flat for candidate in space.enumerate()][-1] == {"rate": 1.0, "n": 2, "x": 7}
    assert space.named({"rate": 0, "n": 2.0}) == Candidate({"m": {"rate": 0.0, "n": 2}})
    assert space.named({"rate": 0, "n": True}) not in space


def test_a_grid_with_conditions_is_refused_before_it_fills_the_memory():
    domains = {"x": Range(1, MAX_GRID), "y": When(Choices(1), {"x": (2,)}), "z": Choices(1, 2)}
    with pytest.raises(ValueError, match="more than the 100,000 combinations"):
        next(Space({"m": domains}).enumerate())


def test_a_space_survives_pickling_and_copying():
    for again in (pickle.loads(pickle.dumps(TREE)), copy.deepcopy(TREE)):
        assert again == TREE
        assert [*again.enumerate()] == [*TREE.enumerate()]
