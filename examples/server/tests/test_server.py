"""What a running server does beyond who may do what: over real sockets, on a free port."""

from __future__ import annotations

import asyncio
import contextlib
import json
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest
import websockets.client
from server_process import HERE, OPENAPI, PATIENCE, Json, Server, Stream, token
from test_matrix import Scene

DOCUMENTS = HERE.parent


@contextlib.contextmanager
def running(*flags: str, data: str | None = None) -> Iterator[Server]:
    server = Server(*flags, data=data)
    try:
        yield server
    finally:
        assert server.stop() == 0


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running("--cors-origin", "https://example.org") as server:
        yield server


# ---- The documents


def test_the_documents_are_as_they_are_made() -> None:
    subprocess.run([sys.executable, DOCUMENTS / "make_documents.py", "--check"], check=True)


def test_the_documents_are_served(server: Server) -> None:
    for name in ["openapi.json", "asyncapi.json"]:
        answer = server.ask("GET", f"/{name}")
        assert answer.text == (DOCUMENTS / name).read_text()
        assert answer.headers["Content-Type"] == "application/json"
        again = server.ask("GET", f"/{name}", headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status, again.text) == (304, "")


def test_every_operation_answers_as_its_document_says(server: Server) -> None:
    """Each at its best; the other tests hold the problems to the documents."""
    server.seen.clear()
    account = {"name": "ada", "password": "long enough", "nickname": "Ada"}
    server.ask("POST", "/v1/accounts", account)
    server.ask("POST", "/v1/sessions", {"name": "ada", "password": "long enough"})
    scene = Scene(server)
    host, member = scene.people["host"], scene.people["member"]
    other, invited = scene.people["other"], scene.people["invited"]
    path = scene.path

    server.ask("PUT", "/v1/me", {"nickname": "from elsewhere"}, bearer=token("424242"))
    for target in ["/v1/me", "/v1/me/export", "/v1/people?text=guest", f"/v1/people/{member.user}"]:
        host.do("GET", target)
    host.do("PATCH", "/v1/me", {"status": "여기", "interests": ["산책"]})
    host.do("PUT", "/v1/me/visibility", {"visibility": "cloaked"})
    host.do("PUT", "/v1/me/position", {"lat": 37.5, "lng": 127})
    host.do("POST", f"/v1/people/{member.user}/reports", {"reason": "rude"})

    host.do("PUT", f"/v1/friends/{other.user}")
    host.do("GET", "/v1/friend-requests/sent")
    other.do("GET", "/v1/friend-requests/received")
    host.do("DELETE", f"/v1/friend-requests/sent/{other.user}")
    host.do("PUT", f"/v1/friends/{other.user}")
    other.do("DELETE", f"/v1/friend-requests/received/{host.user}")
    host.do("PUT", f"/v1/friends/{other.user}")
    other.do("PUT", f"/v1/friends/{host.user}")
    assert host.do("GET", "/v1/friends").json["items"][0]["user"] == other.user
    host.do("DELETE", f"/v1/friends/{other.user}")
    host.do("GET", "/v1/blocks")
    host.do("DELETE", f"/v1/blocks/{scene.people['blocked'].user}")

    for target in ["", "/mine", "/hosted", f"/{scene.names['meetup']}"]:
        host.do("GET", f"/v1/meetups{target}")
    corners = [{"lat": 37, "lng": 127}, {"lat": 37, "lng": 127.01}, {"lat": 37.01, "lng": 127}]
    near = "lat=37.5&lng=127&radius_m=1000"
    host.do("GET", f"/v1/meetups/search?{near}&any_of=a&any_of=b&all_of=a&order=score&free_seats=2")
    host.do("GET", f"/v1/recommendations?{near}&limit=5")
    ticket = member.do("POST", "/v1/tickets", scene.ticket).json["ticket"]
    assert member.do("GET", "/v1/tickets").json["items"][0]["ticket"] == ticket
    member.do("DELETE", f"/v1/tickets/{ticket}")
    invited.do("GET", "/v1/invitations")
    invited.do("DELETE", f"/v1/invitations/{scene.names['meetup']}")
    host.do("PUT", f"{path}/invitations/{invited.user}")
    host.do("DELETE", f"{path}/invitations/{invited.user}")
    host.do("PUT", f"{path}/invitations/{invited.user}")
    invited.do("PUT", f"/v1/invitations/{scene.names['meetup']}")
    host.do("PATCH", path, {"content": "at the library", "location": {"lat": 37.5, "lng": 127}})
    host.do("GET", f"{path}/members")
    host.do("DELETE", f"{path}/members/{invited.user}")
    for target in ["/room", "/messages", "/messages?size=1"]:
        member.do("GET", path + target)
    member.do("PUT", f"{path}/read", {"number": 2})
    member.do("POST", f"{path}/messages/1/reports", {"reason": "rude"})
    host.do("DELETE", f"{path}/messages/1")
    member.do("POST", f"{path}/reports", {"reason": "rude"})
    member.do("PUT", f"{path}/confirmation")
    member.do("DELETE", f"{path}/confirmation")
    host.do("PUT", f"{path}/host", {"user": member.user})
    host.do("DELETE", f"{path}/members/me")
    member.do("DELETE", f"{path}?force=true")

    host.do("GET", "/v1/nearby?radius_m=1000&limit=10")
    host.do("GET", "/v1/clusters?south=37&west=126&north=38&east=128&level=12")
    host.do("PUT", "/v1/fences/park", {"polygon": corners, "dwell_ms": 60_000})
    assert [fence["name"] for fence in host.do("GET", "/v1/fences").json["items"]] == [
        "home",
        "park",
    ]
    host.do("GET", "/v1/fences/park")
    host.do("DELETE", "/v1/fences/park")
    host.do("DELETE", "/v1/me/position")
    host.do("DELETE", "/v1/me")

    done = {(method, path) for method, path, status in server.seen if status < 300}
    assert done == {(m, path) for path, methods in OPENAPI["paths"].items() for m in methods}


