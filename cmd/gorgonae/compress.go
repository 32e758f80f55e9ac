package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/cluster/parts"
	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
)

// compression is what compress was asked for.
type compression struct {
	from   sources
	out    string
	like   string // the file whose model is used, or ""
	force  bool
	fit    codec.FitOptions
	effort int
	refine bool // effort or lambda was asked for

	partText string // --part
	job      string // see jobOf; "" without --part
	fitted   string // what the codec of the part is fitted to
}

func newCompress() *cobra.Command {
	var c compression
	cmd := &cobra.Command{
		Use:   "compress MODEL IMAGES...",
		Short: "Compress images into a file",
		Long: "compress writes images into a compressed file. The file holds all that decompress needs: the decoder of the model, with\n" +
			"its weights rounded to a few bits, and the code of each image, rounded and coded with a table of its own for each\n" +
			"number. Rounding and tables are fitted to the images. MODEL is a model file or the folder of a run, of any\n" +
			"architecture. The same images and model give the same file on every machine.\n\n" +
			"IMAGES is a folder of pictures of one size, read as train reads it. Then the file keeps their names. Or IMAGES are files\n" +
			"of pictures of one size, or an IDX file, or a NumPy array as encode takes it: FILE.npy, FILE.npz:NAME, or - for standard\n" +
			"input, and all images are taken. Numbers are rounded to 8 bits. Or IMAGES is a data set with a name, or a folder of\n" +
			"IDX files or of CIFAR: then the file holds the part that --split names, with its labels.\n\n" + dataHelp() +
			"A model of the architecture lossless stores images exactly, and takes none of --error, --bits, --external, --effort and\n" +
			"--lambda. Every other model loses something. Without --error and --bits, rounded codes have 1 % more squared error than\n" +
			"codes that are not rounded. The error cannot become lower than the error of the model: compress refuses such an --error.\n" +
			"A model that has learned how to round its codes, as codec has, rounds them as it has learned; the factor --lambda of its\n" +
			"training chose the error. With --error or --bits its steps become finer or coarser. That serves rates near the trained\n" +
			"one; for others, train with another --lambda.\n\n" + partHelp + effortHelp,
		Example: "  gorgonae compress runs/conv-faces faces/ --out faces.gae\n" +
			"  gorgonae compress runs/deep-mnist mnist --bits 100 --out digits.gae\n" +
			"  gorgonae compress runs/conv-faces anna.png bert.png --out two.gae",
		Args: arguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := run.Read(args[0])
			if err != nil {
				return err
			}
			if err := c.check(cmd, m, args[1:]); err != nil {
				return err
			}
			if what, done, err := c.done(m); err != nil || done {
				if err == nil {
					_, err = fmt.Fprintln(cmd.OutOrStdout(), what)
				}
				return err
			}
			in, err := c.from.open(cmd, m, args[1:])
			if err != nil {
				return err
			}
			report := cmd.OutOrStdout()
			if c.out == "-" {
				report = cmd.ErrOrStderr()
			}
			if c.fit.External && m.Autoencoder != m.Original {
				return errors.Errorf("want images of %v, on which the model was trained, got %v in %s: without --external the file holds the decoder for this size",
					m.TrainedOn.Size(), m.Size(), inputName(args[1]))
			}
			return c.explain(compress(cmd.Context(), report, cmd.OutOrStdout(), m, in, c), args[1])
		},
	}
	cmd.Flags().StringVarP(&c.out, "out", "o", "images.gae", "the compressed file; - writes it to standard output")
	cmd.Flags().Float64Var(&c.fit.Error, "error", 0, "the wanted squared error of an image, summed over its numbers in [0, 1] (0: see above)")
	cmd.Flags().Float64Var(&c.fit.Bits, "bits", 0, "the wanted bits of an image's code (0: see above)")
	cmd.Flags().IntVar(&c.fit.WeightBits, "weight-bits", 0, "bits of each weight of the decoder in the file, 2 to 12 (0: so many that the file is small for its error)")
	cmd.Flags().BoolVar(&c.fit.External, "external", false, "leave the decoder out of the file; decompress then needs --model")
	cmd.Flags().StringVar(&c.like, "like", "", "use decoder, tables and classes of this file, which MODEL made: merge joins both")
	addLayout(cmd)
	c.effortFlags(cmd)
	c.partFlags(cmd)
	c.from.flags(cmd)
	cmd.Flags().BoolVar(&c.force, "force", false, "replace a file that exists")
	return cmd
}

