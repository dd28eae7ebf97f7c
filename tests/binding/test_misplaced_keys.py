"""Keys of an experiment that are written under another key, and what belongs on the command line: where they go."""

from __future__ import annotations

import pytest

from binding.texts import ESTIMATOR, NETWORK, with_line

JOBS = "unknown option 'n_jobs'; it is not part of an experiment; use -j, or n_jobs in gridloom.toml"


@pytest.mark.parametrize("key", ["executor: loky", "time_limit: 10 min", "refit: true"])
def test_a_key_of_the_top_level_under_search_is_named(key, refused):
    name = key.partition(":")[0]
    text = NETWORK.replace("search:\n", f"search:\n  ►{key}\n")
    refused(text, f"unknown option '{name}'; did you mean the top-level key '{name}:'?")


@pytest.mark.parametrize("base", [NETWORK, ESTIMATOR], ids=["network", "estimator"])
@pytest.mark.parametrize("key", ["executor: loky", "time_limit: 10 min", "seed: 3"])
def test_a_key_of_the_top_level_under_training_is_named(key, base, refused):
    name = key.partition(":")[0]
    refused(
        with_line(f"training: {{►{key}}}", base), f"unknown option '{name}'; did you mean the top-level key '{name}:'?"
    )


def test_a_number_of_workers_is_for_the_command_line(refused):
    refused(with_line("►n_jobs: 4"), JOBS)
    refused(with_line("training: {►n_jobs: 4}"), JOBS)
    refused(NETWORK.replace("search:\n", "search:\n  ►n_jobs: 4\n"), JOBS)
