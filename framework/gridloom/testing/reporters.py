"""The contract of reporters: they survive whatever a search comes to, and write into their folder alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridloom.core.candidate import Candidate
from gridloom.core.progress import Plan, Progress
from gridloom.registry.records import Reporter
from gridloom.results.figures import all_figures, drawings_of_reporter
from gridloom.results.result import Result
from gridloom.testing.contract import Contract
from gridloom.testing.experiments import run_tiny
from gridloom.testing.results import HOSTILE, RESULTS, SCRIPT

PAGES = (".html", ".htm", ".xhtml", ".svg")
"""Files that a browser may run scripts of."""

TEXTS = (*PAGES, ".csv", ".json", ".md", ".txt", ".xml", ".yaml", ".yml")
"""Files that are text, and so are UTF-8."""

CANDIDATE = Candidate({"model": {"text": HOSTILE[0], "rate": 0.5}})

PLANS = (
    Plan("made", candidates=3, splits=3, seeds=2, engine="fused", workers=2),
    Plan(SCRIPT, candidates=1, splits=2, seeds=1, engine=SCRIPT, workers=1, engine_reason=SCRIPT, outer=2),
    Plan("made", candidates=9, splits=3, seeds=1, engine="fused", workers=2, most=39),
    Plan("made", candidates=9, splits=3, seeds=1, engine="fused", workers=2, is_open=True),
)

PROGRESS = (
    Progress(done=0, failed=0, resumed=0, total=18, seconds=0.0),
    Progress(done=6, failed=6, resumed=0, total=18, seconds=1.0),
    Progress(done=12, failed=6, resumed=3, total=18, seconds=2.0, best=(CANDIDATE, 0.75)),
    Progress(done=18, failed=6, resumed=3, total=18, seconds=3.0, best=(CANDIDATE, 0.8), later=21),
    Progress(done=18, failed=6, resumed=3, total=24, seconds=3.0, best=(CANDIDATE, 0.8), later=None),
    Progress(done=24, failed=6, resumed=3, total=24, seconds=3.0, best=(CANDIDATE, 0.8)),
)


class ReporterContract(Contract):
    """Inherit to test a reporter, on results of all kinds and after a real run."""

    kind = Reporter

    @pytest.fixture(scope="class")
    @classmethod
    def run_folder(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        """The folder of a run, which later reports find as earlier ones left it."""
        folder = tmp_path_factory.mktemp("reported") / "runs" / "made"
        folder.mkdir(parents=True)
        return folder

    @pytest.fixture
    def elsewhere(self, tmp_path: Path, run_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """An empty folder to work in, beside which nothing may be written either."""
        assert run_folder
        folder = tmp_path / "elsewhere"
        folder.mkdir()
        monkeypatch.chdir(folder)
        return folder

    @pytest.mark.parametrize("what", RESULTS)
    def test_it_reports_any_result_into_its_folder_alone(self, what: str, run_folder: Path, elsewhere: Path) -> None:
        """It reports results that are complete, empty, failed, stopped or hostile, also if it has reported before.

        It writes only into the folder, does not change the result, and browsers and editors can read its files whatever
        texts users and plugins give.
        """
        result = RESULTS[what](run_folder)
        self.bound(result)
        assert list(elsewhere.iterdir()) == [], "it writes into the working directory; write into result.folder"
        assert list(run_folder.parent.iterdir()) == [run_folder], "it writes outside the run's folder"
        assert result == RESULTS[what](run_folder), "it changes the result"
        for file in _files(run_folder, TEXTS):
            text = file.read_bytes().decode("utf-8")
            is_safe = file.suffix.lower() not in PAGES or SCRIPT not in text
            assert is_safe, f"{file.name} contains {SCRIPT} unescaped; escape it"

    @pytest.mark.parametrize("what", RESULTS)
    def test_it_draws_any_result(self, what: str, tmp_path: Path) -> None:
        """If it draws figures, each is drawn, or it says why there is nothing to draw, on results of all kinds."""
        if self.record.figures is None:
            return
        drawings = drawings_of_reporter(self.record, RESULTS[what](tmp_path))
        found = all_figures(drawings)
        assert len(found) + len(found.missing) == len(drawings), "two of its figures have one name"
        failed = [why for why in found.missing.values() if why.startswith(f"the reporter '{self.name}' failed")]
        assert not failed
        found._repr_html_()

    @pytest.mark.parametrize("plan", PLANS, ids=["plain", "hostile", "at most", "open"])
    def test_it_watches_a_run(self, plan: Plan) -> None:
        """If it watches, it handles any progress, including nothing done and everything failed."""
        if self.record.watch is None:
            return
        with self.record.watch(plan) as watcher:
            for progress in PROGRESS:
                watcher(progress)

    def test_it_lets_ctrl_c_through(self) -> None:
        """If it watches, it does not swallow Ctrl-C."""
        if self.record.watch is None:
            return
        with pytest.raises(KeyboardInterrupt), self.record.watch(PLANS[0]):
            raise KeyboardInterrupt

    def test_it_reports_a_real_run(self, tmp_path: Path) -> None:
        """It reports the result of a real search."""
        result: Result = run_tiny(tmp_path, *self.plugins, reporters=[self.selection])
        assert result.is_complete
        assert not [f"{error.reporter}: {error.message}" for error in result.report_errors]


def _files(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    return [file for file in folder.rglob("*") if file.suffix.lower() in suffixes and file.is_file()]