def test_a_problem_is_in_the_language_that_is_asked_for(server: Server) -> None:
    guest = server.guest()
    titles = {}
    for language in ["ko-KR,ko;q=0.9", "en"]:
        answer = guest.ask(
            "PUT", "/v1/meetups/999/members/me", headers={"Accept-Language": language}
        )
        assert answer.code == "unknown_meetup"
        titles[language[:2]] = answer.json["title"]
    assert titles["ko"] == "없는 모임입니다."
    assert titles["en"].isascii()


# ---- The stream


def test_two_people_near_each_other(server: Server) -> None:
    async def run() -> None:
        ada, bob = server.guest(), server.guest()
        one, two = await ada.stream(), await bob.stream()
        await one.asked(type="move", lat=10, lng=20)
        await two.asked(type="move", lat=10.001, lng=20)
        await one.say(type="watch", feed=7, radius_m=1000, interval_ms=100)
        near = await one.hear("near")
        assert near["reset"] and near["feed"] == 7
        assert near["enter"][0][:3] == [bob.user, 10.001, 20]
        await two.say(type="move", lat=10.002, lng=20)
        assert (await one.hear("near"))["move"][0][1] == 10.002
        bob.do("DELETE", "/v1/me/position")
        assert (await one.hear("near"))["leave"] == [bob.user]
        await one.close()
        await two.close()

    asyncio.run(run())


def test_every_device_hears_every_event_once_and_a_resumed_one_what_it_missed(
    server: Server,
) -> None:
    async def run() -> None:
        scene = Scene(server)
        host, member = scene.people["host"], scene.people["member"]
        phone, laptop = await member.stream(), await member.stream()

        async def texts(stream: Stream, count: int) -> list[tuple[str, str]]:
            events = [await stream.event("message_posted") for _ in range(count)]
            return [(e["sequence"], e["body"]["text"]) for e in events]

        for text in ["a", "b"]:
            host.do("POST", f"{scene.path}/messages", {"text": text})
        first = await texts(phone, 2)
        assert [text for _, text in first] == ["a", "b"]
        assert await texts(laptop, 2) == first
        await phone.close()
        for text in ["c", "d"]:
            host.do("POST", f"{scene.path}/messages", {"text": text})
        phone = await member.stream(after=str(first[-1][0]))
        host.do("POST", f"{scene.path}/messages", {"text": "e"})
        assert [text for _, text in await texts(phone, 3)] == ["c", "d", "e"]
        assert [text for _, text in await texts(laptop, 3)] == ["c", "d", "e"]
        await phone.close()
        await laptop.close()

    asyncio.run(run())


