"""Whatever a plugin raises fails what it was asked for, and whatever it changes of its process is put back."""

from __future__ import annotations

import pytest

from gridloom.core.boundary import PluginQuit
from reliability.conftest import searching

RAISING = {
    "exit": "SystemExit",
    "exit 3": "SystemExit: 3",
    "interrupt": "KeyboardInterrupt",
    "generator exit": "GeneratorExit",
    "fatal": "Fatal: no Exception",
}
HARMLESS = ["close", "close stdout", "no stdout", "fork", "spoil", "look"]


@pytest.mark.usefixtures("new_workers")
@pytest.mark.parametrize("place", ["act", "build"])
def test_fits_that_end_the_process_fail_alone_and_named(run, tmp_path, place):
    result = run(**searching(**{place: [*RAISING, *HARMLESS, "huge"]}) | {"reporters": []})
    errors = {trial.params[place]: [fit.error for fit in trial.results] for trial in result.trials}
    assert [errors[act] for act in HARMLESS] == [[None, None]] * len(HARMLESS)
    assert all(word in error for act, word in RAISING.items() for error in errors[act])
    assert all("characters omitted" in error and len(error) < 5_000 for error in errors["huge"])
    log = (tmp_path / "runs" / "hostile" / "workers.log").read_text()
    assert log.count("printed") == log.count("written") == 2


def test_draws_of_a_fit_do_not_depend_on_the_fits_before_it(run):
    alone = run(**searching(act=["draw"], C=[2.0]) | {"name": "alone", "reporters": []})
    others = run(**searching(act=["draw"], C=[1.0, 2.0]) | {"name": "others", "reporters": []})
    history = [trial.results[0].history for trial in (alone.trials[0], others.trials[1])]
    assert alone.trials[0].scores == others.trials[1].scores, history
    assert others.trials[0].scores != others.trials[1].scores


def test_a_scorer_that_ends_the_process_fails_its_fits(run):
    result = run(**searching(C=[1.0]) | {"scoring": {"name": "hostile", "act": "exit"}, "reporters": []})
    assert "the scorer of 'hostile' raised SystemExit" in result.trials[0].results[0].error


@pytest.mark.parametrize("part", ["dataset", "strategy", "first wave"])
def test_what_ends_the_process_in_the_parent_is_raised_by_name(run, part):
    options, bad = searching(C=[1.0]), {"name": "hostile", "act": "fatal"}
    if part == "dataset":
        options["dataset"] = bad
    else:
        options["search"] = options["search"] | {"strategy": bad | {"first": part == "first wave"}}
    kind = "data set" if part == "dataset" else "strategy"
    with pytest.raises(PluginQuit, match=f"the {kind} 'hostile:hostile' raised Fatal: no Exception"):
        run(**options)


def test_reporters_that_end_the_process_cost_no_other_report(gridloom_process, write, hostile):
    bad = [{"name": "hostile", "act": act} for act in ("exit", "fatal", "close", "close stdout", "no stdout")]
    done = gridloom_process("run", write(**searching(C=[1.0]) | {"reporters": [*bad, "console"]}), "-p", hostile)
    assert "  C=1.0\n" in done.stdout
    assert done.returncode == 5, done.stderr
    assert done.stderr.endswith("gridloom: hostile: these reports failed, see above: hostile\n")
