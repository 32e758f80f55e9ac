package report

import (
	"context"
	"io"
	"slices"

	"github.com/gorgonae/gorgonae/figure"
	"github.com/gorgonae/gorgonae/graph"
)

// plane is the part of the latent space that a figure shows. If the codes have one or two numbers,
// it is the whole space. Otherwise it is the plane of their first two principal components.
type plane struct {
	dims   int                              // 1 or 2
	codes  []float32                        // of the training images, (n, dims)
	labels [2]string                        // of the axes
	code   func(place ...float64) []float32 // the code at a place of the plane
	note   string                           // for titles
}

func (f *Figures) latentPlane(ctx context.Context) (*plane, error) {
	if f.plane != nil {
		return f.plane, nil
	}
	codes, err := f.Autoencoder.Encode(ctx, f.Data.Train)
	if err != nil {
		return nil, err
	}
	// The numbers of a code are in order channel by channel here, because the last bits of the
	// components, and so of the figure, depend on that order.
	codes = graph.ChannelsFirst(codes, f.Autoencoder.Encoder.Out())
	size := f.Autoencoder.Encoder.Out().Size()
	if size <= 2 {
		f.plane = &plane{dims: size, codes: codes, labels: [2]string{"latent 1", "latent 2"}, code: plainCode}
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

func plainCode(place ...float64) []float32 {
	code := make([]float32, len(place))
	for i, v := range place {
		code[i] = float32(v)
	}
	return code
}

func (f *Figures) latent(ctx context.Context, w io.Writer, format figure.Format) error {
	p, err := f.latentPlane(ctx)
	if err != nil {
		return err
	}
	fig := figure.Latent{Title: "Codes of the training images: " + caption(f.Data.Name, f.Autoencoder) + p.note,
		XLabel: p.labels[0], YLabel: p.labels[1], Dims: p.dims, Codes: p.codes, Names: f.Data.Classes}
	for i := range f.Data.Train.Len() {
		label := f.Data.Train.Label(i)
		if label < 0 {
			fig.Labels = nil
			break
		}
		fig.Labels = append(fig.Labels, label)
	}
	return fig.Draw(w, format)
}

// gridSide is the number of decoded images along each side of the grid. gridShare is the share of
// the codes that the grid spans on each axis. If the grid spanned all codes, a few outliers would
// leave most of it empty.
const (
	gridSide  = 20
	gridShare = 0.96
)

func (f *Figures) grid(ctx context.Context, w io.Writer, format figure.Format) error {
	p, err := f.latentPlane(ctx)
	if err != nil {
		return err
	}
	fig := figure.Grid{Title: "Decoded grid over the latent plane: " + caption(f.Data.Name, f.Autoencoder) + p.note,
		XLabel: p.labels[0], YLabel: p.labels[1], Size: figure.Size(f.Data.Train.Size())}
	if fig.Columns, fig.Rows, fig.Images, err = f.decodedGrid(ctx, p); err != nil {
		return err
	}
	return fig.Draw(w, format)
}

// decoded is what the decoder makes of a grid over the plane, row by row.
type decoded struct {
	columns, rows []float64 // coordinates; rows is nil if a code is one number
	images        [][]float32
}

// decodedGrid decodes the grid once.
func (f *Figures) decodedGrid(ctx context.Context, p *plane) (columns, rows []float64, all [][]float32, err error) {
	if d := f.decoded; d != nil {
		return d.columns, d.rows, d.images, nil
	}
	d := &decoded{columns: p.places(0)}
	var codes []float32
	if p.dims == 1 {
		for _, x := range d.columns {
			codes = append(codes, p.code(x)...)
		}
	} else {
		d.rows = p.places(1)
		for _, y := range d.rows {
			for _, x := range d.columns {
				codes = append(codes, p.code(x, y)...)
			}
		}
	}
	out, err := f.Autoencoder.Decoder.Predict(ctx, graph.ChannelsLast(codes, f.Autoencoder.Decoder.In()))
	if err != nil {
		return nil, nil, nil, err
	}
	d.images = slices.Collect(slices.Chunk(out, f.Data.Train.Size().Numbers()))
	f.decoded = d
	return d.columns, d.rows, d.images, nil
}

// places returns the coordinates of the grid along an axis.
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
