package run

import (
	"context"
	"fmt"
	"io"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/atomicfile"
	"github.com/gorgonae/gorgonae/internal/npy"
	"github.com/gorgonae/gorgonae/internal/reduce"
)

// Pictures of different sizes have codes of different shapes. Their codes are an archive of arrays
// (.npz), one for each picture, under its name.

// WriteCodesArchive writes the codes of pictures, in memory order, as an archive of arrays of float32,
// (channels, height, width) each, under the names of the pictures, or numbers.
func WriteCodesArchive(path string, names Listing, codes [][]float32, shapes []graph.Shape) error {
	return atomicfile.Write(path, func(w io.Writer) error {
		a := npy.NewArchive(w)
		for i, code := range codes {
			name := names[i].Name
			if name == "" {
				name = fmt.Sprintf("%05d", i)
			}
			if err := a.Add(name, npy.Array{Shape: shapes[i], Data: graph.ChannelsFirst(code, shapes[i])}); err != nil {
				return err
			}
		}
		return a.Close()
	})
}

// IsCodesArchive reports whether a file is an archive of several arrays.
func IsCodesArchive(path string) bool {
	if !IsArchivePath(path) {
		return false
	}
	f, size, err := openRegular(path)
	if err != nil {
		return false
	}
	defer f.Close()
	names, err := npy.Members(f, size)
	return err == nil && len(names) > 1
}

// DecodeArchive decodes the codes that WriteCodesArchive wrote. It calls use with each image, in
// memory order, cropped to the size that the listing beside the archive says, and with its place in that
// listing, whose names are those of the arrays.
func (m *Model) DecodeArchive(ctx context.Context, path string, use func(p Picture, size images.Size, pixels []float32) error) error {
	f, bytes, err := openRegular(path)
	if err != nil {
		return errors.WithMessagef(err, "cannot read %s", path)
	}
	defer f.Close()
	archive, err := npy.OpenArchive(f, bytes)
	if err != nil {
		return errors.WithMessagef(err, "cannot read %s", path)
	}
	list, err := ReadListing(ListingPath(path))
	if err != nil {
		return err
	}
	sizes := map[string]Picture{}
	for _, p := range list {
		sizes[p.Name] = p
	}
	for _, name := range archive.Names() {
		if err := ctx.Err(); err != nil {
			return err
		}
		p, ok := sizes[name]
		d, err := m.decodeMember(ctx, archive, name, images.Size{Height: p.Height, Width: p.Width})
		if err != nil {
			return errors.WithMessagef(err, "cannot read %s: array %.60q", path, name)
		}
		if !ok {
			p = Picture{Name: name, Height: d.Size.Height, Width: d.Size.Width}
		}
		pixels, size := cropped(d.Pixels, d.Size, images.Size{Channels: d.Size.Channels, Height: p.Height, Width: p.Width})
		if err := use(p, size, pixels); err != nil {
			return err
		}
	}
	return nil
}

// decodeMember decodes one code of an archive, of an image of a size, or of one that is not known if that is 0.
func (m *Model) decodeMember(ctx context.Context, archive *npy.ArchiveReader, name string, known images.Size) (d Decoded, err error) {
	a, err := archive.Read(name)
	if err != nil {
		return d, err
	}
	if !reduce.AllFinite(a.Data) {
		return d, errors.New("want finite numbers, got NaN or infinity")
	}
	if len(a.Shape) != 3 {
		return d, errors.Errorf("want a code of shape (channels, height, width), got an array of shape %v", shapeOf(a.Shape))
	}
	decoder, made, err := m.fitCodes(name, a.Shape)
	if err == nil {
		decoder, d.Size, err = m.fitImages(name, decoder, made, known)
	}
	if err != nil {
		return d, err
	}
	d.Pixels, err = autoencoder.Decode(ctx, decoder, graph.ChannelsLast(a.Data, decoder.In()))
	return d, err
}
