// Package mnist finds, downloads and reads the data sets of the MNIST family: MNIST itself (LeCun,
// Cortes, Burges: "The MNIST database of handwritten digits"), Fashion-MNIST and KMNIST. Each has
// four files in the format IDX, with 60,000 grey images of 28x28 pixels to train on and 10,000 to
// test with. It also reads folders with four files of the same names and another content, and the
// relatives of MNIST that have other files in this format; see ReadAny.
package mnist

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// Data is a data set that was read from IDX files. Both parts have one size. They are named as the set
// if the files are those of a known set, else as the folder or the file.
type Data struct {
	Train, Test *images.Set  // Test is nil if there is one file of images; ReadFolder reads both
	Known       string       // the name of the set that has these files; "" if no known set has them
	Source      string       // the folder or the file
	Files       []File       // those of images and labels to train on, and to test with, that there are
	Notes       []string     // what a user would not expect, each in one line
	Range       images.Range // of the numbers that became 0 to 1, if it was asked for; see ReadAnyIn
}

// Options say how to download. The zero value is ready to use.
type Options struct {
	// Mirrors are addresses of folders to download from, tried in order. Nil stands for the set's
	// public mirrors.
	Mirrors []string

	// Stall is how long a mirror may send no byte before it is given up. 0 stands for 10 seconds.
	Stall time.Duration

	// Progress, if not nil, is called during downloads with the mirror, the number of bytes
	// received, and the number of bytes of all files. If a mirror fails, the bytes of the file that
	// it had begun no longer count.
	Progress func(mirror string, done, total int64)
}

// Open finds and reads a known set: "mnist", "fashion-mnist" or "kmnist". If the environment
// variable MNIST_DIR is set, MNIST comes from that folder. Otherwise a set comes from the user's
// cache, and Open first downloads what is missing there.
//
// The error is of type *Unavailable if the set is not on this machine and cannot be downloaded.
// Damaged files are another error, and so is a folder that lacks some of the four files. Open does
// not compare the files with those of the set: Data.Known tells whether they are.
func Open(ctx context.Context, name string, o Options) (*Data, error) {
	k, ok := find(name)
	if !ok {
		return nil, errors.Errorf("want one of the sets %q, got %q", Names(), name)
	}
	dir := os.Getenv("MNIST_DIR")
	if dir == "" || name != "mnist" {
		return openCache(ctx, k, o)
	}
	d, err := ReadFolder(dir)
	if errors.Is(err, ErrNoFiles) {
		return nil, errors.Errorf("MNIST_DIR is %s: want a folder with %s: name the folder that holds them, or unset "+
			"MNIST_DIR", dir, FourFiles)
	}
	return d, err
}

// openCache reads a set from the user's cache. It first downloads what is missing there.
func openCache(ctx context.Context, k known, o Options) (*Data, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return nil, &Unavailable{errors.WithMessage(err, "there is no folder to download it to")}
	}
	dir = filepath.Join(dir, "gorgonae", k.name)
	if o.Mirrors == nil {
		o.Mirrors = k.mirrors
	}
	if err := fetch(ctx, o, dir, k.files); err != nil {
		return nil, err
	}
	d, err := ReadFolder(dir)
	return d, errors.WithMessagef(err, "the cache %s (files that you delete there are downloaded again)", dir)
}
