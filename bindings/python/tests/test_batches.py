"""Batches: arrays in, arrays out."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import moyeo
from support import BUSAN, NOW, SEOUL, TTL_MS, Crowd, index_of

# Around the pieces in which moves (1,024) and questions (64) are handed over.
SIZES = [0, 1, 63, 64, 65, 1_023, 1_024, 1_025, 5_000]


@pytest.mark.parametrize("size", SIZES)
def test_a_batch_of_moves_does_what_they_do_one_by_one(size: int) -> None:
    crowd = Crowd.around_seoul(size)
    attributes = np.arange(size, dtype=np.uint32)
    together = moyeo.PresenceIndex()
    result = together.move(*crowd, NOW, attributes)
    assert result == moyeo.MoveBatchResult(applied=size, ignored=0, refusals=())
    one_by_one = moyeo.PresenceIndex()
    for user, lat, lng, mask in zip(*crowd, attributes):
        one_by_one.move(user, lat, lng, NOW, mask)
    assert len(together) == size
    for user in crowd.user:
        assert together.find(user, NOW) == one_by_one.find(user, NOW) is not None


@pytest.mark.parametrize("size", SIZES)
def test_many_questions_have_the_answers_of_each(size: int) -> None:
    index = index_of(Crowd.around_seoul(500))
    _, lat, lng = Crowd.around_seoul(size, seed=2)
    answers = index.nearby_many(lat, lng, NOW, radius_m=2_000, limit=5)
    assert len(answers) == size
    assert list(answers) == [
        index.nearby(lat[i], lng[i], NOW, radius_m=2_000, limit=5) for i in range(size)
    ]


def test_many_questions_take_the_same_options_as_one() -> None:
    index = moyeo.PresenceIndex(ttl_ms=TTL_MS)
    for attributes in range(8):
        index.move(attributes, *SEOUL, NOW, attributes)
    lat, lng = np.array([SEOUL.lat]), np.array([SEOUL.lng])
    answers = index.nearby_many(
        lat, lng, NOW, limit=None, all_of=0b001, any_of=0b110, none_of=0b100
    )
    assert answers.user.tolist() == [3]
    assert index.nearby_many(lat, lng, NOW).offsets.tolist() == [0, 8]
    assert index.nearby_many(lat, lng, NOW + TTL_MS).offsets.tolist() == [0, 0]


def test_answers_are_columns_with_offsets() -> None:
    index = moyeo.PresenceIndex()
    index.move(2**64 - 1, *SEOUL, NOW)
    lat = np.array([SEOUL.lat, BUSAN.lat, SEOUL.lat])
    lng = np.array([SEOUL.lng, BUSAN.lng, SEOUL.lng])
    answers = index.nearby_many(lat, lng, NOW, radius_m=1_000)
    columns = {
        "user": (np.uint64, [2**64 - 1] * 2),
        "lat": (np.float64, [SEOUL.lat] * 2),
        "lng": (np.float64, [SEOUL.lng] * 2),
        "distance_m": (np.float64, [0.0] * 2),
        "last_seen": (np.int64, [NOW] * 2),
        "offsets": (np.int64, [0, 1, 1, 2]),
    }
    for name, (dtype, values) in columns.items():
        column = getattr(answers, name)
        assert column.dtype == dtype and column.tolist() == values, name
        assert column.flags.c_contiguous, name
    # As they come, they go into the next batch.
    assert index.move(answers.user, answers.lat, answers.lng, NOW + 1).applied == 2


def test_answers_are_a_sequence_by_question() -> None:
    index = index_of(Crowd.around_seoul(10))
    lat, lng = np.full(3, SEOUL.lat), np.full(3, SEOUL.lng)
    answers = index.nearby_many(lat, lng, NOW)
    assert len(answers) == 3
    assert answers[0] == answers[-3] == answers[2] == answers[-1]
    assert len(answers[0]) == 10 and type(answers[0][0]) is moyeo.Neighbor
    for wrong in (3, -4):
        with pytest.raises(IndexError, match="of 3"):
            answers[wrong]
    assert answers[np.int8(1)] == answers[1]
    for no_index in (1.0, slice(2)):
        with pytest.raises(TypeError, match="cannot be interpreted as an integer"):
            answers[no_index]  # type: ignore[index]


def test_answers_outlive_the_index() -> None:
    index = index_of(Crowd.around_seoul(10))
    answers = index.nearby_many(np.full(100, SEOUL.lat), np.full(100, SEOUL.lng), NOW)
    before = answers[7]
    index.clear()
    del index
    assert answers[7] == before and len(before) == 10


def test_an_older_move_of_a_batch_is_ignored_and_counted() -> None:
    crowd = Crowd.around_seoul(2_000)
    index = index_of(crowd)
    index.move(crowd.user[::2].copy(), crowd.lat[::2].copy(), crowd.lng[::2].copy(), NOW + 2)
    assert index.move(*crowd, NOW + 1) == moyeo.MoveBatchResult(applied=1_000, ignored=1_000)


def test_the_last_move_of_one_user_in_a_batch_wins() -> None:
    index = moyeo.PresenceIndex()
    lat = np.linspace(-80, 80, 3_000)
    index.move(np.full(3_000, 7, dtype=np.uint64), lat, np.zeros(3_000), NOW)
    assert index.find(7, NOW) == moyeo.Presence(80.0, 0.0, NOW, 0)
    assert len(index) == 1


def test_moves_at_fault_are_refused_and_the_others_carried_out() -> None:
    crowd = Crowd.around_seoul(3_000)
    index = index_of(crowd)
    lat, lng = crowd.lat + 1, crowd.lng.copy()
    lat[0], lng[1_024], lat[2_999] = np.nan, -181, 90.5
    with pytest.raises(moyeo.MovesRefusedError) as raised:
        index.move(crowd.user, lat, lng, NOW + 1)
    result = raised.value.result
    assert (result.applied, result.ignored) == (2_997, 0)
    assert [refusal.index for refusal in result.refusals] == [0, 1_024, 2_999]
    assert [str(refusal.error) for refusal in result.refusals] == [
        "at index 0: latitude nan is not a finite number",
        "at index 1024: longitude -181 is outside [-180, 180] degrees",
        "at index 2999: latitude 90.5 is outside [-90, 90] degrees",
    ]
    for refusal in result.refusals:
        assert type(refusal.error) is moyeo.InvalidArgumentError
    assert str(raised.value) == (
        "3 of 3000 moves refused, the others carried out; "
        "the first at index 0: latitude nan is not a finite number"
    )
    seen = [presence.last_seen for user in crowd.user if (presence := index.find(user, NOW))]
    assert seen.count(NOW) == 3 and seen.count(NOW + 1) == 2_997


def test_a_refusal_says_whether_the_index_was_full() -> None:
    index = moyeo.PresenceIndex(max_users=2)
    user = np.array([1, 2, 3, 1], dtype=np.uint64)
    with pytest.raises(moyeo.MovesRefusedError) as raised:
        index.move(user, np.array([1.0, 2.0, 3.0, 4.0]), np.zeros(4), NOW)
    [refusal] = raised.value.result.refusals
    assert refusal.index == 2
    assert type(refusal.error) is moyeo.ResourceExhaustedError
    assert raised.value.result.applied == 3 and len(index) == 2


def test_a_batch_of_refusals_speaks_of_no_others() -> None:
    with pytest.raises(moyeo.MovesRefusedError) as raised:
        moyeo.PresenceIndex().move(
            np.array([1], dtype=np.uint64), np.array([91.0]), np.zeros(1), NOW
        )
    assert str(raised.value) == (
        "1 of 1 moves refused; the first at index 0: latitude 91 is outside [-90, 90] degrees"
    )


def test_the_error_of_a_batch_can_be_sent_to_another_process() -> None:
    index = moyeo.PresenceIndex()
    with pytest.raises(moyeo.MovesRefusedError) as raised:
        index.move(np.array([1], dtype=np.uint64), np.array([91.0]), np.zeros(1), NOW)
    received = pickle.loads(pickle.dumps(raised.value))
    assert str(received) == str(raised.value)
    assert received.result.refusals[0].index == 0


def test_the_first_point_at_fault_is_named_and_nothing_is_answered() -> None:
    index = index_of(Crowd.around_seoul(10))
    lat, lng = np.zeros(1_000), np.zeros(1_000)
    lng[777] = np.inf
    lat[999] = 100
    with pytest.raises(moyeo.InvalidArgumentError, match="at index 777: longitude inf"):
        index.nearby_many(lat, lng, NOW)


def test_arrays_may_be_read_only_and_begin_at_any_address() -> None:
    packed = np.zeros(100, dtype=np.uint8).tobytes()
    user = np.frombuffer(packed, dtype=np.uint64, count=5, offset=1)
    degrees = np.frombuffer(packed, dtype=np.float64, count=5, offset=3)
    attributes = np.frombuffer(packed, dtype=np.uint32, count=5, offset=2)
    assert not user.flags.aligned and not user.flags.writeable
    index = moyeo.PresenceIndex()
    assert index.move(user, degrees, degrees, NOW, attributes).applied == 5
    assert index.nearby_many(degrees, degrees, NOW).user.tolist() == [0] * 5
