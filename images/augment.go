package images

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/random"
)

// Augmentation says how images are changed at random in training, so that a model sees more images
// than there are. The zero value changes nothing.
type Augmentation struct {
	// Shift moves each image by up to this many pixels up or down, and by up to as many to the left
	// or right. All offsets are equally likely. What leaves the image is lost; what enters it is
	// black.
	Shift int

	// Binarize makes the numbers of each image 0 or 1, after the shift. A stochastic binarization
	// draws them anew in each epoch.
	Binarize Binarization
}

// ParseAugmentation reads "none" or "shift=N". It does not read a binarization.
func ParseAugmentation(s string) (a Augmentation, err error) {
	if s == "none" {
		return a, nil
	}
	number, ok := strings.CutPrefix(s, "shift=")
	if a.Shift, err = strconv.Atoi(number); !ok || err != nil || a.Shift < 1 {
		return a, errors.Errorf("want none, or shift=N with N of at least 1 pixel, got %q", s)
	}
	return a, nil
}

// String writes the augmentation as ParseAugmentation reads it, followed by the binarization if
// there is one.
func (a Augmentation) String() string {
	text := "none"
	if a.Shift != 0 {
		text = fmt.Sprintf("shift=%d", a.Shift)
	}
	if a.Binarize != NotBinarized {
		text += fmt.Sprintf(" and binarize=%v", a.Binarize)
	}
	return strings.TrimPrefix(text, "none and ")
}

// Check refuses settings that no image could have.
func (a Augmentation) Check() error {
	switch {
	case a.Shift < 0:
		return errors.Errorf("augmentation: want a shift of at least 0 pixels, got %d", a.Shift)
	case a.Binarize < NotBinarized || a.Binarize > Stochastic:
		return errors.Errorf("augmentation: want NotBinarized, Threshold or Stochastic, got binarization %d",
			int(a.Binarize))
	}
	return nil
}

// Augment returns a data set to train on: the images of a source, changed anew in each epoch. The
// change of an image follows from the seed, the epoch and the image's number alone, so that a run
// can be repeated and resumed. Augment refuses a shift by more than the longer side of an image.
func Augment(from Source, how Augmentation, seed uint64) (*Augmented, error) {
	if err := how.Check(); err != nil {
		return nil, err
	}
	size := from.Size()
	if most := max(size.Height, size.Width); how.Shift > most {
		return nil, errors.Errorf("augmentation: want a shift of 0 to %d pixels, the longer side of an image, got %d",
			most, how.Shift)
	}
	key := func(what string) uint64 { return random.Key(seed, "images", what) }
	return &Augmented{changed{from}, how, seed, size, key("shift"), key("binarize")}, nil
}

// Augmented is a data set whose images are changed at random; see Augment.
type Augmented struct {
	changed
	how  Augmentation
	seed uint64
	size Size

	shift, binarize uint64 // the keys of the random numbers
}

// Fingerprint returns the fingerprint of the source, followed by how its images are changed. If
// self is not a, another type embeds a: then Fingerprint returns "".
func (a *Augmented) Fingerprint(self any) string {
	if self != any(a) {
		return ""
	}
	return fmt.Sprintf("%s with %v of seed %d", fingerprintOf(a.from), a.how, a.seed)
}

// Bytes returns the function that writes an image, as it is in an epoch, into scratch. It returns
// nil if the source does not give bytes, or if self is not a (see Set.Bytes).
func (a *Augmented) Bytes(self any) func(epoch, i int, scratch []byte) []byte {
	read := bytesOf(a.from)
	if self != any(a) || read == nil {
		return nil
	}
	return func(epoch, i int, scratch []byte) []byte {
		image := read(epoch, i, scratch)
		if len(image) != len(scratch) {
			return image // which training refuses
		}
		a.change(scratch, image, epoch, i)
		return scratch
	}
}

// Example writes image i, as it is in an epoch, into x as its bytes divided by 255. There is no
// target: y must be empty.
func (a *Augmented) Example(epoch, i int, x, y []float32) error {
	return a.example(epoch, i, x, y, func(image []byte) { a.change(image, image, epoch, i) })
}

// change writes an image into another, which may be itself, as it is in an epoch.
func (a *Augmented) change(to, from []byte, epoch, i int) {
	down, right := a.offset(epoch, i)
	move(to, from, a.size.Width*a.size.Channels, down, right*a.size.Channels)
	if a.how.Binarize != NotBinarized {
		a.how.Binarize.apply(to, imageKey(a.binarize, epoch, i))
	}
}

// imageKey returns the key of the random numbers for one image in one epoch.
func imageKey(key uint64, epoch, i int) uint64 {
	return random.Sub(random.Sub(key, uint64(epoch)), uint64(i))
}

// offset returns by how many pixels image i is moved in an epoch.
func (a *Augmented) offset(epoch, i int) (down, right int) {
	side := uint64(2*a.how.Shift + 1)
	n := random.FromKey(imageKey(a.shift, epoch, i)).Uint64n(side * side)
	return int(n/side) - a.how.Shift, int(n%side) - a.how.Shift
}

// move writes an image into another, or into itself, moved down and to the right. Width and right
// count bytes: the channels of a pixel move together.
//
// In memory this moves all rows at once. Bytes that leave a row at one end would enter the next row
// at the other end: they are cleared.
func move(to, from []byte, width, down, right int) {
	n := min(max(down*width+right, -len(from)), len(from))
	if n >= 0 {
		copy(to[n:], from) // before clear, for the case that both are the same
		clear(to[:n])
	} else {
		copy(to, from[-n:])
		clear(to[len(to)+n:])
	}
	first, end := 0, min(right, width) // the part of each row that entered it
	if right < 0 {
		first, end = max(width+right, 0), width
	}
	for row := to; len(row) > 0; row = row[width:] {
		clear(row[first:end])
	}
}
