package rans

import (
	"bytes"
	"testing"

	"github.com/gorgonae/gorgonae/internal/random"
)

// Symbols that were put by their ranges come back, in short streams and long ones, and have the bytes
// of symbols with a table.
func TestRanges(t *testing.T) {
	table, err := NewTable(Counts{Values: []uint64{5, 1, 30, 7}})
	if err != nil {
		t.Fatal(err)
	}
	starts := []uint32{0}
	for v := range int32(4) {
		starts = append(starts, starts[v]+uint32(table.Frequency(v)))
	}
	for _, n := range []int{0, 1, 500, 40000} {
		var e, f Encoder
		src := random.New(1, "ranges")
		var values []int
		for range n {
			v := int(src.Uint64n(4))
			values = append(values, v)
			e.PutRange(starts[v], starts[v+1]-starts[v])
			f.Put(table, int32(v))
		}
		data, err := e.Finish()
		if err != nil {
			t.Fatal(err)
		}
		if same, err := f.Finish(); err != nil || !bytes.Equal(data, same) {
			t.Errorf("%d symbols: a table gives other bytes (%v)", n, err)
		}
		d := NewDecoder(data)
		for i, want := range values {
			got, slot := 0, d.Slot()
			for slot >= starts[got+1] {
				got++
			}
			if got != want {
				t.Fatalf("symbol %d of %d is %d, want %d", i, n, got, want)
			}
			d.TakeRange(starts[got], starts[got+1]-starts[got])
		}
		if err := d.Close(); err != nil {
			t.Errorf("%d symbols: %v", n, err)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a range beyond the end was accepted")
		}
	}()
	new(Encoder).PutRange(65535, 2)
}
