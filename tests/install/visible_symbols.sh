#!/usr/bin/env bash
# visible_symbols.sh PREFIX
#
# Fails unless the shared library in PREFIX shows its API, and nothing else of moyeo.
set -euo pipefail

library=$(find "$1" -name 'libmoyeo.so')
symbols=$(nm --dynamic --defined-only --demangle --format=posix "$library")

if ! grep -q '^moyeo::v0::PresenceIndex::Move(' <<<"$symbols"; then
  echo "the API is hidden" >&2
  exit 1
fi
if inside=$(grep '^moyeo::' <<<"$symbols" | grep -v '^moyeo::v0::'); then
  printf 'these should be hidden:\n%s\n' "$inside" >&2
  exit 1
fi
