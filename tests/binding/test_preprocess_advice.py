"""What to write where models cannot use the columns of a table: whoever writes it has an experiment that binds and runs."""

from __future__ import annotations

import re

import pytest

from binding.test_preprocess import CITY, HOLES, NOTE, PLAIN, table, text
from gridloom import Column
from gridloom.core.spelling import Speech, speaking
from gridloom.errors import InvalidInput
from gridloom.experiment.able import check_engine

TORN = Column("town", "category", ("x", "y"), gaps=True)
TORN_NOTE = Column("remark", "text", ("a b", "c"), gaps=True)
MORE_HOLES = Column("rent", gaps=True)

ADVICE = {
    "no steps": ([HOLES, CITY], "null", "[impute, one_hot, standardize]"),
    "gaps besides categories": ([HOLES, CITY], "[one_hot]", "[impute, one_hot, standardize]"),
    "categories besides gaps": ([HOLES, CITY], "[impute]", "[impute, one_hot, standardize]"),
    "everything": ([HOLES, CITY, NOTE], "[standardize, pca]", "[impute, one_hot, text_vectors, standardize, pca]"),
    "own scaling": ([PLAIN, CITY], "[minmax]", "[one_hot, minmax]"),
    "own options": ([HOLES, CITY], "[{name: one_hot, max_categories: 3}, robust]", "[impute, {name: one_hot, max_categories: 3}, robust]"),
    "own names": ([HOLES, PLAIN], "[{name: pca, components: 1, step: few}]", "[impute, {name: pca, components: 1, step: few}]"),
    "a step that is too late": ([PLAIN, HOLES], "[standardize, pca, impute]", "[impute, standardize, pca]"),
    "a step of other columns": ([HOLES, MORE_HOLES], "[{name: impute, columns: [income]}]", "[{name: impute, columns: [income, rent]}, standardize]"),
    "gaps in all kinds": ([TORN, TORN_NOTE], "null", "[impute, one_hot, text_vectors, standardize]"),
    "texts that are numbers already": ([CITY, NOTE], "[ordinal, standardize]", "[text_vectors, ordinal, standardize]"),
}  # fmt: skip


@pytest.mark.parametrize("case", ADVICE)
def test_the_steps_to_write_are_those_of_the_file_and_the_missing_ones_and_suit_the_data(case, read):
    columns, preprocess, right = ADVICE[case]
    with pytest.raises(InvalidInput) as caught:
        check_engine(read(text(preprocess)), table(columns))
    (written,) = re.findall(r"'preprocess: (\[.*?\])'(?:$|,)", str(caught.value))
    assert written == right
    check_engine(read(text(written)), table(columns))


def test_one_column_with_two_troubles_is_named_once(read):
    with pytest.raises(InvalidInput, match=r"the column 'remark' contains text and has missing cells, which"):
        check_engine(read(text("null")), table([PLAIN, TORN_NOTE]))
    told = "the columns 'city', 'town' contain categories, and the column 'income' has missing cells, which"
    other = Column("town", "category", ("x", "y"))
    with pytest.raises(InvalidInput, match=told):
        check_engine(read(text("null")), table([CITY, other, HOLES]))


ROWS = "".join(f"{row % 2},b{row % 3},{row % 2},{row or ''},{row},s{row % 2},x,{row % 2}\n" for row in range(60))
PEOPLE = f"zero,name,city,income,age,street,note 1,y\n{ROWS}"


def of_csv(options):
    return f"dataset: {{name: csv, path: people.csv, target: y{options}}}\n" + text("null").partition("\n")[2]


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        (", drop: [age, 'note 1']", "'drop: [age, note 1, name, city, income, street]' next to the data set's name"),
        ("", "'drop: [name, city, income, street, note 1]' next to the data set's name"),
        (", features: [name, city, age]", "'features: [age]' next to the data set's name"),
    ],
)
def test_columns_to_exclude_are_all_that_models_cannot_use_and_those_excluded_already(options, advice, read, tmp_path):
    (tmp_path / "people.csv").write_text(PEOPLE)
    experiment = read(of_csv(f", types: {{city: category}}{options}"))
    with pytest.raises(InvalidInput) as caught:
        check_engine(experiment, experiment.load_data())
    assert str(caught.value).partition(", or exclude columns: ")[2] == advice
    option, _, _ = advice.removeprefix("'").partition("' next")
    followed = read(of_csv(f", {option}"))
    check_engine(followed, followed.load_data())


def test_a_list_that_is_too_long_to_print_is_none_at_all(read):
    columns = [PLAIN, *(Column(f"a rather long name of a column {number}", gaps=True) for number in range(60))]
    experiment = read(of_csv("").replace("people.csv", __file__))
    with pytest.raises(InvalidInput) as caught:
        check_engine(experiment, table(columns))
    assert str(caught.value).endswith(", or exclude columns: list the columns to learn from under 'features'")


def test_in_python_it_is_arguments(read):
    said = read(text("[{name: one_hot, max_categories: 3}]"))
    with speaking(Speech.ARGUMENTS), pytest.raises(InvalidInput) as caught:
        check_engine(said, table([HOLES, CITY]))
    assert "write preprocess=['impute', {'name': 'one_hot', 'max_categories': 3}, 'standardize']" in str(caught.value)


def test_a_table_without_usable_columns_has_none_to_exclude(read):
    with pytest.raises(InvalidInput) as caught:
        check_engine(read(of_csv("").replace("people.csv", __file__)), table([HOLES]))
    assert "exclude" not in str(caught.value)
