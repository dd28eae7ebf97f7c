"""A reporter that raises: it is named and logged, and neither the result nor the other reports are lost."""

from __future__ import annotations

import logging

import pytest

from gridloom import GridloomError, Reporter
from gridloom.errors import Location
from gridloom.experiment import Bound
from gridloom.registry import PluginInfo, Provided
from gridloom.running import report


def bound(function):
    provided = Provided(Reporter("mine", "Mine.", function), PluginInfo("mine", "mine", "1", "mine.py"))
    return Bound(provided, {}, Location("e.yaml", 1, 1))


def raising(error):
    def function(result):
        raise error

    return bound(function)


@pytest.mark.parametrize(
    ("error", "noted"),
    [
        (ValueError("boom"), "mine: ValueError: boom"),
        (OSError(28, "No space left on device"), "mine: OSError: [Errno 28] No space left on device"),
        (SystemExit(3), "mine: SystemExit: 3"),
        (AssertionError(), "mine: AssertionError: "),
    ],
)
def test_it_is_named_with_its_error_and_logged_with_a_traceback(error, noted, result, caplog):
    mine = result(({"x": 1}, (0.5,)))
    with caplog.at_level(logging.ERROR, "gridloom"):
        report(raising(error), mine)
    assert mine.report_errors == [noted]
    (record,) = caplog.records
    assert record.getMessage() == "the reporter 'mine' failed; the run and other reports are not affected"
    assert record.exc_info[1] is error


def test_what_a_reporter_tells_the_user_is_told_as_it_is_without_a_traceback(result, caplog):
    mine = result(({"x": 1}, (0.5,)))
    with caplog.at_level(logging.ERROR, "gridloom"):
        report(raising(GridloomError("the reporter 'mine' needs more")), mine)
    assert mine.report_errors == ["the reporter 'mine' needs more"]
    (record,) = caplog.records
    assert record.getMessage() == "the reporter 'mine' needs more; the run and other reports are not affected"
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
