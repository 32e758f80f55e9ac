package images

import (
	"bytes"
	"context"
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
	if err := WriteFiles(ctx, []string{filepath.Join(dir, "a.png")}, s.Size(), s.Image(0)); !errors.Is(err, context.Canceled) {
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
	if err := WriteFiles(t.Context(), paths, s.Size(), s.Pixels); err != nil {
		t.Fatal(err)
	}
	back, err := ReadFolder(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(back.Pixels, s.Pixels) || !slices.Equal(back.Files, []string{"b/x.png", "b/y.png", "c/x.png"}) {
		t.Errorf("got the files %v, or other pixels", back.Files)
	}
	if err := WriteFiles(t.Context(), paths[:2], s.Size(), s.Pixels); err == nil || !strings.Contains(err.Error(), "2 images") {
		t.Errorf("want an error for more pixels than paths, got %v", err)
	}
}
