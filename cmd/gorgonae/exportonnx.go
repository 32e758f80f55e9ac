package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"text/tabwriter"

	"github.com/dustin/go-humanize"
	"github.com/pkg/errors"
	"github.com/spf13/pflag"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/exchange/onnx"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
)

func exportONNX(ctx context.Context, m *run.Model, o *exporting) error {
	options := onnx.Options{Version: programVersion(), Meta: m.Described(), Int8: o.quantize != ""}
	switch {
	case o.quantize != "" && o.quantize != "int8":
		return errors.Errorf("--quantize: want int8, got %q", o.quantize)
	case o.dataName != "" && !options.Int8:
		return errors.New("--data is for --quantize, whose loss is measured on it")
	}
	dir := o.out
	if dir == "" {
		dir = filepath.Join(filepath.Dir(m.Path), o.format)
	}
	for _, path := range onnx.PartPaths(dir) {
		if err := free(path, o.force); err != nil {
			return err
		}
	}
	ae, size, err := exportedSize(m, o.size)
	if err != nil {
		return err
	}
	var loss *quantizationLoss
	if options.Int8 {
		if loss, err = measureQuantization(ctx, m, o.dataName); err != nil {
			return err
		}
	}
	files, err := onnx.WriteParts(dir, ae, size.Shape(), options)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(o.stdout, 0, 0, 2, ' ', 0)
	for _, f := range files {
		fmt.Fprintf(w, "%s\t%s\n", f.Path, humanize.Bytes(uint64(f.Size)))
	}
	if loss != nil {
		loss.print(w)
	}
	printNotes(exportNotes(m))
	return errors.Wrap(w.Flush(), "cannot print the files")
}

// exportedSize returns the autoencoder for images of a size, "" for that of the training.
func exportedSize(m *run.Model, text string) (*autoencoder.Autoencoder, images.Size, error) {
	size := m.TrainedOn.Size()
	if text == "" {
		return m.Original, size, nil
	}
	height, width, err := images.ParseSize(text)
	if err != nil {
		return nil, size, errors.WithMessage(err, "--size")
	}
	size.Height, size.Width = height, width
	if size == m.TrainedOn.Size() {
		return m.Original, size, nil
	}
	if !m.AnySize() {
		return nil, size, errors.Errorf("--size is for convolutional models, which take images of any size: this one takes images of %v alone, got %v", m.TrainedOn.Size(), size)
	}
	ae, err := m.Original.Resize(size.Shape()...)
	return ae, size, errors.WithMessagef(err, "--size: the model does not take images of %v", size)
}

// exportNotes says what a user would not expect of the files.
func exportNotes(m *run.Model) (notes []string) {
	for _, n := range m.Original.Model.Nodes() {
		if _, ok := graph.PixelNetOf(n); ok {
			notes = append(notes, "the model stores images without loss, so the files return images unchanged: the network that tells what each pixel costs is not in them")
		}
	}
	return notes
}

// quantizationLoss is what kernels of 8 bits cost.
type quantizationLoss struct {
	name          string // of the data set
	exact, coarse train.Metrics
}

// measureQuantization measures the reconstructions of test images with the weights of a model, and with those of its
// quantised files.
func measureQuantization(ctx context.Context, m *run.Model, dataName string) (*quantizationLoss, error) {
	changed := onnx.Quantized(m.Model)
	if len(changed) == 0 {
		return nil, errors.New("--quantize is for models with kernels of dense or convolutional layers, got one without")
	}
	data, set, err := openPart(ctx, m, dataName, "test", &pictureFlags{set: pflag.NewFlagSet("", pflag.ContinueOnError)})
	if err != nil {
		return nil, errors.WithMessage(err, "--quantize measures its loss on test images")
	}
	coarse, err := run.Read(m.Path) // with weights of its own
	if err != nil {
		return nil, err
	}
	if err := coarse.Fit(data.Name, set.Size()); err != nil {
		return nil, err
	}
	for _, w := range coarse.Model.Weights() {
		if values := changed[w.Name]; values != nil {
			if err := w.Set(values); err != nil {
				return nil, err
			}
		}
	}
	l := &quantizationLoss{name: data.Name}
	if l.exact, err = train.Measure(ctx, m.Model, set); err != nil {
		return nil, err
	}
	l.coarse, err = train.Measure(ctx, coarse.Model, set)
	return l, err
}

func (l *quantizationLoss) print(w io.Writer) {
	a, b := l.exact, l.coarse
	fmt.Fprintf(w, "squared error\t%.4f as float32, %.4f as int8 (%+.3f %%)\tper image, over %s of %s\n",
		a.SquaredError(), b.SquaredError(), 100*(b.MSE/a.MSE-1), plural(a.Examples, "test image"), l.name)
	fmt.Fprintf(w, "PSNR\t%.3f dB as float32, %.3f dB as int8\n", a.PSNR(), b.PSNR())
}
