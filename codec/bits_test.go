package codec

import (
	"bytes"
	"math"
	"slices"
	"testing"
)

// The bits of all images together are the bytes of the codes, less the overhead of the stream: at
// most 32 bytes a chunk, and 0.1 % of the bits.
func TestBits(t *testing.T) {
	for name, w := range map[string]trained{"static": small(), "conditional": smallLearned()} {
		m := fit(t, w, FitOptions{})
		file, info := write(t, m, w.test, Options{Chunk: 128}, nil)
		f, err := Open(bytes.NewReader(file), int64(len(file)), ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var all []float64
		for k := range f.Chunks() {
			bits, err := f.Bits(t.Context(), k)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, bits...)
		}
		if len(all) != w.test.Len() {
			t.Fatalf("%s: bits of %d images, want %d", name, len(all), w.test.Len())
		}
		sum := 0.0
		for _, b := range all {
			sum += b
		}
		got, most := float64(8*info.Bytes.Codes), 1.001*sum+float64(8*32*info.Chunks)
		if got < sum || got > most {
			t.Errorf("%s: the codes have %v bits, want %.1f to %.1f", name, got, sum, most)
		}
		checkAlone(t, name, m, w, all)
	}
}

// checkAlone checks that an image takes the same bits in a file of its own.
func checkAlone(t *testing.T, name string, m *Model, w trained, all []float64) {
	t.Helper()
	n := m.Size.Numbers()
	for _, i := range []int{0, 131, 299} {
		q, _, err := m.compress(t.Context(), w.test.Pixels[i*n:][:n], nil)
		if err != nil {
			t.Fatal(err)
		}
		kept := slices.Clone(q)
		bits, err := m.Prior.Bits(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(q, kept) {
			t.Errorf("%s: Bits changes the code of image %d", name, i)
		}
		if len(bits) != 1 || math.Abs(bits[0]-all[i]) > 1e-9 {
			t.Errorf("%s: image %d takes %v bits alone, and %v in a file", name, i, bits, all[i])
		}
	}
}

// What is wrong with a chunk is an error here as elsewhere.
func TestBitsOfDamagedChunk(t *testing.T) {
	w := small()
	file, info := write(t, fit(t, w, FitOptions{}), w.test, Options{Chunk: 100}, nil)
	file[len(file)-int(info.Bytes.Index)-30] ^= 1 // in the last chunk
	f, err := Open(bytes.NewReader(file), int64(len(file)), ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Bits(t.Context(), 0); err != nil {
		t.Errorf("the first chunk: %v", err)
	}
	if bits, err := f.Bits(t.Context(), 2); err == nil {
		t.Errorf("a damaged chunk has %d bits, want an error", len(bits))
	}
	for _, k := range []int{-1, 3} {
		if _, err := f.Bits(t.Context(), k); err == nil {
			t.Errorf("chunk %d exists", k)
		}
	}
}
