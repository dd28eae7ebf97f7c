"""The reporter `html`: its page in a browser, from a file and without a network."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cache

import pytest

from gridloom import Candidate, FitResult
from gridloom.testing.results import RESULTS
from gridloom_plugins.html.texts import LABEL
from gridloom_plugins.reporters import html
from reporters.browser import browser, chromium_path, opened
from reporters.outcomes import HOSTILE, failed
from reporters.searches import ATTACKS, grid, searched

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(chromium_path() is None, reason="there is no Chromium on this machine"),
]

ROWS = "[...document.querySelectorAll('#table tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent))"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def chromium():
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """The page of a grid of 60 candidates."""
    folder = tmp_path_factory.mktemp("usual")
    domains = {"rate": [round(0.05 * step, 2) for step in range(12)], "kind": ["a", "b", "c", "d", "e"]}
    html.report(searched(grid(**domains), folder, seeds=2, epochs=20))
    return folder / "report.html"


@pytest.fixture(scope="module")
def seen(chromium, usual):
    """That page for tests that change nothing on it, opened once: `seen(width, scheme)`."""
    with ExitStack() as stack:
        yield cache(lambda width=1400, scheme="light": stack.enter_context(opened(chromium, usual, width, scheme)))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """The page of a search in which every text attacks."""
    folder = tmp_path_factory.mktemp("hostile")
    texts = [*ATTACKS, *HOSTILE]
    names = [ATTACKS[number % len(ATTACKS)] for number in range(len(texts))]
    candidates = [Candidate({"m": {name: text, "v": name}}) for name, text in zip(names, texts, strict=True)]
    manifest = {
        "experiment": {"dataset": {"name": ATTACKS[0]}, "model": {"name": ATTACKS[2], ATTACKS[1]: ATTACKS[1]}},
        "plugins": dict.fromkeys(ATTACKS, ATTACKS[1]),
        "data": {"rows": 3, "sha256": ATTACKS[0]},
    }
    fields = {"name": ATTACKS[0], "description": ATTACKS[1], "scoring": ATTACKS[2], "manifest": manifest}
    result = searched(candidates, folder, seeds=2, epochs=2, engine=ATTACKS[0], engine_reason=ATTACKS[2], **fields)
    broken = result.trials[0].results
    object.__setattr__(result.trials[0], "results", (failed(f"ValueError: {ATTACKS[1]}"), *broken[1:]))
    html.report(result)
    return folder / "report.html"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1400])
def test_a_page_is_drawn_without_errors_requests_or_sideways_scrolling(seen, width, scheme):
    page = seen(width, scheme)
    assert page.locator(".plot .main-svg").count() >= 8
    assert page.locator("#ranking .plot .point").count() == 40
    assert page.locator("#pairs .plot .hm image").count() == 1
    assert page.evaluate(OVERFLOW) == 0
    assert page.noted == []


def test_the_course_of_a_search_is_drawn_on_a_phone_without_errors_or_sideways_scrolling(chromium, tmp_path):
    html.report(RESULTS["several waves"](tmp_path))
    with opened(chromium, tmp_path / "report.html", 375, "dark") as page:
        assert page.locator("#search .plot .main-svg").count() >= 3
        assert page.locator("#search .plot .js-line").count() == 6 + 2
        assert page.evaluate(OVERFLOW) == 0
        assert page.noted == []


@pytest.mark.parametrize("width", [375, 1400])
def test_no_plot_is_wider_than_its_place(seen, width):
    page = seen(width, "light")
    widths = page.evaluate(
        "[...document.querySelectorAll('.plot')].map((place) => "
        "[place.clientWidth, place.querySelector('.main-svg').clientWidth])"
    )
    assert all(drawn == place for place, drawn in widths)


def test_on_a_phone_the_answers_to_a_question_stand_below_it_each_in_its_line(seen):
    widths = "[...document.querySelectorAll('.readings td')].map((cell) => cell.clientWidth)"
    phone = seen(375, "light")
    assert min(phone.evaluate(widths)) > 300
    assert not phone.is_visible(".readings thead")
    assert seen(1400, "light").is_visible(".readings thead")


def test_plots_follow_the_theme(seen):
    ticks = "getComputedStyle(document.querySelector('#ranking .ytick text')).fill"
    background = "getComputedStyle(document.body).backgroundColor"
    page = seen(1400, "dark")
    dark = page.evaluate(ticks), page.evaluate(background)
    page.click("#theme")
    light = page.evaluate(ticks), page.evaluate(background)
    page.click("#theme")
    assert (page.evaluate(ticks), page.evaluate(background)) == dark
    page = seen(1400, "light")
    assert (page.evaluate(ticks), page.evaluate(background)) == light
    assert brightness(light[1]) > 250 > brightness(light[0]) + 200
    assert brightness(dark[1]) < 40 < brightness(dark[0]) - 150


def brightness(colour):
    red, green, blue = (float(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(","))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_chosen_theme_is_kept(chromium, usual):
    with opened(chromium, usual) as page:
        page.click("#theme")
        page.reload()
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"


COLOURS = ["text", "quiet", "accent", "second", "third", "fourth", "fifth"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_colour_of_text_has_a_contrast_of_4_5_and_every_other_of_3(seen, scheme):
    shown = seen(1400, scheme).evaluate(
        "(names) => names.map((name) => { const probe = document.createElement('i'); document.body.append(probe);"
        " probe.style.color = `var(--${name})`; const found = getComputedStyle(probe).color; probe.remove();"
        " return found; })",
        ["page", "raised", "low", "middle", "high", *COLOURS, "muted"],
    )
    ground, raised, low, middle, high, *colours, muted = map(luminance, shown)
    assert {
        name: round(contrast(colour, ground), 2)
        for name, colour in zip(COLOURS, colours, strict=True)
        if contrast(colour, ground) < 4.5
    } == {}
    assert all(contrast(colours[0], other) >= 4.5 for other in (raised, low, middle, high))
    assert contrast(muted, ground) >= 3


def luminance(colour):
    parts = [float(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


@pytest.fixture
def table(seen):
    """That page, whose table is afterwards as it was: sorted by rank, all of it, from the beginning."""
    page = seen(1400, "light")
    yield page
    page.fill("#filter", "")
    page.select_option("#which", "")
    page.click("#table thead button:text-is('mean')")
    page.click("#table thead button:text-is('rank')")


def test_the_table_turns_its_pages(table):
    assert len(table.evaluate(ROWS)) == 50
    table.click("#next")
    assert len(table.evaluate(ROWS)) == 10
    assert table.inner_text("#page") == "page 2 of 2"
    assert table.is_disabled("#next")
    table.click("#back")
    assert table.evaluate(ROWS)[0][0] == "1"


def test_a_click_on_a_head_sorts_and_another_turns_the_order(table):
    table.click("#table thead button:text-is('rate')")
    rates = [float(row[1]) for row in table.evaluate(ROWS)]
    assert rates == sorted(rates)
    assert table.get_attribute("#table th:nth-child(2)", "aria-sort") == "ascending"
    table.click("#table thead button:text-is('rate')")
    rates = [float(row[1]) for row in table.evaluate(ROWS)]
    assert rates == sorted(rates, reverse=True)
    assert table.get_attribute("#table th:nth-child(2)", "aria-sort") == "descending"
    table.click("#table thead button:text-is('rank')")
    assert [row[0] for row in table.evaluate(ROWS)] == [str(rank) for rank in range(1, 51)]


def test_the_table_is_filtered_by_words_and_by_what_became_of_a_trial(table):
    table.fill("#filter", "kind=b rate=0.5")
    assert {tuple(row[1:3]) for row in table.evaluate(ROWS)} == {("0.5", "b"), ("0.55", "b")}
    assert table.inner_text("#count") == "2 of 60 trials"
    table.fill("#filter", "no such thing")
    assert table.evaluate(ROWS) == []
    table.fill("#filter", "")
    table.select_option("#which", "tied with the best")
    assert {row[-3] for row in table.evaluate(ROWS)} == {"yes"}


def test_what_failed_is_last_in_either_order(chromium, mixed):
    html.report(mixed)
    with opened(chromium, mixed.folder / "report.html") as page:
        for _ in range(2):
            page.click("#table thead button:text-is('mean')")
            assert [row[-1] for row in page.evaluate(ROWS)] == ["complete", "failed", "not finished"]
        page.select_option("#which", "failed")
        assert [row[-1] for row in page.evaluate(ROWS)] == ["failed"]
        assert page.noted == []


def test_texts_that_attack_are_texts(chromium, hostile):
    with opened(chromium, hostile, 375) as page:
        assert page.inner_text("h1") == ATTACKS[0]
        assert page.inner_text(".description") == ATTACKS[1]
        assert page.locator("img, iframe, main a").count() == 0
        assert page.locator("script").count() == page.locator(".plot").count() + 5
        names = page.evaluate("[...document.querySelectorAll('#table thead button')].map((head) => head.textContent)")
        assert set(ATTACKS) <= set(names)
        page.click("#failures summary")
        assert ATTACKS[1] in page.inner_text("#failures summary")
        for width in (375, 1400):
            page.set_viewport_size({"width": width, "height": 1100})
            assert page.evaluate(OVERFLOW) == 0
        assert page.noted == []


def test_labels_of_plots_that_attack_are_texts(chromium, tmp_path):
    html.report(searched(grid(v=ATTACKS), tmp_path, seeds=2, scoring="<b>x</b>"))
    with opened(chromium, tmp_path / "report.html") as page:
        ticks = page.evaluate("[...document.querySelectorAll('#effects .ytick text')].map((tick) => tick.textContent)")
        expected = [" ".join(text.split()) for text in ATTACKS if text.strip()]
        shortened = {text if len(text) <= LABEL else f"{text[: LABEL - 1]}…" for text in expected}
        assert {tick.replace("\u00a0", " ") for tick in ticks} >= shortened
        assert page.evaluate("document.querySelector('#effects .xtitle').textContent") == "<b>x</b>"
        assert page.locator(".plot a").count() == 0
        page.hover("#effects .point >> nth=4", force=True)
        page.wait_for_selector("#effects .hovertext")
        assert "<b>bold</b>" in page.locator("#effects .hovertext").text_content()
        assert page.noted == []


def test_ten_thousand_trials_can_be_sorted_and_filtered(chromium, tmp_path):
    candidates = grid(a=list(range(100)), b=list(range(100)))
    html.report(searched(candidates, tmp_path, folds=1, seeds=1))
    with opened(chromium, tmp_path / "report.html") as page:
        assert page.inner_text("#count") == "10,000 trials"
        page.click("#table thead button:text-is('b')")
        page.fill("#filter", "a=77")
        assert [row[2] for row in page.evaluate(ROWS)] == [str(number) for number in range(50)]
        assert page.noted == []


def test_ticks_below_curves_say_how_many_fits_stopped(chromium, tmp_path):
    result = searched(grid(x=[1, 2]), tmp_path, seeds=2)
    for trial in result.trials:
        fits = [FitResult({"accuracy": 0.5 + n / 50}, {"loss": [1.0, 0.5, 0.4, 0.3][: 2 + n % 3]}) for n in range(6)]
        object.__setattr__(trial, "results", tuple(fits))
    html.report(result)
    with opened(chromium, tmp_path / "report.html", 375, "dark") as page:
        assert page.locator("#curves .plot .scatterlayer .point").count() == 2 * 2
        page.hover("#curves .plot .point >> nth=1", force=True)
        page.wait_for_selector("#curves .hovertext")
        assert page.locator("#curves .hovertext").text_content() == "2 of 6 fits stopped at epoch 3"
        assert page.inner_text("#curves figure .note >> nth=0") == "4 of 6 fits stopped early, at epochs 2 to 3."
        assert page.evaluate(OVERFLOW) == 0
        assert page.noted == []


@pytest.mark.parametrize(
    "fields",
    [
        {"candidates": grid(x=[1])},
        {"candidates": grid(x=[1, 2]), "folds": 1, "seeds": 1},
        {"candidates": grid(x=list(range(300))), "seeds": 1},
        {"candidates": grid(**{"n" * 300: ["v" * 500, "w" * 500]}), "name": "x" * 300, "description": "y" * 2000},
        {"candidates": grid(x=[1, 2, 3]), "score": lambda number: -1e4 * number, "scoring": "r2"},
        {"candidates": grid(x=[1, 2, 3], y=["a", "b"])[:4]},
        {"candidates": grid(x=[1, 2]), "score": lambda number: 1e200 * number},
    ],
    ids=["one", "single", "hundreds", "long", "negative", "not full", "huge"],
)
def test_unusual_searches_have_pages_that_fit_a_phone(chromium, tmp_path, fields):
    html.report(searched(folder=tmp_path, **fields))
    with opened(chromium, tmp_path / "report.html", 375) as page:
        assert page.evaluate(OVERFLOW) == 0
        assert page.noted == []


def test_the_table_shows_four_digits_of_a_drawn_number_and_the_others_where_a_pointer_rests(chromium, tmp_path):
    rates = [1.23456789012e-06, 0.0123456789012, 123456, 0.5]
    html.report(searched(grid(rate=rates), tmp_path))
    with opened(chromium, tmp_path / "report.html") as page:
        page.click("#table thead button:text-is('rate')")
        assert [row[1] for row in page.evaluate(ROWS)] == ["1.235e-6", "0.01235", "0.5", "123456"]
        assert page.get_attribute("#table tbody tr:first-child td:nth-child(2)", "title") == "1.23456789012e-06"
        page.fill("#filter", "0.0123456789012")
        assert len(page.evaluate(ROWS)) == 1


def test_lines_of_a_thousand_candidates_are_drawn_on_a_page_that_does_not_scroll_sideways(chromium, tmp_path):
    domains = {"rate": [10 ** (-n / 10) for n in range(40)], "width": list(range(5)), "kind": ["a", "b", "c", "d", "e"]}
    html.report(searched(grid(**domains), tmp_path, folds=2, seeds=1))
    with opened(chromium, tmp_path / "report.html", 375) as page:
        assert page.locator("#parallel .plot .js-line").count() == 1000
        assert page.locator("#parallel .plot .point").count() == 1000
        assert page.locator("#history .plot .point").count() == 1000
        page.hover("#parallel .plot .point >> nth=999", force=True)
        page.wait_for_selector("#parallel .hovertext")
        assert page.locator("#parallel .hovertext").text_content().startswith("1. ")
        assert page.evaluate(OVERFLOW) == 0
        assert page.noted == []
