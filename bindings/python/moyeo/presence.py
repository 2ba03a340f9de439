"""`PresenceIndex`: who is where now, and who is near whom."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Final, SupportsIndex, overload

import numpy as np
import numpy.typing as npt

from moyeo import _core
from moyeo.errors import MovesRefusedError
from moyeo.results import (
    ExpireResult,
    MoveBatchResult,
    NearbyBatchResult,
    Neighbor,
    Presence,
    PresenceMemoryUsage,
    Refusal,
)
from moyeo.types import Float
from moyeo.visibility import ViewerSet, Visibility


class PresenceIndex:
    """Where users are now: millions of moves and nearby queries a second, in memory alone.

    >>> import moyeo
    >>> now = 1_700_000_000_000  # time.time_ns() // 1_000_000 in a real program
    >>> index = moyeo.PresenceIndex(ttl_ms=60_000)
    >>> index.move(7, 37.5665, 126.9780, now)
    >>> for neighbor in index.nearby(37.57, 126.98, now, radius_m=5_000):
    ...     print(f"user {neighbor.user} is {neighbor.distance_m:.0f} m away")
    user 7 is 427 m away

    Positions are soft state: a user is here until `ttl_ms` after they were last seen. Everything is
    exact on the whole sphere: what is within a radius and who comes first are decided by
    `moyeo.distance_meters`, ties by user id.

    In all methods:

    - a *user* is an int from 0 to 2**64 - 1;
    - a position is two numbers in degrees, `lat` within [-90, 90] and `lng` within [-180, 180];
    - a time (`seen`, `now`) is an int, UTC milliseconds (not seconds) since 1970, as the host
      gives it: moyeo reads no clock;
    - *attributes* are a mask of 32 bits, whose meaning is the host's affair. Queries consider the
      users who have every bit of `all_of`, at least one of `any_of` (0 asks for nothing) and none
      of `none_of`;
    - a *viewer* is the user who asks: they are not in the answer, and their sets (see `ViewerSet`)
      apply. None: a stranger to everybody;
    - an array has one dimension, is contiguous and has the dtype that is named: it is read where it
      lies and never converted.

    What others may see of a user is their *visibility* (see `Visibility`). A cloaked one lives in
    the index at the centre of the S2 cell that they are in, so that all that a stranger can learn,
    be it a position, a distance, the order, a count or being within a radius, comes from that
    centre. Who stays where they are can be asked about for ever, and no more comes to light than
    the cell. Of who moves, strangers learn the cell once in `cloak_interval_ms`: with the first
    move of an interval, which is not the moment of crossing a border; and who is at most an eighth
    of a cell's edge across one is still shown where they were, also when they come back after their
    ttl or a removal. What remains to be learned of them is in which cell, give or take that eighth,
    they were about once an interval. When they were last seen, and their attributes, everybody
    sees.

    An argument at fault raises `TypeError` or `moyeo.InvalidArgumentError` (a `ValueError`),
    and changes nothing.

    Any thread may call any method at any time. Other threads run Python meanwhile: no method holds
    the global interpreter lock while the index works. Queries and moves run beside each other, and
    hardly ever wait for each other; `clear` waits for the queries under way, and so does the first
    `set_visibility` that is not `Visibility.EXACT`. Beside changes, nobody appears twice in an
    answer, every neighbour in it was there at some moment of the call, and whoever met a query
    without a limit throughout the call is in it. A batch is as many calls as it has moves or
    questions; do not write to its arrays before it is done.
    """

    MAX_TTL_MS: Final[int] = _core.MAX_TTL_MS
    MAX_USERS_LIMIT: Final[int] = _core.MAX_USERS_LIMIT
    MAX_CLOAK_LEVEL: Final[int] = _core.MAX_CLOAK_LEVEL
    MAX_CLOAK_INTERVAL_MS: Final[int] = _core.MAX_CLOAK_INTERVAL_MS

    MAX_SET_MEMBERS: Final[int] = _core.MAX_SET_MEMBERS
    """How many users may be in one set of one viewer."""

    __slots__ = (
        "__weakref__",
        "_cloak_interval_ms",
        "_cloak_level",
        "_default_visibility",
        "_index",
        "_max_users",
        "_ttl_ms",
    )

    def __init__(
        self,
        *,
        ttl_ms: SupportsIndex = 60_000,
        max_users: SupportsIndex = _core.MAX_USERS_LIMIT,
        default_visibility: Visibility = Visibility.EXACT,
        cloak_level: SupportsIndex = 14,
        cloak_interval_ms: SupportsIndex = 300_000,
    ) -> None:
        """An empty index.

        `ttl_ms`: how long a position lives after its user was last seen. At ``last_seen + ttl_ms``
        the user is gone from every query, whether `expire` has run or not. From 1 to `MAX_TTL_MS`.

        `max_users`: how many users the index may hold, those who expired but are not yet swept
        included. From 1 to `MAX_USERS_LIMIT`.

        `default_visibility`: how users are seen for whom nothing else has been set.

        `cloak_level`: the S2 level of the cells at whose centres cloaked users are shown, 14 for
        some 500 m, and each step down doubles it. From 0 to `MAX_CLOAK_LEVEL`.

        `cloak_interval_ms`: in each interval of this length a cloaked user who moves is shown in
        another cell once at most. From 1 to `MAX_CLOAK_INTERVAL_MS`.
        """
        self._index = _core.PresenceIndex(
            ttl_ms, max_users, default_visibility, cloak_level, cloak_interval_ms
        )
        self._ttl_ms = operator.index(ttl_ms)
        self._max_users = operator.index(max_users)
        self._default_visibility = default_visibility
        self._cloak_level = operator.index(cloak_level)
        self._cloak_interval_ms = operator.index(cloak_interval_ms)

    @property
    def ttl_ms(self) -> int:
        """How long a position lives after its user was last seen, in milliseconds."""
        return self._ttl_ms

    @property
    def max_users(self) -> int:
        """How many users the index may hold."""
        return self._max_users

    @property
    def default_visibility(self) -> Visibility:
        """How users are seen for whom nothing else has been set."""
        return self._default_visibility

    @property
    def cloak_level(self) -> int:
        """The S2 level of the cells at whose centres cloaked users are shown."""
        return self._cloak_level

    @property
    def cloak_interval_ms(self) -> int:
        """How often a cloaked user who moves may be shown in another cell, in milliseconds."""
        return self._cloak_interval_ms

    @overload
    def move(
        self,
        user: SupportsIndex,
        lat: Float,
        lng: Float,
        seen: SupportsIndex,
        attributes: SupportsIndex | None = None,
    ) -> None:
        ...

    @overload
    def move(
        self,
        user: npt.NDArray[np.uint64],
        lat: npt.NDArray[np.float64],
        lng: npt.NDArray[np.float64],
        seen: SupportsIndex,
        attributes: npt.NDArray[np.uint32] | None = None,
    ) -> MoveBatchResult:
        ...

    def move(
        self,
        user: SupportsIndex | npt.NDArray[np.uint64],
        lat: Float | npt.NDArray[np.float64],
        lng: Float | npt.NDArray[np.float64],
        seen: SupportsIndex,
        attributes: SupportsIndex | npt.NDArray[np.uint32] | None = None,
    ) -> MoveBatchResult | None:
        """`user` is at (`lat`, `lng`), seen at `seen`. Inserts a user who is not held.

        A move older than the one held is ignored, which is no error; at equal times the later call
        wins. `attributes` replaces the user's mask; None keeps it (0 for a new user, and for one
        whose ttl had passed by `seen`).

        With numbers, it is one move. Raises `InvalidArgumentError`, or `ResourceExhaustedError` if
        the user is new and `max_users` are held.

        With arrays, it is a batch, faster than one by one: ``user[i]`` is at
        ``(lat[i], lng[i])``, all of them seen at `seen`; the moves of one user in order of i.
        `user` is uint64, `lat` and `lng` are float64, `attributes` is uint32 or None; all have the
        shape (n,).

        >>> import moyeo, numpy as np
        >>> index = moyeo.PresenceIndex()
        >>> user = np.array([1, 2, 3], dtype=np.uint64)
        >>> lat = np.array([37.5665, 37.5658, 37.5600])
        >>> lng = np.array([126.9780, 126.9751, 126.9753])
        >>> index.move(user, lat, lng, 1_700_000_000_000)
        MoveBatchResult(applied=3, ignored=0, refusals=())

        A move at fault is refused alone, and the others are carried out. Then `MovesRefusedError`
        is raised at the end:

        >>> try:
        ...     index.move(user, np.array([37.5666, 91, 37.5601]), lng, 1_700_000_001_000)
        ... except moyeo.MovesRefusedError as error:
        ...     print(error.result.applied)
        ...     for refusal in error.result.refusals:
        ...         print(user[refusal.index], refusal.error)
        2
        2 at index 1: latitude 91 is outside [-90, 90] degrees

        Nothing is moved if an array has the wrong dtype, shape or length, or `seen` is at fault.
        """
        if not isinstance(user, np.ndarray):
            self._index.move(user, lat, lng, seen, attributes)
            return None
        applied, ignored, refused = self._index.move_batch(user, lat, lng, seen, attributes)
        refusals = tuple(Refusal(index, error) for index, error in refused)
        result = MoveBatchResult(applied, ignored, refusals)
        if refusals:
            raise MovesRefusedError(result)
        return result

    def remove(self, user: SupportsIndex) -> bool:
        """Forgets where `user` is. False if they were not held.

        A late move brings a removed user back. How they may be seen stays, and in which cell a
        cloaked one was shown (`set_visibility` to `Visibility.EXACT` forgets that).
        """
        return self._index.remove(user)

    def expire(self, now: SupportsIndex) -> ExpireResult:
        """Takes out users whose ttl has passed at `now`, going round the index from call to call.

        One call is a bounded piece of work, of some eight thousand users looked at. Queries never
        need it; memory does, which goes back to the system as a crowd leaves. One round per ttl is
        plenty: for a million users who live a minute, two calls a second. At the end of a round,
        whoever was expired when it began is gone; to be rid of everybody who is expired now, end
        the round that is under way and go another:

        >>> index = PresenceIndex(ttl_ms=60_000)
        >>> index.move(7, 37.5665, 126.9780, 1_700_000_000_000)
        >>> for round in range(2):
        ...     while not index.expire(1_700_000_060_000).complete:
        ...         pass
        >>> len(index)
        0

        `now` is taken as the nearest valid time.
        """
        return ExpireResult(*self._index.expire(now))

    def clear(self) -> None:
        """Forgets where everybody is and returns the memory, but not who may be seen how.

        Waits for the queries under way.
        """
        self._index.clear()

    def __len__(self) -> int:
        """How many users are held, those who expired but are not yet swept included."""
        return self._index.size()

    def set_visibility(self, user: SupportsIndex, visibility: Visibility) -> None:
        """From now on `user` is seen like this, held or not.

        Also when they come back: `remove`, `expire` and `clear` change nothing of it. A user who
        is held is shown so at once.

        >>> from moyeo import Visibility
        >>> now = 1_700_000_000_000
        >>> index = PresenceIndex()
        >>> index.move(7, 37.5665, 126.9780, now)
        >>> index.set_visibility(7, Visibility.CLOAKED)
        >>> [cloaked] = index.nearby(37.5665, 126.9780, now)
        >>> 0 < cloaked.distance_m < 500
        True
        >>> index.set_visibility(7, Visibility.HIDDEN)
        >>> index.nearby(37.5665, 126.9780, now)
        []

        Raises `ResourceExhaustedError`, and nothing changes, if `max_users` others have a
        visibility that is not the default one.
        """
        self._index.set_visibility(user, visibility)

    def visibility_of(self, user: SupportsIndex) -> Visibility:
        """How `user` is seen, held or not."""
        return Visibility(self._index.visibility_of(user))

    def set_viewer_set(
        self,
        set: ViewerSet,
        viewer: SupportsIndex,
        members: npt.NDArray[np.uint64] | Iterable[SupportsIndex],
    ) -> None:
        """Makes `members` the set of `viewer`; an empty one costs nothing.

        `members` are users: a uint64 array of shape (n,), or any iterable of ints. The next query
        with this viewer shows it.

        >>> from moyeo import ViewerSet
        >>> now = 1_700_000_000_000
        >>> index = PresenceIndex()
        >>> for user in (7, 8, 9):
        ...     index.move(user, 37.5665, 126.9780, now)
        >>> index.set_viewer_set(ViewerSet.NEVER_SEES, 7, {8})
        >>> [neighbor.user for neighbor in index.nearby_user(7, now)]
        [9]

        Raises `ResourceExhaustedError`, and the set stays, if there are more than
        `MAX_SET_MEMBERS` different ones.
        """
        self._index.set_viewer_set(set, viewer, members)

    def add_to_viewer_set(
        self, set: ViewerSet, viewer: SupportsIndex, member: SupportsIndex
    ) -> None:
        """Adds one member to the set of `viewer`; nothing changes for one who is in it already.

        Raises `ResourceExhaustedError`, and the set stays, if it has `MAX_SET_MEMBERS` already.
        """
        self._index.add_to_viewer_set(set, viewer, member)

    def remove_from_viewer_set(
        self, set: ViewerSet, viewer: SupportsIndex, member: SupportsIndex
    ) -> None:
        """Takes one member out of the set of `viewer`; nothing changes for one who is not in it."""
        self._index.remove_from_viewer_set(set, viewer, member)

    def members_of(self, set: ViewerSet, viewer: SupportsIndex) -> npt.NDArray[np.uint64]:
        """Who is in the set of `viewer`, by id: a new uint64 array of shape (n,).

        >>> from moyeo import ViewerSet
        >>> index = PresenceIndex()
        >>> index.set_viewer_set(ViewerSet.SEES_EXACTLY, 7, [9, 8, 9])
        >>> index.members_of(ViewerSet.SEES_EXACTLY, 7)
        array([8, 9], dtype=uint64)
        """
        return self._index.members_of(set, viewer)

    def find(self, user: SupportsIndex, now: SupportsIndex) -> Presence | None:
        """What is held about `user`; None if they are not held or expired at `now`.

        It is for the host's own eyes: their visibility does not matter.

        >>> index = PresenceIndex(ttl_ms=60_000)
        >>> index.move(7, 37.5665, 126.9780, 1_700_000_000_000, attributes=0b101)
        >>> index.find(7, 1_700_000_059_999)
        Presence(lat=37.5665, lng=126.978, last_seen=1700000000000, attributes=5)
        >>> index.find(7, 1_700_000_060_000)

        `now` is taken as the nearest valid time.
        """
        found = self._index.find(user, now)
        return None if found is None else Presence(*found)

    def nearby(
        self,
        lat: Float,
        lng: Float,
        now: SupportsIndex,
        *,
        radius_m: Float | None = None,
        limit: SupportsIndex | None = 50,
        all_of: SupportsIndex = 0,
        any_of: SupportsIndex = 0,
        none_of: SupportsIndex = 0,
        viewer: SupportsIndex | None = None,
    ) -> list[Neighbor]:
        """The users near (`lat`, `lng`) at `now` as `viewer` sees them, nearest first, ties by id.

        `radius_m`: users at most this many metres away, inclusive; finite, not negative. None:
        however far away.

        `limit`: the nearest so many, at least 1. None: everybody within the radius.

        A user seen after `now` counts.

        >>> index = PresenceIndex()
        >>> index.move(7, 37.5665, 126.9780, 1_700_000_000_000)
        >>> index.move(8, 37.5665, 126.9780, 1_700_000_000_000)
        >>> [neighbor.user for neighbor in index.nearby(37.57, 126.98, 1_700_000_000_000, limit=1)]
        [7]
        """
        return self._index.nearby(lat, lng, now, radius_m, limit, all_of, any_of, none_of, viewer)

    def nearby_user(
        self,
        user: SupportsIndex,
        now: SupportsIndex,
        *,
        radius_m: Float | None = None,
        limit: SupportsIndex | None = 50,
        all_of: SupportsIndex = 0,
        any_of: SupportsIndex = 0,
        none_of: SupportsIndex = 0,
    ) -> list[Neighbor]:
        """The users near `user`, around where they really are and as they see them.

        They are not in the answer. Otherwise like `nearby`, with `user` as the viewer.

        Raises `NotFoundError` if `user` is not held or expired at `now`.
        """
        return self._index.nearby_user(user, now, radius_m, limit, all_of, any_of, none_of)

    def nearby_many(
        self,
        lat: npt.NDArray[np.float64],
        lng: npt.NDArray[np.float64],
        now: SupportsIndex,
        *,
        radius_m: Float | None = None,
        limit: SupportsIndex | None = 50,
        all_of: SupportsIndex = 0,
        any_of: SupportsIndex = 0,
        none_of: SupportsIndex = 0,
        viewer: SupportsIndex | None = None,
    ) -> NearbyBatchResult:
        """`nearby` for each of the points ``(lat[i], lng[i])``, float64 arrays of shape (n,).

        >>> index = PresenceIndex()
        >>> index.move(7, 37.5665, 126.9780, 1_700_000_000_000)
        >>> lat, lng = np.array([37.57, -33.86]), np.array([126.98, 151.21])
        >>> answers = index.nearby_many(lat, lng, 1_700_000_000_000, radius_m=5_000)
        >>> answers.user, answers.offsets
        (array([7], dtype=uint64), array([0, 1, 1]))
        >>> [len(neighbors) for neighbors in answers]
        [1, 0]

        Raises `InvalidArgumentError` that names the index of the first point at fault.
        """
        return NearbyBatchResult(
            *self._index.nearby_batch(
                lat, lng, now, radius_m, limit, all_of, any_of, none_of, viewer
            )
        )

    def count_within(
        self,
        lat: Float,
        lng: Float,
        radius_m: Float,
        now: SupportsIndex,
        *,
        all_of: SupportsIndex = 0,
        any_of: SupportsIndex = 0,
        none_of: SupportsIndex = 0,
        viewer: SupportsIndex | None = None,
    ) -> int:
        """How many users `viewer` sees within `radius_m` metres of (`lat`, `lng`) at `now`.

        As many as `nearby` without a limit finds. `radius_m` is finite, not negative, and
        inclusive.

        >>> from moyeo import ViewerSet
        >>> now = 1_700_000_000_000
        >>> index = PresenceIndex()
        >>> for user in (7, 8, 9):
        ...     index.move(user, 37.5665, 126.9780, now)
        >>> index.set_viewer_set(ViewerSet.NEVER_SEES, 7, [8])
        >>> index.count_within(37.5665, 126.9780, 100, now)
        3
        >>> index.count_within(37.5665, 126.9780, 100, now, viewer=7)
        1
        """
        return self._index.count_within(lat, lng, radius_m, now, all_of, any_of, none_of, viewer)

    @property
    def memory_usage(self) -> PresenceMemoryUsage:
        """Bytes taken from the system at this moment, by part."""
        return PresenceMemoryUsage(*self._index.memory_usage())

    def __repr__(self) -> str:
        return (
            f"<moyeo.PresenceIndex of {len(self)} users, "
            f"ttl_ms={self.ttl_ms}, max_users={self.max_users}, "
            f"default_visibility={self.default_visibility}, cloak_level={self.cloak_level}, "
            f"cloak_interval_ms={self.cloak_interval_ms}>"
        )

    def __reduce__(self) -> str:
        raise TypeError("a PresenceIndex can be neither copied nor pickled")
