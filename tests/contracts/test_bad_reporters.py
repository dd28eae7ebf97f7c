"""Every check of the contract of reporters fails for a reporter that breaks it."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.breaking import Bad, breaks, checks_of
from gridloom.testing import ReporterContract
from gridloom.testing.reporters import PLANS


def reporter(body="pass", watch="None", extra="", figures="None"):
    lines = "\n    ".join(body.splitlines())
    return f"""
from contextlib import contextmanager, suppress
from pathlib import Path
{extra}

def report(result):
    {lines}

@gridloom.hookimpl
def gridloom_reporters():
    yield gridloom.Reporter("bad", "Bad.", report, watch={watch}, figures={figures})
"""


def watching(body):
    lines = "\n    ".join(body.splitlines())
    return reporter(watch="watch", extra=f"@contextmanager\ndef watch(plan):\n    {lines}\n")


def drawing(body):
    lines = "\n    ".join(body.splitlines())
    return reporter(figures="figures", extra=f"def figures(result):\n    {lines}\n")


RESULTS = "test_it_reports_any_result_into_its_folder_alone"
HOSTILE = {"what": "hostile"}
SOME = {"what": "some failed"}

BAD = {
    RESULTS: [
        Bad(reporter("result.best.mean"), "'NoneType' object", arguments={"what": "empty"}, error=AttributeError),
        Bad(reporter("sum(result.trials[1].scores)"), "unsupported operand", arguments=SOME, error=TypeError),
        Bad(reporter("Path('best.txt').write_text('x')"), "it writes into the working directory", arguments=SOME),
        Bad(reporter("(result.folder.parent / 'x').touch()"), "it writes outside the run's folder", arguments=SOME),
        Bad(reporter("result.report_errors.append('x')\nresult.trials.clear()"), "changes the result", arguments=SOME),
        Bad(
            reporter("(result.folder / 'r.html').write_text(result.scoring)"),
            r"r\.html contains <script>alert\(1\)</script> unescaped",
            arguments=HOSTILE,
        ),
        Bad(
            reporter("(result.folder / 'r.txt').write_text('é', encoding='latin-1')"),
            "can't decode",
            arguments=HOSTILE,
            error=UnicodeDecodeError,
        ),
    ],
    "test_it_draws_any_result": [
        Bad(drawing("yield 'best', lambda: result.best.mean"), "failed: AttributeError", arguments={"what": "empty"}),
        Bad(drawing("yield 'a', lambda: 'b'\nyield 'a', lambda: 'c'"), "two of its figures", arguments=SOME),
    ],
    "test_it_watches_a_run": [
        Bad(watching("yield lambda progress: progress.best[1]"), "not subscriptable", error=TypeError),
    ],
    "test_it_lets_ctrl_c_through": [
        Bad(
            watching("with suppress(KeyboardInterrupt):\n    yield print"), "DID NOT RAISE", error=pytest.fail.Exception
        ),
    ],
    "test_it_reports_a_real_run": [
        Bad(reporter("raise ValueError(result.name)"), "bad: ValueError: tiny"),
    ],
}


@pytest.mark.parametrize(("check", "bad"), [(check, bad) for check, found in BAD.items() for bad in found])
def test_the_check_fails_for_the_bad_reporter(check, bad, tmp_path, monkeypatch):
    monkeypatch.chdir(_made(tmp_path / "elsewhere"))
    folders = {"run_folder": _made(tmp_path / "runs" / "made"), "elsewhere": tmp_path / "elsewhere"}
    breaks(ReporterContract, check, bad, tmp_path, tmp_path=tmp_path, plan=PLANS[0], **folders)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def test_every_check_has_a_bad_reporter():
    assert set(BAD) == checks_of(ReporterContract)
