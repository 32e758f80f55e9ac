// Package images holds data sets of images. It reads pictures from files of many formats as viewers
// show them, writes PNG files, and changes images at random for training.
//
// An image has channels, a height and a width. Grey images have one channel; colour images have
// three: red, green and blue. In memory an image is ordered height, width, channel, as PNG files
// and the kernels have it, so that nothing is transposed between a file and a model's first layer.
// The logical shape that a set reports is (channels, height, width).
//
// Pictures in files are a Files: they are decoded when they are needed, and kept while they fit into
// a cache. A Set is in memory as a whole. Both keep one byte for each number, a quarter of the
// float32 that training needs, or two bytes if pictures have more than 8 bits. Training converts each
// batch when it uses it.
package images

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"github.com/pkg/errors"
)

// Set is a data set of images of one size, all in memory. It is a data set that package train
// takes.
type Set struct {
	Name          string   // for figures and names of output folders: "mnist", a folder's base name
	Channels      int      // of each image: 1 is grey, 3 is red, green and blue
	Height, Width int      // of each image, in pixels
	Pixels        []byte   // (Len, Height, Width, Channels), row-major; 0 is black, 255 white
	Deep          []uint16 // in place of Pixels for images of more than 8 bits; 65535 is white
	Labels        []byte   // (Len) the class of each image, or nil
	Files         []string // (Len) the path of each image's file in its folder, with slashes, or nil
	Classes       []string // the name of each class, or nil if the classes are just the digits

	Hashes [][32]byte // (Len) of what each picture showed in its file, or nil; see Files.Hash
	Notes  []string   // what a user would not expect of the images, each in one line
}

// Len returns the number of images.
func (s *Set) Len() int {
	if s.Channels <= 0 || s.Height <= 0 || s.Width <= 0 {
		return 0
	}
	return max(len(s.Pixels), len(s.Deep)) / s.Size().Numbers()
}

// Size returns the size of each image.
func (s *Set) Size() Size { return Size{s.Channels, s.Height, s.Width} }

// Shape returns the logical shape of an example, (channels, height, width), without the batch axis.
// The target's shape is nil: the target is the input.
func (s *Set) Shape() (x, y []int) { return s.Size().Shape(), nil }

// SquaredError returns the sum of the squared differences of two images' bytes.
func SquaredError(a, b []byte) uint64 {
	sum := uint64(0)
	for i, v := range a {
		d := int(v) - int(b[i])
		sum += uint64(d * d)
	}
	return sum
}

// Label returns the class of image i, or -1 if the set has no labels.
func (s *Set) Label(i int) int {
	if s.Labels == nil {
		return -1
	}
	return int(s.Labels[i])
}

// File returns the path of image i in the set's folder, with slashes, or "".
func (s *Set) File(i int) string {
	if s.Files == nil {
		return ""
	}
	return s.Files[i]
}

// Image returns the bytes of image i, (Height, Width, Channels). It is a view of Pixels: do not
// change it. If the set has Deep, they are rounded to bytes.
func (s *Set) Image(i int) []byte {
	n := s.Size().Numbers()
	if s.Deep != nil {
		pixels := make([]byte, n)
		for k, v := range s.Deep[i*n:][:n] {
			pixels[k] = byte((uint32(v) + 128) / 257)
		}
		return pixels
	}
	return s.Pixels[i*n : (i+1)*n : (i+1)*n]
}

// Bytes returns the function that gives image i as bytes, the same in every epoch. Package train
// calls it with the data set that it trains on. If that is not s, another type embeds s and may
// have an Example of its own: then Bytes returns nil, and train uses Example.
func (s *Set) Bytes(self any) func(epoch, i int, scratch []byte) []byte {
	if self != any(s) || s.Deep != nil {
		return nil
	}
	return func(_, i int, _ []byte) []byte { return s.Image(i) }
}

// Example writes image i into x, (height, width, channels), as its bytes divided by 255, or its deep
// numbers by 65535: from 0 (black) to 1. It is the same in every epoch. There is no target: y must be empty.
func (s *Set) Example(_, i int, x, y []float32) error {
	if i < 0 || i >= s.Len() {
		return errors.Errorf("data set %s: want an image from 0 to %d, got %d", s.Name, s.Len()-1, i)
	}
	if n := s.Size().Numbers(); len(x) != n || len(y) != 0 {
		return errors.Errorf("data set %s: want room for %d input and 0 target values, got %d and %d",
			s.Name, n, len(x), len(y))
	}
	frame{s.Pixels, s.Deep}.values(x, i*len(x))
	return nil
}

// Fingerprint returns the SHA-256, in hex, of the set's size, pixels and labels. A run can only be
// resumed on data with the fingerprint that it began with. The name is no part of it, so that files
// may be moved. If self is not s, another type embeds s: then Fingerprint returns "" (see Bytes).
func (s *Set) Fingerprint(self any) string {
	if self != any(s) {
		return ""
	}
	if s.Deep == nil {
		return hash(s.Size(), s.Len(), s.Labels, func(i int) []byte { return s.Image(i) })
	}
	n := s.Size().Numbers()
	return hash(s.Size(), s.Len(), s.Labels, func(i int) []byte {
		var b []byte
		for _, v := range s.Deep[i*n:][:n] {
			b = binary.LittleEndian.AppendUint16(b, v)
		}
		return b
	})
}

// hash is the fingerprint of n images. The number of channels is part of it only if it is not 1:
// the fingerprints of grey sets, which stand in the checkpoints of runs, are older than colour.
func hash(size Size, n int, labels []byte, image func(i int) []byte) string {
	head := []int{n, size.Height, size.Width, len(labels)}
	if size.Channels != 1 {
		head = append(head, size.Channels)
	}
	h := sha256.New()
	for _, v := range head {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(v))) // a hash never returns an error
	}
	for i := range n {
		h.Write(image(i))
	}
	h.Write(labels)
	return hex.EncodeToString(h.Sum(nil))
}
