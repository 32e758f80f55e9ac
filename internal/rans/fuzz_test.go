package rans

import (
	"bytes"
	"math"
	"testing"
)

// FuzzDecoder decodes any bytes with any sequence of calls: singly and in batches, which must
// agree. What passes Close must be what an encoder writes.
func FuzzDecoder(f *testing.F) { fuzzDecoder(f, shortLength) }

// FuzzLongDecoder is FuzzDecoder with nearly all streams as long ones, with four lanes.
func FuzzLongDecoder(f *testing.F) { fuzzDecoder(f, 31) }

func fuzzDecoder(f *testing.F, limit int) {
	tables := []*Table{
		mustTable(f, Counts{Lo: 5, Values: []uint64{1}}),
		mustTable(f, Counts{Lo: math.MaxInt32 - 3, Values: []uint64{1, 5, 70, 8}, Escape: 9}),
		mustTable(f, Counts{Lo: math.MinInt32, Values: []uint64{1}, Escape: 1}),
		mustTable(f, Counts{Values: make([]uint64, 65536)}),
		bell(f, 3),
	}
	r := source(7)
	for _, n := range []int{0, 10, 50} {
		var e Encoder
		calls := make([]byte, n)
		for i := range calls {
			calls[i] = byte(r.next())
			if k := int(calls[i] % 16); k < len(tables) {
				for j := range batch(k, calls[i]) {
					table := tables[(k+j*int(calls[i]>>7))%len(tables)]
					e.Put(table, draw(&r, table))
				}
			} else {
				e.PutBits(0, uint(k-len(tables))*6)
			}
		}
		stream, err := e.finish(limit)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(stream, calls)
	}
	f.Fuzz(func(t *testing.T, stream, calls []byte) {
		one, many := newDecoder(stream, limit), newDecoder(stream, limit)
		var e Encoder
		for _, c := range calls {
			k := int(c % 16)
			if k >= len(tables) {
				n := uint(k-len(tables)) * 6
				v := one.GetBits(n)
				if many.GetBits(n) != v {
					t.Fatal("two decoders return different bits")
				}
				e.PutBits(v, n)
				continue
			}
			values := make([]int32, batch(k, c))
			some := make([]*Table, len(values))
			for j := range some {
				some[j] = tables[(k+j*int(c>>7))%len(tables)]
			}
			if c>>7 == 0 {
				many.GetMany(some[0], values)
			} else {
				many.GetEach(some, values)
			}
			for i, v := range values {
				if got := one.Get(some[i]); got != v {
					t.Fatalf("single values give %d, batches %d", got, v)
				}
				if one.Err() == nil {
					e.Put(some[i], v)
				}
			}
		}
		a, b := one.Close(), many.Close()
		if (a == nil) != (b == nil) {
			t.Fatalf("single values end with %v, batches with %v", a, b)
		}
		// Content of a long stream just above the limit may fit into a short one.
		if a == nil && (len(stream) <= limit || len(stream) > limit+64) {
			again, err := e.finish(limit)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(again, stream) {
				t.Fatalf("a stream of %d bytes that was read without error is written as %d other bytes", len(stream), len(again))
			}
		}
	})
}

// batch returns how many values a call c reads in a batch.
func batch(k int, c byte) int { return 1 + 4*k + int(c>>4&7) }

// FuzzReadTable reads any bytes. What is a table survives being written and read.
func FuzzReadTable(f *testing.F) {
	r := source(8)
	f.Add([]byte{0, 0, 1, 1})
	for range 20 {
		f.Add(randomTable(f, &r).Append(nil))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		table, rest, err := ReadTable(data)
		if err != nil {
			return
		}
		if len(table.records) > 1<<12 {
			return // valid, but slow to check
		}
		checkTable(t, table)
		if used := data[:len(data)-len(rest)]; len(table.Append(nil)) > len(used) {
			t.Fatalf("a table that was read from %d bytes is written in more", len(used))
		}
		v := int32(table.hi())
		var e Encoder
		e.Put(table, table.Lo())
		e.Put(table, v)
		checkItems(t, finish(t, &e), []item{{table: table, value: table.Lo()}, {table: table, value: v}})
	})
}

// FuzzRoundTrip encodes any values with any table.
func FuzzRoundTrip(f *testing.F) {
	f.Add(int32(0), []byte{1, 2, 3}, uint64(1), 0, []byte{0, 1, 2, 255, 254, 253})
	f.Add(int32(math.MaxInt32), []byte{200}, uint64(1)<<40, 1, bytes.Repeat([]byte{5, 0, 77}, 3000))
	f.Add(int32(math.MinInt32), []byte{40, 0, 255}, uint64(0), 16, bytes.Repeat([]byte{1}, 9000))
	f.Fuzz(func(t *testing.T, lo int32, logs []byte, escape uint64, digits int, script []byte) {
		c := Counts{Lo: lo, Escape: escape, Digits: digits}
		for _, l := range logs {
			c.Values = append(c.Values, uint64(l&7|8)<<(l>>3)>>3)
		}
		table, err := NewTable(c)
		if err != nil {
			return
		}
		checkTable(t, table)
		var items []item
		for i, b := range script {
			v := int32(int64(lo) + int64(int(b)%len(logs)))
			if escape > 0 && b >= 240 {
				v = int32(uint32(i) * 2654435761 >> (b % 16 * 2))
			}
			items = append(items, item{table: table, value: v})
			if b%32 == 31 {
				n := uint(b>>5) * 9
				items = append(items, item{n: n, bits: 0x9e3779b97f4a7c15 & (1<<n - 1)})
			}
		}
		stream := encode(t, items)
		checkItems(t, stream, items)
	})
}
