package pixmap

import (
	"fmt"

	"github.com/pkg/errors"
)

// Fields of TIFF files (TIFF revision 6.0, Adobe 1992).
const (
	tagWidth, tagHeight = 256, 257
	tagBits             = 258
	tagCompression      = 259
	tagPhotometric      = 262
	tagFillOrder        = 266
	tagStripOffsets     = 273
	tagSamples          = 277
	tagRows             = 278
	tagStripCounts      = 279
	tagPlanar           = 284
	tagFaxOptions       = 292
	tagPredictor        = 317
	tagTileWidth        = 322
	tagTileHeight       = 323
	tagTileOffsets      = 324
	tagTileCounts       = 325
	tagInks             = 332
	tagExtra            = 338
	tagSampleFormat     = 339
)

// Kinds of colours in TIFF files.
const (
	whiteIsZero = 0
	blackIsZero = 1
	photoRGB    = 2
	photoCMYK   = 5
)

// samples reads the TIFF files that x/image/tiff v0.48.0 refuses or misreads: those with inks, with samples
// beside the colours, or with a plane for each sample. The numbers have 8 or 16 bits.
type samples struct {
	data          []byte
	height, width int
	bits          int // of a number
	photometric   uint32
	colours       int // of a pixel
	count         int // of all samples of a pixel
	extra         int // what the sample after the colours is; see readSamples
	planar        bool
	compression   uint32
	differences   bool // numbers are stored as differences from their left neighbours
	reverse       bool // the bits of a byte are in reverse order

	blockHeight, blockWidth int // of a strip or a tile
	offsets, counts         []uint32
}

// What the first sample after the colours is.
const (
	notAlpha       = 0
	multiplied     = 1 // alpha, by which the colours are multiplied
	separate       = 2 // alpha
	alphaByDefault = 999
)

// needsSamples reports whether a TIFF file is read here.
func needsSamples(data []byte) bool {
	n, extra := tag(data, tagSamples, 1), valuesTIFF(data, tagExtra)
	switch tag(data, tagPhotometric, 0) {
	case photoCMYK:
		return true
	case whiteIsZero, blackIsZero:
		return n > 1
	case photoRGB:
		named := len(extra) > 0 && (extra[0] == multiplied || extra[0] == separate)
		return n > 4 || n == 4 && !named || n > 1 && tag(data, tagPlanar, 1) == 2
	}
	return false
}

// valuesTIFF returns the whole numbers of a field, or nil if there is none.
func valuesTIFF(data []byte, name uint16) (values []uint32) {
	order := orderTIFF(data)
	for _, e := range directory(data) {
		size := map[uint16]int{1: 1, 3: 2, 4: 4}[e.kind]
		if e.tag != name || size == 0 || int64(e.count) > int64(len(data)) {
			continue
		}
		at, n := e.at, int64(e.count)*int64(size)
		if n > 4 {
			far := int64(order.Uint32(data[at:]))
			if far > int64(len(data))-n {
				return nil
			}
			at = int(far)
		}
		for range e.count {
			switch size {
			case 1:
				values = append(values, uint32(data[at]))
			case 2:
				values = append(values, uint32(order.Uint16(data[at:])))
			default:
				values = append(values, order.Uint32(data[at:]))
			}
			at += size
		}
		return values
	}
	return nil
}

// blocksTIFF returns where the strips or tiles are, and how long.
func blocksTIFF(data []byte) (offsets, counts []uint32) {
	if tag(data, tagTileWidth, 0) != 0 {
		return valuesTIFF(data, tagTileOffsets), valuesTIFF(data, tagTileCounts)
	}
	return valuesTIFF(data, tagStripOffsets), valuesTIFF(data, tagStripCounts)
}

// readSamples reads the fields. It refuses what decode does not read.
func readSamples(data []byte) (s samples, err error) {
	s = samples{data: data, height: int(tag(data, tagHeight, 0)), width: int(tag(data, tagWidth, 0)), photometric: tag(data, tagPhotometric, 0),
		count: int(tag(data, tagSamples, 1)), planar: tag(data, tagPlanar, 1) == 2,
		compression: tag(data, tagCompression, 1), differences: tag(data, tagPredictor, 1) == 2, reverse: tag(data, tagFillOrder, 1) == 2}
	s.colours = map[uint32]int{whiteIsZero: 1, blackIsZero: 1, photoRGB: 3, photoCMYK: 4}[s.photometric]
	switch first := valuesTIFF(data, tagExtra); {
	case s.count < s.colours || s.count > 1<<10:
		return s, errors.Errorf("want %d samples a pixel or more, got %d", s.colours, s.count)
	case s.count == s.colours || s.photometric == photoCMYK:
	case len(first) == 0 && s.photometric == photoRGB && s.count == 4 || len(first) > 0 && first[0] == alphaByDefault: // as Pillow takes it
		s.extra = separate
	case len(first) > 0 && (first[0] == multiplied || first[0] == separate):
		s.extra = int(first[0])
	}
	for i, b := range valuesTIFF(data, tagBits) {
		if i == 0 {
			s.bits = int(b)
		}
		if int(b) != s.bits {
			return s, unsupportedError("samples of different sizes")
		}
	}
	switch {
	case s.bits != 8 && s.bits != 16:
		return s, unsupportedError(fmt.Sprintf("samples of %d bits", s.bits))
	case s.photometric == photoCMYK && tag(data, tagInks, 1) != 1:
		return s, unsupportedError("inks other than cyan, magenta, yellow and black")
	case tag(data, tagPredictor, 1) > 2:
		return s, unsupportedError("a predictor for fractions")
	}
	return s, s.readBlocks()
}

// readBlocks reads where the pixels are.
func (s *samples) readBlocks() error {
	if s.height < 1 || s.width < 1 || s.height > maxPixels/s.width {
		return nil // refused by the caller
	}
	s.offsets, s.counts = blocksTIFF(s.data)
	s.blockHeight, s.blockWidth = int(min(tag(s.data, tagRows, 1<<31), uint32(s.height))), s.width
	if w := tag(s.data, tagTileWidth, 0); w != 0 {
		s.blockHeight, s.blockWidth = int(tag(s.data, tagTileHeight, 0)), int(w)
	}
	if s.blockHeight < 1 || s.blockWidth < 1 || s.blockHeight > s.height+1024 || s.blockWidth > s.width+1024 {
		return errors.Errorf("want strips or tiles about as large as the picture or smaller, got %d x %d pixels (height x width)", s.blockHeight, s.blockWidth)
	}
	down, across := s.blocks()
	n := int64(down) * int64(across)
	if s.planar {
		n *= int64(s.count)
	}
	if int64(len(s.offsets)) < n || len(s.counts) < len(s.offsets) {
		return errors.Errorf("want %d strips or tiles, got %d", n, min(len(s.offsets), len(s.counts)))
	}
	return nil
}

// blocks returns how many strips or tiles a plane has.
func (s *samples) blocks() (down, across int) {
	return (s.height + s.blockHeight - 1) / s.blockHeight, (s.width + s.blockWidth - 1) / s.blockWidth
}
