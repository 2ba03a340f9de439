"""Threads that move, ask, remove and sweep at once. The amount of work is fixed, how it interleaves
is not."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt
import pytest

import moyeo
from support import NOW, SEOUL, Crowd, index_of

USERS = 3_000
STEPS = 200
SEES_EXACTLY = moyeo.ViewerSet.SEES_EXACTLY


def place_of(
    user: npt.NDArray[np.uint64], seen: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Where every mover takes `user` at `seen`: an answer can be checked by itself."""
    mixed = (user * np.uint64(2_654_435_761) + np.uint64(seen) * np.uint64(40_503)) & np.uint64(
        0xFFFF_FFFF
    )
    lat = SEOUL.lat + (mixed % np.uint64(1_000)).astype(np.float64) / 10_000
    lng = SEOUL.lng + (mixed // np.uint64(1_000) % np.uint64(1_000)).astype(np.float64) / 10_000
    return lat, lng


def check_place(user: int, found: moyeo.Neighbor | moyeo.Presence) -> None:
    [lat], [lng] = place_of(np.array([user], dtype=np.uint64), found.last_seen)
    assert (found.lat, found.lng) == moyeo.canonical(lat, lng)


def check(neighbors: list[moyeo.Neighbor], radius_m: float) -> None:
    assert len({neighbor.user for neighbor in neighbors}) == len(neighbors)
    order = [(neighbor.distance_m, neighbor.user) for neighbor in neighbors]
    assert order == sorted(order)
    for neighbor in neighbors:
        check_place(neighbor.user, neighbor)
        distance_m = moyeo.distance_meters(*SEOUL, neighbor.lat, neighbor.lng)
        assert neighbor.distance_m == distance_m <= radius_m


def run_together(*works: Callable[[], None]) -> None:
    """Raises what any of them raises."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], None]) -> None:
        start.wait()
        work()

    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(run, work) for work in works]:
            done.result()


def test_answers_are_true_while_others_move_remove_and_sweep() -> None:
    index = moyeo.PresenceIndex(ttl_ms=STEPS // 2)
    user = np.arange(USERS, dtype=np.uint64)
    index.move(user, *place_of(user, 0), 0)

    def move_in_batches() -> None:
        for seen in range(1, STEPS):
            assert index.move(user, *place_of(user, seen), seen).refusals == ()

    def move_one_by_one() -> None:
        for seen in range(1, STEPS):
            some = user[seen::STEPS]
            for one, lat, lng in zip(some, *place_of(some, seen)):
                index.move(one, lat, lng, seen)

    def remove_and_sweep() -> None:
        for seen in range(1, STEPS):
            for one in user[seen :: 2 * STEPS]:
                index.remove(one)
            index.expire(seen)

    def ask() -> None:
        for step in range(STEPS):
            check(index.nearby(*SEOUL, 0, radius_m=3_000, limit=20), 3_000)
            answers = index.nearby_many(
                np.full(20, SEOUL.lat), np.full(20, SEOUL.lng), 0, radius_m=2_000, limit=5
            )
            check(answers[step % 20], 2_000)
            near = index.nearby(*SEOUL, step, radius_m=3_000, limit=None)
            check(near[:20], 3_000)
            for neighbor in near[:5]:
                # Another one by now, perhaps: who was removed may be back by a late move.
                if found := index.find(neighbor.user, 0):
                    check_place(neighbor.user, found)

    run_together(move_in_batches, move_one_by_one, remove_and_sweep, ask, ask)
    index.move(user, *place_of(user, STEPS), STEPS)
    assert len(index) == USERS == index.count_within(*SEOUL, 50_000, STEPS)


def test_whoever_stays_is_in_every_answer_without_a_limit() -> None:
    index = moyeo.PresenceIndex()
    crowd = Crowd.around_seoul(2_000)
    staying = set(range(0, 2_000, 2))
    index.move(*crowd, NOW)
    user, lat, lng = crowd.user[1::2].copy(), crowd.lat[1::2].copy(), crowd.lng[1::2].copy()

    def move() -> None:
        for step in range(100):
            index.move(user, lat + step % 7, lng, NOW + step)

    def ask() -> None:
        for _ in range(50):
            found = [n.user for n in index.nearby(*SEOUL, NOW, limit=None)]
            assert len(found) == len(set(found)) and staying <= set(found)

    run_together(move, move, ask)


@contextmanager
def without_switching() -> Iterator[None]:
    """A thread that runs Python goes on until it gives up the interpreter lock by itself."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(10_000)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


CALLS: dict[str, Callable[[moyeo.PresenceIndex, Crowd], object]] = {
    "move": lambda index, crowd: index.move(*crowd, NOW),
    "nearby": lambda index, crowd: index.nearby(*SEOUL, NOW, limit=None),
    "nearby_user": lambda index, crowd: index.nearby_user(0, NOW, limit=None),
    "nearby_many": lambda index, crowd: index.nearby_many(crowd.lat[:99], crowd.lng[:99], NOW),
    "count_within": lambda index, crowd: index.count_within(*SEOUL, 10_000, NOW),
    "expire": lambda index, crowd: index.expire(NOW),
    "find": lambda index, crowd: index.find(0, NOW),
    "len": lambda index, crowd: len(index),
    "memory_usage": lambda index, crowd: index.memory_usage,
    "set_visibility": lambda index, crowd: index.set_visibility(0, moyeo.Visibility.CLOAKED),
    "visibility_of": lambda index, crowd: index.visibility_of(0),
    "set_viewer_set": lambda index, crowd: index.set_viewer_set(SEES_EXACTLY, 0, crowd.user),
    "add_to_viewer_set": lambda index, crowd: index.add_to_viewer_set(SEES_EXACTLY, 0, 1),
    "remove_from_viewer_set": lambda index, crowd: index.remove_from_viewer_set(SEES_EXACTLY, 0, 1),
    "members_of": lambda index, crowd: index.members_of(SEES_EXACTLY, 0),
    "remove": lambda index, crowd: index.remove(2**64 - 1),
    "clear": lambda index, crowd: index.clear(),
    "destruction": lambda index, crowd: moyeo.PresenceIndex(),
}


@pytest.mark.parametrize("name", CALLS)
def test_other_threads_run_python_while_the_index_works(name: str) -> None:
    crowd = Crowd.around_seoul(5_000)
    index = index_of(crowd)
    gate = threading.Lock()
    gate.acquire()
    ran = False

    def other() -> None:
        nonlocal ran
        with gate:
            ran = True

    thread = threading.Thread(target=other)
    thread.start()
    with without_switching():
        gate.release()
        # From here on the other thread waits for a call that lets it in.
        for _ in range(1_000_000):
            CALLS[name](index, crowd)
            if ran:
                break
        assert ran
    thread.join()
