"""Who may do what: every operation and message of the documents, by everybody there can be."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest
from server_process import ASYNCAPI, OPENAPI, Json, Person, Server, Stream, token

HOUR = 3_600_000
NO_ONE = ["nobody", "expired token", "other key", "alg:none"]
OPERATIONS = [
    (method, path, operation)
    for path, methods in OPENAPI["paths"].items()
    for method, operation in methods.items()
]
SECURED = [row for row in OPERATIONS if row[2].get("security") != []]
HEARD = [
    reference["$ref"].rsplit("/", 1)[1] for reference in ASYNCAPI["operations"]["hear"]["messages"]
]
ACTORS = ["stranger", "member", "host", "invited", "kicked", "blocked"]
ALL = [*ACTORS, "erased"]  # whose last has a good token, and no stream

# What each command and message needs in its body besides.
BODIES: dict[str, Json] = {
    "register": {"nickname": "another"},
    "set_visibility": {"visibility": "hidden"},
    "report_user": {"reason": "rude"},
    "report_meetup": {"reason": "rude"},
    "report_message": {"reason": "rude"},
    "post_message": {"text": "hello"},
    "mark_read": {"number": 2},
    "position": {"lat": 37.5, "lng": 127},
    "fence_shape": {"circle": {"lat": 37.5, "lng": 127, "radius_m": 50}},
}
QUERIES = {
    "/v1/recommendations": "?lat=37.5&lng=127",
    "/v1/people": "?text=a",
    "/v1/clusters": "?south=37&west=126&north=38&east=128&level=10",
}


class Scene:
    """A meetup, and somebody in each relation to it and its host."""

    def __init__(self, server: Server) -> None:
        self.people = {name: server.guest() for name in [*ALL, "other"]}
        host = self.people["host"]
        now = int(time.time() * 1000)
        self.meetup = {"title": "Chess", "start": now + HOUR, "end": now + 2 * HOUR, "capacity": 9}
        made = host.do("POST", "/v1/meetups", self.meetup)
        self.path = f"/v1/meetups/{made.json['meetup']}"
        # Whose tags nobody else looks for, so that no scene is matched with another.
        self.ticket = {
            "location": {"lat": 37.5, "lng": 127},
            "from": now + HOUR,
            "until": now + 4 * HOUR,
            "length_ms": HOUR,
            "tags": [f"as {host.user[-12:]}"],
        }
        opened = host.do("POST", "/v1/tickets", self.ticket)
        self.names = {
            "meetup": made.json["meetup"],
            "number": "1",
            "ticket": opened.json["ticket"],
            "name": "home",
        }
        host.do("PUT", "/v1/fences/home", BODIES["fence_shape"])
        for name in ["member", "kicked"]:
            self.people[name].do("PUT", f"{self.path}/members/me")
        host.do("POST", f"{self.path}/messages", {"text": "one"})
        for name in ["member", "kicked"]:
            self.people[name].do("POST", f"{self.path}/messages", {"text": "two"})
        host.do("PUT", f"{self.path}/invitations/{self.people['invited'].user}")
        host.do("DELETE", f"{self.path}/members/{self.people['kicked'].user}")
        host.do("PUT", f"/v1/blocks/{self.people['blocked'].user}")
        for person in self.people.values():
            person.do("PUT", "/v1/me/position", {"lat": 37.5, "lng": 127})
        self.people["erased"].do("DELETE", "/v1/me")

    def body(self, name: str | None) -> Json | None:
        if name == "create_meetup":
            return self.meetup
        if name == "create_ticket":
            return self.ticket
        if name == "transfer_meetup":
            return {"user": self.people["member"].user}
        return BODIES.get(name or "")

    def target(self, path: str, operation: Json) -> str:
        user = self.people[operation.get("x-user", "host")].user
        return path.format(**self.names, user=user) + QUERIES.get(path, "")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server()
    yield server
    assert server.stop() == 0


def tokens(person: Person) -> dict[str, str | None]:
    return {
        "nobody": None,
        "expired token": token(person.user, expires=time.time() - 1),
        "other key": token(person.user, key=b"another key, of thirty-two bytes or more"),
        "alg:none": token(person.user, algorithm="none"),
    }


def body_of(operation: Json) -> str | None:
    """The schema of the body of an operation that is no command."""
    if "requestBody" not in operation:
        return None
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    return str(schema.get("$ref", "")).rsplit("/", 1)[-1]


def name_of(row: tuple[str, str, Json]) -> str:
    return f"{row[0]} {row[1]}"


@pytest.fixture(scope="module")
def scene(server: Server) -> Scene:
    return Scene(server)


@pytest.mark.parametrize("row", SECURED, ids=name_of)
def test_nobody_is_let_in_without_a_good_token(
    server: Server, scene: Scene, row: tuple[str, str, Json]
) -> None:
    method, path, operation = row
    before = scene.people["host"].do("GET", "/v1/me/export").text
    for who, bearer in tokens(scene.people["host"]).items():
        answer = server.ask(
            method.upper(),
            scene.target(path, operation),
            scene.body(operation.get("x-command")),
            bearer,
        )
        assert answer.code == "not_authenticated", who
        assert answer.headers["WWW-Authenticate"] == "Bearer", who
    assert scene.people["host"].do("GET", "/v1/me/export").text == before


def test_a_token_of_our_key_is_good(server: Server) -> None:
    guest = server.guest()
    assert server.ask("GET", "/v1/me", bearer=token(guest.user)).status == 200


@pytest.mark.parametrize("row", SECURED, ids=name_of)
def test_everybody_may_do_what_the_document_says(
    server: Server, row: tuple[str, str, Json]
) -> None:
    method, path, operation = row
    expected = operation["x-matrix"]
    assert list(expected) == ALL, "a new operation says who may do it"
    seen = {}
    scene = Scene(server)
    for actor in ALL:
        if method != "get":
            scene = Scene(server)
        command = operation.get("x-command")
        body = scene.body(command or body_of(operation))
        answer = scene.people[actor].ask(method.upper(), scene.target(path, operation), body)
        seen[actor] = answer.code
        if actor in ("blocked", "erased") and method == "get" and answer.code == "ok":
            assert scene.people["host"].user not in answer.text, actor
    assert seen == expected


def test_whoever_is_blocked_does_not_see_the_host_and_all_others_do() -> None:
    """In a world of their own: lists are bounded, and all scenes are in one place."""
    server = Server()

    async def sees(person: Person, host: str) -> dict[str, bool]:
        seen = {}
        point = "lat=37.5&lng=127"
        for target in ["/v1/nearby", f"/v1/nearby?{point}", "/v1/people?text=guest"]:
            items = person.do("GET", target).json["items"]
            seen[target] = host in [item["user"] for item in items]
        for target in ["/v1/meetups", f"/v1/recommendations?{point}"]:
            seen[target] = host in person.do("GET", target).text
        box = QUERIES["/v1/clusters"]
        clusters = person.do("GET", f"/v1/clusters{box}").json["items"]
        # Of seven people all but oneself, and but the host.
        seen["/v1/clusters"] = sum(cluster["count"] for cluster in clusters) == 6
        stream = await person.stream()
        await stream.say(type="watch", feed=1, interval_ms=100)
        await stream.say(type="watch", feed=2, interval_ms=100, lat=37.5, lng=127)
        for _ in [1, 2]:
            near = await stream.hear("near")
            seen[f"feed {near['feed']}"] = host in [entry[0] for entry in near["enter"]]
        await stream.close()
        return seen

    async def run() -> None:
        scene = Scene(server)
        host = scene.people["host"]
        host.do("PATCH", scene.path, {"location": {"lat": 37.5, "lng": 127}})
        for actor in ACTORS:
            if actor == "host":
                continue
            seen = await sees(scene.people[actor], host.user)
            if actor in ("member", "kicked"):
                # Nobody is recommended what they are in, or were kicked from.
                seen.pop("/v1/recommendations?lat=37.5&lng=127")
            assert set(seen.values()) == {actor != "blocked"}, (actor, seen)

    try:
        asyncio.run(run())
    finally:
        assert server.stop() == 0


# ---- The stream


def sample(name: str, scene: Scene) -> Json:
    """A message of each kind that is right."""
    samples: Json = {
        "hello": {"token": scene.people["stranger"].bearer},
        "move": {"lat": 37.5, "lng": 127},
        "watch": {"feed": 1},
        "unwatch": {"feed": 1},
        "watch_meetups": {"south": 37, "west": 126, "north": 38, "east": 128},
        "post": {"meetup": scene.names["meetup"], "text": "hello"},
        "command": {"kind": "join_meetup", "body": {"meetup": scene.names["meetup"]}},
    }
    message: Json = samples[name]
    return {"type": name} | message


@pytest.mark.parametrize("name", HEARD)
def test_no_message_is_heard_before_a_good_hello(server: Server, scene: Scene, name: str) -> None:
    async def closes_with(*messages: Json) -> int:
        stream = await Stream.open(server)
        for message in messages:
            await stream.say(**message)
        return await stream.closed()

    async def run() -> None:
        moves = server.metric("moyeo_moves_total")
        accepted = server.metric("moyeo_commands_accepted_total")
        message = sample(name, scene)
        if name != "hello":
            assert await closes_with(message) == 4401
        for who, bearer in tokens(scene.people["member"]).items():
            hello = {"type": "hello", "token": bearer or ""}
            assert await closes_with(hello, message) == 4401, who
        assert server.metric("moyeo_moves_total") == moves
        assert server.metric("moyeo_commands_accepted_total") == accepted

    asyncio.run(run())


async def code_of(stream: Stream, **message: Any) -> str:
    answer = await stream.asked(**message)
    return "ok" if answer["type"] == "done" else str(answer["code"])


COMMANDS = [row for row in SECURED if "x-command" in row[2]]
# Whose stream ends with it, which may be before the answer: see below.
STAYING = [row for row in COMMANDS if row[2]["x-command"] != "erase"]


def test_every_command_has_an_operation() -> None:
    kinds = set(ASYNCAPI["components"]["schemas"]["command_kind"]["enum"])
    assert {row[2]["x-command"] for row in COMMANDS} == kinds - {"advance", "configure"}


@pytest.mark.parametrize("row", STAYING, ids=lambda row: str(row[2]["x-command"]))
def test_commands_on_the_stream_are_for_the_same_people(
    server: Server, row: tuple[str, str, Json]
) -> None:
    _, path, operation = row
    command = operation["x-command"]

    async def run() -> None:
        seen = {}
        for actor in ACTORS:
            scene = Scene(server)
            body: Json = dict(scene.body(command) or {})
            user = scene.people[operation.get("x-user", "host")].user
            for name, value in {**scene.names, "user": user}.items():
                if f"{{{name}}}" in path:
                    body[name] = int(value) if name == "number" else value
            stream = await scene.people[actor].stream()
            seen[actor] = await code_of(stream, type="command", kind=command, body=body)
            await stream.close()
        assert seen | {"erased": "erased_actor"} == operation["x-matrix"]

    asyncio.run(run())


def test_who_erases_themselves_is_closed(server: Server) -> None:
    async def run() -> None:
        scene = Scene(server)
        for actor in ACTORS:
            person = scene.people[actor]
            stream = await person.stream()
            await stream.say(type="command", kind="erase", body={})
            assert await stream.closed() == 4401
            assert person.ask("GET", "/v1/me").status == 404
            again = await Stream.open(server)
            await again.say(type="hello", token=person.bearer)
            assert await again.closed() == 4401

    asyncio.run(run())


# Of commands each is held to its operation, above.
@pytest.mark.parametrize("name", [name for name in HEARD if name != "command"])
def test_everybody_may_say_what_the_document_says(server: Server, name: str) -> None:
    expected = ASYNCAPI["components"]["messages"][name]["x-matrix"]
    assert list(expected) == ACTORS, "a new message says who may say it"

    async def run() -> None:
        scene = Scene(server)
        seen = {}
        for actor in ACTORS:
            stream = await scene.people[actor].stream()
            if name == "unwatch":
                await stream.say(**sample("watch", scene))
            said = sample(name, scene)
            seen[actor] = "ok" if name == "hello" else await code_of(stream, **said)
            await stream.close()
        assert seen == expected

    asyncio.run(run())


def test_posts_are_for_the_same_people_on_both_ways() -> None:
    post = OPENAPI["paths"]["/v1/meetups/{meetup}/messages"]["post"]
    said = ASYNCAPI["components"]["messages"]["post"]
    assert said["x-matrix"].items() <= post["x-matrix"].items()


def test_time_and_settings_are_for_no_user(server: Server) -> None:
    async def run() -> None:
        stream = await server.guest().stream()
        settings = {"settings": {"start_from_ms": 0}}
        for kind, body in [("advance", {}), ("configure", settings)]:
            assert await code_of(stream, type="command", kind=kind, body=body) != "ok"
        await stream.close()

    asyncio.run(run())


def test_what_is_said_in_a_room_is_heard_by_its_members_alone(server: Server) -> None:
    async def run() -> None:
        scene = Scene(server)
        streams = {actor: await scene.people[actor].stream() for actor in ACTORS}
        scene.people["host"].do("POST", f"{scene.path}/messages", {"text": "for members"})
        heard = {}
        for actor, stream in streams.items():
            # The answer to a later question comes after all events before it.
            scene.people[actor].do("PATCH", "/v1/me", {"status": "x"})
            kinds = []
            while "profile_changed" not in kinds:
                kinds.append((await stream.hear("event"))["event"]["kind"])
            heard[actor] = "message_posted" in kinds
            await stream.close()
        assert heard == {actor: actor in ("member", "host") for actor in ACTORS}

    asyncio.run(run())


def test_where_a_cloaked_user_is_never_reaches_a_stranger() -> None:
    """Along every way, while they walk about: not a digit of it is in what the stranger is told."""
    server = Server()
    cloaked, stranger, marker = server.guest("cloaked"), server.guest(), server.guest()
    here = "lat=37.5&lng=127"
    targets = [
        "/v1/nearby?radius_m=20000",
        f"/v1/nearby?radius_m=20000&{here}",
        "/v1/clusters?south=37.4&west=126.9&north=37.7&east=127.2&level=14",
        "/v1/fences",
        f"/v1/recommendations?{here}&radius_m=20000",
        f"/v1/meetups?{here}&radius_m=20000",
        "/v1/tickets",
        "/v1/me/export",
        f"/v1/people/{cloaked.user}",
        "/v1/people?text=guest",
        "/metrics",
    ]
    # Far enough to be shown elsewhere, too: so that something is told.
    path = [
        {"lat": round(37.51234 + step * 0.00711, 7), "lng": round(127.04321 + step * 0.00313, 7)}
        for step in range(6)
    ]
    shown: dict[int, set[tuple[float, ...]]] = {}
    answers: list[str] = []

    async def see_all_until(stream: Stream, place: Json) -> None:
        """Reads until both feeds show the marker there: with all that came before it."""
        waits = {1, 2}
        while waits:
            message = await stream.next()
            assert message["type"] != "fence", "where nobody else walks"
            for entry in [*message.get("enter", []), *message.get("move", [])]:
                if entry[0] == marker.user and entry[1:3] == [place["lat"], place["lng"]]:
                    waits.discard(message["feed"])
                if entry[0] == cloaked.user:
                    assert entry[4:] == [1], "shown as an area"
                    shown.setdefault(message["feed"], set()).add(tuple(entry[1:3]))

    async def run() -> list[str]:
        stream = await stranger.stream()
        await stream.asked(type="move", lat=37.5, lng=127)
        await stream.say(type="watch", feed=1, interval_ms=100, radius_m=20_000, limit=200)
        await stream.say(
            type="watch", feed=2, interval_ms=100, radius_m=20_000, limit=200, lat=37.55, lng=127.1
        )
        for step, at in enumerate(path):
            # About each place, where the cloaked one is and is not shown; it says nothing of it.
            door = {"circle": at | {"radius_m": 10}, "tells_those_inside": True}
            stranger.do("PUT", "/v1/fences/door", door)
            cloaked.do("PUT", "/v1/me/position", at)
            answers.extend(stranger.do("GET", target).text for target in targets[:3])
            stranger.do("DELETE", "/v1/fences/door")
            answers.extend(stranger.do("GET", target).text for target in targets[3:])
            place = {"lat": round(37.55 + step / 1000, 7), "lng": 127.1}
            marker.do("PUT", "/v1/me/position", place)
            await see_all_until(stream, place)
        await stream.close()
        return stream.texts

    try:
        heard = asyncio.run(run())
    finally:
        assert server.stop() == 0
    assert shown[1] and shown[1] == shown[2], "they are seen, on both feeds at the same places"
    assert all(cloaked.user in text for text in answers[:: len(targets)]), "and to be near"
    for at in path:
        for number in at.values():
            for text in [*answers, *heard]:
                assert f"{number:.5f}"[:-1] not in text
