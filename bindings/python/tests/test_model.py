"""Random histories of an index beside a plain dictionary."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import moyeo

TTL_MS = 1_000
MAX_USERS = 12


class Filter(NamedTuple):
    all_of: int = 0
    any_of: int = 0
    none_of: int = 0

    def admits(self, attributes: int) -> bool:
        return (
            attributes & self.all_of == self.all_of
            and (self.any_of == 0 or attributes & self.any_of != 0)
            and attributes & self.none_of == 0
        )


class Model:
    """What an index should do, in the words of its documentation."""

    def __init__(self) -> None:
        self.held: dict[int, moyeo.Presence] = {}

    def move(self, user: int, lat: float, lng: float, seen: int, attributes: int | None) -> str:
        if not (abs(lat) <= 90 and abs(lng) <= 180):
            return "invalid"
        before = self.held.get(user)
        if before is None and len(self.held) == MAX_USERS:
            return "full"
        if before is not None and seen < before.last_seen:
            return "ignored"
        kept = 0
        if before is not None and seen < before.last_seen + TTL_MS:
            kept = before.attributes
        mask = kept if attributes is None else attributes
        self.held[user] = moyeo.Presence(*moyeo.canonical(lat, lng), seen, mask)
        return "applied"

    def expire(self, now: int) -> int:
        gone = [user for user, p in self.held.items() if p.last_seen + TTL_MS <= now]
        for user in gone:
            del self.held[user]
        return len(gone)

    def find(self, user: int, now: int) -> moyeo.Presence | None:
        presence = self.held.get(user)
        if presence is None or presence.last_seen + TTL_MS <= now:
            return None
        return presence

    def nearby(
        self, lat: float, lng: float, now: int, radius_m: float | None, filter: Filter
    ) -> list[moyeo.Neighbor]:
        found = []
        for user in self.held:
            presence = self.find(user, now)
            if presence is None or not filter.admits(presence.attributes):
                continue
            distance_m = moyeo.distance_meters(lat, lng, presence.lat, presence.lng)
            if radius_m is None or distance_m <= radius_m:
                found.append(
                    moyeo.Neighbor(user, presence.lat, presence.lng, distance_m, presence.last_seen)
                )
        return sorted(found, key=lambda neighbor: (neighbor.distance_m, neighbor.user))


# Few users, places, times and masks, so that they meet; and some of everywhere.
USERS = st.one_of(st.integers(0, 14), st.just(2**63), st.just(2**64 - 1))
PLACES = st.one_of(
    st.tuples(
        st.sampled_from([37.5665, 37.5666, -37.5665, 0.0, 90.0, -90.0]),
        st.sampled_from([126.978, 126.979, 0.0, 180.0, -180.0, 179.9999]),
    ),
    st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
)
# What a batch may have to refuse, too.
ANY_PLACES = st.one_of(PLACES, st.sampled_from([(90.5, 0.0), (0.0, -180.5), (float("nan"), 0.0)]))
TIMES = st.integers(0, 5 * TTL_MS)
MASKS = st.integers(0, 7)
RADII = st.one_of(st.none(), st.sampled_from([0.0, 10.0, 20.0, 1e5, 2.1e7]), st.floats(0, 2.1e7))
LIMITS = st.one_of(st.none(), st.integers(1, MAX_USERS + 2))
FILTERS = st.builds(Filter, MASKS, MASKS, MASKS)
MOVES = st.lists(st.tuples(USERS, ANY_PLACES, MASKS), max_size=30)


class History(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.index = moyeo.PresenceIndex(ttl_ms=TTL_MS, max_users=MAX_USERS)
        self.model = Model()

    @rule(user=USERS, place=ANY_PLACES, seen=TIMES, attributes=st.none() | MASKS)
    def move(
        self, user: int, place: tuple[float, float], seen: int, attributes: int | None
    ) -> None:
        became = self.model.move(user, *place, seen, attributes)
        if became == "invalid":
            with pytest.raises(moyeo.InvalidArgumentError):
                self.index.move(user, *place, seen, attributes)
        elif became == "full":
            with pytest.raises(moyeo.ResourceExhaustedError):
                self.index.move(user, *place, seen, attributes)
        else:
            self.index.move(user, *place, seen, attributes)

    @rule(moves=MOVES, seen=TIMES, has_attributes=st.booleans())
    def move_batch(
        self,
        moves: list[tuple[int, tuple[float, float], int]],
        seen: int,
        has_attributes: bool,
    ) -> None:
        became = [
            self.model.move(user, *place, seen, mask if has_attributes else None)
            for user, place, mask in moves
        ]
        try:
            result = self.index.move(
                np.array([user for user, _, _ in moves], dtype=np.uint64),
                np.array([lat for _, (lat, _), _ in moves], dtype=np.float64),
                np.array([lng for _, (_, lng), _ in moves], dtype=np.float64),
                seen,
                np.array([m for _, _, m in moves], dtype=np.uint32) if has_attributes else None,
            )
        except moyeo.MovesRefusedError as error:
            result = error.result
            assert result.refusals
        assert result.applied == became.count("applied")
        assert result.ignored == became.count("ignored")
        errors = {
            "invalid": moyeo.InvalidArgumentError,
            "full": moyeo.ResourceExhaustedError,
        }
        assert [(refusal.index, type(refusal.error)) for refusal in result.refusals] == [
            (i, errors[what]) for i, what in enumerate(became) if what in errors
        ]

    @rule(user=USERS)
    def remove(self, user: int) -> None:
        assert self.index.remove(user) == (self.model.held.pop(user, None) is not None)

    @rule(now=TIMES)
    def expire(self, now: int) -> None:
        removed = 0
        for _ in range(2):
            complete = False
            while not complete:
                piece, complete = self.index.expire(now)
                removed += piece
        assert removed == self.model.expire(now)

    @precondition(lambda self: len(self.model.held) == MAX_USERS)
    @rule()
    def clear(self) -> None:
        self.index.clear()
        self.model.held.clear()

    @rule(user=USERS, now=TIMES)
    def find(self, user: int, now: int) -> None:
        assert self.index.find(user, now) == self.model.find(user, now)

    @rule(
        places=st.lists(PLACES, min_size=1, max_size=5),
        now=TIMES,
        radius_m=RADII,
        limit=LIMITS,
        filter=FILTERS,
    )
    def nearby(
        self,
        places: list[tuple[float, float]],
        now: int,
        radius_m: float | None,
        limit: int | None,
        filter: Filter,
    ) -> None:
        expected = [self.model.nearby(*place, now, radius_m, filter) for place in places]
        options = filter._asdict()
        answers = self.index.nearby_many(
            np.array([lat for lat, _ in places]),
            np.array([lng for _, lng in places]),
            now,
            radius_m=radius_m,
            limit=limit,
            **options,
        )
        for place, answer, everybody in zip(places, answers, expected, strict=True):
            near = self.index.nearby(*place, now, radius_m=radius_m, limit=limit, **options)
            assert near == answer == everybody[:limit]
            if radius_m is not None:
                count = self.index.count_within(*place, radius_m, now, **options)
                assert count == len(everybody)

    @rule(user=USERS, now=TIMES, radius_m=RADII, limit=LIMITS, filter=FILTERS)
    def nearby_user(
        self, user: int, now: int, radius_m: float | None, limit: int | None, filter: Filter
    ) -> None:
        presence = self.model.find(user, now)
        if presence is None:
            with pytest.raises(moyeo.NotFoundError):
                self.index.nearby_user(user, now, radius_m=radius_m, limit=limit)
            return
        near = self.index.nearby_user(user, now, radius_m=radius_m, limit=limit, **filter._asdict())
        everybody = self.model.nearby(presence.lat, presence.lng, now, radius_m, filter)
        assert near == [neighbor for neighbor in everybody if neighbor.user != user][:limit]

    @invariant()
    def holds_as_many(self) -> None:
        assert len(self.index) == len(self.model.held)


TestHistory = History.TestCase
