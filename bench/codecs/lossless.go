package main

import (
	"bytes"
	"image"
	"image/png"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/gen2brain/avif"
	"github.com/gen2brain/jpegxl"
	"github.com/gen2brain/webp"
	"github.com/klauspost/compress/zstd"
	"github.com/pkg/errors"
	xwebp "golang.org/x/image/webp"

	"github.com/gorgonae/gorgonae/images"
)

func pngSetting() setting {
	e := png.Encoder{CompressionLevel: png.BestCompression}
	return setting{text: "best compression", lossless: true, encode: encoder(e.Encode), decode: decoder(png.Decode)}
}

// webpLossless is decoded by golang.org/x/image/webp: gen2brain/webp decodes also lossless files
// into YCbCr, with a loss.
func webpLossless() setting {
	return setting{text: "method 4", lossless: true, encode: encoder(func(w io.Writer, m image.Image) error {
		return webp.Encode(w, m, webp.Options{Lossless: true, Quality: 100, Method: 4})
	}), decode: decoder(xwebp.Decode)}
}

func avifLossless() setting {
	return setting{text: "quality 100, speed 6", lossless: true, encode: encoder(func(w io.Writer, m image.Image) error {
		return avif.Encode(w, m, avif.Options{Quality: 100, Speed: 6, ChromaSubsampling: image.YCbCrSubsampleRatio444})
	}), decode: decoder(avif.Decode)}
}

func jpegxlLossless() setting {
	return setting{text: "effort 9", lossless: true, encode: encoder(func(w io.Writer, m image.Image) error {
		return jpegxl.Encode(w, m, jpegxl.Options{Quality: 100, Effort: 9})
	}), decode: decoder(jpegxl.Decode)}
}

func zstdSetting() setting {
	return setting{text: "best compression of klauspost/compress", lossless: true, encode: stream(func(w io.Writer) (io.WriteCloser, error) {
		return zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1))
	}), decode: unstream(func(r io.Reader) (io.Reader, error) {
		d, err := zstd.NewReader(r)
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	})}
}

func brotliSetting() setting {
	return setting{text: "quality 11", lossless: true, encode: stream(func(w io.Writer) (io.WriteCloser, error) {
		return brotli.NewWriterOptions(w, brotli.WriterOptions{Quality: 11, LGWin: 24}), nil
	}), decode: unstream(func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil })}
}

// stream makes an encoder of bytes from a compressing writer.
func stream(open func(io.Writer) (io.WriteCloser, error)) func(images.Size, []byte) ([]byte, error) {
	return func(_ images.Size, pixels []byte) ([]byte, error) {
		var out bytes.Buffer
		w, err := open(&out)
		if err != nil {
			return nil, errors.Wrap(err, "cannot compress")
		}
		if _, err := w.Write(pixels); err != nil {
			return nil, errors.Wrap(err, "cannot compress")
		}
		if err := w.Close(); err != nil {
			return nil, errors.Wrap(err, "cannot compress")
		}
		return out.Bytes(), nil
	}
}

// unstream makes a decoder into bytes from a decompressing reader.
func unstream(open func(io.Reader) (io.Reader, error)) func(images.Size, []byte) ([]byte, error) {
	return func(size images.Size, data []byte) ([]byte, error) {
		r, err := open(bytes.NewReader(data))
		if err != nil {
			return nil, errors.Wrap(err, "cannot decompress")
		}
		pixels, err := io.ReadAll(io.LimitReader(r, int64(size.Numbers())+1))
		if err != nil {
			return nil, errors.Wrap(err, "cannot decompress")
		}
		if len(pixels) != size.Numbers() {
			return nil, errors.Errorf("want %d decompressed bytes, got %d", size.Numbers(), len(pixels))
		}
		if c, ok := r.(io.Closer); ok {
			return pixels, c.Close()
		}
		return pixels, nil
	}
}
