package rans

import (
	"bytes"
	"math"
	"testing"
)

// FuzzDecoder decodes any bytes with any sequence of calls: singly and in batches, which must agree.
// What passes Close must be what an encoder writes.
func FuzzDecoder(f *testing.F) {
	tables := []*Table{
		mustTable(f, Counts{Lo: 5, Values: []uint64{1}}),
		mustTable(f, Counts{Lo: math.MaxInt32 - 3, Values: []uint64{1, 5, 70, 8}, Escape: 9}),
		mustTable(f, Counts{Lo: math.MinInt32, Values: []uint64{1}, Escape: 1}),
		mustTable(f, Counts{Values: make([]uint64, 65536)}),
		bell(f, 3),
	}
	r := source(7)
	for _, n := range []int{0, 10, 3000} {
		var e Encoder
		calls := make([]byte, n)
		for i := range calls {
			if calls[i] = byte(r.next()) % 16; calls[i] < 5 {
				e.Put(tables[calls[i]], draw(&r, tables[calls[i]]))
			} else {
				e.PutBits(0, uint(calls[i]-5)*6)
			}
		}
		f.Add(finish(f, &e), calls)
	}
	f.Fuzz(func(t *testing.T, stream, calls []byte) {
		one, batch := NewDecoder(stream), NewDecoder(stream)
		var e Encoder
		for _, c := range calls {
			if c %= 16; c >= 5 {
				n := uint(c-5) * 6
				v := one.GetBits(n)
				if batch.GetBits(n) != v {
					t.Fatal("two decoders return different bits")
				}
				e.PutBits(v, n)
				continue
			}
			repeat := make([]int32, 1+4*int(c)+len(stream)%8)
			some := make([]*Table, len(repeat))
			for i := range some {
				some[i] = tables[(int(c)+i*(len(stream)%2))%len(tables)]
			}
			if len(stream)%2 == 0 {
				batch.GetMany(some[0], repeat)
			} else {
				batch.GetEach(some, repeat)
			}
			for i, v := range repeat {
				if got := one.Get(some[i]); got != v {
					t.Fatalf("single values give %d, batches %d", got, v)
				}
				if one.Err() == nil {
					e.Put(some[i], v)
				}
			}
		}
		if a, b := one.Close(), batch.Close(); (a == nil) != (b == nil) {
			t.Fatalf("single values end with %v, batches with %v", a, b)
		} else if a == nil && (len(stream) <= shortLength || len(stream) > shortLength+64) {
			// Content of a long stream just above the limit may fit into a short one.
			again, err := e.Finish()
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(again, stream) {
				t.Fatalf("a stream of %d bytes that was read without error is written as %d other bytes", len(stream), len(again))
			}
		}
	})
}

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
