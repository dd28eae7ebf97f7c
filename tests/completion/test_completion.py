"""TAB completes commands, experiment files, runs, and names of plugins and of what they provide, in bash and in zsh."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from test_imports import HEAVY, imported

from completion.shells import PATIENCE, Bash, Zsh, asked, environment

pytestmark = pytest.mark.slow
EXPERIMENTS = Path(__file__).parents[2] / "experiments"
CLASH = """
import gridloom

print("a plugin that talks")

def report(result): ...

@gridloom.hookimpl
def gridloom_reporters():
    yield gridloom.Reporter("csv", "Another table.", report)
    yield gridloom.Reporter("best", "It's the $best: `one` [of all].", report)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with experiments, runs and plugins."""
    folder = tmp_path_factory.mktemp("shell")
    shutil.copytree(EXPERIMENTS, folder / "experiments")
    for run, out in (("first", "runs"), ("second", "runs"), ("third", "elsewhere")):
        (folder / out / run).mkdir(parents=True)
        (folder / out / run / "experiment.yaml").write_text(f"name: {run}\ndescription: The {run} one.\n")
    (folder / "runs" / "no run").mkdir()
    (folder / "mine.yaml").write_text("description: 'Mine: all of it'\n")
    (folder / "my own.yaml").write_text("")
    (folder / "notes.txt").write_text("")
    (folder / ".hidden.yaml").write_text("")
    (folder / "clash.py").write_text(CLASH)
    (folder / "broken.py").write_text("import sys\nprint('out')\nprint('err', file=sys.stderr)\n1 / 0\n")
    return folder


@pytest.fixture(scope="module")
def bash(folder):
    """A bash in that folder."""
    return Bash(folder)


@pytest.fixture(scope="module")
def zsh(folder):
    """A zsh in that folder."""
    zsh = Zsh(folder)
    yield zsh
    zsh.close()


COMMANDS = {
    "check",
    "compare",
    "export",
    "import",
    "new",
    "open",
    "plugins",
    "predict",
    "report",
    "run",
    "runs",
    "schema",
    "show",
}
REPORTERS = {"console", "csv", "histories", "html", "json", "markdown", "mlflow", "optuna", "plots", "tensorboard"}

# What a shell is answered


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("gridloom ", COMMANDS),
        ("gridloom re", {"report"}),
        ("gridloom run ", {"elsewhere/", "experiments/", "runs/", "mine.yaml"}),
        ("gridloom check mi", {"mine.yaml"}),
        ("gridloom run .h", {".hidden.yaml"}),
        ("gridloom run experiments/d", {"experiments/dropout.yaml"}),
        ("gridloom run ./m", {"./mine.yaml"}),
        ("gridloom show ", {"first", "second"}),
        ("gridloom compare first s", {"second"}),
        ("gridloom open --out elsewhere ", {"third"}),
        ("gridloom run mine.yaml --engine ", {"auto", "fused", "scikeras", "sklearn"}),
        ("gridloom run mine.yaml --executor ", {"dask", "loky", "ray", "submitit"}),
        ("gridloom report first -r ", REPORTERS),
        ("gridloom report first -p clash.py -r ", REPORTERS - {"csv"} | {"best", "builtin-reporters:csv", "clash:csv"}),
        ("gridloom check --no-plugin builtin-m", {"builtin-models"}),
        ("gridloom plugins ", {"show"}),
        ("gridloom plugins show dr", {"dropout"}),
        ("gridloom plugins -p clash.py show be", {"best"}),
        ("gridloom plugins --no-plugin builtin-f", {"builtin-families"}),
        ("gridloom schema --no", {"--no-plugin"}),
        ("gridloom run no-such-folder/", set()),
        ("gridloom show --out no-such-folder ", set()),
        ("gridloom report first -p broken.py -r ", set()),
    ],
)
def test_words_are_offered_for_a_line(line, offered, folder):
    assert set(asked(folder, line, "bash")) == offered


@pytest.mark.parametrize(
    ("line", "texts"),
    [
        ("gridloom show ", ["first:The first one.", "second:The second one."]),
        ("gridloom plugins show d", ["dropout:family: Dropout rate and max-norm constraint of the hidden layers."]),
        ("gridloom plugins show c", ["data set: Columns and a target from a CSV file. / reporter: The result table"]),
        ("gridloom report first -r ", ["html:A page with plots as report.html, for any browser."]),
        ("gridloom check --no-plugin ", ["builtin-families:gridloom 0.1.0: families"]),
        ("gridloom run mine.yaml --engine ", ["auto:The fastest engine that can train the model."]),
    ],
)
def test_words_are_offered_with_what_they_mean(line, texts, folder):
    offered = "\n".join(asked(folder, line, "zsh")).replace('"', "").replace("\\", "")
    assert [text for text in texts if text not in offered] == [], offered


# Bash


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("gridloom run ", {"elsewhere/", "experiments/", "runs/", "mine.yaml"}),
        ("gridloom report first -p clash.py -r cl", {"clash:csv"}),
        ("gridloom report first -p broken.py -r ", set()),
    ],
)
def test_bash_completes(line, offered, bash):
    assert set(bash.offers(line)) == offered


def test_one_folder_is_offered_with_what_it_holds_so_that_bash_puts_no_space_behind_it(bash):
    offers = bash.offers("gridloom run exp")
    assert offers[0] == "experiments/"
    assert {"experiments/dropout.yaml", "experiments/honest/"} < set(offers)
    assert all(offer.startswith("experiments/") for offer in offers)


# Zsh


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("gridloom ch\t", "gridloom check "),
        ("gridloom run exp\t", "gridloom run experiments/"),
        ("gridloom report first -p clash.py -r cl\t", "gridloom report first -p clash.py -r clash:csv "),
        ("gridloom report first -p broken.py -r x\t", "gridloom report first -p broken.py -r x"),
    ],
)
def test_zsh_completes_a_word_of_which_there_is_one(keys, line, zsh):
    assert zsh.press(keys)[1] == line


@pytest.mark.parametrize(
    ("keys", "texts"),
    [
        ("gridloom \t", ["run      -- Run experiments; a run that was stopped is"]),
        ("gridloom run \t", ["experiments/ ", "-- a folder", "-- Mine: all of it"]),
        ("gridloom report first -p clash.py -r \t", ["best                   -- It\N{RIGHT SINGLE QUOTATION MARK}s the best: one of all ."]),
    ],
)  # fmt: skip
def test_zsh_lists_words_with_what_they_mean(keys, texts, zsh):
    shown, _ = zsh.press(keys)
    assert [text for text in texts if text not in shown] == [], shown


def test_no_shell_runs_what_a_description_or_a_name_says(bash, zsh, folder):
    (folder / "evil").mkdir()
    (folder / "evil" / "a.yaml").write_text("description: \\$(touch PWNED) \\`touch PWNED\\` '; touch PWNED; '\n")
    (folder / "evil" / "b.yaml").write_text("")
    (folder / "evil" / "$(touch PWNED).yaml").write_text("")
    assert "touch PWNED" in zsh.press("gridloom run evil/\t")[0]
    assert bash.offers("gridloom run evil/") == ["evil/a.yaml", "evil/b.yaml"]
    assert [path.name for path in folder.rglob("PWNED")] == []


# All shells


def completed(line):
    """Code that completes a line of bash."""
    words = line.split(" ")
    return (
        "import os\n"
        f"os.environ |= dict(_GRIDLOOM_COMPLETE='complete_bash', COMP_CWORD='{len(words) - 1}')\n"
        f"os.environ['COMP_WORDS'] = {chr(10).join(words)!r}\n"
        "try:\n"
        "    command()\n"
        "except SystemExit:\n"
        "    pass\n"
    )


def test_nothing_heavy_is_imported_to_complete():
    found = imported(*map(completed, ["gridloom run experiments/", "gridloom plugins show ", "gridloom show "]))
    assert len(found) == 3
    for packages in found.values():
        assert "gridloom" in packages
        assert packages.isdisjoint({*HEAVY, "numpy"})


@pytest.mark.parametrize(("shell", "script"), [("bash", ".bash_completions/gridloom.sh"), ("zsh", ".zfunc/_gridloom")])
def test_completion_is_installed_for_the_shell_that_asks(shell, script, folder, tmp_path, request):
    request.getfixturevalue(shell)  # it has written the script into its folder
    command = [shell, "-c", "gridloom --install-completion; true"]
    done = subprocess.run(
        command, env=environment(tmp_path), capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    assert f"{shell} completion installed in {tmp_path / script}" in done.stdout
    assert (tmp_path / script).read_text().strip() == (folder / f"completion.{shell}").read_text().strip()
