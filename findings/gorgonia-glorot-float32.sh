#!/usr/bin/env bash
# gorgonia.org/gorgonia v0.9.18: GlorotU draws from a uniform distribution for float64, and from a normal one for
# float32.
#
# One would guess: GlorotU (the uniform initialiser of Glorot and Bengio, 2010) draws from -limit to limit, with
# limit = sqrt(6 / (inputs + outputs)), for every type. Most networks use float32.
# What happens: for float32 the values have the right standard deviation, limit / sqrt(3), but come from a normal
# distribution. A twelfth of them is beyond the limit, and the largest is nearly three times as large. So training
# starts from another distribution than in a framework with the same setting.
#
# Seen, for 784 inputs and 300 outputs (the values are random; the last digits change):
#   float64: largest 1.00 limits, 0.0 % beyond the limit
#   float32: largest 2.8 limits, 8.3 % beyond the limit
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

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

func main() {
	const inputs, outputs = 784, 300
	limit := math.Sqrt(6.0 / (inputs + outputs))
	doubles := G.GlorotU(1)(tensor.Float64, inputs, outputs).([]float64)
	var singles []float64
	for _, v := range G.GlorotU(1)(tensor.Float32, inputs, outputs).([]float32) {
		singles = append(singles, float64(v))
	}
	measure := func(values []float64) (largest, beyond float64) {
		for _, v := range values {
			largest = max(largest, math.Abs(v)/limit)
			if math.Abs(v) > limit {
				beyond += 100 / float64(len(values))
			}
		}
		return largest, beyond
	}
	largest64, beyond64 := measure(doubles)
	largest32, beyond32 := measure(singles)
	fmt.Printf("float64: largest %.2f limits, %.1f %% beyond the limit\n", largest64, beyond64)
	fmt.Printf("float32: largest %.1f limits, %.1f %% beyond the limit\n", largest32, beyond32)
	if largest64 > 1 || beyond32 < 7.5 || beyond32 > 9 {
		fmt.Println("the behaviour has changed")
		os.Exit(1)
	}
}
GO
GOFLAGS=-mod=mod go run .
