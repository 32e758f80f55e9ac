package rans

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var golden = flag.Bool("golden", false, "write the files of testdata/golden that are missing")

// goldenTable is a table of a golden file. Frequencies and Serialised follow from the other fields.
type goldenTable struct {
	Lo          int32    `json:"lo"`
	Counts      []uint64 `json:"counts"`
	Escape      uint64   `json:"escape"` // 0: no escape
	Digits      int      `json:"digits"` // 0: all
	Frequencies []uint32 `json:"frequencies"`
	Serialised  string   `json:"serialised"`
}

// goldenFile is a golden stream. An operation [t, v] is the value v with table t, or, if t is below
// 0, the number v in -t raw bits.
type goldenFile struct {
	About      string        `json:"about"`
	Tables     []goldenTable `json:"tables"`
	Operations [][2]int64    `json:"operations"`
	Stream     string        `json:"stream"`
}

// TestGolden pins the format: what these files say does not change.
func TestGolden(t *testing.T) {
	cases := goldenCases(t)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("testdata", "golden", name+".json")
			data, err := os.ReadFile(path)
			if os.IsNotExist(err) && *golden {
				data = c.complete(t)
				err = os.WriteFile(path, data, 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
			var f goldenFile
			if err := json.Unmarshal(data, &f); err != nil {
				t.Fatal(err)
			}
			f.check(t)
			if string(c.complete(t)) != string(data) {
				t.Error("the generator of this file makes another one now")
			}
		})
	}
	if files, _ := filepath.Glob("testdata/golden/*.json"); len(files) != len(cases) {
		t.Errorf("there are %d golden files, want %d", len(files), len(cases))
	}
}

func (f *goldenFile) check(t *testing.T) {
	var made, read []*Table
	for i, g := range f.Tables {
		table := mustTable(t, Counts{Lo: g.Lo, Values: g.Counts, Escape: g.Escape, Digits: g.Digits})
		if got := frequencies(table); !slices.Equal(got, g.Frequencies) {
			t.Errorf("table %d: got the frequencies %v, want %v", i, got, g.Frequencies)
		}
		if got := hex.EncodeToString(table.Append(nil)); got != g.Serialised {
			t.Errorf("table %d: got %s, want %s", i, got, g.Serialised)
		}
		data, err := hex.DecodeString(g.Serialised)
		if err != nil {
			t.Fatal(err)
		}
		other, _, err := ReadTable(data)
		if err != nil {
			t.Fatal(err)
		}
		made, read = append(made, table), append(read, other)
	}
	stream, err := hex.DecodeString(f.Stream)
	if err != nil {
		t.Fatal(err)
	}
	for _, tables := range [][]*Table{made, read} {
		items := f.items(tables)
		if got := hex.EncodeToString(encode(t, items)); got != f.Stream {
			t.Error("values are encoded as another stream")
		}
		checkItems(t, stream, items)
	}
}

func (f *goldenFile) items(tables []*Table) []item {
	var items []item
	for _, o := range f.Operations {
		if o[0] < 0 {
			items = append(items, item{n: uint(-o[0]), bits: uint64(o[1])})
		} else {
			items = append(items, item{table: tables[o[0]], value: int32(o[1])})
		}
	}
	return items
}

func frequencies(t *Table) []uint32 {
	var f []uint32
	for _, r := range t.records {
		f = append(f, r>>16+1)
	}
	return f
}

// complete returns the file, with what follows from the input.
func (f goldenFile) complete(t *testing.T) []byte {
	var tables []*Table
	for i := range f.Tables {
		g := &f.Tables[i]
		table := mustTable(t, Counts{Lo: g.Lo, Values: g.Counts, Escape: g.Escape, Digits: g.Digits})
		g.Frequencies, g.Serialised = frequencies(table), hex.EncodeToString(table.Append(nil))
		tables = append(tables, table)
	}
	f.Stream = hex.EncodeToString(encode(t, f.items(tables)))
	data, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.NewReplacer(`,"`, ",\n\"", `,{`, ",\n{").Replace(string(data))
	return []byte(lines + "\n")
}

func goldenCases(t *testing.T) map[string]goldenFile {
	r := source(2026)
	tables := []goldenTable{
		{Lo: 5, Counts: []uint64{3}},
		{Lo: -2, Counts: []uint64{1, 4, 6, 4, 1}},
		{Lo: -2, Counts: []uint64{0, 1000, 3000, 700, 2}, Escape: 1, Digits: 3},
		{Lo: 2147483600, Counts: slices.Repeat([]uint64{1}, 47), Escape: 5, Digits: 1},
		{Lo: -2147483648, Counts: []uint64{0, 0, 1 << 40, 12345678901, 7}, Escape: 1},
	}
	wide := goldenTable{Lo: -150, Digits: 4, Escape: 40}
	for i := range 300 {
		wide.Counts = append(wide.Counts, uint64(10*i*(300-i)+r.below(9)))
	}
	var mixed [][2]int64
	for k, g := range tables {
		for i := range g.Counts {
			mixed = append(mixed, [2]int64{int64(k), int64(g.Lo) + int64(i)})
		}
		mixed = append(mixed, [2]int64{int64(-1 - k), 1}, [2]int64{-16, 65535 - int64(k)}, [2]int64{-33, 1<<32 + int64(k)})
		if g.Escape > 0 {
			for _, v := range []int64{-2147483648, 2147483647, 0, -1, int64(g.Lo) - 1, int64(g.Lo) + int64(len(g.Counts))} {
				if v >= -2147483648 && v <= 2147483647 {
					mixed = append(mixed, [2]int64{int64(k), v})
				}
			}
		}
	}
	all := append(slices.Clone(tables), wide)
	var long [][2]int64
	for range 4500 {
		v := int64(r.below(300) - 150)
		if r.below(100) == 0 {
			v *= 3
		}
		long = append(long, [2]int64{5, v})
		if r.below(50) == 0 {
			long = append(long, mixed[r.below(len(mixed))])
		}
	}
	return map[string]goldenFile{
		"empty": {About: "no values", Tables: tables[:1], Operations: [][2]int64{}},
		"one":   {About: "one value", Tables: tables[1:2], Operations: [][2]int64{{0, -1}}},
		"short": {About: "all kinds of operations in a short stream", Tables: all, Operations: mixed},
		"long":  {About: "all kinds of operations in a long stream", Tables: all, Operations: long},
	}
}
