package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
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
	only    string // the images that are wanted, or "" for all
	model   string // of a file that does not hold its decoder, or ""
	work    *work
	noted   bool // it was said that the model is not used
	size    images.Size
	classes []string
	count   int // images that are written

	warnings warnings
	taken    map[string]bool // paths of images in the folder
	folders  map[string]bool // and of their folders
}

// check refuses options before anything is read.
func (u *unpacker) check(cmd *cobra.Command, input string, force bool) error {
	model := u.model
	if model != "" {
		model = run.ModelPath(model)
	}
	switch {
	case cmd.Flags().Changed("only") && u.only == "":
		return errors.New("--only: want the name of an image, its number, or a range, got nothing")
	case u.only != "" && input == "-":
		return errors.New("want --only with a file, got standard input: write it into a file first")
	case !cmd.Flags().Changed("idx"):
		if err := differ(u.out, model); err != nil {
			return err
		}
		return freeFolder(u.out, input, force)
	case cmd.Flags().Changed("out"):
		return errors.New("want either --idx or --out, got both")
	case u.idx == "" || u.idx == "-":
		return errors.Errorf("--idx: want the path of a file, got %q: images and labels are two files", u.idx)
	}
	for _, path := range []string{u.idx, mnist.LabelsPath(u.idx)} {
		for _, read := range []string{input, model} {
			if err := differ(path, read); err != nil {
				return err
			}
		}
		if _, err := os.Lstat(path); err == nil && !force {
			return errors.Errorf("%s exists: name another --idx, or replace it with --force", path)
		}
	}
	return nil
}

// isArray says if all images become one file.
func (u *unpacker) isArray() bool {
	return u.idx != "" || u.out == "-" || run.IsArrayPath(u.out)
}

// begin takes what is the same for all images.
func (u *unpacker) begin(r *codec.Reader) error {
	size := r.Size()
	u.size, u.classes = size, r.Classes()
	if !u.noted {
		noteModel(u.model, r.Info())
		u.noted = true
	}
	if u.idx != "" && size.Channels != 1 {
		return errors.Errorf("want grey images for --idx, got images of %v: use --out", size)
	}
	return nil
}

// write writes the images of a chunk as files.
func (u *unpacker) write(ctx context.Context, c *codec.Chunk) error {
	paths := make([]string, c.Len)
	for i := range paths {
		var err error
		if paths[i], err = u.path(c, i); err != nil {
			return err
		}
	}
	n, err := images.WriteFiles(ctx, paths, u.size, c.Pixels)
	u.count += n
	u.work.done(u.count)
	return err
}

// checkPaths refuses a chunk if those of its images that are in a range have names that files cannot
// have. Arrays have no names.
func (u *unpacker) checkPaths(c *codec.Chunk, from, to int) error {
	if u.isArray() {
		return nil
	}
	if u.taken == nil {
		u.taken, u.folders = map[string]bool{}, map[string]bool{}
	}
	for i := max(0, from-c.First); i < min(c.Len, to-c.First); i++ {
		if _, err := u.path(c, i); err != nil {
			return err
		}
	}
	return nil
}

// path returns the path of an image of a chunk. A file may come from anywhere, so its names must not
// lead out of the folder, and must not be those of other images.
func (u *unpacker) path(c *codec.Chunk, i int) (string, error) {
	name := ""
	if c.Names != nil {
		name = c.Names[i]
	}
	if name == "" {
		name = fmt.Sprintf("%05d.png", c.First+i)
		if c.Labels != nil && c.Labels[i] >= 0 {
			name = u.class(c.Labels[i]) + "/" + name
		}
	}
	if !strings.EqualFold(path.Ext(name), ".png") {
		name += ".png"
	}
	local := filepath.Clean(filepath.FromSlash(name))
	if !filepath.IsLocal(local) {
		return "", errors.Errorf("want names of images in the folder, got %q for image %d, which leads out of it", name, c.First+i)
	}
	if strings.ContainsRune(local, 0) {
		return "", errors.Errorf("want names that files can have, got %q for image %d: take --out FILE.npy", name, c.First+i)
	}
	if u.taken[local] {
		return "", errors.Errorf("want a name for each image, got %q twice: take --out FILE.npy, or --only NUMBER", name)
	}
	if u.folders[local] {
		return "", errors.Errorf("want names that files can have, got %q for image %d and for a folder: take --out FILE.npy", name, c.First+i)
	}
	u.taken[local] = true
	for dir := filepath.Dir(local); dir != "." && !u.folders[dir]; dir = filepath.Dir(dir) {
		if u.taken[dir] {
			return "", errors.Errorf("want names that files can have, got %q for image %d, whose folder is an image: take --out FILE.npy", name, c.First+i)
		}
		u.folders[dir] = true
	}
	return filepath.Join(u.out, local), nil
}

// class returns the name of a class for a folder.
func (u *unpacker) class(label int) string {
	if label < len(u.classes) {
		if c := u.classes[label]; c != "" && c != "." && c != ".." && !strings.ContainsAny(c, "/\\:\x00") {
			return c
		}
	}
	return strconv.Itoa(label)
}

// say says what was written.
func (u *unpacker) say(w io.Writer, where string) error {
	_, err := fmt.Fprintf(w, "wrote %s of %v to %s\n", plural(u.count, "image"), u.size, where)
	return err
}
