package main

import (
	"fmt"

	"github.com/gorgonae/gorgonae/images"
)

// layout says how images become files: as mosaics, rows of images without gaps, each at most side
// pixels wide and high; one file an image if side is 0; or, if joined, the bytes of all images one
// after another, for programs that compress bytes.
type layout struct {
	side   int
	joined bool
}

// file is what a codec compresses at once: images first to first+n-1 of a source.
type file struct {
	first, n int
	columns  int
	size     images.Size // of the mosaic
	pixels   []byte      // (height, width, channels)
}

// text says how many images there are in a file.
func (l layout) text(s *source) string {
	if l.joined {
		return "one image after another"
	}
	columns, per := l.shape(s)
	if per == 1 {
		return "one file an image"
	}
	if per >= s.n {
		return fmt.Sprintf("a mosaic of %dx%d", columns, rows(per, columns))
	}
	return fmt.Sprintf("mosaics of %dx%d", columns, rows(per, columns))
}

// shape returns how many images are side by side in a mosaic, and how many are in one. All mosaics
// but the last are of one size, and none is small: each has overhead.
func (l layout) shape(s *source) (columns, per int) {
	most := min(l.side/s.size.Width, l.side/s.size.Height)
	if most < 2 {
		return 1, 1
	}
	mosaics := rows(s.n, most*most)
	per = rows(s.n, mosaics)
	columns = 1
	for columns*columns < per {
		columns++
	}
	return columns, per
}

// rows is n/columns, rounded up.
func rows(n, columns int) int { return (n + columns - 1) / columns }

// files returns the number of files.
func (l layout) files(s *source) int {
	if l.joined {
		return 1
	}
	_, per := l.shape(s)
	return rows(s.n, per)
}

// file makes file i of a source. Places of a mosaic without an image are black.
func (l layout) file(s *source, i int) file {
	if l.joined {
		size := images.Size{Channels: s.size.Channels, Height: s.n * s.size.Height, Width: s.size.Width}
		return file{n: s.n, columns: 1, size: size, pixels: s.pixels}
	}
	columns, per := l.shape(s)
	f := file{first: i * per, n: min(per, s.n-i*per), columns: columns}
	f.size = images.Size{Channels: s.size.Channels, Height: rows(f.n, columns) * s.size.Height, Width: columns * s.size.Width}
	f.pixels = make([]byte, f.size.Numbers())
	for k := range f.n {
		f.copy(s.size, k, f.pixels, func(mosaic, line []byte) { copy(mosaic, line) }, s.image(f.first+k))
	}
	return f
}

// cut returns the images of a decoded file, (n, height, width, channels).
func (f file) cut(size images.Size, decoded []byte) []byte {
	out := make([]byte, f.n*size.Numbers())
	for k := range f.n {
		f.copy(size, k, decoded, func(mosaic, line []byte) { copy(line, mosaic) }, out[k*size.Numbers():][:size.Numbers()])
	}
	return out
}

// copy calls line for each line of image k: with its place in the mosaic, and in the image.
func (f file) copy(size images.Size, k int, mosaic []byte, line func(mosaic, line []byte), image []byte) {
	width := size.Width * size.Channels
	at := (k/f.columns*size.Height*f.columns + k%f.columns) * width
	for y := range size.Height {
		line(mosaic[at+y*f.columns*width:][:width], image[y*width:][:width])
	}
}