// check refuses options before anything is computed.
func (c *compression) check(cmd *cobra.Command, m *run.Model, paths []string) error {
	if err := differ(c.out, m.Path); err != nil {
		return err
	}
	if err := free(c.out, c.force || cmd.Flags().Changed("part")); err != nil { // see done
		return err
	}
	for _, flag := range []string{"error", "bits", "weight-bits", "external"} {
		if c.like != "" && cmd.Flags().Changed(flag) {
			return errors.Errorf("want either --like or --%s, got both: the file decided it", flag)
		}
	}
	switch {
	case c.fit.Error != 0 && c.fit.Bits != 0:
		return errors.Errorf("want either --error or --bits, got both, %v and %v: give one of them", c.fit.Error, c.fit.Bits)
	case !(c.fit.Error >= 0) || math.IsInf(c.fit.Error, 1):
		return errors.Errorf("--error: want a finite squared error above 0, or 0 for none, got %v", c.fit.Error)
	case !(c.fit.Bits >= 0) || math.IsInf(c.fit.Bits, 1):
		return errors.Errorf("--bits: want finite bits above 0, or 0 for none, got %v", c.fit.Bits)
	case c.fit.WeightBits != 0 && (c.fit.WeightBits < 2 || c.fit.WeightBits > 12):
		return errors.Errorf("--weight-bits: want 2 to 12 bits for a weight, got %d", c.fit.WeightBits)
	case c.fit.External && cmd.Flags().Changed("weight-bits"):
		return errors.New("want either --external or --weight-bits, got both: weights are only rounded in the file")
	}
	if err := c.checkEffort(cmd, m); err != nil {
		return err
	}
	return c.checkPart(cmd, m, paths)
}

// model fits a codec to images, or takes that of a file, with its classes.
func (c *compression) model(ctx context.Context, m *run.Model, from *source) (*codec.Model, error) {
	set := from.images
	if from.whole != nil {
		set = from.whole
	}
	if c.like == "" {
		shown := newWork("")
		defer shown.end()
		c.fit.Progress = shown.phase
		return codec.Fit(ctx, m.Autoencoder, set, c.fit)
	}
	in, size, err := openFile(c.like)
	if err != nil {
		return nil, errors.WithMessage(err, c.like)
	}
	defer in.Close()
	f, err := codec.Open(in, size, codec.ReadOptions{Decoder: m.Decoder})
	if err != nil {
		return nil, errors.WithMessage(err, c.like)
	}
	if f.Size() != set.Size() {
		return nil, errors.Errorf("want images of %v as in %s, got %v", f.Size(), c.like, set.Size())
	}
	model, err := codec.Reuse(f.Model(), m.Autoencoder)
	if err == nil {
		err = from.takeClasses(f.Classes())
	}
	if err == nil {
		c.settle(m, model)
		c.fitted = f.Meta()[fittedKey]
		err = c.lambdaLike(model, f.Meta())
	}
	return model, errors.WithMessage(err, c.like)
}

func compress(ctx context.Context, report, stdout io.Writer, m *run.Model, in *source, c compression) error {
	start := time.Now()
	model, err := c.model(ctx, m, in)
	if err != nil {
		return err
	}
	for key, value := range map[string]string{"architecture": m.Architecture(), "trained on": m.TrainedOn.Name} {
		if value != "" {
			in.meta[key] = value
		}
	}
	c.settle(m, model)
	c.note(model, in.meta)
	c.notePart(in.meta)
	shown := newWork("compressing")
	defer shown.end()
	o := codec.Options{Classes: in.classes, Meta: in.meta, Measure: true, Effort: c.effort, Progress: func(n int) {
		shown.of(int64(n), int64(in.images.Len()))
		shown.done(n)
	}}
	var info codec.Info
	if c.out == "-" {
		w := bufio.NewWriter(stdout)
		if info, err = codec.WriteTo(ctx, w, model, in.images, in.name, o); err == nil {
			err = w.Flush()
		}
	} else {
		info, err = c.write(ctx, model, in, o)
	}
	if err != nil {
		return err
	}
	shown.end()
	seconds := time.Since(start).Seconds()
	asPNG, err := pngSize(ctx, in.images)
	if err != nil {
		return err
	}
	if err := writeCompressed(report, in, model, info, asPNG, seconds, c); err != nil {
		return errors.Wrap(err, "cannot print the report")
	}
	if n := len(in.skipped); n > 0 {
		return leftOut{n, c.out + parts.Suffix}
	}
	return nil
}

