package npy

import (
	"bytes"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func encode(t testing.TB, a Array) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, a); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func decode(b []byte) (Array, error) { return Read(bytes.NewReader(b), int64(len(b))) }

func TestRoundTrip(t *testing.T) {
	for _, shape := range [][]int{nil, {1}, {5}, {2, 3}, {4, 1, 3}, {0, 7}, {2, 2, 2, 2}} {
		a := Array{Shape: shape, Data: []float32{}}
		n := 1
		for _, s := range shape {
			n *= s
		}
		for i := range n {
			a.Data = append(a.Data, float32(i)*0.1)
		}
		got, err := decode(encode(t, a))
		if diff := cmp.Diff(a, got, cmp.AllowUnexported(Type{}), cmpopts.IgnoreFields(Array{}, "Type")); err != nil || diff != "" {
			t.Errorf("shape %v: %v %s", shape, err, diff)
		}
	}
}

// The bytes are those that numpy.save of NumPy 2 writes for numpy.array([[0.5, 1], [2, -3]],
// numpy.float32).
func TestNumPyBytes(t *testing.T) {
	want := "\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }" + strings.Repeat(" ", 58) + "\n" +
		"\x00\x00\x00\x3f\x00\x00\x80\x3f\x00\x00\x00\x40\x00\x00\x40\xc0"
	if got := string(encode(t, Array{Shape: []int{2, 2}, Data: []float32{0.5, 1, 2, -3}})); got != want {
		t.Errorf("wrote\n%q, NumPy writes\n%q", got, want)
	}
}

// raw returns a file with this header, without padding.
func raw(version byte, header string, data []byte) []byte {
	b := append([]byte(magic), version, 0, byte(len(header)+1), byte((len(header)+1)>>8))
	if version > 1 {
		b = append(b, 0, 0)
	}
	return append(append(b, header+"\n"...), data...)
}

func TestOtherTypes(t *testing.T) {
	double := []byte{0, 0, 0, 0, 0, 0, 0xe0, 0x3f} // 0.5
	for _, c := range []struct {
		file []byte
		want []float32
	}{
		{raw(1, head("|u1", "(3,)"), []byte{0, 51, 255}), []float32{0, 51, 255}},
		{raw(2, head("<f8", "(1, 1)"), double), []float32{0.5}},
		{raw(3, head("<f8", "()"), double), []float32{0.5}},
	} {
		got, err := decode(c.file)
		if err != nil || !slices.Equal(got.Data, c.want) {
			t.Errorf("%v, %v, want %v", got.Data, err, c.want)
		}
	}
	for what, file := range map[string][]byte{
		"type":         raw(1, head("<c8", "(1,)"), double),
		"too short":    raw(1, head("<f8", "(2,)"), double),
		"too long":     raw(1, head("<f4", "(1,)"), double),
		"overflow":     raw(1, head("<f8", "(4294967296, 4294967296, 4294967296)"), double),
		"huge number":  raw(1, head("<f8", "(99999999999999999999)"), double),
		"no header":    raw(1, "", double),
		"version":      raw(4, head("<f8", "(1,)"), double),
		"empty":        nil,
		"other format": []byte("PK\x03\x04..............."),
		"long header":  append([]byte(magic), 2, 0, 0xff, 0xff, 0xff, 0xff),
	} {
		if a, err := decode(file); err == nil {
			t.Errorf("%s: accepted as %v", what, a)
		}
	}
	whole := encode(t, Array{Shape: []int{2, 2}, Data: []float32{1, 2, 3, 4}})
	for n := range whole {
		if _, err := decode(whole[:n]); err == nil {
			t.Errorf("the first %d of %d bytes were accepted", n, len(whole))
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(encode(f, Array{Shape: []int{2, 2}, Data: []float32{1, 2, 3, 4}}))
	f.Add(raw(2, "{'descr': '|u1', 'fortran_order': False, 'shape': (0, 3), }", nil))
	f.Fuzz(func(t *testing.T, file []byte) {
		a, err := decode(file)
		if err != nil {
			return
		}
		again, err := decode(encode(t, a))
		same := func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) }
		if err != nil || !slices.Equal(a.Shape, again.Shape) || !slices.EqualFunc(a.Data, again.Data, same) {
			t.Errorf("%v was read back as %v, %v", a, again, err)
		}
	})
}

// Arrays without numbers are arrays; shape and data that do not fit together are an error.
func TestEmpty(t *testing.T) {
	for _, shape := range [][]int{{0}, {5, 0}, {4, 0, 28}, {0, 16, 16, 3}} {
		if a, err := decode(encode(t, Array{Shape: shape})); err != nil || len(a.Data) != 0 || len(a.Shape) != len(shape) {
			t.Errorf("shape %v: got %v, %v", shape, a, err)
		}
	}
	if err := Write(io.Discard, Array{Shape: []int{1, 2}, Data: make([]float32, 3)}); err == nil {
		t.Error("want an error for 3 numbers of shape (1, 2)")
	}
}

// An array that is written in pieces has the bytes of one that is written at once, and neither more nor
// fewer numbers than its shape.
func TestWriter(t *testing.T) {
	var b bytes.Buffer
	w := NewWriter(&b, []int{3, 2})
	for _, piece := range [][]float32{{1, 2, 3}, nil, {4}, {5, 6}} {
		if err := w.Write(piece); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil || !bytes.Equal(b.Bytes(), encode(t, Array{Shape: []int{3, 2}, Data: []float32{1, 2, 3, 4, 5, 6}})) {
		t.Errorf("%v, %q", err, b.Bytes())
	}
	if err := w.Write([]float32{7}); err == nil || !strings.Contains(err.Error(), "got 1 more") {
		t.Errorf("a number too many: %v", err)
	}
	w = NewWriter(&b, []int{3})
	if err := w.Close(); err == nil || !strings.Contains(err.Error(), "got 3 fewer") {
		t.Errorf("no numbers: %v", err)
	}
}
