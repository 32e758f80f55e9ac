package bench

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/train"
)

// The JPEG files that BenchmarkFolder trains on.
const (
	photos    = 256
	photoSide = 64
)

// BenchmarkFolder compares an epoch of conv on a folder of JPEG files, which are decoded ahead, with
// one on the same pictures in memory: `kept` with a cache that holds all of them, `decoded` with one
// that holds none.
func BenchmarkFolder(b *testing.B) {
	dir := photoFolder(b)
	memory := folderEpoch(b, dir, 0, func(f *images.SameSize) train.Dataset {
		set, err := f.Set()
		if err != nil {
			b.Fatal(err)
		}
		return set
	})
	for name, cache := range map[string]int64{"kept": 0, "decoded": 1} {
		b.Run(name, func(b *testing.B) {
			ratio(b, folderEpoch(b, dir, cache, func(f *images.SameSize) train.Dataset { return f }), memory)
		})
	}
}

// photoFolder writes JPEG files with smooth colours.
func photoFolder(b *testing.B) string {
	b.Helper()
	dir := b.TempDir()
	for i := range photos {
		m := image.NewRGBA(image.Rect(0, 0, photoSide, photoSide))
		for y := range photoSide {
			for x := range photoSide {
				wave := func(k int) byte { return byte(128 + 120*math.Sin(float64(i+k)+float64(x*k+y)/9)) }
				m.Set(x, y, color.RGBA{wave(1), wave(2), wave(3), 255})
			}
		}
		var file bytes.Buffer
		if err := jpeg.Encode(&file, m, nil); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.jpg", i)), file.Bytes(), 0o666); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

// folderEpoch returns a function that trains an epoch on the pictures of a folder.
func folderEpoch(b *testing.B, dir string, cache int64, of func(f *images.SameSize) train.Dataset) func() {
	b.Helper()
	files, err := images.OpenFolder(b.Context(), dir, images.Options{Cache: cache})
	if err != nil {
		b.Fatal(err)
	}
	same, err := files.SameSize()
	if err != nil {
		b.Fatal(err)
	}
	ae, err := autoencoder.NewConv().Build(graph.Shape{3, photoSide, photoSide})
	if err == nil {
		err = ae.Model.Init(1)
	}
	if err != nil {
		b.Fatal(err)
	}
	t, err := train.Compile(ae.Model, train.BinaryCrossEntropy(), train.NewAdam(rate), train.Config{Seed: 1, Batch: 16})
	if err != nil {
		b.Fatal(err)
	}
	data := of(same)
	return suspended(b, func(pause func() bool) error {
		_, err := t.Fit(context.Background(), data, nil, math.MaxInt32, train.Hooks{Epoch: func(train.Epoch) error {
			if !pause() {
				return context.Canceled
			}
			return nil
		}})
		return err
	})
}
