package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/figure"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/report"
	"github.com/gorgonae/gorgonae/run"
)

// comparison is what rd was asked for.
type comparison struct {
	data, split, out, pictures string
	rivals                     []string
	svg                        bool
	reading                    pictureFlags
	measure                    report.RateOptions
}

func newRD() *cobra.Command {
	var c comparison
	cmd := &cobra.Command{
		Use:   "rd MODEL...",
		Short: "Compare a model with other codecs: bits and errors",
		Long: "rd measures a model as a codec of images, as compress uses it, beside JPEG and PNG, and draws the rate-distortion curves:\n" +
			"how much of an image is lost for how many bits. It prints a table, writes all points as CSV (rd.csv), and draws four\n" +
			"figures: the curves (rd), images with what the codecs make of them at about equal bits (rd-images), how many bits images\n" +
			"take (rd-bits), and the images that take the most (rd-expensive). MODEL is a model file or the folder of a run.\n\n" +
			"The codec is fitted to the training images; the bits are those of the images of --split. \"ours (codec)\" counts the codes\n" +
			"alone, without refining them, \"ours (codec) effort 2\" codes that were refined as compress does it with that --effort,\n" +
			"and \"with decoder\" the whole file, whose model all images of the data set share, or as many as --share says.\n\n" +
			"The first point is the model as compress takes it. The other points of its curve have coarser or finer steps; --error\n" +
			"and --bits choose them, for codes that are not refined. Steps of a learned codec are best as they were trained: for a\n" +
			"good curve train several with other --lambda and name all of them. Several models of one architecture are one curve, a\n" +
			"point for each; the pictures are those of the first.\n\n" +
			"A lossless model is one point without error.\n\n" +
			"JPEG and PNG are those of Go's standard library, of one mosaic of all images or of single files, whichever is smaller.\n" +
			"--rivals adds other codecs from CSV files with the columns of rd.csv, measured on the same images or on some of them. It\n" +
			"leaves their rows of JPEG and PNG out. --pictures adds what they make of images: DIR/AVIF/00000.png and so on.\n\n" + dataHelp() + dataOfModel,
		Example: "  gorgonae rd runs/codec-mnist\n" +
			"  gorgonae rd runs/lambda15 runs/lambda30 runs/lambda60 --data mnist --rivals rivals.csv --out paper/",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.Errorf("MODEL is missing: %s MODEL...", cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd, args) },
	}
	cmd.Flags().StringVar(&c.data, "data", "", dataFlag())
	cmd.Flags().StringVar(&c.split, "split", "test", "part of the data set: train or test")
	cmd.Flags().StringArrayVar(&c.rivals, "rivals", nil, "CSV file with points of other codecs (may be given several times)")
	cmd.Flags().StringVar(&c.pictures, "pictures", "", "folder with what other codecs make of the images")
	cmd.Flags().Float64SliceVar(&c.measure.Errors, "error", nil, "wanted squared errors of an image, with commas between them (default: several)")
	cmd.Flags().Float64SliceVar(&c.measure.Bits, "bits", nil, "wanted bits of an image's code, with commas between them (default: several)")
	cmd.Flags().IntVar(&c.measure.WeightBits, "weight-bits", 0, "bits of each weight of the decoder in the file, 2 to 12 (0: as compress chooses)")
	cmd.Flags().IntVar(&c.measure.Effort, "effort", defaultEffort, fmt.Sprintf("how long codes are refined, 0 to %d (0: only unrefined ones)", codec.MaxEffort))
	cmd.Flags().IntVar(&c.measure.Share, "share", 0, "images that share the decoder (default: all of the data set, training and test)")
	cmd.Flags().StringVar(&c.out, "out", "", "folder for the figures and the table (default: the folder of the first model)")
	cmd.Flags().BoolVar(&c.svg, "svg", false, "SVG instead of PNG")
	c.reading.addReading(cmd.Flags())
	return cmd
}

