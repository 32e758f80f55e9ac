package main

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"io"

	"github.com/gen2brain/avif"
	"github.com/gen2brain/jpegxl"
	"github.com/gen2brain/webp"
	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// atQualities returns a setting for each quality. text is a format for it.
func atQualities(text string, qualities []int, decode func(images.Size, []byte) ([]byte, error),
	encode func(w io.Writer, m image.Image, quality int) error) (all []setting) {
	for _, q := range qualities {
		all = append(all, setting{
			text:   fmt.Sprintf(text, q),
			encode: encoder(func(w io.Writer, m image.Image) error { return encode(w, m, q) }),
			decode: decode,
		})
	}
	return all
}

func jpegSettings(qualities ...int) []setting {
	return atQualities("quality %d", qualities, decoder(jpeg.Decode), func(w io.Writer, m image.Image, q int) error {
		return jpeg.Encode(w, m, &jpeg.Options{Quality: q})
	})
}

// webpSettings use method 4: method 6 takes twenty times as long for some bytes. gen2brain/webp
// takes a quality of 0 for its default, 75.
func webpSettings(qualities ...int) []setting {
	return atQualities("quality %d, method 4", qualities, decodeWebP, func(w io.Writer, m image.Image, q int) error {
		return webp.Encode(w, m, webp.Options{Quality: q, Method: 4})
	})
}

// avifSettings use speed 6, which everybody can repeat: slower speeds take WebAssembly hours. For what
// AVIF can do see avifencSettings. gen2brain/avif takes a quality of 0 for its default, 60, and
// encodes grey images with planes of colour, which take a bit an image.
func avifSettings(qualities ...int) []setting {
	return atQualities("quality %d, speed 6", qualities, decoder(avif.Decode), func(w io.Writer, m image.Image, q int) error {
		return avif.Encode(w, m, avif.Options{Quality: q, Speed: 6, ChromaSubsampling: subsampling(m)})
	})
}

// subsampling is 4:2:0 for grey images, so that their empty planes are small, and 4:4:4 for colours.
func subsampling(m image.Image) image.YCbCrSubsampleRatio {
	if _, grey := m.(*image.Gray); grey {
		return image.YCbCrSubsampleRatio420
	}
	return image.YCbCrSubsampleRatio444
}

// jpegxlSettings use effort 7: effort 9 takes two to four times as long for 2 % less.
func jpegxlSettings(qualities ...int) []setting {
	return atQualities("quality %d, effort 7", qualities, decoder(jpegxl.Decode), func(w io.Writer, m image.Image, q int) error {
		return jpegxl.Encode(w, m, jpegxl.Options{Quality: q, Effort: 7})
	})
}

// encoder makes an encoder of bytes from one of the packages of image.
func encoder(encode func(io.Writer, image.Image) error) func(images.Size, []byte) ([]byte, error) {
	return func(size images.Size, pixels []byte) ([]byte, error) {
		m, err := images.Picture(size, pixels)
		if err != nil {
			return nil, err
		}
		var out bytes.Buffer
		if err := encode(&out, m); err != nil {
			return nil, errors.Wrap(err, "cannot encode")
		}
		return out.Bytes(), nil
	}
}

// decoder makes a decoder into bytes from one of the packages of image.
func decoder(decode func(io.Reader) (image.Image, error)) func(images.Size, []byte) ([]byte, error) {
	return func(size images.Size, data []byte) ([]byte, error) {
		m, err := decode(bytes.NewReader(data))
		if err != nil {
			return nil, errors.Wrap(err, "cannot decode")
		}
		if got := m.Bounds().Size(); got != image.Pt(size.Width, size.Height) {
			return nil, errors.Errorf("want a decoded image of %dx%d, got %dx%d", size.Width, size.Height, got.X, got.Y)
		}
		return plain(m, size.Channels), nil
	}
}
