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
	cmd := &cobra.Command{
		Use:   "encode MODEL",
		Short: "Turn images into codes",
		Long: "encode applies the encoder to images and writes their codes as a NumPy array of float32: (images, numbers of a code),\n" +
			"or (images, channels, height, width) if codes are images. The images are a part of a data set, or with --images a\n" +
			"folder of PNG or JPEG files, in the order of their names, or a NumPy array of bytes, or of float32 or float64 in\n" +
			"[0, 1]: (images, height, width) for grey, (images, height, width, 3) for colour, or (images, numbers). --images takes\n" +
			"them as they are, even if the model was trained on pixels made black or white. MODEL is a model file or the folder of\n" +
			"a run. A convolutional model takes images of other sizes than it was trained on.\n\n" + dataHelp + dataOfModel,
		Example: "  gorgonae encode runs/tutorial-mnist --out codes.npy\n" +
			"  gorgonae encode runs/tutorial-mnist --images digits/ --out codes.npy",
		Args: arguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			if imagesPath != "" && (cmd.Flags().Changed("data") || cmd.Flags().Changed("split")) {
				return errors.New("--images takes the place of --data and --split: want one or the other")
			}
			m, err := run.Read(args[0])
			if err != nil {
				return err
			}
			codes, err := codesOf(cmd, m, imagesPath, dataName, split)
			if err != nil {
				return err
			}
			if err := m.WriteCodes(out, codes); err != nil {
				return err
			}
			width, s := m.Encoder.Out().Size(), "s"
			if width == 1 {
				s = ""
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "wrote the codes of %d images, %d number%s each, to %s\n", len(codes)/width, width, s, out)
			return err
		},
	}
	cmd.Flags().StringVar(&dataName, "data", "", dataFlag)
	cmd.Flags().StringVar(&split, "split", "test", "which part of it: train or test")
	cmd.Flags().StringVar(&imagesPath, "images", "", "images of your own: an array FILE.npy or a folder of PNG or JPEG files")
	cmd.Flags().StringVar(&out, "out", "codes.npy", "file for the codes")
	return cmd
}

func codesOf(cmd *cobra.Command, m *run.Model, imagesPath, dataName, split string) ([]float32, error) {
	if imagesPath != "" {
		return m.EncodeFile(cmd.Context(), imagesPath)
	}
	_, set, err := openPart(cmd.Context(), m, dataName, split)
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
			"folder, or if --out ends in .npy as a NumPy array of float32: (images, height, width) for grey, (images, height,\n" +
			"width, 3) for colour. MODEL is a model file or the folder of a run.",
		Example: "  gorgonae decode runs/tutorial-mnist codes.npy --out digits/\n  gorgonae decode runs/tutorial-mnist codes.npy --out digits.npy",
		Args:    arguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			if old, err := filepath.Glob(filepath.Join(out, "*.png")); err == nil && len(old) > 0 {
				return errors.Errorf("%s holds images already, which would stay among the new ones: name another --out", out)
			}
			m, err := run.Read(args[0])
			if err != nil {
				return err
			}
			codes, err := m.ReadCodes(args[1])
			if err != nil {
				return err
			}
			pixels, err := m.Decoder.Predict(cmd.Context(), codes)
			if err != nil {
				return err
			}
			if filepath.Ext(out) == ".npy" {
				err = m.WriteImages(out, pixels)
			} else {
				err = images.WriteFolder(out, images.FromValues(m.Size(), pixels))
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "wrote %d images of %v to %s\n", len(pixels)/m.Size().Numbers(), m.Size(), out)
			return err
		},
	}
	cmd.Flags().StringVar(&out, "out", "decoded", "folder for PNG files, or a file FILE.npy")
	return cmd
}
