package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/cluster/parts"
	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/mnist"
	"github.com/gorgonae/gorgonae/run"
)

func newEncode() *cobra.Command {
	var dataName, split, imagesPath, out string
	var pictures pictureFlags
	var skipBad bool
	cmd := &cobra.Command{
		Use:   "encode MODEL",
		Short: "Turn images into codes",
		Long: "encode applies the encoder to images and writes their codes as a NumPy array of float32. The shape of the array is\n" +
			"(images, numbers of a code), or (images, channels, height, width) if codes are images. The codes of a codec are those\n" +
			"before it rounds them. Beside the codes, the file codes.names.csv lists their images: names, classes and sizes. MODEL is a\n" +
			"model file or the folder of a run.\n\n" +
			"The images are a part of a data set. With --images they are your own: a picture, or a folder of them, in the order of\n" +
			"their names, or a NumPy array: FILE.npy, FILE.npz with one array, or FILE.npz:NAME. The shape of the array is (images,\n" +
			"height, width) for grey, (images, height, width, 3) or (images, 3, height, width) for colour, or (images, numbers). Axes\n" +
			"of length 1 do not matter, and one image is taken, too. If a shape does not show where the channels are, --layout says\n" +
			"it. White is 255 in an array of type uint8, 65535 in uint16, and 1 in others: floats in [0, 1], booleans, and integers\n" +
			"of which all are 0 or 1. Your own images are not binarized, even if the model was trained on binarized images. A\n" +
			"convolutional model accepts images of other sizes than those it was trained on. If pictures differ in size, --out\n" +
			"FILE.npz writes an archive with an array for each.\n\n" +
			"--skip-bad goes on without pictures of --images that cannot be read, or that have another size than most if the codes\n" +
			"are one array. OUT" + parts.Suffix + " lists them with the reason, and the exit status is 3.\n\n" + dataHelp() + dataOfModel,
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
			if imagesPath != "" && isPictures(imagesPath) {
				if cmd.Flags().Changed("layout") {
					return errors.Errorf("--layout is for arrays of images, and %s holds pictures", imagesPath)
				}
				from := &sources{pictures: pictures, anySize: true, skipBad: skipBad, mixed: run.IsArchivePath(out)}
				return encodePictures(cmd, m, from, imagesPath, out)
			}
			if skipBad {
				return errors.New("--skip-bad is for pictures in files: name a folder of them with --images")
			}
			codes, err := codesOf(cmd, m, imagesPath, dataName, split, &pictures)
			if err != nil {
				return err
			}
			return writeCodes(cmd, m, codes, out)
		},
	}
	cmd.Flags().StringVar(&dataName, "data", "", dataFlag())
	cmd.Flags().StringVar(&split, "split", "test", "part of the data set: train or test")
	cmd.Flags().StringVar(&imagesPath, "images", "", "your own images: FILE.npy, FILE.npz:NAME, an IDX file, a picture, or a folder of pictures")
	addLayout(cmd)
	cmd.Flags().StringVar(&out, "out", "codes.npy", "file for the codes: an array FILE.npy or an archive FILE.npz")
	pictures.addReading(cmd.Flags())
	cmd.Flags().BoolVar(&skipBad, "skip-bad", false, "go on without pictures that are damaged or odd: a manifest lists them, and the exit status is 3")
	return cmd
}

func codesOf(cmd *cobra.Command, m *run.Model, imagesPath, dataName, split string, pictures *pictureFlags) (run.Codes, error) {
	layout, err := layoutOf(cmd)
	if err != nil {
		return run.Codes{}, err
	}
	if imagesPath != "" {
		if err := refuseReading(cmd, imagesPath); err != nil {
			return run.Codes{}, err
		}
	}
	if imagesPath != "" && mnist.IsFile(imagesPath) {
		if layout != run.ByShape {
			return run.Codes{}, errors.Errorf("--layout is for NumPy arrays, and %s is an IDX file", imagesPath)
		}
		codes, notes, err := m.EncodeIDX(cmd.Context(), imagesPath)
		printNotes(notes)
		return codes, err
	}
	if imagesPath != "" {
		return m.EncodeFile(cmd.Context(), imagesPath, layout)
	}
	if layout != run.ByShape {
		return run.Codes{}, errors.New("--layout is for arrays of images: name one with --images")
	}
	data, set, err := openPart(cmd.Context(), m, dataName, split, pictures)
	if err != nil {
		return run.Codes{}, err
	}
	if !cmd.Flags().Changed("split") && dataName != "" && !dataset.Named(dataName) {
		printNotes([]string{partNote(data, set, dataName)})
	}
	codes, err := m.Encode(cmd.Context(), set)
	return run.Codes{Numbers: codes, Names: run.List(run.PicturesOf(set), data.Classes)}, err
}

