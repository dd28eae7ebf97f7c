"""CSV files as data sets: what they may look like, and what is wrong with one, and where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloom import InvalidInput
from gridloom_plugins.datasets import csv

NO_UTF_8 = (
    "this is not UTF-8 text; name its encoding with 'encoding:' (cp1252, latin-1 or utf-16), or save the file as UTF-8"
)
BLANK = "the cell is blank; fill it in or remove the row"


# What a CSV file may look like


def test_numbers_and_a_target_of_text_are_read_in_the_order_of_the_file(load):
    data = load("b,a,y\n1,2.5,yes\n-3,4e1,no\n5,.5,yes\n")
    assert data.X.tolist() == [[1, 2.5], [-3, 40], [5, 0.5]]
    assert data.feature_names == ("b", "a")
    assert data.target_name == "y"
    assert data.classes == ("no", "yes")
    assert data.y.tolist() == [1, 0, 1]


def test_whole_numbers_are_classes_in_the_order_of_their_value(load):
    data = load("a,y\n1,10\n2,9\n3,9.0\n4,-1\n")
    assert data.classes == ("-1", "9", "10")
    assert data.y.tolist() == [2, 1, 1, 0]


def test_a_target_that_is_not_whole_is_a_number_to_predict(load):
    data = load("a,y\n1,0.5\n2,2\n3,0.5\n")
    assert data.classes == ()
    assert data.y.tolist() == [0.5, 2.0, 0.5]
    assert data.task.kind == "regression"


def test_whole_numbers_are_classes_up_to_20_of_them(load):
    def counting(number):
        return load("a,y\n" + "".join(f"1,{value}\n" for value in range(number)))

    assert len(counting(20).classes) == 20
    assert counting(21).classes == ()


def test_the_task_decides_where_the_target_leaves_it_open(load):
    assert load("a,y\n1,0\n2,1\n", task="regression").y.tolist() == [0.0, 1.0]
    assert load("a,y\n1,0\n2,1\n", task="regression").classes == ()
    assert load("a,y\n1,2.5\n2,0.5\n", task="classification").classes == ("0.5", "2.5")


def test_features_choose_columns_and_their_order_and_the_others_may_hold_anything(load):
    data = load("a,b,note,y\n1,2,hello,0\n3,4,,1\n", features=["b", "a"])
    assert data.X.tolist() == [[2, 1], [4, 3]]
    assert data.feature_names == ("b", "a")


@pytest.mark.parametrize(
    ("content", "options"),
    [
        pytest.param("a;b;y\n1;2;u\n3;4;v\n", {"delimiter": ";"}, id="semicolons"),
        pytest.param("a\tb\ty\n1\t2\tu\n3\t4\tv\n", {"delimiter": "\t"}, id="tabs"),
        pytest.param(b"\xef\xbb\xbfa,b,y\n1,2,u\n3,4,v\n", {}, id="byte order mark"),
        pytest.param('"a","b","y"\n"1",2,"u"\n3,"4",v\n', {}, id="quoted cells"),
        pytest.param("a,b,y\n\n1,2,u\n\n\n3,4,v\n\n", {}, id="blank lines"),
        pytest.param("a,b,y\r\n1,2,u\r\n3,4,v\r\n", {}, id="line ends of Windows"),
        pytest.param("a,b,y\n1,2,u\n3,4,v", {}, id="no line end at the end"),
        pytest.param(" a , b , y \n 1 , 2 , u \n 3 , 4 , v \n", {}, id="spaces around cells"),
    ],
)
def test_a_file_may_be_written_in_several_ways(load, content, options):
    data = load(content, **options)
    assert data.X.tolist() == [[1, 2], [3, 4]]
    assert data.feature_names == ("a", "b")
    assert data.classes == ("u", "v")


def test_a_quoted_cell_may_hold_delimiters_quotes_and_line_ends(load):
    data = load('"a,b",y\n1,"say ""yes"", or\nno"\n2,é\n')
    assert data.feature_names == ("a,b",)
    assert data.classes == ('say "yes", or\nno', "é")


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=9))
def test_every_finite_number_is_read_as_python_wrote_it(tmp_path_factory, numbers):
    file = tmp_path_factory.getbasetemp() / "numbers.csv"
    file.write_text("a,y\n" + "".join(f"{number!r},{row / 2}\n" for row, number in enumerate(numbers)))
    assert csv.load(file, target="y").X[:, 0].tolist() == numbers


def test_quotes_may_stand_behind_spaces(load):
    data = load('"a", "b", "y"\n0.5, 1, "m"\n "1", "2", f\n2, 3, m\n')
    assert data.feature_names == ("a", "b")
    assert data.classes == ("f", "m")
    assert data.X.tolist() == [[0.5, 1], [1, 2], [2, 3]]


def test_a_file_without_a_header_has_numbered_columns_and_loses_no_row(load):
    data = load("6,148,0\n1,85,1\n8,183,0\n", header=False, target=2)
    assert data.X.tolist() == [[6, 148], [1, 85], [8, 183]]
    assert data.feature_names == ("0", "1")
    assert load("6,148,0\n1,85,1\n", header=False, target="2").y.tolist() == [0, 1]


@pytest.mark.parametrize("header", ["0,1,y", "1,2,3", "2019,2020,y", "x1,x2,y", "a,7,y"])
def test_names_of_columns_may_count(load, header):
    assert len(load(f"{header}\n5,5,a\n6,6,b\n", target=header[-1]).y) == 2


def test_numbers_are_names_if_the_user_says_so(load):
    assert load("0.5,7,y\n5,5,a\n6,6,b\n", header=True).feature_names == ("0.5", "7")


@pytest.mark.parametrize("name", ["", "Unnamed: 0"])
def test_nothing_is_learned_from_a_column_without_a_name_and_that_is_said(load, caplog, tmp_path, name):
    content = f"{name},a,y\n0,5,u\n1,7,v\n"
    assert load(content).feature_names == ("a",)
    (record,) = caplog.records
    assert record.getMessage().startswith(f"{tmp_path / 'data.csv'}:1:1: the column '{name}' has no name")
    assert load(content, features=[name, "a"]).X.tolist() == [[0, 5], [1, 7]]
    assert load(content, drop=[name]).feature_names == ("a",)
    assert len(caplog.records) == 1


def test_a_delimiter_at_the_end_of_every_line_is_told_as_one(load, caplog, tmp_path):
    assert load("a,b,y,\n0,5,u,\n1,7,v,\n").feature_names == ("a", "b")
    (record,) = caplog.records
    assert record.getMessage() == (
        f"{tmp_path / 'data.csv'}:1:7: the last column has no name, as when every line ends in a delimiter, so it is excluded; list '' under 'features' to include it, or under 'drop' to silence this note"
    )


@pytest.mark.parametrize("row", ['"1" ,2', '1,"2" ', '"1"x,2'])
def test_what_stands_behind_a_closing_quote_is_told_in_words(problems, row):
    ((line, _, message),) = problems(f"a,y\n1,2\n{row}\n")
    assert (line, "remove the spaces after it" in message) == (3, True)


def test_dropped_columns_are_not_learned_from_and_may_hold_anything(load):
    assert load("a,note,b,y\n1,x,2,u\n3,,4,v\n", drop=["note"]).feature_names == ("a", "b")


NUMBERS = [f"{0.1 + row / 7!r},{row},{-row}e-3," for row in range(60)]


@pytest.mark.parametrize(
    ("text", "options"),
    [
        pytest.param("a,b,c,y\n" + "".join(f"{row}{'uv'[n % 2]}\n" for n, row in enumerate(NUMBERS)), {}, id="plain"),
        pytest.param(
            '\ufeff"a","b","c","y"\r\n' + "".join(f'{row}"{"uv"[n % 2]}, ""x"""\r\n' for n, row in enumerate(NUMBERS)),
            {},
            id="quotes",
        ),
        pytest.param(
            "".join(f"{row}{n}\n" for n, row in enumerate(NUMBERS)), {"header": False, "target": 3}, id="no header"
        ),
        pytest.param(
            "a,b,c,y\n" + "".join(f"{row}{n / 2}\n" for n, row in enumerate(NUMBERS)),
            {"features": ["c", "a"]},
            id="chosen",
        ),
        pytest.param(
            "a,b,c,y\n" + "".join(f"{row}u\n\n  \n" for row in NUMBERS[:2]) + "1,2,3,v\n", {}, id="blank lines"
        ),
        pytest.param(
            "a, b, c, y\n" + "".join(f' +1, {row} "v"\n'.replace(",,", ",") for row in ("1,2,", "3,4,")) + "1,2,3,u\n",
            {},
            id="spaces",
        ),
    ],
)
def test_large_files_are_read_as_small_ones_are(load, monkeypatch, text, options):
    small = load(text, **options)
    monkeypatch.setattr(csv, "LARGE", 0)
    large = load(text, **options)
    assert large.fingerprint == small.fingerprint
    assert large.X.flags.c_contiguous