func writeCompressed(w io.Writer, in *source, model *codec.Model, info codec.Info, asPNG, seconds float64, c compression) error {
	r := model.Report
	numbers := float64(info.Size.Numbers())
	measured := train.Metrics{Examples: info.Images, Features: info.Size.Numbers(), MSE: info.SquaredError() / numbers}
	without := ""
	if r.Images > 0 { // the model was fitted
		without = fmt.Sprintf("; without rounding %.4f, with rounded weights alone %.4f", r.Original, r.Decoder)
	}
	raw := numbers * float64(info.Images)
	total := float64(info.Bytes.Total)
	if info.Images == 0 {
		_, err := fmt.Fprintf(w, "images          %s: none\nwrote no image to %s, which merge takes as any other part: %d bytes, in %.1f s\n", in.text, c.out, info.Bytes.Total, seconds)
		return err
	}
	text := fmt.Sprintf("images          %s: %d of %v\n", in.text, info.Images, info.Size)
	if model.Lossless() && info.SquaredError() == 0 {
		exactly := "the images are stored exactly"
		if in.less {
			exactly = "the images as they were read are stored exactly"
		}
		text += "squared error   0, " + exactly + "\n" +
			fmt.Sprintf("code            %.2f bits an image, %.4f a pixel\n", info.BitsPerImage(), info.BitsPerImage()/float64(info.Size.Pixels())) +
			fmt.Sprintf("model           %d bytes of the file\n", info.Bytes.Model())
	} else {
		text += fmt.Sprintf("squared error   %.4f an image, PSNR %.2f dB%s\n", info.SquaredError(), measured.PSNR(), without) +
			fmt.Sprintf("code            %.2f bits an image, %d numbers%s\n", info.BitsPerImage(), info.Latents, c.describeEffort(model)) +
			fmt.Sprintf("decoder         %d bytes of the file\n", info.Bytes.Decoder)
	}
	text += fmt.Sprintf("file            %d bytes: %s than the pixels, %s than PNG\n", info.Bytes.Total, times(raw/total), times(asPNG/total))
	if in.deep {
		text += "NOTE            the pictures have 16 bits, the compressed images 8\n"
	}
	for _, note := range in.notes {
		text += "NOTE            " + oneLine(note) + "\n"
	}
	text += c.missed(info)
	if c.out == "-" {
		c.out = "standard output"
	}
	_, err := fmt.Fprintf(w, "%swrote %s to %s: %d bytes, %.2f bits an image with all, in %.1f s\n",
		text, plural(info.Images, "image"), c.out, info.Bytes.Total, info.FileBitsPerImage(), seconds)
	return err
}

// missed says what the file does not keep of what was asked for, and why.
func (c *compression) missed(info codec.Info) string {
	why := "it was fitted on a part of the images"
	if c.effort > 0 {
		why = "refining moves it, --effort 0 keeps it"
	}
	if got := info.SquaredError(); c.fit.Error > 0 && (got > 1.02*c.fit.Error || c.effort > 0) {
		return fmt.Sprintf("NOTE            the squared error is %.4f, not %v: %s\n", got, c.fit.Error, why)
	}
	if c.effort == 0 {
		why = "a chunk of so few images has some bytes more than its codes"
	}
	if got := info.BitsPerImage(); c.fit.Bits > 0 && (got > 1.02*c.fit.Bits || c.effort > 0) {
		return fmt.Sprintf("NOTE            the code has %.2f bits, not %v: %s\n", got, c.fit.Bits, why)
	}
	return ""
}

// times says how much smaller a file is.
func times(ratio float64) string {
	if ratio < 1 {
		return fmt.Sprintf("%.2f times larger", 1/ratio)
	}
	return fmt.Sprintf("%.2f times smaller", ratio)
}
