package serve

import (
	"errors"
	"image"
	"path/filepath"
	"testing"

	"github.com/gorgonae/gorgonae/images"
)

// The memory of the layers for other sizes of pictures is bounded: what does not fit is refused, or waits for
// other requests, and what is kept is forgotten for what is asked for.
func TestSizesMemory(t *testing.T) {
	m := trained(t, filepath.Join(t.TempDir(), "run"), "conv", dataOf(discs(32, 16, 1), discs(8, 16, 1)))
	own := *m
	if err := own.Fit("the test", images.Size{Channels: 1, Height: 32, Width: 32}); err != nil {
		t.Fatal(err)
	}
	most := own.Autoencoder.Memory(1)*2 + 100
	s, c := started(t, m, nil, Options{Limits: Limits{Memory: most}})
	blank := func(side int) []byte { return pictureFile(t, image.NewGray(image.Rect(0, 0, side, side))) }
	c.refused(413, recorded(s, "POST", "/api/encode?fit=none", blank(64)), "64 x 64 pixels", "--max-memory", "fit=crop")
	c.want(200, recorded(s, "POST", "/api/encode?fit=none", blank(16))) // the size of the model
	st := s.now.Load()
	for side := 24; side <= 40; side += 2 {
		c.want(200, recorded(s, "POST", "/api/encode?fit=none", blank(side)))
		held := int64(0)
		for _, k := range st.sizes.kept {
			held += k.held
		}
		if first := st.sizes.kept[0]; held > most || first.size.Height != side || first.users != 0 {
			t.Errorf("after pictures of %d x %d, %d of %d bytes are kept, the first for %v", side, side, held, most, first.size)
		}
	}
	if n := len(st.sizes.kept); n < 1 || n > 3 {
		t.Errorf("%d sizes are kept", n)
	}
	size := images.Size{Channels: 1, Height: 32, Width: 32}
	var all []func()
	var f *fault
	for i := range 2 {
		_, done, err := st.autoencoder(size, 1, most)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, done)
		if i > 0 {
			continue
		}
		c.want(200, recorded(s, "POST", "/api/encode?fit=none", blank(20))) // a small one has room beside it
		before := len(st.sizes.kept)
		if _, _, err := st.autoencoder(images.Size{Channels: 1, Height: 40, Width: 40}, 1, most); !errors.As(err, &f) || f.status != 503 || len(st.sizes.kept) != before {
			t.Errorf("a large one beside it gives %v, and %d of %d sizes stay", err, len(st.sizes.kept), before)
		}
	}
	if _, _, err := st.autoencoder(size, 1, most); !errors.As(err, &f) || f.status != 503 {
		t.Errorf("a third request at once gives %v", err)
	}
	if _, _, err := st.autoencoder(images.Size{Channels: 1, Height: 24, Width: 24}, 1, most); !errors.As(err, &f) || f.status != 503 {
		t.Errorf("one of another size gives %v", err)
	}
	for _, done := range all {
		done()
	}
	c.want(200, recorded(s, "POST", "/api/encode?fit=none", blank(24)))
}
