package rans

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// item is something that an encoder is given: a value and its table, or raw bits.
type item struct {
	table *Table
	value int32
	n     uint // number of raw bits, if table is nil
	bits  uint64
}

func encode(t testing.TB, items []item) []byte {
	t.Helper()
	var e Encoder
	for _, it := range items {
		if it.table != nil {
			e.Put(it.table, it.value)
		} else {
			e.PutBits(it.bits, it.n)
		}
	}
	return finish(t, &e)
}

func checkItems(t testing.TB, stream []byte, items []item) {
	t.Helper()
	d := NewDecoder(stream)
	for i, it := range items {
		if it.table == nil {
			if got := d.GetBits(it.n); got != it.bits {
				t.Fatalf("item %d: got %d raw bits %x, want %x (%v)", i, it.n, got, it.bits, d.Err())
			}
		} else if got := d.Get(it.table); got != it.value {
			t.Fatalf("item %d: got %d, want %d (%v)", i, got, it.value, d.Err())
		}
	}
	if err := d.Close(); err != nil {
		t.Fatalf("after %d items in %d bytes: %v", len(items), len(stream), err)
	}
}

func TestRoundTripOfRandomTables(t *testing.T) {
	r := source(1)
	for round := range rounds(200) {
		tables := make([]*Table, 1+r.below(5))
		for i := range tables {
			tables[i] = randomTable(t, &r)
		}
		items := make([]item, r.below(1<<r.below(14)))
		for i := range items {
			if n := uint(r.below(80)); n <= 64 {
				table := tables[r.below(len(tables))]
				items[i] = item{table: table, value: draw(&r, table)}
			} else {
				n = uint(r.below(65))
				items[i] = item{n: n, bits: (uint64(r.next())<<32 | uint64(r.next())) & (1<<n - 1)}
			}
		}
		stream := encode(t, items)
		checkItems(t, stream, items)
		if again := encode(t, items); !slices.Equal(again, stream) {
			t.Fatalf("round %d: another stream the second time", round)
		}
	}
}

