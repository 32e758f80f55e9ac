package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/run"
)

// photo returns a PNG file with a bright square.
func photo(t *testing.T, i int) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 16, 16))
	for k := range 36 {
		m.Pix[(i%10+k%6)*16+i%9+k/6] = 255 - byte(i)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// prepare leaves a trained run, and a file with its model and without images.
func prepare(t *testing.T, dir, file string) *codec.Model {
	t.Helper()
	pictures := t.TempDir()
	for i := range 30 {
		if err := os.WriteFile(filepath.Join(pictures, fmt.Sprintf("%d.png", i)), photo(t, i), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	data, err := dataset.Open(t.Context(), dataset.Options{Data: pictures})
	if err != nil {
		t.Fatal(err)
	}
	s, err := run.NewSettings("tutorial")
	if err != nil {
		t.Fatal(err)
	}
	s.Training.Epochs = 1
	r, err := run.New(data, s, run.Place{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Train(t.Context(), run.Hooks{}); err != nil {
		t.Fatal(err)
	}
	m, err := run.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	model, err := codec.Fit(t.Context(), m.Autoencoder, data.Train, codec.FitOptions{})
	if err != nil {
		t.Fatal(err)
	}
	none := &images.Set{Channels: 1, Height: 16, Width: 16}
	if _, err := codec.WriteFile(t.Context(), file, model, none, nil, codec.Options{}); err != nil {
		t.Fatal(err)
	}
	return model
}

func TestBooth(t *testing.T) {
	dir, photos := t.TempDir(), t.TempDir()
	runDir, file := filepath.Join(dir, "run"), filepath.Join(dir, "model.gae")
	model := prepare(t, runDir, file)
	b, err := open(runDir, file, photos)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(b)
	defer server.Close()
	send := func(body []byte) (int, string) {
		r, err := http.Post(server.URL, "image/png", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return r.StatusCode, string(text)
	}
	if err := codec.Register(model); err != nil {
		t.Fatal(err)
	}
	total := 0
	for i := range 3 {
		status, text := send(photo(t, i))
		stored, err := os.ReadFile(filepath.Join(photos, fmt.Sprintf("%d.gae", i+1)))
		if err != nil {
			t.Fatal(err)
		}
		total += len(stored)
		if want := fmt.Sprintf("%d photos have %d bytes\n", i+1, total); status != http.StatusOK || !strings.HasSuffix(text, want) {
			t.Errorf("status %d, %q, want %q at the end", status, text, want)
		}
		if m, format, err := image.Decode(bytes.NewReader(stored)); err != nil || format != "gae" || m.Bounds().Dx() != 16 {
			t.Errorf("photo %d cannot be decoded: %v", i, err)
		}
		if len(stored) > 150 {
			t.Errorf("photo %d has %d bytes", i, len(stored))
		}
	}
	if status, text := send([]byte("no image")); status != http.StatusBadRequest {
		t.Errorf("a text as an image: status %d, %q", status, text)
	}
	if _, err := open(runDir, file, photos); err == nil || !strings.Contains(err.Error(), "want a folder without photos, got 3") {
		t.Errorf("a folder with photos: %v", err)
	}
}
