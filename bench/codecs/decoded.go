package main

import (
	"context"
	"fmt"
	"math"
	"path/filepath"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// writeDecoded writes what lossy codecs decode, at the setting of the table whose bits an image are
// closest to those asked for. Codecs that the table lacks are measured first. Images are in mosaics
// with as many others as in the table. Codecs with one file an image are left out.
func writeDecoded(ctx context.Context, o options, chosen []rival, t *table, s *source) error {
	var lossy []rival
	for _, r := range chosen {
		if r.layout.side > 0 && !r.settings[0].lossless {
			lossy = append(lossy, r)
		}
	}
	if len(lossy) == 0 {
		return errors.New("want a lossy codec in --only with --decoded: jpeg, webp, avif or jpegxl")
	}
	if err := measureAll(ctx, lossy, t, s); err != nil {
		return err
	}
	for _, r := range lossy {
		c, got := r.closest(t, s, o.bits)
		dir := filepath.Join(o.decoded, r.codec)
		if err := r.write(ctx, dir, c, s, min(o.images, s.n)); err != nil {
			return errors.WithMessagef(err, "%s, %s", r.codec, got.setting)
		}
		fmt.Printf("%s: %s, %.1f bits an image, squared error %.4g\n", dir, got.setting, got.bits(), got.squaredError)
		if off := got.bits()/o.bits - 1; math.Abs(off) > 0.1 {
			fmt.Printf("%s has no setting within a tenth of %v bits an image: its closest takes %+.0f %%\n", r.codec, o.bits, 100*off)
		}
	}
	return nil
}

// closest returns the measured setting whose bits an image are closest to those asked for.
func (r rival) closest(t *table, s *source, bits float64) (best setting, got row) {
	distance := math.Inf(1)
	for _, c := range r.settings {
		if m := t.find(r.codec, r.name(c, s)); m != nil && math.Abs(m.bits()-bits) < distance {
			distance, best, got = math.Abs(m.bits()-bits), c, *m
		}
	}
	return best, got
}

// write writes the first n images as a setting decodes them.
func (r rival) write(ctx context.Context, dir string, c setting, s *source, n int) error {
	out := &images.Set{Channels: s.size.Channels, Height: s.size.Height, Width: s.size.Width}
	for i := 0; out.Len() < n; i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		f := r.layout.file(s, i)
		data, err := c.encode(f.size, f.pixels)
		if err != nil {
			return err
		}
		decoded, err := c.decode(f.size, data)
		if err != nil {
			return err
		}
		out.Pixels = append(out.Pixels, f.cut(s.size, decoded)...)
	}
	out.Pixels = out.Pixels[:n*s.size.Numbers()]
	return images.WriteFolder(ctx, dir, out)
}
