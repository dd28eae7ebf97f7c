"""Domains of hyperparameters, candidates, and the space that they come from."""

from __future__ import annotations

import itertools
import json
import math
import pickle

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from gridloom import Candidate, Choices, Range, Space
from gridloom.core.candidate import canonical_json
from gridloom.core.domains import MAX_GRID

BOUND = 1e6
FLOATS = st.floats(-BOUND, BOUND)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
"""Whatever a YAML file may hold."""


@st.composite
def bounds(draw, numbers):
    low, high = draw(numbers), draw(numbers)
    assume(low != high)
    return min(low, high), max(low, high)


# Canonical JSON


def test_canonical_json_has_sorted_keys_no_spaces_and_ascii_only():
    assert canonical_json({"b": [1, 2.5, None], "a": {"é": True, "Z": "x"}}) == (
        '{"a":{"Z":"x","\\u00e9":true},"b":[1,2.5,null]}'
    )


@given(st.dictionaries(st.text(), PLAIN, max_size=5), st.randoms())
def test_canonical_json_does_not_depend_on_the_order_of_keys(value, random):
    shuffled = list(value.items())
    random.shuffle(shuffled)
    assert canonical_json(dict(shuffled)) == canonical_json(value)


@given(PLAIN)
def test_canonical_json_says_all_there_is_in_one_line_of_ascii(value):
    text = canonical_json(value)
    assert json.loads(text) == value
    assert text.isascii()
    assert "\n" not in text


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_canonical_json_refuses_what_json_has_no_number_for(value):
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"x": value})


@pytest.mark.parametrize("value", [{1, 2}, object(), b"x", np.float32(1)])
def test_canonical_json_refuses_what_is_not_plain(value):
    with pytest.raises(TypeError, match="is not JSON"):
        canonical_json({"x": value})


# Choices


def test_choices_are_tried_in_the_order_given():
    assert Choices("relu", "tanh", None).values() == ("relu", "tanh", None)


def test_there_is_no_choice_of_nothing():
    with pytest.raises(ValueError, match="at least one value"):
        Choices()


def test_every_choice_is_drawn_equally_often():
    rng = np.random.default_rng(0)
    drawn = [Choices("a", "b", "c").at(rng.random()) for _ in range(3000)]
    assert all(900 < drawn.count(name) < 1100 for name in "abc")


# Ranges


@pytest.mark.parametrize(
    ("span", "values"),
    [
        (Range(1, 4), (1, 2, 3, 4)),
        (Range(1, 10, step=4), (1, 5, 9)),
        (Range(1, 9, step=4), (1, 5, 9)),
        (Range(0.0, 1.0, step=0.1), (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)),
        (Range(0.0, 1.0, count=5), (0.0, 0.25, 0.5, 0.75, 1.0)),
        (Range(0, 1, step=0.25), (0.0, 0.25, 0.5, 0.75, 1.0)),
        (Range(0, 100, count=5), (0, 25, 50, 75, 100)),
        (Range(1, 3, count=9), (1, 2, 3)),
        (Range(1e-4, 1.0, count=5, scale="log"), (0.0001, 0.001, 0.01, 0.1, 1.0)),
        (Range(1, 1000, count=4, scale="log"), (1, 10, 100, 1000)),
    ],
)
def test_a_range_is_enumerated(span, values):
    assert span.values() == values
    assert [type(value) for value in span.values()] == [type(value) for value in values]


@pytest.mark.parametrize(
    ("low", "high", "options"),
    [
        (2, 1, {}),
        (1, 1, {}),
        (math.nan, 1, {}),
        (0, math.nan, {}),
        (0.0, math.inf, {}),
        (-math.inf, 0.0, {}),
        (0, 1, {"scale": "log"}),
        (-1.0, 1.0, {"scale": "log"}),
        (0, 1, {"step": 0}),
        (0, 1, {"step": -1}),
        (0, 1, {"step": math.nan}),
        (0, 10, {"step": 2, "count": 2}),
        (1, 10, {"step": 2, "scale": "log"}),
        (0, 10, {"count": 1}),
        (0.0, 1.0, {"count": MAX_GRID + 1}),
        (0.0, 1.0, {"step": 1 / (2 * MAX_GRID)}),
    ],
)
def test_a_range_that_makes_no_sense_is_refused(low, high, options):
    with pytest.raises(ValueError, match=r"low|range|step|count|finite"):
        Range(low, high, **options)


def test_a_range_of_floats_is_enumerated_by_step_or_count_only():
    with pytest.raises(ValueError, match="give the range a step or a count"):
        Range(0.0, 1.0).values()


