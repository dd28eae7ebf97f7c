"""Which workers are kept, for whom, and when they end."""

from __future__ import annotations

import pytest

from executors.fakes import Fake
from gridloom.training.lease import end_kept, lend


def test_the_next_who_needs_the_like_gets_the_same_workers(fake):
    for _ in range(3):
        with lend(fake, 2, {"A": "b"}) as lease:
            assert lease.submit(int, "7").result() == 7
    assert (fake.opened, fake.left) == ([2], [])


@pytest.mark.parametrize(("number", "environment"), [(3, {"A": "b"}), (2, {"A": "c"}), (2, {})])
def test_who_needs_others_ends_those_that_are_kept(fake, number, environment):
    with lend(fake, 2, {"A": "b"}):
        pass
    with lend(fake, number, environment):
        assert (fake.opened, fake.left) == ([2, number], [None])


def test_another_executor_has_other_workers(fake):
    other = Fake()
    for executor in (fake, other):
        with lend(executor, 2, {}):
            pass
    assert (fake.left, other.left) == ([None], [])


def test_two_users_at_a_time_share_no_workers_and_one_of_both_is_kept(fake):
    with lend(fake, 2, {}), lend(fake, 2, {}):
        assert (fake.opened, fake.left) == ([2, 2], [])
    assert fake.left == [None]


def test_workers_are_not_kept_when_they_are_retired_or_left_by_an_exception(fake):
    with lend(fake, 2, {}) as lease:
        lease.retire()
    assert fake.left == [None]
    with pytest.raises(KeyboardInterrupt), lend(fake, 2, {}):
        raise KeyboardInterrupt
    assert fake.left == [None, KeyboardInterrupt]


def test_kept_workers_that_have_died_meanwhile_are_replaced(fake):
    with lend(fake, 2, {}):
        fake.session.die()
    with lend(fake, 2, {}) as lease:
        assert lease.submit(int, "7").result() == 7
    assert fake.opened == [2, 2]


def test_at_the_end_kept_workers_end(fake):
    with lend(fake, 2, {}):
        pass
    end_kept()
    end_kept()
    assert fake.left == [None]
