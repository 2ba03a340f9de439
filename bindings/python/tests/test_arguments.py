"""Arguments at fault: what is raised, what it says, and that nothing is changed."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import moyeo
from support import NOW, SEOUL, Crowd, index_of

USER = np.arange(3, dtype=np.uint64)
DEGREES = np.zeros(3)
MASKS = np.zeros(3, dtype=np.uint32)
NEVER_SEES = moyeo.ViewerSet.NEVER_SEES

WRONG_TYPES: list[tuple[str, Any]] = [
    ("user", "7"),
    ("user", 7.0),
    ("user", None),
    ("user", [7]),
    ("lat", "37.5"),
    ("lat", None),
    ("lat", np.array([37.5])),
    ("lng", b"1"),
    ("lat", np.str_("37.5")),
    ("lat", np.bytes_(b"37.5")),
    ("lat", np.timedelta64(37)),
    ("lng", 1j),
    ("lng", np.complex128(127 + 1j)),
    ("lng", np.complex64(127 + 1j)),
    ("seen", 1.7e12),
    ("seen", datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)),
    ("seen", None),
    ("seen", np.array([NOW, NOW])),
    ("attributes", 1.0),
    ("attributes", "1"),
]

WRONG_VALUES: list[tuple[str, Any, str]] = [
    ("user", -1, "user -1 is outside [0, 18446744073709551615]"),
    ("user", 2**64, "user 18446744073709551616 is outside [0, 18446744073709551615]"),
    ("lat", 90.5, "latitude 90.5 is outside [-90, 90] degrees"),
    ("lat", 90.0000001, "latitude 90.0000001 is outside [-90, 90] degrees"),
    ("lat", float("nan"), "latitude nan is not a finite number"),
    ("lat", 10**400, "lat is an int too large for a float"),
    ("lng", -181, "longitude -181 is outside [-180, 180] degrees"),
    ("lng", float("inf"), "longitude inf is not a finite number"),
    (
        "seen",
        moyeo.MAX_TIMESTAMP + 1,
        "seen 8640000000000001 is outside [-8640000000000000, 8640000000000000]",
    ),
    ("seen", -(10**30), f"seen {-10**30} is outside [-8640000000000000, 8640000000000000]"),
    ("attributes", -1, "attributes -1 is outside [0, 4294967295]"),
    ("attributes", 2**32, "attributes 4294967296 is outside [0, 4294967295]"),
]


@pytest.fixture
def index() -> moyeo.PresenceIndex:
    return moyeo.PresenceIndex()


def move(**changes: Any) -> dict[str, Any]:
    return {"user": 7, "lat": SEOUL.lat, "lng": SEOUL.lng, "seen": NOW} | changes


def batch(**changes: Any) -> dict[str, Any]:
    return {"user": USER, "lat": DEGREES, "lng": DEGREES, "seen": NOW} | changes


@pytest.mark.parametrize(("name", "value"), WRONG_TYPES)
def test_a_move_with_a_wrong_type_raises_type_error(
    index: moyeo.PresenceIndex, name: str, value: Any
) -> None:
    with pytest.raises(TypeError, match=f"^{name} must be an? "):
        index.move(**move(**{name: value}))
    assert len(index) == 0


@pytest.mark.parametrize(("name", "value", "message"), WRONG_VALUES)
def test_a_move_with_a_wrong_value_raises_value_error(
    index: moyeo.PresenceIndex, name: str, value: Any, message: str
) -> None:
    with pytest.raises(moyeo.InvalidArgumentError, match=f"^{re.escape(message)}$"):
        index.move(**move(**{name: value}))
    assert len(index) == 0


def test_an_int_that_python_does_not_write_is_still_told_its_range(
    index: moyeo.PresenceIndex,
) -> None:
    with pytest.raises(ValueError, match="integer string conversion"):
        str(10**5_000)
    with pytest.raises(
        moyeo.InvalidArgumentError, match=r"^user of too many digits to show is outside \[0, "
    ):
        index.move(10**5_000, *SEOUL, NOW)


def test_a_list_of_users_is_told_to_become_an_array(index: moyeo.PresenceIndex) -> None:
    with pytest.raises(TypeError, match="an int, or a NumPy array of uint64 for a batch, not list"):
        index.move([7], [37.5], [127.0], NOW)  # type: ignore[call-overload]


def test_a_time_that_is_no_int_is_told_how_to_become_one(index: moyeo.PresenceIndex) -> None:
    with pytest.raises(TypeError, match=re.escape("as in time.time_ns() // 1_000_000, not float")):
        index.move(7, *SEOUL, 1.7e9)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("name", "value", "error", "message"),
    [
        ("user", USER.astype(np.int64), TypeError, "uint64, not of int64; its astype makes a copy"),
        ("user", USER.astype(">u8"), TypeError, "NumPy array of uint64, not of >u8"),
        ("user", USER.astype(object), TypeError, "NumPy array of uint64, not of object"),
        ("user", USER[:0].reshape(0, 0), ValueError, "it has 2 dimensions"),
        ("user", np.array(7, dtype=np.uint64), ValueError, "it has 0 dimensions"),
        (
            "user",
            np.arange(6, dtype=np.uint64)[::2],
            ValueError,
            "numpy.ascontiguousarray makes a copy",
        ),
        ("user", USER[::-1], ValueError, "numpy.ascontiguousarray makes a copy"),
        ("user", USER.view(np.ma.MaskedArray), TypeError, "array of uint64, not MaskedArray"),
        ("lat", DEGREES.view(np.ma.MaskedArray), TypeError, "array of float64, not MaskedArray"),
        ("lat", DEGREES.astype(np.float32), TypeError, "NumPy array of float64, not of float32"),
        ("lat", 37.5, TypeError, "NumPy array of float64, not float"),
        ("lat", [37.5] * 3, TypeError, "NumPy array of float64, not list"),
        ("lat", np.zeros(2), ValueError, "lat has 2 elements, user has 3"),
        ("lng", np.zeros((3, 1)), ValueError, "it has 2 dimensions"),
        ("lng", np.zeros(4), ValueError, "lng has 4 elements, user has 3"),
        ("lng", np.zeros((3, 2))[:, 0], ValueError, "numpy.ascontiguousarray makes a copy"),
        ("seen", np.full(3, NOW), TypeError, "seen must be an int, UTC milliseconds"),
        ("seen", moyeo.MIN_TIMESTAMP - 1, ValueError, "seen -8640000000000001 is outside"),
        ("attributes", MASKS.astype(np.int32), TypeError, "array of uint32, not of int32"),
        ("attributes", 1, TypeError, "NumPy array of uint32, not int"),
        ("attributes", MASKS[:2], ValueError, "attributes has 2 elements, user has 3"),
    ],
)
def test_a_batch_with_a_wrong_array_raises_and_moves_nobody(
    index: moyeo.PresenceIndex, name: str, value: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)) as raised:
        index.move(**batch(**{name: value}))
    assert str(raised.value).startswith(name)
    assert isinstance(raised.value, TypeError | moyeo.InvalidArgumentError)
    assert len(index) == 0


@pytest.mark.parametrize("name", ["lat", "lng"])
@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ([0.0] * 3, TypeError, "NumPy array of float64, not list"),
        (0.0, TypeError, "NumPy array of float64, not float"),
        (np.arange(3), TypeError, "NumPy array of float64, not of int64"),
        (np.zeros((3, 3)), moyeo.InvalidArgumentError, "it has 2 dimensions"),
        (np.zeros(6)[::2], moyeo.InvalidArgumentError, "numpy.ascontiguousarray makes a copy"),
        (np.zeros(4), moyeo.InvalidArgumentError, "elements, lat has "),
    ],
)
def test_many_questions_from_a_wrong_array_raise(
    index: moyeo.PresenceIndex, name: str, value: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)):
        arguments: dict[str, Any] = {"lat": DEGREES, "lng": DEGREES, "now": NOW}
        index.nearby_many(**arguments | {name: value})


Query = Callable[..., Any]
QUERIES: list[Callable[[moyeo.PresenceIndex], Query]] = [
    lambda index: lambda now=NOW, **options: index.nearby(*SEOUL, now, **options),
    lambda index: lambda now=NOW, **options: index.nearby_user(0, now, **options),
    lambda index: lambda now=NOW, **options: index.nearby_many(DEGREES, DEGREES, now, **options),
    lambda index: lambda now=NOW, **options: index.nearby_many(
        DEGREES[:0], DEGREES[:0], now, **options
    ),
]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"radius_m": -1}, ValueError, "radius_m -1 is negative"),
        ({"radius_m": float("nan")}, ValueError, "radius_m nan is not a finite number"),
        ({"radius_m": float("inf")}, ValueError, "radius_m inf is not a finite number"),
        ({"radius_m": "1"}, TypeError, "radius_m must be a float, not str"),
        ({"limit": 0}, ValueError, "limit 0 is outside [1, "),
        ({"limit": -1}, ValueError, "limit -1 is outside [1, "),
        ({"limit": 2.0}, TypeError, "limit must be an int, not float"),
        ({"now": moyeo.MAX_TIMESTAMP + 1}, ValueError, "now 8640000000000001 is outside"),
        ({"now": 1.0}, TypeError, "now must be an int, UTC milliseconds"),
        ({"all_of": -1}, ValueError, "all_of -1 is outside [0, 4294967295]"),
        ({"any_of": 2**32}, ValueError, "any_of 4294967296 is outside [0, 4294967295]"),
        ({"none_of": None}, TypeError, "none_of must be an int, not NoneType"),
    ],
)
def test_a_query_with_a_wrong_option_raises(
    query: Callable[[moyeo.PresenceIndex], Query],
    options: dict[str, Any],
    error: type[Exception],
    message: str,
) -> None:
    index = index_of(Crowd.around_seoul(3))
    query(index)()
    with pytest.raises(error, match=re.escape(message)):
        query(index)(**options)


def test_counting_checks_its_arguments(index: moyeo.PresenceIndex) -> None:
    with pytest.raises(moyeo.InvalidArgumentError, match="latitude 91"):
        index.count_within(91, 0, 1, NOW)
    with pytest.raises(moyeo.InvalidArgumentError, match="radius_m -1 is negative"):
        index.count_within(0, 0, -1, NOW)
    with pytest.raises(TypeError, match="radius_m must be a float, not NoneType"):
        index.count_within(0, 0, None, NOW)  # type: ignore[arg-type]
    with pytest.raises(moyeo.InvalidArgumentError, match="now 8640000000000001 is outside"):
        index.count_within(0, 0, 1, moyeo.MAX_TIMESTAMP + 1)


def test_a_viewer_at_fault_is_named(index: moyeo.PresenceIndex) -> None:
    calls: list[Callable[[Any], object]] = [
        lambda viewer: index.nearby(*SEOUL, NOW, viewer=viewer),
        lambda viewer: index.nearby_many(DEGREES, DEGREES, NOW, viewer=viewer),
        lambda viewer: index.count_within(*SEOUL, 1, NOW, viewer=viewer),
        lambda viewer: index.members_of(NEVER_SEES, viewer),
        lambda viewer: index.set_viewer_set(NEVER_SEES, viewer, []),
        lambda viewer: index.add_to_viewer_set(NEVER_SEES, viewer, 8),
        lambda viewer: index.remove_from_viewer_set(NEVER_SEES, viewer, 8),
    ]
    for ask in calls:
        with pytest.raises(moyeo.InvalidArgumentError, match="^viewer -1 is outside"):
            ask(-1)
        with pytest.raises(TypeError, match="^viewer must be an int, not str"):
            ask("7")
        with pytest.raises(TypeError, match="^viewer must be an int, not ViewerSet"):
            ask(NEVER_SEES)


def test_who_asks_around_themselves_names_no_viewer(index: moyeo.PresenceIndex) -> None:
    index.move(7, *SEOUL, NOW)
    with pytest.raises(TypeError, match="unexpected keyword argument 'viewer'"):
        index.nearby_user(7, NOW, viewer=7)  # type: ignore[call-arg]


@pytest.mark.parametrize("wrong", [1, "HIDDEN", None, NEVER_SEES, moyeo.Visibility])
def test_what_is_no_visibility_is_refused_and_changes_nothing(
    index: moyeo.PresenceIndex, wrong: Any
) -> None:
    found = re.escape(type(wrong).__name__)
    with pytest.raises(TypeError, match=f"^visibility must be a moyeo.Visibility, not {found}$"):
        index.set_visibility(7, wrong)
    assert index.visibility_of(7) is moyeo.Visibility.EXACT


@pytest.mark.parametrize("wrong", [1, "NEVER_SEES", None, moyeo.Visibility.HIDDEN])
def test_what_is_no_viewer_set_is_refused(index: moyeo.PresenceIndex, wrong: Any) -> None:
    calls: list[Callable[[], object]] = [
        lambda: index.set_viewer_set(wrong, 7, [8]),
        lambda: index.add_to_viewer_set(wrong, 7, 8),
        lambda: index.remove_from_viewer_set(wrong, 7, 8),
        lambda: index.members_of(wrong, 7),
    ]
    for call in calls:
        with pytest.raises(TypeError, match="^set must be a moyeo.ViewerSet, not "):
            call()
    for viewer_set in moyeo.ViewerSet:
        assert index.members_of(viewer_set, 7).size == 0


@pytest.mark.parametrize(
    ("members", "error", "message"),
    [
        (9, TypeError, "members must be a NumPy array of uint64, or an iterable of ints, not int"),
        (None, TypeError, "members must be a NumPy array of uint64, or an iterable of ints, not "),
        (np.uint64(9), TypeError, "or an iterable of ints, not numpy.uint64"),
        (USER.astype(np.int64), TypeError, "array of uint64, not of int64; its astype makes a"),
        (USER.view(np.ma.MaskedArray), TypeError, "array of uint64, not MaskedArray"),
        (USER[::-1], ValueError, "numpy.ascontiguousarray makes a copy"),
        (USER[:0].reshape(0, 0), ValueError, "it has 2 dimensions"),
        (np.array(9, dtype=np.uint64), ValueError, "it has 0 dimensions"),
        ("9", TypeError, "members[0] must be an int, not str"),
        ([9, 9.0], TypeError, "members[1] must be an int, not float"),
        ([9, 10, None], TypeError, "members[2] must be an int, not NoneType"),
        ({2**64}, ValueError, "members[0] 18446744073709551616 is outside [0, 1844674407370955"),
        ((9, -1), ValueError, "members[1] -1 is outside [0, 18446744073709551615]"),
    ],
)
def test_members_at_fault_raise_and_the_set_stays(
    index: moyeo.PresenceIndex, members: Any, error: type[Exception], message: str
) -> None:
    index.set_viewer_set(NEVER_SEES, 7, [8])
    with pytest.raises(error, match=re.escape(message)) as raised:
        index.set_viewer_set(NEVER_SEES, 7, members)
    assert str(raised.value).startswith("members")
    assert isinstance(raised.value, TypeError | moyeo.InvalidArgumentError)
    assert index.members_of(NEVER_SEES, 7).tolist() == [8]


def test_a_member_at_fault_is_named(index: moyeo.PresenceIndex) -> None:
    for method in (index.add_to_viewer_set, index.remove_from_viewer_set):
        with pytest.raises(moyeo.InvalidArgumentError, match="^member -1 is outside"):
            method(NEVER_SEES, 7, -1)
        with pytest.raises(TypeError, match="^member must be an int, not float"):
            method(NEVER_SEES, 7, 8.0)  # type: ignore[arg-type]
    assert index.members_of(NEVER_SEES, 7).size == 0


@pytest.mark.parametrize(
    "method", ["remove", "find", "nearby_user", "visibility_of", "set_visibility"]
)
def test_a_user_out_of_range_is_named(index: moyeo.PresenceIndex, method: str) -> None:
    others = {"remove": (), "visibility_of": (), "set_visibility": (moyeo.Visibility.HIDDEN,)}
    arguments = others.get(method, (NOW,))
    with pytest.raises(moyeo.InvalidArgumentError, match="user -1 is outside"):
        getattr(index, method)(-1, *arguments)
    with pytest.raises(TypeError, match="user must be an int, not str"):
        getattr(index, method)("7", *arguments)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"ttl_ms": 0}, ValueError, "ttl_ms 0 is outside [1, 8640000000000000]"),
        ({"ttl_ms": 10**30}, ValueError, f"ttl_ms {10**30} is outside [1, 8640000000000000]"),
        ({"ttl_ms": 1.5}, TypeError, "ttl_ms must be an int, not float"),
        ({"max_users": 0}, ValueError, "max_users 0 is outside [1, 50000000]"),
        ({"max_users": 50_000_001}, ValueError, "max_users 50000001 is outside [1, 50000000]"),
        ({"max_users": -1}, ValueError, "max_users -1 is outside [1, 50000000]"),
        ({"max_users": None}, TypeError, "max_users must be an int, not NoneType"),
        (
            {"default_visibility": 1},
            TypeError,
            "default_visibility must be a moyeo.Visibility, not int",
        ),
        ({"cloak_level": -1}, ValueError, "cloak_level -1 is outside [0, 20]"),
        ({"cloak_level": 21}, ValueError, "cloak_level 21 is outside [0, 20]"),
        ({"cloak_level": 14.0}, TypeError, "cloak_level must be an int, not float"),
        ({"cloak_interval_ms": 0}, ValueError, "cloak_interval_ms 0 is outside [1, 86400000]"),
        (
            {"cloak_interval_ms": 86_400_001},
            ValueError,
            "cloak_interval_ms 86400001 is outside [1, 86400000]",
        ),
        ({"cloak_interval_ms": "1"}, TypeError, "cloak_interval_ms must be an int, not str"),
    ],
)
def test_wrong_options_make_no_index(
    options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)):
        moyeo.PresenceIndex(**options)


def test_the_bounds_of_options_make_an_index() -> None:
    moyeo.PresenceIndex(ttl_ms=1, max_users=1, cloak_level=0, cloak_interval_ms=1)
    moyeo.PresenceIndex(
        ttl_ms=moyeo.PresenceIndex.MAX_TTL_MS,
        max_users=moyeo.PresenceIndex.MAX_USERS_LIMIT,
        cloak_level=moyeo.PresenceIndex.MAX_CLOAK_LEVEL,
        cloak_interval_ms=moyeo.PresenceIndex.MAX_CLOAK_INTERVAL_MS,
    )


def test_numbers_of_numpy_are_numbers(index: moyeo.PresenceIndex) -> None:
    index.move(np.uint64(2**64 - 1), np.float32(1.5), np.float64(2), np.int64(NOW), np.uint32(5))
    assert index.find(2**64 - 1, NOW) == moyeo.Presence(1.5, 2.0, NOW, 5)
    assert len(index.nearby(1, 2, np.int64(NOW), radius_m=np.float64(1e6), limit=np.int8(1))) == 1


class Unlucky:
    """A number of the host's that fails by itself."""

    def __index__(self) -> int:
        raise ZeroDivisionError("of its own")

    __float__ = __index__
    __iter__ = __index__


