package rans

import (
	"bytes"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// checkTable checks what holds for every table, and that it survives being written and read.
func checkTable(t testing.TB, table *Table) {
	t.Helper()
	start := uint32(0)
	for s, r := range table.records {
		if r&0xffff != start&0xffff {
			t.Fatalf("symbol %d starts at %d, want %d", s, r&0xffff, start)
		}
		for _, slot := range []uint32{start, start + r>>16} {
			if got, _ := find(table.records, table.first, table.shift, slot); got != s {
				t.Fatalf("slot %d has symbol %d, want %d", slot, got, s)
			}
		}
		start += r>>16 + 1
	}
	if start != total {
		t.Fatalf("got frequencies of %d together, want 65536", start)
	}
	data := table.Append([]byte{1, 2, 3})
	read, rest, err := ReadTable(append(data, 9, 8)[3:])
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(rest, []byte{9, 8}) {
		t.Fatalf("got the rest %v, want [9 8]", rest)
	}
	if read.lo != table.lo || read.values != table.values || !slices.Equal(read.records, table.records) {
		t.Fatal("another table was read than was written")
	}
	if again := read.Append(nil); !bytes.Equal(again, data[3:]) {
		t.Fatalf("a table that was read is written as %x, want %x", again, data[3:])
	}
}

func TestRandomTables(t *testing.T) {
	r := source(3)
	for range rounds(300) {
		checkTable(t, randomTable(t, &r))
	}
}

// The definition, word by word.
func TestNormalizeIsAsDefined(t *testing.T) {
	r := source(4)
	for range rounds(20) {
		counts := make([]uint64, 1+r.below(40))
		spread := 1 + r.below(32)
		for i := range counts {
			counts[i] = uint64(r.next() >> r.below(spread))
			if r.below(4) == 0 {
				counts[i] = counts[0] // equal counts
			}
		}
		got := normalize(counts)
		want := make([]uint32, len(counts))
		for i := range want {
			want[i] = 1
		}
		for range total - len(counts) {
			best := 0
			for i := range counts {
				if counts[i]*uint64(2*want[best]+1) > counts[best]*uint64(2*want[i]+1) {
					best = i
				}
			}
			want[best]++
		}
		if !slices.Equal(got, want) {
			t.Fatalf("counts %v: got %v, want %v", counts, got, want)
		}
	}
}

// Moving a unit from any symbol to any other one gains nearly nothing. As the cost is a sum of
// convex functions, this says how far the frequencies are from the optimum.
func TestNormalizeIsNearTheOptimum(t *testing.T) {
	r := source(5)
	for range rounds(200) {
		counts := make([]uint64, 1+r.below(1<<r.below(15)))
		spread, sum := 1+r.below(32), 0.0
		for i := range counts {
			counts[i] = uint64(r.next() >> r.below(spread))
			sum += float64(counts[i])
		}
		greedy := 0.0
		f := normalize(counts)
		for range 1000 {
			gain, loss, to, from := -1.0, math.Inf(1), 0, 0
			for i, c := range counts {
				if g := float64(c) * math.Log2(float64(f[i]+1)/float64(f[i])); g > gain {
					gain, to = g, i
				}
				if f[i] > 1 {
					if l := float64(c) * math.Log2(float64(f[i])/float64(f[i]-1)); l < loss {
						loss, from = l, i
					}
				}
			}
			if gain <= loss {
				break
			}
			greedy += gain - loss
			f[to]++
			f[from]--
		}
		if greedy > 1e-4*sum {
			t.Errorf("%d counts: the optimum is %v bits a symbol better", len(counts), greedy/sum)
		}
	}
}

func TestDigits(t *testing.T) {
	w := normal(10)
	size, bits := math.MaxInt, 0.0
	for digits := maxDigits; digits >= 1; digits-- {
		w.Digits = digits
		c, err := w.Counts()
		if err != nil {
			t.Fatal(err)
		}
		table := mustTable(t, c)
		checkTable(t, table)
		n, cost, sum := len(table.Append(nil)), 0.0, 0.0
		for i, v := range w.Values {
			cost += v * table.Bits(w.Lo+int32(i))
			sum += v
		}
		t.Logf("%d digits: a table of %d bytes, %.5f bits a value", digits, n, cost/sum)
		if n > size {
			t.Errorf("%d digits take %d bytes, one more takes %d", digits, n, size)
		}
		if digits == maxDigits {
			bits = cost / sum
		}
		if digits == 3 && cost/sum > bits+0.002 {
			t.Errorf("3 digits cost %v bits a value, want %v", cost/sum, bits+0.002)
		}
		size = n
	}
}

func TestFrequencyAndBits(t *testing.T) {
	table := mustTable(t, Counts{Lo: -1, Values: []uint64{1, 2, 1}, Escape: 4})
	for v, want := range map[int32]float64{-1: 3, 0: 2, 1: 3, 2: 1 + 1, -2: 1 + 3, 3: 1 + 3, -3: 1 + 5, math.MaxInt32: 1 + 63} {
		if got := table.Bits(v); got != want {
			t.Errorf("%d takes %v bits, want %v", v, got, want)
		}
		var e Encoder
		e.Put(table, v)
		if got := e.Bits(); got != want {
			t.Errorf("the encoder takes %v bits for %d, want %v", got, v, want)
		}
	}
	if table.Frequency(0) != 16384 || table.Frequency(99) != 32768 || table.Lo() != -1 || table.Len() != 3 || !table.HasEscape() {
		t.Error("another table than its counts say")
	}
	table = mustTable(t, Counts{Values: []uint64{1}})
	if table.Frequency(1) != 0 || !math.IsInf(table.Bits(-1), 1) || table.HasEscape() {
		t.Error("a table without escape has a probability for values outside")
	}
}

func TestWeights(t *testing.T) {
	c, err := Weights{Lo: 5, Values: []float64{3, 0, 0.75, 5e-324}, Escape: 5e-324, Digits: 2}.Counts()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.Values, []uint64{3 << 38, 0, 3 << 36, 0}) || c.Escape != 1 || c.Lo != 5 || c.Digits != 2 {
		t.Errorf("got %v", c)
	}
	for _, w := range []Weights{
		{Values: []float64{0, 0}}, {},
		{Values: []float64{1, -1}}, {Values: []float64{math.NaN()}}, {Values: []float64{math.Inf(1)}},
		{Values: []float64{1}, Escape: -1}, {Values: []float64{1}, Escape: math.NaN()}, {Values: []float64{1}, Escape: math.Inf(1)},
	} {
		if _, err := w.Counts(); err == nil {
			t.Errorf("no error for the weights %v", w)
		}
	}
}

