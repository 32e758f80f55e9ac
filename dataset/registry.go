package dataset

import (
	"context"
	"slices"
	"sync"

	"github.com/pkg/errors"
)

// Opener opens a data set by the name in Options.Data. It reads the images in the color that the
// options ask for, or returns an error.
type Opener func(ctx context.Context, o Options) (*Data, error)

// Entry is a data set with a name.
type Entry struct {
	Name  string // for Options.Data
	About string // what the data set is, in one line
	Open  Opener
}

// builtin returns the data sets that every program has.
func builtin() []Entry {
	return []Entry{
		{"handwriting", "handwritten digits, drawn by this program", openHandwriting},
		{"mnist", "MNIST: handwritten digits", openFamily},
		{"fashion-mnist", "Fashion-MNIST: clothes", openFamily},
		{"kmnist", "KMNIST: cursive Japanese characters", openFamily},
	}
}

// folderKind is a kind of folder that Open reads.
type folderKind struct {
	holds string // what such a folder holds
	open  Opener // of the folder Options.Data; its error is errOtherKind if that is not of this kind
}

// folders returns the kinds of folders, in the order in which Open tries them.
func folders() []folderKind {
	return []folderKind{
		{mnistFiles, openIDX},
		{"the binary files of CIFAR-10 or CIFAR-100", openCIFAR},
		{"pictures, in it or in its subfolders", openPictures},
	}
}

// registered holds the data sets that programs have added.
var registered struct {
	sync.Mutex
	entries []Entry
}

// Register adds a data set, so that Open finds it by its name. It returns an error if the entry
// lacks a name or an opener, or if a data set has the name already.
func Register(e Entry) error {
	if e.Name == "" || e.Open == nil {
		return errors.Errorf("data set %q: want a name and an opener", e.Name)
	}
	registered.Lock()
	defer registered.Unlock()
	for _, other := range slices.Concat(builtin(), registered.entries) {
		if other.Name == e.Name {
			return errors.Errorf("data set %q: want a new name, got one that is taken", e.Name)
		}
	}
	registered.entries = append(registered.entries, e)
	return nil
}

// Entries returns all data sets that have a name.
func Entries() []Entry {
	registered.Lock()
	defer registered.Unlock()
	return slices.Concat(builtin(), registered.entries)
}

// Names returns the names of all data sets that have one.
func Names() []string {
	var names []string
	for _, e := range Entries() {
		names = append(names, e.Name)
	}
	return names
}

// find returns the data set with a name.
func find(name string) (Entry, bool) {
	for _, e := range Entries() {
		if e.Name == name {
			return e, true
		}
	}
	return sized(name)
}

// Named says if a data set is found by this name: one of Names, or handwriting-N with N from 1 to
// 1,000,000,000, which has N images to train on and N to test with.
func Named(name string) bool {
	_, ok := find(name)
	return ok
}
