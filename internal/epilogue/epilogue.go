// Package epilogue defines the last operations on each element of a matrix product or a convolution
// when its sum is finished: a bias is added and an activation is applied, while the element is
// still in a register or in the cache.
//
// # Bits
//
// An epilogue gives the bits of the kernels one after another: elementwise.Add, then
// elementwise.LeakyReLU or elementwise.ReLU, then Finish.
package epilogue

import "github.com/gorgonae/gorgonae/internal/elementwise"

// An Epilogue has the last operations on each element of a product. The zero value does nothing.
type Epilogue struct {
	// Bias has one number for each column of a product, or for each channel of a convolution's
	// output. It is added, and the sum is rounded to float32. nil stands for none.
	Bias []float32

	Rectifier Rectifier // comes after the bias
	Slope     float32   // of Leaky, as for elementwise.LeakyReLU

	// Finish, unless nil, is last. It computes each element of y in place, from that element alone.
	// It is called from several goroutines at once, for pieces of rows by a product, and for whole
	// pixels with all their channels by a convolution that has no groups.
	Finish func(y []float32)
}

// A Rectifier is an activation that the assembly of products and convolutions applies. The assembly
// takes it as a number.
type Rectifier int

const (
	None  Rectifier = iota
	Leaky           // elementwise.LeakyReLU
	ReLU            // elementwise.ReLU
)

// Row adds a bias, unless it is nil, to a piece of a row and applies a rectifier.
func Row(y, bias []float32, r Rectifier, slope float32) {
	if bias != nil {
		elementwise.Add(y, y, bias)
	}
	switch r {
	case Leaky:
		elementwise.LeakyReLU(y, y, slope)
	case ReLU:
		elementwise.ReLU(y, y)
	}
}
