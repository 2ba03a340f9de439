#!/usr/bin/env bash
# pkg_config.sh PREFIX OUTPUT VERSION COMPILER [FLAG...]
#
# Builds the consumer with the moyeo in PREFIX by a plain compiler command, and runs it.
set -euo pipefail

prefix=$1 output=$2 version=$3
compiler=("${@:4}")

pc_file=$(find "$prefix" -name moyeo.pc)
lib_dir=$(dirname "$(dirname "$pc_file")")
export PKG_CONFIG_PATH=$lib_dir/pkgconfig

found=$(pkg-config --modversion moyeo)
if [[ $found != "$version" ]]; then
  echo "moyeo.pc says version $found, not $version" >&2
  exit 1
fi

read -ra flags <<<"$(pkg-config --cflags --libs moyeo)"
mkdir -p "$(dirname "$output")"
"${compiler[@]}" -std=c++20 -Wall -Wextra -Wpedantic -Werror \
  "$(dirname "$0")/consumer/main.cc" -o "$output" "${flags[@]}"
LD_LIBRARY_PATH=$lib_dir "$output"