@given(bounds(FLOATS), st.integers(2, 50))
def test_a_count_of_values_goes_from_end_to_end(ends, count):
    low, high = ends
    values = Range(low, high, count=count).values()
    assert (values[0], values[-1]) == (low, high)
    assert len(values) <= count
    assert list(values) == sorted(set(values))


@given(bounds(st.floats(1e-9, 1e9)), st.integers(2, 50))
def test_a_count_of_values_on_a_logarithmic_scale_goes_from_end_to_end(ends, count):
    low, high = ends
    values = Range(low, high, count=count, scale="log").values()
    assert (values[0], values[-1]) == (low, high)
    assert list(values) == sorted(set(values))


@given(st.integers(0, 1000), st.integers(2, 100), st.integers(1, 6))
def test_a_logarithmic_scale_keeps_the_ratio_of_neighbours(low, count, decades):
    values = np.array(Range(float(low + 1), float((low + 1) * 10**decades), count=count, scale="log").values())
    assert values[1:] / values[:-1] == pytest.approx(10 ** (decades / (count - 1)))


@given(
    low=st.integers(-1000, 1000).map(lambda eighths: eighths / 8), steps=st.integers(1, 99), step=st.floats(0.001, 99)
)
@example(low=0.0, steps=9, step=0.1)
def test_steps_begin_at_the_low_end_and_stay_within_the_range(low, steps, step):
    span = Range(low, low + steps * step, step=step)
    values = span.values()
    assert values[0] == low
    assert len(values) == steps + 1
    assert values[-1] <= span.high
    assert np.diff(values) == pytest.approx(step)


def test_a_step_that_passes_the_high_end_by_a_hair_does_not_leave_the_range():
    assert max(Range(0, 0.9999999999, step=0.1).values()) <= 0.9999999999


@given(bounds(st.integers(-1000, 1000)), st.sampled_from([{}, {"step": 7}, {"count": 5}]))
def test_whole_numbers_stay_whole_when_enumerated(ends, spacing):
    low, high = ends
    values = Range(low, high, **spacing).values()
    assert {type(value) for value in values} == {int}
    assert values[0] == low
    assert values[-1] <= high
    assert list(values) == sorted(set(values))


SPANS = st.builds(
    lambda ends, scale: Range(*ends, scale=scale),
    bounds(st.integers(1, 1000)) | bounds(st.floats(1e-9, BOUND)),
    st.sampled_from(["linear", "log"]),
)


@given(SPANS, st.integers(0, 2**32 - 1))
def test_what_is_drawn_lies_within_the_range_and_has_its_type(span, seed):
    drawn = span.at(np.random.default_rng(seed).random())
    assert span.low <= drawn <= span.high
    assert type(drawn) is type(span.low)


def test_whole_numbers_are_drawn_with_both_ends():
    rng = np.random.default_rng(0)
    assert {Range(1, 3).at(rng.random()) for _ in range(100)} == {1, 2, 3}


@pytest.mark.parametrize(
    "span",
    [Range(1, 9, step=4), Range(0.0, 1.0, step=0.3), Range(1e-4, 1e-2, count=3, scale="log"), Range(1, 64, count=4)],
)
def test_a_range_with_a_step_or_a_count_is_drawn_from_like_the_list_of_its_values(span):
    rng = np.random.default_rng(0)
    drawn = [span.at(rng.random()) for _ in range(300)]
    assert sorted(set(drawn)) == list(span.values())
    assert min(map(drawn.count, span.values())) > 50


@pytest.mark.parametrize(
    ("span", "middle"), [(Range(0.0, 10.0), 5.0), (Range(1.0, 10_000.0, scale="log"), 100.0), (Range(1, 101), 51)]
)
def test_half_of_what_is_drawn_lies_below_the_middle_of_the_scale(span, middle):
    rng = np.random.default_rng(0)
    assert sum(span.at(rng.random()) < middle for _ in range(2000)) == pytest.approx(1000, abs=100)


# Candidates


def test_candidates_are_equal_when_their_values_are_in_whatever_order():
    one = Candidate({"a": {"x": 1, "y": [1, 2]}, "b": {"z": None}})
    other = Candidate({"b": {"z": None}, "a": {"y": (1, 2), "x": 1}})
    assert one == other
    assert hash(one) == hash(other)
    assert one.key == '{"a":{"x":1,"y":[1,2]},"b":{"z":null}}'


@pytest.mark.parametrize("values", [{"a": {"x": 2}}, {"b": {"x": 1}}, {"a": {"y": 1}}, {"a": {"x": "1"}}, {"a": {}}])
def test_candidates_differ_in_any_value_name_or_group(values):
    assert Candidate(values) != Candidate({"a": {"x": 1}})


