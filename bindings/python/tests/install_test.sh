#!/usr/bin/env bash
# install_test.sh DIRECTORY PYTHON [COMPILER-LAUNCHER]
#
# Goes the whole way of a stranger, offline, in DIRECTORY, which is made anew: sdist, wheel, fresh
# virtual environment, tests.
set -euo pipefail

directory=$1 python=$2
tests=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$tests/../../.." && pwd)
export CMAKE_CXX_COMPILER_LAUNCHER=${3-} PYTHONDONTWRITEBYTECODE=1
unset PYTHONPATH

rm -rf "$directory"
mkdir -p "$directory/sdist" "$directory/source" "$directory/wheel"

make_sdist='import sys; from setuptools import build_meta; build_meta.build_sdist(sys.argv[1])'
(cd "$root" && "$python" -c "$make_sdist" "$directory/sdist" >/dev/null)
tar --extract --file "$directory"/sdist/moyeo-*.tar.gz --directory "$directory/source" \
  --strip-components 1

"$python" -m venv --system-site-packages "$directory/venv"
pip=("$directory/venv/bin/python" -m pip --disable-pip-version-check --no-cache-dir)
"${pip[@]}" wheel --quiet --no-index --no-deps --no-build-isolation \
  --wheel-dir "$directory/wheel" "$directory/source"
"${pip[@]}" install --quiet --no-index "$directory"/wheel/moyeo-*.whl

# Built once more where pip has taken away the ninja of the last time.
sed -i 's|^\(CMAKE_MAKE_PROGRAM:FILEPATH\)=.*|\1=/gone/ninja|' "$directory"/source/build/*/CMakeCache.txt
"${pip[@]}" wheel --quiet --no-index --no-deps --no-build-isolation \
  --wheel-dir "$directory/wheel" "$directory/source"

# NumPy 2 is let in only where it works.
knows_numpy_2=$("$python" -c 'import pybind11; print(pybind11.version_info >= (2, 12))')
requires=$("$directory/venv/bin/python" -c 'from importlib.metadata import requires; print(requires("moyeo"))')
[[ $requires == *numpy* && ($knows_numpy_2 == True || $requires == *"<2"*) ]]

# All that the package has, and nothing else.
"$python" -m zipfile --list "$directory"/wheel/moyeo-*.whl |
  awk '$1 ~ /^moyeo\// {print $1}' | sed 's/_core\..*\.so$/_core.so/' | sort >"$directory/found"
(cd "$root/bindings/python" && printf '%s\n' moyeo/_core.so moyeo/*.py moyeo/*.pyi moyeo/py.typed) |
  sort >"$directory/expected"
diff "$directory/expected" "$directory/found"

cd "$directory/source/bindings/python/tests"
"$directory/venv/bin/python" -m moyeo
"$directory/venv/bin/python" -m pytest --quiet -p no:cacheprovider
"$directory/venv/bin/python" -m pytest --quiet -p no:cacheprovider --doctest-modules --pyargs moyeo
