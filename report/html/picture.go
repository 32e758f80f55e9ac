package html

import (
	"bytes"
	"encoding/base64"
	"html/template"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"github.com/pkg/errors"
	"golang.org/x/image/draw"
)

// Image is a grey image or one in colour.
type Image struct {
	Width, Height, Channels int    // 1 channel or 3
	Pixels                  []byte // (Height, Width, Channels)
}

// pictureView is an image as the template takes it.
type pictureView struct {
	Width, Height int // of the picture in the page
	Source        template.URL
	Alt           string
	Smooth        bool // the picture has many pixels, so a browser may smooth it
}

// maxSide is the longest side of a picture in the page, in pixels; larger ones are scaled down.
const maxSide = 160

func (m *Image) view(alt string) (*pictureView, error) {
	small, err := m.fit(maxSide)
	if err != nil {
		return nil, err
	}
	source, _, err := encode(small, false)
	box := small.Bounds()
	return &pictureView{box.Dx(), box.Dy(), source, alt, max(box.Dx(), box.Dy()) > 64}, err
}

func (m *Image) check() error {
	if m == nil || m.Width < 1 || m.Height < 1 || m.Channels != 1 && m.Channels != 3 || len(m.Pixels) != m.Width*m.Height*m.Channels {
		return errors.Errorf("want an image of 1 or 3 channels, with a byte for each number, got %+.80v", m)
	}
	return nil
}

// picture returns the image for the packages of image.
func (m *Image) picture() image.Image {
	if m.Channels == 1 {
		return &image.Gray{Pix: m.Pixels, Stride: m.Width, Rect: image.Rect(0, 0, m.Width, m.Height)}
	}
	c := image.NewRGBA(image.Rect(0, 0, m.Width, m.Height))
	for i := range m.Width * m.Height {
		copy(c.Pix[4*i:], m.Pixels[3*i:3*i+3])
		c.Pix[4*i+3] = 255
	}
	return c
}

// fit returns the image, scaled down if a side is longer than most.
func (m *Image) fit(most int) (draw.Image, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	from := m.picture()
	size := fitted(m.Width, m.Height, most)
	if size == from.Bounds().Size() {
		return from.(draw.Image), nil
	}
	to := canvas(size, m.Channels == 1)
	draw.CatmullRom.Scale(to, to.Bounds(), from, from.Bounds(), draw.Src, nil)
	return to, nil
}

// fitted returns the size of an image whose sides are not longer than most.
func fitted(width, height, most int) image.Point {
	long := max(width, height)
	if long <= most {
		return image.Pt(width, height)
	}
	return image.Pt(max(1, width*most/long), max(1, height*most/long))
}

func canvas(size image.Point, grey bool) draw.Image {
	if grey {
		return image.NewGray(image.Rectangle{Max: size})
	}
	return image.NewRGBA(image.Rectangle{Max: size})
}

// encode returns a picture as an address that holds it, and the number of its bytes. In colour it may
// be JPEG, which takes a fraction of what PNG takes.
func encode(m image.Image, lossy bool) (template.URL, int, error) {
	var b bytes.Buffer
	kind := "image/png"
	var err error
	if _, grey := m.(*image.Gray); lossy && !grey {
		kind = "image/jpeg"
		err = jpeg.Encode(&b, m, &jpeg.Options{Quality: 80})
	} else {
		err = png.Encode(&b, m) // the best compression takes three times as long, and saves 1 %
	}
	return template.URL("data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(b.Bytes())), b.Len(), errors.WithStack(err)
}

// sheet is many small images in one picture.
type sheet struct {
	size    image.Point // of a tile
	columns int
	grey    bool
	tiles   []draw.Image
}

// add adds an image, scaled down to the tiles' size.
func (s *sheet) add(m *Image, most int) error {
	tile, err := m.fit(most)
	if err != nil {
		return err
	}
	if len(s.tiles) == 0 {
		s.size, s.grey = tile.Bounds().Size(), m.Channels == 1
	}
	if tile.Bounds().Size() != s.size || s.grey != (m.Channels == 1) {
		return errors.Errorf("want images of one size, got %v after %v", tile.Bounds().Size(), s.size)
	}
	s.tiles = append(s.tiles, tile)
	return nil
}

// picture returns the sheet with the first n tiles. Greys are rounded to so many levels, if that is not
// 0: a quarter of the bytes are enough for images that small.
func (s *sheet) picture(n, levels int) image.Image {
	rows := (n + s.columns - 1) / s.columns
	to := canvas(image.Pt(s.columns*s.size.X, rows*s.size.Y), s.grey)
	for i, tile := range s.tiles[:n] {
		at := image.Pt(i%s.columns*s.size.X, i/s.columns*s.size.Y)
		draw.Draw(to, image.Rectangle{Min: at, Max: at.Add(s.size)}, tile, image.Point{}, draw.Src)
	}
	grey, ok := to.(*image.Gray)
	if !ok || levels == 0 {
		return to
	}
	palette := make(color.Palette, levels)
	for i := range palette {
		palette[i] = color.Gray{Y: uint8(i * 255 / (levels - 1))}
	}
	few := image.NewPaletted(grey.Rect, palette)
	for i, v := range grey.Pix {
		few.Pix[i] = uint8((int(v)*(levels-1) + 127) / 255)
	}
	return few
}
