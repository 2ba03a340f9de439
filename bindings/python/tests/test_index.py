"""What each method of the index does, one call after the other."""

from __future__ import annotations

import copy
import pickle

import pytest

import moyeo
from support import BUSAN, NOW, SEOUL, TTL_MS, Crowd, index_of


def users(neighbors: list[moyeo.Neighbor]) -> list[int]:
    return [neighbor.user for neighbor in neighbors]


@pytest.fixture
def index() -> moyeo.PresenceIndex:
    return moyeo.PresenceIndex(ttl_ms=TTL_MS)


def test_a_user_who_moved_is_nearby(index: moyeo.PresenceIndex) -> None:
    index.move(7, *SEOUL, NOW)
    [neighbor] = index.nearby(37.57, 126.98, NOW, radius_m=5_000)
    distance_m = moyeo.distance_meters(37.57, 126.98, *SEOUL)
    assert neighbor == moyeo.Neighbor(7, SEOUL.lat, SEOUL.lng, distance_m, NOW)
    assert type(neighbor) is moyeo.Neighbor


def test_a_position_is_rounded_and_180_is_written_as_minus_180(
    index: moyeo.PresenceIndex,
) -> None:
    index.move(7, 1.00000004, 180, NOW)
    assert index.find(7, NOW) == moyeo.Presence(1.0, -180.0, NOW, 0)


def test_ids_reach_from_0_to_the_last_of_64_bits(index: moyeo.PresenceIndex) -> None:
    for user in (0, 2**63, 2**64 - 1):
        index.move(user, *SEOUL, NOW)
    assert users(index.nearby(*SEOUL, NOW)) == [0, 2**63, 2**64 - 1]
    assert users(index.nearby_user(2**64 - 1, NOW)) == [0, 2**63]


def test_times_reach_over_the_whole_range() -> None:
    index = moyeo.PresenceIndex(ttl_ms=moyeo.PresenceIndex.MAX_TTL_MS)
    for time in (moyeo.MIN_TIMESTAMP, -1, 0, moyeo.MAX_TIMESTAMP):
        index.move(7, *SEOUL, time)
        assert users(index.nearby(*SEOUL, time)) == [7]
        found = index.find(7, time)
        assert found is not None and found.last_seen == time


def test_an_older_move_is_ignored_and_the_later_of_equal_times_wins(
    index: moyeo.PresenceIndex,
) -> None:
    index.move(7, *SEOUL, NOW)
    index.move(7, *BUSAN, NOW - 1)
    assert index.find(7, NOW) == moyeo.Presence(*SEOUL, NOW, 0)
    index.move(7, *BUSAN, NOW)
    assert index.find(7, NOW) == moyeo.Presence(*BUSAN, NOW, 0)


def test_attributes_stay_until_they_are_given_anew(index: moyeo.PresenceIndex) -> None:
    index.move(7, *SEOUL, NOW, 0xFFFF_FFFF)
    index.move(7, *SEOUL, NOW + 1)
    assert index.find(7, NOW) == moyeo.Presence(*SEOUL, NOW + 1, 0xFFFF_FFFF)
    index.move(7, *SEOUL, NOW + 2, attributes=0)
    assert index.find(7, NOW) == moyeo.Presence(*SEOUL, NOW + 2, 0)


def test_who_comes_back_after_their_ttl_is_new(index: moyeo.PresenceIndex) -> None:
    index.move(7, *SEOUL, NOW, 0b101)
    index.move(7, *SEOUL, NOW + TTL_MS)
    assert index.find(7, NOW) == moyeo.Presence(*SEOUL, NOW + TTL_MS, 0)


def test_filters_ask_for_all_any_and_none_of_the_bits(index: moyeo.PresenceIndex) -> None:
    for attributes in range(8):
        index.move(attributes, *SEOUL, NOW, attributes)
    assert users(index.nearby(*SEOUL, NOW, all_of=0b011)) == [3, 7]
    assert users(index.nearby(*SEOUL, NOW, any_of=0b011)) == [1, 2, 3, 5, 6, 7]
    assert users(index.nearby(*SEOUL, NOW, none_of=0b011)) == [0, 4]
    assert users(index.nearby_user(7, NOW, all_of=0b001, none_of=0b100)) == [1, 3]
    assert index.count_within(*SEOUL, 1, NOW, all_of=0b001, any_of=0b110, none_of=0b100) == 1


def test_a_user_who_was_removed_is_gone_until_they_move_again(
    index: moyeo.PresenceIndex,
) -> None:
    assert not index.remove(7)
    index.move(7, *SEOUL, NOW)
    assert index.remove(7)
    assert index.find(7, NOW) is None and index.nearby(*SEOUL, NOW) == []
    index.move(7, *SEOUL, NOW - 1)
    assert users(index.nearby(*SEOUL, NOW)) == [7]


