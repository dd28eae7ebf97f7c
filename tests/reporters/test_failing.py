"""A reporter that raises: it is named and logged, and neither the run nor the other reports are lost."""

from __future__ import annotations

import logging
from contextlib import ExitStack, nullcontext

import pytest

from gridloom import GridloomError, Plan, Progress, Reporter
from gridloom.errors import Location
from gridloom.experiment.bound import Bound
from gridloom.registry.plugin_info import PluginInfo
from gridloom.registry.registry import Provided
from gridloom.results.reporting import report, watching
from gridloom.results.result import ReportError


def bound(function, watch=None, name="mine"):
    provided = Provided(Reporter(name, "Mine.", function, watch=watch), PluginInfo("mine", "mine", "1", "mine.py"))
    return Bound(provided, {}, Location("e.yaml", 1, 1))


def raising(error):
    def function(result):
        raise error

    return bound(function)


@pytest.mark.parametrize(
    ("error", "noted"),
    [
        (ValueError("boom"), "ValueError: boom"),
        (SystemExit(3), "SystemExit: 3"),
        (AssertionError(), "AssertionError: "),
    ],
)
def test_its_own_mistake_is_named_as_one_and_logged_with_a_traceback(error, noted, result, caplog):
    mine = result(({"x": 1}, (0.5,)))
    with caplog.at_level(logging.ERROR, "gridloom"):
        report(raising(error), mine)
    assert mine.report_errors == [ReportError("mine", noted, is_bug=True)]
    (record,) = caplog.records
    assert record.getMessage() == "the reporter 'mine' failed; the run and other reports are not affected"
    assert record.exc_info[1] is error


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (GridloomError("the reporter 'mine' needs more"), "the reporter 'mine' needs more"),
        (OSError(28, "No space left on device"), "the reporter 'mine' failed: No space left on device"),
        (PermissionError(13, "Permission denied", "x.csv"), "the reporter 'mine' failed: x.csv: Permission denied"),
        (OSError("no strerror"), "the reporter 'mine' failed: no strerror"),
    ],
)
def test_what_the_user_or_the_machine_can_mend_is_told_without_a_traceback(error, told, result, caplog):
    mine = result(({"x": 1}, (0.5,)))
    with caplog.at_level(logging.ERROR, "gridloom"):
        report(raising(error), mine)
    assert mine.report_errors == [ReportError("mine", told)]
    (record,) = caplog.records
    assert record.getMessage() == f"{told}; the run and other reports are not affected"
    assert record.exc_info is None


def test_the_reports_after_it_are_made(result):
    mine, seen = result(({"x": 1}, (0.5,))), []

    def see(result):
        seen.append(result)

    for reporter in (raising(ValueError("boom")), bound(see), raising(SystemExit(1)), bound(see)):
        report(reporter, mine)
    assert seen == [mine, mine]
    assert len(mine.report_errors) == 2


def test_ctrl_c_is_no_failure_of_a_reporter(result):
    with pytest.raises(KeyboardInterrupt):
        report(raising(KeyboardInterrupt()), result(({"x": 1}, (0.5,))))


def idle(result):
    pass


def clumsy(where):
    """A watch that raises where it is told to: as it is made, as it begins, as it is told something, as it ends."""

    class Watch:
        def __enter__(self):
            assert where != "begins"
            return self.see

        def __exit__(self, *_):
            assert where != "ends"

        def see(self, progress):
            assert where != "is told"

    def watch(plan):
        assert where != "is made"
        return Watch()

    return watch


@pytest.mark.parametrize("where", ["is made", "begins", "is told", "ends"])
def test_a_reporter_that_raises_while_it_watches_is_named_and_harms_neither_the_run_nor_those_who_watch_too(
    where, caplog
):
    seen, errors, progress = [], [], Progress(1, 0, 0, 2, 1.0)
    both = [bound(idle, clumsy(where), "clumsy"), bound(idle, lambda _: nullcontext(seen.append), "other")]
    with watching(both, Plan("small", 1, 2, 1, "sklearn", 1), errors) as tell:
        tell(progress)
        tell(progress)
    assert seen == [progress, progress]
    assert [(error.reporter, error.is_bug) for error in errors] == [("clumsy", True)]
    assert [record.getMessage() for record in caplog.records] == [
        "the reporter 'clumsy' failed while watching; it no longer watches; the run continues"
    ]


def test_what_the_machine_does_to_one_who_watches_is_told_without_a_traceback(caplog):
    def see(progress):
        raise OSError(28, "No space left on device")

    errors, told = [], "the reporter 'mine' failed while watching: No space left on device"
    watched = bound(idle, lambda _: nullcontext(see))
    with watching([watched], Plan("small", 1, 2, 1, "sklearn", 1), errors) as tell:
        tell(Progress(1, 0, 0, 2, 1.0))
    assert errors == [ReportError("mine", told)]
    (record,) = caplog.records
    assert record.getMessage() == f"{told}; it no longer watches; the run continues"
    assert record.exc_info is None


def test_what_ends_a_run_is_not_swallowed_by_those_who_watch():
    swallowing, ended = ExitStack(), []
    swallowing.push(lambda *raised: bool(ended.append(raised)) or True)
    watched = bound(idle, lambda _: swallowing)
    with pytest.raises(KeyboardInterrupt), watching([watched], Plan("small", 1, 2, 1, "sklearn", 1), []):
        raise KeyboardInterrupt
    assert ended[0][0] is KeyboardInterrupt
