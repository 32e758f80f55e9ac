package dataset

import (
	"crypto/sha256"
	"fmt"
	"strconv"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// Contents returns a hash of the content of each image to train on and to test with: of its file, or of
// its pixels if it has none. They are nil for data sets that are computed.
func (d *Data) Contents() (train, test [][sha256.Size]byte) {
	return contentsOf(d.Train, d.TrainFiles), contentsOf(d.Test, d.TestFiles)
}

func contentsOf(part Images, files *images.Files) [][sha256.Size]byte {
	if files != nil {
		hashes := make([][sha256.Size]byte, files.Len())
		for i := range hashes {
			hashes[i] = files.Hash(i)
		}
		return hashes
	}
	if s, ok := part.(*images.Set); ok {
		return s.Contents()
	}
	return nil
}

// noteCommon adds a note if images to test with are also among those to train on.
func (d *Data) noteCommon() {
	if d.held != nil { // the content of each image decided
		return
	}
	train, test := d.Contents()
	seen := map[[sha256.Size]byte]bool{}
	for _, h := range train {
		seen[h] = true
	}
	n, example := 0, 0
	for i, h := range test {
		if seen[h] {
			if n++; n == 1 {
				example = i
			}
		}
	}
	if n == 0 || n == len(test) && len(seen) == 1 { // holdOut notes that all are equal
		return
	}
	name := strconv.Itoa(example)
	if d.TestFiles != nil {
		name = d.TestFiles.File(example)
	}
	verb := "are"
	if n == 1 {
		verb = "is"
	}
	d.Notes = append(d.Notes, fmt.Sprintf("%d of the %d test images %s also trained on, for example %s", n, len(test), verb, name))
}

// HeldOut returns the names of the images to test with: the paths of pictures in their folder, or the
// numbers that the images of a file have in it, from 0. It is an error if the data set has a part for
// testing of its own that is no pictures in files.
func (d *Data) HeldOut() ([]string, error) {
	var names []string
	switch {
	case d.TestFiles != nil:
		for i := range d.TestFiles.Len() {
			names = append(names, d.TestFiles.File(i))
		}
	case d.held != nil:
		for _, i := range d.held {
			names = append(names, strconv.Itoa(i))
		}
	default:
		return nil, errors.Errorf("data set %s: want images that are held out, got a set that has its own images for testing", d.Name)
	}
	return names, nil
}
