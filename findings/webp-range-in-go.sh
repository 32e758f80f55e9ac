#!/usr/bin/env bash
# github.com/gen2brain/webp v0.5.5 and golang.org/x/image v0.48.0: black of a WebP file comes back as 16, white as 235.
#
# One would guess: a decoder returns the colours that other programs show, and exactly those of the original if the file
# is lossless.
# What happens: WebP's luma is from 16 to 235. Both packages return its planes in types of package image (NYCbCrA, YCbCr)
# whose luma is from 0 to 255, and do not convert them. So black, grey and white become 16, 126 and 235. gen2brain/webp
# decodes lossless files in this way too: they lose contrast and their last bits. golang.org/x/image/webp decodes those
# exactly. Pillow decodes both files right.
#
# Seen, for grey of 0, 128 and 255:
#   gen2brain/webp, lossless file: 16 126 235
#   gen2brain/webp, quality 90:    16 126 235
#   x/image/webp, lossless file:   0 128 255
#   x/image/webp, quality 90:      16 126 235
#   Pillow 13.0.0, lossless file:  0 128 255
#   Pillow 13.0.0, quality 90:     0 128 255
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >go.mod <<'GO'
module finding

go 1.25

require (
	github.com/gen2brain/webp v0.5.5
	golang.org/x/image v0.48.0
)
GO
cat >main.go <<'GO'
package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"io"
	"os"

	gen "github.com/gen2brain/webp"
	x "golang.org/x/image/webp"
)

func main() {
	const side = 48 // three bars, each as wide as a block of the format
	m := image.NewGray(image.Rect(0, 0, side, side))
	for i := range m.Pix {
		m.Pix[i] = []byte{0, 128, 255}[i%side/16]
	}
	for _, lossless := range []bool{true, false} {
		var file bytes.Buffer
		if err := gen.Encode(&file, m, gen.Options{Lossless: lossless, Quality: 90, Method: 4}); err != nil {
			panic(err)
		}
		name := map[bool]string{true: "lossless", false: "lossy"}[lossless]
		if err := os.WriteFile(name+".webp", file.Bytes(), 0o666); err != nil {
			panic(err)
		}
		show("gen2brain/webp", name, file.Bytes(), gen.Decode)
		show("x/image/webp", name, file.Bytes(), x.Decode)
	}
}

func show(decoder, name string, file []byte, decode func(io.Reader) (image.Image, error)) {
	m, err := decode(bytes.NewReader(file))
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s, %s:", decoder, name)
	for x := 8; x < 48; x += 16 {
		fmt.Print(" ", color.GrayModel.Convert(m.At(x, 24)).(color.Gray).Y)
	}
	fmt.Println()
}
GO
GOFLAGS=-mod=mod go run -tags nodynamic . | tee out
python3 -m venv venv
venv/bin/pip install --quiet pillow==13.0.0
venv/bin/python - <<'PY' | tee -a out
from PIL import Image
for name in "lossless", "lossy":
    m = Image.open(name + ".webp").convert("L")
    print(f"Pillow, {name}:", *(m.getpixel((x, 24)) for x in (8, 24, 40)))
PY
diff - out <<'EXPECTED' || { echo "the behaviour has changed"; exit 1; }
gen2brain/webp, lossless: 16 126 235
x/image/webp, lossless: 0 128 255
gen2brain/webp, lossy: 16 126 235
x/image/webp, lossy: 16 126 235
Pillow, lossless: 0 128 255
Pillow, lossy: 0 128 255
EXPECTED
