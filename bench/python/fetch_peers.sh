#!/usr/bin/env bash
# fetch_peers.sh DIRECTORY
#
# Unpacks SciPy and scikit-learn into DIRECTORY. They cannot be installed: their packages depend on
# Debian's default Boost, 1.74, which cannot be beside the 1.81 of the other benchmarks. Nothing of
# it is needed to run them.
set -euo pipefail

directory=$1
packages=(
  python3-scipy python3-decorator libblas3 liblapack3 liblbfgsb0 libgfortran5
  python3-sklearn python3-sklearn-lib python3-joblib python3-threadpoolctl
)
if [[ -e $directory/complete ]]; then exit; fi

echo "bench: fetching SciPy and scikit-learn"
rm -rf "$directory"
mkdir -p "$directory/packages"
(cd "$directory/packages" && apt-get download --quiet --quiet "${packages[@]}")
for package in "$directory"/packages/*.deb; do dpkg-deb --extract "$package" "$directory"; done
rm -r "$directory/packages"
# Written last: it says that they are complete.
touch "$directory/complete"
