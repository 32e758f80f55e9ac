#!/usr/bin/env bash
# Go 1.26.8: the build cache does not tell build tags apart that only choose another library by pkg-config.
#
# One would guess: a package with "#cgo mpi pkg-config: ompi" and "#cgo mpich pkg-config: mpich" is compiled anew for another
# tag, since other headers and another library are asked for.
# What happens: if the tags change nothing in the list of files, the package comes from the cache as it was built for the
# first tag, with its headers and its library, and without a word. A program for MPICH is one for Open MPI, in which
# each process believes to be alone; if its packages were cached for different tags, its first call crashes. Flags that stand in
# the source, "#cgo mpi CFLAGS: ...", are told apart. -a builds all packages anew.
#
# Seen, what a program prints whose number comes from the file of pkg-config that the tag names:
#   -tags one: 1; then -tags two: 1; then -a -tags two: 2; then -tags one: 2
set -euo pipefail
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
cd "$dir"
export GOCACHE=$dir/cache GOFLAGS= GOTOOLCHAIN=go1.26.8 CGO_ENABLED=1
cat > go.mod <<'MOD'
module cached

go 1.26
MOD
for n in one:1 two:2; do
	printf 'Name: library\nDescription: a number\nVersion: 1\nCflags: -DNUMBER=%s\nLibs:\n' "${n#*:}" > "library-${n%:*}.pc"
done
export PKG_CONFIG_PATH=$dir
mkdir number
cat > number/number.go <<'GO'
package number

// #cgo one pkg-config: library-one
// #cgo two pkg-config: library-two
// static int number(void) { return NUMBER; }
import "C"

func Number() int { return int(C.number()) }
GO
cat > main.go <<'GO'
package main

import "cached/number"

func main() { print(number.Number()) }
GO
seen=
for flags in "-tags one" "-tags two" "-a -tags two" "-tags one"; do
	# shellcheck disable=SC2086
	printed=$(go run $flags . 2>&1)
	echo "$flags: $printed"
	seen="$seen$printed "
done
[[ $seen == "1 1 2 2 " ]] || { echo "the behaviour has changed"; exit 1; }
