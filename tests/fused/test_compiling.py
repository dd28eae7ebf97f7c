"""A program that two workers need at once is compiled by one of them, and neither waits for ever."""

from __future__ import annotations

import threading

import jax
import pytest

from gridloom_plugins.fused import compiling


def test_one_process_compiles_and_the_other_reads_what_it_left(start, finish, tmp_path):
    cache = tmp_path / "cache"
    both = [start("fused.compiling_case", tmp_path, JAX_COMPILATION_CACHE_DIR=str(cache)) for _ in range(2)]
    assert sorted(finish(process).strip() for process in both) == ["0 1", "1 0"]


@pytest.fixture
def cache(tmp_path):
    """A cache of programs, in a folder that is not there yet."""
    before = jax.config.jax_compilation_cache_dir
    jax.config.update("jax_compilation_cache_dir", str(tmp_path / "cache"))
    yield tmp_path / "cache"
    jax.config.update("jax_compilation_cache_dir", before)


def comes_in(name):
    """Whether another thread is let in with this name within a second."""
    came = threading.Event()

    def come():
        with compiling.alone(name):
            came.set()

    thread = threading.Thread(target=come)
    thread.start()
    found = came.wait(1)
    return found, thread


def test_those_of_other_names_do_not_wait_and_those_of_the_same_do(cache):
    with compiling.alone("a"):
        other, first = comes_in("b")
        same, second = comes_in("a")
        assert (other, same) == (True, False)
    for thread in (first, second):
        thread.join(10)
        assert not thread.is_alive()


def test_nobody_waits_longer_than_that(cache, monkeypatch):
    monkeypatch.setattr(compiling, "LONGEST", 0.1)
    with compiling.alone("a"):
        assert comes_in("a")[0]


@pytest.mark.parametrize("place", [None, "gs://bucket/programs", "/dev/null/programs"])
def test_nobody_waits_where_nothing_can_be_locked(place, cache):
    jax.config.update("jax_compilation_cache_dir", place)
    with compiling.alone("a"):
        assert comes_in("a")[0]
