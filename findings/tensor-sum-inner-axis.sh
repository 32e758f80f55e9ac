#!/usr/bin/env bash
# gorgonia.org/tensor v0.9.24: Sum over an inner axis of a tensor of four dimensions gives wrong numbers, without an
# error.
#
# One would guess: Sum over any axis is right, or fails. For three dimensions it is right.
# What happens: for axis 2 of four, the sums of the first group are right. The second group starts too early, so its
# sums overlap with the first. A sum over the rows of channels-first images (batch, channel, row, column) is such a
# sum. A reshape to three dimensions before it is the way round.
#
# Seen, for the numbers 0 to 23 in the shape (1, 2, 3, 4) and in the shape (2, 3, 4):
#   four dimensions, axis 2: [12 15 18 21 36 39 42 45]
#   three dimensions, axis 1: [12 15 18 21 48 51 54 57]
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >go.mod <<'GO'
module finding

go 1.24

require (
	go4.org/unsafe/assume-no-moving-gc v0.0.0-20231121144256-b99613f794b6 // the version that Gorgonia asks for panics in Go 1.26
	gorgonia.org/gorgonia v0.9.18
	gorgonia.org/tensor v0.9.24
)
GO
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"gorgonia.org/tensor"
)

func sum(axis int, shape ...int) string {
	t := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(tensor.Range(tensor.Float64, 0, 24)))
	s, err := tensor.Sum(t, axis)
	if err != nil {
		panic(err)
	}
	return fmt.Sprint(s.Data())
}

func main() {
	four, three := sum(2, 1, 2, 3, 4), sum(1, 2, 3, 4)
	fmt.Println("four dimensions, axis 2:", four)
	fmt.Println("three dimensions, axis 1:", three)
	if four != "[12 15 18 21 36 39 42 45]" || three != "[12 15 18 21 48 51 54 57]" {
		fmt.Println("the behaviour has changed")
		os.Exit(1)
	}
}
GO
GOFLAGS=-mod=mod go run .
