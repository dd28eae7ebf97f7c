"""A model that was kept predicts on new rows as plain scikit-learn would, and says what is wrong with others."""

from __future__ import annotations

import datetime as dt
import sys
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

import gridloom as public
from gridloom.core.columns import frame_of
from gridloom.models.model import Model
from gridloom.models.new_rows import table_of
from gridloom.models.unseen import tell_unseen

from . import mixed

NEW = pd.DataFrame(
    {
        "note": ["good cheap", "bad unheard", "late late"],
        "since": pd.to_datetime(["2001-02-03", "1999-12-31", "2010-07-01"]),
        "member": [True, False, True],
        "city": ["Rome", "Paris", None],  # one that was not in training, and a gap
        "age": [31.5, np.nan, 64],
    }
)


@pytest.fixture
def model(kept):
    return public.load(kept())


def plain(table, y, C):
    """The same by plain scikit-learn: numbers and texts are prepared side by side, and scaled together."""
    numbers = ["age", "member", "since"]
    features = ColumnTransformer(
        [
            ("rest", SimpleImputer(strategy="median"), ["age"]),
            ("often", SimpleImputer(strategy="most_frequent"), numbers[1:]),
            (
                "city",
                make_pipeline(
                    SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore", sparse_output=False)
                ),
                ["city"],
            ),
            ("note", TfidfVectorizer(), "note"),
        ],
        sparse_threshold=0,
    )
    return make_pipeline(features, StandardScaler(), StandardScaler(), LogisticRegression(C=C, max_iter=1000)).fit(
        table, y
    )


def test_predictions_on_new_rows_are_those_of_plain_scikit_learn(model):
    data = mixed.load()
    table = frame_of(data.columns, data.X)
    by_hand = plain(table, data.y, model.card["parameters"]["C"])
    new = NEW.assign(since=(NEW["since"] - pd.Timestamp(0)) / pd.Timedelta(days=1), member=NEW["member"].astype(float))
    new = new.assign(city=new["city"].astype(object).where(new["city"].notna(), np.nan))
    for rows, known in ((NEW, new), (table, table)):
        np.testing.assert_allclose(model.predict_proba(rows), by_hand.predict_proba(known[table.columns]), atol=1e-6)
        assert list(model.predict(rows)) == [("no", "yes")[label] for label in by_hand.predict(known[table.columns])]
    assert model.classes == ("no", "yes")
    assert isinstance(model, Model)
    assert list(model.transform(NEW).columns) == model.card["features"]


def test_a_number_is_predicted_as_a_number(kept):
    run = kept(
        dataset="diabetes",
        model={"name": "random_forest", "trees": 3},
        preprocess=None,
        search=SMALL_FOREST,
        validation={"folds": 2},
    )
    model = public.load(run)
    X = np.zeros((2, 10))
    assert model.predict(X).tolist() == model.model.predict(X).tolist()
    assert model.predict(X).dtype == np.float64
    with pytest.raises(public.DataError, match="there are no probabilities: the target is a number"):
        model.predict_proba(X)


SMALL_FOREST = {"space": {"model": {"max_depth": [2, 3]}}}


def test_arrays_are_taken_in_the_order_of_the_card():
    data = mixed.load(texts=False)
    by_number = table_of(data.columns, data.X)
    pd.testing.assert_frame_equal(by_number, frame_of(data.columns, data.X))
    pd.testing.assert_frame_equal(table_of(data.columns, by_number.to_numpy(dtype=object)), by_number)


def table(**changes):
    return NEW.assign(**changes)


WRONG = {
    "two are missing": (NEW.drop(columns=["age", "city"]), "the table lacks the columns 'age', 'city'; known: member"),
    "one is misspelt": (NEW.rename(columns={"age": "agee"}), "lacks the column 'age'; did you mean 'agee'?"),
    "text for a number": (
        table(age=["31", "x", "3"]),
        "'age' is numeric, but '31' (row 0, counted from 0) is not a number",
    ),
    "infinite": (table(age=[1, np.inf, 2]), "'age' is numeric, but it contains a number that is not finite"),
    "a date for a number": (
        table(age=NEW["since"]),
        "'age' is numeric, but '2001-02-03 00:00:00' (row 0, counted from 0)",
    ),
    "no boolean": (table(member=[1, 2, 0]), "'member' is boolean, but '2' (row 1, counted from 0) is neither true nor"),
    "no date": (
        table(since=["2001-02-03", "3.2.2001", "x"]),
        "'since' is date, but '3.2.2001' (row 1, counted from 0)",
    ),
    "a boolean category": (table(city=[True, False, True]), "'city' is category, but 'True' (row 0, counted from 0)"),
    "a number for a text": (table(note=[1, 2, 3]), "'note' is text, but '1' (row 0, counted from 0) is not text"),
    "new gaps": (
        table(member=[True, None, False], note=["a", None, "b"]),
        "the columns 'member', 'note' have missing cells, but had none in training",
    ),
    "of another width": (np.zeros((2, 3)), "the model takes rows of 5 columns, not an array of shape (2, 3)"),
    "numbers alone": (
        np.zeros((2, 5)),
        "the column 'note' contains text, which an array of numbers cannot: pass a table",
    ),
    "twice": (pd.concat([NEW, NEW[["age"]]], axis=1), "the table has the column 'age' twice"),
}


