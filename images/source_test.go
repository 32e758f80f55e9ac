package images

import (
	"bytes"
	"slices"
	"testing"
)

// plain is a source that has only the methods that it must have.
type plain struct{ of *Set }

func (p plain) Len() int        { return p.of.Len() }
func (p plain) Size() Size      { return p.of.Size() }
func (p plain) Label(i int) int { return p.of.Label(i) }
func (p plain) Example(epoch, i int, x, y []float32) error {
	return p.of.Example(epoch, i, x, y)
}

// scratched is a source that writes bytes into scratch, like one that reads a file for each image.
type scratched struct{ plain }

func (s scratched) Bytes(any) func(epoch, i int, scratch []byte) []byte {
	return func(_, i int, scratch []byte) []byte {
		copy(scratch, s.of.Image(i))
		return scratch
	}
}

// dataset has the methods that train calls on a data set, with the optional ones.
type dataset interface {
	Source
	Shape() (x, y []int)
	Bytes(self any) func(epoch, i int, scratch []byte) []byte
	Fingerprint(self any) string
}

// A source that does not lie in memory is changed like a set in memory.
func TestSources(t *testing.T) {
	for _, s := range []*Set{greys(3), noise(5)} {
		for name, change := range map[string]func(Source) dataset{
			"augmented": func(from Source) dataset {
				a, err := Augment(from, Augmentation{Shift: 2, Binarize: Stochastic}, 1)
				if err != nil {
					t.Fatal(err)
				}
				return a
			},
			"nothing":   func(from Source) dataset { return augment(t, from, 0, 1) },
			"fixed":     func(from Source) dataset { return Stochastic.Fixed(from) },
			"threshold": func(from Source) dataset { return Threshold.Fixed(from) },
			"as it is":  func(from Source) dataset { return NotBinarized.Fixed(from) },
		} {
			whole, others := change(s), []dataset{change(plain{s}), change(scratched{plain{s}})}
			if others[0].Bytes(others[0]) != nil || others[1].Bytes(others[1]) == nil {
				t.Fatalf("%s: bytes of a source without, or none of one with", name)
			}
			prints := map[string]bool{whole.Fingerprint(whole): true}
			for i := range s.Len() {
				want := whole.Bytes(whole)(2, i, make([]byte, s.Size().Numbers()))
				if got := others[1].Bytes(others[1])(2, i, make([]byte, len(want))); !bytes.Equal(got, want) {
					t.Errorf("%s: image %d in scratch is %v, want %v", name, i, got, want)
				}
				for _, ds := range append(others, whole) {
					x := make([]float32, len(want))
					if err := ds.Example(2, i, x, nil); err != nil || !bytes.Equal(ToBytes(x), want) {
						t.Errorf("%s: image %d is %v, want %v (%v)", name, i, ToBytes(x), want, err)
					}
					prints[ds.Fingerprint(ds)] = true
				}
			}
			if prints[""] {
				t.Errorf("%s: no fingerprint", name)
			}
			for _, ds := range append(others, whole) {
				if ds.Bytes(s) != nil || ds.Fingerprint(s) != "" {
					t.Errorf("%s: Bytes or Fingerprint for another data set", name)
				}
			}
		}
	}
}

// short is a source that gives too few bytes.
type short struct{ plain }

func (short) Bytes(any) func(epoch, i int, scratch []byte) []byte {
	return func(int, int, []byte) []byte { return []byte{2} }
}

// Bytes of a wrong size are handed on unchanged: training refuses them.
func TestBytesOfWrongSize(t *testing.T) {
	s := noise(2)
	from := short{plain{s}}
	a, b := augment(t, from, 1, 1), Threshold.Fixed(from)
	for _, ds := range []dataset{a, b} {
		if got := ds.Bytes(ds)(0, 1, make([]byte, s.Size().Numbers())); !slices.Equal(got, []byte{2}) {
			t.Errorf("got %v", got)
		}
	}
}

// A fixed draw has the fingerprint of a set with the same images and labels.
func TestFingerprintOfBinarized(t *testing.T) {
	for _, s := range []*Set{numbered(9), colored(9), noise(3)} {
		for _, how := range []Binarization{NotBinarized, Threshold, Stochastic} {
			for _, from := range []Source{s, scratched{plain{s}}} {
				fixed := how.Fixed(from)
				made := drawn(fixed)
				made.Labels = s.Labels
				if got := fixed.Fingerprint(fixed); got != fingerprint(made) && how != NotBinarized {
					t.Errorf("%v: %s, want %s", how, got, fingerprint(made))
				}
			}
		}
	}
}
