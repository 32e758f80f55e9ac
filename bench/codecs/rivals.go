package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// rival is a codec in one layout, with all settings to be measured.
type rival struct {
	key      string // for --only
	codec    string // the name in the table
	layout   layout
	most     int // measure only so many images, because it is slow; 0 stands for all
	settings []setting
}

// setting is one way to run a codec.
type setting struct {
	text     string // "quality 30, speed 6"
	program  string // of another package that it runs, or ""
	lossless bool   // whether it should return the same bytes
	encode   func(size images.Size, pixels []byte) ([]byte, error)
	decode   func(size images.Size, data []byte) ([]byte, error)
}

// The widest mosaics, in pixels. libjxl loses over a tenth above 2048. libaom takes
// minutes for a large one on one core; four smaller ones cost it a bit an image more.
const (
	large = 4096
	small = 1500
	none  = 0
)

// single is how many images are measured with one file an image. Each file begins with the start of
// a WebAssembly machine, and the bits an image are known well enough.
const single = 1000

// rivals returns all codecs. The qualities cover their range, in the order
// in which they are measured: slow codecs begin with those whose error is that of a small model.
func rivals() []rival {
	return []rival{
		{"jpeg", "JPEG", layout{side: large}, 0, jpegSettings(1, 3, 5, 8, 11, 14, 18, 25, 35, 50, 65, 80, 90, 95, 100)},
		{"jpeg", "JPEG, one file an image", layout{side: none}, single, jpegSettings(1, 5, 11, 18, 35, 65, 90)},
		{"webp", "WebP", layout{side: large}, 0, append(cwebpSettings("0", "0.05", "0.2", "0.5"),
			webpSettings(1, 2, 4, 8, 14, 20, 30, 40, 55, 70, 85, 95, 99)...)},
		{"webp", "WebP, one file an image", layout{side: none}, single, append(cwebpSettings("0"), webpSettings(1, 8, 20, 40, 70, 95)...)},
		{"avif", "AVIF", layout{side: small}, 0, avifencSettings(61, 60, 62, 63, 57, 50, 40, 25, 8)},
		{"avif-fast", "AVIF, speed 6", layout{side: small}, 0, avifSettings(5, 8, 2, 16, 36, 70, 3, 11, 24, 50, 90)},
		{"avif-fast", "AVIF, one file an image", layout{side: none}, single, avifSettings(2, 8, 16, 70)},
		{"jpegxl", "JPEG XL", layout{side: small}, 0, jpegxlSettings(14, 20, 5, 40, 80)},
		{"png", "PNG", layout{side: large}, 0, []setting{pngSetting()}},
		{"png", "PNG, one file an image", layout{side: none}, 0, []setting{pngSetting()}},
		{"webp-lossless", "WebP lossless", layout{side: large}, 0, []setting{webpLossless()}},
		{"webp-lossless", "WebP lossless, one file an image", layout{side: none}, single, []setting{webpLossless()}},
		{"avif-lossless", "AVIF lossless", layout{side: small}, 0, []setting{avifLossless()}},
		{"jpegxl-lossless", "JPEG XL lossless", layout{side: small}, 0, []setting{jpegxlLossless()}},
		{"jpegxl-lossless", "JPEG XL lossless, one file an image", layout{side: none}, single / 10, []setting{jpegxlLossless()}},
		{"xz", "xz", layout{joined: true}, 0, []setting{xzSetting()}},
		{"zstd", "zstd", layout{joined: true}, 0, []setting{zstdSetting()}},
		{"brotli", "brotli", layout{joined: true}, 0, []setting{brotliSetting()}},
	}
}

// keys are the names for --only.
func keys(all []rival) string {
	var names []string
	for _, r := range all {
		if !slices.Contains(names, r.key) {
			names = append(names, r.key)
		}
	}
	return strings.Join(names, ", ")
}

// choose returns the rivals with the given keys, or all if there are none.
func choose(all []rival, only []string) (chosen []rival, err error) {
	if len(only) == 0 {
		return all, nil
	}
	for _, key := range only {
		if !slices.ContainsFunc(all, func(r rival) bool { return r.key == key }) {
			return nil, errors.Errorf("--only: want some of %s, got %q", keys(all), key)
		}
	}
	for _, r := range all {
		if slices.Contains(only, r.key) {
			chosen = append(chosen, r)
		}
	}
	return chosen, nil
}

// of returns the part of a source that is measured.
func (r rival) of(s *source) *source {
	if r.most == 0 || r.most >= s.n {
		return s
	}
	part := *s
	part.n = r.most
	part.pixels = s.pixels[:part.n*s.size.Numbers()]
	return &part
}

// name is a setting as it stands in the table, with the layout.
func (r rival) name(c setting, s *source) string {
	text := r.layout.text(r.of(s))
	if c.text == "" {
		return text
	}
	return fmt.Sprint(c.text, ", ", text)
}
