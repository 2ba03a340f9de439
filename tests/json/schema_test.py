"""Holds the schemas against the codec.

schema_test.py SCHEMAS DOCUMENTS SEED COUNT runs DOCUMENTS, the program of print_documents.cc, and
fails unless each schema accepts exactly those documents that the codec does.
"""

import collections
import json
import subprocess
import sys
from pathlib import Path

import jsonschema


def main(schemas: Path, program: str, seed: str, count: str) -> None:
    validators = {}
    for file in sorted(schemas.glob("*.json")):
        schema = json.loads(file.read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        validators[file.stem] = jsonschema.Draft202012Validator(schema)

    printed = subprocess.run([program, seed, count], check=True, stdout=subprocess.PIPE).stdout
    seen: collections.Counter[tuple[str, str]] = collections.Counter()
    for line in printed.decode("utf-8").removesuffix("\n").split("\n"):
        name, verdict, text = line.split("\t")
        accepted = validators[name].is_valid(json.loads(text))
        if accepted != (verdict == "accepted"):
            sys.exit(f"seed {seed}: {verdict} by the codec, but not by {name}.json: {text}")
        seen[name, verdict] += 1

    for name in validators:
        for verdict in ("accepted", "refused"):
            if seen[name, verdict] < int(count) // 10:
                sys.exit(f"seed {seed}: only {seen[name, verdict]} of {name} were {verdict}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
