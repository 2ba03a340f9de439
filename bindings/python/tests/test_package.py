"""The package as a whole: its names, its version, its self-check."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import moyeo
import moyeo.__main__

ROOT = Path(__file__).resolve().parents[3]


def snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def constant_case(name: str) -> str:
    """`kMaxTtlMs` becomes `MAX_TTL_MS`."""
    return snake_case(name[1:]).upper()


def declarations(header: str) -> str:
    """The header without its comments."""
    return re.sub(r"//.*", "", (ROOT / "include/moyeo" / header).read_text())


def defaults(struct: str) -> dict[str, str]:
    """The names of what a struct of the header holds, and what stands there for their defaults."""
    [body] = re.findall(rf"\nstruct {struct} {{\n(.*?)\n}};", declarations("presence.h"), re.DOTALL)
    body = re.sub(r"struct \w+ {.*?};", "", body, flags=re.DOTALL)
    members = r"^  (?!static)[^(=\n]* (\w+)(?: = ([^\n;(]*))?; *$"
    return dict(re.findall(members, body, re.MULTILINE))


def fields(struct: str) -> list[str]:
    """The names of what a struct of the header holds."""
    return [*defaults(struct)]


def value(text: str) -> object:
    """A number, a constant or an enumerator of the header, as in Python."""
    if "::" in text:
        enumeration, name = text.split("::")
        return getattr(moyeo, enumeration)[constant_case(name)]
    if text.startswith("k"):
        return getattr(moyeo.PresenceIndex, constant_case(text))
    return int(text.replace("'", ""))


def test_every_method_of_the_header_has_its_name_by_the_rule() -> None:
    [public] = re.findall(
        r"class MOYEO_EXPORT PresenceIndex {\n public:(.*?) private:",
        declarations("presence.h"),
        re.DOTALL,
    )
    methods = set(re.findall(r"^  [\w:<>\[\] ]+ (\w+)\(", public, re.MULTILINE))
    assert len(methods) >= 12
    by_rule = {snake_case(name) for name in methods - {"operator", "explicit", "PresenceIndex"}}
    # A batch takes arrays: `move` takes them too, and answers to many questions have another form.
    by_rule -= {"move_batch", "nearby_batch", "size"}
    by_rule |= {"nearby_many", "__len__"}
    for name in by_rule:
        assert name in vars(moyeo.PresenceIndex), name
    own = {name for name in vars(moyeo.PresenceIndex) if name[0] != "_" and name[0].islower()}
    assert own == (by_rule | {*fields("PresenceOptions")}) - {"__len__"}


def test_options_are_keywords_with_the_names_and_defaults_of_the_header() -> None:
    query = fields("NearbyQuery")
    assert query == ["radius_m", "limit", "filter", "viewer"]
    by_rule = {"radius_m": None, "limit": 50, **dict.fromkeys(fields("AttributeFilter"), 0)}
    for method in ("nearby", "nearby_user", "nearby_many"):
        parameters = inspect.signature(getattr(moyeo.PresenceIndex, method)).parameters
        keywords = {n: p.default for n, p in parameters.items() if p.kind is p.KEYWORD_ONLY}
        asks_for_themselves = method == "nearby_user"
        assert keywords == by_rule | ({} if asks_for_themselves else {"viewer": None}), method
    parameters = inspect.signature(moyeo.PresenceIndex.count_within).parameters
    keywords = {n: p.default for n, p in parameters.items() if p.kind is p.KEYWORD_ONLY}
    assert keywords == dict.fromkeys(fields("AttributeFilter"), 0) | {"viewer": None}
    parameters = inspect.signature(moyeo.PresenceIndex).parameters
    options = {name: value(text) for name, text in defaults("PresenceOptions").items()}
    assert len(options) >= 5
    assert {name: parameter.default for name, parameter in parameters.items()} == options


def test_constants_have_the_names_and_values_of_the_header() -> None:
    constants = re.findall(
        r"static constexpr [\w:]+ (k\w+) = ([\d']+);", declarations("presence.h")
    )
    assert len(constants) >= 5
    by_rule = {constant_case(name): value(text) for name, text in constants}
    own = {name: n for name, n in vars(moyeo.PresenceIndex).items() if name.isupper()}
    assert own == by_rule


@pytest.mark.parametrize(
    ("header", "name"), [("types.h", "Visibility"), ("presence.h", "ViewerSet")]
)
def test_enumerations_have_the_members_and_numbers_of_the_header(header: str, name: str) -> None:
    [body] = re.findall(rf"enum class {name} : [\w:]+ {{(.*?)}};", declarations(header), re.DOTALL)
    members = re.findall(r"(k\w+)(?: = (\d+))?", body)
    by_rule = {constant_case(k): int(number or i) for i, (k, number) in enumerate(members)}
    assert len(by_rule) >= 2
    assert {member.name: member.value for member in getattr(moyeo, name)} == by_rule


@pytest.mark.parametrize(
    "name", ["Neighbor", "Presence", "MoveBatchResult", "ExpireResult", "PresenceMemoryUsage"]
)
def test_results_have_the_fields_of_the_header(name: str) -> None:
    by_rule = " ".join(fields(name)).replace("position", "lat lng").split()
    assert by_rule and list(getattr(moyeo, name)._fields) == by_rule


def test_answers_to_many_questions_have_a_column_for_each_field() -> None:
    assert [*moyeo.NearbyBatchResult.__dataclass_fields__] == [*moyeo.Neighbor._fields, "offsets"]


def test_the_version_is_that_of_the_project() -> None:
    [version] = re.findall(
        r"^project\(moyeo VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE
    )
    assert moyeo.__version__ == version


# What the build looks for, and where Debian has it.
DEBIAN_PACKAGES = {
    "absl": "libabsl-dev",
    "S2": "libs2-dev",
    "Utf8proc": "libutf8proc-dev",
    "nlohmann_json": "nlohmann-json3-dev",
    "SQLite3": "libsqlite3-dev",
    "Xxhash": "libxxhash-dev",
}


@pytest.mark.skipif(not (ROOT / "README.md").exists(), reason="there is no README here")
def test_the_readme_names_every_package_that_the_build_looks_for() -> None:
    looked_for = re.findall(
        r"^find_package\((\w+)", (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE
    )
    [command] = re.findall(
        r"^    sudo apt install (.*?[^\\])\n", (ROOT / "README.md").read_text(), re.M | re.S
    )
    assert {DEBIAN_PACKAGES[name] for name in looked_for} <= {*command.split()}


def test_all_that_is_offered_is_there_and_documented() -> None:
    for name in moyeo.__all__:
        offered = getattr(moyeo, name)
        if inspect.isclass(offered) or inspect.isfunction(offered):
            assert offered.__doc__, name
    for name, method in vars(moyeo.PresenceIndex).items():
        if inspect.isfunction(method) and not name.startswith("_"):
            assert method.__doc__, name


def run_module() -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "moyeo"], capture_output=True, text=True)


def test_the_module_prints_its_version_and_checks_itself() -> None:
    run = run_module()
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == f"moyeo {moyeo.__version__}\nself-check passed\n"


def test_the_self_check_fails_when_distances_are_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(moyeo, "distance_meters", lambda *position: 0.0)
    assert moyeo.__main__.main() == 1
    assert capsys.readouterr().out.endswith("self-check FAILED\n")
