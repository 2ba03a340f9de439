"""`PresenceIndex`: who is where now, and who is near whom."""

from __future__ import annotations

import operator
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
    - an array has one dimension, is contiguous and has the dtype that is named: it is read where it
      lies and never converted.

    An argument at fault raises `TypeError` or `moyeo.InvalidArgumentError` (a `ValueError`),
    and changes nothing.

    Any thread may call any method at any time. Other threads run Python meanwhile: no method holds
    the global interpreter lock while the index works. Queries and moves run beside each other, and
    hardly ever wait for each other; `clear` waits for the queries under way. Beside changes, nobody
    appears twice in an answer, every neighbour in it was there at some moment of the call, and
    whoever met a query without a limit throughout the call is in it. A batch is as many calls as it
    has moves or questions; do not write to its arrays before it is done.
    """

    MAX_TTL_MS: Final[int] = _core.MAX_TTL_MS
    MAX_USERS_LIMIT: Final[int] = _core.MAX_USERS_LIMIT

    __slots__ = ("__weakref__", "_index", "_max_users", "_ttl_ms")

    def __init__(
        self, *, ttl_ms: SupportsIndex = 60_000, max_users: SupportsIndex = _core.MAX_USERS_LIMIT
    ) -> None:
        """An empty index.

        `ttl_ms`: how long a position lives after its user was last seen. At ``last_seen + ttl_ms``
        the user is gone from every query, whether `expire` has run or not. From 1 to `MAX_TTL_MS`.

        `max_users`: how many users the index may hold, those who expired but are not yet swept
        included. From 1 to `MAX_USERS_LIMIT`.
        """
        self._index = _core.PresenceIndex(ttl_ms, max_users)
        self._ttl_ms = operator.index(ttl_ms)
        self._max_users = operator.index(max_users)

    @property
    def ttl_ms(self) -> int:
        """How long a position lives after its user was last seen, in milliseconds."""
        return self._ttl_ms

    @property
    def max_users(self) -> int:
        """How many users the index may hold."""
        return self._max_users

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
        """Forgets `user`. False if they were not held. A late move brings a removed user back."""
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
        """Forgets everybody and returns the memory. Waits for the queries under way."""
        self._index.clear()

    def __len__(self) -> int:
        """How many users are held, those who expired but are not yet swept included."""
        return self._index.size()

    def find(self, user: SupportsIndex, now: SupportsIndex) -> Presence | None:
        """What is held about `user`; None if they are not held or expired at `now`.

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
    ) -> list[Neighbor]:
        """The users near (`lat`, `lng`) at `now`, nearest first, ties by id.

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
        return self._index.nearby(lat, lng, now, radius_m, limit, all_of, any_of, none_of)

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
        """The users near `user`, who is not in the answer. Otherwise like `nearby`.

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
            *self._index.nearby_batch(lat, lng, now, radius_m, limit, all_of, any_of, none_of)
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
    ) -> int:
        """How many users are within `radius_m` metres of (`lat`, `lng`) at `now`, inclusive.

        `radius_m` is finite and not negative.
        """
        return self._index.count_within(lat, lng, radius_m, now, all_of, any_of, none_of)

    @property
    def memory_usage(self) -> PresenceMemoryUsage:
        """Bytes taken from the system at this moment, by part."""
        return PresenceMemoryUsage(*self._index.memory_usage())

    def __repr__(self) -> str:
        return (
            f"<moyeo.PresenceIndex of {len(self)} users, "
            f"ttl_ms={self.ttl_ms}, max_users={self.max_users}>"
        )

    def __reduce__(self) -> str:
        raise TypeError("a PresenceIndex can be neither copied nor pickled")
