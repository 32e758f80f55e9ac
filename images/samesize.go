package images

import (
	"math"

	"github.com/pkg/errors"
)

// Len returns the number of pictures.
func (f *Files) Len() int { return len(f.index) }

// Channels returns 1 for grey pictures and 3 for colour.
func (f *Files) Channels() int { return f.form.channels }

// Deep reports whether the pictures have 16 bits.
func (f *Files) Deep() bool { return f.form.deep }

// SizeOf returns the size of picture i: that of the options, or its own.
func (f *Files) SizeOf(i int) Size { return f.sizeOf(int(f.index[i])) }

// File returns the path of picture i in the folder, with slashes.
func (f *Files) File(i int) string { return f.files[f.index[i]].name }

// Label returns the class of picture i, or -1.
func (f *Files) Label(i int) int { return f.files[f.index[i]].label }

// Hash returns a SHA-256 of what picture i shows. It is the same for all files of one picture that lost
// nothing, whatever their format, and whatever is asked for in the options.
func (f *Files) Hash(i int) [32]byte { return f.files[f.index[i]].hash }

// Range returns the numbers of the files that become 0 and 1, or the zero value for all that the
// format allows.
func (f *Files) Range() Range { return f.form.cut }

// Part returns some of the pictures, in this order. It shares the cache.
func (f *Files) Part(pictures []int) *Files {
	part := *f
	part.index = make([]int32, len(pictures))
	for k, i := range pictures {
		part.index[k] = f.index[i]
	}
	return &part
}

// frame returns picture i. Nobody may change it.
func (f *Files) frame(i int) (frame, error) {
	fr, err := f.store.get(int(f.index[i]))
	return fr, errors.WithMessage(err, f.files[f.index[i]].path)
}

// ahead plans which pictures frame will be asked for.
func (f *Files) ahead(plan []int32) {
	mapped := make([]int32, len(plan))
	for k, i := range plan {
		mapped[k] = f.index[i]
	}
	f.store.ahead(mapped)
}

// Picture writes picture i into x, (height, width, channels), from 0 (black) to 1.
func (f *Files) Picture(i int, x []float32) error {
	if i < 0 || i >= f.Len() || len(x) != f.SizeOf(i).Numbers() {
		return errors.Errorf("want a picture from 0 to %d and room for its numbers, got picture %d and room for %d", f.Len()-1, i, len(x))
	}
	fr, err := f.frame(i)
	if err == nil {
		fr.values(x, 0)
	}
	return err
}

// SameSize returns the pictures as a data set. It returns an error if they differ in size.
func (f *Files) SameSize() (*SameSize, error) {
	for i := range f.Len() {
		if a, b := f.SizeOf(0), f.SizeOf(i); a != b {
			return nil, &SizesError{f.File(0), f.File(i), a, b}
		}
	}
	return &SameSize{f}, nil
}

// SizesError is the error for pictures of different sizes where one size is needed.
type SizesError struct {
	First, Other         string // names of two pictures
	FirstSize, OtherSize Size
}

func (e *SizesError) Error() string {
	return errors.Errorf("want pictures of one size, got %s of %v and %s of %v (height x width): bring them to one with --size HxW and --fit crop, pad or scale, or train on --patch HxW",
		e.First, e.FirstSize, e.Other, e.OtherSize).Error()
}

// Patches returns a data set of random crops of a height and a width; see the type Patches.
func (f *Files) Patches(height, width int, seed uint64) (*Patches, error) {
	return newPatches(f, height, width, seed)
}

// SameSize is pictures in files that have one size: a data set that package train takes.
type SameSize struct{ *Files }

// Size returns the size of each picture.
func (s *SameSize) Size() Size { return s.SizeOf(0) }

// Shape returns the logical shape of an example, (channels, height, width), and nil.
func (s *SameSize) Shape() (x, y []int) { return s.Size().Shape(), nil }

// Example writes picture i into x, (height, width, channels), from 0 (black) to 1. It is the same in
// every epoch. There is no target: y must be empty.
func (s *SameSize) Example(_, i int, x, y []float32) error {
	if len(y) != 0 {
		return errors.Errorf("want room for no target values, got room for %d", len(y))
	}
	return s.Picture(i, x)
}

// Bytes returns the function that gives picture i as bytes, if all pictures are in memory and have 8
// bits; see Set.Bytes.
func (s *SameSize) Bytes(self any) func(epoch, i int, scratch []byte) []byte {
	if self != any(s) || s.form.deep {
		return nil
	}
	frames := make([][]byte, s.Len())
	for i := range frames {
		fr, ok := s.store.peek(int(s.index[i]))
		if !ok {
			return nil
		}
		frames[i] = fr.bytes
	}
	return func(_, i int, _ []byte) []byte { return frames[i] }
}

// Ahead says which pictures will be asked for; see train.Ahead.
func (s *SameSize) Ahead(_ int, indices []int32) { s.ahead(indices) }

// Fingerprint tells the pictures from others by what they show and how they are read. If self is not s,
// another type embeds s: then Fingerprint returns "" (see Bytes).
func (s *SameSize) Fingerprint(self any) string {
	if self != any(s) {
		return ""
	}
	return s.fingerprint()
}

// Set reads all pictures into memory. They must have one size.
func (f *Files) Set() (*Set, error) {
	same, err := f.SameSize()
	if err != nil {
		return nil, err
	}
	size := same.Size()
	s := &Set{Name: f.Name, Channels: size.Channels, Height: size.Height, Width: size.Width, Classes: f.Classes, Notes: f.Notes}
	if memory := MachineMemory(); int64(f.Len()) > memory/int64(size.Numbers()) {
		return nil, errors.Errorf("want pictures that fit into the %d bytes of the machine's memory together, got %d of %v", memory, f.Len(), size)
	}
	if n := f.Len() * size.Numbers(); f.form.deep {
		s.Deep = make([]uint16, 0, n)
	} else {
		s.Pixels = make([]byte, 0, n)
	}
	for i := range f.Len() {
		fr, err := f.frame(i)
		if err != nil {
			return nil, err
		}
		s.Pixels, s.Deep = append(s.Pixels, fr.bytes...), append(s.Deep, fr.deep...)
		s.Files, s.Hashes = append(s.Files, f.File(i)), append(s.Hashes, f.Hash(i))
		if label := f.Label(i); label >= 0 && label <= math.MaxUint8 {
			s.Labels = append(s.Labels, byte(label))
		}
	}
	return s, nil
}