@pytest.mark.parametrize("name", WRONG)
def test_rows_are_refused_with_their_columns(name):
    rows, said = WRONG[name]
    with pytest.raises(public.DataError) as caught:
        table_of(mixed.columns(), rows)
    assert said in str(caught.value)


def test_a_category_that_is_a_number_is_told_as_files_tell_it():
    column = public.Column("grade", "category", ("1", "2", "2.5"), gaps=True)
    found = table_of([column], pd.DataFrame({"grade": [1, 2.5, None]}))["grade"]
    assert found.tolist()[:2] == ["1", "2.5"]
    assert pd.isna(found[2])


def test_dates_of_a_time_zone_are_those_of_utc_as_in_files():
    column = public.Column("since", "date")
    zoned = pd.Series(pd.to_datetime(["2001-02-03 01:00"])).dt.tz_localize("Europe/Rome")
    for cells in (zoned, ["2001-02-03T01:00+01:00"], ["2001-02-03"], [dt.date(2001, 2, 3)]):
        assert table_of([column], pd.DataFrame({"since": cells}))["since"].tolist() == [11356.0]


def test_other_columns_are_left_out_and_that_is_said(caplog):
    assert list(table_of(mixed.columns(), table(left="yes")).columns) == ["age", "city", "member", "since", "note"]
    assert "columns ignored, since the model was trained without them: the column 'left'" in caplog.text


def test_categories_that_training_never_had_are_told_of_each_column(caplog):
    columns = [public.Column("city", "category", ("Bern", "Rome"), gaps=True), public.Column("age")]
    cities = ["Rome", "Paris", None, "x" * 50, "Paris", "Bern", "Oslo", "Lima"]
    tell_unseen(columns, {}, pd.DataFrame({"city": cities, "age": 1.0}))
    assert [record.getMessage() for record in caplog.records] == [
        f"column 'city': 5 rows have values not seen in training, such as 'Paris', '{'x' * 40}...', 'Oslo'"
    ]


def test_a_category_that_only_rows_have_which_are_held_out_is_one_that_training_never_had(caplog):
    city = public.Column("city", "category", ("Bern", "Oslo", "Rome"), gaps=True)
    assert city.values_not_among(np.array([2.0, np.nan, 0.0, 2.0])) == ["Oslo"]
    tell_unseen([city], {"city": ["Oslo"]}, pd.DataFrame({"city": ["Oslo", "Bern"]}))
    assert "column 'city': 1 row has a value not seen in training, such as 'Oslo'" in caplog.text


def test_a_type_of_a_plugin_is_loaded_for_those_who_name_the_plugin(kept, tmp_path):
    run = kept(preprocess=["impute", "one_hot", "text_vectors", "doubled"])
    with pytest.raises(
        public.GridloomError, match=r"preprocessing\.skops contains the type gridloom_plugin_mixed_\w+\.Doubled"
    ):
        public.load(run)
    assert public.load(run, plugins=[str(tmp_path / "mixed.py")]).predict(NEW).shape == (3,)


def test_nothing_is_executed_whatever_a_file_holds(kept):
    run = kept()
    import subprocess

    skops.io.dump({"x": subprocess.Popen}, run / "model" / "preprocessing.skops")
    with pytest.raises(
        public.GridloomError, match=r"contains the type subprocess\.Popen, which is not part of scikit-learn"
    ):
        public.load(run)


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda model: (model / "card.json").write_text("{}"), "is not a model card: KeyError: 'format'"),
        (
            lambda model: (model / "card.json").write_text('{"format": 9, "packages": {"gridloom": "3.0"}}'),
            "format 9, but",
        ),
        (lambda model: (model / "card.json").unlink(), "small has no model; write 'refit: true' in its experiment"),
        (lambda model: (model / "model.skops").write_text("x"), "model.skops cannot be loaded: BadZipFile"),
        (lambda model: (model / "model.skops").unlink(), "model.skops cannot be loaded: FileNotFoundError"),
    ],
)
def test_a_damaged_model_is_told_in_a_sentence(finished, tmp_path, break_it, said):
    finished(refit=True)
    run = tmp_path / "runs" / "small"
    break_it(run / "model")
    with pytest.raises(public.GridloomError) as caught:
        public.load(run)
    assert said in str(caught.value)


def test_a_function_that_is_not_at_the_top_level_of_its_module_is_refused_for_that(tmp_path):
    path = tmp_path / "kept.skops"
    module = ModuleType("own")
    exec("def make():\n    def inner(X):\n        return X\n    return inner\n", vars(module))
    sys.modules["own"] = module
    try:
        skops.io.dump(FunctionTransformer(module.make()), path)
        with pytest.raises(public.GridloomError, match=r"contains own\.inner, a lambda or a local function or class"):
            public.read_skops(path, [module])
    finally:
        del sys.modules["own"]
