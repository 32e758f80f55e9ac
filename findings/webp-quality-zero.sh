#!/usr/bin/env bash
# libwebp 1.6.0 (in Pillow 13.0.0): the largest step of WebP's quality is the one from 0 to 1.
#
# One would guess: on a scale from 0 to 100, qualities 0 and 1 are nearly the same.
# What happens: the quantiser follows the cube root of the quality, which is steepest at 0. From quality 0 to 1 the file
# more than doubles, about as much as from 1 to 20. Even 0.01 instead of 0 adds a quarter. So a sweep over whole
# qualities has a hole at low rates. Some bindings cannot fill it: github.com/gen2brain/webp v0.5.5 takes whole numbers,
# and 0 as its default of 75.
#
# Seen, in bytes, for a grey picture of 512 x 512:
#   quality 0: 9936, quality 0.01: 12502, quality 1: 23752, quality 2: 29418, quality 20: 63450
#   gen2brain/webp: quality 0 gives the same bytes as quality 75
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet pillow==13.0.0 numpy==2.4.6
venv/bin/python - <<'PY'
import io
import sys
import numpy as np
from PIL import Image

# A soft random picture: noise whose amplitude falls with frequency, as in photographs.
n = 512
f = np.fft.fftfreq(n)
amplitude = 1 / (np.hypot(f[:, None], f) + 0.01)
noise = np.fft.fft2(np.random.default_rng(0).normal(size=(n, n)))
picture = np.fft.ifft2(noise * amplitude).real
grey = Image.fromarray(np.clip(128 + 50 * picture / picture.std(), 0, 255).astype(np.uint8))
grey.save("grey.png")
sizes = {}
for quality in 0, 0.01, 1, 2, 20:
    file = io.BytesIO()
    grey.save(file, "WEBP", quality=quality, method=4)
    sizes[quality] = len(file.getvalue())
print(", ".join(f"quality {q}: {s}" for q, s in sizes.items()))
if sizes[1] < 2 * sizes[0] or sizes[2] > 1.5 * sizes[1] or sizes[0.01] < 1.15 * sizes[0]:
    sys.exit("the behaviour has changed")
PY
cat >go.mod <<'GO'
module finding

go 1.25

require github.com/gen2brain/webp v0.5.5
GO
cat >main.go <<'GO'
package main

import (
	"bytes"
	"fmt"
	"image/png"
	"os"

	"github.com/gen2brain/webp"
)

func main() {
	f, err := os.Open("grey.png")
	if err != nil {
		panic(err)
	}
	m, err := png.Decode(f)
	if err != nil {
		panic(err)
	}
	var files [2]bytes.Buffer
	for i, quality := range []int{0, 75} {
		if err := webp.Encode(&files[i], m, webp.Options{Quality: quality, Method: 4}); err != nil {
			panic(err)
		}
	}
	same := bytes.Equal(files[0].Bytes(), files[1].Bytes())
	fmt.Println("gen2brain/webp: quality 0 gives the same bytes as quality 75:", same)
	if !same {
		fmt.Println("the behaviour has changed")
		os.Exit(1)
	}
}
GO
GOFLAGS=-mod=mod go run -tags nodynamic .
