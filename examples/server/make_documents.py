#!/usr/bin/python3
"""Writes openapi.json and asyncapi.json, which describe what the server says and hears.

    examples/server/make_documents.py           # writes them
    examples/server/make_documents.py --check   # fails if they are not as it would write them

Commands, events and views are those of docs/schema. Each operation says in x-matrix what becomes of
it when one of ACTORS asks, as to the meetup or the person in the path, or somebody who was erased:
"ok", or the code of the problem. So does each message but "command", of which its commands say it.
The tests hold the server to that.
"""

import argparse
import json
import pathlib
import sys
from typing import Any

HERE = pathlib.Path(__file__).resolve().parent
SCHEMAS = HERE.parent.parent / "docs" / "schema"
VIEWS = ["outcome", "profile", "users", "user_export", "meetup", "meetups", "members", "room"]
VIEWS += ["messages", "found_meetups", "recommendations", "tickets"]
ACTORS = ["stranger", "member", "host", "invited", "kicked", "blocked"]

Json = dict[str, Any]


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def moved(node: Any) -> Any:
    """References within a schema file become those within the document."""
    if isinstance(node, dict):
        return {
            key: value.replace("#/$defs/", "#/components/schemas/")
            if key == "$ref"
            else moved(value)
            for key, value in node.items()
            if key not in ("$schema", "$defs")
        }
    return [moved(item) for item in node] if isinstance(node, list) else node


def obj(required: Json, optional: Json | None = None) -> Json:
    return {
        "type": "object",
        "properties": required | (optional or {}),
        "required": list(required),
        "additionalProperties": False,
    }


def listing(item: Json) -> Json:
    return obj({"items": {"type": "array", "items": item}})


