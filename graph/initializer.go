package graph

import (
	"math"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/random"
)

// Initializer gives a new weight its first values.
type Initializer interface {
	// Fill sets all elements of w, a weight of shape s. uniform draws a number from [0, 1). Its
	// numbers follow from the seed of Model.Init and the weight's name.
	Fill(w []float32, s Shape, uniform func() float32)
}

// InitFunc makes a function an Initializer.
type InitFunc func(w []float32, s Shape, uniform func() float32)

// Fill calls the function.
func (f InitFunc) Fill(w []float32, s Shape, uniform func() float32) { f(w, s, uniform) }

// Init is an Initializer with a name, so that the configuration of a layer can hold it.
//
// The initialisers of kernels depend on in and out, the numbers of inputs and outputs that a number
// of the kernel connects. A kernel of shape (in, out) states both. A kernel of a convolution, of
// shape (first, second, rows, columns), has in = second·rows·columns and out = first·rows·columns.
// In other shapes out is the last axis, and in the product of the axes before it.
type Init string

const (
	Zeros         Init = "zeros"          // 0, the usual start of a bias
	Ones          Init = "ones"           // 1, the usual start of a scale
	GlorotUniform Init = "glorot-uniform" // uniform within ±√(6/(in+out)) (Glorot and Bengio 2010)
	GlorotNormal  Init = "glorot-normal"  // normal with variance 2/(in+out), without the tails (Glorot and Bengio 2010)
	HeUniform     Init = "he-uniform"     // uniform within ±√(6/in) (He et al. 2015)
	HeNormal      Init = "he-normal"      // normal with variance 2/in, without the tails (He et al. 2015)
)

var inits = []Init{Zeros, Ones, GlorotUniform, GlorotNormal, HeUniform, HeNormal}

// check refuses unknown names. The empty name is the layer's default.
func (i Init) check() error {
	if i == "" || slices.Contains(inits, i) {
		return nil
	}
	var names []string
	for _, known := range inits {
		names = append(names, string(known))
	}
	return errors.Errorf("want one of the initialisers %s, got %q", strings.Join(names, ", "), string(i))
}

// Fill sets all elements of a weight. It panics if the name is unknown.
func (i Init) Fill(w []float32, s Shape, uniform func() float32) {
	in, out := fans(s)
	switch i {
	case Zeros:
		clear(w)
	case Ones:
		for k := range w {
			w[k] = 1
		}
	case GlorotUniform:
		fillUniform(w, math.Sqrt(6/float64(in+out)), uniform)
	case GlorotNormal:
		fillNormal(w, math.Sqrt(2/float64(in+out)), uniform)
	case HeUniform:
		fillUniform(w, math.Sqrt(6/float64(in)), uniform)
	case HeNormal:
		fillNormal(w, math.Sqrt(2/float64(in)), uniform)
	default:
		panic("graph: an unknown initialiser")
	}
}

// fans returns in and out of a kernel; see Init.
func fans(s Shape) (in, out int) {
	if len(s) == 4 {
		return s[1] * s[2] * s[3], s[0] * s[2] * s[3]
	}
	out = s[len(s)-1]
	return s.Size() / out, out
}

func fillUniform(w []float32, limit float64, uniform func() float32) {
	for i := range w {
		w[i] = (2*uniform() - 1) * float32(limit)
	}
}

// tails is the standard deviation of the standard normal distribution without its tails beyond ±2.
const tails = 0.87962566103423978

// fillNormal draws from a normal distribution without its tails beyond two standard deviations, as
// Keras does. The result has the standard deviation that is asked for.
func fillNormal(w []float32, deviation float64, uniform func() float32) {
	bits := func() uint64 { return uint64(float64(uniform()) * (1 << 32)) }
	for i := 0; i < len(w); {
		a, b := random.NormalPair(bits()<<32 | bits())
		for _, v := range []float64{a, b} {
			if math.Abs(v) <= 2 && i < len(w) {
				w[i] = float32(v * (deviation / tails))
				i++
			}
		}
	}
}
