package rans

import (
	"errors"
	"slices"
	"testing"
)

// damaged is a stream and what reads it.
type damaged struct {
	tables []*Table
	stream []byte
}

func newDamaged(t testing.TB, n int) damaged {
	r, x := source(6), damaged{}
	values := make([]int32, n)
	some := []*Table{bell(t, 1), bell(t, 5), bell(t, 0.4)}
	for i := range values {
		x.tables = append(x.tables, some[r.below(len(some))])
		values[i] = draw(&r, x.tables[i])
	}
	var e Encoder
	e.PutEach(x.tables, values)
	x.stream = finish(t, &e)
	if err := x.read(t, x.stream); err != nil {
		t.Fatal(err)
	}
	return x
}

// read reads a stream singly and in batches, which must agree.
func (x damaged) read(t testing.TB, stream []byte) error {
	t.Helper()
	one, batch := NewDecoder(stream), NewDecoder(stream)
	single, each := make([]int32, len(x.tables)), make([]int32, len(x.tables))
	for i, table := range x.tables {
		single[i] = one.Get(table)
	}
	batch.GetEach(x.tables, each)
	if !slices.Equal(single, each) {
		t.Fatal("Get and GetEach read different values")
	}
	err, other := one.Close(), batch.Close()
	if (err == nil) != (other == nil) || err != nil && err.Error() != other.Error() {
		t.Fatalf("Get reports %v, GetEach reports %v", err, other)
	}
	var typed *DamageError
	if err != nil && !errors.As(err, &typed) {
		t.Fatalf("got the error %v of type %T, want a *DamageError", err, err)
	}
	return err
}

func TestFlippedBitsAreNoticed(t *testing.T) {
	for _, n := range []int{20, 200, 20000} {
		x := newDamaged(t, n)
		step := max(1, 8*len(x.stream)/rounds(3000))
		tried, missed := 0, 0
		for bit := 0; bit < 8*len(x.stream); bit += step {
			flipped := slices.Clone(x.stream)
			flipped[bit/8] ^= 1 << (bit % 8)
			tried++
			if x.read(t, flipped) == nil {
				missed++
			}
		}
		t.Logf("%d values in %d bytes: %d of %d flipped bits are not noticed", n, len(x.stream), missed, tried)
		if missed > tried/200 {
			t.Errorf("%d values in %d bytes: %d of %d flipped bits are not noticed", n, len(x.stream), missed, tried)
		}
	}
}

func TestOtherLengthsAreNoticed(t *testing.T) {
	for _, n := range []int{0, 1, 20, 200, 20000} {
		x := newDamaged(t, n)
		tried, missed := 0, 0
		for cut := 1; cut <= min(len(x.stream), 300); cut++ {
			tried++
			if x.read(t, x.stream[:len(x.stream)-cut]) == nil {
				missed++
			}
			for _, b := range []byte{0, 1, 0xff} {
				tried++
				if x.read(t, append(slices.Clone(x.stream), slices.Repeat([]byte{b}, cut)...)) == nil {
					missed++
				}
			}
		}
		t.Logf("%d values in %d bytes: %d of %d other lengths are not noticed", n, len(x.stream), missed, tried)
		if missed > tried/200 {
			t.Errorf("%d values in %d bytes: %d of %d other lengths are not noticed", n, len(x.stream), missed, tried)
		}
	}
}

func TestAnotherNumberOfValuesIsNoticed(t *testing.T) {
	for _, n := range []int{20, 200, 20000} {
		x := newDamaged(t, n)
		for _, m := range []int{0, 1, n / 2, n - 1} {
			if err := (damaged{x.tables[:m], x.stream}).read(t, x.stream); err == nil {
				t.Errorf("%d of %d values: no error", m, n)
			}
		}
		longer := append(slices.Clone(x.tables), x.tables...)
		if err := (damaged{longer, x.stream}).read(t, x.stream); err == nil {
			t.Errorf("twice %d values: no error", n)
		}
	}
}