TEXT: Json = {"type": "string"}
COUNT: Json = {"type": "integer", "minimum": 0}
LAT: Json = {"type": "number", "minimum": -90, "maximum": 90}
LNG: Json = {"type": "number", "minimum": -180, "maximum": 180}
METERS: Json = {"type": "number", "minimum": 0}
BOX: Json = {"south": LAT, "west": LNG, "north": LAT, "east": LNG}
FENCE_NAME: Json = {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"}
FENCE: Json = {
    "circle": obj({"lat": LAT, "lng": LNG, "radius_m": METERS}),
    "polygon": {"type": "array", "items": obj({"lat": LAT, "lng": LNG}), "minItems": 3},
    "margin_m": METERS
    | {"default": 0, "description": "How far outside somebody who is inside stays so."},
    "dwell_ms": {"type": "integer", "minimum": 1, "maximum": 2_592_000_000},
    "tells_those_inside": {"type": "boolean", "default": False},
}
EITHER = [{"required": ["circle"]}, {"required": ["polygon"]}]
MESSAGE_ID: Json = {"type": "string", "maxLength": 64}


def read_schemas() -> tuple[Json, Json]:
    """What both documents have in common, and the bodies of commands."""
    schemas: Json = {}
    for name in [*VIEWS, "command", "event"]:
        document = json.loads((SCHEMAS / f"{name}.json").read_text())
        parts = document.get("$defs", {}) | ({name: document} if name != "command" else {})
        for part, schema in parts.items():
            schemas.setdefault(part, moved(schema))
    event = schemas["event"]
    event["properties"].pop("audience")  # nobody's but the server's
    schemas.pop("audience", None)
    kinds = json.loads((SCHEMAS / "command.json").read_text())["properties"]["kind"]["enum"]
    for name in ["members", "recommendations", "tickets"]:
        schemas[name] = obj({"items": schemas[name]})
    schemas |= {
        "session": obj({"user": ref("id"), "token": TEXT, "expires": ref("time")}),
        "sign_up": obj({"name": TEXT, "password": TEXT, "nickname": TEXT}),
        "log_in": obj({"name": TEXT, "password": TEXT}),
        "position": obj({"lat": LAT, "lng": LNG}),
        "neighbors": listing(
            obj(
                {
                    "user": ref("id"),
                    "position": ref("lat_lng"),
                    "distance_m": METERS,
                    "last_seen": ref("time"),
                    "area": {
                        "type": "boolean",
                        "description": "The position is the middle of a cell"
                        " that they are in, or were lately.",
                    },
                }
            )
        ),
        "fence_shape": obj({}, FENCE) | {"oneOf": EITHER},
        "fence": obj({"name": FENCE_NAME}, FENCE) | {"oneOf": EITHER},
        "fences": listing(ref("fence")),
        "clusters": obj(
            {
                "level": {"type": "integer", "minimum": 0, "maximum": 30},
                "items": {
                    "type": "array",
                    "items": obj(
                        {
                            "cell": ref("id"),
                            "count": COUNT,
                            "corners": {
                                "type": "array",
                                "items": obj({"lat": LAT, "lng": {"type": "number"}}),
                                "minItems": 4,
                                "maxItems": 4,
                            },
                        }
                    ),
                },
            }
        ),
        "problem": obj(
            {"type": TEXT, "title": TEXT, "status": {"type": "integer"}, "code": TEXT},
            {"detail": TEXT},
        ),
        "command_kind": {"enum": kinds},
    }
    return schemas, {kind: schemas[kind] for kind in kinds}


def matrix(*codes: str) -> Json:
    """One code for all, or one for each of ACTORS."""
    return dict(zip(ACTORS, codes * 6 if len(codes) == 1 else codes, strict=False))


def host_only(host: str = "ok") -> Json:
    return matrix("not_host", "not_host", host, "not_host", "not_host", "not_host")


def members_only(member: str = "ok", host: str = "ok", blocked: str = "not_member") -> Json:
    return matrix("not_member", member, host, "not_member", "not_member", blocked)


def not_oneself(code: str, blocked: str | None = None) -> Json:
    return matrix(code, code, "oneself", code, code, blocked or code)


PAGE = "cursor size"
OK = matrix("ok")
SEEN = matrix("ok", "ok", "ok", "ok", "ok", "not_found")
# What asks nothing of what lasts, and is found without anybody.
OF_NOBODY = [("delete", "/v1/me/position"), ("get", "/v1/fences")]
OWNERS = matrix("not_found", "not_found", "ok", *["not_found"] * 3)
TO_INVITED = matrix(*["not_invited"] * 3, "ok", *["not_invited"] * 2)

# Method and path; what it does; the schema of its body, or DO for a command; the status, and the
# schema of the answer or the command; the query, with "!" for what must be there; who may; and who
# {user} is, if not the host.
DO = "do"
OPERATIONS: list[tuple[str, str, str, Any, Any, str, Json | None, str]] = [
    ("post", "/v1/accounts", "Signs up", "sign_up", (201, "session"), "", None, ""),
    ("post", "/v1/sessions", "Logs in", "log_in", (200, "session"), "", None, ""),
    (
        "post",
        "/v1/guests",
        "Comes in without an account",
        "register",
        (201, "session"),
        "",
        None,
        "",
    ),
    ("get", "/v1/me", "One's own profile", None, (200, "profile"), "", OK, ""),
    (
        "put",
        "/v1/me",
        "Registers whose token is from elsewhere",
        DO,
        (201, "register"),
        "",
        matrix("user_exists"),
        "",
    ),
    ("patch", "/v1/me", "Edits one's profile", DO, (200, "edit_profile"), "", OK, ""),
    ("delete", "/v1/me", "Erases oneself", DO, (200, "erase"), "", OK, ""),
    (
        "put",
        "/v1/me/visibility",
        "Says who sees one where",
        DO,
        (200, "set_visibility"),
        "",
        OK,
        "",
    ),
    ("get", "/v1/me/export", "Everything held about one", None, (200, "user_export"), "", OK, ""),
    ("put", "/v1/me/position", "Is somewhere", "position", (204, None), "", OK, ""),
    ("delete", "/v1/me/position", "Is nowhere", None, (204, None), "", OK, ""),
    (
        "get",
        "/v1/people",
        "People whose nickname has the text in it",
        None,
        (200, "users"),
        "text! " + PAGE,
        OK,
        "",
    ),
    ("get", "/v1/people/{user}", "A profile", None, (200, "profile"), "", SEEN, ""),
    (
        "post",
        "/v1/people/{user}/reports",
        "Reports a user",
        DO,
        (201, "report_user"),
        "",
        not_oneself("ok"),
        "",
    ),
    ("get", "/v1/friends", "One's friends", None, (200, "users"), PAGE, OK, ""),
    (
        "put",
        "/v1/friends/{user}",
        "Asks for friendship, or agrees to it",
        DO,
        (200, "request_friend"),
        "",
        not_oneself("ok", "blocked"),
        "",
    ),
    (
        "delete",
        "/v1/friends/{user}",
        "Ends a friendship",
        DO,
        (200, "end_friendship"),
        "",
        not_oneself("not_friends"),
        "",
    ),
    (
        "get",
        "/v1/friend-requests/sent",
        "Requests of one's own",
        None,
        (200, "users"),
        PAGE,
        OK,
        "",
    ),
    (
        "get",
        "/v1/friend-requests/received",
        "Requests of others",
        None,
        (200, "users"),
        PAGE,
        OK,
        "",
    ),
    (
        "delete",
        "/v1/friend-requests/sent/{user}",
        "Withdraws a request",
        DO,
        (200, "withdraw_friend_request"),
        "",
        not_oneself("not_requested"),
        "",
    ),
    (
        "delete",
        "/v1/friend-requests/received/{user}",
        "Declines a request",
        DO,
        (200, "decline_friend_request"),
        "",
        not_oneself("not_requested"),
        "",
    ),
    ("get", "/v1/blocks", "Whom one has blocked", None, (200, "users"), PAGE, OK, ""),
    ("put", "/v1/blocks/{user}", "Blocks", DO, (200, "block"), "", not_oneself("ok"), ""),
    (
        "delete",
        "/v1/blocks/{user}",
        "Blocks no more",
        DO,
        (200, "unblock"),
        "",
        not_oneself("not_blocked"),
        "",
    ),
    (
        "get",
        "/v1/meetups",
        "Listed meetups: all, or those with a tag, a text, a time or a place",
        None,
        (200, "meetups"),
        "tag text from to lat lng radius_m south west north east " + PAGE,
        OK,
        "",
    ),
    ("post", "/v1/meetups", "A new meetup", DO, (201, "create_meetup"), "", OK, ""),
    (
        "get",
        "/v1/meetups/search",
        "Listed meetups that are all that is asked for",
        None,
        (200, "found_meetups"),
        "lat lng radius_m from to any_of all_of free_seats text order " + PAGE,
        OK,
        "",
    ),
    ("get", "/v1/meetups/mine", "Meetups one is a member of", None, (200, "meetups"), PAGE, OK, ""),
    ("get", "/v1/meetups/hosted", "Meetups one hosts", None, (200, "meetups"), PAGE, OK, ""),
    ("get", "/v1/invitations", "Meetups one is invited to", None, (200, "meetups"), PAGE, OK, ""),
    (
        "put",
        "/v1/invitations/{meetup}",
        "Accepts an invitation",
        DO,
        (200, "accept_invitation"),
        "",
        TO_INVITED,
        "",
    ),
    (
        "delete",
        "/v1/invitations/{meetup}",
        "Declines an invitation",
        DO,
        (200, "decline_invitation"),
        "",
        TO_INVITED,
        "",
    ),
    ("get", "/v1/meetups/{meetup}", "A meetup", None, (200, "meetup"), "", SEEN, ""),
    (
        "patch",
        "/v1/meetups/{meetup}",
        "Edits a meetup",
        DO,
        (200, "edit_meetup"),
        "",
        host_only(),
        "",
    ),
    (
        "delete",
        "/v1/meetups/{meetup}",
        "Cancels a meetup",
        DO,
        (200, "cancel_meetup"),
        "force",
        host_only("has_other_members"),
        "",
    ),
    ("get", "/v1/meetups/{meetup}/members", "Its members", None, (200, "members"), "", SEEN, ""),
    (
        "put",
        "/v1/meetups/{meetup}/members/me",
        "Joins",
        DO,
        (200, "join_meetup"),
        "",
        matrix("ok", "already_member", "already_member", "ok", "kicked", "blocked"),
        "",
    ),
    (
        "delete",
        "/v1/meetups/{meetup}/members/me",
        "Leaves",
        DO,
        (200, "leave_meetup"),
        "",
        members_only("ok", "host_cannot_leave"),
        "",
    ),
    (
        "delete",
        "/v1/meetups/{meetup}/members/{user}",
        "Kicks",
        DO,
        (200, "kick_member"),
        "",
        host_only(),
        "member",
    ),
    (
        "put",
        "/v1/meetups/{meetup}/host",
        "Hands a meetup over",
        DO,
        (200, "transfer_meetup"),
        "",
        host_only(),
        "member",
    ),
    (
        "put",
        "/v1/meetups/{meetup}/invitations/{user}",
        "Invites",
        DO,
        (200, "invite"),
        "",
        host_only(),
        "other",
    ),
    (
        "delete",
        "/v1/meetups/{meetup}/invitations/{user}",
        "Withdraws an invitation",
        DO,
        (200, "withdraw_invitation"),
        "",
        host_only(),
        "invited",
    ),
    (
        "put",
        "/v1/meetups/{meetup}/confirmation",
        "Confirms",
        DO,
        (200, "confirm_meetup"),
        "",
        members_only("ok", "others_have_not_confirmed"),
        "",
    ),
    (
        "delete",
        "/v1/meetups/{meetup}/confirmation",
        "Takes a confirmation back",
        DO,
        (200, "withdraw_confirmation"),
        "",
        members_only("not_confirmed", "not_confirmed"),
        "",
    ),
    (
        "post",
        "/v1/meetups/{meetup}/reports",
        "Reports a meetup",
        DO,
        (201, "report_meetup"),
        "",
        OK,
        "",
    ),
    (
        "get",
        "/v1/meetups/{meetup}/room",
        "Its room",
        None,
        (200, "room"),
        "",
        members_only(blocked="not_found"),
        "",
    ),
    (
        "put",
        "/v1/meetups/{meetup}/read",
        "Has read up to a message",
        DO,
        (200, "mark_read"),
        "",
        members_only(),
        "",
    ),
    (
        "get",
        "/v1/meetups/{meetup}/messages",
        "Its messages, newest first",
        None,
        (200, "messages"),
        PAGE,
        members_only(blocked="not_found"),
        "",
    ),
    (
        "post",
        "/v1/meetups/{meetup}/messages",
        "Posts a message",
        DO,
        (201, "post_message"),
        "",
        members_only(),
        "",
    ),
    (
        "delete",
        "/v1/meetups/{meetup}/messages/{number}",
        "Deletes a message",
        DO,
        (200, "delete_message"),
        "",
        members_only("not_author_or_host"),
        "",
    ),
    (
        "post",
        "/v1/meetups/{meetup}/messages/{number}/reports",
        "Reports a message",
        DO,
        (201, "report_message"),
        "",
        members_only("ok", "oneself"),
        "",
    ),
    (
        "get",
        "/v1/recommendations",
        "Listed meetups that suit one best, and why",
        None,
        (200, "recommendations"),
        "lat! lng! radius_m limit",
        OK,
        "",
    ),
    ("get", "/v1/tickets", "One's open tickets", None, (200, "tickets"), "", OK, ""),
    (
        "post",
        "/v1/tickets",
        "Looks for people who want the same",
        DO,
        (201, "create_ticket"),
        "",
        OK,
        "",
    ),
    (
        "delete",
        "/v1/tickets/{ticket}",
        "Looks for them no more",
        DO,
        (200, "withdraw_ticket"),
        "",
        matrix("unknown_ticket", "unknown_ticket", "ok", *["unknown_ticket"] * 3),
        "",
    ),
    ("get", "/v1/fences", "One's fences", None, (200, "fences"), "", OK, ""),
    ("get", "/v1/fences/{name}", "A fence of one's own", None, (200, "fence"), "", OWNERS, ""),
    (
        "put",
        "/v1/fences/{name}",
        "Is told on the stream who comes into a place, stays and goes",
        "fence_shape",
        (200, "fence"),
        "",
        OK,
        "",
    ),
    ("delete", "/v1/fences/{name}", "Is told no more", None, (204, None), "", OWNERS, ""),
    (
        "get",
        "/v1/nearby",
        "Who is near one, or near a point",
        None,
        (200, "neighbors"),
        "radius_m limit lat lng",
        OK,
        "",
    ),
    (
        "get",
        "/v1/clusters",
        "How many are where",
        None,
        (200, "clusters"),
        "south! west! north! east! level!",
        OK,
        "",
    ),
]

QUERY: Json = {
    "cursor": TEXT | {"description": "The next of the page before."},
    "size": {"type": "integer", "minimum": 1, "maximum": 100, "default": 50},
    "text": TEXT,
    "tag": TEXT,
    "any_of": {"type": "array", "items": TEXT, "maxItems": 30},
    "all_of": {"type": "array", "items": TEXT, "maxItems": 30},
    "free_seats": COUNT | {"default": 1},
    "order": {"enum": ["distance", "start", "score"], "default": "start"},
    "from": ref("time"),
    "to": ref("time"),
    "lat": LAT,
    "lng": LNG,
    "radius_m": METERS,
    "limit": {"type": "integer", "minimum": 1, "maximum": 100, "default": 50},
    "level": {"type": "integer", "minimum": 0, "maximum": 30},
    "force": {"type": "boolean", "default": False},
} | BOX


def answer(schema: str | None, what: str, kind: str = "application/json") -> Json:
    content = {"content": {kind: {"schema": ref(schema)}}} if schema else {}
    return {"description": what} | content


def problems(statuses: set[int]) -> Json:
    what = {
        400: "Can never be right",
        401: "Not logged in, or a token that is no good",
        403: "For others to do",
        404: "There is no such thing",
        405: "Another method",
        409: "Does not fit how things are",
        413: "Too large",
        429: "Too many, or too often",
        431: "Too long a header",
        503: "Not available right now",
    }
    kind = "application/problem+json"
    return {str(status): answer("problem", what[status], kind) for status in sorted(statuses)}


def operation(row: tuple[str, str, str, Any, Any, str, Json | None, str], bodies: Json) -> Json:
    method, path, what, body, (status, name), query, who, user = row
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    made: Json = {"summary": what, "operationId": f"{method} {path}"}
    statuses = {400, 413, 431, 503}
    if who is None:
        made["security"] = []
        statuses |= {404, 409, 429} | ({401} if path.endswith("sessions") else set())
    else:
        erased = "erased_actor" if body == DO else "not_found"
        made["x-matrix"] = who | {"erased": "ok" if (method, path) in OF_NOBODY else erased}
        statuses |= {401, 403, 404, 429} | ({409} if body in (DO, "fence_shape") else set())
    if user:
        made["x-user"] = user
    parameters: list[Json] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"number": COUNT, "name": FENCE_NAME}.get(name, ref("id")),
        }
        for name in names
    ]
    for word in query.split():
        parameter = word.rstrip("!")
        parameters.append(
            {
                "name": parameter,
                "in": "query",
                "required": word.endswith("!"),
                "schema": QUERY[parameter],
            }
        )
    schema: Json | None = ref(body) if body not in (None, DO) else None
    required = schema is not None
    shown = name
    if body == DO:
        made["x-command"] = name
        parameters.append({"$ref": "#/components/parameters/idempotency_key"})
        command = bodies[name]
        given = {*names, *(["force"] if "force" in query else [])}
        left = {key: value for key, value in command["properties"].items() if key not in given}
        wanted = [key for key in command.get("required", []) if key not in given]
        if left:
            schema = {"type": "object", "properties": left, "additionalProperties": False}
            schema |= {"required": wanted} if wanted else {}
            required = bool(wanted)
        shown = "outcome"
    if parameters:
        made["parameters"] = parameters
    if schema:
        made["requestBody"] = {
            "required": required,
            "content": {"application/json": {"schema": schema}},
        }
    made["responses"] = {str(status): answer(shown, "Done")} | problems(statuses)
    return made


