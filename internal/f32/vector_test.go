package f32

import (
	"fmt"
	"math"
	"runtime"
	"testing"
	"unsafe"
)

// levels are what this processor has, portable first.
func levels() []simdLevel {
	var all []simdLevel
	for l := portable; l <= bestLevel(); l++ {
		all = append(all, l)
	}
	return all
}

// An elementwiseCase calls a kernel on buffers that it may overwrite, and returns its result where it is not in them.
type elementwiseCase struct {
	name string
	run  func(x *buffers) []float32
}

// buffers are the arguments of kernels: n elements each, of a matrix with cols columns where that matters.
type buffers struct {
	y, a, b, c   []float32
	cols         []float32
	unit         []float32 // in [0, 1]
	bytes        []byte
	rows, nCols  int
	checkOutside func()
}

func float64Bits(v float64) []float32 {
	bits := math.Float64bits(v)
	if math.IsNaN(v) {
		return []float32{nan}
	}
	return []float32{math.Float32frombits(uint32(bits >> 32)), math.Float32frombits(uint32(bits))}
}

func elementwiseCases() []elementwiseCase {
	var all []elementwiseCase
	for _, k := range kernels {
		all = append(all, elementwiseCase{k.name, func(x *buffers) []float32 { k.run(x.y, x.a, x.b); return nil }})
	}
	add := func(name string, run func(x *buffers) []float32) { all = append(all, elementwiseCase{name, run}) }
	add("LogisticLossGrad", func(x *buffers) []float32 { LogisticLossGrad(x.y, x.a, x.unit, slope); return nil })
	add("LogisticLoss", func(x *buffers) []float32 { return []float32{LogisticLoss(x.a, x.unit, slope)} })
	add("SquaredError", func(x *buffers) []float32 { return []float32{SquaredError(x.a, x.b, slope)} })
	add("SquaredErrorBoth", func(x *buffers) []float32 { return []float32{SquaredErrorBoth(x.y, x.a, x.b, slope)} })
	add("AbsoluteError", func(x *buffers) []float32 { return []float32{AbsoluteError(x.a, x.b, slope)} })
	add("SumSquares", func(x *buffers) []float32 { return float64Bits(SumSquares(x.a)) })
	add("Adam", func(x *buffers) []float32 { Adam(x.y, x.a, x.b, x.c, 1e-3, 0.1, 0.001, 1e-7); return nil })
	add("FromBytes", func(x *buffers) []float32 { FromBytes(x.y, x.bytes); return nil })
	add("AllFinite", func(x *buffers) []float32 {
		if AllFinite(x.a) {
			return []float32{1}
		}
		return []float32{0}
	})
	for _, keep := range []float32{1e-12, 0.3, 1} {
		add(fmt.Sprintf("Dropout %g", keep), func(x *buffers) []float32 { Dropout(x.y, x.a, keep, 1, 2); return nil })
	}
	add("ColumnSums", func(x *buffers) []float32 { ColumnSums(x.cols, x.rows, x.nCols, x.a); return nil })
	add("LeakyReLUGradSums", func(x *buffers) []float32 {
		LeakyReLUGradSums(x.y, x.cols, x.a, x.b, x.rows, x.nCols, slope)
		return nil
	})
	return all
}

// newBuffers fills buffers of rows*cols elements that start at all alignments of a float32.
func newBuffers(t *testing.T, seed uint64, rows, cols int, draw func(uint64, int) []float32) *buffers {
	n := rows * cols
	x := &buffers{rows: rows, nCols: cols, bytes: make([]byte, n)}
	for i := range x.bytes {
		x.bytes[i] = byte(uint64(i) + seed)
	}
	var checks []func()
	for k, p := range []*[]float32{&x.y, &x.a, &x.b, &x.c, &x.unit, &x.cols} {
		var values []float32
		switch p {
		case &x.unit:
			values = uniform(seed, n)
		case &x.cols:
			values = draw(seed+9, cols)
		default:
			values = draw(seed+uint64(k), n)
		}
		shift := int(seed+uint64(3*k)) % 16
		inner, check := guarded(t, append(make([]float32, shift), values...))
		*p = inner[shift:]
		checks = append(checks, check)
	}
	x.checkOutside = func() {
		t.Helper()
		for _, check := range checks {
			check()
		}
	}
	return x
}

// sameAs compares all that a kernel may have written.
func (x *buffers) sameAs(y *buffers) error {
	for k, pair := range [][2][]float32{{x.y, y.y}, {x.a, y.a}, {x.b, y.b}, {x.c, y.c}, {x.cols, y.cols}, {x.unit, y.unit}} {
		for i, v := range pair[0] {
			if !sameBits(v, pair[1][i]) {
				return fmt.Errorf("buffer %d, element %d of %d: %x, want %x", k, i, len(pair[0]),
					math.Float32bits(v), math.Float32bits(pair[1][i]))
			}
		}
	}
	return nil
}

