"""Who may do what: every operation and message of the documents, by everybody there can be."""

from __future__ import annotations

import asyncio
import json
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
        self.people = {name: server.guest() for name in [*ACTORS, "other"]}
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
    assert list(expected) == ACTORS, "a new operation says who may do it"
    seen = {}
    scene = Scene(server)
    for actor in ACTORS:
        if method != "get":
            scene = Scene(server)
        command = operation.get("x-command")
        body = scene.body(command or body_of(operation))
        answer = scene.people[actor].ask(method.upper(), scene.target(path, operation), body)
        seen[actor] = answer.code
    assert seen == expected


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
        assert seen == operation["x-matrix"]

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


def test_posts_are_for_members(server: Server) -> None:
    path = "/v1/meetups/{meetup}/messages"

    async def run() -> None:
        scene = Scene(server)
        seen = {}
        for actor in ACTORS:
            stream = await scene.people[actor].stream()
            seen[actor] = await code_of(stream, **sample("post", scene))
            await stream.close()
        assert seen == OPENAPI["paths"][path]["post"]["x-matrix"]

    asyncio.run(run())


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


def test_where_a_cloaked_user_is_never_reaches_a_stranger(server: Server) -> None:
    """Along every way on which positions come, while they walk about."""
    cloaked = server.guest(visibility="cloaked")
    stranger = server.guest()
    lat, lng = 37.51234, 127.04321

    async def run() -> list[str]:
        texts = []
        stream = await stranger.stream()
        await stream.say(type="move", lat=lat, lng=lng)
        await stream.say(type="watch", feed=1, interval_ms=100, radius_m=20_000)
        await stream.say(type="watch", feed=2, interval_ms=100, lat=lat, lng=lng)
        near = f"/v1/nearby?radius_m=20000&lat={lat}&lng={lng}"
        # Far enough to be shown elsewhere, too: so that something is told.
        for step in range(6):
            at = {"lat": round(lat + step * 0.00711, 7), "lng": round(lng + step * 0.00313, 7)}
            cloaked.do("PUT", "/v1/me/position", at)
            for target in ["/v1/nearby?radius_m=20000", near]:
                answer = stranger.do("GET", target)
                found = [n for n in answer.json["items"] if n["user"] == cloaked.user]
                assert found, "a stranger is shown an area"
                for item in found:
                    assert item["position"] != at
                    texts.append(json.dumps(item))
        for feed in [1, 2]:
            shown = False
            while not shown:
                message = await stream.hear("near")
                for entry in [*message.get("enter", []), *message.get("move", [])]:
                    if entry[0] == cloaked.user:
                        shown = message["feed"] == feed or shown
                        assert entry[4:] == [1], "shown as an area"
                        texts.append(json.dumps(entry))
        await stream.close()
        return texts

    texts = asyncio.run(run())
    assert texts
    for step in range(6):
        for number in [lat + step * 0.00711, lng + step * 0.00313]:
            for text in texts:
                assert f"{number:.5f}"[:-1] not in text
