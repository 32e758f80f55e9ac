package rans

import (
	"fmt"
	"math"
	"testing"
)

const benchmarked = 1 << 16

func BenchmarkDecodeStatic(b *testing.B) {
	for _, deviation := range []float64{0.5, 3, 30} {
		b.Run(fmt.Sprint("deviation=", deviation), func(b *testing.B) {
			t := bell(b, deviation)
			r, values := source(1), make([]int32, benchmarked)
			for i := range values {
				values[i] = draw(&r, t)
			}
			var e Encoder
			e.PutMany(t, values)
			decode(b, &e, func(d *Decoder) { d.GetMany(t, values) })
		})
	}
}

func BenchmarkDecodeEach(b *testing.B) {
	each(b, func(b *testing.B, tables []*Table, values []int32) {
		var e Encoder
		e.PutEach(tables, values)
		decode(b, &e, func(d *Decoder) { d.GetEach(tables, values) })
	})
}

// each runs a benchmark with a table for each value: 64 scales, each with 32 fractions of the mean.
func each(b *testing.B, run func(b *testing.B, tables []*Table, values []int32)) {
	all := make([]*Table, 64*32)
	for i := range all {
		all[i] = bell(b, 0.11*math.Pow(64/0.11, float64(i/32)/63))
	}
	for _, scales := range []int{16, 64} {
		b.Run(fmt.Sprint("tables=", scales*32), func(b *testing.B) {
			r, values, tables := source(1), make([]int32, benchmarked), make([]*Table, benchmarked)
			for i := range values {
				tables[i] = all[int(r.next()>>8)%(scales*32)]
				values[i] = draw(&r, tables[i])
			}
			run(b, tables, values)
		})
	}
}

func BenchmarkDecodeOne(b *testing.B) {
	t := bell(b, 3)
	r, e := source(1), Encoder{}
	for range benchmarked {
		e.Put(t, draw(&r, t))
	}
	decode(b, &e, func(d *Decoder) {
		for range benchmarked {
			d.Get(t)
		}
	})
}

func decode(b *testing.B, e *Encoder, get func(*Decoder)) {
	stream, err := e.Finish()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		d := NewDecoder(stream)
		get(d)
		if err := d.Close(); err != nil {
			b.Fatal(err)
		}
	}
	report(b)
}

func report(b *testing.B) {
	b.ReportMetric(float64(b.N)*benchmarked/b.Elapsed().Seconds()/1e6, "Msymbols/s")
}

func BenchmarkEncodeStatic(b *testing.B) {
	t := bell(b, 3)
	r, values := source(1), make([]int32, benchmarked)
	for i := range values {
		values[i] = draw(&r, t)
	}
	var e Encoder
	for b.Loop() {
		e.PutMany(t, values)
		if _, err := e.Finish(); err != nil {
			b.Fatal(err)
		}
	}
	report(b)
}

func BenchmarkEncodeEach(b *testing.B) {
	each(b, func(b *testing.B, tables []*Table, values []int32) {
		var e Encoder
		for b.Loop() {
			e.PutEach(tables, values)
			if _, err := e.Finish(); err != nil {
				b.Fatal(err)
			}
		}
		report(b)
	})
}

func BenchmarkNewTable(b *testing.B) {
	for _, n := range []int{16, 256, 65536} {
		b.Run(fmt.Sprint("values=", n), func(b *testing.B) {
			r, c := source(1), Counts{Values: make([]uint64, n)}
			for i := range c.Values {
				c.Values[i] = uint64(r.next() >> (r.next() >> 27))
			}
			for b.Loop() {
				if _, err := NewTable(c); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*float64(n)/b.Elapsed().Seconds()/1e6, "Msymbols/s")
		})
	}
}

// The tables of a conditional prior, which are made when a file is opened.
func BenchmarkNewTablesOfPrior(b *testing.B) {
	var counts []Counts
	for i := range 2048 {
		c, err := normal(0.11 * math.Pow(256/0.11, float64(i/32)/63)).Counts()
		if err != nil {
			b.Fatal(err)
		}
		counts = append(counts, c)
	}
	for b.Loop() {
		for _, c := range counts {
			mustTable(b, c)
		}
	}
}
