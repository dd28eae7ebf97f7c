"""Quirks of CSV files that people have: each is read rightly, or refused in one sentence; docs/how-to/your-own-csv.md has the table."""

from __future__ import annotations

import gzip
import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gridloom import DataError, InvalidInput
from gridloom_plugins.datasets import csv

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "your-own-csv.md"
NAN = math.nan


@dataclass(frozen=True)
class Reads:
    """What a file is read as: columns by name, as their kind and cells; coded cells as texts. Classes or numbers of `y`."""

    columns: dict[str, tuple[str, list[Any]]]
    y: list[Any] = field(default_factory=lambda: ["u", "v"])


@dataclass(frozen=True)
class Refuses:
    """The only sentence, without the file, and a part of it."""

    message: str


def numbers(**columns):
    """Numeric columns."""
    return Reads({name: ("numeric", cells) for name, cells in columns.items()})


AB = numbers(a=[1.5, 3], b=[2, 4])

QUIRKS: dict[str, tuple[Any, dict[str, Any], Reads | Refuses]] = {
    "semicolons": ("a;b;y\n1.5;2;u\n3;4;v\n", {}, AB),
    "tabs": ("a\tb\ty\n1.5\t2\tu\n3\t4\tv\n", {}, AB),
    "pipes": ("a|b|y\n1.5|2|u\n3|4|v\n", {}, AB),
    "semicolons and texts with commas": (
        "a;t;y\n1;Ada, Bo;u\n2;Cy, Di;v\n",
        {},
        Reads({"a": ("numeric", [1, 2]), "t": ("category", ["Ada, Bo", "Cy, Di"])}),
    ),
    "two delimiters that fit": (
        "1,5;u\n2,5;v\n",
        {"header": False, "target": 1},
        Refuses("',' and ';' both divide every line into equally many cells; name the delimiter with 'delimiter:'"),
    ),
    "decimal commas": ("a;b;y\n1,5;2;u\n3;4;v\n", {"decimal": ","}, AB),
    "decimal commas, unsaid": ("a;y\n1,5;u\n2,5;v\n", {}, Refuses("'1,5' is not a finite number, nor is '2,5' in line 3; write 'decimal: \",\"'")),
    "decimal commas in the target": ("a;y\n1;1,5\n2;2,5\n", {}, Refuses("column 'y': '1,5' is not a finite number, nor are 1 more of 2 targets; write 'decimal: \",\"'")),
    "thousands separators": (
        'a,y\n"1,000.5",u\n"2,500.0",v\n',
        {},
        Refuses("write plain numbers into the file (no thousands separators, currencies or percent signs)"),
    ),
    "currencies and per cent": ("a,y\n$12,u\n$15,v\n", {}, Refuses("'$12' is not a finite number, nor is '$15' in line 3")),
    "scientific numbers": ("a,b,y\n1.5e0,2E0,u\n30e-1,4e+0,v\n", {}, AB),
    "1e39": ("a,y\n1e39,u\n-2,v\n", {}, numbers(a=[1e39, -2])),
    "1e999": ("a,y\n1e999,u\n-2,v\n", {}, Refuses("column 'a': '1e999' is not a finite number")),
    "Latin-1": ("a,name,y\n1,é,u\n2,ü,v\n".encode("latin-1"), {}, Refuses("this is not UTF-8 text; name its encoding with 'encoding:'")),
    "Windows-1252": (
        "a,name,y\n1,é,u\n2,€,v\n".encode("cp1252"),
        {"encoding": "cp1252"},
        Reads({"a": ("numeric", [1, 2]), "name": ("category", ["é", "€"])}),
    ),
    "UTF-16": ("a\tb\ty\n1.5\t2\tu\n3\t4\tv\n".encode("utf-16"), {"encoding": "utf-16"}, AB),
    "UTF-16, unsaid": ("a,y\n1,u\n2,v\n".encode("utf-16-le"), {}, Refuses("write 'encoding: utf-16'")),
    "byte order mark": ("\ufeffa,b,y\n1.5,2,u\n3,4,v\n", {}, AB),
    "byte order mark, encoding misnamed": ("\ufeffa,y\n1,u\n2,v\n", {"encoding": "cp1252"}, Refuses("remove 'encoding'")),
    "UTF-8, encoding misnamed": (
        "a,t,y\n1,Köln,u\n2,x,v\n",
        {"encoding": "latin-1"},
        Refuses("the letters of this file are encoded as UTF-8, so it is not latin-1; remove 'encoding'"),
    ),
    "quotes": ('"a","b","y"\n"1.5","2","u"\n"3","4","v"\n', {}, AB),
    "quotes and line ends in cells": (
        'a,t,y\n1,"say ""hi"",\nor not",u\n2,x,v\n',
        {},
        Reads({"a": ("numeric", [1, 2]), "t": ("category", ['say "hi",\nor not', "x"])}),
    ),
    "a quote that does not close": ('a,y\n1,"u\n2,v\n', {}, Refuses("this line is not CSV: unexpected end of data")),
    "gzip": (gzip.compress(b"a,b,y\n1.5,2,u\n3,4,v\n"), {}, AB),
    "half a gzip": (gzip.compress(b"a,b,y\n1.5,2,u\n3,4,v\n")[:-9], {}, Refuses("this is not a complete gzip file")),
    "line ends of Windows": ("a,b,y\r\n1.5,2,u\r\n3,4,v\r\n", {}, AB),
    "no header": ("1.5,2,u\n3,4,v\n", {"header": False, "target": 2}, numbers(**{"0": [1.5, 3], "1": [2, 4]})),
    "no header, unsaid": ("1.5,2,u\n3,4,v\n", {"target": "u"}, Refuses("the first line looks like data")),
    "dates": (
        "d,t,y\n1970-01-02,2026-11-27T12:00:00Z,u\n2000-02-29,2026-11-27 13:30:00+01:00,v\n",
        {},
        Reads({"d": ("date", [1, 11016]), "t": ("date", [20784.5, 20784 + 12.5 / 24])}),
    ),
    "dates that are not ISO 8601": ("d,y\n31.12.2026,u\n01.02.2026,v\n", {}, Refuses("'31.12.2026' looks like a date, but is not an ISO 8601 date")),
    "a date that does not exist": ("d,y\n2026-02-28,u\n2026-02-30,v\n", {}, Refuses("'2026-02-30' is not an ISO 8601 date")),
    "booleans": (
        "p,q,r,y\ntrue,Yes,F,u\nFALSE,no,t,v\n",
        {},
        Reads({"p": ("boolean", [1, 0]), "q": ("boolean", [1, 0]), "r": ("boolean", [0, 1])}),
    ),
    "booleans as 0 and 1": ("p,y\n0,u\n1,v\n", {"types": {"p": "boolean"}}, Reads({"p": ("boolean", [0, 1])})),
    "missing cells": (
        "a,p,c,d,y\n,yes,red,2020-01-01,u\n1,NA,?,null,v\nNaN,no,red,2020-01-03,v\n",
        {},
        Reads(
            {
                "a": ("numeric", [NAN, 1, NAN]),
                "p": ("boolean", [1, NAN, 0]),
                "c": ("category", ["red", NAN, "red"]),
                "d": ("date", [18262, NAN, 18264]),
            },
            ["u", "v", "v"],
        ),
    ),
    "numbers that mean missing": ("a,y\n-99,u\n1,v\n-99.0,v\n", {"missing": [-99]}, Reads({"a": ("numeric", [NAN, 1, NAN])}, ["u", "v", "v"])),
    "a missing target": ("a,y\n1,u\n2,NA\n3,v\n", {}, Refuses("column 'y': 'NA' stands for a missing target; remove the row")),
    "all cells missing": ("a,b,y\n1,,u\n2,NA,v\n", {}, Refuses("column 'b': all 2 cells are missing; exclude the column by 'drop: [b]'")),
    "categories": ("c,y\nred,u\nblue,v\n", {}, Reads({"c": ("category", ["red", "blue"])})),
    "codes with leading zeros": ("zip,y\n01234,u\n99999,v\n", {"types": {"zip": "category"}}, Reads({"zip": ("category", ["01234", "99999"])})),
    "texts": (
        "t,y\n" + "".join(f"text {row},{'uv'[row % 2]}\n" for row in range(30)),
        {},
        Reads({"t": ("text", [f"text {row}" for row in range(30)])}, ["u", "v"] * 15),
    ),
    "mixed types": ("a,y\n1,u\n2,v\nn.a.,v\n", {}, Refuses("column 'a': 'n.a.' is not a finite number; write 'missing: [n.a.]'")),
    "numbers and few texts in the target": ("a,y\n1,1.5\n2,2.5\n3,unknown\n", {}, Refuses("'unknown' is not a finite number; correct it, or write 'task: classification'")),
    "blank lines": ("a,b,y\n\n1.5,2,u\n\n  \n3,4,v\n\n", {}, AB),
    "trailing commas": ("a,b,y,\n1.5,2,u,\n3,4,v,\n", {}, AB),
    "trailing commas below the header": ("a,b,y\n1.5,2,u,\n3,4,v,\n", {}, Refuses("this row has 4 cells, but the header has 3")),
    "ragged rows": ("a,b,y\n1.5,2,u\n3,v\n", {}, Refuses("this row has 2 cells, but the header has 3")),
    "column names twice": ("a,a,y\n1,2,u\n3,4,v\n", {}, Refuses("the header names the column 'a' twice")),
    "spaces around cells": (" a , b , y \n 1.5 , 2 , u \n 3 , 4 , v \n", {}, AB),
    "names in other scripts": ("größe,数,y\n1.5,2,u\n3,4,v\n", {}, Reads({"größe": ("numeric", [1.5, 3]), "数": ("numeric", [2, 4])})),
    "Excel's sep= line": ("sep=;\na;b;y\n1.5;2;u\n3;4;v\n", {}, AB),
    "Excel's sep= line with a tab": ("sep=\t\na\tb\ty\n1.5\t2\tu\n3\t4\tv\n", {}, AB),
    "lines of comments": ("# exported today\na,b,y\n1.5,2,u\n3,4,v\n", {}, Refuses("this line begins with '#', like a comment")),
    "2,000 columns": (
        ",".join([*(f"c{place}" for place in range(1_999)), "y"]) + "\n" + "".join(("1," * 1_999) + f"{label}\n" for label in "uv"),
        {},
        numbers(**{f"c{place}": [1, 1] for place in range(1_999)}),
    ),
    "row numbers of pandas": (",a,b,y\n0,1.5,2,u\n1,3,4,v\n", {}, AB),
    "one row": ("a,y\n1,u\n", {}, Refuses("the data have 1 row(s); a search needs at least 2")),
    "one class": ("a,y\n1,u\n2,u\n", {}, Refuses("every row has the same class, 'u'; there is nothing to learn")),
    "an empty file": ("", {}, Refuses("the file is empty; it needs a header and rows")),
}  # fmt: skip


