package serve

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/npy"
)

// A file that the server compresses is one that it, and the command, read.
func TestCompress(t *testing.T) {
	m, data := small(t)
	s, c := started(t, m, data, Options{})
	c.complete()
	set := data.Test.(*images.Set)
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for i, name := range []string{"a.png", "../b.png", "b.png"} {
		part, err := w.CreateFormFile("picture", name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(imageFile(t, set, i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	codec, err := s.now.Load().codec.must()
	if err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{"", "?external=true"} {
		r := c.posts("/api/compress"+query, form.Bytes(), "Content-Type", w.FormDataContentType())
		var info struct{ Images, Bytes int }
		if err := json.Unmarshal([]byte(r.head.Get("Gae-Info")), &info); err != nil || info.Images != 3 || info.Bytes != len(r.body) {
			t.Errorf("Gae-Info is %q for %d bytes", r.head.Get("Gae-Info"), len(r.body))
		}
		if query != "" && len(r.body) > 500 {
			t.Errorf("a file without its model has %d bytes", len(r.body))
		}
		_, want, err := stored(t.Context(), codec, set.Image(1), 0)
		if err != nil {
			t.Fatal(err)
		}
		b := c.posts("/api/decompress", r.body).body
		z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range z.File {
			names = append(names, f.Name)
		}
		if !slices.Equal(names, []string{"a.png", "b.png", "00002.png"}) {
			t.Errorf("the archive has %q", names)
		}
		f, err := z.File[1].Open()
		if err != nil {
			t.Fatal(err)
		}
		file, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := png.Decode(bytes.NewReader(file)); err != nil || !bytes.Equal(got.(*image.Gray).Pix, want) {
			t.Errorf("an image became another: %v", err)
		}
		array := c.posts("/api/decompress", r.body, "Accept", "application/x-npy").body
		if a, err := npy.Read(bytes.NewReader(array), int64(len(array))); err != nil || !slices.Equal(a.Shape, []int{3, 12, 12}) {
			t.Errorf("the array has shape %v: %v", a.Shape, err)
		}
		damaged := slices.Clone(r.body)
		damaged[len(damaged)/2] ^= 1
		c.refused(422, c.do("POST", "/api/decompress", bytes.NewReader(damaged)))
		c.refused(422, c.do("POST", "/api/decompress", bytes.NewReader(r.body[:len(r.body)-10])))
	}
	c.refused(422, c.do("POST", "/api/decompress", strings.NewReader("no such file")))
}
