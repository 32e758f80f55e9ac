package codec

import (
	"context"
	"io"

	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/atomicfile"
)

// WriteFile writes all images of a source into a file. name is that of WriteAll. It replaces a file
// at path as a whole: if anything fails, the old file stays as it was. It returns the numbers of the
// file.
func WriteFile(ctx context.Context, path string, m *Model, from images.Source, name func(i int) string, o Options) (Info, error) {
	var info Info
	err := atomicfile.Write(path, func(w io.Writer) (err error) {
		info, err = WriteTo(ctx, w, m, from, name, o)
		return err
	})
	return info, err
}

// WriteTo writes a whole file with all images of a source, for example into a pipe. name is that of
// WriteAll.
func WriteTo(ctx context.Context, w io.Writer, m *Model, from images.Source, name func(i int) string, o Options) (Info, error) {
	z, err := NewWriter(w, m, o)
	if err != nil {
		return Info{}, err
	}
	if err := z.WriteAll(ctx, from, name); err != nil {
		return z.Info(), err
	}
	err = z.Close(ctx)
	return z.Info(), err
}

// MergeFile writes the images of several files into a file, as Merge does. It replaces a file at path
// as a whole.
func MergeFile(ctx context.Context, path string, inputs ...io.Reader) (Info, error) {
	var info Info
	err := atomicfile.Write(path, func(w io.Writer) (err error) {
		info, err = Merge(ctx, w, inputs...)
		return err
	})
	return info, err
}
