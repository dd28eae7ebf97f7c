"""Spaces of all kinds, for tests that hold in any: lists and ranges, conditions, unions, requirements, full trainings."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from gridloom import Choices, Extent, Range, Relation, Space, When

LISTS = st.lists(st.integers(0, 9), min_size=1, max_size=4, unique=True).map(lambda values: Choices(*values))
RANGES = st.builds(
    lambda low, width, kind: Range(*kind[0](low, width), **kind[1](width)),
    st.integers(1, 20),
    st.integers(1, 7),
    st.sampled_from(
        [
            (lambda low, width: (low, low + width), lambda _: {}),
            (lambda low, width: (low, low + width), lambda width: {"step": max(width // 3, 1)}),
            (lambda low, width: (float(low), float(low + width)), lambda _: {}),
            (lambda low, width: (low / 7, low / 7 + width), lambda _: {"scale": "log"}),
            (lambda low, width: (float(low), float(low + width)), lambda width: {"count": min(width, 3) + 1}),
        ]
    ),
)
NUMBERS = st.one_of(LISTS, RANGES)
METHODS = ("adam", "sgd", "rmsprop")


@st.composite
def subspaces(draw: Any) -> dict[str, dict[str, Any]]:
    """One to five parameters in two groups; some are there only for some methods, and one only for some of these."""
    method = Choices(*METHODS[: draw(st.integers(1, 3))])
    domains: dict[str, dict[str, Any]] = {"training": {"method": method}, "model": {"width": draw(NUMBERS)}}
    if draw(st.booleans()):
        domains["model"]["height"] = draw(NUMBERS)
    if draw(st.booleans()):
        domains["training"]["momentum"] = When(draw(NUMBERS), {"method": METHODS[:1]})
        if draw(st.booleans()):
            least = min(domains["training"]["momentum"].domain.at(0.1 * share) for share in range(10))
            domains["training"]["decay"] = When(draw(NUMBERS), {"momentum": (least,)})
    if draw(st.booleans()):
        del domains["model"]
    return domains


@st.composite
def spaces(draw: Any) -> Space:
    """A space of one or two such parts, maybe with something required."""
    parts = draw(st.lists(subspaces(), min_size=1, max_size=2))
    has_both = {"width", "height"} <= {name for part in parts for name in part.get("model", {})}
    kinds = draw(st.sets(st.sampled_from(["at_most", "differ"]), max_size=1)) if has_both else ()
    require = [Relation(kind, ("width", "height")) for kind in kinds]
    full = Extent(draw(st.integers(1, 2)), draw(st.sampled_from([4, 1])), draw(st.sampled_from([None, 1, 5, 27])))
    return Space(*parts, seed=draw(st.integers(0, 99)), require=require, full=full)
