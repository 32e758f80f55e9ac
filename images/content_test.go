package images

import (
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/internal/pixmap"
)

// contents are pictures of 1 x 2 pixels: those of one group show the same, those of others do not.
var contents = [][]*pixmap.Image{
	{ // grey 10, 200
		{Height: 1, Width: 2, Channels: 1, Bytes: []byte{10, 200}},
		{Height: 1, Width: 2, Channels: 3, Bytes: []byte{10, 10, 10, 200, 200, 200}},
		{Height: 1, Width: 2, Channels: 2, Bytes: []byte{10, 255, 200, 255}},
		{Height: 1, Width: 2, Channels: 4, Bytes: []byte{10, 10, 10, 255, 200, 200, 200, 255}},
		{Height: 1, Width: 2, Channels: 1, Deep: []uint16{10 * 257, 200 * 257}},
		{Height: 1, Width: 2, Channels: 4, Deep: []uint16{2570, 2570, 2570, math.MaxUint16, 51400, 51400, 51400, math.MaxUint16}},
	},
	{{Height: 2, Width: 1, Channels: 1, Bytes: []byte{10, 200}}},                // it stands upright
	{{Height: 1, Width: 2, Channels: 1, Deep: []uint16{10*257 + 1, 200 * 257}}}, // more than 8 bits
	{{Height: 1, Width: 2, Channels: 1, Bytes: []byte{200, 10}}},
	{ // colour
		{Height: 1, Width: 2, Channels: 3, Bytes: []byte{10, 10, 11, 200, 200, 200}},
		{Height: 1, Width: 2, Channels: 4, Bytes: []byte{10, 10, 11, 255, 200, 200, 200, 255}},
		{Height: 1, Width: 2, Channels: 3, Deep: []uint16{2570, 2570, 11 * 257, 51400, 51400, 51400}},
	},
	{ // the second pixel is invisible
		{Height: 1, Width: 2, Channels: 2, Bytes: []byte{10, 255, 200, 0}},
		{Height: 1, Width: 2, Channels: 2, Bytes: []byte{10, 255, 0, 0}},
		{Height: 1, Width: 2, Channels: 4, Bytes: []byte{10, 10, 10, 255, 1, 2, 3, 0}},
		{Height: 1, Width: 2, Channels: 4, Deep: []uint16{2570, 2570, 2570, math.MaxUint16, 1, 2, 3, 0}},
	},
	{{Height: 1, Width: 2, Channels: 2, Bytes: []byte{10, 255, 200, 1}}},
}

// What a picture shows decides, not how it is stored.
func TestContent(t *testing.T) {
	seen := map[[32]byte]int{}
	for g, group := range contents {
		for i, m := range group {
			h := contentOf(m)
			if h != contentOf(group[0]) {
				t.Errorf("group %d: picture %d has another hash than picture 0", g, i)
			}
			if other, ok := seen[h]; ok && other != g {
				t.Errorf("pictures of groups %d and %d have one hash", other, g)
			}
			seen[h] = g
		}
	}
}

// Long texts are hashed in pieces.
func TestContentOfLargePictures(t *testing.T) {
	grey := &pixmap.Image{Height: 100, Width: 101, Channels: 1}
	deep := &pixmap.Image{Height: 100, Width: 101, Channels: 3}
	for i := range 100 * 101 {
		v := uint16(i * i % 251)
		grey.Bytes = append(grey.Bytes, byte(v))
		deep.Deep = append(deep.Deep, v*257, v*257, v*257)
	}
	if contentOf(grey) != contentOf(deep) {
		t.Error("grey bytes and their 16 bits in three channels have different hashes")
	}
	deep.Deep[3*100*101-1]++
	if contentOf(grey) == contentOf(deep) {
		t.Error("another last pixel has the same hash")
	}
}
