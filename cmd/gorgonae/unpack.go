package main

import (
	"context"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/run"
)

// unpacker writes decompressed images.
type unpacker struct {
	out     string
	size    images.Size
	classes []string
	count   int
	taken   map[string]bool // paths that are written
	array   []byte          // all images, if they become an array
}

func (u *unpacker) isArray() bool { return strings.EqualFold(filepath.Ext(u.out), ".npy") }

// write writes the images of a chunk.
func (u *unpacker) write(ctx context.Context, c *codec.Chunk) error {
	if u.isArray() {
		u.array = append(u.array, c.Pixels...)
		u.count += c.Len
		return nil
	}
	paths := make([]string, c.Len)
	for i := range paths {
		name, label := "", -1
		if c.Names != nil {
			name = c.Names[i]
		}
		if c.Labels != nil {
			label = c.Labels[i]
		}
		var err error
		if paths[i], err = u.path(c.First+i, name, label); err != nil {
			return err
		}
	}
	if err := images.WriteFiles(ctx, paths, u.size, c.Pixels); err != nil {
		return err
	}
	u.count += c.Len
	return nil
}

// path returns the path of an image. A file may come from anywhere, so its names must not lead out
// of the folder.
func (u *unpacker) path(number int, name string, label int) (string, error) {
	if name == "" {
		name = fmt.Sprintf("%05d.png", number)
		if label >= 0 {
			name = u.class(label) + "/" + name
		}
	}
	if !strings.EqualFold(path.Ext(name), ".png") {
		name += ".png"
	}
	local := filepath.FromSlash(name)
	if !filepath.IsLocal(local) {
		return "", errors.Errorf("want names of images in the folder, got %q for image %d, which leads out of it", name, number)
	}
	whole := filepath.Join(u.out, local)
	if u.taken[whole] {
		return "", errors.Errorf("want a name for each image, got %q twice", name)
	}
	u.taken[whole] = true
	return whole, nil
}

// class returns the name of a class for a folder.
func (u *unpacker) class(label int) string {
	if label < len(u.classes) {
		if c := u.classes[label]; c != "" && c != "." && c != ".." && !strings.ContainsAny(c, `/\:`) {
			return c
		}
	}
	return strconv.Itoa(label)
}

// end writes the array, if there is one, and says what was written.
func (u *unpacker) end(w io.Writer) error {
	if u.isArray() {
		x := make([]float32, len(u.array))
		for i, b := range u.array {
			x[i] = float32(b) / 255
		}
		if err := run.WriteImages(u.out, u.size, x); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "wrote %d images of %v to %s\n", u.count, u.size, u.out)
	return err
}
