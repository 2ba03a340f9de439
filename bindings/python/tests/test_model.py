"""Random histories of an index beside a plain dictionary."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import moyeo
from moyeo import ViewerSet, Visibility

TTL_MS = 1_000
MAX_USERS = 12

# Every move that is newer than the last may show a cloaked user in another cell.
CLOAK_INTERVAL_MS = 1

# No cloaked user is so far from where they are shown, neither when the cell is chosen nor, an
# eighth of a cell across its border, when it is kept.
CELL_M, NEAR_CELL_M = 500, 600


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


@cache
def center_of_cell(place: moyeo.LatLng) -> moyeo.LatLng:
    """Where somebody is shown who is cloaked there, all by themselves."""
    index = moyeo.PresenceIndex(default_visibility=Visibility.CLOAKED)
    index.move(0, *place, 0)
    [alone] = index.nearby(*place, 0)
    assert alone.distance_m < CELL_M
    return moyeo.LatLng(alone.lat, alone.lng)


@dataclass
class Cloak:
    """Where strangers see a user, and since when."""

    shown: moyeo.LatLng
    decided: int
    # Where they are shown instead, if they are too far across the border. The index is asked.
    perhaps: moyeo.LatLng | None = None


class Model:
    """What an index should do, in the words of its documentation."""

    def __init__(self, default_visibility: Visibility) -> None:
        self.default_visibility = default_visibility
        self.held: dict[int, moyeo.Presence] = {}
        self.visibilities: dict[int, Visibility] = {}
        self.cloaks: dict[int, Cloak] = {}
        self.sets: dict[tuple[ViewerSet, int], set[int]] = {}

    def visibility_of(self, user: int) -> Visibility:
        return self.visibilities.get(user, self.default_visibility)

    def members_of(self, viewer_set: ViewerSet, viewer: int | None) -> set[int]:
        return set() if viewer is None else self.sets.setdefault((viewer_set, viewer), set())

    def set_visibility(self, user: int, visibility: Visibility) -> str:
        before = self.visibility_of(user)
        if visibility is self.default_visibility:
            self.visibilities.pop(user, None)
        elif user in self.visibilities or len(self.visibilities) < MAX_USERS:
            self.visibilities[user] = visibility
        else:
            return "full"
        if visibility is Visibility.EXACT:
            self.cloaks.pop(user, None)
        if before is not visibility:
            self.cloak(user)
        return "applied"

    def cloak(self, user: int) -> None:
        """Decides where `user`, who has moved or is seen otherwise now, is shown."""
        presence = self.held.get(user)
        if presence is None or self.visibility_of(user) is not Visibility.CLOAKED:
            return
        place = moyeo.LatLng(presence.lat, presence.lng)
        center = center_of_cell(place)
        cloak = self.cloaks.setdefault(user, Cloak(center, presence.last_seen))
        if presence.last_seen == cloak.decided:
            return
        cloak.decided = presence.last_seen
        if moyeo.distance_meters(*place, *cloak.shown) > NEAR_CELL_M:
            cloak.shown = center
        elif center != cloak.shown:
            cloak.perhaps = center

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
        self.cloak(user)
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

    def where_seen(
        self, user: int, presence: moyeo.Presence, viewer: int | None
    ) -> moyeo.LatLng | None:
        visibility = self.visibility_of(user)
        if user == viewer or visibility is Visibility.HIDDEN:
            return None
        if user in self.members_of(ViewerSet.NEVER_SEES, viewer):
            return None
        sees_exactly = user in self.members_of(ViewerSet.SEES_EXACTLY, viewer)
        if visibility is Visibility.CLOAKED and not sees_exactly:
            return self.cloaks[user].shown
        return moyeo.LatLng(presence.lat, presence.lng)

    def nearby(
        self,
        lat: float,
        lng: float,
        now: int,
        radius_m: float | None,
        filter: Filter,
        viewer: int | None,
    ) -> list[moyeo.Neighbor]:
        found = []
        for user in self.held:
            presence = self.find(user, now)
            if presence is None or not filter.admits(presence.attributes):
                continue
            shown = self.where_seen(user, presence, viewer)
            if shown is None:
                continue
            distance_m = moyeo.distance_meters(lat, lng, *shown)
            if radius_m is None or distance_m <= radius_m:
                found.append(moyeo.Neighbor(user, *shown, distance_m, presence.last_seen))
        return sorted(found, key=lambda neighbor: (neighbor.distance_m, neighbor.user))


# Few users, places, times and masks, so that they meet; and some of everywhere.
USERS = st.one_of(st.integers(0, 14), st.just(2**63), st.just(2**64 - 1))
PLACES = st.one_of(
    st.tuples(
        st.sampled_from([37.5665, 37.5666, -37.5665, 0.0, 90.0, -90.0]),
        st.sampled_from([126.978, 126.979, 0.0, 180.0, -180.0, 179.9999]),
    ),
    # On each side of a border of cells, within an eighth of one and beyond.
    st.tuples(st.sampled_from([-0.001, -0.0004, 0.0004, 0.001]), st.just(0.0)),
    st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
)
# What a batch may have to refuse, too.
ANY_PLACES = st.one_of(PLACES, st.sampled_from([(90.5, 0.0), (0.0, -180.5), (float("nan"), 0.0)]))
TIMES = st.integers(0, 5 * TTL_MS)
MASKS = st.integers(0, 7)
RADII = st.one_of(st.none(), st.sampled_from([0.0, 10.0, 20.0, 1e5, 2.1e7]), st.floats(0, 2.1e7))
LIMITS = st.one_of(st.none(), st.integers(1, MAX_USERS + 2))
FILTERS = st.just(Filter()) | st.builds(Filter, MASKS, MASKS, MASKS)
MOVES = st.lists(st.tuples(USERS, ANY_PLACES, MASKS), max_size=30)
SOME_VIEWERS = [0, 1, 2**64 - 1]
VIEWERS = st.sampled_from(SOME_VIEWERS)
VISIBILITIES = st.sampled_from(Visibility)
VIEWER_SETS = st.sampled_from(ViewerSet)


class History(RuleBasedStateMachine):
    @initialize(default_visibility=VISIBILITIES)
    def make(self, default_visibility: Visibility) -> None:
        self.index = moyeo.PresenceIndex(
            ttl_ms=TTL_MS,
            max_users=MAX_USERS,
            default_visibility=default_visibility,
            cloak_interval_ms=CLOAK_INTERVAL_MS,
        )
        self.model = Model(default_visibility)

    def see_who_stays_in_their_cell(self) -> None:
        """Who is close to the cell in which they were shown may be shown there or in their own."""
        for user, cloak in self.model.cloaks.items():
            if cloak.perhaps is None:
                continue
            presence = self.model.held[user]
            near = self.index.nearby(*cloak.shown, presence.last_seen, limit=None)
            [shown] = [moyeo.LatLng(n.lat, n.lng) for n in near if n.user == user]
            assert shown in (cloak.shown, cloak.perhaps)
            cloak.shown, cloak.perhaps = shown, None

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
        self.see_who_stays_in_their_cell()

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
        self.see_who_stays_in_their_cell()

    @rule(users=st.lists(USERS, min_size=1, max_size=20), visibility=VISIBILITIES)
    def set_visibility(self, users: list[int], visibility: Visibility) -> None:
        for user in users:
            if self.model.set_visibility(user, visibility) == "full":
                with pytest.raises(moyeo.ResourceExhaustedError):
                    self.index.set_visibility(user, visibility)
            else:
                self.index.set_visibility(user, visibility)
        self.see_who_stays_in_their_cell()

    @rule(viewer_set=VIEWER_SETS, viewer=VIEWERS, members=st.lists(USERS), is_array=st.booleans())
    def set_viewer_set(
        self, viewer_set: ViewerSet, viewer: int, members: list[int], is_array: bool
    ) -> None:
        self.index.set_viewer_set(
            viewer_set, viewer, np.array(members, dtype=np.uint64) if is_array else members
        )
        self.model.sets[viewer_set, viewer] = {*members}

    @rule(viewer_set=VIEWER_SETS, viewer=VIEWERS, member=USERS)
    def add_to_viewer_set(self, viewer_set: ViewerSet, viewer: int, member: int) -> None:
        self.index.add_to_viewer_set(viewer_set, viewer, member)
        self.model.members_of(viewer_set, viewer).add(member)

    @rule(viewer_set=VIEWER_SETS, viewer=VIEWERS, member=USERS)
    def remove_from_viewer_set(self, viewer_set: ViewerSet, viewer: int, member: int) -> None:
        self.index.remove_from_viewer_set(viewer_set, viewer, member)
        self.model.members_of(viewer_set, viewer).discard(member)

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
        viewer=st.none() | VIEWERS,
    )
    def nearby(
        self,
        places: list[tuple[float, float]],
        now: int,
        radius_m: float | None,
        limit: int | None,
        filter: Filter,
        viewer: int | None,
    ) -> None:
        options = filter._asdict()
        answers = self.index.nearby_many(
            np.array([lat for lat, _ in places]),
            np.array([lng for _, lng in places]),
            now,
            radius_m=radius_m,
            limit=limit,
            viewer=viewer,
            **options,
        )
        for place, answer in zip(places, answers, strict=True):
            near = self.index.nearby(
                *place, now, radius_m=radius_m, limit=limit, viewer=viewer, **options
            )
            everybody = self.model.nearby(*place, now, radius_m, filter, viewer)
            assert near == answer == everybody[:limit]
            if radius_m is not None:
                count = self.index.count_within(*place, radius_m, now, viewer=viewer, **options)
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
        everybody = self.model.nearby(presence.lat, presence.lng, now, radius_m, filter, user)
        assert near == everybody[:limit]

    @invariant()
    def holds_as_many(self) -> None:
        assert len(self.index) == len(self.model.held)

    @invariant()
    def knows_who_may_be_seen_how(self) -> None:
        for viewer in SOME_VIEWERS:
            assert self.index.visibility_of(viewer) is self.model.visibility_of(viewer)
            for viewer_set in ViewerSet:
                members = sorted(self.model.members_of(viewer_set, viewer))
                assert self.index.members_of(viewer_set, viewer).tolist() == members

    @invariant()
    def shows_each_viewer_whom_they_may_see(self) -> None:
        for viewer in (None, *SOME_VIEWERS):
            everybody = self.model.nearby(37.5665, 126.978, 0, None, Filter(), viewer)
            near = self.index.nearby(37.5665, 126.978, 0, limit=None, viewer=viewer)
            assert near == everybody


TestHistory = History.TestCase
