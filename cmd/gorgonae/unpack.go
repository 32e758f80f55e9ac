package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/mnist"
	"github.com/gorgonae/gorgonae/run"
)

// unpacker writes decompressed images.
type unpacker struct {
	out     string
	idx     string // an IDX file in place of out, or ""
	work    *work
	size    images.Size
	classes []string
	count   int
	taken   map[string]bool // paths that are written
	array   []byte          // all images, if they become one file
	labels  []int           // their labels, -1 for none
}

// check refuses options before anything is read.
func (u *unpacker) check(cmd *cobra.Command, input string, force bool) error {
	if u.idx == "" {
		return freeFolder(u.out, input, force)
	}
	if cmd.Flags().Changed("out") {
		return errors.New("want either --idx or --out, got both")
	}
	for _, path := range []string{u.idx, labelsPath(u.idx)} {
		if err := differ(path, input); err != nil {
			return err
		}
		if _, err := os.Lstat(path); err == nil && !force {
			return errors.Errorf("%s exists: name another --idx, or replace it with --force", path)
		}
	}
	return nil
}

// labelsPath returns the path of the file for the labels of an IDX file of images.
func labelsPath(path string) string {
	dir, name := filepath.Split(path)
	if strings.Contains(name, "images-idx3") {
		return dir + strings.Replace(name, "images-idx3", "labels-idx1", 1)
	}
	for _, end := range []string{".idx.gz", ".gz", ".idx"} {
		if base := strings.TrimSuffix(name, end); base != name && base != "" {
			return dir + base + "-labels" + end
		}
	}
	return path + "-labels"
}

// isArray says if all images become one file.
func (u *unpacker) isArray() bool {
	return u.idx != "" || u.out == "-" || strings.EqualFold(filepath.Ext(u.out), ".npy")
}

// begin takes what is the same for all images.
func (u *unpacker) begin(size images.Size, classes []string) error {
	u.size, u.classes = size, classes
	if u.idx != "" && size.Channels != 1 {
		return errors.Errorf("want grey images for --idx, got images of %v: use --out", size)
	}
	return nil
}

// write writes the images of a chunk.
func (u *unpacker) write(ctx context.Context, c *codec.Chunk) error {
	defer func() { u.work.done(u.count) }()
	if u.isArray() {
		u.array = append(u.array, c.Pixels...)
		u.count += c.Len
		for i := range c.Len {
			label := -1
			if c.Labels != nil {
				label = c.Labels[i]
			}
			u.labels = append(u.labels, label)
		}
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
func (u *unpacker) end(cmd *cobra.Command) error {
	report, out := cmd.OutOrStdout(), u.out
	var err error
	switch {
	case u.idx != "":
		return u.endIDX(report)
	case out == "-":
		report, out = cmd.ErrOrStderr(), "standard output"
		err = errors.Wrap(run.WriteImagesTo(cmd.OutOrStdout(), u.size, images.Values(u.array)), "standard output")
	case u.isArray():
		err = run.WriteImages(out, u.size, images.Values(u.array))
	}
	if err == nil {
		_, err = fmt.Fprintf(report, "wrote %d images of %v to %s\n", u.count, u.size, out)
	}
	return err
}

// endIDX writes the IDX files. There is one for labels if each image has a label of a byte.
func (u *unpacker) endIDX(w io.Writer) error {
	if err := mnist.WriteImages(u.idx, u.size.Height, u.size.Width, u.array); err != nil {
		return err
	}
	labels := make([]byte, len(u.labels))
	missing := slices.IndexFunc(u.labels, func(l int) bool { return l < 0 || l > math.MaxUint8 })
	if missing < 0 && len(labels) > 0 {
		for i, l := range u.labels {
			labels[i] = byte(l)
		}
		if err := mnist.WriteLabels(labelsPath(u.idx), labels); err != nil {
			return err
		}
		_, err := fmt.Fprintf(w, "wrote %d images of %v to %s and their labels to %s\n", u.count, u.size, u.idx, labelsPath(u.idx))
		return err
	}
	text := ""
	if slices.ContainsFunc(u.labels, func(l int) bool { return l >= 0 }) {
		text = fmt.Sprintf("; no file of labels, because image %d of them has the label %d and the format has 0 to 255", missing, u.labels[missing])
	}
	_, err := fmt.Fprintf(w, "wrote %d images of %v to %s%s\n", u.count, u.size, u.idx, text)
	return err
}
