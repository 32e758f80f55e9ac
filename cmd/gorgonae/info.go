package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/cluster/parts"
	"github.com/gorgonae/gorgonae/codec"
)

func newInfo() *cobra.Command {
	return &cobra.Command{
		Use:   "info FILE",
		Short: "Show what is in a compressed file",
		Long: "info prints what a compressed file holds, and which part of it takes how many bytes. If checksums say that a part is damaged,\n" +
			"it says so, and fails. It does not decode images: verify does. If the file has a manifest (see compress), both compare it.",
		Example: "  gorgonae info faces.gae",
		Args:    arguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			return errors.WithMessage(printInfo(cmd.Context(), cmd.OutOrStdout(), args[0]), inputName(args[0]))
		},
	}
}

// printInfo prints what can be read of a file, and returns the error that verify finds without
// decoding images.
func printInfo(ctx context.Context, out io.Writer, file string) error {
	in, size, err := openFile(file)
	if err != nil {
		return err
	}
	defer in.Close()
	o := codec.ReadOptions{Inspect: true}
	f, err := codec.Open(in, size, o)
	if err != nil {
		return err
	}
	info, err := f.Info()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	writeInfo(w, f, info)
	if m, err := parts.Check(file); err == nil && m != nil { // check returns the error
		fmt.Fprintf(w, "manifest\tthe file is as it says; %s left out\n", plural(len(m.Skipped), "image"))
	}
	if err := w.Flush(); err != nil {
		return errors.Wrap(err, "cannot print what is in the file")
	}
	_, err = check(ctx, file, o, "", nil)
	return err
}

// openFile opens a file of which any part can be read.
func openFile(path string) (*os.File, int64, error) {
	if path == "-" {
		return nil, 0, errors.New("want a file of which any part can be read, got standard input: write it into a file first")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, withoutPath(err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("want a file")
	}
	if err != nil {
		f.Close()
		return nil, 0, withoutPath(err)
	}
	return f, info.Size(), nil
}

func writeInfo(w io.Writer, f *codec.File, info codec.Info) {
	fmt.Fprintf(w, "version\tformat %d, arithmetic %d\n", info.Format, info.Arithmetic)
	fmt.Fprintf(w, "images\t%d of %v, in %s of up to %d\n", info.Images, info.Size, plural(info.Chunks, "chunk"), info.Chunk)
	if m := f.Model(); m.Lossless() {
		fmt.Fprintf(w, "codes\t%.2f bits an image, %.4f a pixel: the images are stored exactly\n", info.BitsPerImage(), info.BitsPerImage()/float64(info.Size.Pixels()))
	} else {
		fmt.Fprintf(w, "codes\t%d numbers, %.2f bits an image\n", info.Latents, info.BitsPerImage())
	}
	if info.ModelNamed {
		fmt.Fprintf(w, "model\tnot in the file; its fingerprint is %s\n", info.Fingerprint)
	} else if info.External {
		fmt.Fprintf(w, "decoder\tnot in the file; its fingerprint is %s\n", info.Fingerprint)
	} else {
		fmt.Fprint(w, "decoder\tin the file\n")
	}
	if classes := f.Classes(); len(classes) > 0 {
		fmt.Fprintf(w, "classes\t%s\n", oneLine(strings.Join(classes, ", ")))
	}
	meta := f.Meta()
	for _, key := range slices.Sorted(maps.Keys(meta)) {
		fmt.Fprintf(w, "%s\t%s\n", oneLine(key), oneLine(meta[key]))
	}
	b := info.Bytes
	for _, part := range []struct {
		name  string
		bytes int64
	}{
		{"decoder", b.Decoder}, {"quantiser", b.Quantizer}, {"prior", b.Prior}, {"codes", b.Codes}, {"names", b.Names},
		{"labels", b.Labels}, {"classes", b.Classes}, {"metadata", b.Meta}, {"index", b.Index},
		{"headers and checksums", b.Frame}, {"unknown", b.Other}, {"whole file", b.Total},
	} {
		if part.bytes > 0 {
			share := 100 * float64(part.bytes) / float64(b.Total)
			fmt.Fprintf(w, "bytes: %s\t%d, %.1f %%, %.2f bits an image\n", part.name, part.bytes, share, 8*float64(part.bytes)/float64(max(info.Images, 1)))
		}
	}
}

func newVerify() *cobra.Command {
	model := ""
	cmd := &cobra.Command{
		Use:   "verify FILE",
		Short: "Check that a compressed file is whole and can be decoded",
		Long: "verify reads the whole file, checks all its checksums, and decodes all images. It fails if a part of the file is damaged\n" +
			"or missing, and says which. FILE - is standard input.",
		Example: "  gorgonae verify faces.gae",
		Args:    arguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := readOptions(model)
			if err != nil {
				return err
			}
			shown := newWork("verifying")
			i, err := check(cmd.Context(), args[0], o, model, shown)
			shown.end()
			if err != nil {
				return errors.WithMessage(modelFault(model, err), inputName(args[0]))
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s is whole: %s of %v in %s\n", oneLine(inputName(args[0])), plural(i.Images, "image"), i.Size, plural(i.Chunks, "chunk"))
			return err
		},
	}
	cmd.Flags().StringVar(&model, "model", "", "model whose decoder the file needs, if it was compressed with --external")
	return cmd
}

// check reads a whole file, and decodes it unless the options say otherwise. It warns of each damage, and
// returns an error at the end.
func check(ctx context.Context, file string, o codec.ReadOptions, model string, shown *work) (codec.Info, error) {
	in, err := openInput(ctx, file)
	if err != nil {
		return codec.Info{}, err
	}
	defer in.Close()
	r, err := codec.NewReader(shown.reading(in), o)
	if err != nil {
		return codec.Info{}, err
	}
	noteModel(model, r.Info())
	var w warnings
	err = eachChunk(ctx, r, &w, func(*codec.Chunk) error {
		shown.done(r.Info().Images)
		return nil
	})
	if err == nil && file != "-" && w.warned(indexDamage(file)) {
		err = &damagedError{r.Info().Images}
	}
	if err == nil && isFile(file) {
		_, err = parts.Check(file)
	}
	return r.Info(), err
}

// indexDamage returns what is wrong with the index of a file that is whole in all else, or nil.
func indexDamage(file string) error {
	in, size, err := openFile(file)
	if err != nil {
		return nil // it is no file with an index that can be found
	}
	defer in.Close()
	f, err := codec.Open(in, size, codec.ReadOptions{Inspect: true})
	if err != nil {
		return err
	}
	return f.Damage()
}
