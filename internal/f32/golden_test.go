package f32_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"math"
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/internal/elementwise"
	"github.com/gorgonae/gorgonae/internal/kerneltest"
	"github.com/gorgonae/gorgonae/internal/random"
	"github.com/gorgonae/gorgonae/internal/reduce"
)

// golden is the hash of the results of the kernels of packages elementwise and reduce for a fixed
// input. It is the same on every processor. A change to it changes every trained model and every
// compressed file, and needs a new Version.
const golden = "9f9d7be6d2158682b6f23e7fcc74aa51534a757fc533ac3e6ea8b2661f6be831"

func TestGolden(t *testing.T) {
	const n = 5000
	a, b := slices.Concat(kerneltest.Nasty, kerneltest.Mixed(1, n)), slices.Concat(kerneltest.Mixed(2, n), kerneltest.Nasty)
	y, unit := make([]float32, len(a)), kerneltest.Uniform(3, len(a))
	all := sha256.New()
	add := func(name string, values ...float32) {
		one := sha256.New()
		hashFloats(one, values)
		sum := one.Sum(nil)
		all.Write(sum)
		t.Logf("%-18s %x", name, sum[:8]) // shows where two machines differ
	}
	for _, k := range kernels() {
		k.run(y, a, b)
		add(k.name, y...)
	}
	reduce.LogisticLossGrad(y, a, unit, kerneltest.Slope)
	add("LogisticLossGrad", y...)
	elementwise.Dropout(y, a, 0.7, random.Sub(1, 2))
	add("Dropout", y...)
	bytes := make([]byte, 256)
	for i := range bytes {
		bytes[i] = byte(i)
	}
	elementwise.FromBytes(y[:256], bytes)
	add("FromBytes", y[:256]...)

	x := kerneltest.Normal(4, len(a))
	add("losses", reduce.SquaredError(x, unit, kerneltest.Slope), reduce.AbsoluteError(x, unit, kerneltest.Slope), reduce.LogisticLoss(x, unit, kerneltest.Slope))
	squares := math.Float64bits(reduce.SumSquares(x))
	add("SumSquares", math.Float32frombits(uint32(squares>>32)), math.Float32frombits(uint32(squares)))
	reduce.ColumnSums(y[:100], len(x)/100, 100, x[:len(x)/100*100])
	add("ColumnSums", y[:100]...)
	w, m, v := kerneltest.Normal(5, len(x)), make([]float32, len(x)), make([]float32, len(x))
	for range 5 {
		elementwise.Adam(w, x, m, v, 1e-3, 0.1, 0.001, 1e-7)
	}
	add("Adam", slices.Concat(w, m, v)...)

	if got := hex.EncodeToString(all.Sum(nil)); got != golden {
		t.Errorf("the kernels hash to %s, want %s", got, golden)
	}
}

// kernels returns the kernels of at most two inputs, in the order of the hash.
func kernels() []kernel {
	const slope = kerneltest.Slope
	unary := kerneltest.Unary
	return []kernel{
		{"LeakyReLU", func(y, a, _ []float32) { elementwise.LeakyReLU(y, a, slope) }},
		{"LeakyReLUGrad", func(y, a, b []float32) { elementwise.LeakyReLUGrad(y, a, b, slope) }},
		{"ReLU", unary(elementwise.ReLU)},
		{"ReLUGrad", elementwise.ReLUGrad},
		{"ELU", func(y, a, _ []float32) { elementwise.ELU(y, a, slope) }},
		{"ELUGrad", func(y, a, b []float32) { elementwise.ELUGrad(y, a, b, slope) }},
		{"SiLU", unary(elementwise.SiLU)},
		{"SiLUGrad", elementwise.SiLUGrad},
		{"GELU", unary(elementwise.GELU)},
		{"GELUGrad", elementwise.GELUGrad},
		{"Sigmoid", unary(elementwise.Sigmoid)},
		{"SigmoidGrad", elementwise.SigmoidGrad},
		{"Tanh", unary(elementwise.Tanh)},
		{"TanhGrad", elementwise.TanhGrad},
		{"Softplus", unary(elementwise.Softplus)},
		{"SoftplusGrad", func(y, a, b []float32) { // takes outputs that Softplus can have
			outputs := make([]float32, len(b))
			for i, v := range b {
				outputs[i] = float32(math.Abs(float64(v)))
			}
			elementwise.SoftplusGrad(y, a, outputs)
		}},
		{"Add", elementwise.Add},
		{"Scale", func(y, a, _ []float32) { elementwise.Scale(y, a, slope) }},
		{"SquaredErrorGrad", func(y, a, b []float32) { reduce.SquaredErrorBoth(y, a, b, slope) }},
		{"AbsoluteErrorGrad", func(y, a, b []float32) { reduce.AbsoluteErrorGrad(y, a, b, slope) }},
	}
}

type kernel struct {
	name string
	run  func(y, a, b []float32)
}

// hashFloats writes bits. Every NaN has the same bits.
func hashFloats(h hash.Hash, values []float32) {
	var buf []byte
	for _, v := range values {
		bits := math.Float32bits(v)
		if v != v {
			bits = 0x7fc00000
		}
		buf = binary.LittleEndian.AppendUint32(buf, bits)
	}
	h.Write(buf)
}

// The bits of the normal distributions do not depend on the number of threads or the processor.
func TestPinnedGaussians(t *testing.T) {
	const rows, n = 9, 3
	x := kerneltest.Normal(5, rows*2*n)
	y, dx, ddx := make([]float32, rows*n), make([]float32, len(x)), make([]float32, len(x))
	elementwise.Sample(y, x, rows, n, random.Sub(3, 4))
	elementwise.SampleGrad(dx, y, x, rows, n, random.Sub(3, 4))
	reduce.DivergenceGrad(ddx, x, rows, n, 0.25)
	sum := uint64(0)
	for _, v := range slices.Concat(y, dx, ddx, []float32{reduce.Divergence(x, rows, n, 0.25)}) {
		sum = sum*31 + uint64(math.Float32bits(v))
	}
	if want := uint64(0x41a5893e85bcc835); sum != want {
		t.Errorf("the bits sum to %#x, want %#x", sum, want)
	}
}
