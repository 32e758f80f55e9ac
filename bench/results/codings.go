package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/run"
)

// coding is a way to compress images with the model of a row.
type coding struct {
	what   string // for people; no two of a row have the same
	fit    codec.FitOptions
	effort int
	all    bool    // training and test images; otherwise the test images alone
	file   bool    // the result is the bits of the whole file, with the decoder, but without labels; otherwise those of the codes alone
	pixel  bool    // the result is divided by the number of pixels
	target float64 // the result should not be higher
}

// coded is what a coding came to.
type coded struct {
	Coding  string  `json:"coding"` // its key
	Images  int     `json:"images"`
	Bits    float64 `json:"bits"`    // of an image, codes alone
	File    float64 `json:"file"`    // of an image, with everything in the file but the labels
	Error   float64 `json:"error"`   // squared error of an image
	Seconds float64 `json:"seconds"` // of fitting and writing
}

// key tells what a result depends on beside the model.
func (c coding) key() string {
	return fmt.Sprintf("{Error:%v Bits:%v WeightBits:%d External:%v Lambda:%v} effort %d all %v",
		c.fit.Error, c.fit.Bits, c.fit.WeightBits, c.fit.External, c.fit.Lambda, c.effort, c.all)
}

// compress compresses images, and keeps nothing of the file but its numbers.
func (c coding) compress(ctx context.Context, m *run.Model, data *dataset.Data) (coded, error) {
	var from images.Source = data.Test
	if c.all {
		from = joined{data.Train, data.Test}
	}
	start := time.Now()
	model, err := codec.Fit(ctx, m.Autoencoder, from, c.fit.WithLambda(m.Lambda()))
	if err != nil {
		return coded{}, err
	}
	info, err := codec.WriteTo(ctx, io.Discard, model, from, nil, codec.Options{Measure: true, Effort: c.effort})
	if err != nil {
		return coded{}, err
	}
	d := coded{c.key(), info.Images, info.BitsPerImage(), 8 * float64(info.Bytes.Total-info.Bytes.Labels) / float64(info.Images),
		info.SquaredError(), time.Since(start).Seconds()}
	fmt.Printf("%s: %d images, %.2f bits at a squared error of %.3f, %.2f bits with all but labels\n", c.what, d.Images, d.Bits, d.Error, d.File)
	return d, nil
}

// flags returns the flags of gorgonae compress.
func (c coding) flags() string {
	var all []string
	if c.fit.Error > 0 {
		all = append(all, fmt.Sprintf("--error %v", c.fit.Error))
	}
	if c.fit.WeightBits > 0 {
		all = append(all, fmt.Sprintf("--weight-bits %d", c.fit.WeightBits))
	}
	if c.fit.Lambda > 0 {
		all = append(all, fmt.Sprintf("--lambda %v", c.fit.Lambda))
	}
	all = append(all, fmt.Sprintf("--effort %d", c.effort))
	return strings.Join(all, " ")
}

// describe writes the row of a table.
func (c coding) describe(b *strings.Builder, pixels int, done []coded) {
	i := slices.IndexFunc(done, func(d coded) bool { return d.Coding == c.key() })
	if i < 0 {
		fmt.Fprintf(b, "| %s | - | | | %v |\n", c.what, c.target)
		return
	}
	d := done[i]
	bits := d.Bits
	if c.file {
		bits = d.File
	}
	result := fmt.Sprintf("%.1f", bits)
	if c.pixel {
		result = fmt.Sprintf("%.3f", bits/float64(pixels))
	}
	target := ""
	if c.target > 0 {
		target = fmt.Sprint(c.target)
	}
	fmt.Fprintf(b, "| %s | **%s** | %.2f | %.0f s | %s |\n", strings.TrimSpace(c.what+" "+code(c.flags())), result, d.Error, d.Seconds, target)
}

// code formats a text as code.
func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}

// joined is two sets of images, one behind the other.
type joined struct{ a, b images.Source }

func (j joined) Len() int          { return j.a.Len() + j.b.Len() }
func (j joined) Size() images.Size { return j.a.Size() }
func (j joined) Label(i int) int   { s, i := j.find(i); return s.Label(i) }
func (j joined) find(i int) (images.Source, int) {
	if n := j.a.Len(); i >= n {
		return j.b, i - n
	}
	return j.a, i
}

func (j joined) Example(epoch, i int, x, y []float32) error {
	s, i := j.find(i)
	return s.Example(epoch, i, x, y)
}
