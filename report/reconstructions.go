package report

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/gorgonae/gorgonae/figure"
	"github.com/gorgonae/gorgonae/internal/random"
	"github.com/gorgonae/gorgonae/internal/reduce"
)

// shown is the number of test images in the figure of reconstructions.
const shown = 5

// reconstructions draws some test images and, below them, their reconstructions. If the model was
// trained with noise on its inputs, as the denoising autoencoder is, it gets noisy images here too.
// They are a row between the two others.
func (f *Figures) reconstructions(ctx context.Context, w io.Writer, format figure.Format) error {
	set := f.Data.Test
	size := set.Size()
	chosen := random.New(f.Seed, "reconstructions").Perm(set.Len())
	noisy, isNoisy, err := f.Autoencoder.Noisy(ctx, set)
	if err != nil {
		return err
	}
	original, seen, output := figure.Row{Name: "original"}, figure.Row{Name: "noisy input"}, figure.Row{Name: "reconstruction"}
	for _, i := range chosen[:min(shown, len(chosen))] {
		x := make([]float32, size.Numbers()) // (height, width, channels)
		if err := set.Example(0, int(i), x, nil); err != nil {
			return err
		}
		input := x
		if isNoisy {
			input = make([]float32, len(x))
			if err := noisy.Example(0, int(i), input, slices.Clone(x)); err != nil {
				return err
			}
			add(&seen, input, x)
		}
		y, err := f.Autoencoder.Model.Predict(ctx, input)
		if err != nil {
			return err
		}
		original.Images = append(original.Images, x)
		add(&output, y, x)
	}
	rows := []figure.Row{original, output}
	if isNoisy {
		rows = []figure.Row{original, seen, output}
	}
	fig := figure.Reconstructions{Title: "Reconstructions of test images: " + caption(f.Data.Name, f.Autoencoder),
		Size: figure.Size(size), Rows: rows}
	return fig.Draw(w, format)
}

// add adds an image to a row, with its mean squared error from the original.
func add(row *figure.Row, image, original []float32) {
	row.Images = append(row.Images, image)
	row.Notes = append(row.Notes, fmt.Sprintf("MSE %.4f", reduce.SquaredError(image, original, 1/float32(len(original)))))
}
