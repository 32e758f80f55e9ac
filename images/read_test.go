package images

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// A picture in memory is read as OpenFiles reads it from a file, in every form and size.
func TestReadPicture(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.png")
	for _, size := range []Size{{1, 7, 9}, {3, 8, 5}} {
		pixels := make([]byte, size.Numbers())
		for i := range pixels {
			pixels[i] = byte(i * 37)
		}
		var b bytes.Buffer
		if err := WritePNG(&b, size, pixels); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
		if h, w, err := PictureSize(b.Bytes()); err != nil || h != size.Height || w != size.Width {
			t.Errorf("the size is %d x %d, %v, want %v", h, w, err, size)
		}
		for _, o := range []Options{{}, {Color: Grey}, {Color: RGB}, {Height: 4, Width: 6, Fit: Pad}, {Color: Grey, Height: 4, Width: 4}, {Range: Range{Lo: 10, Hi: 200}}} {
			files, err := OpenFiles(t.Context(), []string{path}, o)
			if err != nil {
				t.Fatal(err)
			}
			want, err := files.Set()
			if err != nil {
				t.Fatal(err)
			}
			got, err := ReadPicture(b.Bytes(), o)
			if err != nil || got.Size() != want.Size() || !slices.Equal(got.Pixels, want.Pixels) {
				t.Errorf("%v with %+v is another picture: %v", size, o, err)
			}
		}
	}
	for _, wrong := range [][]byte{nil, []byte("text"), []byte("\x89PNG\r\n\x1a\n")} {
		if _, err := ReadPicture(wrong, Options{}); err == nil {
			t.Errorf("%q is read as a picture", wrong)
		}
	}
	if _, err := ReadPicture([]byte("\x89PNG\r\n\x1a\n"), Options{Range: Range{Auto: true}}); err == nil {
		t.Error("the range of a single picture is its own extent")
	}
}