// Every kernel gives the bits of its portable code at every level, and writes nothing outside of its slices.
func TestLevels(t *testing.T) {
	shapes := [][2]int{{1, 4095}, {1, 4096}, {1, 4097}, {3, 127}, {5, 128}, {4, 129}, {7, 300}, {2, 401}, {40, 17}, {1031, 2}}
	for n := range 71 {
		shapes = append(shapes, [2]int{1, n}, [2]int{2, n})
	}
	for _, c := range elementwiseCases() {
		t.Run(c.name, func(t *testing.T) {
			for seed, s := range shapes {
				for _, draw := range []func(uint64, int) []float32{normal, mixed} {
					compareLevels(t, c, uint64(seed), s[0], s[1], draw)
				}
			}
		})
	}
}

// The same where the pool shares out the work, among any number of processors.
func TestLevelsInParallel(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	all := mixed(1, 2*grain+5000) // drawn once
	draw := func(seed uint64, n int) []float32 { return all[17*seed:][:n] }
	for _, procs := range []int{1, 2, 7} {
		runtime.GOMAXPROCS(procs)
		for _, c := range elementwiseCases() {
			compareLevels(t, c, 1, 1, 2*grain+4099, draw)
			compareLevels(t, c, 2, 131, 501, draw)
		}
	}
}

func compareLevels(t *testing.T, c elementwiseCase, seed uint64, rows, cols int, draw func(uint64, int) []float32) {
	t.Helper()
	var want *buffers
	var wantResult []float32
	for _, l := range levels() {
		withLevel(t, l)
		x := newBuffers(t, seed, rows, cols, draw)
		result := c.run(x)
		x.checkOutside()
		if l == portable {
			want, wantResult = x, result
			continue
		}
		if err := x.sameAs(want); err != nil {
			t.Fatalf("%s, %v, %d x %d: %v", c.name, l, rows, cols, err)
		}
		for i, v := range result {
			if !sameBits(v, wantResult[i]) {
				t.Fatalf("%s, %v, %d x %d: %g, want %g", c.name, l, rows, cols, v, wantResult[i])
			}
		}
	}
}

// Fused kernels have the bits of the separate ones.
func TestFusedKernels(t *testing.T) {
	for _, l := range levels() {
		withLevel(t, l)
		for seed, s := range [][2]int{{0, 3}, {1, 1}, {3, 17}, {256, 300}, {5, 1000}} {
			rows, n := s[0], s[1]
			x := newBuffers(t, uint64(seed), rows, n, mixed)
			dx, sums := make([]float32, rows*n), make([]float32, n)
			LeakyReLUGrad(dx, x.a, x.b, slope)
			ColumnSums(sums, rows, n, dx)
			LeakyReLUGradSums(x.y, x.cols, x.a, x.b, rows, n, slope)
			if err := (&buffers{y: dx, cols: sums}).sameAs(x); err != nil {
				t.Errorf("LeakyReLUGradSums, %v, %d x %d: %v", l, rows, n, err)
			}
			if got, want := SquaredErrorBoth(x.y, x.a, x.b, slope), SquaredError(x.a, x.b, slope); !sameBits(got, want) {
				t.Errorf("SquaredErrorBoth, %v, %d x %d: %g, want %g", l, rows, n, got, want)
			}
		}
	}
}

func TestScaleInPlace(t *testing.T) {
	for _, l := range levels() {
		withLevel(t, l)
		for n := range 70 {
			x := mixed(uint64(n), n)
			y, check := guarded(t, x)
			Scale(y, y, slope)
			check()
			for i, v := range x {
				if !sameBits(y[i], slope*v) {
					t.Fatalf("%v: %d of %d: %g, want %g", l, i, n, y[i], slope*v)
				}
			}
		}
	}
}

// The assembly finds the operands where asm/elementwise believes that they are.
func TestOperandsLayout(t *testing.T) {
	var x operands
	for name, c := range map[string][2]uintptr{
		"y": {unsafe.Offsetof(x.y), 0}, "a": {unsafe.Offsetof(x.a), 24}, "b": {unsafe.Offsetof(x.b), 48},
		"c": {unsafe.Offsetof(x.c), 72}, "bytes": {unsafe.Offsetof(x.bytes), 96}, "sums": {unsafe.Offsetof(x.sums), 120},
		"s": {unsafe.Offsetof(x.s), 144}, "keys": {unsafe.Offsetof(x.keys), 168},
	} {
		if unsafe.Sizeof(uintptr(0)) == 8 && c[0] != c[1] {
			t.Errorf("%s is at %d, the assembly wants it at %d", name, c[0], c[1])
		}
	}
}
