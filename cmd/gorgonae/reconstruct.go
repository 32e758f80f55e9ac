package main

import (
	"context"
	"fmt"
	"math"
	"os"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/run"
)

func newReconstruct() *cobra.Command {
	var out, perImage string
	from := sources{anySize: true, exact: true}
	cmd := &cobra.Command{
		Use:   "reconstruct MODEL IMAGES...",
		Short: "Write what a model makes of images",
		Long: "reconstruct encodes and decodes images. It writes the reconstructions as PNG files with the names of the images. If\n" +
			"--out ends in .npy, it writes a NumPy array of float32 in [0, 1] instead, (images, height, width) for grey, (images,\n" +
			"height, width, 3) for colour, and the names beside it; then the images must have one size.\n\n" +
			"A convolutional model reconstructs each image at its own size, whatever that is: images are padded inside to what its\n" +
			"layers need, and cropped back. MODEL is a model file or the folder of a run.\n\n" +
			"IMAGES is a folder of pictures, or files of pictures, or a NumPy array as encode takes it, or a data set: then\n" +
			"reconstruct takes the part that --split names.\n\n" + dataHelp(),
		Example: "  gorgonae reconstruct runs/conv-photos photos/ --out seen/\n" +
			"  gorgonae reconstruct runs/deep-mnist mnist --per-image errors.csv",
		Args: arguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := folderOrArray(out); err != nil {
				return err
			}
			for _, path := range args[1:] {
				if err := differ(out, run.ArrayFile(path)); err != nil && run.IsArrayPath(out) {
					return err
				}
			}
			m, err := run.Read(args[0])
			if err != nil {
				return err
			}
			in, err := from.open(cmd, m, args[1:])
			if err != nil {
				return err
			}
			return reconstruct(cmd, m, in, out, perImage)
		},
	}
	cmd.Flags().StringVarP(&out, "out", "o", "reconstructed", "folder for PNG files, or a file FILE.npy")
	from.flags(cmd)
	addLayout(cmd)
	cmd.Flags().StringVar(&perImage, "per-image", "", "CSV file for the error of each image, with its name and its class")
	return cmd
}

// reconstruct writes the reconstructions, and prints their errors.
func reconstruct(cmd *cobra.Command, m *run.Model, in *source, out, perImage string) error {
	p := in.all()
	printNotes(in.notes)
	list := run.List(p, in.classes)
	shown := newWork("reconstructing")
	defer shown.end()
	count := 0
	each := func(use func(i int, y []float32) error) (run.Errors, error) {
		return m.Errors(cmd.Context(), in.text, p, func(i int, _, y []float32) error {
			count++
			shown.of(int64(count), int64(p.Len()))
			shown.done(count)
			return use(i, y)
		})
	}
	var e run.Errors
	var err error
	if run.IsArrayPath(out) {
		e, err = reconstructArray(p, list, out, each)
	} else {
		e, err = reconstructFiles(cmd.Context(), in, list, out, each)
	}
	if err != nil {
		return err
	}
	if perImage != "" {
		if err := e.Write(perImage, list); err != nil {
			return err
		}
	}
	mse := e.MSE()
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "wrote %d reconstructions to %s: MSE %.6f, PSNR %.2f dB%s\n", count, out, mse, -10*math.Log10(mse), sizesText(p))
	return err
}

// eachReconstruction calls use with each reconstruction, and returns the errors of all.
type eachReconstruction func(use func(i int, y []float32) error) (run.Errors, error)

// reconstructFiles writes pictures into a folder, under the names of the images.
func reconstructFiles(ctx context.Context, in *source, list run.Listing, out string, each eachReconstruction) (e run.Errors, err error) {
	if in.deep {
		printNotes([]string{"the pictures have 16 bits, and their reconstructions 8; the errors are those before the rounding to 8"})
	}
	paths, err := list.Files(out)
	if err != nil {
		return e, err
	}
	for _, path := range paths {
		if _, err := os.Lstat(path); err == nil {
			return e, errors.Errorf("%s exists already: name another --out, so that old and new images do not mix", path)
		}
	}
	sizes := in.all()
	return each(func(i int, y []float32) error {
		_, err := images.WriteFiles(ctx, paths[i:i+1], sizes.SizeOf(i), images.ToBytes(y))
		return err
	})
}

// reconstructArray writes images of one size as an array, with a listing beside it.
func reconstructArray(p run.Pictures, list run.Listing, out string, each eachReconstruction) (e run.Errors, err error) {
	size := p.SizeOf(0)
	for i := range p.Len() {
		if other := p.SizeOf(i); other != size {
			return e, errors.Errorf("want images of one size for an array, got %v and %v: name a folder with --out, or bring them to one size with --size", size, other)
		}
	}
	clipped := 0
	err = run.StreamValuesFile(out, size, p.Len(), func(add func([]float32) error) (err error) {
		e, err = each(func(_ int, y []float32) error {
			clipped += run.Clip(y)
			return add(y)
		})
		return err
	})
	if err != nil {
		return e, err
	}
	if note := clippedNote(clipped, p.Len()*size.Numbers()); note != "" {
		printNotes([]string{note})
	}
	return e, list.Write(run.ListingPath(out))
}

// sizesText says in which sizes pictures are, if they differ.
func sizesText(p run.Pictures) string {
	sizes := map[images.Size]bool{}
	for i := range p.Len() {
		sizes[p.SizeOf(i)] = true
	}
	if len(sizes) == 1 {
		return ""
	}
	return fmt.Sprintf(", each at its own size (%d sizes)", len(sizes))
}
