package main

import (
	"bytes"
	"image"
	"image/color"

	"github.com/gen2brain/webp"
	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// plain returns the bytes of an opaque image, (height, width, channels). A codec may tint grey
// images a little. Then grey is the luma.
func plain(m image.Image, channels int) []byte {
	box := m.Bounds()
	out := make([]byte, 0, box.Dx()*box.Dy()*channels)
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			c := m.At(x, y)
			if channels == 1 {
				out = append(out, color.GrayModel.Convert(c).(color.Gray).Y)
				continue
			}
			p := color.NRGBAModel.Convert(c).(color.NRGBA)
			out = append(out, p.R, p.G, p.B)
		}
	}
	return out
}

// decodeWebP decodes a lossy WebP file. Its luma is from 16 to 235 and its chroma from 16 to 240, as
// the format says. Go's image.YCbCr means 0 to 255, and the decoders in Go return the one as the
// other: black becomes 16. So the planes are turned into colours here.
func decodeWebP(size images.Size, data []byte) ([]byte, error) {
	m, err := webp.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, errors.Wrap(err, "cannot decode")
	}
	p, ok := m.(*image.NYCbCrA)
	if !ok || p.SubsampleRatio != image.YCbCrSubsampleRatio420 {
		return nil, errors.Errorf("want the planes of a lossy WebP file, got %T", m)
	}
	if got := p.Bounds().Size(); got != image.Pt(size.Width, size.Height) {
		return nil, errors.Errorf("want a decoded image of %dx%d, got %dx%d", size.Width, size.Height, got.X, got.Y)
	}
	out := make([]byte, 0, size.Numbers())
	for y := range size.Height {
		for x := range size.Width {
			luma := 255.0 / 219 * (float64(p.Y[y*p.YStride+x]) - 16)
			if size.Channels == 1 {
				out = append(out, clamp(luma)) // chroma of a grey image is 128
				continue
			}
			cb, cr := chroma(p.Cb, p.CStride, size, x, y), chroma(p.Cr, p.CStride, size, x, y)
			out = append(out, clamp(luma+1.402*cr), clamp(luma-0.344136*cb-0.714136*cr), clamp(luma+1.772*cb))
		}
	}
	return out, nil
}

// chroma interpolates a plane of half the size at a pixel, as libwebp does: 9, 3, 3 and 1 sixteenths
// of the four nearest values. It returns a number from -127.5 to 127.5.
func chroma(plane []byte, stride int, size images.Size, x, y int) float64 {
	w, h := (size.Width+1)/2, (size.Height+1)/2
	near, far := func(v int) int { return v / 2 }, func(v, n int) int { return min(max(v/2+v%2*2-1, 0), n-1) }
	at := func(x, y int) float64 { return float64(plane[y*stride+x]) }
	x0, x1, y0, y1 := near(x), far(x, w), near(y), far(y, h)
	return 255.0 / 224 * ((9*at(x0, y0)+3*at(x1, y0)+3*at(x0, y1)+at(x1, y1))/16 - 128)
}

func clamp(v float64) byte { return byte(min(max(v, 0), 255) + 0.5) }
