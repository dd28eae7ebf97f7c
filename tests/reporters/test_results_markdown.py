"""The reporter `markdown`: results.md as GitHub would show it, with every text of an experiment as text."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from scored import normal, scored

from gridloom import Budget, Proposal, Trial
from gridloom.experiment.published import PublishedScores
from gridloom_plugins.figures.texts import one_line
from gridloom_plugins.reporters import markdown
from reporters.outcomes import HOSTILE, failed

GITHUB = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
KFOLD = {"method": "kfold", "folds": 3}
MARKUP = [
    "a|b",
    "\\|",
    "\\",
    "`code`",
    "``",
    "<script>alert(1)</script>",
    "<!-- hidden",
    "&lt;",
    "**bold** _it_ __x__ ~~no~~",
    "[link](http://example.org) ![image](x)",
    "# heading",
    "- item",
    "1. item",
    "12) item",
    "===",
    "> quote",
    "$x^2$",
    "one_two_three",
    *HOSTILE,
]


def written(result, **options):
    markdown.report(result, **options)
    return (result.folder / options.get("filename", "results.md")).read_text("utf-8")


def shown(text):
    """The document as a reader sees it: its tables as rows of cells, and all text outside of tables."""
    page = GITHUB.render(text)
    tables = [
        [[plain(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in table.split("<tr>")[1:]]
        for table in re.findall(r"<table>(.*?)</table>", page.replace("\n", " "))
    ]
    return tables, plain(re.sub(r"(?s)<table>.*?</table>", "", page)), page


def plain(page):
    allowed = r"</?(?:code|p|h3|strong|sub)>"
    assert "<" not in re.sub(allowed, "", page), page
    return html.unescape(re.sub(allowed, "", page)).replace("\u2060", "")


@pytest.fixture
def made(tmp_path):
    def made(*arguments, **fields):
        validation = {key: fields.pop(key) for key in ("method", "folds") if key in fields}
        return replace(scored(*arguments, **validation), folder=tmp_path, **fields)

    return made


def test_the_table_ranks_the_candidates_with_intervals_and_marks_the_tie_set(made):
    scores = normal((4, 1, 3, 5))
    scores[1] -= 0.5
    mine = made(scores, [{"m": {"rate": rate, "name": name}} for rate in (0.1, 0.2) for name in "ab"], **KFOLD)
    (((head, *rows),), text, _) = shown(written(mine))
    assert head == ["rank", "rate", "name", "mean", "std", "95 % interval", "tie set"]
    assert [row[0] for row in rows] == ["1", "2", "3", "4"]
    assert [row[-1] for row in rows] == ["✓", "✓", "✓", ""]
    assert rows[3][1:3] == ["0.1", "b"]
    interval = mine.summary.answer.interval_of[1]
    assert rows[3][3:6] == [
        f"{mine.trials[1].mean:.4f}",
        f"{mine.trials[1].std:.4f}",
        f"{interval.low:.4f} to {interval.high:.4f}",
    ]
    assert mine.summary.sentence in text
    assert "✓ statistically tied with the best. Tie set and intervals: 95 %, across seeds on this data." in text


def test_the_table_shows_twenty_candidates_and_says_how_many_more_there_are(made):
    scores = normal((30, 1, 3, 5))
    scores[:4] -= 0.5
    ((table,), text, _) = shown(written(made(scores, **KFOLD)))
    assert len(table) == 1 + 20
    assert "10 more candidates are not shown, 6 of them ✓." in text


def test_failures_are_counted_with_the_first_error_and_so_is_what_is_not_finished(mixed):
    ((table,), text, _) = shown(written(mixed))
    assert table == [["rank", "rate", "name", "mean", "std"], ["1", "0.1", "a", "0.6250", "0.1250"]]
    assert "1 of 3 candidates failed, first {'rate': 0.2, 'name': None}: ValueError: no such layer" in text
    assert "1 of 3 candidates are not finished." in text


def test_published_scores_have_their_sentence(made, tmp_path):
    known = PublishedScores(tmp_path / "scores.csv", None, "score", 6, {'{"x":0}': 0.7, '{"x":1}': 0.1})
    mine = made(normal((2, 1, 3, 5)), published_scores=known, **KFOLD)
    _, text, _ = shown(written(mine))
    assert mine.published_sentence.startswith("1 of 2 published scores lie inside")
    assert mine.published_sentence in text


@pytest.mark.parametrize("fill", [np.nan, np.inf])
def test_without_a_complete_candidate_there_is_no_table(fill, made):
    tables, text, _ = shown(written(made(np.full((2, 1, 3, 5), fill), **KFOLD)))
    assert tables == []
    assert "No verdict: no candidate is complete." in text


def test_one_candidate_alone_has_its_interval(made):
    (((_, row),), text, _) = shown(written(made(normal((1, 1, 3, 5)), **KFOLD), filename="table.md"))
    assert " to " in row[-2]
    assert "No verdict: only one candidate" in text


def test_budgets_have_a_column_where_none_is_full_and_smaller_ones_are_counted(made):
    mine = made(normal((3, 1, 3, 5)), **KFOLD)
    budgets = [Budget(epochs=3), Budget(epochs=3), Budget(epochs=1)]
    trials = [
        Trial(known.number, Proposal(known.candidate, budget), known.fits, known.results)
        for known, budget in zip(mine.trials, budgets, strict=True)
    ]
    (((head, *rows),), text, _) = shown(written(replace(mine, trials=trials)))
    column = head.index("budget")
    assert [row[column] for row in rows] == ["epochs 3"] * 2
    assert "1 of 3 candidates were trained on a smaller budget only" in text


def test_it_tells_where_the_result_came_from(gridloom, write, tmp_path):
    done = gridloom("run", write(reporters=["markdown"], description="Why *not*?"), "-j1")
    assert done.returncode == 0, done.stderr
    _, text, _ = shown((tmp_path / "runs" / "small" / "results.md").read_text("utf-8"))
    assert "small: accuracy" in text
    assert "Why *not*?" in text
    assert "Run again, where it was run: gridloom run runs/small/experiment.yaml --fresh; " in text
    assert re.search(r"--fresh; data .*iris, 150 rows, SHA-256 [0-9a-f]{12};", text)
    assert "'method': 'stratified_kfold'" in text
    assert re.search(r"engine sklearn; .*gridloom \d.*scikit-learn \d", text)
    assert str(tmp_path) not in text


@pytest.mark.parametrize("text", MARKUP)
def test_whatever_an_experiment_says_is_text(text, result):
    mine = result(({text: text, "y": [text]}, (0.5,)), ({text: 1}, (failed(f"ValueError: {text}"),)), description=text)
    (((head, row),), around, page) = shown(written(mine))
    assert " ".join(head[1].split()) == " ".join(one_line(text).split())
    assert " ".join(row[1].split()) == " ".join(one_line(text).split())
    assert " ".join(one_line([text]).split()) == " ".join(row[2].split())
    assert len(head) == len(row) == 5
    if text.strip() and text.isprintable():
        assert f"\n{text}\n" in around
    assert page.count("<h3>") == 1


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.sampled_from("|\\`*_<>&[]()!#-+1.$~@: \nax/"), min_size=1, max_size=12))
def test_no_combination_of_markup_breaks_the_table(text, result):
    (((head, row),), _, _) = shown(written(result(({text: text}, (0.5,)), description=text)))
    assert " ".join(head[1].split()) == " ".join(row[1].split()) == " ".join(one_line(text).split())


def test_nobody_is_told_that_they_were_mentioned(result):
    text = written(result(({"x": "@someone"}, (0.5,)), description="thanks to @someone"))
    page = GITHUB.render(text)
    outside_of_code = re.sub(r"<code>.*?</code>", "", page)
    assert "@someone" not in outside_of_code
    assert "@\u2060someone" in outside_of_code


def test_no_link_is_made_of_an_address(result):
    addresses = "http://example.org www.example.org a@example.org"
    text = written(result(({"x": addresses}, (0.5,)), description=addresses))
    assert not re.search(r"http://|www\.|@", text)
