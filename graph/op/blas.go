package op

import (
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/f32"
)

// Our matrix product serves Gorgonia's own operations too, so that what a user mixes in is as fast.
func init() { G.Use(f32.BLAS{}) }