def test_meetups_are_listed_and_unlisted_where_one_looks(server: Server) -> None:
    async def run() -> None:
        watcher, host = server.guest(), server.guest()
        stream = await watcher.stream()
        box = {"south": -1, "west": 59, "north": 1, "east": 61}
        await stream.asked(type="watch_meetups", **box)
        now = int(time.time() * 1000)
        meetup = {"title": "x", "start": now + 3_600_000, "end": now + 7_200_000}
        host.do("POST", "/v1/meetups", meetup | {"location": {"lat": 5, "lng": 60}})
        made = host.do("POST", "/v1/meetups", meetup | {"location": {"lat": 0, "lng": 60}})
        listed = await stream.event("meetup_listed")
        assert listed["body"]["meetup"] == made.json["meetup"]
        await stream.close()
        host.do("DELETE", f"/v1/meetups/{made.json['meetup']}")
        stream = await watcher.stream(after=str(listed["sequence"]), meetups=box)
        unlisted = await stream.event("meetup_unlisted")
        assert unlisted["body"]["meetup"] == made.json["meetup"]
        await stream.close()

    asyncio.run(run())


def test_a_kicked_member_hears_of_it_and_nothing_more(server: Server) -> None:
    async def run() -> None:
        scene = Scene(server)
        member, host = scene.people["member"], scene.people["host"]
        stream = await member.stream()
        host.do("DELETE", f"{scene.path}/members/{member.user}")
        host.do("POST", f"{scene.path}/messages", {"text": "now they are gone"})
        member.do("PATCH", "/v1/me", {"status": "x"})
        kinds = []
        while "profile_changed" not in kinds:
            kinds.append((await stream.hear("event"))["event"]["kind"])
        assert "member_kicked" in kinds and "message_posted" not in kinds
        await stream.close()

    asyncio.run(run())


def test_a_fence_tells_its_owner_alone(server: Server) -> None:
    async def run() -> None:
        owner, walker = server.guest(), server.guest()
        one, two = await owner.stream(), await walker.stream()
        circle = {"lat": -20, "lng": 30, "radius_m": 100}
        owner.do("PUT", "/v1/fences/door", {"circle": circle, "tells_those_inside": True})
        await two.asked(type="move", lat=-20, lng=30)
        entered = await one.hear("fence")
        assert (entered["fence"], entered["kind"]) == ("door", "enter")
        assert entered["user"] == walker.user
        await two.asked(type="move", lat=-20.1, lng=30)
        left = await one.hear("fence")
        assert (left["kind"], left["since"]) == ("exit", entered["since"])
        owner.do("DELETE", "/v1/me")
        assert await one.closed() == 4401
        assert owner.do("GET", "/v1/fences").json["items"] == []
        await two.close()

    asyncio.run(run())


def test_too_old_a_sequence_is_told_to_resync(server: Server) -> None:
    async def run() -> None:
        guest = server.guest()
        stream = await guest.stream(after="999999999")
        assert (await stream.next())["type"] == "resync"
        await stream.close()

    asyncio.run(run())


# ---- Abuse


DEEP = b'{"type":"command","kind":"x","body":{"a":' + b"[" * 32_000 + b"]" * 32_000 + b"}}"
MALFORMED = [b"", b"nonsense", b"[]", b'{"type":"fly"}', b"[" * 50_000, b'{"type":"move"', b"7"]
MALFORMED += [DEEP]