def test_a_user_is_gone_when_their_ttl_has_passed_and_held_until_swept(
    index: moyeo.PresenceIndex,
) -> None:
    index.move(7, *SEOUL, NOW)
    assert users(index.nearby(*SEOUL, NOW + TTL_MS - 1)) == [7]
    assert index.nearby(*SEOUL, NOW + TTL_MS) == []
    assert len(index) == 1
    assert index.expire(NOW + TTL_MS) == moyeo.ExpireResult(removed=1, complete=True)
    assert len(index) == 0


def test_sweeping_and_finding_take_any_time(index: moyeo.PresenceIndex) -> None:
    index.move(7, *SEOUL, NOW)
    assert index.find(7, -(10**30)) is not None
    assert index.find(7, 10**30) is None
    assert index.expire(-(10**30)).removed == 0
    assert index.expire(10**30).removed == 1


def test_clear_forgets_everybody(index: moyeo.PresenceIndex) -> None:
    index.move(7, *SEOUL, NOW)
    index.clear()
    assert len(index) == 0 and index.find(7, NOW) is None


def test_radius_and_limit_bound_an_answer_and_none_lifts_the_bound() -> None:
    index = index_of(Crowd.around_seoul(200))
    everybody = index.nearby(*SEOUL, NOW, limit=None)
    assert len(everybody) == 200
    assert [n.distance_m for n in everybody] == sorted(n.distance_m for n in everybody)
    assert index.nearby(*SEOUL, NOW) == everybody[:50]
    assert index.nearby(*SEOUL, NOW, limit=3) == everybody[:3]
    assert index.nearby(*SEOUL, NOW, radius_m=everybody[80].distance_m, limit=None) == (
        everybody[:81]
    )
    assert index.count_within(*SEOUL, everybody[80].distance_m, NOW) == 81
    assert index.nearby(*SEOUL, NOW, limit=2**64 - 1) == everybody


def test_the_asking_user_is_not_in_the_answer_and_must_be_here(
    index: moyeo.PresenceIndex,
) -> None:
    index.move(7, *SEOUL, NOW)
    index.move(8, *SEOUL, NOW)
    assert users(index.nearby_user(7, NOW, limit=1)) == [8]
    with pytest.raises(moyeo.NotFoundError, match="user 9 is not here"):
        index.nearby_user(9, NOW)
    with pytest.raises(LookupError):
        index.nearby_user(7, NOW + TTL_MS)


def test_a_full_index_refuses_new_users_and_moves_those_it_holds() -> None:
    index = moyeo.PresenceIndex(max_users=1)
    index.move(7, *SEOUL, NOW)
    with pytest.raises(moyeo.ResourceExhaustedError, match="user 8 is new and max_users = 1"):
        index.move(8, *SEOUL, NOW)
    index.move(7, *BUSAN, NOW)
    assert len(index) == 1 and index.find(7, NOW) == moyeo.Presence(*BUSAN, NOW, 0)


def test_memory_usage_is_its_parts_and_grows_with_the_users(index: moyeo.PresenceIndex) -> None:
    before = index.memory_usage
    index.move(*Crowd.around_seoul(10_000), NOW)
    after = index.memory_usage
    assert after.total == after.users + after.cells + after.id_map + after.sets
    assert after.total > before.total + 10_000 * 8


def test_an_index_tells_its_options_and_its_size() -> None:
    index = moyeo.PresenceIndex(
        ttl_ms=1_000,
        max_users=10,
        default_visibility=moyeo.Visibility.CLOAKED,
        cloak_level=13,
        cloak_interval_ms=60_000,
    )
    index.move(7, *SEOUL, NOW)
    assert (index.ttl_ms, index.max_users) == (1_000, 10)
    assert index.default_visibility is moyeo.Visibility.CLOAKED
    assert (index.cloak_level, index.cloak_interval_ms) == (13, 60_000)
    assert repr(index) == (
        "<moyeo.PresenceIndex of 1 users, ttl_ms=1000, max_users=10, "
        "default_visibility=Visibility.CLOAKED, cloak_level=13, cloak_interval_ms=60000>"
    )
    default = moyeo.PresenceIndex()
    assert (default.ttl_ms, default.max_users) == (60_000, moyeo.PresenceIndex.MAX_USERS_LIMIT)
    assert default.default_visibility is moyeo.Visibility.EXACT
    assert (default.cloak_level, default.cloak_interval_ms) == (14, 300_000)


def test_an_index_is_neither_copied_nor_pickled(index: moyeo.PresenceIndex) -> None:
    for attempt in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="neither copied nor pickled"):
            attempt(index)  # type: ignore[operator]


def test_answers_are_tuples_that_can_be_pickled(index: moyeo.PresenceIndex) -> None:
    index.move(7, *SEOUL, NOW)
    [neighbor] = index.nearby(*SEOUL, NOW)
    user, lat, lng, distance_m, last_seen = neighbor
    assert (user, lat, lng, distance_m, last_seen) == (7, *SEOUL, 0.0, NOW)
    assert pickle.loads(pickle.dumps(neighbor)) == neighbor