func TestCountsAreChecked(t *testing.T) {
	for want, c := range map[string]Counts{
		"want a table of at least one value":                                  {},
		"at most 65536 symbols in a table, got 65537":                         {Values: make([]uint64, 65537)},
		"want at most 65536 symbols in a table, got 65537: leave rare values": {Values: make([]uint64, 65536), Escape: 1},
		"want values of int32, got 2 values from 2147483647":                  {Lo: math.MaxInt32, Values: make([]uint64, 2)},
		"want 0 to 16 digits, got 17":                                         {Values: []uint64{1}, Digits: 17},
		"want 0 to 16 digits, got -1":                                         {Values: []uint64{1}, Digits: -1},
		"got 1099511627777 for the escape":                                    {Values: []uint64{1}, Escape: maxCount + 1},
		"got 1099511627777 for value 4":                                       {Lo: 3, Values: []uint64{1, maxCount + 1}},
	} {
		if _, err := NewTable(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got the error %v, want %q", err, want)
		}
	}
}

// The memory for a table is bounded by the data that it is read from.
func TestReadTableAllocatesLittle(t *testing.T) {
	for _, n := range []int{1, 100, 1 << 12, 1 << 16} {
		data := mustTable(t, Counts{Values: make([]uint64, n)}).Append(nil)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, _, err := ReadTable(data); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		if got, limit := after.TotalAlloc-before.TotalAlloc, uint64(500*len(data)+2048); got > limit || got > 3<<20 {
			t.Errorf("a table of %d values in %d bytes takes %d bytes of memory, want at most %d", n, len(data), got, limit)
		}
	}
}