@pytest.mark.parametrize(
    "rows",
    ["1,2\n3,4,v", "1,2,3,u\n1,2,v", "1,x,u\n2,3,v", "1,inf,u\n1,2,v", "1,1_0,u\n1,2,v", "1,2,\n1,2,u",
     '1,"2"3,u\n1,2,v', '1,2,"u\n1,2,v', "1,NA,u\n1,2", "1,a,u\n\n  \n1,2,v\n1,2", "True,2020-1-1,u\nFalse,2020-01-01,v",
     "1,2,\xe9"],
)  # fmt: skip
def test_what_is_wrong_with_large_files_is_reported_as_of_small_ones(problems, monkeypatch, rows):
    content = f"a,b,y\n{rows}\n".encode("latin-1")
    small = problems(content)
    monkeypatch.setattr(csv, "LARGE", 0)
    assert problems(content) == small


@pytest.mark.parametrize(
    "rows", ["u,1,x\nv,2\n", "u,1,x\n\nv,2,x\nv,NA\n", 'u,1,"x,x"\nv,"2,2"\n', "u,1,x\r\nv\r\n", "u,1,x\nv\nv,1,x\n"]
)
def test_a_short_row_of_a_large_file_of_texts_is_not_taken_for_missing_cells(problems, monkeypatch, rows):
    small = problems(f"y,a,b\n{rows}")
    assert "cells, but the header has 3" in small[0][2]
    monkeypatch.setattr(csv, "LARGE", 0)
    assert problems(f"y,a,b\n{rows}") == small


