package pixmap

import (
	"bytes"
	"encoding/binary"
	"image"
	"slices"

	"github.com/pkg/errors"
	"golang.org/x/image/webp"
)

// mostOfByteWebP is how many pixels a byte of a WebP file may stand for beyond smallPixels. A large lossy
// picture of one colour takes more than a byte for 8192; a lossless one takes next to nothing, and is refused.
const mostOfByteWebP = 8192

// stillWebP is the first picture of a WebP file.
type stillWebP struct {
	height, width int    // of the canvas
	at            [2]int // row and column of the picture's upper left corner on the canvas
	animated      bool
	more          bool   // other pictures follow
	file          []byte // a WebP file of this picture alone
}

// chunksWebP calls use for each chunk in data, until it returns false.
func chunksWebP(data []byte, use func(name string, content []byte) bool) {
	for len(data) >= 8 {
		n := int64(binary.LittleEndian.Uint32(data[4:]))
		if n > int64(len(data)-8) || !use(string(data[:4]), data[8:8+n]) {
			return
		}
		data = data[min(8+n+n%2, int64(len(data))):]
	}
}

// firstWebP finds the first picture: that of the first frame, if the file is an animation.
func firstWebP(data []byte) (s stillWebP, err error) {
	number := func(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }
	if string(data[12:min(len(data), 16)]) != "VP8X" {
		c, err := webp.DecodeConfig(bytes.NewReader(data))
		return stillWebP{height: c.Height, width: c.Width, file: data}, err
	}
	var frame, canvas []byte
	chunksWebP(data[12:], func(name string, content []byte) bool {
		switch {
		case name == "VP8X":
			canvas = content
		case name == "ANMF" && frame != nil:
			s.more = true
		case name == "ANMF" && s.animated:
			frame = content
		}
		s.animated = len(canvas) > 0 && canvas[0]&2 != 0
		return !s.more
	})
	if len(canvas) != 10 {
		return s, errors.Errorf("want a header of 10 bytes, got %d", len(canvas))
	}
	s.width, s.height = number(canvas[4:])+1, number(canvas[7:])+1
	h, w, inside := s.height, s.width, data[12:]
	if s.animated {
		if len(frame) < 16 {
			return s, errors.New("want a frame of the animation, got none")
		}
		s.at = [2]int{2 * number(frame[3:]), 2 * number(frame)}
		w, h, inside = number(frame[6:])+1, number(frame[9:])+1, frame[16:]
		if s.at[0]+h > s.height || s.at[1]+w > s.width {
			return s, errors.Errorf("want a first frame inside of the canvas of %d x %d pixels (height x width), got one of %d x %d at row %d and column %d", s.height, s.width, h, w, s.at[0], s.at[1])
		}
	}
	if s.file = fileWebP(h, w, inside); s.file == nil {
		return s, errors.New("want a picture, got none")
	}
	c, err := webp.DecodeConfig(bytes.NewReader(pictureWebP(s.file)))
	if err == nil && (c.Height != h || c.Width != w) {
		err = errors.Errorf("want a picture of %d x %d pixels (height x width), as the header states, got one of %d x %d", h, w, c.Height, c.Width)
	}
	return s, err
}

// fileWebP returns a file of the first picture in some chunks, or nil if there is none.
func fileWebP(height, width int, chunks []byte) []byte {
	var alpha, picture []byte
	chunk := func(name string, content []byte) []byte {
		b := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(content)))
		return append(append(b, content...), make([]byte, len(content)%2)...)
	}
	chunksWebP(chunks, func(name string, content []byte) bool {
		switch name {
		case "ALPH":
			alpha = chunk(name, content)
		case "VP8 ":
			picture = slices.Concat(alpha, chunk(name, content))
			if alpha != nil {
				w, h := width-1, height-1
				picture = slices.Concat(chunk("VP8X", []byte{16, 0, 0, 0, byte(w), byte(w >> 8), byte(w >> 16), byte(h), byte(h >> 8), byte(h >> 16)}), picture)
			}
		case "VP8L":
			picture = chunk(name, content)
		}
		return picture == nil
	})
	if picture == nil {
		return nil
	}
	return slices.Concat(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(4+len(picture))), []byte("WEBP"), picture)
}

// pictureWebP returns a file of fileWebP without its alpha, so that the header of the picture itself is read.
func pictureWebP(file []byte) []byte {
	if string(file[12:16]) != "VP8X" {
		return file
	}
	const alpha = 12 + 8 + 10 // the chunk after the header
	at := alpha + 8 + int(binary.LittleEndian.Uint32(file[alpha+4:]))
	at += at % 2
	return slices.Concat(file[:12], file[at:])
}

func configWebP(data []byte) (height, width int, err error) {
	s, err := firstWebP(data)
	if err != nil {
		return 0, 0, err
	}
	return s.height, s.width, holdsMost(data, s.height, s.width, mostOfByteWebP)
}

// decodeWebP decodes the first picture of a WebP file. The first frame of an animation lies on its canvas; what
// it does not cover is transparent.
func decodeWebP(data []byte) (*Image, error) {
	s, err := firstWebP(data)
	if err != nil {
		return nil, err
	}
	m, err := decodeStillWebP(s.file)
	if err != nil || !s.animated {
		return m, err
	}
	if m.Channels == 3 && (m.Height != s.height || m.Width != s.width) {
		m.Channels, m.Bytes = 4, opaque(m.Bytes)
	}
	if m.Height != s.height || m.Width != s.width {
		m = m.on(s.height, s.width, image.Pt(s.at[1], s.at[0]))
	}
	m.More = s.more
	return m, nil
}

// opaque returns red, green and blue with an alpha of 255.
func opaque(rgb []byte) []byte {
	y := make([]byte, 0, len(rgb)/3*4)
	for ; len(rgb) > 0; rgb = rgb[3:] {
		y = append(y, rgb[0], rgb[1], rgb[2], 255)
	}
	return y
}

// decodeStillWebP decodes a file without frames. The luma of lossy files is from 16 to 235, and their colours
// have half the resolution. x/image/webp v0.48.0 returns these planes in a type of package image whose luma
// is from 0 to 255.
func decodeStillWebP(data []byte) (*Image, error) {
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
