package mnist

import (
	"fmt"
	"math"
	"os"
	"path/filepath"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// ReadAnyIn is ReadAny for numbers of a range, of which the lower becomes 0, black, and the higher 1, white.
// Numbers beyond are cut off. An automatic range is that of all images. Data.Range is what it is.
func ReadAnyIn(path string, cut images.Range) (*Data, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	if !info.IsDir() {
		return readFile(path, cut)
	}
	f, err := findFamily(path)
	if err != nil {
		return nil, err
	}
	f.cut = cut
	return f.read(path, images.FolderName(path))
}

// ReadImagesIn is ReadImages for numbers of a range. See ReadAnyIn.
func ReadImagesIn(path string, cut images.Range) (*images.Set, []string, error) {
	f := family{dir: filepath.Dir(path), paths: [4]string{path, labelsBeside(path)}, cut: cut}
	if m, ok := parseMember(memberName(), path); ok {
		f.name = m.family
	}
	d, err := f.read(path, stem(path))
	if err != nil {
		return nil, nil, err
	}
	return d.Train, d.Notes, nil
}

// rangeOf returns the range of the numbers of files, if it is to be found. Files that were not read are nil.
func rangeOf(cut images.Range, files ...*idx) (images.Range, error) {
	if !cut.Auto {
		return cut, nil
	}
	least, most := math.Inf(1), math.Inf(-1)
	for _, x := range files {
		if x == nil {
			continue
		}
		if err := x.each(func(i int, v float64) error {
			least, most = min(least, v), max(most, v) // NaN stays
			return nil
		}); err != nil {
			return cut, err
		}
	}
	if !(least < most) || math.IsInf(most-least, 0) {
		return cut, errors.Errorf("want finite numbers of some range, got those from %v to %v: give the range as LOW:HIGH", least, most)
	}
	return images.Range{Lo: least, Hi: most}, nil
}

// inRange returns the numbers of images as bytes, or with 16 bits if bytes would round them, and says so.
func (x *idx) inRange(cut images.Range) (pixels []byte, deep []uint16, note string, err error) {
	exact := true
	err = x.each(func(i int, v float64) error {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return errors.Errorf("want finite numbers, got %v at %d", v, i)
		}
		exact = exact && isByte(cut.Brightness(v))
		return nil
	})
	if err != nil {
		return nil, nil, "", err
	}
	n := len(x.data) / x.kind.size()
	if exact {
		pixels = make([]byte, n)
		err = x.each(func(i int, v float64) error {
			pixels[i] = byte(float64(cut.Brightness(v)*math.MaxUint8) + 0.5)
			return nil
		})
		return pixels, nil, "", err
	}
	deep = make([]uint16, n)
	err = x.each(func(i int, v float64) error {
		deep[i] = uint16(float64(cut.Brightness(v)*math.MaxUint16) + 0.5)
		return nil
	})
	return nil, deep, fmt.Sprintf("its numbers are kept with 16 bits in the range %v", cut), err
}
