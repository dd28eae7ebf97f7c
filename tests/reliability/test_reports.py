"""Reports take the place of what is there: links are not followed, pipes do not hang, and a failure leaves the old file."""

from __future__ import annotations

import os
import resource
import signal

import pytest

from gridloom import make_folder, refuse_other_than_file, write_file
from reliability.conftest import searching

FILES = {
    "csv": "results.csv",
    "json": "results.json",
    "histories": "histories.json",
    "html": "report.html",
    "markdown": "results.md",
}


def test_reports_replace_links_and_pipes(run, tmp_path):
    options = searching(C=[1.0]) | {"reporters": list(FILES)}
    result = run(**options)
    victim = tmp_path / "victim"
    victim.write_text("precious")
    places = [result.folder / name for name in (*FILES.values(), "experiment.yaml")]
    for make in (lambda path: path.symlink_to(victim), os.mkfifo):
        for path in places:
            path.unlink()
            make(path)
        assert not run(**options).report_errors
        assert all(path.is_file() and not path.is_symlink() and path.stat().st_size for path in places)
    assert victim.read_text() == "precious"
    assert not [path for path in result.folder.iterdir() if path.name.endswith(".new")]


def test_reports_in_a_folder_that_is_a_link_are_refused(run, tmp_path):
    options = searching(C=[1.0]) | {"reporters": ["plots", "tensorboard", "csv"]}
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "runs" / "hostile").mkdir(parents=True)
    for name in ("plots", "tensorboard"):
        (tmp_path / "runs" / "hostile" / name).symlink_to(elsewhere)
    told = [error.message for error in run(**options).report_errors]
    assert len(told) == 2
    assert all("is a link, which may lead anywhere" in message for message in told)
    assert not list(elsewhere.iterdir())


def test_a_file_that_does_not_fit_on_the_disk_leaves_the_old_one(tmp_path):
    file = tmp_path / "report"
    write_file(file, "old\n")
    file.chmod(0o600)
    handler, limits = signal.signal(signal.SIGXFSZ, signal.SIG_IGN), resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
        with pytest.raises(OSError, match="File too large"):
            write_file(file, "new" * 1000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert file.read_text() == "old\n"
    write_file(file, "new\r\n")
    assert file.read_bytes() == b"new\r\n"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_places_that_lead_elsewhere_are_refused(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(NotADirectoryError, match="is a link"):
        make_folder(tmp_path / "link")
    with pytest.raises(OSError, match="is not a regular file"):
        refuse_other_than_file(tmp_path / "link")
    refuse_other_than_file(tmp_path / "nothing there")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        write_file(tmp_path, "text")
