package tensorboard

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"slices"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/figure"
	"github.com/gorgonae/gorgonae/report"
	"github.com/gorgonae/gorgonae/run"
)

// views shows what a model does with some test images, which are read once.
type views struct {
	run   *run.Run
	shown *report.Shown
	x     []float32 // images whose codes are counted, (n, height, width, channels)
}

const (
	codedImages  = 1000    // whose codes are counted, at most
	codedNumbers = 1 << 22 // of all of them together, at most, if there are more than two
	parts        = 32      // latents or channels that have a histogram each, at most
)

func newViews(r *run.Run) *views { return &views{run: r} }

// values returns the reconstructions and the histograms of the codes. If one of them cannot be made, it
// returns the others and the error.
func (v *views) values(ctx context.Context) ([]value, error) {
	image, err := v.reconstructions(ctx)
	codes, other := v.codes(ctx)
	if err == nil {
		err = other
	}
	return append(image, codes...), err
}

func (v *views) reconstructions(ctx context.Context) ([]value, error) {
	if v.shown == nil {
		shown, err := report.Of(v.run).Shown(ctx)
		if err != nil {
			return nil, errors.WithMessage(err, "cannot draw the reconstructions for TensorBoard")
		}
		v.shown = shown
	}
	var file bytes.Buffer
	err := v.shown.Draw(ctx, &file, figure.PNG)
	if err != nil {
		return nil, errors.WithMessage(err, "cannot draw the reconstructions for TensorBoard")
	}
	config, err := png.DecodeConfig(bytes.NewReader(file.Bytes()))
	if err != nil {
		return nil, errors.Wrap(err, "cannot draw the reconstructions for TensorBoard")
	}
	const colour = 3
	return []value{picture("reconstructions", config.Height, config.Width, colour, file.Bytes(), "test images above what the model makes of them")}, nil
}

// codes returns the histogram of all numbers of the codes, and one of each latent, or of each channel of
// codes that are images. A code that is the image itself, as that of lossless, has none.
func (v *views) codes(ctx context.Context) ([]value, error) {
	if v.x == nil {
		if err := v.read(); err != nil {
			return nil, errors.WithMessage(err, "cannot read test images for TensorBoard")
		}
	}
	encoder := v.run.Autoencoder.Encoder
	codes, err := encoder.Predict(ctx, v.x)
	if err != nil {
		return nil, errors.WithMessage(err, "cannot encode test images for TensorBoard")
	}
	if slices.Equal(codes, v.x) {
		return nil, nil
	}
	var all []value
	add := func(tag string, numbers []float32, description string) {
		if h, ok := histogram(tag, numbers, description); ok {
			all = append(all, h)
		}
	}
	size := v.run.Data.Test.Size().Numbers()
	add("code", codes, fmt.Sprintf("all numbers of the codes of %d test images", len(v.x)/size))
	shape, name := encoder.Out(), "latent"
	if len(shape) > 1 {
		name = "channel"
	}
	n := shape[0] // in memory the channels are last
	if n < 2 || n > parts {
		return all, nil
	}
	for k := range n {
		one := make([]float32, 0, len(codes)/n)
		for i := k; i < len(codes); i += n {
			one = append(one, codes[i])
		}
		add(fmt.Sprintf("code/%s_%d", name, k+1), one, "")
	}
	return all, nil
}

// read reads some test images, evenly spread.
func (v *views) read() error {
	set := v.run.Data.Test
	size := set.Size().Numbers()
	n := min(set.Len(), codedImages, max(2, codedNumbers/size))
	x := make([]float32, n*size)
	for i := range n {
		if err := set.Example(0, int(int64(i)*int64(set.Len())/int64(n)), x[i*size:][:size], nil); err != nil {
			return err
		}
	}
	v.x = x
	return nil
}
