package images

import (
	"fmt"
	"path/filepath"
	"testing"
)

// What decoders make of files decides with which pictures models are tested. If a new decoder gives other
// pixels, this test fails, and the hashes that runs keep need another name (see package run, byPixels).
func TestHashIsFixed(t *testing.T) {
	for name, want := range map[string]string{
		"progressive.jpg": "5c31961bb8eaaae38b44f11685c08b4d8992d89ee41e87130dd2891fda19364b",
		"cmyk.jpg":        "2ec1deac7b1649dbf0f582e8a6fae531fac1002c8386d4107c2441ca78b8e7bd",
		"lossy.webp":      "6f7a829242c5e708365d631dcd9ab753d77afb13c87a2a5e9e1dd39722cbaf17",
		"palette.png":     "0fe408cd055d4f6b3a66957e2330ed83c7e1455f60fe281e4dc7e9d9300b17f0",
		"grey16.pgm":      "2cc60ae4682a72db80bb22e88e7fe39588af7926dc17688a81665c0df07d2e0d",
		"la.png":          "9bf2d311e37fdeab37df2caaef3555559b3f52039892804935c6aef192648ee8",
	} {
		f, err := OpenFiles(t.Context(), []string{filepath.Join("..", "internal", "pixmap", "testdata", name)}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%x", f.Hash(0)); got != want {
			t.Errorf("%s has the hash %s, want %s", name, got, want)
		}
	}
}
