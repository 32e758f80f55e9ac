package main

import (
	"fmt"
	"path/filepath"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/run"
)

func newEncode() *cobra.Command {
	var dataName, split, imagesPath, out string
	var pictures pictureFlags
	cmd := &cobra.Command{
		Use:   "encode MODEL",
		Short: "Turn images into codes",
		Long: "encode applies the encoder to images and writes their codes as a NumPy array of float32. The shape of the array is\n" +
			"(images, numbers of a code), or (images, channels, height, width) if codes are images. The codes of a codec are those\n" +
			"before it rounds them. MODEL is a model file or the folder of a run.\n\n" +
			"The images are a part of a data set. With --images they are your own: a folder of PNG or JPEG files, in the order of\n" +
			"their names, or a NumPy array of bytes, or of float32 or float64 in [0, 1]. The shape of that array is (images, height,\n" +
			"width) for grey, (images, height, width, 3) for colour, or (images, numbers). Your own images are not binarized, even if\n" +
			"the model was trained on binarized images. A convolutional model accepts images of other sizes than those it was\n" +
			"trained on.\n\n" + dataHelp() + dataOfModel,
		Example: "  gorgonae encode runs/tutorial-mnist --out codes.npy\n" +
			"  gorgonae encode runs/tutorial-mnist --images digits/ --out codes.npy",
		Args: arguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			if imagesPath != "" && (cmd.Flags().Changed("data") || cmd.Flags().Changed("split")) {
				return errors.New("want either --images, or --data and --split, got both")
			}
			m, err := run.Read(args[0])
			if err != nil {
				return err
			}
			codes, err := codesOf(cmd, m, imagesPath, dataName, split, &pictures)
			if err != nil {
				return err
			}
			if err := m.WriteCodes(out, codes); err != nil {
				return err
			}
			width := m.Encoder.Out().Size()
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "wrote the codes of %s, %s each, to %s\n", plural(len(codes)/width, "image"), plural(width, "number"), out)
			return err
		},
	}
	cmd.Flags().StringVar(&dataName, "data", "", dataFlag())
	cmd.Flags().StringVar(&split, "split", "test", "part of the data set: train or test")
	cmd.Flags().StringVar(&imagesPath, "images", "", "your own images: an array FILE.npy or a folder of PNG or JPEG files")
	cmd.Flags().StringVar(&out, "out", "codes.npy", "file for the codes")
	pictures.addReading(cmd.Flags())
	return cmd
}

func codesOf(cmd *cobra.Command, m *run.Model, imagesPath, dataName, split string, pictures *pictureFlags) ([]float32, error) {
	if imagesPath != "" {
		return m.EncodeFile(cmd.Context(), imagesPath)
	}
	_, set, err := openPart(cmd.Context(), m, dataName, split, pictures)
	if err != nil {
		return nil, err
	}
	return m.Encode(cmd.Context(), set)
}

func newDecode() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "decode MODEL CODES.npy",
		Short: "Turn codes into images",
		Long: "decode applies the decoder to codes, a NumPy array as encode writes it. It writes the images as PNG files into a\n" +
			"folder. If --out ends in .npy, it writes a NumPy array of float32 instead. The shape of the array is (images, height,\n" +
			"width) for grey, (images, height, width, 3) for colour. MODEL is a model file or the folder of a run.",
		Example: "  gorgonae decode runs/tutorial-mnist codes.npy --out digits/\n  gorgonae decode runs/tutorial-mnist codes.npy --out digits.npy",
		Args:    arguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			if old, err := filepath.Glob(filepath.Join(out, "*.png")); err == nil && len(old) > 0 {
				return errors.Errorf("%s holds images already: name another --out, so that old and new images do not mix", out)
			}
			m, err := run.Read(args[0])
			if err != nil {
				return err
			}
			pixels, size, err := m.DecodeFile(cmd.Context(), args[1])
			if err != nil {
				return err
			}
			if filepath.Ext(out) == ".npy" {
				err = run.WriteImages(out, size, pixels)
			} else {
				err = images.WriteFolder(cmd.Context(), out, images.FromValues(size, pixels))
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "wrote %s of %v to %s\n", plural(len(pixels)/size.Numbers(), "image"), size, out)
			return err
		},
	}
	cmd.Flags().StringVar(&out, "out", "decoded", "folder for PNG files, or a file FILE.npy")
	return cmd
}
