package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/figure"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/atomicfile"
	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/random"
	"github.com/gorgonae/gorgonae/train"
)

// figures draws the four figures of an autoencoder into a folder.
type figures struct {
	ae      *autoencoder.Autoencoder
	data    *dataset.Data
	history train.History
	loss    train.Loss
	trained string // what it was trained on and as, which other images may have changed; see about
	seed    uint64 // of the choice of test images
	dir     string
	format  figure.Format
	missing bool // draw only those that are not there

	plane *plane // of the latent space, computed once
}

// draw draws the figures and returns their names.
func (f *figures) draw(ctx context.Context) (drawn []string, err error) {
	extension := map[figure.Format]string{figure.PNG: ".png", figure.SVG: ".svg"}[f.format]
	for i, draw := range []func(context.Context, io.Writer) error{f.reconstructions, f.latent, f.losses, f.grid} {
		name := figureNames[i] + extension
		path := filepath.Join(f.dir, name)
		drawn = append(drawn, name)
		if f.missing && exists(path) {
			continue
		}
		if err := atomicfile.Write(path, func(w io.Writer) error { return draw(ctx, w) }); err != nil {
			return nil, err
		}
	}
	return drawn, nil
}

// about is the end of every title: the data that the figure shows, and the model.
func (f *figures) about(data string) string { return about(data, f.ae) }

func about(data string, ae *autoencoder.Autoencoder) string {
	code := ae.Encoder.Out().Size()
	return fmt.Sprintf("%s, %d latent%s", data, code, plural(code))
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// shown is how many test images are reconstructed for show.
const shown = 5

func (f *figures) reconstructions(ctx context.Context, w io.Writer) error {
	set := f.data.Test
	original, output := figure.Row{Name: "original"}, figure.Row{Name: "reconstruction"}
	chosen := random.New(f.seed, "reconstructions").Perm(set.Len())
	for _, i := range chosen[:min(shown, len(chosen))] {
		x := make([]float32, set.Size().Numbers())
		if err := set.Example(0, int(i), x, nil); err != nil {
			return err
		}
		y, err := f.ae.Model.Predict(ctx, x)
		if err != nil {
			return err
		}
		original.Images = append(original.Images, x)
		output.Images = append(output.Images, y)
		output.Notes = append(output.Notes, fmt.Sprintf("MSE %.4f", f32.SquaredError(y, x, 1/float32(len(x)))))
	}
	fig := figure.Reconstructions{Title: "Reconstructions of test images: " + f.about(f.data.Name),
		Size: figure.Size(set.Size()), Rows: []figure.Row{original, output}}
	return fig.Draw(w, f.format)
}

// encode is the codes of all images of a set.
func encode(ctx context.Context, encoder *graph.Model, set dataset.Images) ([]float32, error) {
	var codes []float32
	err := train.Predict(ctx, encoder, set, func(_ int, y, _ []float32) error {
		codes = append(codes, y...)
		return nil
	})
	return codes, err
}

// plane is the part of the latent space that a figure can show: the codes themselves where they are of one or two
// numbers, else their first two principal components.
type plane struct {
	dims   int
	codes  []float32 // of the training images, (n, dims)
	labels [2]string // of the axes
	code   func(place ...float64) []float32
	note   string // for titles
}

func (f *figures) latentPlane(ctx context.Context) (*plane, error) {
	if f.plane != nil {
		return f.plane, nil
	}
	codes, err := encode(ctx, f.ae.Encoder, f.data.Train)
	if err != nil {
		return nil, err
	}
	// The components' last bits, and so the figure's, depend on the order of a code's numbers: channel by channel.
	codes = graph.ChannelsFirst(codes, f.ae.Encoder.Out())
	size := f.ae.Encoder.Out().Size()
	if size <= 2 {
		f.plane = &plane{dims: size, codes: codes, labels: [2]string{"latent 1", "latent 2"}, code: func(place ...float64) []float32 {
			code := make([]float32, len(place))
			for i, v := range place {
				code[i] = float32(v)
			}
			return code
		}}
		return f.plane, nil
	}
	c, err := figure.PCA(codes, size, 2)
	if err != nil {
		return nil, err
	}
	f.plane = &plane{dims: 2, codes: c.Projections, labels: [2]string{c.Label(0), c.Label(1)}, code: c.Code,
		note: ", first two principal components"}
	return f.plane, nil
}

func (f *figures) latent(ctx context.Context, w io.Writer) error {
	p, err := f.latentPlane(ctx)
	if err != nil {
		return err
	}
	fig := figure.Latent{Title: "Codes of the training images: " + f.about(f.data.Name) + p.note, XLabel: p.labels[0], YLabel: p.labels[1],
		Dims: p.dims, Codes: p.codes, Names: f.data.Classes}
	for i := range f.data.Train.Len() {
		if label := f.data.Train.Label(i); label >= 0 {
			fig.Labels = append(fig.Labels, label)
		}
	}
	return fig.Draw(w, f.format)
}

func (f *figures) losses(_ context.Context, w io.Writer) error {
	fig := figure.Loss{Title: "Loss: " + f.trained, YLabel: lossLabel(f.loss, f.history.Terms)}
	for _, e := range f.history.Epochs {
		fig.Train = append(fig.Train, e.Loss)
		fig.Validation = append(fig.Validation, e.ValLoss)
	}
	return fig.Draw(w, f.format)
}

// lossLabel is a loss in words, with the terms that layers add to it.
func lossLabel(l train.Loss, terms []string) string {
	label := l.Label()
	if len(terms) > 0 {
		label += ", with " + strings.Join(terms, ", ")
	}
	return label
}

// gridSide is the number of decoded images along each side of the grid, gridShare the share of codes, on each axis,
// between which the grid lies: a few codes far out would leave it mostly empty.
const (
	gridSide  = 20
	gridShare = 0.96
)

func (f *figures) grid(ctx context.Context, w io.Writer) error {
	p, err := f.latentPlane(ctx)
	if err != nil {
		return err
	}
	set := f.data.Train
	fig := figure.Grid{Title: "Decoded grid over the latent plane: " + f.about(f.data.Name) + p.note, XLabel: p.labels[0], YLabel: p.labels[1],
		Size: figure.Size(set.Size()), Columns: p.places(0)}
	var codes []float32
	if p.dims == 1 {
		for _, x := range fig.Columns {
			codes = append(codes, p.code(x)...)
		}
	} else {
		fig.Rows = p.places(1)
		for _, y := range fig.Rows {
			for _, x := range fig.Columns {
				codes = append(codes, p.code(x, y)...)
			}
		}
	}
	out, err := f.ae.Decoder.Predict(ctx, graph.ChannelsLast(codes, f.ae.Decoder.In()))
	if err != nil {
		return err
	}
	fig.Images = slices.Collect(slices.Chunk(out, set.Size().Numbers()))
	return fig.Draw(w, f.format)
}

// places are the grid's places along an axis.
func (p *plane) places(axis int) []float64 {
	var values []float64
	for i := axis; i < len(p.codes); i += p.dims {
		values = append(values, float64(p.codes[i]))
	}
	slices.Sort(values)
	low := values[int((1-gridShare)/2*float64(len(values)-1))]
	high := values[int((1+gridShare)/2*float64(len(values)-1))]
	places := make([]float64, gridSide)
	for i := range places {
		places[i] = low + (high-low)*float64(i)/(gridSide-1)
	}
	return places
}