def test_malformed_messages_end_one_connection_and_nobody_else_notices(server: Server) -> None:
    async def run() -> None:
        good = await server.guest().stream()
        for text in MALFORMED:
            bad = await server.guest().stream()
            await bad.socket.send(text.decode())
            assert await bad.closed() == 4400, text[:20]
        bad = await server.guest().stream()
        await bad.socket.send(b'{"type":"move","lat":1,"lng":2}')
        assert await bad.closed() == 4400, "binary"
        assert (await good.asked(type="move", lat=1, lng=2))["type"] == "done"
        await good.close()

    asyncio.run(run())


def test_too_long_a_message_ends_its_connection(server: Server) -> None:
    async def run() -> None:
        bad = await server.guest().stream()
        await bad.socket.send("x" * 70_000)
        assert await bad.closed() == 1009
        assert server.ask("GET", "/healthz").status == 200

    asyncio.run(run())


def test_wrong_fields_are_told_and_the_connection_goes_on(server: Server) -> None:
    async def run() -> None:
        stream = await server.guest().stream()
        messages: list[Json] = [
            {"type": "move", "lat": 91, "lng": 0},
            {"type": "watch", "feed": 1, "limit": 100_000},
            {"type": "watch", "feed": 1, "interval_ms": 0},
            {"type": "command", "kind": "fly", "body": {}},
        ]
        for message in messages:
            answer = await stream.asked(**message)
            assert (answer["type"], answer["code"]) == ("error", "invalid_message")
        assert (await stream.asked(type="move", lat=1, lng=2))["type"] == "done"
        await stream.close()

    asyncio.run(run())


def raw(server: Server, data: bytes) -> bytes:
    """What the server says to these bytes before it closes, or has answered."""
    host, port = server.address.split(":")
    with socket.create_connection((host, int(port)), PATIENCE) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.recv(65536):
                answer += piece
        return answer


