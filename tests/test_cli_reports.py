"""`gridloom report`, `open` and `compare`: what is made of runs after they have ended."""

from __future__ import annotations

import json
import re

import pytest
import yaml
from command_line import run_here, run_process
from reporters.outcomes import HOSTILE

from gridloom import FileName
from gridloom.cli import compare
from gridloom.registry.option import Option

FOREST = {
    "name": "forest",
    "dataset": "iris",
    "model": {"name": "random_forest", "trees": 3},
    "search": {"strategy": "grid", "space": {"model": {"max_depth": [1, 2, 3]}}},
    "validation": {"method": "stratified_kfold", "folds": 3, "seeds": 4},
    "seed": 7,
    "reporters": [],
}

PLUGIN = """
import gridloom

def report(result, filename: str = "best.txt"):
    (result.folder / filename).write_text(f"{result.best.params}")

def needy(result, target: str):
    pass

def missing(result):
    raise gridloom.GridloomError("the reporter 'missing' needs whatever: pip install 'gridloom[whatever]'")

def wrong(result):
    result.best.mean()

@gridloom.hookimpl
def gridloom_reporters():
    yield gridloom.Reporter("best", "The best candidate, in a text file.", report)
    yield gridloom.Reporter("needy", "Needs an option.", needy)
    yield gridloom.Reporter("missing", "Needs a package.", missing)
    yield gridloom.Reporter("wrong", "Is wrong.", wrong)
"""

