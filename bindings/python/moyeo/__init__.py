"""Who is near whom, right now.

`PresenceIndex` keeps millions of moving users in memory and answers who is near, exactly and on the
whole globe, while they move. `moyeo.errors` has the tree of exceptions.
"""

from moyeo._core import VERSION as __version__
from moyeo.errors import (
    InvalidArgumentError,
    MovesRefusedError,
    MoyeoError,
    NotFoundError,
    ResourceExhaustedError,
)
from moyeo.presence import PresenceIndex
from moyeo.results import (
    ExpireResult,
    MoveBatchResult,
    NearbyBatchResult,
    Neighbor,
    Presence,
    PresenceMemoryUsage,
    Refusal,
)
from moyeo.types import (
    EARTH_RADIUS_METERS,
    MAX_TIMESTAMP,
    MIN_TIMESTAMP,
    LatLng,
    canonical,
    distance_meters,
)
from moyeo.visibility import ViewerSet, Visibility

__all__ = [
    "EARTH_RADIUS_METERS",
    "MAX_TIMESTAMP",
    "MIN_TIMESTAMP",
    "ExpireResult",
    "InvalidArgumentError",
    "LatLng",
    "MoveBatchResult",
    "MovesRefusedError",
    "MoyeoError",
    "NearbyBatchResult",
    "Neighbor",
    "NotFoundError",
    "Presence",
    "PresenceIndex",
    "PresenceMemoryUsage",
    "Refusal",
    "ResourceExhaustedError",
    "ViewerSet",
    "Visibility",
    "__version__",
    "canonical",
    "distance_meters",
]
