package images

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/random"
)

// Augmentation says how images are changed at random in training, so that a model sees more of them than there are.
type Augmentation struct {
	// Shift moves each image by itself, by up to so many pixels up or down and as many to the left or right, all offsets
	// being equally likely. What leaves the image is lost, what enters it is black.
	Shift int

	// Binarize makes the pixels black or white, after the shift; where it is stochastic, anew in each epoch.
	Binarize Binarization
}

// ParseAugmentation reads "none" or "shift=N". Binarization is not part of it.
func ParseAugmentation(s string) (a Augmentation, err error) {
	if s == "none" {
		return a, nil
	}
	number, ok := strings.CutPrefix(s, "shift=")
	if a.Shift, err = strconv.Atoi(number); !ok || err != nil || a.Shift < 1 {
		return a, errors.Errorf("%q, want none, or shift=N with N of at least 1 pixel", s)
	}
	return a, nil
}

// String is the augmentation as ParseAugmentation reads it, and the binarization behind it where there is one.
func (a Augmentation) String() string {
	text := "none"
	if a.Shift != 0 {
		text = fmt.Sprintf("shift=%d", a.Shift)
	}
	if a.Binarize != Grey {
		text += fmt.Sprintf(" and binarize=%v", a.Binarize)
	}
	return strings.TrimPrefix(text, "none and ")
}

// Augment returns a set to train on: the images of this one, changed anew in each epoch. What becomes of an image is a
// function of the seed, the epoch and the image's number, so that a run can be repeated and resumed.
func (s *Set) Augment(a Augmentation, seed uint64) (*Augmented, error) {
	if most := max(s.Height, s.Width); a.Shift < 0 || a.Shift > most {
		return nil, errors.Errorf("data set %s: %v, want at most %d, the size of an image", s.Name, a, most)
	}
	if a.Binarize < Grey || a.Binarize > Stochastic {
		return nil, errors.Errorf("data set %s: binarization %d, want Grey, Threshold or Stochastic", s.Name, int(a.Binarize))
	}
	return &Augmented{Set: s, how: a, seed: seed}, nil
}

// Augmented is a set whose images are changed at random; see Augment.
type Augmented struct {
	*Set
	how  Augmentation
	seed uint64
}

// Fingerprint returns the set's, with what is done to its images. It is "" if self is another data set.
func (a *Augmented) Fingerprint(self any) string {
	if self != any(a) {
		return ""
	}
	return fmt.Sprintf("%s with %v of seed %d", a.Set.Fingerprint(a.Set), a.how, a.seed)
}

// Bytes returns the function by which train reads pixels. It is nil if self is another data set.
func (a *Augmented) Bytes(self any) func(epoch, i int, scratch []byte) []byte {
	if self != any(a) {
		return nil
	}
	return a.bytes
}

// bytes writes image i, as it is in an epoch, into scratch, which has its size.
func (a *Augmented) bytes(epoch, i int, scratch []byte) []byte {
	down, right := a.offset(epoch, i)
	move(scratch, a.Image(i), a.Width, down, right)
	if a.how.Binarize != Grey {
		a.how.Binarize.apply(scratch, a.key("binarize", epoch, i))
	}
	return scratch
}

// Example writes image i, as it is in an epoch, into x as its bytes divided by 255. There is no target: y must be empty.
func (a *Augmented) Example(epoch, i int, x, y []float32) error {
	if err := a.Set.Example(epoch, i, x, y); err != nil {
		return err
	}
	for k, b := range a.bytes(epoch, i, make([]byte, len(x))) {
		x[k] = float32(b) / 255
	}
	return nil
}

// key is that of what is random in an image.
func (a *Augmented) key(what string, epoch, i int) uint64 {
	return random.Sub(random.Sub(random.Key(a.seed, "images", what), uint64(epoch)), uint64(i))
}

// offset is how far image i is moved in an epoch.
func (a *Augmented) offset(epoch, i int) (down, right int) {
	side := uint64(2*a.how.Shift + 1)
	n := random.FromKey(a.key("shift", epoch, i)).Uint64n(side * side)
	return int(n/side) - a.how.Shift, int(n%side) - a.how.Shift
}

// move writes an image of rows of a width into another, moved. In memory that is to move all of it at once, but for what
// leaves a row at one end, which must not enter the next at the other.
func move(to, from []byte, width, down, right int) {
	n := min(max(down*width+right, -len(from)), len(from))
	if n >= 0 {
		clear(to[:n])
		copy(to[n:], from)
	} else {
		clear(to[len(to)+n:])
		copy(to, from[-n:])
	}
	first, end := 0, min(right, width) // of a row, what entered it
	if right < 0 {
		first, end = max(width+right, 0), width
	}
	for row := to; len(row) > 0; row = row[width:] {
		clear(row[first:end])
	}
}
