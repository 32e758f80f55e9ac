package dataset

import (
	"io"
	"os"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/cifar"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/npy"
	"github.com/gorgonae/gorgonae/internal/sniff"
	"github.com/gorgonae/gorgonae/mnist"
)

// openFile opens a data set that is one file, as what its first bytes say.
func openFile(o Options) (*Data, error) {
	path, _ := npy.SplitMember(o.Data)
	first, err := firstBytes(path)
	if err != nil {
		return nil, errors.WithMessagef(err, "data %s", o.Data)
	}
	if isArray(o.Data, first) {
		return openArray(o)
	}
	if mnist.IsFile(o.Data) {
		files, err := mnist.ReadAnyIn(o.Data, o.Pictures.Range)
		if err != nil {
			return nil, err
		}
		return fromFiles(files, o)
	}
	if files, err := cifar.ReadFile(o.Data); !errors.Is(err, cifar.ErrOtherFile) {
		return fromCIFAR(files, err, o)
	}
	what := sniff.Name(first)
	switch {
	case len(first) == 0:
		what = "an empty file"
	case images.IsPicture(path):
		what = "a picture: name the folder of the pictures"
	case what == "":
		what = "a file of another format"
	}
	return nil, errors.Errorf("data %s: want the name of a set (%s), a folder, or a file of arrays (.npy, .npz), IDX images or CIFAR records (.bin), got %s",
		o.Data, strings.Join(Names(), ", "), what)
}

// firstBytes returns the first bytes of a regular file, as many as sniff knows files by.
func firstBytes(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() { // opening a pipe would wait for its writer
		err = errors.Errorf("want a regular file, got mode %v", info.Mode())
	}
	if err != nil {
		return nil, errors.WithStack(err)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	defer f.Close()
	first := make([]byte, sniff.Len)
	n, err := io.ReadFull(f, first)
	if err == io.ErrUnexpectedEOF || err == io.EOF {
		err = nil
	}
	return first[:n], errors.WithStack(err)
}
