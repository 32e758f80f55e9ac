package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/cluster/parts"
	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/run"
)

const partHelp = "--part I/N compresses part I of N, counted from 1, so that N jobs on any machines share the work: all have the same MODEL,\n" +
	"IMAGES and options, and need not know each other. A picture in a file is in the part that its name says: the first 8 bytes of\n" +
	"the name's SHA-256, as a big-endian number, modulo N, are I - 1. Images without names are cut into N stretches. Each job fits the same\n" +
	"codec to a sample of all images; with --like FILE it takes the codec of a file and reads its own part alone. merge joins the\n" +
	"parts. A job whose file is there and whole prints that and does nothing;\n" +
	"in a folder the names of pictures tell jobs apart, not what they show: give --force after pictures were changed.\n\n" +
	"--skip-bad goes on without pictures that cannot be read, or have another size than most. With it or --part, OUT" + parts.Suffix + "\n" +
	"has the SHA-256 of the file, its number of images, and each picture that was left out with the reason, as JSON lines. The exit\n" +
	"status is 3 then if any was left out.\n\n"

// Keys of the metadata of a part's file.
const (
	partKey   = "part"
	jobKey    = "job"
	fittedKey = "fitted"
)

// leftOut is the error of a command that did its work without some images. The exit status says so.
type leftOut struct {
	count int
	where string // what lists them
}

// leftOutStatus is the exit status of leftOut.
const leftOutStatus = 3

func (e leftOut) Error() string {
	return fmt.Sprintf("%s left out: see %s", map[bool]string{true: "1 image was", false: fmt.Sprintf("%d images were", e.count)}[e.count == 1], e.where)
}

// partFlags adds --part and --skip-bad.
func (c *compression) partFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&c.partText, "part", "", "compress part I of N alone, as 3/10; parts are counted from 1")
	cmd.Flags().BoolVar(&c.from.skipBad, "skip-bad", false, "go on without pictures that are damaged or odd: the manifest lists them, and the exit status is 3")
}

// checkPart reads --part and says which job it is of. --out has the part's numbers unless it is given.
func (c *compression) checkPart(cmd *cobra.Command, m *run.Model, paths []string) (err error) {
	if c.from.skipBad && c.out == "-" {
		return errors.New("want a file as --out with --skip-bad, whose manifest lies beside it, got standard output")
	}
	if c.partText == "" && !c.from.skipBad {
		return nil
	}
	if c.like != "" {
		if c.from.size, err = likeSize(c.like); err != nil {
			return err
		}
	}
	if c.partText == "" {
		return nil
	}
	if c.from.part, err = parts.Parse(c.partText); err != nil {
		return errors.WithMessage(err, "--part")
	}
	if !cmd.Flags().Changed("out") {
		c.out = fmt.Sprintf("images-%d-of-%d.gae", c.from.part.I, c.from.part.N)
	}
	if c.out == "-" {
		return errors.New("want a file as --out with --part, so that a job that is repeated finds it, got standard output")
	}
	if cmd.Flags().Lookup("range").Value.String() == "auto" {
		return errors.New("want --range LOW:HIGH with --part, got auto: the parts would have different ranges")
	}
	c.fitted = fmt.Sprintf("error %v, bits %v, weight bits %d, external %v, lambda %v", c.fit.Error, c.fit.Bits, c.fit.WeightBits, c.fit.External, c.fit.Lambda)
	c.job, err = jobOf(cmd, m, c.from.part.N, paths)
	return err
}

// jobOf tells jobs apart: by the model, what the images are called, how they are read and how codes are
// refined. What a codec is fitted to is no part of it, because --like may say it.
func jobOf(cmd *cobra.Command, m *run.Model, n int, paths []string) (string, error) {
	model, _, err := parts.Sum(m.Path)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s %d parts\n", model, n) // a hash never returns an error
	for _, name := range []string{"split", "background", "range", "size", "fit", "layout", "effort", "lambda"} {
		if f := cmd.Flags().Lookup(name); f != nil {
			fmt.Fprintf(h, "%s %q\n", name, f.Value.String())
		}
	}
	for _, path := range paths {
		file := run.ArrayFile(path)
		info, err := os.Stat(file)
		switch {
		case path == "-":
			return "", errors.New("want a file, a folder or a data set with --part, got standard input: no other job could read it")
		case len(paths) > 1 || dataset.Named(path) || err != nil || images.IsPicture(path) && !info.IsDir():
			fmt.Fprintf(h, "named %q\n", path)
		case info.IsDir():
			names, err := folderNames(path)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(h, "folder %q\n", names)
		default:
			sum, _, err := parts.Sum(file)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(h, "file %s %q\n", sum, path[len(file):])
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
}

// folderNames returns the names of the pictures in a folder, or of all files if it has none.
func folderNames(dir string) ([]string, error) {
	names, err := images.FolderNames(dir)
	if !errors.Is(err, images.ErrNoImages) {
		return names, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	for _, file := range files {
		names = append(names, filepath.Base(file))
	}
	return names, errors.WithStack(err)
}

// done says if the file of the part is there, whole and of this job, and what it has. It refuses another file.
func (c *compression) done(m *run.Model) (what string, done bool, err error) {
	if _, err := os.Lstat(c.out); c.from.part.N == 0 || c.force || err != nil {
		return "", false, nil
	}
	other := func(what string) error {
		return errors.Errorf("%s exists, and %s: name another --out, or replace it with --force", c.out, what)
	}
	in, size, err := openFile(c.out)
	if err != nil {
		return "", false, errors.WithMessage(err, c.out)
	}
	defer in.Close()
	f, err := codec.Open(in, size, codec.ReadOptions{Inspect: true})
	if err != nil {
		return "", false, other("is no compressed file: " + err.Error())
	}
	meta := f.Meta()
	switch want := c.from.part.String(); {
	case meta[partKey] == "":
		return "", false, other("is no part of a job")
	case meta[jobKey] != c.job:
		return "", false, other("is a part of another job: of another model, other images or other options")
	case meta[partKey] != want:
		return "", false, other(fmt.Sprintf("has part %s, not %s", meta[partKey], want))
	case c.like == "" && meta[fittedKey] != c.fitted:
		return "", false, other(fmt.Sprintf("was fitted to %s, not to %s", meta[fittedKey], c.fitted))
	}
	if c.like != "" {
		if same, err := sameModel(f, c.like); err != nil {
			return "", false, err
		} else if !same {
			return "", false, other("has another codec than " + c.like)
		}
	}
	list, err := parts.Check(c.out)
	if err == nil && list == nil {
		err = other("has no manifest " + c.out + parts.Suffix)
	}
	if err != nil {
		return "", false, err
	}
	what = fmt.Sprintf("part %v is done: %s has %s", c.from.part, c.out, plural(f.Len(), "image"))
	if n := len(list.Skipped); n > 0 {
		what += fmt.Sprintf("; %s left out, which %s lists", plural(n, "image"), c.out+parts.Suffix)
	}
	return what, true, nil
}

// sameModel says if a file has the model of another one.
func sameModel(f *codec.File, path string) (bool, error) {
	in, size, err := openFile(path)
	if err != nil {
		return false, errors.WithMessage(err, path)
	}
	defer in.Close()
	other, err := codec.Open(in, size, codec.ReadOptions{Inspect: true})
	if err != nil {
		return false, errors.WithMessage(err, path)
	}
	return f.Model().Fingerprint() == other.Model().Fingerprint(), nil
}