def test_pandas_reads_large_files(load, monkeypatch):
    import pandas as pd

    read, calls = pd.read_csv, []
    monkeypatch.setattr(pd, "read_csv", lambda *given, **options: calls.append(1) or read(*given, **options))
    monkeypatch.setattr(csv, "LARGE", 0)
    load("a,y\n0.5,u\n1,v\n")
    assert calls == [1]


# What is wrong with a CSV file, and where


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("6,148,0.5,1\n1,85,0.3,0\n", "4 of its 4 cells are numbers ('6', '148', '0.5', ...)"),
        ("5.1,3.5,setosa\n4.9,3.0,setosa\n", "2 of its 3 cells are numbers ('5.1', '3.5')"),
        ("63,Male,0,Yes\n61,Male,1,No\n", "2 of its 4 cells are numbers ('63', '0')"),
        ("red,yes\nblue,no\nred,yes\n", "'red', 'yes' occurs again below, in the same column"),
        ("2,3,4\n5,6,7\n", "3 of its 3 cells are numbers ('2', '3', '4')"),
    ],
)
def test_a_first_line_that_looks_like_data_is_refused_with_the_way_out(problems, content, reason):
    ((line, column, message),) = problems(content, target="1")
    assert (line, column) == (1, 1)
    assert message.startswith(f"the first line looks like data, not like column names: {reason}; write 'header: false'")


def test_a_quote_behind_other_white_space_is_refused_at_its_place(problems):
    message = "this cell begins with white space before its quote, so that the quote would be part of it"
    assert problems('a,y\n1,u\n2,\t"v"\n') == [(3, 3, f"{message}; remove the white space")]


def test_a_file_all_of_whose_columns_are_dropped_is_refused(problems):
    message = "there is no column to learn from besides the target"
    assert problems("a,b,y\n1,2,3\n4,5,6\n", drop=["a", "b"]) == [(1, 1, message)]


@pytest.mark.parametrize("cell", ["x", "inf", "-Infinity", "1e999", "1_0", "1,5", "0x1f", "--1", "1 2"])
def test_a_feature_that_is_no_finite_number_among_numbers_is_refused_at_its_line_and_column(problems, cell):
    ((line, column, message),) = problems(f"aa;b;y\n1;2;u\n33;{cell};v\n", delimiter=";")
    assert (line, column) == (3, 4)
    assert message.startswith(f"column 'b': '{cell}' is not a finite number; write ")
    assert message.endswith("'types: {b: category}' to treat all cells as categories, or 'drop: [b]'")


WAYS = "'types: {a: category}' to treat all cells as categories, or 'drop: [a]'"