def test_an_error_of_the_argument_itself_is_passed_on(index: moyeo.PresenceIndex) -> None:
    with pytest.raises(ZeroDivisionError, match="of its own"):
        index.move(Unlucky(), *SEOUL, NOW)
    with pytest.raises(ZeroDivisionError, match="of its own"):
        index.move(7, Unlucky(), 0, NOW)  # type: ignore[call-overload]
    with pytest.raises(ZeroDivisionError, match="of its own"):
        index.set_viewer_set(NEVER_SEES, 7, [8, Unlucky()])
    with pytest.raises(ZeroDivisionError, match="by zero"):
        index.set_viewer_set(NEVER_SEES, 7, (8 // divisor for divisor in (1, 0)))
    with pytest.raises(ZeroDivisionError, match="of its own"):
        index.set_viewer_set(NEVER_SEES, 7, Unlucky())  # type: ignore[arg-type]
    assert len(index) == 0 and index.members_of(NEVER_SEES, 7).size == 0


def test_every_error_is_of_one_class_of_the_tree() -> None:
    tree: dict[type[Exception], tuple[type[Exception], ...]] = {
        moyeo.InvalidArgumentError: (moyeo.MoyeoError, ValueError),
        moyeo.NotFoundError: (moyeo.MoyeoError, LookupError),
        moyeo.ResourceExhaustedError: (moyeo.MoyeoError,),
        moyeo.MovesRefusedError: (moyeo.MoyeoError,),
    }
    for error, bases in tree.items():
        assert error.__bases__ == bases
        assert f"── {error.__name__}" in str(moyeo.errors.__doc__)