// partNote says which images of a file or a folder are encoded, and how the others are: who names one may expect all.
func partNote(data *dataset.Data, set dataset.Images, path string) string {
	of := fmt.Sprintf("encoded are the %s to test with of %s", plural(set.Len(), "image"), path)
	if _, err := data.HeldOut(); err != nil {
		return of + ": --split train encodes those to train on"
	}
	return fmt.Sprintf("%s: --images %s encodes all, --split train those to train on", of, path)
}

// writeCodes writes codes, and the names of their images beside them.
func writeCodes(cmd *cobra.Command, m *run.Model, codes run.Codes, out string) error {
	if err := m.WriteCodes(out, codes.Numbers); err != nil {
		return err
	}
	if err := codes.Names.Write(run.ListingPath(out)); err != nil {
		return err
	}
	width := m.Encoder.Out().Size()
	if codes.Note != "" {
		printNotes([]string{codes.Note})
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "wrote the codes of %s, %s each, to %s\n",
		plural(len(codes.Numbers)/width, "image"), plural(width, "number"), out)
	return err
}

func newDecode() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "decode MODEL CODES.npy",
		Short: "Turn codes into images",
		Long: "decode applies the decoder to codes, a NumPy array as encode writes it: CODES.npy, CODES.npz with one array, or\n" +
			"CODES.npz:NAME. One code is taken, too. If CODES.npz has an array for each picture, all are decoded. decode writes the\n" +
			"images as PNG files into a folder, under their names if the file CODES.names.csv is there. If --out ends in .npy, it\n" +
			"writes a NumPy array of float32 in [0, 1] instead, and the names beside it. The shape of the array is (images, height,\n" +
			"width) for grey, (images, height, width, 3) for colour. MODEL is a model file or the folder of a run.",
		Example: "  gorgonae decode runs/tutorial-mnist codes.npy --out digits/\n  gorgonae decode runs/tutorial-mnist codes.npy --out digits.npy",
		Args:    arguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := folderOrArray(out); err != nil {
				return err
			}
			if old, err := filepath.Glob(filepath.Join(out, "*.png")); err == nil && len(old) > 0 {
				return errors.Errorf("%s holds images already: name another --out, so that old and new images do not mix", out)
			}
			m, err := run.Read(args[0])
			if err != nil {
				return err
			}
			if run.IsCodesArchive(args[1]) {
				return decodeArchive(cmd, m, args[1], out)
			}
			d, err := m.DecodeFile(cmd.Context(), args[1])
			if err != nil {
				return err
			}
			return writeDecoded(cmd, d, args[1], out)
		},
	}
	cmd.Flags().StringVar(&out, "out", "decoded", "folder for PNG files, or a file FILE.npy")
	return cmd
}

// writeDecoded writes images as an array with a listing beside it, or as files under their names.
func writeDecoded(cmd *cobra.Command, d run.Decoded, codes, out string) error {
	count := len(d.Pixels) / d.Size.Numbers()
	names := d.Names
	if names == nil {
		names = make(run.Listing, count)
	}
	if run.IsArrayPath(out) {
		if note := clippedNote(run.Clip(d.Pixels), len(d.Pixels)); note != "" {
			d.Notes = append(d.Notes, note)
		}
		if err := run.WriteImages(out, d.Size, d.Pixels); err != nil {
			return err
		}
		for i := range names {
			names[i].Height, names[i].Width = d.Size.Height, d.Size.Width
		}
		if err := names.Write(run.ListingPath(out)); err != nil {
			return err
		}
	} else {
		paths, err := names.Files(out)
		if err != nil {
			listing := run.ListingPath(run.ArrayFile(codes))
			return errors.WithMessagef(err, "cannot use %s: remove it to go without names", listing)
		}
		for _, path := range paths {
			if _, err := os.Lstat(path); err == nil {
				return errors.Errorf("%s exists already: name another --out, so that old and new images do not mix", path)
			}
		}
		if _, err := images.WriteFiles(cmd.Context(), paths, d.Size, images.ToBytes(d.Pixels)); err != nil {
			return err
		}
	}
	printNotes(d.Notes)
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "wrote %s of %v to %s\n", plural(count, "image"), d.Size, out)
	return err
}
