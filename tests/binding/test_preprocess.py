"""Steps of preprocessing: what binds, what is refused where, and which data they suit."""

from __future__ import annotations

import numpy as np
import pytest

from gridloom import Column, Data
from gridloom.errors import InvalidInput
from gridloom.experiment.able import check_engine

EXPERIMENT = """\
dataset: iris
model: logistic_regression
preprocess: {preprocess}
search: {{space: {{model: {{C: [1.0]}}{space}}}}}
"""


def text(preprocess, space=""):
    return EXPERIMENT.format(preprocess=preprocess, space=space and f", preprocess: {space}")


@pytest.mark.parametrize(
    ("preprocess", "message"),
    [
        ("►[]", "this list is empty; name a step, or remove 'preprocess'"),
        ("[►standardise]", "unknown transform 'standardise'; did you mean 'standardize'?"),
        ("[{name: select_k_best, k: ►0}]", "should be greater than or equal to 1, not 0"),
        ("[{name: select_k_best, ►best: 3}]", "unknown option 'best'; known: by, k"),
        ("[standardize, ►standardize]", "a step 'standardize' already exists; rename one of them with 'step: NAME'"),
        ("[{name: pca, components: ►2.5}]", "should be less than 1, not 2.5"),
        ("[{►pca: {whiten: true}}]", "options go next to the name: {name: pca, whiten: true}"),
    ],
)  # fmt: skip
def test_a_step_is_refused_where_it_stands(preprocess, message, refused):
    refused(text(preprocess), message)


@pytest.mark.parametrize(
    ("space", "message"),
    [
        ("{►scale: [robust]}", "there is no step 'scale'; known: select_k_best, standardize"),
        ("{standardize: [robust, ►robst]}", "unknown transform 'robst'; did you mean 'robust'?"),
        ("{standardize: [robust, ►robust]}", '"robust" is in this list twice'),
        (
            "{standardize: [►{name: pca}]}",
            'write the name of a transform, or null to skip the step, not {"name": "pca"}',
        ),
        ("{standardize: ►7}", "write a list of transforms to try in this step, or a mapping of its options, not 7"),
        ("►{}", "write a mapping of steps to transforms or values to try; known: standardize, select_k_best"),
    ],
)
def test_what_is_tried_is_refused_where_it_stands(space, message, refused):
    refused(text("[standardize, select_k_best]", space), message)


@pytest.mark.parametrize(
    ("options", "message"),
    [("{n: [1]}", "unknown option 'n'; known: by, k"), ("{k: [0]}", "should be greater than or equal to 1, not 0")],
)
def test_what_is_tried_for_an_option_is_refused(options, message, read):
    with pytest.raises(InvalidInput) as caught:  # with a setting, since no schema knows what a step is
        read(text("[select_k_best]", f"{{select_k_best: {options}}}"), "seed=1")
    assert [problem.message for problem in caught.value.problems] == [message]


def test_a_space_without_steps_names_none(refused):
    marked = text("[standardize]", "{standardize: [robust]}").replace("preprocess: [standardize]\n", "")
    refused(marked.replace(", preprocess", ", ►preprocess"), "there is no 'preprocess:' with steps to search")


def test_steps_bind_with_their_options_columns_names_and_what_is_tried(read):
    experiment = read(
        text(
            "[{name: quantile, n_quantiles: 5, columns: [a, b]}, {name: quantile, step: again}]",
            "{again: [quantile, robust, null], quantile: {distribution: [uniform, normal]}}",
        )
    )
    first, second = experiment.preprocess
    assert (first.name, first.columns, [*first.ways]) == ("quantile", ("a", "b"), ["quantile"])
    assert (second.name, second.columns, [*second.ways]) == ("again", None, ["quantile", "robust"])
    assert second.may_be_left_out
    assert experiment.space.names == ["C", "again", "quantile.distribution"]
    assert experiment.resolved["preprocess"] == [
        {"name": "builtin-transforms:quantile", "n_quantiles": 5, "distribution": "uniform", "columns": ["a", "b"]},
        {"name": "builtin-transforms:quantile", "n_quantiles": 100, "distribution": "uniform", "step": "again"},
    ]


PLAIN = Column("age")
CITY = Column("city", "category", ("x", "y"))
NOTE = Column("note", "text", ("a b", "c"))
HOLES = Column("income", gaps=True)
CASES = {
    "a category": ([PLAIN, CITY], None, "the column 'city' contains categories, which models cannot use; write 'preprocess: [one_hot, standardize]'"),
    "gaps and a category": ([HOLES, CITY], "[standardize]", "the column 'city' contains categories, and the column 'income' has missing cells, which models cannot use; write 'preprocess: [impute, one_hot, standardize]'"),
    "text": ([NOTE], None, "the column 'note' contains text, which models cannot use; write 'preprocess: [text_vectors, standardize]'"),
    "nothing to do": ([PLAIN], "[one_hot]", "'one_hot' is for category columns, and there are none here (only numeric); remove it"),
    "an unknown column": ([PLAIN], "[{name: standardize, columns: [agee]}]", "there is no column 'agee' at this step; did you mean 'age'?"),
    "a gap that may be left": ([HOLES], ("[impute]", "{impute: [impute, null]}"), "the column 'income' has missing cells, which models cannot use; remove null from what is tried for the step 'impute', since"),
    "texts with gaps": ([PLAIN, Column("note", "text", ("a b", "c"), gaps=True)], None, "write 'preprocess: [text_vectors, standardize]'"),
    "gaps before the step that fills them": ([PLAIN, HOLES], "[standardize, pca, impute]", "'pca' does not accept missing cells, which the column 'income' has; write 'preprocess: [impute, standardize, pca]'"),
    "gaps where a step is searched": ([HOLES], ("[standardize, impute]", "{standardize: [standardize, pca]}"), "'pca' does not accept missing cells"),
    "texts for a step of numbers": ([PLAIN, CITY], "[{name: robust, columns: [age, city]}, one_hot]", "'robust' is for numeric or date columns, but the column 'city' contains text; remove it from 'columns'"),
    "categories of one column": ([CITY, NOTE], "[{name: one_hot, columns: [city]}]", "the column 'note' contains text"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_data_that_no_step_makes_fit_for_a_model_are_refused_with_the_line_to_write(case, read):
    columns, preprocess, message = CASES[case]
    steps = preprocess if isinstance(preprocess, tuple) else (preprocess, "")
    said = text(*steps) if preprocess else text("null")
    with pytest.raises(InvalidInput) as caught:
        check_engine(read(said), table(columns))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("columns", "steps"),
    [
        ([PLAIN], "null"),
        ([PLAIN, CITY, NOTE, HOLES], "[impute, one_hot, text_vectors, standardize]"),
        ([CITY, HOLES], "[ordinal, impute, pca]"),
    ],
)
def test_data_that_are_made_fit_are_taken(columns, steps, read):
    check_engine(read(text(steps)), table(columns))


def test_rows_that_are_no_table_have_no_steps(read):
    images = Data(np.zeros((4, 3, 3)), np.array([0, 1, 0, 1]), classes=("a", "b"))
    with pytest.raises(InvalidInput, match=r"preprocessing is for tables, but a row .* has the shape \(3, 3\)"):
        check_engine(read(text("[standardize]")), images)


def table(columns):
    X = np.tile(np.array([[0.0], [1.0], [0.0], [1.0]]), len(columns))
    return Data(X, np.array([0, 1, 0, 1]), classes=("a", "b"), columns=tuple(columns))
