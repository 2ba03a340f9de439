"""Who is seen how, and by whom."""

from __future__ import annotations

import array
from collections.abc import Callable, Iterable
from typing import Any, SupportsIndex

import numpy as np
import numpy.typing as npt
import pytest

import moyeo
from moyeo import ViewerSet, Visibility
from support import BUSAN, NOW, SEOUL, TTL_MS

ADA, BOB, CY, DEE = 1, 2, 3, 4
MOST = moyeo.PresenceIndex.MAX_SET_MEMBERS


@pytest.fixture
def index() -> moyeo.PresenceIndex:
    return moyeo.PresenceIndex(ttl_ms=TTL_MS)


def center_of_cell(place: moyeo.LatLng, cloak_level: int = 14) -> moyeo.LatLng:
    """Where whoever is cloaked there is shown."""
    cloaking = moyeo.PresenceIndex(default_visibility=Visibility.CLOAKED, cloak_level=cloak_level)
    cloaking.move(ADA, *place, NOW)
    [shown] = cloaking.nearby(*place, NOW)
    return moyeo.LatLng(shown.lat, shown.lng)


MIDDLE = center_of_cell(SEOUL)


def north_of_the_middle(metres: float) -> moyeo.LatLng:
    return moyeo.canonical(MIDDLE.lat + metres / 111_195, MIDDLE.lng)


def seen(
    index: moyeo.PresenceIndex, user: int, viewer: int | None = None, now: int = NOW
) -> moyeo.LatLng | None:
    """Where `viewer` sees `user`."""
    for neighbor in index.nearby(*SEOUL, now, limit=None, viewer=viewer):
        if neighbor.user == user:
            return moyeo.LatLng(neighbor.lat, neighbor.lng)
    return None


def users(neighbors: Iterable[moyeo.Neighbor]) -> list[int]:
    return [neighbor.user for neighbor in neighbors]


def test_everybody_is_seen_exactly_unless_something_else_is_set(
    index: moyeo.PresenceIndex,
) -> None:
    assert index.visibility_of(ADA) is Visibility.EXACT
    index.move(ADA, *SEOUL, NOW)
    assert seen(index, ADA) == SEOUL

    cloaking = moyeo.PresenceIndex(default_visibility=Visibility.CLOAKED)
    assert cloaking.visibility_of(ADA) is Visibility.CLOAKED
    cloaking.move(ADA, *SEOUL, NOW)
    assert seen(cloaking, ADA) == MIDDLE
    cloaking.set_visibility(ADA, Visibility.EXACT)
    assert seen(cloaking, ADA) == SEOUL


def test_a_cloaked_user_is_at_the_centre_of_their_cell_for_all_that_a_stranger_can_ask(
    index: moyeo.PresenceIndex,
) -> None:
    place = north_of_the_middle(200)
    index.move(ADA, *place, NOW)
    index.set_visibility(ADA, Visibility.CLOAKED)
    at_the_centre = moyeo.Neighbor(ADA, *MIDDLE, 0.0, NOW)
    assert index.nearby(*MIDDLE, NOW, radius_m=0) == [at_the_centre]
    assert index.nearby(*MIDDLE, NOW, viewer=BOB) == [at_the_centre]
    many = index.nearby_many(np.array([MIDDLE.lat]), np.array([MIDDLE.lng]), NOW)
    assert list(many) == [[at_the_centre]]
    assert index.nearby(*place, NOW, radius_m=150) == []
    assert index.count_within(*place, 150, NOW) == 0
    assert index.count_within(*MIDDLE, 1, NOW) == 1


def test_all_who_are_cloaked_in_one_cell_are_shown_at_one_place() -> None:
    index = moyeo.PresenceIndex(default_visibility=Visibility.CLOAKED)
    random = np.random.default_rng(1)
    user = np.arange(1_000, dtype=np.uint64)
    lat = random.normal(SEOUL.lat, 0.01, 1_000)
    lng = random.normal(SEOUL.lng, 0.01, 1_000)
    index.move(user, lat, lng, NOW)
    shown = {n.user: moyeo.LatLng(n.lat, n.lng) for n in index.nearby(*SEOUL, NOW, limit=None)}
    for place, one_lat, one_lng in zip((shown[one] for one in range(1_000)), lat, lng):
        assert place == center_of_cell(moyeo.LatLng(one_lat, one_lng)) == center_of_cell(place)
        assert moyeo.distance_meters(one_lat, one_lng, *place) < 500
    assert 30 < len({*shown.values()}) < 300