def test_of_up_to_three_bad_cells_each_is_told_with_its_line(problems):
    rows = "".join(f"{row},{row % 2}\n" for row in range(1000))
    content = "a,y\n" + rows.replace("\n5,", '\n"12,5",').replace("\n300,", "\nn.a.,").replace("\n998,", "\nabc,")
    said = "column 'a': '12,5' is not a finite number, nor is 'n.a.' in line 302 and 'abc' in line 1000"
    missing = "'missing: [\"12,5\", n.a., abc]' if that means missing"
    assert problems(content) == [(7, 1, f"{said}; write {missing}, {WAYS}")]


@pytest.mark.parametrize(
    ("options", "ways"),
    [
        ({"drop": ["c", "d e"]}, [WAYS.replace("[a]", "[c, d e, a]")]),
        ({"types": {"c": "category"}}, [WAYS.replace("{a:", "{c: category, a:")]),
        ({"missing": ["p", "q"]}, [f"'missing: [p, q, x]' if that means missing, {WAYS}"]),
        ({"features": ["a"]}, [WAYS.replace("'drop: [a]'", "exclude the column")]),
    ],
)
def test_what_to_write_adds_to_what_is_written(problems, options, ways):
    ((_, _, message),) = problems("a,c,d e,y\n1,1,1,u\n2,2,2,v\nx,3,3,v\n", **options)
    assert message.endswith(tuple(ways))


def test_bad_cells_of_several_columns_are_listed_in_the_order_of_the_file(problems):
    found = problems("a,b,y\n1,p,u\nq,2,v\n3,4,u\n")
    assert [(line, column, message.split("'")[3]) for line, column, message in found] == [(2, 3, "p"), (3, 1, "q")]


def test_of_many_bad_cells_of_a_column_the_first_is_reported_and_the_others_are_counted(problems):
    said = "column 'a': 'x' is not a finite number, nor are 22 more of 46 cells"
    missing = "'missing: [x]' if that means missing"
    assert problems("a,y\n" + "1,1\nx,2\n" * 23) == [(3, 1, f"{said}; write {missing}, {WAYS}")]
    ((line, column, message),) = problems(
        "b,a,y\n" + "".join(f"1,{'uvw'[row % 3]}{row},2\n1,{row},3\n" for row in range(9))
    )
    assert (line, column) == (2, 3)
    said = "'u0' is not a finite number, nor are 8 more of 18 cells (9 different texts)"
    assert message == f"column 'a': {said}; write {WAYS}"


def test_of_more_than_20_columns_with_bad_cells_the_first_20_are_listed_and_the_others_counted(problems):
    names = [f"c{number}" for number in range(23)]
    found = problems(
        ",".join([*names, "y"]) + "\n" + ",".join(["x"] * 23 + ["1"]) + "\n" + ",".join(["1"] * 23 + ["2"])
    )
    assert len(found) == 21
    assert found[20] == (None, None, "... and 3 more columns with such cells")


def test_a_file_with_another_delimiter_than_the_one_that_is_named_is_asked_about_it(problems):
    header = "there is no column 'y'; the header is one cell, 'a;b;y'; is ',' the delimiter?"
    assert problems("a;b;y\n1;2;u\n3;4;v\n", delimiter=",") == [(1, 1, header)]


def test_a_long_cell_is_shortened(problems):
    ((_, _, message),) = problems(f"a,y\n{'x' * 500},1\n2,2\n")
    assert message == f"column 'a': '{'x' * 40}' is not a finite number; write {WAYS}"


def places(problems):
    """The same problems without their ways out."""
    return [(line, column, message.partition("; ")[0]) for line, column, message in problems]


def test_the_column_counts_what_stands_in_the_file_when_cells_are_quoted(problems):
    assert places(problems('a,b,y\n"1",x,u\n3,4,v\n')) == [(2, 5, "column 'b': 'x' is not a finite number")]


def test_a_quote_inside_a_cell_that_is_not_quoted_moves_no_column(problems):
    content = 'note,b,y\n5" pipe,x,u\n6,2,v\n'
    assert places(problems(content, features=["b"])) == [(2, 9, "column 'b': 'x' is not a finite number")]


def test_the_line_is_the_one_where_the_cell_stands_when_others_hold_line_ends(problems):
    message = "column 'a': 'x' is not a finite number"
    assert places(problems('a,y\nx,"u\nu"\n3,v\n')) == [(2, 1, message)]
    assert places(problems('a,y\n1,"u\nu"\n\nx,v\n')) == [(5, 1, message)]


def test_a_blank_target_is_refused_at_its_line_and_column(problems):
    assert problems("a,y,b\n1,u,2\n12, ,3\n4,,5\n") == [(3, 4, f"column 'y': {BLANK}"), (4, 3, f"column 'y': {BLANK}")]