OWN = """
import gridloom
from sklearn.tree import DecisionTreeClassifier

def build(task, max_depth: int = 1):
    return DecisionTreeClassifier(max_depth=max_depth)

@gridloom.hookimpl
def gridloom_model_builders():
    yield gridloom.ModelBuilder("tree", "A tree.", build, makes="estimator")
"""


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A folder of runs, all trained in one process: `forest`, and others that differ from it in something."""
    folder = tmp_path_factory.mktemp("kept")
    others = {
        "forest": {},
        "trees": {"model": {"name": "random_forest", "trees": 30}},
        "shallow": {"search": {"strategy": "grid", "space": {"model": {"max_depth": [9, 1]}}}},
        "single": {"validation": {"method": "stratified_kfold", "folds": 3}},
        "wine": {"dataset": "wine", "scoring": "f1_macro"},
        "deep": {"search": {"strategy": "grid", "space": {"model": {"max_depth": [7]}}}},
        "two": {"scoring": ["accuracy", "neg_log_loss"]},
        "reported": {"reporters": ["json", {"name": "csv", "filename": "table.csv"}]},
    }
    files = []
    for name, changes in others.items():
        files.append(folder / f"{name}.yaml")
        files[-1].write_text(yaml.safe_dump(FOREST | {"name": name} | changes, sort_keys=False))
    done = run_here(folder, "run", *files, "-j2")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def ask(kept):
    """Run the command line beside those runs."""

    return lambda *arguments, **environment: run_here(kept, *arguments, **environment)


@pytest.fixture
def plugin(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(PLUGIN)
    return path


# gridloom run


def test_a_run_ends_with_the_paths_of_its_reports(gridloom, write):
    file = write(reporters=["html", {"name": "csv", "filename": "table.csv"}])
    said = "html: runs/small/report.html\ncsv: runs/small/table.csv\n"
    for arguments in ((), (), ("--fresh",)):
        done = gridloom("run", file, *arguments)
        assert (done.returncode, done.stdout) == (0, said), done.stderr


def test_a_reporter_that_writes_nothing_has_no_path(gridloom, write):
    assert "runs/small" not in gridloom("run", write(reporters=["console"])).stdout


# gridloom report


def test_the_reports_of_the_experiment_are_written_again_with_their_options(ask, kept):
    folder = kept / "runs" / "reported"
    before = {path: path.read_text() for path in (folder / "results.json", folder / "table.csv")}
    for path in before:
        path.unlink()
    done = ask("report", "reported")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "reports in runs/reported: json, csv\n"
    assert {path: path.read_text() for path in before} == before


def test_other_reporters_can_be_named_and_those_of_the_experiment_keep_their_options(ask, kept):
    folder = kept / "runs" / "reported"
    (folder / "table.csv").unlink()
    done = ask("report", folder, "--reporter", "markdown", "-r", "csv", "-r", "console")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(("Winner: ", "Tie: ", "Too noisy "))
    assert done.stdout.endswith(
        "reports in runs/reported: markdown, csv, console\n".replace("runs", str(kept / "runs"))
    )
    assert (folder / "results.md").exists()
    assert (folder / "table.csv").exists()
    assert not (folder / "results.csv").exists()


def test_an_experiment_without_reporters_has_none_to_repeat(ask):
    done = ask("report", "forest")
    assert (done.returncode, done.stderr) == (0, "")
    assert "none, since the experiment does not name any reporter" in done.stdout


def test_a_reporter_of_a_plugin_can_be_asked_for(ask, kept, plugin):
    done = ask("report", "forest", "-r", "best", "-p", plugin)
    assert done.returncode == 0, done.stderr
    assert (kept / "runs" / "forest" / "best.txt").read_text().startswith("{'max_depth'")


def test_reading_a_run_executes_no_code_that_it_names(ask, kept, plugin, tmp_path):
    own, mark = tmp_path / "own.py", tmp_path / "executed"
    own.write_text(OWN)
    outward = {"name": "mlflow", "uri": "http://localhost:1/"}
    (kept / "own.yaml").write_text(
        yaml.safe_dump(FOREST | {"name": "own", "model": "tree", "reporters": [outward, "csv"]})
    )
    ask("run", "own.yaml", "-p", own, "-j1")
    own.write_text(OWN + f"open({str(mark)!r}, 'w').close()\n")
    whole = ask("show", "own", "-p", own)
    assert (whole.returncode, whole.stderr) == (0, "")
    assert mark.exists()
    mark.unlink()
    told = f"runs/own was made with plugins that are not loaded, since reading a run executes no code that it names: .*-p {own}"
    for arguments in (["show", "own"], ["report", "own", "-r", "best", "-p", plugin], ["compare", "own", "single"]):
        done = ask(*arguments)
        assert done.returncode == 0, done.stderr
        assert re.search(told, done.stderr)
    lines = [
        sorted(line for line in done.stdout.splitlines() if ")  max_depth=" in line)
        for done in (whole, ask("show", "own"))
    ]
    assert lines[0] == lines[1]
    assert ask("report", "own").stderr.endswith("runs/own: its reporters cannot be read; name some with -r\n")
    assert not mark.exists()

    outward = ask("report", "own", "-p", own)
    assert (outward.returncode, outward.stdout) == (0, "reports in runs/own: csv\n")
    assert (
        "(uri: http://localhost:1/), so it is not used; if you trust it, name the reporter: -r mlflow" in outward.stderr
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["forest", "-r", "markdwn"], "unknown reporter 'markdwn'; did you mean 'markdown'?"),
        (["forrest"], "forrest: there is no such run in runs; did you mean 'forest'?"),
        (["forest", "-r", "needy"], "--reporter needy: option 'target' (text) is missing"),
    ],
)
def test_what_cannot_be_reported_ends_with_exit_code_2(arguments, said, ask, plugin):
    done = ask("report", *arguments, "-p", plugin)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_reporter_that_fails_ends_with_exit_code_4_and_one_sentence_after_the_others(ask, kept, plugin):
    (kept / "runs" / "single" / "results.json").unlink(missing_ok=True)
    done = ask("report", "single", "-r", "missing", "-r", "json", "-p", plugin)
    assert done.returncode == 4
    needs = "the reporter 'missing' needs whatever: pip install 'gridloom[whatever]'"
    assert done.stderr.splitlines() == [
        f"{needs}; the run and other reports are not affected",
        "gridloom: single: these reports failed, see above: missing",
    ]
    assert json.loads((kept / "runs" / "single" / "results.json").read_text())["name"] == "single"


def test_a_reporter_with_a_mistake_of_its_own_ends_with_exit_code_5_and_a_traceback(ask, plugin):
    done = ask("report", "single", "-r", "wrong", "-r", "missing", "-p", plugin)
    assert done.returncode == 5
    assert "Traceback (most recent call last)" in done.stderr
    assert "TypeError: 'float' object is not callable" in done.stderr
    assert done.stderr.endswith("gridloom: single: these reports failed, see above: wrong, missing\n")


def test_a_run_that_is_not_finished_is_reported_as_far_as_it_is(ask, kept):
    import shutil
    import sqlite3

    folder = kept / "runs" / "half"
    shutil.copytree(kept / "runs" / "forest", folder)
    with sqlite3.connect(folder / "journal.sqlite") as database:
        database.execute("DELETE FROM fits WHERE fold = 2 AND candidate LIKE '%3%'")
    database.close()
    done = ask("report", "half", "-r", "markdown", "-r", "json", "-r", "csv", "-r", "console")
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 of 3 candidates are not finished." in (folder / "results.md").read_text()
    shutil.rmtree(folder)


@pytest.mark.parametrize("score", ["accuracy", "neg_log_loss"])
def test_a_run_is_reported_ranked_by_another_of_its_scores(score, ask, kept):
    done = ask("report", "two", "--rank-by", score, "-r", "json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads((kept / "runs" / "two" / "results.json").read_text())
    assert found["scoring"] == found["scores"][0] == score
    best = max(found["trials"], key=lambda trial: trial["mean"])
    assert (found["best"], best["rank"]) == (best["number"], 1)
    assert best["mean"] == pytest.approx(sum(fit["scores"][score] for fit in best["fits"]) / len(best["fits"]))


def test_a_run_is_shown_ranked_by_another_of_its_scores(ask):
    shown = ask("show", "two", "--rank-by", "neg_log_loss", "--all").stdout
    first, best, *lines = shown.partition("\n\n")[2].splitlines()
    assert first == "Ranked by neg_log_loss; the means of other scores are at the end of each line."
    assert best.startswith("Best: -0.")
    assert [" | accuracy 0." in line for line in lines[:3]] == [True] * 3
    assert lines[-1].startswith("By accuracy: ")
    assert ask("show", "forest", "--rank-by", "accuracy").stdout == ask("show", "forest").stdout


@pytest.mark.parametrize("command", ["show", "report"])
def test_a_score_that_a_run_does_not_have_ends_with_exit_code_2(command, ask):
    done = ask(command, "two", "--rank-by", "acuracy")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == ("gridloom: --rank-by acuracy: runs/two has no such score; did you mean 'accuracy'?\n")


def test_no_reporter_may_write_over_what_the_run_keeps_itself(kept):
    names = sorted(path.name for path in (kept / "runs" / "deep").iterdir())
    assert "journal.sqlite" in names
    option = Option("filename", FileName, "x")
    assert [name for name in names if not option.validate(name, kept)[1]] == []


# gridloom open


@pytest.fixture
def browser(tmp_path):
    """A command that notes what it is asked to open, for the variable BROWSER; and its notes."""
    notes = tmp_path / "opened.txt"
    script = tmp_path / "browser.sh"
    script.write_text(f'#!/bin/sh\necho "$1" > {notes}\n')
    script.chmod(0o755)
    return f"{script} %s", notes


def test_the_report_is_opened_in_the_browser(ask, kept, browser):
    page = kept / "runs" / "forest" / "report.html"
    page.write_text("<p>report</p>")
    command, notes = browser
    done = ask("open", "forest", BROWSER=command)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{page.resolve()}\n"
    assert notes.read_text() == f"{page.resolve().as_uri()}\n"
    page.unlink()


def test_without_a_report_there_is_the_command_that_makes_it(ask, browser):
    done = ask("open", "forest", BROWSER=browser[0])
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "gridloom: runs/forest has no report.html; to make it: gridloom report runs/forest --reporter html\n"
    )


def test_without_a_browser_the_file_is_named_and_the_exit_code_is_4(kept):
    page = kept / "runs" / "forest" / "report.html"
    page.write_text("<p>report</p>")
    done = run_process(kept, "open", "forest", BROWSER="false %s", PATH="/nowhere", DISPLAY="", WAYLAND_DISPLAY="")
    assert done.returncode == 4
    assert done.stdout == f"{page.resolve()}\n"
    assert "no browser can be opened here" in done.stderr
    page.unlink()


# gridloom compare


def test_two_runs_are_compared_by_the_candidates_that_they_share(ask):
    done = ask("compare", "forest", "trees")
    assert (done.returncode, done.stderr) == (0, "")
    head, one, two, _, beside, *rest = done.stdout.splitlines()
    assert head == "accuracy on 150 rows, stratified_kfold"
    assert one.startswith("[1] runs/forest: 3 complete candidates, 4 seed(s), engine sklearn, best 0.9")
    assert two.startswith("[2] runs/trees: ")
    assert beside == "[2] beside [1]"
    assert rest[0] == "  experiment.model.trees: 3 in [1], 30 in [2]"
    for depth, line in zip((1, 2, 3), rest[1:4], strict=True):
        assert line.endswith(f" with: {{'max_depth': {depth}}}")
        assert ", Holm's " in line
    assert " of 3 candidates differ" in rest[4]
    assert " significantly between the runs (95 %, across seeds on this data)" in rest[4]
    assert len(rest) == 5


def test_several_runs_are_each_compared_with_the_first(ask):
    done = ask("compare", "forest", "trees", "shallow")
    assert done.returncode == 0, done.stderr
    assert "[2] beside [1]" in done.stdout
    assert "[3] beside [1]" in done.stdout
    assert "Not compared: 2 of [1] and 1 of [3], which the other run has not finished." in done.stdout


def test_a_run_of_one_seed_is_compared_on_new_data(ask):
    done = ask("compare", "forest", "single")
    assert done.returncode == 0, done.stderr
    assert "  experiment.validation.seeds: 4 in [1], 1 in [2]" in done.stdout
    assert "significantly between the runs (95 %, on new data)" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        (["forest", "forest"], "forest: is named twice, along with 'forest'; name another run to compare it with"),
        (["trees", "forest", "runs/forest"], "runs/forest: is the same run as 'forest'; name another run to compare"),
    ],
)
def test_a_run_is_not_compared_with_itself(runs, said, ask):
    done = ask("compare", *runs)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_runs_of_other_data_or_scoring_are_refused_with_what_differs(ask):
    done = ask("compare", "forest", "wine")
    assert (done.returncode, done.stdout) == (3, "")
    first, *reasons = done.stderr.removeprefix("gridloom:\n").splitlines()
    assert first == "runs/forest and runs/wine cannot be compared. They differ in:"
    assert reasons[0].startswith("  the data: 150 rows with SHA-256 ")
    assert reasons[1] == "  the scoring: accuracy, and f1_macro"


def test_runs_that_share_no_candidate_are_compared_by_their_winners(ask):
    done = ask("compare", "forest", "deep")
    assert done.returncode == 0, done.stderr
    assert "No candidate is complete in both runs, so only their winners are compared.\nwinners " in done.stdout
    assert "winner" in done.stdout.splitlines()[-2]
    assert "so its mean is too high" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize("text", [*HOSTILE, "x" * 999, "<script>"])
def test_settings_that_differ_are_shown_as_text_of_one_line(text):
    ((key, value),) = compare._changes({"experiment": {"model": {text: text}}}, {"experiment": {"model": {text: 1}}}, 2)
    assert (key + value).isprintable()
    assert len(key) <= 120
    assert value.endswith(" in [1], 1 in [2]")


@pytest.mark.parametrize(
    ("arguments", "said"), [(["forest"], "at least two runs"), (["forest", "tree"], "did you mean 'trees'?")]
)
def test_a_wrong_command_line_ends_with_exit_code_2(arguments, said, ask):
    done = ask("compare", *arguments)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.parametrize("command", ["report", "open", "compare"])
def test_the_help_of_every_command_says_what_it_does(command, ask):
    done = ask(command, "--help")
    assert done.returncode == 0
    assert "RUN" in done.stdout
