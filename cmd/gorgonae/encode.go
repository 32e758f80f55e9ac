package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
)

func newEncode() *cobra.Command {
	var dataName, split, imagesPath, out string
	cmd := &cobra.Command{
		Use:   "encode MODEL",
		Short: "Turn images into codes",
		Long: "encode applies the encoder to images and writes their codes as a NumPy array of float32: (images, numbers of a code),\n" +
			"or (images, channels, height, width) where codes are images. The images are a part of a data set, or by --images a\n" +
			"NumPy array (images, height, width) or (images, pixels) of float32 or float64 in [0, 1] or of bytes, or a folder of\n" +
			"PNG or JPEG files, taken in the order of their names. Those of --images are taken as they are, also by a model that\n" +
			"was trained on pixels made black or white. MODEL is a model file or the folder of a run. A model of convolutions takes\n" +
			"images of other sizes than it was trained on, too.\n\n" + dataHelp + dataOfModel,
		Example: "  gorgonae encode runs/tutorial-mnist --out codes.npy\n" +
			"  gorgonae encode runs/tutorial-mnist --images digits/ --out codes.npy",
		Args: arguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			if imagesPath != "" && (cmd.Flags().Changed("data") || cmd.Flags().Changed("split")) {
				return errors.New("--images is given instead of --data and --split: want one or the other")
			}
			m, err := readModel(args[0])
			if err != nil {
				return err
			}
			var codes []float32
			if imagesPath != "" {
				codes, err = m.encodeImages(cmd.Context(), imagesPath)
			} else {
				var set dataset.Images
				if _, set, err = m.openPart(cmd, dataName, split); err == nil {
					codes, err = encode(cmd.Context(), m.Encoder, set)
				}
			}
			if err != nil {
				return err
			}
			width := m.Encoder.Out().Size()
			codes = graph.ChannelsFirst(codes, m.Encoder.Out())
			if err := writeArray(out, codes, append([]int{len(codes) / width}, m.Encoder.Out()...)); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "wrote the codes of %d images, %d number%s each, to %s\n", len(codes)/width, width, plural(width), out)
			return err
		},
	}
	cmd.Flags().StringVar(&dataName, "data", "", dataFlag)
	cmd.Flags().StringVar(&split, "split", "test", "which part of it: train or test")
	cmd.Flags().StringVar(&imagesPath, "images", "", "images of one's own: an array FILE.npy or a folder of PNG or JPEG files")
	cmd.Flags().StringVar(&out, "out", "codes.npy", "file for the codes")
	return cmd
}

func (m *modelFile) encodeImages(ctx context.Context, path string) ([]float32, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		set, err := images.ReadFolder(path, images.Options{Color: images.Grey})
		if err != nil {
			return nil, err
		}
		if err := m.fit(path, set.Height, set.Width); err != nil {
			return nil, err
		}
		return encode(ctx, m.Encoder, set)
	}
	a, err := readArray(path)
	if err != nil {
		return nil, err
	}
	if len(a.Shape) == 3 {
		if err := m.fit(path, a.Shape[1], a.Shape[2]); err != nil {
			return nil, err
		}
	}
	if err := checkRows(path, a, m.shape(1)[1:]); err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(a.Data, func(v float32) bool { return v < 0 || v > 1 }); i >= 0 {
		return nil, errors.Errorf("cannot read %s: it holds a pixel of %v, want numbers from 0, black, to 1, white", path, a.Data[i])
	}
	return m.Encoder.Predict(ctx, a.Data)
}

func newDecode() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "decode MODEL CODES.npy",
		Short: "Turn codes into images",
		Long: "decode applies the decoder to codes, a NumPy array as encode writes it, and writes the images as PNG files into a\n" +
			"folder, or as a NumPy array of float32, (images, height, width), if --out ends in .npy. MODEL is a model file or the\n" +
			"folder of a run.",
		Example: "  gorgonae decode runs/tutorial-mnist codes.npy --out digits/\n  gorgonae decode runs/tutorial-mnist codes.npy --out digits.npy",
		Args:    arguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			if old, err := filepath.Glob(filepath.Join(out, "*.png")); err == nil && len(old) > 0 {
				return errors.Errorf("%s holds images already, which would stay among the new ones: name another --out", out)
			}
			m, err := readModel(args[0])
			if err != nil {
				return err
			}
			codes, err := readArray(args[1])
			if err != nil {
				return err
			}
			if len(codes.Shape) == 4 && len(m.Decoder.In()) == 3 {
				if err := m.fitCodes(args[1], codes.Shape[1:]...); err != nil {
					return err
				}
			}
			if err := checkRows(args[1], codes, m.Decoder.In()); err != nil {
				return err
			}
			pixels, err := m.Decoder.Predict(cmd.Context(), graph.ChannelsLast(codes.Data, m.Decoder.In()))
			if err != nil {
				return err
			}
			n := codes.Shape[0]
			if filepath.Ext(out) == ".npy" {
				err = writeArray(out, pixels, m.shape(n))
			} else {
				err = images.WriteFolder(out, images.FromValues(images.Size{Channels: 1, Height: m.data.Height, Width: m.data.Width}, pixels))
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "wrote %d images of %d x %d pixels to %s\n", n, m.data.Height, m.data.Width, out)
			return err
		},
	}
	cmd.Flags().StringVar(&out, "out", "decoded", "folder for PNG files, or a file FILE.npy")
	return cmd
}
