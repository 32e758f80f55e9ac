#!/usr/bin/env bash
# gorgonia.org/gorgonia v0.9.18: the difference of a reshaped input and another one overwrites the caller's input
# tensor while a graph runs.
#
# One would guess: a graph reads its inputs. To run it twice on the same input gives the same result twice.
# What happens: Sub writes its result into the memory of its first argument if nothing reads that argument later.
# Reshape returns a view of its argument's memory, and the machine takes that view for memory of its own. So
# Sub(Reshape(x), y) changes the tensor that is bound to x. The second run binds nothing anew and computes x - 2y. A
# loss that compares a reshaped image with a target is such a graph.
#
# Seen, for x = 1 2 3 4 and y = 10 10 10 10:
#   before        x = [1 2 3 4]
#   after 1 run   x = [-9 -8 -7 -6]   sum of x - y = -30
#   after 2 runs  x = [-19 -18 -17 -16]   sum of x - y = -70
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

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

func main() {
	g := G.NewGraph()
	xs := []float64{1, 2, 3, 4}
	x := G.NewMatrix(g, tensor.Float64, G.WithName("x"), G.WithShape(2, 2),
		G.WithValue(tensor.New(tensor.WithShape(2, 2), tensor.WithBacking(xs))))
	y := G.NewVector(g, tensor.Float64, G.WithName("y"), G.WithShape(4),
		G.WithValue(tensor.New(tensor.WithShape(4), tensor.WithBacking([]float64{10, 10, 10, 10}))))
	sum := G.Must(G.Sum(G.Must(G.Sub(G.Must(G.Reshape(x, tensor.Shape{4})), y))))
	var result G.Value
	G.Read(sum, &result)
	vm := G.NewTapeMachine(g)

	fmt.Println("before        x =", xs)
	var seen []string
	for _, when := range []string{"after 1 run ", "after 2 runs"} {
		if err := vm.RunAll(); err != nil {
			panic(err)
		}
		fmt.Println(when, " x =", xs, "  sum of x - y =", result)
		seen = append(seen, fmt.Sprint(xs, result))
		vm.Reset()
	}
	if seen[0] != "[-9 -8 -7 -6] -30" || seen[1] != "[-19 -18 -17 -16] -70" {
		fmt.Println("the behaviour has changed")
		os.Exit(1)
	}
}
GO
GOFLAGS=-mod=mod go run .
