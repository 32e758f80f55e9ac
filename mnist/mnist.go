// Package mnist finds and reads data sets of images, first of all MNIST (LeCun, Cortes, Burges: "The MNIST database of
// handwritten digits"): 60,000 images of 28x28 pixels to train on and 10,000 to test with. Where MNIST cannot be had,
// it draws handwriting of its own, so that a machine without a network has something of the same kind to work with.
package mnist

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// Data is a data set and how it was come by.
type Data struct {
	Train, Test *images.Set // both of one name and image size
	Source      string      // where it came from, in words
	Files       []File      // the IDX files that were read, none for other sources
	Warning     string      // what the user should be told loudly; mostly empty
}

// Name returns the name of the set.
func (d *Data) Name() string { return d.Train.Name }

// Options say which data set to open. The zero value looks for MNIST.
type Options struct {
	// Data is a name or a folder.
	//
	//	""             MNIST from the folder in the environment variable MNIST_DIR, else from the user's cache, else
	//	               downloaded into it; where there is none to be had, the built-in handwriting, with a Warning
	//	"mnist"        the same without handwriting: an error where there is none to be had
	//	"fashion-mnist", "kmnist"
	//	               Fashion-MNIST and KMNIST, from the user's cache, else downloaded into it
	//	"handwriting"  the built-in handwriting
	//	other          a folder with the four IDX files of MNIST, or with PNG or JPEG images (see images.ReadFolder), of
	//	               which a tenth is held out as the test set
	Data string

	Mirrors []string      // addresses of folders to download from, tried in order; nil: the set's public mirrors
	Stall   time.Duration // a mirror is given up when no byte has come for so long; 0: 10 seconds

	// Progress, if not nil, is called while files are downloaded: from which mirror, how many bytes have come and how
	// many are wanted in all. With a new mirror the bytes of a file begun are counted anew.
	Progress func(mirror string, done, total int64)
}

// Open finds and reads a data set. A file that is found and is damaged, and a folder that lacks some of the four files,
// are errors, never a reason to look on or to take another set. A set that is read from IDX files is named "mnist" if
// they hold what MNIST's do, likewise "fashion-mnist" and "kmnist" if they are the files that are public, packed; else it
// bears the folder's base name.
func Open(ctx context.Context, o Options) (*Data, error) {
	switch o.Data {
	case "handwriting":
		return drawn(), nil
	case "":
		d, err := find(ctx, o, mnist())
		if none := (*unavailable)(nil); errors.As(err, &none) {
			d = drawn()
			d.Warning = fmt.Sprintf("MNIST cannot be had, so this is the built-in handwriting instead: %v. To use MNIST, "+
				"put its four files into a folder and name that in MNIST_DIR", none)
			return d, nil
		}
		return d, err
	}
	for _, k := range sets() {
		if o.Data == k.name {
			d, err := find(ctx, o, k)
			return d, errors.WithMessagef(err, "%s cannot be had", k.title)
		}
	}
	return openFolder(o.Data)
}

// drawn returns the built-in handwriting, as many images as MNIST has.
func drawn() *Data {
	train, test := Handwriting(60000, 10000)
	return &Data{Train: train, Test: test, Source: "drawn by this program"}
}

// find looks for a set in the cache and on the mirrors; for MNIST in the folder of MNIST_DIR instead, if there is one.
func find(ctx context.Context, o Options, k known) (*Data, error) {
	var d *Data
	var err error
	if dir := os.Getenv("MNIST_DIR"); dir != "" && k.name == "mnist" {
		d, err = openIDX(dir)
		if err == errNoFiles {
			return nil, errors.Errorf("MNIST_DIR is %s, and that is no folder with %s: name the folder that holds them, "+
				"or unset MNIST_DIR", dir, fourFiles)
		}
	} else {
		d, err = openCache(ctx, o, k)
	}
	if err == nil && d.Name() != k.name {
		d.Warning = fmt.Sprintf("the files in %s are not those of %s (their SHA-256 differ); the set is called %s",
			d.Source, k.title, d.Name())
	}
	return d, err
}

// openCache reads a set from the user's cache and first downloads what is missing there.
func openCache(ctx context.Context, o Options, k known) (*Data, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return nil, &unavailable{errors.WithMessage(err, "there is no folder to download it to")}
	}
	dir = filepath.Join(dir, "gorgonae", k.name)
	if o.Mirrors == nil {
		o.Mirrors = k.mirrors
	}
	if err := fetch(ctx, o, dir, k.files); err != nil {
		return nil, err
	}
	d, err := openIDX(dir)
	return d, errors.WithMessagef(err, "the cache %s (what is deleted there is downloaded anew)", dir)
}

// openFolder reads a folder of IDX files or of pictures.
func openFolder(dir string) (*Data, error) {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = errors.New("it is a file")
	}
	if err != nil {
		return nil, errors.Wrapf(err, "data %s: the name of a set (%s) or a folder wanted", dir, strings.Join(Names(), ", "))
	}
	if d, err := openIDX(dir); err != errNoFiles {
		return d, err
	}
	all, err := images.ReadFolder(dir)
	if errors.Is(err, images.ErrNoImages) {
		return nil, errors.Errorf("%s holds neither %s nor, itself or in subfolders, PNG or JPEG images", dir, fourFiles)
	}
	if err != nil {
		return nil, err
	}
	all.Name = folderName(dir)
	d := &Data{Source: dir}
	d.Train, d.Test, err = all.Split(heldOut, heldOutSeed)
	return d, errors.WithMessage(err, dir)
}

// Of a folder of pictures this share is held out, with a fixed seed: whoever evaluates a model later, with whatever seed
// it was trained, finds the same held-out images, none of which it was trained on.
const (
	heldOut     = 0.1
	heldOutSeed = 0
)
