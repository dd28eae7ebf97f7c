"""Every candidate against the best, corrected for their number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scored import normal
from statsmodels.stats.multitest import multipletests

from gridloom.results.statistics.comparisons import compare, holm
from gridloom.results.statistics.questions import NewData, Seeds


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
@settings(max_examples=10)  # statsmodels collects garbage in every call, half a second each beside all other tests
def test_holms_p_values_are_those_of_statsmodels(p):
    assert holm(np.array(p)) == pytest.approx(multipletests(p, method="holm")[1])


@pytest.mark.parametrize("question", [Seeds(), NewData(0.5)], ids=lambda question: question.name)
def test_each_other_candidate_is_compared_with_the_best(question):
    scores = normal((4, 1, 3, 5))
    scores[2] += 0.05
    found = compare(scores, question, 2, level=0.9)
    expected = question.differences(scores, 2)
    assert [item.candidate for item in found] == [0, 1, 3]
    for item in found:
        assert item.difference == pytest.approx(scores[2].mean() - scores[item.candidate].mean())
        assert item.p == pytest.approx(expected.p[item.candidate])
        assert item.low < item.difference < item.high
    assert [item.holm for item in found] == pytest.approx(holm(np.array([item.p for item in found])))


def test_an_interval_at_a_level_holds_zero_just_when_the_p_value_is_larger():
    found = compare(normal((30, 1, 3, 4)), Seeds(), 0, level=0.8)
    assert {item.low <= 0 <= item.high for item in found} == {True, False}
    assert all((item.low <= 0 <= item.high) == (item.p >= 0.2) for item in found)


@pytest.mark.parametrize(
    ("question", "shape", "message"), [(Seeds(), (2, 1, 3, 1), "seeds"), (NewData(0.5), (2, 1, 1, 3), "splits")]
)
def test_a_question_that_the_design_cannot_answer_is_refused(question, shape, message):
    with pytest.raises(ValueError, match=f"^one of the {message} does not show how they scatter"):
        compare(normal(shape), question, 0)