@pytest.mark.parametrize("cell", ["x", "nan", "1_0"])
def test_regression_refuses_a_target_that_is_no_number(problems, cell):
    assert problems(f"a,y\n1,0.5\n2,{cell}\n", task="regression") == [
        (3, 3, f"column 'y': '{cell}' is not a finite number")
    ]


@pytest.mark.parametrize("task", [None, "classification", "regression"])
@pytest.mark.parametrize("cell", ["nan", "inf", "-inf"])
def test_a_number_that_is_not_finite_never_makes_numbers_a_target_of_text(problems, cell, task):
    message = f"column 'y': '{cell}' is not a finite number"
    assert problems(f"a,y\n1,0.5\n2,{cell}\n3,0.25\n", task=task) == [(3, 3, message)]


def test_a_file_with_nothing_but_the_target_is_refused(problems):
    assert problems("y\n1\n2\n") == [(1, 1, "there is no column to learn from besides the target")]


def test_rows_of_another_length_than_the_header_are_refused(problems):
    assert problems("a,b,y\n1,2,3\n1,2\n1,2,3,4\n\n1\n") == [
        (3, 1, "this row has 2 cells, but the header has 3"),
        (4, 1, "this row has 4 cells, but the header has 3"),
        (6, 1, "this row has 1 cells, but the header has 3"),
    ]


@pytest.mark.parametrize("row", ["1\n", "1,\n"], ids=["ragged", "blank target"])
def test_more_than_20_bad_rows_are_counted_too(problems, row):
    found = problems("a,y\n" + row * 23)
    assert [line for line, _, _ in found[:20]] == list(range(2, 22))
    (extra,) = found[20:]
    assert "3 more" in extra[2]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param("", (1, 1, "the file is empty; it needs a header and rows"), id="empty"),
        pytest.param("\n\n", (1, 1, "the file is empty; it needs a header and rows"), id="blank lines"),
        pytest.param(b"\xef\xbb\xbf", (1, 1, "the file is empty; it needs a header and rows"), id="byte order mark"),
        pytest.param("a,y\n", (2, 1, "there are no rows below the header"), id="header only"),
        pytest.param("a,b,a,y\n1,2,3,4\n", (1, 1, "the header names the column 'a' twice"), id="column twice"),
        pytest.param("a, a,y\n1,2,3\n", (1, 1, "the header names the column 'a' twice"), id="twice but for spaces"),
        pytest.param("a,é\n1,2\n".encode("latin-1"), (None, None, NO_UTF_8), id="Latin-1"),
        pytest.param("a,y\n1,2\n".encode("utf-16"), (None, None, NO_UTF_8), id="UTF-16"),
    ],
)
def test_a_file_without_a_usable_table_is_refused(problems, content, problem):
    assert problems(content) == [problem]


@pytest.mark.parametrize("row", ['1,"2', '1,"2\n3,4\n5,6', '1,"2"x'])
def test_quotes_that_do_not_close_are_refused_by_file_and_the_line_where_the_row_begins(problems, row):
    ((line, _, message),) = problems(f"a,y\n1,2\n{row}\n")
    assert line == 3
    assert message.startswith("this line is not CSV: ")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,y\n1,2\n", "the data have 1 row(s); a search needs at least 2, to train and to test"),
        ("a,y\n1,no\n2,no\n", "every row has the same class, 'no'; there is nothing to learn"),
    ],
    ids=["one row", "one class"],
)
def test_data_with_nothing_to_learn_are_refused_where_the_experiment_names_them(
    load_experiment, tmp_path, content, message
):
    (tmp_path / "data.csv").write_text(content)
    with pytest.raises(InvalidInput) as caught:
        load_experiment({"name": "csv", "path": "data.csv", "target": "y"})
    assert str(caught.value) == f"{tmp_path / 'small.yaml'}:3:3: {message}"


def test_check_refuses_a_missing_file_at_the_line_and_column_of_its_path(gridloom, write, tmp_path):
    done = gridloom("check", write(dataset={"name": "csv", "path": "none.csv", "target": "y"}))
    assert done.returncode == 2
    assert f"small.yaml:4:9: there is no file {tmp_path / 'none.csv'}" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_path_is_relative_to_the_experiment_file(load_experiment, tmp_path, monkeypatch):
    (tmp_path / "data.csv").write_text("a,y\n1,2\n3,4\n")
    monkeypatch.chdir("/")
    data = load_experiment({"name": "csv", "path": "data.csv", "target": "y"})
    assert data.X.tolist() == [[1], [3]]