@given(st.dictionaries(st.text(), st.dictionaries(st.text(), PLAIN, max_size=3), max_size=3))
def test_a_candidate_survives_pickling(values):
    candidate = Candidate(values)
    copy = pickle.loads(pickle.dumps(candidate))
    assert copy == candidate
    assert copy.flat == candidate.flat
    assert {group: dict(chosen) for group, chosen in copy.values.items()} == values


def test_a_candidate_cannot_be_changed():
    mine = {"a": {"x": 1}}
    candidate = Candidate(mine)
    mine["a"]["x"] = 2
    with pytest.raises(TypeError):
        candidate.values["a"]["x"] = 3
    assert candidate.flat == {"x": 1}


def test_flat_names_keep_the_order_and_are_bare_where_one_group_has_them():
    candidate = Candidate({"dropout": {"rate": 0.2, "limit": 3}, "training": {"epochs": 5}})
    assert list(candidate.flat.items()) == [("rate", 0.2), ("limit", 3), ("epochs", 5)]
    assert str(candidate) == "{'rate': 0.2, 'limit': 3, 'epochs': 5}"


def test_a_flat_name_that_two_groups_share_has_its_group_before_it():
    candidate = Candidate({"a": {"rate": 1, "x": 2}, "b": {"rate": 3}, "c": {"y": 4}})
    assert candidate.flat == {"a.rate": 1, "x": 2, "b.rate": 3, "y": 4}


# Spaces


def test_the_last_parameter_varies_fastest():
    space = Space({"b": {"x": Choices(2, 1)}, "a": {"y": Choices("p", "q"), "z": Range(0, 1)}})
    assert [tuple(candidate.flat.values()) for candidate in space.enumerate()] == [
        (2, "p", 0),
        (2, "p", 1),
        (2, "q", 0),
        (2, "q", 1),
        (1, "p", 0),
        (1, "p", 1),
        (1, "q", 0),
        (1, "q", 1),
    ]
    assert all(list(candidate.values) == ["b", "a"] for candidate in space.enumerate())


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_a_grid_holds_every_combination_once(lengths):
    space = Space({"m": {f"p{axis}": Choices(*range(length)) for axis, length in enumerate(lengths)}})
    candidates = list(space.enumerate())
    assert [tuple(candidate.flat.values()) for candidate in candidates] == list(
        itertools.product(*(range(length) for length in lengths))
    )
    assert space.size == len(candidates) == len(set(candidates))


def test_a_grid_of_the_most_candidates_is_enumerated_and_one_more_is_refused():
    most = Space({"m": {"x": Range(1, MAX_GRID)}})
    assert next(most.enumerate()).flat == {"x": 1}
    with pytest.raises(ValueError, match="this grid has 100,001 candidates; at most 100,000 are allowed"):
        next(Space({"m": {"x": Range(0, MAX_GRID)}}).enumerate())


def test_a_grid_is_refused_before_it_fills_the_memory():
    with pytest.raises(ValueError, match="more than 100,000"):
        next(Space({"m": {"x": Range(0, 10**15)}}).enumerate())


def test_a_range_without_steps_can_be_drawn_from_but_not_enumerated():
    space = Space({"m": {"x": Range(0.0, 1.0)}})
    assert 0 <= space.sample(space.rng()).flat["x"] <= 1
    with pytest.raises(ValueError, match="give the range a step or a count"):
        next(space.enumerate())


@given(st.integers(0, 2**32 - 1))
def test_a_sampled_candidate_has_a_value_of_every_domain(seed):
    domains = {"a": {"x": Choices("p", "q"), "y": Range(1, 9)}, "b": {"z": Range(0.1, 0.2, scale="log")}}
    chosen = Space(domains, seed=seed).sample(np.random.default_rng(seed)).values
    assert {group: list(values) for group, values in chosen.items()} == {"a": ["x", "y"], "b": ["z"]}
    assert chosen["a"]["x"] in ("p", "q")
    assert chosen["a"]["y"] in range(1, 10)
    assert 0.1 <= chosen["b"]["z"] <= 0.2


def test_a_space_draws_the_same_for_the_same_seed():
    def drawn(seed):
        space = Space({"m": {"x": Range(0.0, 1.0)}}, seed=seed)
        rng = space.rng()
        return [space.sample(rng) for _ in range(5)]

    assert drawn(3) == drawn(3)
    assert drawn(3) != drawn(4)
    assert len(set(drawn(3))) == 5
