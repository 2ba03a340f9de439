# PresenceIndex as it is in C++. Arguments are positional and checked here; moyeo.presence has their
# names, their defaults and what they mean.

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from moyeo.errors import MoyeoError
from moyeo.results import Neighbor

VERSION: Final[str]
EARTH_RADIUS_METERS: Final[float]
MIN_TIMESTAMP: Final[int]
MAX_TIMESTAMP: Final[int]
MAX_TTL_MS: Final[int]
MAX_USERS_LIMIT: Final[int]
MAX_CLOAK_LEVEL: Final[int]
MAX_CLOAK_INTERVAL_MS: Final[int]
MAX_SET_MEMBERS: Final[int]

_Uint64s: TypeAlias = npt.NDArray[np.uint64]
_Int64s: TypeAlias = npt.NDArray[np.int64]
_Doubles: TypeAlias = npt.NDArray[np.float64]

def canonical(lat: object, lng: object, /) -> tuple[float, float]: ...
def distance_meters(lat_a: object, lng_a: object, lat_b: object, lng_b: object, /) -> float: ...

class PresenceIndex:
    def __init__(
        self,
        ttl_ms: object,
        max_users: object,
        default_visibility: object,
        cloak_level: object,
        cloak_interval_ms: object,
        /,
    ) -> None: ...
    def move(
        self, user: object, lat: object, lng: object, seen: object, attributes: object, /
    ) -> None: ...
    def move_batch(
        self, user: object, lat: object, lng: object, seen: object, attributes: object, /
    ) -> tuple[int, int, list[tuple[int, MoyeoError]]]: ...
    def remove(self, user: object, /) -> bool: ...
    def expire(self, now: object, /) -> tuple[int, bool]: ...
    def clear(self) -> None: ...
    def size(self) -> int: ...
    def set_visibility(self, user: object, visibility: object, /) -> None: ...
    def visibility_of(self, user: object, /) -> int: ...
    def set_viewer_set(self, set: object, viewer: object, members: object, /) -> None: ...
    def add_to_viewer_set(self, set: object, viewer: object, member: object, /) -> None: ...
    def remove_from_viewer_set(self, set: object, viewer: object, member: object, /) -> None: ...
    def members_of(self, set: object, viewer: object, /) -> _Uint64s: ...
    def find(self, user: object, now: object, /) -> tuple[float, float, int, int] | None: ...
    def nearby(
        self,
        lat: object,
        lng: object,
        now: object,
        radius_m: object,
        limit: object,
        all_of: object,
        any_of: object,
        none_of: object,
        viewer: object,
        /,
    ) -> list[Neighbor]: ...
    def nearby_user(
        self,
        user: object,
        now: object,
        radius_m: object,
        limit: object,
        all_of: object,
        any_of: object,
        none_of: object,
        /,
    ) -> list[Neighbor]: ...
    def nearby_batch(
        self,
        lat: object,
        lng: object,
        now: object,
        radius_m: object,
        limit: object,
        all_of: object,
        any_of: object,
        none_of: object,
        viewer: object,
        /,
    ) -> tuple[_Uint64s, _Doubles, _Doubles, _Doubles, _Int64s, _Int64s]: ...
    def count_within(
        self,
        lat: object,
        lng: object,
        radius_m: object,
        now: object,
        all_of: object,
        any_of: object,
        none_of: object,
        viewer: object,
        /,
    ) -> int: ...
    def memory_usage(self) -> tuple[int, int, int, int]: ...