// After an error all values are 0, and decoding ends soon even if many are asked for.
func TestNothingComesAfterAnError(t *testing.T) {
	table := mustTable(t, Counts{Lo: 5, Values: []uint64{1, 2}, Escape: 1})
	for _, stream := range [][]byte{nil, {0}, make([]byte, 5000)} {
		d := NewDecoder(stream)
		if d.Err() == nil {
			t.Fatalf("%d zeros are a stream", len(stream))
		}
		out := []int32{1, 1, 1, 1, 1, 1, 1, 1, 1}
		d.GetMany(table, out)
		if d.Get(table) != 0 || d.GetBits(64) != 0 || slices.Max(out) != 0 || d.Close() == nil {
			t.Error("values come after an error")
		}
	}
}

// An escape may be followed by a number that is no int32, or by no number.
func TestEscapesAreChecked(t *testing.T) {
	table := mustTable(t, Counts{Lo: 0, Values: []uint64{1}, Escape: 1})
	escape := func(e *Encoder) { e.ops = append(e.ops, table.records[1]) }
	for name, c := range map[string]struct {
		k   uint
		low uint64
		ok  bool
	}{
		"greatest int32":     {31, 1<<32 - 3 - 1<<31, true},
		"lowest int32":       {32, 0, true},
		"one above":          {31, 1<<32 - 1 - 1<<31, false},
		"one below":          {32, 2, false},
		"32 zeros, all ones": {32, 1<<32 - 1, false},
		"too many zeros":     {33, 0, false},
		"many zeros":         {64, 0, false},
	} {
		for _, more := range []int{0, 5000} {
			var e Encoder
			escape(&e)
			for range c.k {
				e.PutBits(0, 1) // not k bits at once, which are other operations
			}
			e.PutBits(1, 1)
			e.PutBits(c.low, c.k)
			for range more {
				e.PutBits(0xffff, 16)
			}
			d := NewDecoder(finish(t, &e))
			d.Get(table)
			if ok := d.Err() == nil; ok != c.ok {
				t.Errorf("%s: got the error %v", name, d.Err())
			}
		}
	}
}

func TestReadTableRefusesDamage(t *testing.T) {
	good := mustTable(t, Counts{Lo: -3, Values: []uint64{1, 5, 9}, Escape: 2, Digits: 3}).Append(nil)
	for n := range good {
		if _, _, err := ReadTable(good[:n]); err == nil {
			t.Errorf("%d of %d bytes are a table", n, len(good))
		}
	}
	for name, data := range map[string][]byte{
		"nothing":               {},
		"first value too great": {0x80, 0x80, 0x80, 0x80, 0x10, 0, 1, 0xff},
		"endless varint":        slices.Repeat([]byte{0x80}, 30),
		"65537 values":          {0, 0x80, 0x80, 4, 1, 0xff},
		"values beyond int32":   {0xfe, 0xff, 0xff, 0xff, 0x0f, 1, 1, 0xff},
		"digits 0":              {0, 0, 0, 1},
		"digits 18":             {0, 0, 18, 1},
		"unknown flag":          {0, 0, 64 | 1, 1},
		"too many symbols":      append([]byte{0, 0xff, 0xff, 3, 1}, make([]byte, 8191)...),
		"padding":               {0, 0, 1, 3},
		"magnitude below 1":     {0, 0, 1, 2},
		"long gamma code":       {0, 0, 1, 0, 1},
		"exact with wrong sum":  {0, 0, 17, 1},
	} {
		_, _, err := ReadTable(data)
		var typed *DamageError
		if !errors.As(err, &typed) {
			t.Errorf("%s: got the error %v, want a *DamageError", name, err)
		}
	}
	if _, _, err := ReadTable([]byte{0, 0, 1, 1}); err != nil {
		t.Errorf("the smallest table: %v", err)
	}
}
