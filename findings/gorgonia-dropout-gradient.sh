#!/usr/bin/env bash
# gorgonia.org/gorgonia v0.9.18: the gradient of Dropout(p) is scaled by 1/p. The forward pass is scaled by 1/(1-p).
#
# One would guess: dropout multiplies by a mask of 0 and 1/(1-p), so its gradient is that same mask.
# What happens: values are kept and scaled as usual, but the gradient of each kept value is 1/p. At p = 0.5 both are 2,
# so a test with p = 0.5 sees nothing. At p = 0.2 gradients are four times too large, at p = 0.05 nineteen times. Adam,
# which normalises gradients, hides it.
#
# Seen, for an input of ones (kept values, and the gradients of their sum):
#   p = 0.5: output [0 2], gradient [0 2]
#   p = 0.2: output [0 1.25], gradient [0 5]
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
	"math"
	"os"
	"slices"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// different are the different values, rounded, in rising order.
func different(v G.Value) []float64 {
	var values []float64
	for _, x := range v.Data().([]float64) {
		values = append(values, math.Round(1e6*x)/1e6)
	}
	slices.Sort(values)
	return slices.Compact(values)
}

func dropout(p float64) string {
	const n = 10_000 // so many that both kept and dropped values occur
	ones := slices.Repeat([]float64{1}, n)
	g := G.NewGraph()
	x := G.NewVector(g, tensor.Float64, G.WithName("x"), G.WithShape(n), G.WithValue(tensor.New(tensor.WithBacking(ones))))
	y := G.Must(G.Dropout(x, p))
	gradients, err := G.Grad(G.Must(G.Sum(y)), x)
	if err != nil {
		panic(err)
	}
	var out, gradient G.Value
	G.Read(y, &out)
	G.Read(gradients[0], &gradient)
	if err := G.NewTapeMachine(g).RunAll(); err != nil {
		panic(err)
	}
	return fmt.Sprintf("p = %v: output %v, gradient %v", p, different(out), different(gradient))
}

func main() {
	half, fifth := dropout(0.5), dropout(0.2)
	fmt.Println(half)
	fmt.Println(fifth)
	if half != "p = 0.5: output [0 2], gradient [0 2]" || fifth != "p = 0.2: output [0 1.25], gradient [0 5]" {
		fmt.Println("the behaviour has changed")
		os.Exit(1)
	}
}
GO
GOFLAGS=-mod=mod go run .
