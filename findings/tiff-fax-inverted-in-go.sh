#!/usr/bin/env bash
# golang.org/x/image v0.48.0: black and white TIFF files with fax compression, as Pillow writes them, come back as negatives.
#
# One would guess: the compression of a file says nothing about its colours.
# What happens: Pillow (with libtiff) writes pictures of one bit with PhotometricInterpretation 1 (BlackIsZero). libtiff
# takes the bits of the fax code literally then: a white run is zeros, and zeros are black. golang.org/x/image/tiff gives
# white runs the value of white in both interpretations. So files of CCITT group 3 and group 4 with BlackIsZero become
# negatives, without an error; those with WhiteIsZero (0), which is what scanners write, and other compressions are right.
# tifffile, which decodes with code of its own, agrees with Pillow.
#
# Seen, for a row of 1 0 0 0 0 1 0 0 (1 is white):
#   BlackIsZero: packbits 10000100, group3 01111011, group4 01111011; tifffile 10000100 each time
#   WhiteIsZero: packbits 10000100, group3 10000100, group4 10000100
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet pillow==13.0.0 numpy==2.4.6 tifffile==2026.3.3 imagecodecs==2026.3.6
venv/bin/python - <<'PY' | tee out
import numpy as np
import tifffile
from PIL import Image

white = np.indices((8, 16)).sum(0) % 5 == 0
picture = Image.fromarray((white * 255).astype(np.uint8)).convert("1")
for name, photometric in ("black", 1), ("white", 0):
    for compression in "packbits", "group3", "group4":
        file = f"{name}-{compression}.tif"
        picture.save(file, compression=compression, tiffinfo={262: photometric})
        if not np.array_equal(np.array(Image.open(file)), white):
            raise SystemExit("Pillow does not read what it wrote")
        if photometric == 1:  # tifffile returns the samples as they are stored
            print(file, "tifffile:", "".join(str(int(v)) for v in tifffile.imread(file)[0, :8]))
PY
cat >go.mod <<'GO'
module finding

go 1.25

require golang.org/x/image v0.48.0
GO
cat >main.go <<'GO'
package main

import (
	"fmt"
	"image/color"
	"os"

	"golang.org/x/image/tiff"
)

func main() {
	for _, name := range os.Args[1:] {
		f, err := os.Open(name)
		if err != nil {
			panic(err)
		}
		m, err := tiff.Decode(f)
		if err != nil {
			panic(err)
		}
		fmt.Print(name, " x/image: ")
		for x := range 8 {
			fmt.Print(color.GrayModel.Convert(m.At(x, 0)).(color.Gray).Y >> 7)
		}
		fmt.Println()
	}
}
GO
GOFLAGS=-mod=mod go run . {black,white}-{packbits,group3,group4}.tif | tee -a out
diff - out <<'EXPECTED' || { echo "the behaviour has changed"; exit 1; }
black-packbits.tif tifffile: 10000100
black-group3.tif tifffile: 10000100
black-group4.tif tifffile: 10000100
black-packbits.tif x/image: 10000100
black-group3.tif x/image: 01111011
black-group4.tif x/image: 01111011
white-packbits.tif x/image: 10000100
white-group3.tif x/image: 10000100
white-group4.tif x/image: 10000100
EXPECTED
