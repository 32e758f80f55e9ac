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
	const limit, most = 1 << 12, 1 << 20 // objects, of a path that goes in circles, and values
	groups := []*Group{root}
	count := func(n int, err error) {
		values += n
		if err != nil {
			faults++
		}
	}
	for len(groups) > 0 && objects < limit && values < most {
		g := groups[0]
		groups = groups[1:]
		readAttributes(&g.object, count)
		for _, name := range g.Names() {
			if objects++; objects > limit || values > most {
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
			numbers, err := d.Floats(most >> 2)
			count(len(numbers), err)
			integers, err := d.Ints(most >> 2)
			count(len(integers), err)
			texts, err := d.Strings(most >> 2)
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

// Files with some bytes changed are read or refused, without a panic or a circle. Many changes are noticed:
// those of structures, but not those of values or of what is between.
func TestChanged(t *testing.T) {
	rng := rand.New(rand.NewPCG(14, 5))
	rounds := 100
	if testing.Short() {
		rounds = 20
	}
	noticed := 0
	for name, b := range files(t) {
		_, _, clean, err := readAll(b, false)
		if err != nil {
			t.Fatal(name, err)
		}
		for range rounds {
			c := bytes.Clone(b)
			for range 1 + rng.IntN(8) {
				c[rng.IntN(len(c))] = byte(rng.UintN(256)) | byte(-rng.IntN(2))
			}
			if _, _, faults, err := readAll(c, rng.IntN(2) == 0); err != nil || faults != clean {
				noticed++
			}
		}
	}
	if noticed < rounds {
		t.Errorf("%d changes were noticed in several files with %d each, want more", noticed, rounds)
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

// A changed byte in a structure with a checksum is noticed, whichever structure it is.
func TestDamaged(t *testing.T) {
	all := files(t)
	for _, sign := range []string{"OHDR", "OCHK", "BTHD", "BTLF", "BTIN", "FRHP", "FHDB", "FHIB", "FAHD", "FADB", "EAHD", "EAIB", "EADB", "EASB", signature} {
		found, noticed := 0, 0
		for name, b := range all {
			_, _, clean, err := readAll(b, false)
			if err != nil {
				t.Fatal(name, err)
			}
			for at := 0; ; at++ {
				i := bytes.Index(b[at:], []byte(sign))
				if i < 0 {
					break
				}
				at += i
				c := bytes.Clone(b)
				c[at+len(sign)+5] ^= 1 // not the version
				_, _, faults, err := readAll(c, false)
				if found++; err != nil || faults != clean {
					noticed++
				}
			}
		}
		if found == 0 || noticed == 0 {
			t.Errorf("%q: %d of %d changes were noticed", sign, noticed, found)
		}
	}
}