@pytest.mark.parametrize(("content", "options", "expected"), QUIRKS.values(), ids=QUIRKS)
def test_a_quirk_is_read_rightly_or_refused_in_one_sentence(tmp_path, content, options, expected):
    raw = content if isinstance(content, bytes) else content.encode()
    file = tmp_path / ("data.csv.gz" if raw.startswith(b"\x1f\x8b") else "data.csv")
    file.write_bytes(raw)
    if isinstance(expected, Refuses):
        with pytest.raises((InvalidInput, DataError)) as caught:
            csv.load(file, **{"target": "y"} | options)
        messages = {problem.message for problem in getattr(caught.value, "problems", ())} or {str(caught.value)}
        assert len(messages) == 1
        assert expected.message in str(caught.value)
        return
    data = csv.load(file, **{"target": "y"} | options)
    kinds = [column.kind for column in data.columns] or ["numeric"] * data.X.shape[1]
    found = dict(zip(data.feature_names, zip(kinds, map(list, _cells(data)), strict=True), strict=True))
    assert {name: kind for name, (kind, _) in found.items()} == {
        name: kind for name, (kind, _) in expected.columns.items()
    }
    for name, (_, cells) in expected.columns.items():
        assert _same(found[name][1], cells), f"{name}: {found[name][1]}"
    assert [data.classes[place] for place in data.y] == expected.y


def _cells(data):
    """The cells of each column, those of coded ones as texts."""
    if not data.columns:
        return data.X.T.tolist()
    return [
        [column.values[int(cell)] if column.is_coded and not math.isnan(cell) else cell for cell in data.X[:, place]]
        for place, column in enumerate(data.columns)
    ]


def _same(found, cells):
    return len(found) == len(cells) and all(
        one == other or (isinstance(one, float) and isinstance(other, float) and math.isnan(one) and math.isnan(other))
        for one, other in zip(found, cells, strict=True)
    )


def test_the_guide_has_a_row_for_every_quirk():
    table = re.findall(r"^\| ([^|]+?) \| [^|]+ \|$", GUIDE.read_text("utf-8"), re.MULTILINE)
    assert [name.replace("`", "") for name in table if name in QUIRKS or name.replace("`", "") in QUIRKS] == [*QUIRKS]
