"""`gridloom runs`, the page that it writes, `gridloom open` without a run, and `--all`."""

from __future__ import annotations

import os
import re
import sqlite3
from html.parser import HTMLParser

import pytest

from gridloom.cli.list_runs import widths_within
from gridloom.runs.lock import RunLock


@pytest.fixture
def two(gridloom, write, tmp_path):
    """The folder of a complete run `small`, which has a report, and a younger one, `other`, that lacks two fits."""
    assert gridloom("run", write(reporters=["html"])).returncode == 0
    assert gridloom("run", write(name="other", reporters=[])).returncode == 0
    runs = tmp_path / "runs"
    with sqlite3.connect(runs / "other" / "journal.sqlite") as database:
        database.execute("DELETE FROM fits WHERE number > 7")
    os.utime(runs / "small" / "journal.sqlite", (1e9, 1e9))
    return runs


def lines(gridloom, *options):
    """The cells of the table of runs, its head aside."""
    done = gridloom("runs", *options)
    assert (done.returncode, done.stderr) == (0, "")
    return [re.split(r" {2,}", line) for line in done.stdout.splitlines()[1:]]


def test_runs_are_listed_with_those_that_trained_last_first(gridloom, two):
    first, second = lines(gridloom)
    assert first[:2] == ["other", "not finished"]
    assert second[:2] == ["small", "complete"]
    assert re.fullmatch(r"C=[0-9.]+", second[2])
    assert re.fullmatch(r"accuracy 0\.9\d{1,3}", second[3])
    assert second[4].startswith("2001-09-")


def test_numbers_have_four_significant_digits(gridloom, write):
    space = {"model": {"C": {"low": 0.01, "high": 100.0, "scale": "log"}}}
    gridloom("run", write(search={"strategy": {"name": "random", "candidates": 2}, "space": space}))
    ((_, _, best, score, _),) = lines(gridloom)
    assert all(len(re.sub(r"^0\.0*|\.", "", number)) <= 4 for number in re.findall(r"\d+\.\d+", f"{best} {score}"))


ROWS = [("run", "state", "best"), ("a" * 30, "complete", "b" * 60), ("short", "running", "")]


@pytest.mark.parametrize(
    ("room", "widths"),
    [(None, [30, 8, 60]), (200, [30, 8, 60]), (72, [30, 8, 30]), (40, [16, 8, 12]), (10, [12, 8, 12])],
)
def test_the_table_fits_the_terminal_and_candidates_are_cut_before_names(room, widths):
    assert widths_within(ROWS, room) == widths


def test_a_run_that_is_running_failed_or_damaged_says_so(gridloom, write, two, tmp_path):
    (two / "small" / "journal.sqlite").write_bytes(b"SQLite format 3\0 and nonsense")
    lock = RunLock(two / "other" / "lock")
    try:
        assert {line[0]: line[1] for line in lines(gridloom)} == {"small": "unreadable", "other": "running"}
    finally:
        lock.release()


def test_a_folder_without_runs_is_no_error(gridloom):
    done = gridloom("runs", "--out", "elsewhere")
    assert (done.returncode, done.stdout) == (0, "there is no run in elsewhere\n")


class Page(HTMLParser):
    """The links of a page, its texts, and the names of its elements."""

    def __init__(self, text):
        super().__init__()
        self.links, self.texts, self.tags = [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data):
        self.texts.append(data)


def test_the_page_links_to_reports_and_takes_names_for_text(gridloom, two):
    hostile = two / 'a <b>"&? #1'
    (two / "other").rename(hostile)
    (hostile / "report.html").write_text("<p>report</p>")
    done = gridloom("runs", "--html")
    assert (done.returncode, done.stdout) == (0, f"{(two / 'index.html').resolve()}\n")
    page = Page((two / "index.html").read_text("utf-8"))
    assert page.links == ["./a%20%3Cb%3E%22%26%3F%20%231/report.html", "./small/report.html"]
    assert hostile.name in page.texts
    assert page.tags.isdisjoint({"b", "script", "link", "img"})


def test_the_page_is_no_run(gridloom, two):
    assert gridloom("runs", "--html").returncode == 0
    assert len(lines(gridloom)) == 2


def test_open_without_a_run_opens_the_report_that_was_written_last(gridloom, two, monkeypatch):
    monkeypatch.setenv("BROWSER", "true %s")
    assert gridloom("open").stdout == f"{(two / 'small' / 'report.html').resolve()}\n"
    (two / "other" / "report.html").write_text("<p>later</p>")
    os.utime(two / "small" / "report.html", (1e9, 1e9))
    assert gridloom("open").stdout == f"{(two / 'other' / 'report.html').resolve()}\n"


def test_open_without_any_report_says_how_to_make_one(gridloom):
    done = gridloom("open")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "gridloom: no run in runs has a report.html; to make one: gridloom report RUN --reporter html\n"
    )


ARTICLE = "\nBest: "


def test_all_candidates_are_printed_where_that_is_asked_for(gridloom, write):
    assert ARTICLE not in gridloom("run", write()).stdout
    assert ARTICLE in gridloom("run", write(), "--all").stdout
    assert ARTICLE not in gridloom("show", "small").stdout
    assert ARTICLE in gridloom("show", "small", "--all").stdout


def test_an_experiment_may_ask_for_all_candidates(gridloom, write):
    file = write(reporters=[{"name": "console", "all": True}])
    ran = gridloom("run", file).stdout
    assert ARTICLE in ran
    head, _, rest = gridloom("show", "small").stdout.partition("\n")
    assert head == "small: 3 candidates, 9 fits, engine sklearn"
    assert rest in ran
