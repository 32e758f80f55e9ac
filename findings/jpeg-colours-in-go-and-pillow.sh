#!/usr/bin/env bash
# Go's image/jpeg (seen in Go 1.26.8) and Pillow 13.0.0 (libjpeg-turbo 3.2.0) decode one JPEG file to colours
# that differ by more than a hundred levels of 255.
#
# One would guess: decoders of a baseline JPEG agree to a level or two, the rounding of the inverse cosine
# transform. So a data set is the same data in Go and in Python.
# What happens: that holds for 4:4:4. Most colour JPEGs are 4:2:0, which is also what Pillow writes by default:
# colour has half the resolution. The standard does not say how to enlarge it. Pillow interpolates between
# neighbours ("fancy upsampling"), Go repeats each value for its 2x2 pixels. At sharp edges of colour the two
# differ by more than a third of the range. A model that was trained on what one of them decodes sees other
# images through the other one.
#
# Seen, for red and blue squares of 2x2 pixels (largest difference, and a row of red values):
#   4:4:4 differs by 2 at most
#   4:2:0 differs by 114 at most
#   Pillow 52 79 178 176 79 77 175 175
#   Go     0 0 255 253 2 0 251 251
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" -q --disable-pip-version-check install pillow==13.0.0 numpy==2.4.6
cd "$dir"
"$dir/venv/bin/python" - <<'PY'
import numpy as np
from PIL import Image

y, x = np.mgrid[:16, :16]
squares = np.where(((x // 2 + y // 2) % 2 == 0)[..., None], [255, 0, 0], [0, 0, 255]).astype(np.uint8)
for name, options in ("444", {"subsampling": 0}), ("420", {}):
    Image.fromarray(squares).save(f"{name}.jpg", quality=95, **options)
    np.asarray(Image.open(f"{name}.jpg")).tofile(f"{name}.pillow")
PY
cat >go.mod <<'GO'
module finding

go 1.24
GO
cat >main.go <<'GO'
package main

import (
	"fmt"
	"image/color"
	"image/jpeg"
	"os"
	"strings"
)

func read(name string) (largest int, pillow, decoded []uint8) {
	f, err := os.Open(name + ".jpg")
	if err != nil {
		panic(err)
	}
	img, err := jpeg.Decode(f)
	if err != nil {
		panic(err)
	}
	if pillow, err = os.ReadFile(name + ".pillow"); err != nil {
		panic(err)
	}
	for y := range 16 {
		for x := range 16 {
			c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
			decoded = append(decoded, c.R, c.G, c.B)
		}
	}
	for i, v := range decoded {
		largest = max(largest, int(v)-int(pillow[i]), int(pillow[i])-int(v))
	}
	return largest, pillow, decoded
}

func reds(pixels []uint8) string {
	var s []string
	for x := range 8 {
		s = append(s, fmt.Sprint(pixels[3*(3*16+x)]))
	}
	return strings.Join(s, " ")
}

func main() {
	full, _, _ := read("444")
	half, pillow, decoded := read("420")
	fmt.Println("4:4:4 differs by", full, "at most")
	fmt.Println("4:2:0 differs by", half, "at most")
	fmt.Println("Pillow", reds(pillow))
	fmt.Println("Go    ", reds(decoded))
	if full > 3 || half < 80 {
		fmt.Println("the behaviour has changed")
		os.Exit(1)
	}
}
GO
go run .
