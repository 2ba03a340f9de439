"""Nothing is kept that should go: counted in Python's objects, malloc's bytes and references."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import moyeo
from support import NOW, SEOUL, Crowd, index_of

CROWD = Crowd.around_seoul(300)
WRONG = CROWD.lat + 90
MASKS = np.zeros(300, dtype=np.uint32)
NEVER_SEES = moyeo.ViewerSet.NEVER_SEES


class MallInfo(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            "arena",
            "ordblks",
            "smblks",
            "hblks",
            "hblkhd",
            "usmblks",
            "fsmblks",
            "uordblks",
            "fordblks",
            "keepcost",
        )
    ]


def heap_bytes() -> int:
    mallinfo2 = ctypes.CDLL(None).mallinfo2
    mallinfo2.restype = MallInfo
    info = mallinfo2()
    return int(info.uordblks + info.hblkhd)


def raising(error: type[Exception], call: Callable[[], object]) -> None:
    with pytest.raises(error):
        call()


def be_seen_in_every_way(index: moyeo.PresenceIndex) -> None:
    for visibility in moyeo.Visibility:
        index.set_visibility(7, visibility)


def add_and_take_out(index: moyeo.PresenceIndex) -> None:
    index.add_to_viewer_set(NEVER_SEES, 7, 999)
    index.remove_from_viewer_set(NEVER_SEES, 7, 999)


CALLS: dict[str, Callable[[moyeo.PresenceIndex], Any]] = {
    "move": lambda index: index.move(7, *SEOUL, NOW, 1),
    "move_at_fault": lambda index: raising(ValueError, lambda: index.move(7, 91, 0, NOW)),
    "move_of_wrong_type": lambda index: raising(
        TypeError, lambda: index.move("7", 0, 0, NOW)  # type: ignore[call-overload]
    ),
    "batch": lambda index: index.move(*CROWD, NOW, MASKS),
    "batch_with_refusals": lambda index: raising(
        moyeo.MovesRefusedError, lambda: index.move(CROWD.user, WRONG, CROWD.lng, NOW)
    ),
    "batch_at_fault": lambda index: raising(
        ValueError, lambda: index.move(CROWD.user, CROWD.lat, CROWD.lng[:-1], NOW)
    ),
    "remove": lambda index: (index.remove(7), index.move(7, *SEOUL, NOW)),
    "expire": lambda index: index.expire(NOW),
    "clear": lambda index: index.clear(),
    "set_visibility": be_seen_in_every_way,
    "set_visibility_at_fault": lambda index: raising(
        TypeError, lambda: index.set_visibility(7, 1)  # type: ignore[arg-type]
    ),
    "visibility_of": lambda index: index.visibility_of(7),
    "set_viewer_set": lambda index: index.set_viewer_set(NEVER_SEES, 7, CROWD.user),
    "set_viewer_set_by_ints": lambda index: index.set_viewer_set(NEVER_SEES, 7, iter(range(300))),
    "set_viewer_set_at_fault": lambda index: raising(
        ValueError, lambda: index.set_viewer_set(NEVER_SEES, 7, [1, 2, -1])
    ),
    "set_viewer_set_of_no_iterable": lambda index: raising(
        TypeError, lambda: index.set_viewer_set(NEVER_SEES, 7, 8)  # type: ignore[arg-type]
    ),
    "add_to_and_remove_from_viewer_set": add_and_take_out,
    "members_of": lambda index: index.members_of(NEVER_SEES, 7),
    "members_of_nobody": lambda index: index.members_of(NEVER_SEES, 8),
    "nearby_as_a_viewer": lambda index: index.nearby(*SEOUL, NOW, viewer=7),
    "find": lambda index: index.find(7, NOW),
    "find_nobody": lambda index: index.find(2**64 - 1, NOW),
    "nearby": lambda index: index.nearby(*SEOUL, NOW, radius_m=10_000.0, any_of=0),
    "nearby_at_fault": lambda index: raising(
        ValueError, lambda: index.nearby(*SEOUL, NOW, limit=0)
    ),
    "nearby_user": lambda index: index.nearby_user(7, NOW),
    "nearby_nobody": lambda index: raising(LookupError, lambda: index.nearby_user(999, NOW)),
    "nearby_many": lambda index: index.nearby_many(CROWD.lat, CROWD.lng, NOW, limit=20)[7],
    "nearby_many_at_fault": lambda index: raising(
        ValueError, lambda: index.nearby_many(WRONG, CROWD.lng, NOW)
    ),
    "nearby_many_of_none": lambda index: index.nearby_many(np.zeros(0), np.zeros(0), NOW),
    "count_within": lambda index: index.count_within(*SEOUL, 1_000, NOW),
    "memory_usage": lambda index: index.memory_usage.total,
    "len": lambda index: len(index),
    "canonical": lambda index: moyeo.canonical(*SEOUL),
    "distance_meters": lambda index: moyeo.distance_meters(*SEOUL, 0, 0),
    "index": lambda index: index_of(CROWD),
}


def growth(call: Callable[[], object]) -> tuple[int, int]:
    """How many of Python's blocks and malloc's bytes a hundred calls leave behind.

    What the interpreter and its libraries keep for later comes and goes as well, and a leak never
    pauses: of several hundreds, the one that left least counts.
    """

    def after_a_hundred() -> tuple[int, int]:
        for _ in range(100):
            call()
        gc.collect()
        return sys.getallocatedblocks(), heap_bytes()

    after = [after_a_hundred() for _ in range(7)]
    steps = list(pairwise(after))
    return (
        min(blocks - blocks_before for (blocks_before, _), (blocks, _) in steps),
        min(size - size_before for (_, size_before), (_, size) in steps),
    )


# Half of what a leak of one object a call would come to, and of the smallest block that malloc has,
# 32 bytes.
BLOCKS_ALLOWED = 50
BYTES_ALLOWED = 1_600


@pytest.mark.parametrize("name", CALLS)
def test_a_call_leaves_nothing_behind(name: str) -> None:
    index = index_of(CROWD)
    index.set_viewer_set(NEVER_SEES, 7, CROWD.user)
    blocks, size = growth(lambda: CALLS[name](index))
    assert blocks < BLOCKS_ALLOWED and size < BYTES_ALLOWED


def test_an_object_that_each_call_leaves_behind_is_seen() -> None:
    kept: list[object] = []
    blocks, _ = growth(lambda: kept.append(object()))
    assert blocks >= BLOCKS_ALLOWED


def test_a_byte_that_each_call_leaves_behind_is_seen() -> None:
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    kept: list[int] = []
    _, size = growth(lambda: kept.append(libc.malloc(ctypes.c_size_t(1))))
    for address in kept:
        libc.free(ctypes.c_void_p(address))
    assert size >= BYTES_ALLOWED


def test_references_to_what_is_handed_in_are_given_back() -> None:
    index = index_of(CROWD)
    columns: list[Any] = [*CROWD, WRONG, MASKS]
    before = [sys.getrefcount(column) for column in columns]
    for name in ("batch", "batch_with_refusals", "batch_at_fault", "nearby_many", "set_viewer_set"):
        CALLS[name](index)
    gc.collect()
    assert [sys.getrefcount(column) for column in columns] == before


def test_the_class_of_neighbors_is_kept_alive_once_for_each() -> None:
    index = index_of(CROWD)
    gc.collect()
    before = sys.getrefcount(moyeo.Neighbor)
    near = index.nearby(*SEOUL, NOW, limit=None)
    during = sys.getrefcount(moyeo.Neighbor)
    assert len(near) == 300
    del near
    after = sys.getrefcount(moyeo.Neighbor)
    assert (during, after) == (before + 300, before)


def test_columns_of_answers_are_freed_one_by_one() -> None:
    index = index_of(CROWD)
    before = heap_bytes()
    answers = index.nearby_many(
        np.full(10_000, SEOUL.lat), np.full(10_000, SEOUL.lng), NOW, limit=None
    )
    assert len(answers.user) == 3_000_000
    assert heap_bytes() - before > 5 * 8 * 3_000_000
    user = answers.user
    del answers
    assert 8 * 3_000_000 <= heap_bytes() - before < 2 * 8 * 3_000_000
    del user
    assert heap_bytes() - before < 1_000_000
