package serve

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"path/filepath"
	"testing"

	"github.com/gorgonae/gorgonae/images"
)

// The numbers of all images of a request are bounded before the next one is decoded: the second picture here
// cannot be decoded, and is refused for what its head says.
func TestManyBlankPictures(t *testing.T) {
	m, _ := small(t)
	s, c := started(t, m, nil, Options{Limits: Limits{Numbers: 1 << 14}})
	blank := bomb(100, 100)
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for _, file := range [][]byte{blank, blank[:len(blank)-20]} {
		part, err := w.CreateFormFile("picture", "a.png")
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
	c.refused(413, recorded(s, "POST", "/api/encode?fit=none", form.Bytes(), "Content-Type", w.FormDataContentType()), "together 16384 numbers", "several requests")
	one := "[" + string(bytes.Repeat([]byte("0,"), 9999)) + "0]"
	c.refused(413, recorded(s, "POST", "/api/encode", []byte(`{"images":[[`+one+`],[`+one+`]]}`), "Content-Type", kindJSON), "together 16384 numbers")
}

// Rows of numbers are no image of a model of colours: six numbers are not silently two pixels.
func TestGreyRowsForColours(t *testing.T) {
	m := trained(t, filepath.Join(t.TempDir(), "run"), "conv", dataOf(discs(32, 8, 3), discs(8, 8, 3)))
	s, c := started(t, m, nil, Options{})
	c.refused(400, recorded(s, "POST", "/api/encode", []byte("[[0,0,0,1,1,1]]"), "Content-Type", kindJSON), "(height, width, 3), got rows of numbers, (1, 6)")
	pixels := images.Values(discs(1, 8, 3).Image(0))
	rows := make([][][]float32, 8)
	for y := range rows {
		for x := range 8 {
			rows[y] = append(rows[y], pixels[(y*8+x)*3:][:3])
		}
	}
	text, err := json.Marshal(rows)
	if err != nil {
		t.Fatal(err)
	}
	c.want(200, recorded(s, "POST", "/api/encode", text, "Content-Type", kindJSON))
}
