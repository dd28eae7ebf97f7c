"""`gridloom predict`: rows of a file, read as the columns of the model say, in and predictions out."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import gridloom as public
from gridloom.core.code import Code
from gridloom.models.card import read_card
from gridloom.models.export_code import loading_script
from gridloom.models.new_file import Rules, read_rows

from . import mixed

ROWS = """city,age,note,since,member,left
Rome,31.5,good cheap,2001-02-03,yes,no
Paris,,bad unheard,1999-12-31T12:00,No,yes
NA,64,late late,2010-07-01,true,no
"""
SAME = pd.DataFrame(
    {
        "age": [31.5, np.nan, 64],
        "city": ["Rome", "Paris", None],
        "member": [True, False, True],
        "since": pd.to_datetime(["2001-02-03", "1999-12-31T12:00", "2010-07-01"], format="ISO8601"),
        "note": ["good cheap", "bad unheard", "late late"],
    }
)


@pytest.fixture
def new(tmp_path):
    """Write new rows into a file."""

    def new(text=ROWS, name="new.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return new


def test_a_file_is_predicted_as_the_table_is_and_unknown_categories_are_named_once(kept, gridloom, new, tmp_path):
    run = kept()
    model = public.load(run)
    done = gridloom("predict", "small", file := new())
    assert done.returncode == 0, done.stderr
    assert "columns ignored, since the model was trained without them: 'left'" in done.stderr
    unseen = f"{file.name}: column 'city': 1 row has a value not seen in training, such as 'Paris'\n"
    assert done.stderr.count(unseen) == done.stderr.count("not seen in training") == 1
    table = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["prediction"] for row in table] == model.predict(SAME).tolist()
    shares = [[float(row[f"probability of {name}"]) for name in ("no", "yes")] for row in table]
    np.testing.assert_allclose(shares, model.predict_proba(SAME), atol=1e-12)
    assert gridloom("predict", run / "model", "new.csv", "-o", "out.csv").stdout == ""
    assert (tmp_path / "out.csv").read_text("utf-8") == done.stdout


@pytest.fixture
def card(tmp_path):
    """The card of a model of the mixed table, whose data set says more or less of its file."""

    def card(**dataset):
        columns = [
            {"name": column.name, "kind": column.kind, "values": list(column.values), "gaps": column.gaps}
            for column in mixed.columns()
        ]
        content = {"format": 1, "columns": columns, "classes": ["no", "yes"], "input_shape": [5], "note": {}}
        content |= {"engine": "e", "model": "m", "experiment": {"dataset": dataset}}
        (tmp_path / "card.json").write_text(json.dumps(content))
        return read_card(tmp_path)

    return card


def test_a_file_is_read_as_the_training_data_were(card, new):
    plain, _ = read_rows(new(), card())
    semicolons = ROWS.replace(",", ";").replace("31.5", "31,5").replace("NA", "unknown")
    other, unused = read_rows(new(semicolons), card(decimal=",", missing=["unknown"]))
    pd.testing.assert_frame_equal(plain, other)
    assert unused == ["left"]
    assert plain["since"][1] == pytest.approx(10956.5)


def test_numbers_that_mean_missing_are_missing_however_they_are_written():
    rules = Rules.of({"missing": ["-99", "unknown"]})
    assert [rules.is_missing(cell) for cell in ("-99", "-99.0", "", "unknown", "NA", "99")] == [True] * 4 + [False] * 2


@pytest.mark.parametrize(
    ("changed", "encoding"),
    [
        (lambda text: text.replace(",", ";"), "utf-8"),
        (lambda text: "sep=\t\n" + text.replace(",", "\t"), "utf-8"),
        (str, "utf-16"),
        (str, "utf-8-sig"),
        (lambda text: text.replace("Rome", "Köln"), "utf-8"),
        (lambda text: text.replace("Rome", "Köln"), "cp1252"),
    ],
)
def test_a_file_that_is_laid_out_in_another_way_is_read_as_it_shows_itself(card, new, tmp_path, changed, encoding):
    plain, _ = read_rows(new(), card())
    (tmp_path / "other.csv").write_text(changed(ROWS), encoding=encoding)
    other, unused = read_rows(tmp_path / "other.csv", card(delimiter=",", encoding="cp1252"))
    assert other["city"][0] in ("Rome", "Köln")
    pd.testing.assert_frame_equal(plain.drop(columns="city"), other.drop(columns="city"))
    assert unused == ["left"]


def test_a_column_that_is_missing_is_named_whatever_parts_the_cells(card, new):
    with pytest.raises(public.InvalidInput, match=r"there is no column 'age'; the header has: city, note, since"):
        read_rows(new("city;note;since;member\nRome;a;2001-02-03;yes\n"), card(delimiter=","))


def test_cells_that_are_wrong_are_told_once_a_column_with_their_number(card, new):
    rows = "".join(f"Rome,{number},bad,2001-02-03,yes,no\n" for number in "xy")
    with pytest.raises(public.InvalidInput) as caught:
        read_rows(new(ROWS.partition("\n")[0] + "\n" + rows), card())
    assert str(caught.value) == f"{new().parent}/new.csv:2:6: column 'age': 'x' is not a number (and in 1 more rows)"
    with pytest.raises(
        public.InvalidInput, match=r"'31,5' is not a number; the decimal mark of the training data is '\.'"
    ):
        read_rows(new(ROWS.replace(",", ";").replace("31.5", "31,5")), card())


UNUSUAL = ROWS.replace(",", ";").replace("31.5", "31,5").replace("good cheap", " good NA ").replace(";64;", "; -9,0;")


@pytest.mark.parametrize(
    ("text", "dataset"),
    [
        (ROWS, {}),
        (UNUSUAL, {"delimiter": ";", "decimal": ",", "missing": [-9, "Paris"], "encoding": "cp1252"}),
        (UNUSUAL.partition("\n")[2].replace(";", "|"), {"header": False, "decimal": ",", "missing": ["unknown"]}),
    ],
)
def test_the_script_of_an_export_reads_a_file_as_predict_does(card, new, text, dataset):
    card = card(**dataset)
    if "header" in dataset:
        names = ["city", "age", "note", "since", "member"]
        numbered = [replace(column, name=str(names.index(column.name))) for column in card.columns]
        card = replace(card, columns=tuple(numbered))
    content = {**card.content, "run": "small", "target": "left"}
    script = loading_script(replace(card, content=content), Code(""), None)
    space = {"__file__": "predict.py"}
    exec(script.text, space)
    ours, _ = read_rows(new(text), card)
    pd.testing.assert_frame_equal(space["read"](new(text)), ours, check_dtype=False)


WRONG = {
    "Rome,31.5,": ("Rome,31;5,", "new.csv:2:6: column 'age': '31;5' is not a number"),
    "cheap,2001-02-03": ("cheap,3.2.2001", "new.csv:2:22: column 'since': '3.2.2001' is not an ISO 8601 date"),
    "2001-02-03,yes": ("2001-02-03,maybe", "new.csv:2:33: column 'member': 'maybe' is not true or false, yes or no"),
    "late late": ("", "new.csv:4:7: column 'note': is missing, but this column had no missing cells in training"),
    "city,age": ("city,agee", "new.csv:1:1: there is no column 'age'; did you mean 'agee'?"),
    "Rome,31.5": ("Rome,1,31.5", "new.csv:2:1: this row has 7 cells, but the header has 6"),
    ROWS: ("", "new.csv:1:1: the file is empty; it needs a header and rows"),
}


@pytest.mark.parametrize("good", WRONG)
def test_what_is_wrong_with_a_file_is_told_with_its_place(card, new, good):
    bad, said = WRONG[good]
    with pytest.raises(public.InvalidInput) as caught:
        read_rows(new(ROWS.replace(good, bad)), card())
    assert said in str(caught.value)


def test_classes_that_a_spreadsheet_would_compute_are_escaped(write, gridloom, tmp_path):
    rows = "\n".join(f"{number},{'=a' if number % 2 else 'b'}" for number in range(12))
    (tmp_path / "data.csv").write_text(f"x,y\n{rows}\n")
    file = write(dataset={"name": "csv", "path": "data.csv", "target": "y"}, refit=True, reporters=[])
    assert gridloom("run", file).returncode == 0
    done = gridloom("predict", "small", "data.csv")
    head, *rest = done.stdout.splitlines()
    assert head == "prediction,probability of =a,probability of b"
    assert {line.partition(",")[0] for line in rest} == {"'=a", "b"}


def test_commands_that_cannot_be_done_are_refused(kept, gridloom, new, tmp_path):
    kept()
    for arguments, code, said in [
        (("small", new(), "-o", "new.csv"), 2, "new.csv: this file contains the new rows; write to another one"),
        (("small", "new.csv", "-o", "nowhere/out.csv"), 4, "nowhere"),
        (("smal", "new.csv"), 2, "there is no such run in runs; did you mean 'small'?"),
        (("small", "old.csv"), 2, "old.csv: cannot be read: No such file or directory"),
    ]:
        done = gridloom("predict", *arguments)
        assert (done.returncode, done.stdout) == (code, ""), done.stderr
        assert said in done.stderr
    write_less = tmp_path / "runs" / "small" / "model" / "card.json"
    write_less.unlink()
    assert "runs/small has no model; write 'refit: true'" in gridloom("predict", "small", "new.csv").stderr