def test_requests_that_are_none_are_refused(server: Server) -> None:
    assert raw(server, b"nonsense\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert raw(server, b"GET  / HTTP/9\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert raw(server, b"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert raw(server, b"GET / HTTP/1.1\r\nX: " + b"x" * 10_000).startswith(b"HTTP/1.1 431")
    long = b"POST /v1/guests HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n"
    assert raw(server, long).startswith(b"HTTP/1.1 413")
    assert raw(server, b"GET /v1/me HTTP/1.1\r\nHost") == b""
    assert raw(server, b"") == b""
    assert server.ask("GET", "/healthz").status == 200


def test_who_says_no_hello_is_closed_in_time() -> None:
    with running("--hello-ms", "1") as server:

        async def run() -> None:
            stream = await Stream.open(server)
            assert await stream.closed() == 4408

        asyncio.run(run())


def test_a_slow_reader_is_told_to_resync_then_closed_and_disturbs_nobody() -> None:
    flags = ["--max-queue-bytes", "65536", "--stalled-ms", "3600000"]
    # Thousands of messages, each after the answer to the one before.
    flags += ["--messages-per-second", "10000", "--poll-ms", "1"]
    with running(*flags) as server:

        async def run() -> None:
            scene = Scene(server)
            slow, host = scene.people["member"], scene.people["host"]
            stuck = Stuck(server)
            stuck.say({"type": "hello", "token": slow.bearer})
            quick = await host.stream()

            async def post_until(figure: str) -> None:
                before = server.metric(figure)
                text = "모" * 1_900
                while server.metric(figure) == before:
                    posted = await quick.asked(type="post", meetup=scene.names["meetup"], text=text)
                    assert posted["type"] == "done"

            await post_until("moyeo_resyncs_total")
            assert server.metric("moyeo_closed_behind_total") == 0
            kinds = [stuck.message()["type"]]
            while kinds[-1] != "resync":
                kinds.append(stuck.message()["type"])
            assert kinds[0] == "welcome" and set(kinds[1:-1]) <= {"event"}

            host.do("POST", f"{scene.path}/messages", {"text": "after it"})
            while (event := stuck.message())["event"]["body"]["text"] != "after it":
                assert event["type"] == "event"

            await post_until("moyeo_closed_behind_total")
            assert stuck.closed() == 4429
            assert (await quick.asked(type="move", lat=1, lng=2))["type"] == "done"
            await quick.close()

        asyncio.run(run())


class Stuck:
    """A client whose socket holds little, and that reads when it is told to."""

    def __init__(self, server: Server) -> None:
        host, port = server.address.split(":")
        self.connection = socket.socket()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.connection.connect((host, int(port)))
        self.connection.settimeout(PATIENCE)
        self.connection.sendall(
            b"GET /v1/stream HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        head = b""
        while b"\r\n\r\n" not in head:
            head += self._read(1)
        assert head.startswith(b"HTTP/1.1 101")

    def _read(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            piece = self.connection.recv(count - len(data))
            assert piece, "the server has gone without a word"
            data += piece
        return data

    def _frame(self) -> tuple[int, bytes]:
        kind, length = self._read(2)
        if length >= 126:
            length = int.from_bytes(self._read(2 if length == 126 else 8), "big")
        return kind & 0x0F, self._read(length)

    def say(self, message: Json) -> None:
        data = json.dumps(message).encode()
        length = bytes([0x80 | 126]) + len(data).to_bytes(2, "big")
        self.connection.sendall(b"\x81" + length + bytes(4) + data)

    def message(self) -> Json:
        kind, data = self._frame()
        assert kind == 1, "a text"
        message: Json = json.loads(data)
        return message

    def closed(self) -> int:
        """The code of the close frame, after all that comes before it."""
        kind, data = self._frame()
        while kind != 8:
            kind, data = self._frame()
        self.connection.close()
        return int.from_bytes(data[:2], "big")


def ends(connection: socket.socket) -> bool:
    with contextlib.suppress(ConnectionResetError):
        while connection.recv(1000):
            pass
    return True


def test_a_request_comes_in_within_its_time_however_it_trickles() -> None:
    with running("--request-ms", "200") as server:
        host, port = server.address.split(":")
        with socket.create_connection((host, int(port)), PATIENCE) as slow:
            slow.sendall(b"GET /healthz HTTP/1.1\r\nX: ")
            sent = 0
            slow.setblocking(False)
            with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                while True:
                    # As quickly as others are answered: the server is not busy with it.
                    assert server.ask("GET", "/healthz").status == 200
                    slow.sendall(b"x")
                    sent += 1
                    with contextlib.suppress(BlockingIOError):
                        assert slow.recv(1000) == b"", "neither an answer nor a complaint"
                        break
            assert 0 < sent < 7_000, "it was not the length of the header"


def test_silence_ends_a_connection() -> None:
    with running("--keep-alive-ms", "1", "--silence-ms", "1") as server:
        host, port = server.address.split(":")
        with socket.create_connection((host, int(port)), PATIENCE) as idle:
            idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert ends(idle)
        stuck = Stuck(server)
        assert ends(stuck.connection)
        stuck.connection.close()


def test_a_client_that_takes_nothing_is_closed() -> None:
    flags = ["--max-queue-bytes", "16777216", "--stalled-ms", "1", "--poll-ms", "1"]
    with running(*flags, "--messages-per-second", "10000") as server:

        async def run() -> None:
            scene = Scene(server)
            stuck = Stuck(server)
            stuck.say({"type": "hello", "token": scene.people["member"].bearer})
            assert stuck.message()["type"] == "welcome"
            quick = await scene.people["host"].stream()
            while server.metric("moyeo_stalled_total") == 0:
                posted = await quick.asked(
                    type="post", meetup=scene.names["meetup"], text="모" * 1_900
                )
                assert posted["type"] == "done"
            assert server.metric("moyeo_closed_behind_total") == 0
            assert stuck.closed() == 4429
            await quick.close()

        asyncio.run(run())


@pytest.mark.parametrize("flag", ["--max-connections", "--max-connections-per-address"])
def test_connections_are_bounded(flag: str) -> None:
    with running(flag, "2") as server:
        server.ask("GET", "/healthz")
        host, port = server.address.split(":")
        with socket.create_connection((host, int(port)), PATIENCE) as second:
            # Both are there once both have been answered.
            second.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert second.recv(100).startswith(b"HTTP/1.1 200")
            with socket.create_connection((host, int(port)), PATIENCE) as third:
                assert third.recv(100) == b""


def test_passwords_cannot_be_guessed(server: Server) -> None:
    wrong = {"name": "nobody", "password": "wrong wrong"}
    codes = [server.ask("POST", "/v1/sessions", wrong).code for _ in range(11)]
    assert codes == ["not_authenticated"] * 10 + ["too_many_requests"]


# ---- What operators expect


def test_health_and_figures(server: Server) -> None:
    assert server.ask("GET", "/healthz").text == "ok\n"
    assert server.ask("GET", "/readyz").text == "ready\n"
    assert server.metric("moyeo_ready") == 1
    assert server.metric("process_resident_memory_bytes") > 1_000_000


def test_the_dashboard_shows_figures_that_there_are(server: Server) -> None:
    text = server.ask("GET", "/metrics").text
    dashboard = (DOCUMENTS / "operation" / "grafana.json").read_text()
    named = set(re.findall(r"\b((?:moyeo|process)_\w+)", dashboard))
    assert named
    assert {name for name in named if f"\n{name}" not in "\n" + text} == set()


def test_other_sites_may_call_if_they_are_named(server: Server) -> None:
    allow = "Access-Control-Allow-Origin"
    for method in ["OPTIONS", "GET"]:
        named = server.ask(method, "/v1/me", headers={"Origin": "https://example.org"})
        assert named.headers[allow] == "https://example.org"
        assert "Authorization" in named.headers["Access-Control-Allow-Headers"]
        other = server.ask(method, "/v1/me", headers={"Origin": "https://example.com"})
        assert other.headers[allow] is None
        # To whomever it is given: it is another for others.
        for answer in [named, other, server.ask(method, "/v1/me")]:
            assert answer.headers["Vary"] == "Origin"
    preflight = server.ask("OPTIONS", "/v1/me/position")
    assert (preflight.status, preflight.headers["Allow"]) == (204, "PUT, DELETE")
    assert server.ask("OPTIONS", "/healthz").headers["Allow"] == "GET, HEAD"
    assert server.ask("OPTIONS", "/v1/nothing").status == 404
    assert server.ask("OPTIONS", "/%zz").status == 400


def test_all_other_sites_may_call_if_that_is_wanted() -> None:
    with running("--cors-origin", "*") as server:
        answer = server.ask("GET", "/healthz", headers={"Origin": "https://example.com"})
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Vary"] is None


def test_files_are_served_and_nothing_beside_them(tmp_path: pathlib.Path) -> None:
    web = tmp_path / "web"
    (web / "deep").mkdir(parents=True)
    (web / "index.html").write_text("<p>모여</p>")
    (web / "deep" / "a.js").write_text("1")
    (web / ".hidden").write_text("hidden")
    (tmp_path / "outside").write_text("outside")
    with running("--web", str(web)) as server:
        page = server.ask("GET", "/")
        assert page.text == "<p>모여</p>"
        policy = str(page.headers["Content-Security-Policy"])
        assert policy.startswith("default-src 'self'; img-src 'self' data:; ")
        assert "unsafe" not in policy and "http" not in policy
        script = server.ask("GET", "/deep/a.js")
        assert script.headers["Content-Type"].startswith("text/javascript")
        head = server.ask("HEAD", "/deep/a.js")
        assert (head.text, head.headers["Content-Length"]) == ("", "1")
        for target in ["/.hidden", "/../outside", "/%2e%2e/outside", "/deep/..%2f..%2foutside"]:
            assert server.ask("GET", target).status == 404, target
        assert server.ask("POST", "/").status == 405


def test_pages_may_show_the_tiles_that_an_operator_names(tmp_path: pathlib.Path) -> None:
    (tmp_path / "index.html").write_text("<p></p>")
    with running("--web", str(tmp_path), "--image-origin", "https://tile.example") as server:
        policy = str(server.ask("GET", "/").headers["Content-Security-Policy"])
        assert "; img-src 'self' data: https://tile.example; " in policy


def test_what_is_done_lasts(tmp_path: pathlib.Path) -> None:
    data = str(tmp_path / "data")
    account = {"name": "ada", "password": "long enough", "nickname": "Ada"}
    with running(data=data) as server:
        server.ask("POST", "/v1/accounts", account)
        scene = Scene(server)
        sequence = asyncio.run(sequence_of(scene))
        scene.people["host"].do("POST", f"{scene.path}/messages", {"text": "lasts"})
    with running(data=data) as server:
        answer = server.ask("POST", "/v1/sessions", {"name": "ada", "password": "long enough"})
        assert answer.status == 200
        member = scene.people["member"]
        member.server = server
        assert member.do("GET", f"{scene.path}/messages").json["items"][0]["text"] == "lasts"

        async def resume() -> None:
            stream = await member.stream(after=sequence)
            # There was no snapshot, so that the engine still knows all events.
            message = await stream.next()
            assert message["event"]["body"]["text"] == "lasts"
            await stream.close()

        asyncio.run(resume())


async def sequence_of(scene: Scene) -> str:
    stream = await scene.people["member"].stream()
    await stream.close()
    return stream.sequence


def test_whoever_is_erased_has_no_account(server: Server) -> None:
    account = {"name": "gone", "password": "long enough", "nickname": "Gone"}
    bearer = server.ask("POST", "/v1/accounts", account).json["token"]
    assert server.ask("DELETE", "/v1/me", bearer=bearer).status == 200
    login = {"name": "gone", "password": "long enough"}
    # The account goes soon after, not in the same moment.
    until = time.monotonic() + PATIENCE
    while server.ask("POST", "/v1/sessions", login).code == "ok" and time.monotonic() < until:
        pass
    assert server.ask("POST", "/v1/sessions", login).code == "not_authenticated"


def test_when_the_server_stops_all_are_told_and_nobody_is_waited_for() -> None:
    # Longer than any patience: whoever does not end by themselves fails the test.
    server = Server("--stop-ms", "3600000")
    host, port = server.address.split(":")

    async def run() -> None:
        known, unknown = await server.guest().stream(), await Stream.open(server)
        with socket.create_connection((host, int(port)), PATIENCE) as idle:
            idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert idle.recv(1000).startswith(b"HTTP/1.1 200")
            stopping = asyncio.get_running_loop().run_in_executor(None, server.stop)
            for stream in [known, unknown]:
                assert await stream.closed() == 1001
            assert idle.recv(1000) == b""
            assert await stopping == 0

    asyncio.run(run())


def test_a_request_under_way_is_answered_when_the_server_stops() -> None:
    server = Server("--stop-ms", "3600000")
    host, port = server.address.split(":")

    async def run() -> None:
        stream = await server.guest().stream()
        with socket.create_connection((host, int(port)), PATIENCE) as busy:
            # All but the last line, and heard of by the server before it stops.
            busy.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /readyz HTTP/1.1\r\nHost: ")
            assert busy.recv(1000).startswith(b"HTTP/1.1 200")
            stopping = asyncio.get_running_loop().run_in_executor(None, server.stop)
            assert await stream.closed() == 1001
            busy.sendall(b"x\r\n\r\n")
            answer = b""
            while piece := busy.recv(1000):
                answer += piece
            assert answer.startswith(b"HTTP/1.1 503") and b"Connection: close" in answer
            assert await stopping == 0

    asyncio.run(run())


def test_behind_a_proxy_the_clients_are_limited_and_not_the_proxy() -> None:
    flags = ["--trusted-proxy", "127.0.0.1", "--max-connections-per-address", "1"]
    with running(*flags, "--new-users-per-minute", "1") as server:
        host, port = server.address.split(":")
        nickname = 0

        def guest(*said: str) -> int:
            nonlocal nickname
            nickname += 1
            body = json.dumps({"nickname": f"n{nickname}"})
            head = [f"X-Forwarded-For: {address}" for address in said]
            head += ["Host: x", f"Content-Length: {len(body)}", "Connection: close"]
            text = "\r\n".join(["POST /v1/guests HTTP/1.1", *head, "", body])
            return int(raw(server, text.encode()).split()[1])

        # The server's own connection stays open beside each of these.
        assert server.ask("GET", "/healthz").status == 200
        assert guest("10.0.0.1") == 201
        assert guest("10.0.0.1") == 429
        assert guest("10.0.0.9, 10.0.0.1") == 429
        assert guest("10.0.0.9", "10.0.0.1") == 429
        assert guest("10.0.0.2") == 201
        assert guest("2001:db8::1") == 201
        assert guest("2001:db8::2") == 429, "a household is one"
        assert guest() == 201
        assert guest("unknown") == 429, "whom the proxy says nothing of are one"
    with running("--new-users-per-minute", "1") as server:
        header = {"X-Forwarded-For": "10.0.0.1"}
        assert server.ask("POST", "/v1/guests", {"nickname": "a"}, headers=header).status == 201
        header = {"X-Forwarded-For": "10.0.0.2"}
        answer = server.ask("POST", "/v1/guests", {"nickname": "b"}, headers=header)
        assert answer.status == 429, "anybody can say so"


def make_certificate(certificate: str, key: str) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        + ["-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost"]
        + ["-addext", "subjectAltName=IP:127.0.0.1"],
        check=True,
        capture_output=True,
    )


def test_tls(tmp_path: pathlib.Path) -> None:
    certificate, key = str(tmp_path / "certificate.pem"), str(tmp_path / "key.pem")
    make_certificate(certificate, key)
    with running("--tls-certificate", certificate, "--tls-key", key) as server:
        trust = ssl.create_default_context(cafile=certificate)
        with urllib.request.urlopen(f"{server.url}/healthz", context=trust) as answer:
            assert answer.read() == b"ok\n"

        async def run() -> None:
            url = server.url.replace("https", "wss") + "/v1/stream"
            async with websockets.client.connect(url, ssl=trust) as connection:
                await connection.send('{"type":"move","lat":1,"lng":2}')
                with pytest.raises(Exception, match="4401"):
                    await connection.recv()

        asyncio.run(run())


def test_the_unit_of_systemd_serves_the_documents_and_takes_a_key_handed_over(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its command and the variables of its TLS, with directories of the test for those it names."""
    unit = (DOCUMENTS / "operation/moyeo-server.service").read_text().replace("\\\n", "")
    tls = (DOCUMENTS / "operation/moyeo-server-tls.conf").read_text()
    share, credentials, config = tmp_path / "share", tmp_path / "credentials", tmp_path / "toml"
    (share / "swagger-ui").mkdir(parents=True)
    (share / "swagger-ui/swagger-ui.css").write_text("body {}")
    for name in ["openapi.json", "asyncapi.json", "docs.html", "docs.js"]:
        shutil.copy(DOCUMENTS / name, share)
    config.write_text("max-fences = 3\n")
    command = re.findall(r"^ExecStart=/usr/local/bin/moyeo-server (.*)$", unit, re.M)[0]
    for named, ours in [
        ("/etc/moyeo-server.toml", config),
        ("${STATE_DIRECTORY}", tmp_path / "state"),
        ("/usr/local/share/moyeo-server", share),
    ]:
        command = command.replace(named, str(ours))

    credentials.mkdir()
    handed = dict(re.findall(r"^LoadCredential=(\S+):/etc/moyeo-server/(\S+)\.pem$", tls, re.M))
    files = {name: str(credentials / identity) for identity, name in handed.items()}
    make_certificate(files["tls-certificate"], files["tls-key"])
    for variable, value in re.findall(r"(MOYEO_\w+)=(\S+)", tls):
        monkeypatch.setenv(variable, value.replace("%d", str(credentials)))

    with running(*command.split(), data=str(tmp_path / "state")) as server:
        trust = ssl.create_default_context(cafile=files["tls-certificate"])
        for path in ["/docs/", "/docs/swagger-ui.css", "/openapi.json"]:
            with urllib.request.urlopen(server.url + path, context=trust) as answer:
                assert answer.status == 200
