"""The log: JSON whatever happens, and nothing of where anybody is or who they say they are."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import subprocess
import tempfile
import urllib.parse
from typing import Any

from server_process import KEY, Person, Server, token
from test_matrix import Scene

NASTY = 'quote " backslash \\ line\nbreak \x1b[2J 한국어'


def logged(*flags: str) -> tuple[list[str], list[str]]:
    """What the server says while all kinds of things happen, and what it must not say."""
    secrets: list[str] = []
    with tempfile.TemporaryFile("w+") as log:
        saved = os.dup(2)
        os.dup2(log.fileno(), 2)
        try:
            server = Server("--log-level", "debug", *flags)
        finally:
            os.dup2(saved, 2)
            os.close(saved)
        with contextlib.closing(server._connection):
            secrets += happenings(server)
        assert server.stop() == 0
        log.seek(0)
        return log.read().splitlines(), secrets


def happenings(server: Server) -> list[str]:
    scene = Scene(server)
    host = scene.people["host"]
    host.do("PUT", "/v1/me/position", {"lat": 37.51234, "lng": 127.04321})
    host.do("GET", "/v1/nearby?radius_m=1000&lat=37.56789&lng=127.06543")
    host.do("POST", f"{scene.path}/messages", {"text": "between us"})
    password = {"name": "ada", "password": "wrong horse battery"}
    for text in [NASTY, "/", "x" * 200]:
        host.ask("GET", "/v1/fences/" + urllib.parse.quote(text, safe=""))
        host.ask("GET", "/" + urllib.parse.quote(text, safe=""))
    server.ask("POST", "/v1/sessions", password)
    server.ask("GET", "/v1/me", bearer=token("7", expires=1))
    server.ask("BREW", "/v1/me", bearer=host.bearer)
    server.ask("GET", "/healthz")
    asyncio.run(stream(host))
    secrets = [host.bearer, host.bearer.split(".")[2], "between us", "wrong horse battery", "ada"]
    secrets += ["37.51", "127.04", "37.56", "127.06", "33.12", host.user]
    return secrets


async def stream(person: Person) -> None:
    opened = await person.stream()
    await opened.asked(type="move", lat=33.12345, lng=126.5)
    await opened.say(type="nonsense", text=NASTY)
    assert await opened.closed() == 4400


def test_each_line_is_json_and_requests_are_told_by_their_route() -> None:
    lines, secrets = logged("--log-json")
    entries: list[dict[str, Any]] = [json.loads(line) for line in lines]
    for entry in entries:
        assert entry["time"].endswith("Z") and entry["level"] and entry["message"]
    requests = [entry for entry in entries if entry["message"] == "request"]
    for request in requests:
        assert request.keys() == {
            "time",
            "level",
            "message",
            "method",
            "route",
            "status",
            "duration_ms",
        }
        assert request["duration_ms"] >= 0
    told = {(r["method"], r["route"], r["status"], r["level"]) for r in requests}
    assert {
        ("PUT", "/v1/me/position", 204, "info"),
        ("GET", "/v1/nearby", 200, "info"),
        ("POST", "/v1/meetups/{meetup}/messages", 201, "info"),
        ("GET", "/v1/fences/{name}", 404, "info"),
        ("GET", "/", 404, "info"),
        ("GET", "/v1/me", 401, "info"),
        ("POST", "/v1/sessions", 401, "info"),
        ("BREW", "/v1/me", 405, "info"),
        ("GET", "/healthz", 200, "debug"),
        ("GET", "/v1/stream", 101, "info"),
    } <= told
    for secret in secrets:
        assert not any(secret in line for line in lines), secret


def test_plain_lines_say_the_same_and_no_more() -> None:
    lines, secrets = logged()
    assert any(
        " info request method=GET route=/v1/fences/{name} status=404 duration_ms=" in line
        for line in lines
    )
    for secret in secrets:
        assert not any(secret in line for line in lines), secret


def started(*flags: str) -> str:
    """What the server logs that starts with these flags, and stops."""
    with tempfile.NamedTemporaryFile() as key:
        key.write(KEY)
        key.flush()
        program = os.environ["MOYEO_SERVER"]
        # With no address of its own it ends by itself.
        ended = subprocess.run(
            [program, "--memory", "--address", "nowhere", "--key-file", key.name, *flags],
            capture_output=True,
            text=True,
        )
    assert ended.returncode == 1
    return ended.stderr


def test_accounts_beside_a_key_of_others_are_warned_of() -> None:
    assert re.search(r" warning .*--no-accounts", started())
    assert "--no-accounts" not in started("--no-accounts")


def test_a_key_file_that_is_none_ends_it_with_a_reason() -> None:
    with tempfile.NamedTemporaryFile() as short:
        short.write(KEY[:8])
        short.flush()
        program = os.environ["MOYEO_SERVER"]
        ended = subprocess.run(
            [program, "--memory", "--port", "0", "--key-file", short.name],
            capture_output=True,
            text=True,
        )
    assert ended.returncode == 1
    assert "32 bytes" in ended.stderr
