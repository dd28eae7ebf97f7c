"""A run whose files are deleted or replaced while it runs says so and stops."""

from __future__ import annotations

import pytest

from gridloom.errors import Exit, StorageError
from reliability.conftest import searching


@pytest.mark.parametrize("lost", ["runs", "folder", "journal", "log", "lock"])
def test_a_run_that_loses_its_files_stops_and_says_so(run, lost):
    with pytest.raises(StorageError, match="was deleted, moved or replaced while the run was writing to it") as caught:
        run(**searching(act=["", f"lose {lost}", "exit"], C=[1.0, 2.0]) | {"reporters": []})
    assert "nothing of this run is left in runs/hostile" in str(caught.value)
    assert caught.value.exit_code == Exit.MACHINE
