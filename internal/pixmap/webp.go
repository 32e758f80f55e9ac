package pixmap

import (
	"bytes"
	"image"

	"golang.org/x/image/webp"
)

func configWebP(data []byte) (height, width int, err error) {
	if len(data) > 20 && string(data[12:16]) == "VP8X" && data[20]&2 != 0 {
		return 0, 0, unsupportedError("an animation")
	}
	c, err := webp.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return 0, 0, err
	}
	return c.Height, c.Width, nil // at most 16384 x 16384; a picture of one colour takes a few bytes
}

// decodeWebP decodes a WebP file. The luma of lossy files is from 16 to 235, and their colours have
// half the resolution. x/image/webp v0.48.0 returns these planes in a type of package image whose luma
// is from 0 to 255.
func decodeWebP(data []byte) (*Image, error) {
	m, err := webp.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	switch m := m.(type) {
	case *image.YCbCr:
		return fromVP8(m, nil, 0), nil
	case *image.NYCbCrA:
		return fromVP8(&m.YCbCr, m.A, m.AStride), nil
	}
	return fromImage(m)
}

// fromVP8 returns red, green and blue as libwebp computes them, with alpha if there is any.
func fromVP8(m *image.YCbCr, alpha []byte, stride int) *Image {
	box := m.Bounds()
	o := &Image{Height: box.Dy(), Width: box.Dx(), Channels: 3}
	if alpha != nil {
		o.Channels = 4
	}
	o.reserve()
	h, w := (o.Height+1)/2, (o.Width+1)/2
	for y := range o.Height {
		for x := range o.Width {
			u, v := enlarged(m.Cb, m.CStride, y, x, h, w), enlarged(m.Cr, m.CStride, y, x, h, w)
			l := 19077 * int(m.Y[y*m.YStride+x]) >> 8
			o.Bytes = append(o.Bytes,
				clip6(l+26149*v>>8-14234),
				clip6(l-6419*u>>8-13320*v>>8+8708),
				clip6(l+33050*u>>8-17685))
			if alpha != nil {
				o.Bytes = append(o.Bytes, alpha[y*stride+x])
			}
		}
	}
	return o
}

// clip6 returns v / 64, from 0 to 255.
func clip6(v int) byte { return byte(min(max(v>>6, 0), 255)) }

// enlarged returns the colour of a pixel: 9/16 of the nearest number of a plane of h rows and w
// columns, 3/16 of its neighbours beside and below or above, and 1/16 of the one across, rounded as
// libwebp rounds them. Beyond the border the last numbers repeat.
func enlarged(plane []byte, stride, y, x, h, w int) int {
	r, q := y/2, x/2
	r2, q2 := min(max(r+2*(y%2)-1, 0), h-1), min(max(q+2*(x%2)-1, 0), w-1)
	near, beside := int(plane[r*stride+q]), int(plane[r*stride+q2])
	below, across := int(plane[r2*stride+q]), int(plane[r2*stride+q2])
	return ((near+3*beside+3*below+across+8)>>3 + near) >> 1
}
