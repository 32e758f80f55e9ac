package serve

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/train"
)

// Without a data set the decoder works, and what needs images says why there are none.
func TestNoData(t *testing.T) {
	m, data := small(t)
	for _, o := range []Options{{}, {Open: func(context.Context) (*dataset.Data, error) { return nil, os.ErrNotExist }}} {
		_, c := started(t, m, nil, o)
		a := c.complete()
		if a.Data.Status != unavailable || a.Data.Reason == "" || a.Codes.Status != unavailable {
			t.Errorf("the data set is %+v, the codes %+v", a.Data, a.Codes)
		}
		c.refused(409, c.do("GET", "/api/codes", nil), "no data set")
		c.refused(409, c.do("GET", "/api/image/0", nil), "--data")
		c.refused(409, c.do("POST", "/api/compress", bytes.NewReader(imageFile(t, data.Train.(*images.Set), 0))), "no codec")
		c.gets("/api/decode?place=1,2")
		c.gets("/api/rate")
		e := into[struct {
			Images []encoded
			Notes  []string
		}](c, c.posts("/api/encode", imageFile(t, data.Train.(*images.Set), 0)))
		if e.Images[0].Codec != nil || len(e.Notes) != 1 || !strings.Contains(e.Notes[0], "no bits") {
			t.Errorf("without a codec the notes are %q", e.Notes)
		}
	}
}

// Pictures of several sizes are shown as patches of the size of the training, images without labels have none, and
// a convolutional model takes a picture at its own size.
func TestSizes(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	dir := t.TempDir()
	for i := range 24 {
		set := discs(1, 16+8*(i%3), 1)
		m, err := images.Picture(set.Size(), set.Image(0))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%02d.png", i)), pictureFile(t, m), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	m := trained(t, filepath.Join(t.TempDir(), "run"), "conv", dataOf(discs(64, 16, 1), discs(8, 16, 1)))
	_, c := started(t, m, nil, Options{Open: func(ctx context.Context) (*dataset.Data, error) {
		return dataset.Open(ctx, dataset.Options{Data: dir, AnySize: true})
	}})
	a := c.complete()
	if a.Codes.Status != ready || a.Data.Labelled || !a.Image.AnySize || a.Codes.Total < 20 {
		t.Errorf("the data are %+v, their codes %+v", a.Data, a.Codes)
	}
	if flags := c.gets("/api/codes").body[12]; flags != completeFlag {
		t.Errorf("the flags of codes without labels are %d", flags)
	}
	e := into[struct{ Images []encoded }](c, c.posts("/api/encode", pictureFile(t, image.NewGray(image.Rect(0, 0, 40, 24))))).Images[0]
	if e.Height != 24 || e.Width != 40 || e.Codec != nil || e.Place != nil || len(e.Code) != 8*3*5 {
		t.Errorf("a picture of another size is encoded as %d x %d, with %d numbers at %v", e.Height, e.Width, len(e.Code), e.Place)
	}
	c.refused(422, c.do("POST", "/api/compress", bytes.NewReader(pictureFile(t, image.NewGray(image.Rect(0, 0, 40, 24))))), "fit=crop")
	c.posts("/api/compress?fit=crop", pictureFile(t, image.NewGray(image.Rect(0, 0, 40, 24))))
}

// plans is a data set that keeps what it is told to prepare.
type plans struct {
	dataset.Images
	told []int32
}

func (p *plans) Ahead(_ int, indices []int32) { p.told = slices.Clone(indices) }

// A sample of a data set has its images prepared, such as drawn or decoded on all cores, and no others.
func TestSampleAhead(t *testing.T) {
	m, data := small(t)
	set := &plans{Images: data.Train}
	err := train.Predict(t.Context(), m.Encoder, some{set, sample(set.Len(), 3)}, func(int, []float32, []float32) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	part := some{data.Train, sample(set.Len(), 3)}
	if read := part.Bytes(part); read == nil || !bytes.Equal(read(0, 1, nil), data.Train.(*images.Set).Image(100)) {
		t.Error("the second image of the sample is not image 100 of the data set, as bytes")
	}
	if want := []int32{0, 100, 200}; !slices.Equal(set.told, want) {
		t.Errorf("the data set is told %v, want %v", set.told, want)
	}
}