// Batches return what Get returns, wherever escapes and the end of the stream lie.
func TestBatches(t *testing.T) {
	r := source(2)
	for range rounds(100) {
		n := r.below(20000)
		tables, values := make([]*Table, n), make([]int32, n)
		some := []*Table{randomTable(t, &r), randomTable(t, &r), bell(t, 2)}
		for i := range tables {
			tables[i] = some[r.below(len(some))]
			values[i] = draw(&r, tables[i])
		}
		same := make([]int32, r.below(20000))
		for i := range same {
			same[i] = draw(&r, some[0])
		}
		var e, single Encoder
		e.PutEach(tables, values)
		e.PutMany(some[0], same)
		for i, v := range values {
			single.Put(tables[i], v)
		}
		for _, v := range same {
			single.Put(some[0], v)
		}
		stream := finish(t, &e)
		if !slices.Equal(stream, finish(t, &single)) {
			t.Fatal("batches and single values give different streams")
		}
		d := NewDecoder(stream)
		for at := 0; at < n; {
			m := min(r.below(3000), n-at)
			got := make([]int32, m)
			d.GetEach(tables[at:at+m], got)
			if !slices.Equal(got, values[at:at+m]) {
				t.Fatalf("GetEach: other values from %d (%v)", at, d.Err())
			}
			at += m
		}
		for at := 0; at < len(same); {
			m := min(r.below(3000), len(same)-at)
			got := make([]int32, m)
			d.GetMany(some[0], got)
			if !slices.Equal(got, same[at:at+m]) {
				t.Fatalf("GetMany: other values from %d (%v)", at, d.Err())
			}
			at += m
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestExtremeTables(t *testing.T) {
	skewed := make([]uint64, 65535)
	skewed[12345] = maxCount
	huge := make([]uint64, 65536)
	for i := range huge {
		huge[i] = maxCount
	}
	for name, c := range map[string]Counts{
		"one value":                {Lo: 7, Values: []uint64{5}},
		"one value without count":  {Lo: 7, Values: []uint64{0}},
		"one value and escape":     {Lo: 7, Values: []uint64{maxCount}, Escape: 1},
		"escape for all":           {Lo: 7, Values: []uint64{0}, Escape: maxCount},
		"65536 equal values":       {Lo: math.MinInt32, Values: huge},
		"65536 without counts":     {Lo: math.MaxInt32 - 65535, Values: make([]uint64, 65536)},
		"probabilities of 1/65536": {Lo: -12345, Values: skewed, Escape: 1},
		"last int32":               {Lo: math.MaxInt32, Values: []uint64{1}, Escape: 1},
		"first int32":              {Lo: math.MinInt32, Values: []uint64{1}, Escape: 1},
	} {
		t.Run(name, func(t *testing.T) {
			table := mustTable(t, c)
			checkTable(t, table)
			values := []int32{c.Lo, int32(table.hi()), c.Lo}
			if c.Escape > 0 {
				values = append(values, math.MinInt32, math.MaxInt32, 0, -1, 1, c.Lo, c.Lo+1, c.Lo-1)
			}
			for n := range 3000 {
				values = append(values, c.Lo+int32(n*7919%len(c.Values)))
			}
			var items []item
			for _, v := range values {
				items = append(items, item{table: table, value: v})
			}
			checkItems(t, encode(t, items), items)
			checkItems(t, encode(t, items[:1]), items[:1])
		})
	}
}

func TestEmptyStream(t *testing.T) {
	stream := encode(t, nil)
	if len(stream) != 3 {
		t.Errorf("got %d bytes for no values, want 3", len(stream))
	}
	checkItems(t, stream, nil)
}

// A value that is certain costs nothing, however often it comes.
func TestCertainValuesCostNothing(t *testing.T) {
	var e Encoder
	e.PutMany(mustTable(t, Counts{Values: []uint64{1}}), make([]int32, 100000))
	if stream := finish(t, &e); len(stream) != 3 {
		t.Errorf("got %d bytes for 100,000 certain values, want 3", len(stream))
	}
}

// The limit between short and long streams is 4096 bytes on both sides.
func TestLengthsAroundTheLimit(t *testing.T) {
	seen := map[int]bool{}
	for n := shortLength/2 - 20; n < shortLength/2+20; n++ {
		var items []item
		for i := range n {
			items = append(items, item{n: 16, bits: uint64(i * 40503 % 65536)})
		}
		for extra := range uint(3) {
			items := append(items, item{n: 5 * extra, bits: uint64(extra)})
			stream := encode(t, items)
			checkItems(t, stream, items)
			seen[len(stream)] = true
		}
	}
	if !seen[shortLength] || !seen[shortLength-1] {
		t.Errorf("no stream has the greatest lengths of short ones: %v", seen)
	}
}

func TestEncoderReportsValuesWithoutSymbol(t *testing.T) {
	table := mustTable(t, Counts{Lo: 3, Values: []uint64{1, 1}})
	var e Encoder
	e.Put(table, 4)
	e.Put(table, 5)
	e.Put(table, 2)
	_, err := e.Finish()
	if want := "want values from 3 to 4, got 5: give the table an escape"; err == nil || err.Error() != want {
		t.Errorf("got the error %v, want %q", err, want)
	}
	e.Put(table, 4)
	if _, err := e.Finish(); err != nil {
		t.Errorf("after Finish the encoder still reports %v", err)
	}
}

// TestOverhead pins what the package comment says about cost. For distributions of at least half a
// bit, a stream is within 0.1 % and 32 bytes of the entropy of the weights themselves.
func TestOverhead(t *testing.T) {
	for _, n := range []int{1, 10, 100, 1000, 100000} {
		for _, deviation := range []float64{0.3, 0.5, 3, 30, 300} {
			t.Run(fmt.Sprintf("n=%d,deviation=%v", n, deviation), func(t *testing.T) {
				table, r := bell(t, deviation), source(n)
				var e Encoder
				for range n {
					e.Put(table, draw(&r, table))
				}
				bits := e.Bits()
				stream := finish(t, &e)
				constant, got := 4.0*8, float64(8*len(stream))
				if len(stream) > shortLength {
					constant = 32 * 8
				}
				if got > bits*(1+1e-5)+constant || got < bits {
					t.Errorf("got %v bits, want %v to %v: %v more", got, bits, bits*(1+1e-5)+constant, got-bits)
				}
			})
		}
	}
}

func TestTablesAreNearTheirDistribution(t *testing.T) {
	for _, deviation := range []float64{0.3, 0.5, 1, 3, 10, 30, 100, 300} {
		w := normal(deviation)
		table, sum := bell(t, deviation), w.Escape
		for _, v := range w.Values {
			sum += v
		}
		entropy, cost := -w.Escape/sum*math.Log2(w.Escape/sum), 0.0
		cost += w.Escape / sum * (16 - math.Log2(float64(table.Frequency(math.MaxInt32))))
		for i, v := range w.Values {
			if p := v / sum; p > 0 {
				entropy -= p * math.Log2(p)
				cost += p * table.Bits(w.Lo+int32(i))
			}
		}
		t.Logf("deviation %v: entropy %.5f bits, coded in %.5f", deviation, entropy, cost)
		if cost > entropy+0.001*max(entropy, 0.5) {
			t.Errorf("deviation %v: values take %v bits, want %v plus at most 0.1 %%", deviation, cost, entropy)
		}
	}
}
