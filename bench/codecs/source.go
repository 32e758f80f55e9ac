package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/images"
)

// source holds the images to be compressed.
type source struct {
	name   string // of the data set, and which images of it
	size   images.Size
	n      int
	pixels []byte // (n, height, width, channels)
	hash   string // the first half of the SHA-256 of the images
	args   string // the options that open them
}

func (s *source) image(i int) []byte {
	k := s.size.Numbers()
	return s.pixels[i*k : (i+1)*k]
}

// String says which images they are, for people.
func (s *source) String() string {
	return fmt.Sprintf("%s, %d images of %v, SHA-256 %s", s.name, s.n, s.size, s.hash)
}

// open reads the images that the options ask for.
func open(ctx context.Context, o options) (*source, error) {
	switch o.data {
	case "":
		o.data = "mnist"
	case "fashion":
		o.data = "fashion-mnist"
	}
	d, err := dataset.Open(ctx, dataset.Options{Data: o.data})
	if err != nil {
		return nil, err
	}
	if d.Warning != "" {
		return nil, errors.New(d.Warning) // the warning is that this is another set than the one asked for
	}
	from := d.Test
	if o.split == "train" {
		from = d.Train
	}
	s, err := read(from, o.first)
	if err != nil {
		return nil, err
	}
	s.name = d.Name + " " + o.split
	s.args = fmt.Sprintf("--data %s --split %s", o.data, o.split)
	if !slices.Contains(dataset.Names(), o.data) {
		s.args = fmt.Sprintf("--data DIR --split %s", o.split) // tables are published, paths are not
	}
	if o.first > 0 {
		s.args += fmt.Sprint(" --first ", o.first)
	}
	return s, nil
}

// read reads the first images of a data set, or all if first is 0.
func read(from dataset.Images, first int) (*source, error) {
	s := &source{size: from.Size(), n: from.Len()}
	if first > s.n {
		return nil, errors.Errorf("want --first of at most %d, which is how many images there are, got %d", s.n, first)
	}
	if first > 0 {
		s.n = first
	}
	if c := s.size.Channels; c != 1 && c != 3 {
		return nil, errors.Errorf("want images of 1 or 3 channels, got %d", c)
	}
	x := make([]float32, s.size.Numbers())
	for i := range s.n {
		if err := from.Example(0, i, x, nil); err != nil {
			return nil, err
		}
		s.pixels = append(s.pixels, images.ToBytes(x)...)
	}
	set := &images.Set{Channels: s.size.Channels, Height: s.size.Height, Width: s.size.Width, Pixels: s.pixels}
	s.hash = strings.ToLower(set.Fingerprint(set))[:16]
	return s, nil
}
