package images

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"
)

// A context that has ended stops the writing of images.
func TestWriteStopped(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	dir := t.TempDir()
	s := numbered(12)
	if err := WriteFolder(ctx, dir, s); !errors.Is(err, context.Canceled) {
		t.Errorf("WriteFolder: want the error of the context, got %v", err)
	}
	if _, err := WriteFiles(ctx, []string{filepath.Join(dir, "a.png")}, s.Size(), s.Image(0)); !errors.Is(err, context.Canceled) {
		t.Errorf("WriteFiles: want the error of the context, got %v", err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("files %v, %v", files, err)
	}
}

func TestWriteFiles(t *testing.T) {
	dir := t.TempDir()
	s := numbered(3)
	paths := []string{filepath.Join(dir, "b/x.png"), filepath.Join(dir, "b/y.png"), filepath.Join(dir, "c/x.png")}
	if _, err := WriteFiles(t.Context(), paths, s.Size(), s.Pixels); err != nil {
		t.Fatal(err)
	}
	back, err := ReadFolder(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(back.Pixels, s.Pixels) || !slices.Equal(back.Files, []string{"b/x.png", "b/y.png", "c/x.png"}) {
		t.Errorf("got the files %v, or other pixels", back.Files)
	}
	if _, err := WriteFiles(t.Context(), paths[:2], s.Size(), s.Pixels); err == nil || !strings.Contains(err.Error(), "2 images") {
		t.Errorf("want an error for more pixels than paths, got %v", err)
	}
	// Images that cannot be written leave no folder.
	four := Size{Channels: 4, Height: 1, Width: 1}
	if _, err := WriteFiles(t.Context(), []string{filepath.Join(dir, "new/x.png")}, four, make([]byte, 4)); err == nil || !strings.Contains(err.Error(), "1 or 3 channels, got 4") {
		t.Errorf("want an error for 4 channels, got %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "new")); err == nil {
		t.Error("a folder was made for images that cannot be written")
	}
}

// A picture has the bytes that it was made of, wherever its corner is.
func TestPicture(t *testing.T) {
	for _, channels := range []int{1, 3} {
		size := Size{Channels: channels, Height: 4, Width: 5}
		pixels := make([]byte, size.Numbers())
		for i := range pixels {
			pixels[i] = byte(i * 11)
		}
		m, err := Picture(size, pixels)
		if err != nil {
			t.Fatal(err)
		}
		back, err := FromPicture(m, channels)
		if err != nil || !bytes.Equal(back, pixels) {
			t.Errorf("%v: other bytes come back, error %v", size, err)
		}
		part, err := FromPicture(m.(interface {
			SubImage(image.Rectangle) image.Image
		}).SubImage(image.Rect(1, 2, 3, 4)), channels)
		if want := pixels[(2*5+1)*channels:][:2*channels]; err != nil || len(part) != 4*channels || !bytes.Equal(part[:2*channels], want) {
			t.Errorf("%v: a part is %v, its first row should be %v, error %v", size, part, want, err)
		}
	}
	red := image.NewNRGBA(image.Rect(0, 0, 2, 2))
	red.Set(1, 1, color.NRGBA{R: 1, A: 255})
	if _, err := FromPicture(red, 1); err == nil || !strings.Contains(err.Error(), "grey") {
		t.Errorf("want an error for colours in a grey image, got %v", err)
	}
	for _, err := range []error{
		func() error { _, err := FromPicture(red, 2); return err }(),
		func() error { _, err := Picture(Size{2, 1, 1}, make([]byte, 2)); return err }(),
		func() error { _, err := Picture(Size{1, 1, 1}, make([]byte, 2)); return err }(),
	} {
		if err == nil {
			t.Error("want an error, got none")
		}
	}
}
