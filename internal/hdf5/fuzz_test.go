package hdf5

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/pkg/errors"
)

// readAll reads all of a file that may be hostile, except that it stops after some objects. It returns how
// much was there.
func readAll(b []byte, unchecked bool) (objects, values, faults int, err error) {
	f, err := find(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return 0, 0, 0, err
	}
	f.unchecked = unchecked
	if err := f.superblock(); err != nil {
		return 0, 0, 0, err
	}
	root, err := f.Root()
	if err != nil {
		return 0, 0, 0, err
	}
	const limit = 1 << 12 // objects of a path that goes in circles, and values
	groups := []*Group{root}
	count := func(n int, err error) {
		values += n
		if err != nil {
			faults++
		}
	}
	for len(groups) > 0 && objects < limit {
		g := groups[0]
		groups = groups[1:]
		readAttributes(&g.object, count)
		for _, name := range g.Names() {
			if objects++; objects > limit {
				break
			}
			child, err := g.Group(name)
			if err == nil {
				groups = append(groups, child)
				continue
			}
			d, err := g.Dataset(name)
			count(0, err)
			if err != nil {
				continue
			}
			readAttributes(&d.object, count)
			numbers, err := d.Floats(limit)
			count(len(numbers), err)
			integers, err := d.Ints(limit)
			count(len(integers), err)
			texts, err := d.Strings(limit)
			count(len(texts), err)
		}
	}
	return objects, values, faults, nil
}

func readAttributes(o *object, count func(int, error)) {
	names, err := o.AttrNames()
	count(len(names), err)
	for _, name := range names[:min(len(names), 100)] {
		v, err := o.Attr(name)
		count(0, err)
		if err != nil {
			continue
		}
		texts, err := v.Texts()
		count(len(texts), err)
		numbers, err := v.Floats()
		count(len(numbers), err)
	}
}

func FuzzRead(f *testing.F) {
	for _, b := range files(f) {
		f.Add(b, true)
		f.Add(b[:len(b)/2], true)
	}
	f.Fuzz(func(t *testing.T, b []byte, unchecked bool) {
		_, _, _, err := readAll(b, unchecked)
		if err != nil && !errors.As(err, new(*FormatError)) && !errors.As(err, new(*UnsupportedError)) {
			t.Errorf("an error that is not the file's: %v", err)
		}
	})
}

// files returns the files of testdata.
func files(t testing.TB) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("testdata/*.h5")
	if err != nil || len(names) == 0 {
		t.Fatal("no files in testdata", err)
	}
	all := map[string][]byte{}
	for _, name := range names {
		if all[name], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// Files with some bytes changed are read or refused, without a panic or a circle, and most changes of
// structures are noticed.
func TestChanged(t *testing.T) {
	rng := rand.New(rand.NewPCG(14, 5))
	rounds := 300
	if testing.Short() {
		rounds = 30
	}
	for name, b := range files(t) {
		_, _, clean, err := readAll(b, false)
		if err != nil {
			t.Fatal(name, err)
		}
		noticed := 0
		for range rounds {
			c := bytes.Clone(b)
			for range 1 + rng.IntN(8) {
				c[rng.IntN(len(c))] = byte(rng.UintN(256)) | byte(-rng.IntN(2))
			}
			if _, _, faults, err := readAll(c, rng.IntN(2) == 0); err != nil || faults != clean {
				noticed++
			}
		}
		if noticed == 0 {
			t.Errorf("%s: no change was noticed", name)
		}
	}
}

// A file that is cut anywhere is refused: its superblock says how long it is.
func TestCut(t *testing.T) {
	for name, b := range files(t) {
		for n := 0; n < len(b); n += 1 + n/16 {
			if _, _, _, err := readAll(b[:n], false); err == nil {
				t.Errorf("%s: %d of %d bytes were accepted", name, n, len(b))
			}
		}
	}
}
