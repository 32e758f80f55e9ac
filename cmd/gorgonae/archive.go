package main

import (
	"fmt"
	"os"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/run"
)

// isPictures reports whether a path is a folder, or a file of a picture.
func isPictures(path string) bool {
	info, err := os.Stat(path)
	return err == nil && (info.IsDir() || images.IsPicture(path))
}

// encodePictures writes the codes of pictures, each at its own size: as one array if the codes have
// one shape, else as an archive.
func encodePictures(cmd *cobra.Command, m *run.Model, from *sources, path, out string) error {
	open := func() (*source, error) { return from.openFolder(cmd, m, path) } // not a data set in a folder, which has parts
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		open = func() (*source, error) { return from.openImages(cmd, m, []string{path}) }
	}
	in, err := open()
	if err != nil {
		return err
	}
	if in.images == nil && !run.IsArchivePath(out) { // said before the work
		return errors.Errorf("%s has pictures of different sizes, whose codes have different shapes: name an archive with --out, as codes.npz", in.text)
	}
	printNotes(in.notes)
	p := in.all()
	codes, shapes, err := m.EncodePictures(cmd.Context(), in.text, p)
	if err != nil {
		return err
	}
	names := run.List(p, in.classes)
	if in.images != nil {
		var all []float32
		for _, code := range codes {
			all = append(all, code...)
		}
		if err := writeCodes(cmd, m, run.Codes{Numbers: all, Names: names}, out); err != nil || !from.skipBad {
			return err
		}
		return listSkipped(out, len(codes), in.skipped)
	}
	if err := run.WriteCodesArchive(out, names, codes, shapes); err != nil {
		return err
	}
	if err := names.Write(run.ListingPath(out)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "wrote the codes of %s of %s to %s\n", plural(len(codes), "picture"), shapesText(shapes), out)
	if err == nil && from.skipBad {
		return listSkipped(out, len(codes), in.skipped)
	}
	return err
}

// shapesText says which shapes codes have.
func shapesText(shapes []graph.Shape) string {
	different := map[string]bool{}
	for _, s := range shapes {
		different[s.String()] = true
	}
	return plural(len(different), "shape")
}

// decodeArchive writes the images of an archive of codes as files.
func decodeArchive(cmd *cobra.Command, m *run.Model, codes, out string) error {
	if run.IsArrayPath(out) {
		return errors.Errorf("want a folder as --out for the images of %s, which differ in size, got %s", codes, out)
	}
	count := 0
	err := m.DecodeArchive(cmd.Context(), codes, func(p run.Picture, size images.Size, pixels []float32) error {
		paths, err := run.Listing{p}.Files(out)
		if err != nil {
			return errors.WithMessagef(err, "cannot use %s", codes)
		}
		if _, err := os.Lstat(paths[0]); err == nil {
			return errors.Errorf("%s exists already: name another --out, so that old and new images do not mix", paths[0])
		}
		count++
		_, err = images.WriteFiles(cmd.Context(), paths, size, images.ToBytes(pixels))
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "wrote %s, each of its own size, to %s\n", plural(count, "image"), out)
	return err
}
