package serve

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/npy"
)

func floats(b []byte) []float32 {
	x := make([]float32, len(b)/4)
	for i := range x {
		x[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return x
}

// The codes that the API shows are those of the encoder, in the order of the images, with their labels.
func TestCodes(t *testing.T) {
	m, data := small(t)
	_, c := started(t, m, data, Options{})
	a := c.complete()
	if a.Codes.Count != 300 || a.Data.Train != 300 || a.Data.Test != 20 || !a.Data.Labelled || a.Architecture != "tutorial" || a.Name != "small" || a.Code.Numbers != 2 {
		t.Errorf("the model is described as %+v", a)
	}
	r := c.gets("/api/codes")
	b := r.body
	le := binary.LittleEndian
	if string(b[:4]) != "GAEC" || le.Uint32(b[4:]) != 1 || le.Uint32(b[8:]) != 300 || le.Uint32(b[12:]) != 3 || le.Uint32(b[16:]) != 300 || len(b) != 24+300*14 {
		t.Fatalf("the codes begin with %x, and have %d bytes", b[:24], len(b))
	}
	want, err := m.Encode(t.Context(), data.Train)
	if err != nil {
		t.Fatal(err)
	}
	if got := floats(b[24 : 24+2400]); !slices.Equal(got, want) {
		t.Error("the places are not the codes")
	}
	for i := range 300 {
		if n, l := le.Uint32(b[24+2400+4*i:]), le.Uint16(b[24+3600+2*i:]); int(n) != i || int(l) != data.Train.Label(i) {
			t.Fatalf("image %d has number %d and label %d", i, n, l)
		}
	}
	swapped := floats(c.gets("/api/codes?axes=1,0").body[24 : 24+2400])
	if swapped[0] != want[1] || swapped[1] != want[0] {
		t.Error("axes=1,0 does not swap the axes")
	}
	asJSON := into[struct {
		Places [][]float32
		Labels []int
	}](c, c.gets("/api/codes", "Accept", "application/json"))
	if len(asJSON.Places) != 300 || asJSON.Places[7][1] != want[15] || asJSON.Labels[7] != data.Train.Label(7) {
		t.Error("the JSON has other codes")
	}
	c.refused(400, c.do("GET", "/api/codes?axes=0,5", nil), "axes from 0 to 1")
	c.refused(400, c.do("GET", "/api/codes?axes=a", nil))
	c.refused(406, c.do("GET", "/api/codes", nil, "Accept", "text/html"))
}

// What decodes and encodes over HTTP is what the model makes.
func TestDecode(t *testing.T) {
	m, data := small(t)
	_, c := started(t, m, data, Options{})
	c.complete()
	codes := []float32{0.5, -1, 2, 3}
	want, err := m.Decoder.Predict(t.Context(), codes)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range want {
		want[i] = max(0, min(1, v))
	}
	r := c.posts("/api/decode", []byte(`[[0.5,-1],[2,3]]`), "Accept", "application/octet-stream")
	if got := floats(r.body); !slices.Equal(got, want) || r.head.Get("Image-Shape") != "2,12,12,1" {
		t.Errorf("the images of codes differ, or their shape %q does", r.head.Get("Image-Shape"))
	}
	for _, body := range []string{`{"code":[0.5,-1]}`, `{"place":[0.5,-1]}`, `[0.5,-1]`, `{"codes":[[0.5,-1]]}`, `{"places":[[0.5,-1]]}`} {
		got := into[pixels](c, c.posts("/api/decode", []byte(body), "Accept", "application/json"))
		if !slices.Equal(got.Pixels, want[:144]) || !slices.Equal(got.Shape, []int{1, 12, 12, 1}) {
			t.Errorf("%s decodes to another image", body)
		}
	}
	if got := floats(c.gets("/api/decode?place=0.5,-1", "Accept", "application/octet-stream").body); !slices.Equal(got, want[:144]) {
		t.Error("a place in the address decodes to another image")
	}
	a, err := npy.Read(bytes.NewReader(c.gets("/api/decode?code=2,3", "Accept", "application/x-npy").body), 128+4*144)
	if err != nil || !slices.Equal(a.Data, want[144:]) {
		t.Errorf("the array is another: %v", err)
	}
	var b bytes.Buffer
	if err := npy.Write(&b, npy.Array{Shape: []int{2, 2}, Data: codes}); err != nil {
		t.Fatal(err)
	}
	if got := floats(c.posts("/api/decode", b.Bytes(), "Accept", "application/octet-stream").body); !slices.Equal(got, want) {
		t.Error("an array of codes decodes to other images")
	}
	drawn, err := png.Decode(bytes.NewReader(c.posts("/api/decode?columns=2", []byte(`[[0.5,-1],[2,3]]`)).body))
	if err != nil {
		t.Fatal(err)
	}
	if size := drawn.Bounds().Size(); size != image.Pt(24, 12) || drawn.(*image.Gray).GrayAt(13, 1).Y != images.ToBytes(want)[144+13] {
		t.Errorf("the mosaic of two images has %v pixels, or others", size)
	}
}

func TestImages(t *testing.T) {
	m, data := small(t)
	_, c := started(t, m, data, Options{})
	c.complete()
	set := data.Test.(*images.Set)
	got, err := png.Decode(bytes.NewReader(c.gets("/api/image/3?split=test").body))
	if err != nil || !bytes.Equal(got.(*image.Gray).Pix, set.Image(3)) {
		t.Errorf("image 3 is another one: %v", err)
	}
	y, err := m.Autoencoder.Reconstruct(t.Context(), images.Values(set.Image(3)))
	if err != nil {
		t.Fatal(err)
	}
	made, err := png.Decode(bytes.NewReader(c.gets("/api/reconstruction/3?split=test").body))
	if err != nil || !bytes.Equal(made.(*image.Gray).Pix, images.ToBytes(y)) {
		t.Errorf("the reconstruction is another one: %v", err)
	}
	one := into[encoded](c, c.gets("/api/reconstruction/3?split=test", "Accept", "application/json"))
	e := into[struct{ Images []encoded }](c, c.posts("/api/encode", imageFile(t, set, 3))).Images[0]
	if !slices.Equal(one.Code, e.Code) || one.SquaredError != e.SquaredError || one.Reconstruction != e.Reconstruction || e.Codec == nil || e.Codec.Bits <= 0 || e.Codec.SquaredError <= 0 {
		t.Errorf("an image of the set and its file are encoded differently: %v, %v", one.Code, e.Code)
	}
	c.refused(404, c.do("GET", "/api/image/300", nil), "from 0 to 299")
	c.refused(400, c.do("GET", "/api/image/-1", nil))
	c.refused(400, c.do("GET", "/api/image/x", nil))
	c.refused(400, c.do("GET", "/api/image/1?split=none", nil), "train or test")
	c.refused(400, c.do("GET", "/api/image/1?split=", nil), "train or test")
	way := into[struct{ Steps []step }](c, c.gets("/api/path?from=1&to=8&steps=5", "Accept", "application/json")).Steps
	codes, err := m.Encode(t.Context(), data.Train)
	if err != nil {
		t.Fatal(err)
	}
	if len(way) != 5 || !slices.Equal(way[0].Code, codes[2:4]) || !slices.Equal(way[4].Code, codes[16:18]) || !strings.HasPrefix(way[2].Image, "data:image/png;base64,") {
		t.Errorf("the way has %d steps, from %v to %v", len(way), way[0].Code, way[len(way)-1].Code)
	}
	c.refused(400, c.do("GET", "/api/path?from=1", nil), "to is missing")
	c.refused(404, c.do("GET", "/api/path?from=1&to=5000", nil))
}

// Images come in several forms, and all of them give the same code.
func TestEncodeForms(t *testing.T) {
	m, data := small(t)
	_, c := started(t, m, data, Options{})
	a := c.complete()
	set := data.Train.(*images.Set)
	file := imageFile(t, set, 5)
	want := into[struct{ Images []encoded }](c, c.posts("/api/encode", file)).Images[0]
	x := images.Values(set.Image(5))
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for _, name := range []string{"../../five.png", "again.png"} {
		part, err := w.CreateFormFile("picture", name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(file); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var array, rows bytes.Buffer
	if err := npy.Write(&array, npy.Array{Shape: []int{1, 12, 12}, Data: x}); err != nil {
		t.Fatal(err)
	}
	var grid [][]float32
	for row := range slices.Chunk(x, 12) {
		grid = append(grid, row)
	}
	if err := json.NewEncoder(&rows).Encode(grid); err != nil {
		t.Fatal(err)
	}
	for kind, body := range map[string][]byte{"image/png": file, "image/jpeg": file, "application/octet-stream": file, w.FormDataContentType(): form.Bytes(),
		"application/x-npy": array.Bytes(), "application/json": rows.Bytes(), "application/json; charset=utf-8": []byte(`{"images":[` + rows.String() + `]}`)} {
		for _, got := range into[struct{ Images []encoded }](c, c.posts("/api/encode", body, "Content-Type", kind)).Images {
			if !slices.Equal(got.Code, want.Code) || got.SquaredError != want.SquaredError || got.Codec.Bits != want.Codec.Bits {
				t.Errorf("%s: the code is %v, want %v", kind, got.Code, want.Code)
			}
		}
	}
	coded, err := npy.Read(bytes.NewReader(c.posts("/api/encode", file, "Accept", "application/x-npy").body), 128+8)
	if err != nil || !slices.Equal(coded.Data, want.Code) {
		t.Errorf("the array of codes is another: %v", err)
	}
	better := into[struct{ Images []encoded }](c, c.posts(fmt.Sprintf("/api/encode?lambda=%v", 100*a.Codec.Lambda), file)).Images[0]
	if better.Codec == nil || better.Codec.SquaredError > want.Codec.SquaredError {
		t.Errorf("for a great lambda the error is %v, want no more than %v", better.Codec, want.Codec.SquaredError)
	}
	large := image.NewRGBA(image.Rect(0, 0, 60, 30))
	large.Set(30, 15, color.RGBA{255, 0, 0, 255})
	notes := strings.Join(into[struct{ Images []encoded }](c, c.posts("/api/encode?fit=pad", pictureFile(t, large))).Images[0].Notes, "; ")
	for _, text := range []string{"30 x 60 pixels (height x width) became 12 x 12 (pad)", "became grey", "transparent"} {
		if !strings.Contains(notes, text) {
			t.Errorf("want a note with %q, got %q", text, notes)
		}
	}
	c.refused(422, c.do("POST", "/api/encode?fit=none", bytes.NewReader(pictureFile(t, large))), "12 x 12")
}

// Every architecture can be looked at: codes of many numbers, of images, learned and lossless codecs, colour.
func TestArchitectures(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for _, one := range []struct {
		architecture string
		channels     int
		settings     []string
	}{
		{"deep", 1, []string{"hidden", "16", "latent", "5"}}, {"conv", 3, nil}, {"conv-strided", 1, nil}, {"denoising", 1, nil}, {"vae", 1, []string{"latent", "3"}},
		{"codec", 1, nil}, {"lossless", 1, nil}, {"deep", 3, []string{"hidden", "16", "latent", "1"}},
	} {
		t.Run(fmt.Sprint(one.architecture, one.channels), func(t *testing.T) {
			data := dataOf(discs(64, 16, one.channels), discs(8, 16, one.channels))
			m := trained(t, filepath.Join(t.TempDir(), "run"), one.architecture, data, one.settings...)
			_, c := started(t, m, data, Options{})
			a := c.complete()
			if a.Codes.Status != ready || a.Codec.Status != ready || len(a.Axes) != min(a.Code.Numbers, mostAxes) || a.Principal != (a.Code.Numbers > 2) {
				t.Fatalf("the codes are %+v, the codec %+v, with %d axes", a.Codes, a.Codec, len(a.Axes))
			}
			e := into[struct{ Images []encoded }](c, c.posts("/api/encode", imageFile(t, data.Test.(*images.Set), 2))).Images[0]
			if len(e.Place) != len(a.Axes) || len(e.Code) != a.Code.Numbers || e.Codec == nil {
				t.Fatalf("an image is encoded as %d numbers at %v, codec %v", len(e.Code), e.Place, e.Codec)
			}
			places := floats(c.gets("/api/codes").body[24:])[:128]
			own := into[encoded](c, c.gets("/api/reconstruction/9", "Accept", "application/json"))
			if len(own.Place) > 1 && !slices.Equal(own.Place[:2], places[18:20]) {
				t.Errorf("image 9 lies at %v, and among the codes at %v", own.Place, places[18:20])
			}
			place := strings.Trim(strings.ReplaceAll(fmt.Sprint(e.Place), " ", ","), "[]")
			if got := floats(c.gets("/api/decode?place="+place, "Accept", "application/octet-stream").body); len(got) != 256*one.channels {
				t.Errorf("a place decodes to %d numbers", len(got))
			}
			if h := into[history](c, c.gets("/api/history")); len(h.Terms) > 0 && !strings.HasSuffix(h.Loss, ", with "+strings.Join(h.Terms, ", ")) {
				t.Errorf("the loss is called %q, with the terms %q", h.Loss, h.Terms)
			}
			file := c.posts("/api/compress", imageFile(t, data.Test.(*images.Set), 2)).body
			c.posts("/api/decompress", file)
			if one.architecture == "lossless" {
				c.refused(http.StatusConflict, c.do("POST", "/api/encode?lambda=3", bytes.NewReader(imageFile(t, data.Test.(*images.Set), 2))), "refined")
			}
		})
	}
}
