package main

import (
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
	from := sources{anySize: true}
	cmd := &cobra.Command{
		Use:   "reconstruct MODEL IMAGES...",
		Short: "Write what a model makes of images",
		Long: "reconstruct encodes and decodes images. It writes the reconstructions as PNG files with the names of the images. A\n" +
			"convolutional model reconstructs each image at its own size, whatever that is: images are padded inside to what its\n" +
			"layers need, and cropped back. MODEL is a model file or the folder of a run.\n\n" +
			"IMAGES is a folder of pictures, or files of pictures, or a NumPy array as encode takes it, or a data set: then\n" +
			"reconstruct takes the part that --split names.\n\n" + dataHelp(),
		Example: "  gorgonae reconstruct runs/conv-photos photos/ --out seen/\n" +
			"  gorgonae reconstruct runs/deep-mnist mnist --per-image errors.csv",
		Args: arguments,
		RunE: func(cmd *cobra.Command, args []string) error {
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
	cmd.Flags().StringVarP(&out, "out", "o", "reconstructed", "folder for PNG files")
	from.flags(cmd)
	addLayout(cmd)
	cmd.Flags().StringVar(&perImage, "per-image", "", "CSV file for the error of each image, with its name and its class")
	return cmd
}

// reconstruct writes the reconstructions, and prints their errors.
func reconstruct(cmd *cobra.Command, m *run.Model, in *source, out, perImage string) error {
	p := in.all()
	printNotes(in.notes)
	if in.deep {
		printNotes([]string{"the pictures have 16 bits, and their reconstructions 8; the errors are those before the rounding to 8"})
	}
	list := run.List(p, in.classes)
	paths, err := list.Files(out)
	if err != nil {
		return err
	}
	for _, path := range paths {
		if _, err := os.Lstat(path); err == nil {
			return errors.Errorf("%s exists already: name another --out, so that old and new images do not mix", path)
		}
	}
	shown := newWork("reconstructing")
	defer shown.end()
	count := 0
	e, err := m.Errors(cmd.Context(), in.text, p, func(i int, _, y []float32) error {
		count++
		shown.of(int64(count), int64(len(paths)))
		shown.done(count)
		_, err := images.WriteFiles(cmd.Context(), paths[i:i+1], p.SizeOf(i), images.ToBytes(y))
		return err
	})
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