def test_a_step_down_in_level_doubles_the_cells() -> None:
    distances = []
    for level in range(moyeo.PresenceIndex.MAX_CLOAK_LEVEL + 1):
        center = center_of_cell(SEOUL, level)
        distances.append(moyeo.distance_meters(*SEOUL, *center))
        assert distances[-1] < 8_000_000 / 2**level
    assert distances[-1] < 8 and max(distances) > 100_000


def test_a_cloaked_user_who_moves_is_shown_in_another_cell_once_in_an_interval() -> None:
    interval_ms = 10_000
    for cloak_interval_ms, moves_shown in ((1, 20), (interval_ms, 2)):
        index = moyeo.PresenceIndex(
            default_visibility=Visibility.CLOAKED, cloak_interval_ms=cloak_interval_ms
        )
        shown = []
        for step in range(20):
            place = moyeo.LatLng(SEOUL.lat + step, SEOUL.lng)
            index.move(ADA, *place, NOW + step * interval_ms // 20)
            shown.append(seen(index, ADA))
        assert len({*shown}) == moves_shown


def test_the_host_finds_users_where_they_really_are(index: moyeo.PresenceIndex) -> None:
    for visibility in Visibility:
        index.set_visibility(ADA, visibility)
        index.move(ADA, *SEOUL, NOW)
        assert index.find(ADA, NOW) == moyeo.Presence(*SEOUL, NOW, 0)


def test_nobody_sees_a_hidden_user_who_sees_others(index: moyeo.PresenceIndex) -> None:
    for user in (ADA, BOB):
        index.move(user, *SEOUL, NOW)
    index.set_visibility(ADA, Visibility.HIDDEN)
    index.add_to_viewer_set(ViewerSet.SEES_EXACTLY, BOB, ADA)
    assert users(index.nearby(*SEOUL, NOW)) == [BOB]
    assert users(index.nearby_user(ADA, NOW)) == [BOB]
    assert index.nearby_user(BOB, NOW) == []
    assert index.nearby(*SEOUL, NOW, viewer=BOB) == []
    assert index.count_within(*SEOUL, 10, NOW) == 1
    assert len(index) == 2


def test_who_sees_a_cloaked_user_exactly_finds_them_where_they_are(
    index: moyeo.PresenceIndex,
) -> None:
    place = north_of_the_middle(200)
    index.set_visibility(ADA, Visibility.CLOAKED)
    for user in (ADA, BOB):
        index.move(user, *place, NOW)
    index.add_to_viewer_set(ViewerSet.SEES_EXACTLY, BOB, ADA)
    assert seen(index, ADA, viewer=BOB) == place
    assert seen(index, ADA, viewer=CY) == seen(index, ADA) == MIDDLE
    # Within the radius though the cell's centre is not; and the other way round.
    assert users(index.nearby_user(BOB, NOW, radius_m=10)) == [ADA]
    assert index.nearby(*MIDDLE, NOW, radius_m=10, viewer=BOB) == []
    many = index.nearby_many(
        np.array([place.lat, MIDDLE.lat]), np.array([MIDDLE.lng] * 2), NOW, radius_m=10, viewer=BOB
    )
    assert [users(near) for near in many] == [[ADA], []]


def test_whom_a_viewer_never_sees_does_not_count_towards_the_limit(
    index: moyeo.PresenceIndex,
) -> None:
    index.move(ADA, *SEOUL, NOW)
    index.move(CY, *BUSAN, NOW)
    index.add_to_viewer_set(ViewerSet.NEVER_SEES, BOB, ADA)
    assert users(index.nearby(*SEOUL, NOW, limit=1, viewer=BOB)) == [CY]
    assert users(index.nearby(*SEOUL, NOW, limit=1)) == [ADA]


def test_never_counts_more_than_exactly(index: moyeo.PresenceIndex) -> None:
    index.set_visibility(ADA, Visibility.CLOAKED)
    index.move(ADA, *SEOUL, NOW)
    for viewer_set in ViewerSet:
        index.add_to_viewer_set(viewer_set, BOB, ADA)
    assert seen(index, ADA, viewer=BOB) is None
    index.remove_from_viewer_set(ViewerSet.NEVER_SEES, BOB, ADA)
    assert seen(index, ADA, viewer=BOB) == SEOUL
    index.remove_from_viewer_set(ViewerSet.SEES_EXACTLY, BOB, ADA)
    assert seen(index, ADA, viewer=BOB) == MIDDLE


def test_a_viewer_is_not_in_their_own_answer(index: moyeo.PresenceIndex) -> None:
    for user in (0, ADA, BOB):
        index.move(user, *SEOUL, NOW)
    assert users(index.nearby(*SEOUL, NOW, viewer=ADA)) == [0, BOB]
    assert users(index.nearby(*SEOUL, NOW, viewer=0)) == [ADA, BOB]
    assert users(index.nearby(*SEOUL, NOW, viewer=None)) == [0, ADA, BOB]
    many = index.nearby_many(np.array([SEOUL.lat]), np.array([SEOUL.lng]), NOW, viewer=BOB)
    assert many.user.tolist() == [0, ADA]


@pytest.mark.parametrize(
    "forget",
    [
        lambda index: index.remove(ADA),
        lambda index: index.clear(),
        lambda index: index.expire(NOW + TTL_MS),
    ],
    ids=["remove", "clear", "expire"],
)
def test_how_users_may_be_seen_outlasts_where_they_are(
    index: moyeo.PresenceIndex, forget: Callable[[moyeo.PresenceIndex], object]
) -> None:
    index.set_visibility(ADA, Visibility.HIDDEN)
    index.set_viewer_set(ViewerSet.NEVER_SEES, BOB, [CY])
    index.move(ADA, *SEOUL, NOW)
    forget(index)
    assert len(index) == 0
    assert index.visibility_of(ADA) is Visibility.HIDDEN
    assert index.members_of(ViewerSet.NEVER_SEES, BOB).tolist() == [CY]
    index.move(ADA, *SEOUL, NOW)
    assert seen(index, ADA) is None


def test_as_many_as_an_index_may_hold_differ_from_the_default() -> None:
    index = moyeo.PresenceIndex(max_users=2)
    index.set_visibility(ADA, Visibility.HIDDEN)
    index.set_visibility(BOB, Visibility.CLOAKED)
    with pytest.raises(moyeo.ResourceExhaustedError, match="max_users = 2 have a visibility"):
        index.set_visibility(CY, Visibility.HIDDEN)
    assert index.visibility_of(CY) is Visibility.EXACT
    index.set_visibility(ADA, Visibility.CLOAKED)
    index.set_visibility(BOB, Visibility.EXACT)
    index.set_visibility(CY, Visibility.HIDDEN)
    assert index.visibility_of(CY) is Visibility.HIDDEN


@pytest.mark.parametrize(
    "members",
    [
        np.array([DEE, CY, DEE], dtype=np.uint64),
        [DEE, CY, DEE],
        (np.uint64(CY), np.int8(DEE)),
        {CY, DEE},
        {CY: "a friend", DEE: "another"},
        range(CY, DEE + 1),
        iter([DEE, CY]),
        (user + 1 for user in (BOB, CY)),
        array.array("Q", [CY, DEE]),
    ],
    ids=lambda members: type(members).__name__,
)
def test_a_set_is_given_as_an_array_or_as_any_iterable_of_ints(
    index: moyeo.PresenceIndex, members: Iterable[int]
) -> None:
    index.set_viewer_set(ViewerSet.SEES_EXACTLY, ADA, [BOB])
    index.set_viewer_set(ViewerSet.SEES_EXACTLY, ADA, members)
    found = index.members_of(ViewerSet.SEES_EXACTLY, ADA)
    assert found.dtype == np.uint64 and found.tolist() == [CY, DEE]


def test_each_viewer_has_two_sets_of_their_own(index: moyeo.PresenceIndex) -> None:
    index.set_viewer_set(ViewerSet.SEES_EXACTLY, ADA, [0, 2**63, 2**64 - 1])
    index.set_viewer_set(ViewerSet.NEVER_SEES, ADA, [BOB])
    index.set_viewer_set(ViewerSet.NEVER_SEES, 2**64 - 1, [CY])
    assert index.members_of(ViewerSet.SEES_EXACTLY, ADA).tolist() == [0, 2**63, 2**64 - 1]
    assert index.members_of(ViewerSet.NEVER_SEES, ADA).tolist() == [BOB]
    assert index.members_of(ViewerSet.NEVER_SEES, 2**64 - 1).tolist() == [CY]
    nobody: Any
    for nobody in ([], np.zeros(0, dtype=np.uint64)):
        index.add_to_viewer_set(ViewerSet.SEES_EXACTLY, ADA, DEE)
        index.set_viewer_set(ViewerSet.SEES_EXACTLY, ADA, nobody)
        empty = index.members_of(ViewerSet.SEES_EXACTLY, ADA)
        assert empty.dtype == np.uint64 and empty.shape == (0,)
    assert index.members_of(ViewerSet.NEVER_SEES, ADA).tolist() == [BOB]


def test_adding_and_taking_out_twice_is_the_same_as_once(index: moyeo.PresenceIndex) -> None:
    for _ in range(2):
        index.add_to_viewer_set(ViewerSet.NEVER_SEES, ADA, CY)
    index.add_to_viewer_set(ViewerSet.NEVER_SEES, ADA, BOB)
    assert index.members_of(ViewerSet.NEVER_SEES, ADA).tolist() == [BOB, CY]
    for _ in range(2):
        index.remove_from_viewer_set(ViewerSet.NEVER_SEES, ADA, BOB)
    assert index.members_of(ViewerSet.NEVER_SEES, ADA).tolist() == [CY]


def test_members_are_a_copy_that_may_be_changed_and_given_back(
    index: moyeo.PresenceIndex,
) -> None:
    index.set_viewer_set(ViewerSet.NEVER_SEES, ADA, [BOB, CY])
    members = index.members_of(ViewerSet.NEVER_SEES, ADA)
    members[0] = DEE
    assert index.members_of(ViewerSet.NEVER_SEES, ADA).tolist() == [BOB, CY]
    index.set_viewer_set(ViewerSet.NEVER_SEES, ADA, members)
    assert index.members_of(ViewerSet.NEVER_SEES, ADA).tolist() == [CY, DEE]


@pytest.mark.parametrize("as_members", [lambda users: users, lambda users: users.tolist()])
def test_a_set_has_room_for_so_many_different_members_and_no_more(
    index: moyeo.PresenceIndex,
    as_members: Callable[[npt.NDArray[np.uint64]], Iterable[SupportsIndex]],
) -> None:
    most = np.arange(MOST, dtype=np.uint64)
    too_many = np.arange(MOST + 1, dtype=np.uint64)
    index.set_viewer_set(ViewerSet.NEVER_SEES, ADA, as_members(np.concatenate([most, most])))
    with pytest.raises(moyeo.ResourceExhaustedError, match="members are more than .* 32768"):
        index.set_viewer_set(ViewerSet.NEVER_SEES, ADA, as_members(too_many))
    assert np.array_equal(index.members_of(ViewerSet.NEVER_SEES, ADA), most)

    index.add_to_viewer_set(ViewerSet.NEVER_SEES, ADA, MOST - 1)
    with pytest.raises(moyeo.ResourceExhaustedError, match="32768 members already"):
        index.add_to_viewer_set(ViewerSet.NEVER_SEES, ADA, MOST)
    index.remove_from_viewer_set(ViewerSet.NEVER_SEES, ADA, 0)
    index.add_to_viewer_set(ViewerSet.NEVER_SEES, ADA, MOST)
    assert np.array_equal(index.members_of(ViewerSet.NEVER_SEES, ADA), too_many[1:])


def test_memory_usage_tells_what_sets_take(index: moyeo.PresenceIndex) -> None:
    before = index.memory_usage
    index.set_viewer_set(ViewerSet.NEVER_SEES, ADA, range(10_000))
    after = index.memory_usage
    assert after.sets >= before.sets + 80_000
    assert after.total - before.total == after.sets - before.sets
    index.set_viewer_set(ViewerSet.NEVER_SEES, ADA, [])
    assert index.memory_usage.sets < before.sets + 8_000