func (c *comparison) run(cmd *cobra.Command, args []string) error {
	switch {
	case c.measure.WeightBits != 0 && (c.measure.WeightBits < 2 || c.measure.WeightBits > 12):
		return errors.Errorf("--weight-bits: want 2 to 12 bits for a weight, got %d", c.measure.WeightBits)
	case c.measure.Effort < 0 || c.measure.Effort > codec.MaxEffort:
		return errors.Errorf("--effort: want 0 to %d, got %d", codec.MaxEffort, c.measure.Effort)
	case c.measure.Share < 0:
		return errors.Errorf("--share: want 1 or more images, got %d", c.measure.Share)
	}
	for _, wanted := range []struct {
		name   string
		values []float64
	}{{"error", c.measure.Errors}, {"bits", c.measure.Bits}} {
		if slices.ContainsFunc(wanted.values, func(v float64) bool { return !(v > 0) || math.IsInf(v, 0) }) {
			return errors.Errorf("--%s: want numbers above 0, got %v", wanted.name, wanted.values)
		}
	}
	models, data, part, err := c.open(cmd.Context(), args)
	if err != nil {
		return err
	}
	files, pictures, err := c.others(part.Len())
	if err != nil {
		return err
	}
	if c.out == "" {
		c.out = filepath.Dir(models[0].Path)
	}
	missing := missingFolders(c.out)
	if err := run.MakeFolder(c.out); err != nil {
		return err
	}
	defer func() { // a folder that is still empty goes away
		for _, dir := range missing {
			_ = os.Remove(dir)
		}
	}()
	bar := newWork("")
	c.measure.Progress = bar.step
	rate, err := report.MeasureRate(cmd.Context(), models, data, part, data.Name+", "+c.split, c.measure)
	bar.end()
	if err != nil {
		return errors.WithMessage(err, "cannot measure the codec")
	}
	all, left, err := report.JoinPoints(rate.Points(), files)
	if err != nil {
		return err
	}
	names, err := c.write(cmd.Context(), rate, all, pictures)
	if err != nil {
		return err
	}
	return errors.Wrap(printRate(cmd.OutOrStdout(), rate, all, left, c.out, names), "cannot print the table")
}

// missingFolders returns which of a folder and its parents do not exist, inner ones first.
func missingFolders(path string) (missing []string) {
	for dir := filepath.Clean(path); ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(dir); err == nil || dir == filepath.Dir(dir) {
			return missing
		}
		missing = append(missing, dir)
	}
}

// open reads the models, and the data set once for all of them.
func (c *comparison) open(ctx context.Context, args []string) (models []*run.Model, data *dataset.Data, part images.Source, err error) {
	if err := checkSplit(c.split); err != nil {
		return nil, nil, nil, err
	}
	for _, arg := range args {
		m, err := run.Read(arg)
		if err != nil {
			return nil, nil, nil, err
		}
		if a := models; a != nil && (a[0].Binarize != m.Binarize || a[0].Size().Channels != m.Size().Channels) {
			return nil, nil, nil, errors.Errorf("want models of the same images, grey or in colour, binarized or not, got others in %s and %s", a[0].Path, m.Path)
		}
		models = append(models, m)
	}
	if data, err = open(ctx, models[0], c.data, &c.reading); err != nil {
		return nil, nil, nil, err
	}
	for _, m := range models[1:] {
		if err := m.Fit(data.Name, data.Train.Size()); err != nil {
			return nil, nil, nil, err
		}
	}
	if c.measure.Share == 0 {
		c.measure.Share = data.Train.Len() + data.Test.Len()
	}
	return models, data, partOf(data, c.split), nil
}

// others reads what is known of other codecs.
func (c *comparison) others(count int) (map[string][]report.Point, *report.Pictures, error) {
	files := map[string][]report.Point{}
	for _, path := range c.rivals {
		points, err := report.ReadPoints(path, count)
		if err != nil {
			return nil, nil, err
		}
		files[path] = points
	}
	if c.pictures == "" {
		return files, nil, nil
	}
	pictures, err := report.OpenPictures(c.pictures, count)
	return files, pictures, errors.WithMessage(err, "--pictures")
}

// write writes the CSV file and the figures, and returns the names of their files.
func (c *comparison) write(ctx context.Context, rate *report.Rate, all []report.Point, pictures *report.Pictures) ([]string, error) {
	format := figure.PNG
	if c.svg {
		format = figure.SVG
	}
	names, err := rate.Draw(ctx, c.out, format, all, pictures)
	if err != nil {
		return nil, err
	}
	err = report.WritePoints(filepath.Join(c.out, run.RateName), all, fmt.Sprintf("%s: %s of %v", rate.Data, plural(rate.Main.Images, "image"), rate.Size),
		fmt.Sprintf("with decoder: %d images share the model; squared errors are an image's, summed over its numbers in [0, 1]", rate.Share))
	return append([]string{run.RateName}, names...), err
}

// printRate prints the points with errors like those of the models, and what codecs take at the error
// of the first model.
func printRate(to io.Writer, rate *report.Rate, all []report.Point, left []string, out string, names []string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s of %v; %s share the decoder\n\n", rate.Data, plural(rate.Main.Images, "image"), rate.Size, plural(rate.Share, "image"))
	printPoints(&b, rate, all)
	printEqual(&b, rate, all)
	which, bits := rate.Expensive(3)
	var costly []string
	for k, i := range which {
		costly = append(costly, fmt.Sprintf("%s (%.0f bits)", rate.Title(i), bits[k]))
	}
	fmt.Fprintf(&b, "\nThe most expensive images: %s\n", oneLine(strings.Join(costly, ", ")))
	for _, codec := range left {
		fmt.Fprintf(&b, "NOTE  rows of %s in the files of rivals are left out: it is measured here\n", oneLine(codec))
	}
	fmt.Fprintf(&b, "%s now holds %s\n", out, strings.Join(names, ", "))
	_, err := io.WriteString(to, b.String())
	return err
}