def open_api(schemas: Json, bodies: Json) -> Json:
    paths: Json = {}
    for row in OPERATIONS:
        paths.setdefault(row[1], {})[row[0]] = operation(row, bodies)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "moyeo-server",
            "version": "1",
            "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
            "description": "People, meetups, rooms and positions over HTTP. What changes comes "
            "over the WebSocket at /v1/stream: see /asyncapi.json. Ids are decimal strings, times "
            "UTC milliseconds. Problems (RFC 9457) have a code that stays, and a title in English "
            "or Korean, by Accept-Language.",
        },
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
            "parameters": {
                "idempotency_key": {
                    "name": "Idempotency-Key",
                    "in": "header",
                    "description": "A command given again with the same key is done once.",
                    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
                }
            },
            "schemas": schemas,
        },
    }


def message(what: str, kind: str, required: Json, optional: Json | None = None) -> Json:
    return {
        "summary": what,
        "payload": obj({"type": {"const": kind}} | required, optional),
    }


def async_api(schemas: Json) -> Json:
    entry = {
        "type": "array",
        "description": "Id, latitude, longitude, metres away; and 1 if shown as an area.",
        "prefixItems": [ref("id"), LAT, LNG, METERS, {"const": 1}],
        "minItems": 4,
        "maxItems": 5,
    }
    entries = {"type": "array", "items": entry}
    given_back = {"id": MESSAGE_ID}
    problem = {"code": TEXT, "detail": TEXT}
    number = {"type": "integer", "minimum": 0, "maximum": 2**53 - 1}
    request = {"request_id": ref("id")}
    heard = {
        "hello": message(
            "Says who one is: first, within 5 s. After: the last event seen.",
            "hello",
            {"token": TEXT},
            {"after": ref("id"), "meetups": obj(BOX)},
        ),
        "move": message("Is somewhere.", "move", {"lat": LAT, "lng": LNG}, given_back),
        "watch": message(
            "Watches surroundings, one's own or those of a point; again: in another way.",
            "watch",
            {"feed": number},
            {
                "radius_m": METERS | {"maximum": 50_000, "default": 5_000},
                "limit": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50},
                "interval_ms": {"type": "integer", "minimum": 100, "default": 3_000},
                "lat": LAT,
                "lng": LNG,
            }
            | given_back,
        ),
        "unwatch": message("Watches no more.", "unwatch", {"feed": number}, given_back),
        "watch_meetups": message(
            "In which box listed and unlisted meetups are of interest; without one: nowhere.",
            "watch_meetups",
            {},
            BOX | given_back,
        ),
        "post": message(
            "Posts a message.", "post", {"meetup": ref("id"), "text": TEXT}, request | given_back
        ),
        "command": message(
            "Any command, with the body of docs/schema/command.json.",
            "command",
            {"kind": ref("command_kind"), "body": {"type": "object"}},
            request | given_back,
        ),
    }
    heard["post"]["x-command"] = "post_message"
    # Whoever was erased has no stream to say anything on.
    for name in ["hello", "move", "watch", "unwatch", "watch_meetups"]:
        heard[name]["x-matrix"] = OK
    heard["post"]["x-matrix"] = members_only()
    said = {
        "welcome": message(
            "Answers hello. Events after this sequence follow, and those missed since `after`.",
            "welcome",
            {"user": ref("id"), "sequence": ref("id"), "time": ref("time")},
        ),
        "near": message(
            "What has changed around; with reset: forget what was shown.",
            "near",
            {"feed": number, "time": ref("time")},
            {
                "reset": {"const": True},
                "enter": entries,
                "move": entries,
                "leave": {"type": "array", "items": ref("id")},
            },
        ),
        "fence": message(
            "Somebody came into a fence of one's own, has been there for dwell_ms, or went: "
            "as far as one may see them. Of the time without a connection nothing is told.",
            "fence",
            {
                "fence": FENCE_NAME,
                "kind": {"enum": ["enter", "dwell", "exit"]},
                "user": ref("id"),
                "time": ref("time"),
                "since": ref("time"),
            },
        ),
        "done": message("It is done.", "done", {}, {"outcome": ref("outcome")} | given_back),
        "refused": message("The rules refuse it.", "refused", problem, given_back),
        "error": message("It cannot be understood or done.", "error", problem, given_back),
        "event": message("What has happened, in order.", "event", {"event": ref("event")}),
        "resync": message("Events are lost: read everything anew.", "resync", {}),
    }

    def refs(of: Json) -> list[Json]:
        return [{"$ref": f"#/channels/stream/messages/{name}"} for name in of]

    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "moyeo-server's stream",
            "version": "1",
            "license": {"name": "Apache 2.0"},
            "description": "Text frames with one JSON object each. The connection is closed with "
            "1001 when the server stops, 1009 for too large a message, 4400 for a malformed one, "
            "4401 without a good token, 4408 without a hello in time, 4429 for too much, or "
            "for being too far behind.",
        },
        "channels": {
            "stream": {
                "address": "/v1/stream",
                "messages": {
                    name: {"$ref": f"#/components/messages/{name}"} for name in [*heard, *said]
                },
            }
        },
        "operations": {
            "hear": {
                "action": "receive",
                "channel": {"$ref": "#/channels/stream"},
                "messages": refs(heard),
            },
            "say": {
                "action": "send",
                "channel": {"$ref": "#/channels/stream"},
                "messages": refs(said),
            },
        },
        "components": {"messages": heard | said, "schemas": schemas},
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args().check
    schemas, bodies = read_schemas()
    wrong = 0
    for name, document in [
        ("openapi.json", open_api(schemas, bodies)),
        ("asyncapi.json", async_api(schemas)),
    ]:
        text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
        path = HERE / name
        if not check:
            path.write_text(text)
        elif path.read_text() != text:
            print(f"{name}: make_documents.py would write it otherwise", file=sys.stderr)
            wrong = 1
    return wrong


if __name__ == "__main__":
    sys.exit(main())
