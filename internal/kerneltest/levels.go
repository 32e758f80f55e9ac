package kerneltest

import (
	"fmt"
	"math"
	"runtime"
	"testing"

	"github.com/gorgonae/gorgonae/internal/pool"
	"github.com/gorgonae/gorgonae/internal/simd"
)

// A Case calls a kernel on buffers that it may overwrite. It returns the result of the kernel, if
// that is not in the buffers.
type Case struct {
	Name string
	Run  func(x *Buffers) []float32
}

// Buffers are the arguments of kernels: Rows*N elements each, unless a comment says otherwise.
type Buffers struct {
	Y, A, B, C   []float32
	Cols         []float32 // N elements
	Unit         []float32 // in [0, 1]
	Bytes        []byte
	Rows, N      int // of a matrix
	checkOutside func()
}

// all returns the slices of float32.
func (x *Buffers) all() []*[]float32 { return []*[]float32{&x.Y, &x.A, &x.B, &x.C, &x.Unit, &x.Cols} }

// NewBuffers fills buffers of a matrix. They start at all alignments of a float32.
func NewBuffers(t *testing.T, seed uint64, rows, cols int, draw func(uint64, int) []float32) *Buffers {
	n := rows * cols
	x := &Buffers{Rows: rows, N: cols, Bytes: make([]byte, n)}
	for i := range x.Bytes {
		x.Bytes[i] = byte(uint64(i) + seed)
	}
	var checks []func()
	for k, p := range x.all() {
		var values []float32
		switch p {
		case &x.Unit:
			values = Uniform(seed, n)
		case &x.Cols:
			values = draw(seed+9, cols)
		default:
			values = draw(seed+uint64(k), n)
		}
		shift := int(seed+uint64(3*k)) % 16
		inner, check := Guarded(t, append(make([]float32, shift), values...))
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

// SameAs compares all slices that a kernel may have written.
func (x *Buffers) SameAs(y *Buffers) error {
	theirs := y.all()
	for k, mine := range x.all() {
		for i, v := range *mine {
			if want := (*theirs[k])[i]; !SameBits(v, want) {
				return fmt.Errorf("buffer %d, element %d of %d: %x, want %x", k, i, len(*mine),
					math.Float32bits(v), math.Float32bits(want))
			}
		}
	}
	return nil
}

// Bits returns the bits of a float64 as two numbers, with one pattern for every NaN.
func Bits(v float64) []float32 {
	bits := math.Float64bits(v)
	if math.IsNaN(v) {
		return []float32{NaN}
	}
	return []float32{math.Float32frombits(uint32(bits >> 32)), math.Float32frombits(uint32(bits))}
}

// CompareLevels checks that every kernel gives the bits of its portable code at every level, and
// writes nothing outside of its slices.
func CompareLevels(t *testing.T, cases []Case) {
	shapes := [][2]int{{1, 4095}, {1, 4096}, {1, 4097}, {3, 127}, {5, 128}, {4, 129}, {7, 300}, {2, 401}, {40, 17}, {1031, 2}}
	for n := range 71 {
		shapes = append(shapes, [2]int{1, n}, [2]int{2, n})
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			for seed, s := range shapes {
				for _, draw := range []func(uint64, int) []float32{Normal, Mixed} {
					c.compareLevels(t, uint64(seed), s[0], s[1], draw)
				}
			}
		})
	}
}

// CompareLevelsInParallel is CompareLevels where the pool shares out the work, among any number of
// processors.
func CompareLevelsInParallel(t *testing.T, cases []Case) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	all := Mixed(1, 2*pool.Grain+5000) // drawn once
	draw := func(seed uint64, n int) []float32 { return all[17*seed:][:n] }
	for _, procs := range []int{1, 2, 7} {
		runtime.GOMAXPROCS(procs)
		for _, c := range cases {
			c.compareLevels(t, 1, 1, 2*pool.Grain+4099, draw)
			c.compareLevels(t, 2, 131, 501, draw)
		}
	}
}

func (c Case) compareLevels(t *testing.T, seed uint64, rows, cols int, draw func(uint64, int) []float32) {
	t.Helper()
	var want *Buffers
	var wantResult []float32
	for _, l := range Levels() {
		WithLevel(t, l)
		x := NewBuffers(t, seed, rows, cols, draw)
		result := c.Run(x)
		x.checkOutside()
		if l == simd.Portable {
			want, wantResult = x, result
			continue
		}
		if err := x.SameAs(want); err != nil {
			t.Fatalf("%s, %v, %d x %d: %v", c.Name, l, rows, cols, err)
		}
		for i, v := range result {
			if !SameBits(v, wantResult[i]) {
				t.Fatalf("%s, %v, %d x %d: %g, want %g", c.Name, l, rows, cols, v, wantResult[i])
			}
		}
	}
}
