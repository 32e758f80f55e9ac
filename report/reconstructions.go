package report

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/gorgonae/gorgonae/figure"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/random"
	"github.com/gorgonae/gorgonae/internal/reduce"
)

// shown is the number of test images in the figure of reconstructions.
const shown = 5

// reconstructions draws some test images and, below them, their reconstructions. If the model was
// trained with noise on its inputs, as the denoising autoencoder is, it gets noisy images here too.
// They are a row between the two others.
func (f *Figures) reconstructions(ctx context.Context, w io.Writer, format figure.Format) error {
	s, err := f.Shown(ctx)
	if err != nil {
		return err
	}
	return s.draw(ctx, w, format, "Reconstructions of test images: "+caption(f.Data.Name, f.Autoencoder))
}

// Shown is the test images of the figure of reconstructions, so that they can be drawn again and again
// while a model learns.
type Shown struct {
	model            *graph.Model
	size             figure.Size
	originals, noisy [][]float32 // (n, height, width, channels); noisy is empty without noise
}

// Shown reads the test images of the figure of reconstructions.
func (f *Figures) Shown(ctx context.Context) (*Shown, error) {
	set := f.Data.Test
	s := &Shown{model: f.Autoencoder.Model, size: figure.Size(set.Size())}
	chosen := random.New(f.Seed, "reconstructions").Perm(set.Len())
	noisy, isNoisy, err := f.Autoencoder.Noisy(ctx, set)
	if err != nil {
		return nil, err
	}
	for _, i := range chosen[:min(shown, len(chosen))] {
		x := make([]float32, set.Size().Numbers()) // (height, width, channels)
		if err := set.Example(0, int(i), x, nil); err != nil {
			return nil, err
		}
		s.originals = append(s.originals, x)
		if isNoisy {
			input := make([]float32, len(x))
			if err := noisy.Example(0, int(i), input, slices.Clone(x)); err != nil {
				return nil, err
			}
			s.noisy = append(s.noisy, input)
		}
	}
	return s, nil
}

// Draw draws the images and what the model makes of them now, without a title.
func (s *Shown) Draw(ctx context.Context, w io.Writer, format figure.Format) error {
	return s.draw(ctx, w, format, "")
}

func (s *Shown) draw(ctx context.Context, w io.Writer, format figure.Format, title string) error {
	seen, output := figure.Row{Name: "noisy input"}, figure.Row{Name: "reconstruction"}
	for i, x := range s.originals {
		input := x
		if len(s.noisy) > 0 {
			input = s.noisy[i]
			add(&seen, input, x)
		}
		y, err := s.model.Predict(ctx, input)
		if err != nil {
			return err
		}
		add(&output, y, x)
	}
	rows := []figure.Row{{Name: "original", Images: s.originals}, output}
	if len(s.noisy) > 0 {
		rows = slices.Insert(rows, 1, seen)
	}
	return figure.Reconstructions{Title: title, Size: s.size, Rows: rows}.Draw(w, format)
}

// add adds an image to a row, with its mean squared error from the original.
func add(row *figure.Row, image, original []float32) {
	row.Images = append(row.Images, image)
	row.Notes = append(row.Notes, fmt.Sprintf("MSE %.4f", reduce.SquaredError(image, original, 1/float32(len(original)))))
}
