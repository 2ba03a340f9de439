"""A real server in a process of its own, and clients that hold all it says to its documents."""

from __future__ import annotations

import asyncio
import base64
import collections
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time
from typing import Any

import jsonschema
import websockets.client
import websockets.exceptions

HERE = pathlib.Path(__file__).resolve().parent
OPENAPI = json.loads((HERE.parent / "openapi.json").read_text())
ASYNCAPI = json.loads((HERE.parent / "asyncapi.json").read_text())
KEY = b"the key of the tests, of thirty-two bytes or more"
PATIENCE = 20  # seconds: only what is broken takes so long

Json = dict[str, Any]


def _validator(document: Json, schema: Json) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema | {"components": document["components"]})


def _path_pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)))


# Fixed segments go before names.
_PATHS: list[str] = sorted(list(OPENAPI["paths"]), key=lambda path: str(path).count("{"))
_PATTERNS = [(path, _path_pattern(path)) for path in _PATHS]
_SAID = {
    name.rsplit("/", 1)[1]: _validator(
        ASYNCAPI, ASYNCAPI["components"]["messages"][name.rsplit("/", 1)[1]]["payload"]
    )
    for name in (ref["$ref"] for ref in ASYNCAPI["operations"]["say"]["messages"])
}
_ANSWERS: dict[tuple[str, str, str], jsonschema.Draft202012Validator] = {}


def operation_of(method: str, path: str) -> tuple[str, Json] | None:
    for template, pattern in _PATTERNS:
        if pattern.fullmatch(path) and method.lower() in OPENAPI["paths"][template]:
            operation: Json = OPENAPI["paths"][template][method.lower()]
            return template, operation
    return None


def token(
    user: str, key: bytes = KEY, algorithm: str = "HS256", expires: float | None = None
) -> str:
    """Signed with HS256, whatever it says; without a signature if it says none."""

    def text(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    claims = {"sub": user, "exp": int(time.time() + 3600 if expires is None else expires)}
    head = json.dumps({"alg": algorithm, "typ": "JWT"}).encode()
    signed = f"{text(head)}.{text(json.dumps(claims).encode())}"
    if algorithm == "none":
        return signed + "."
    return f"{signed}.{text(hmac.new(key, signed.encode(), hashlib.sha256).digest())}"


class Answer:
    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.text = body.decode() if body else ""
        self.json: Any = json.loads(body) if body and "json" in headers["Content-Type"] else None

    @property
    def code(self) -> str:
        """What becomes of it in x-matrix: "ok", or the code of the problem."""
        return "ok" if self.status < 300 else str(self.json["code"])


class Server:
    """moyeo-server in memory, or over `data`, on a free port."""

    def __init__(self, *flags: str, data: str | None = None) -> None:
        self.seen: collections.Counter[tuple[str, str, int]] = collections.Counter()
        self._key = tempfile.NamedTemporaryFile()
        self._key.write(KEY)
        self._key.flush()
        program = os.environ["MOYEO_SERVER"]
        place = ["--data", data] if data else ["--memory"]
        limits = ["--new-users-per-minute", "0", "--max-connections-per-address", "10000"]
        self.process = subprocess.Popen(
            [program, *place, "--guests", "--port", "0", "--key-file", self._key.name]
            + ["--log-level", "warn", "--documents", str(HERE.parent), *limits, *flags],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        assert self.url.startswith("http"), "the server did not start"
        self.address = self.url.split("//")[1]
        self._connection = http.client.HTTPConnection(self.address, timeout=PATIENCE)
        self._names = 0

    def stop(self) -> int:
        self._connection.close()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._key.close()
        return code

    def ask(
        self,
        method: str,
        target: str,
        body: Any = None,
        bearer: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        sent = dict(headers or {})
        if bearer is not None:
            sent["Authorization"] = f"Bearer {bearer}"
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        self._connection.request(method, target, data, sent)
        response = self._connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        self._hold(method, target.split("?")[0], answer)
        return answer

    def _hold(self, method: str, path: str, answer: Answer) -> None:
        found = operation_of(method, path)
        if found is None:
            return
        template, operation = found
        status = str(answer.status)
        assert status in operation["responses"], f"{method} {path}: {status} {answer.text}"
        self.seen[method.lower(), template, answer.status] += 1
        content = operation["responses"][status].get("content")
        if content is None:
            assert answer.text == "", f"{method} {path}"
            return
        ((kind, shape),) = content.items()
        assert answer.headers["Content-Type"] == kind, f"{method} {path}"
        key = (method, template, status)
        if key not in _ANSWERS:
            _ANSWERS[key] = _validator(OPENAPI, shape["schema"])
        _ANSWERS[key].validate(answer.json)

    def guest(self, visibility: str = "exact") -> Person:
        self._names += 1
        body = {"nickname": f"guest {self._names}", "visibility": visibility}
        answer = self.ask("POST", "/v1/guests", body)
        assert answer.status == 201, answer.text
        return Person(self, answer.json["user"], answer.json["token"])

    def metric(self, name: str) -> float:
        text = self.ask("GET", "/metrics").text
        found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
        assert found, name
        return float(found[1])


class Person:
    def __init__(self, server: Server, user: str, bearer: str) -> None:
        self.server = server
        self.user = user
        self.bearer = bearer

    def ask(self, method: str, target: str, body: Any = None, **more: Any) -> Answer:
        return self.server.ask(method, target, body, self.bearer, **more)

    def do(self, method: str, target: str, body: Any = None) -> Answer:
        answer = self.ask(method, target, body)
        assert answer.status < 300, f"{method} {target}: {answer.text}"
        return answer

    async def stream(self, **hello: Any) -> Stream:
        stream = await Stream.open(self.server)
        await stream.say(type="hello", token=self.bearer, **hello)
        welcome = await stream.hear("welcome")
        assert welcome["user"] == self.user
        stream.sequence = welcome["sequence"]
        return stream


class Closed(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Stream:
    """A client on the stream."""

    def __init__(self, socket: websockets.client.WebSocketClientProtocol) -> None:
        self.socket = socket
        self.sequence = "0"
        self.texts: list[str] = []  # of all messages so far

    @classmethod
    async def open(cls, server: Server) -> Stream:
        socket = await websockets.client.connect(
            f"ws://{server.address}/v1/stream", compression=None, max_size=None, ping_interval=None
        )
        return cls(socket)

    async def say(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def next(self) -> Json:
        """The next message; Closed if the server has ended the connection."""
        try:
            text = await asyncio.wait_for(self.socket.recv(), PATIENCE)
        except websockets.exceptions.ConnectionClosed as closed:
            raise Closed(closed.rcvd.code if closed.rcvd else 1006) from None
        self.texts.append(str(text))
        message: Json = json.loads(text)
        _SAID[message["type"]].validate(message)
        return message

    async def hear(self, kind: str) -> Json:
        """The next message of this type."""
        while True:
            message = await self.next()
            if message["type"] == kind:
                return message

    async def event(self, kind: str) -> Json:
        """The next event of this kind."""
        while True:
            event: Json = (await self.hear("event"))["event"]
            if event["kind"] == kind:
                return event

    async def asked(self, **message: Any) -> Json:
        """The answer to a message."""
        await self.say(**message, id="asked")
        while True:
            answer = await self.next()
            if answer.get("id") == "asked":
                return answer

    async def closed(self) -> int:
        """The code with which the server ends the connection."""
        try:
            while True:
                await self.next()
        except Closed as closed:
            return closed.code

    async def close(self) -> None:
        await self.socket.close()
