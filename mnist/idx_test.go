package mnist

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// idxFile returns an IDX file with these axes. Its data count up from 0.
func idxFile(axes ...int) []byte {
	file := []byte{0, 0, 8, byte(len(axes))}
	size := 1
	for _, n := range axes {
		file = binary.BigEndian.AppendUint32(file, uint32(n))
		size *= n
	}
	for i := range size {
		file = append(file, byte(i))
	}
	return file
}

func pack(t testing.TB, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func decode(content []byte, axes int) (*idx, error) {
	want := wantLabels()
	if axes == 3 {
		want = wantImages()
	}
	return decodeIDX(bytes.NewReader(content), int64(len(content)), want)
}

func TestDecodeIDX(t *testing.T) {
	for _, axes := range [][]int{{7}, {3, 2, 4}, {1}, {1, 1, 1}} {
		plain := idxFile(axes...)
		for name, file := range map[string][]byte{"plain": plain, "packed": pack(t, plain)} {
			x, err := decode(file, len(axes))
			if err != nil {
				t.Errorf("%v %s: %v", axes, name, err)
				continue
			}
			if !slices.Equal(x.axes, axes) || !bytes.Equal(x.data, plain[4+4*len(axes):]) || x.size != int64(len(file)) {
				t.Errorf("%v %s: got %+v", axes, name, x)
			}
		}
	}
	black := append(idxFile(4000, 28, 28)[:16], make([]byte, 4000*28*28)...) // nothing packs better
	if _, err := decode(pack(t, black), 3); err != nil {
		t.Errorf("black images: %v", err)
	}
	x, err := decode(pack(t, []byte("\x00\x00\x08\x01\x00\x00\x00\x02ab")), 1)
	const sum = "7cccc43fa780eed3ff6af10a65ada5734ea56b255588451382fd9f48a64e75d9"
	if err != nil || x.sum != sum {
		t.Errorf("SHA-256 %v, %v, want that of the unpacked file", x, err)
	}
}

func TestDecodeIDXErrors(t *testing.T) {
	images, labels := idxFile(3, 2, 4), idxFile(7)
	edit := func(file []byte, at int, b byte) []byte {
		file = slices.Clone(file)
		file[at] = b
		return file
	}
	packed := pack(t, images)
	for name, c := range map[string]struct {
		file []byte
		axes int
		want string // in the message
	}{
		"empty":                      {nil, 3, "16 bytes, got 0"},
		"half a header":              {images[:9], 3, "16 bytes, got 9"},
		"one byte short":             {images[:len(images)-1], 3, "want 40 bytes, got 39"},
		"one byte long":              {append(slices.Clone(images), 0), 3, "want 40 bytes, got 41"},
		"labels for images":          {labels, 3, "0x00000803, got 0x00000801"},
		"images for labels":          {images, 1, "0x00000801, got 0x00000803"},
		"shorts, not bytes":          {edit(images, 2, 0x0b), 3, "want 64 bytes, got 40"},
		"an unknown type":            {edit(images, 2, 0x0a), 3, "0x00000a03"},
		"floats for labels":          {edit(labels, 2, 0x0d), 1, "0x00000d01"},
		"not IDX":                    {[]byte("an ordinary text, somewhat long"), 3, "magic number"},
		"no images":                  {idxFile(0, 2, 4), 3, "0x2x4"},
		"no width":                   {idxFile(3, 2, 0), 3, "3x2x0"},
		"lying header":               {edit(images, 4, 0x3f), 3, "want 8455716904 bytes, got 40"},
		"all lengths huge":           {append([]byte{0, 0, 8, 3}, bytes.Repeat([]byte{255}, 12)...), 3, "at most"},
		"product 0 modulo 2^64":      {append([]byte{0, 0, 8, 3}, bytes.Repeat([]byte{128, 0, 0, 0}, 3)...), 3, "at most"},
		"plausible lie":              {edit(images, 5, 0x10), 3, "got 40"},
		"packed, one byte short":     {pack(t, images[:len(images)-1]), 3, "got 23"},
		"packed, one byte long":      {pack(t, append(slices.Clone(images), 0)), 3, "3x2x4: want 24 bytes after the header, got more"},
		"packed, half a header":      {pack(t, images[:9]), 3, "16 bytes, got 9"},
		"packed, lying header":       {pack(t, edit(images, 5, 0x10)), 3, "cannot hold"},
		"packed, wrong magic":        {pack(t, labels), 3, "0x00000801"},
		"gzip truncated":             {packed[:len(packed)-12], 3, "EOF"},
		"gzip without checksum":      {packed[:len(packed)-8], 3, "EOF"},
		"gzip, half a checksum":      {packed[:len(packed)-3], 3, "EOF"},
		"gzip, wrong checksum":       {edit(packed, len(packed)-8, packed[len(packed)-8]+1), 3, "checksum"},
		"gzip, its magic only":       {packed[:2], 3, "gzip"},
		"gzip, trailing bytes":       {append(slices.Clone(packed), "more"...), 3, "after the last byte"},
		"gzip of gzip":               {pack(t, packed), 3, "magic number"},
		"two gzip members, too long": {append(slices.Clone(packed), packed...), 3, "more bytes"},
	} {
		x, err := decode(c.file, c.axes)
		if err == nil {
			t.Errorf("%s: no error, got %v", name, x.axes)
		} else if !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: message %q, want a line with %q", name, err, c.want)
		}
	}
}

// TestDecodeIDXAllocates checks that a short file cannot make the reader allocate much.
func TestDecodeIDXAllocates(t *testing.T) {
	lie := []byte{0, 0, 8, 3, 0, 1, 0, 0, 0, 0, 0, 28, 0, 0, 0, 28} // 65536x28x28
	noise := make([]byte, 1<<16)                                    // packs to as many bytes, which could hold what the header states
	for i, state := 0, uint32(1); i < len(noise); i++ {
		state = state*1664525 + 1013904223
		noise[i] = byte(state >> 24)
	}
	for name, file := range map[string][]byte{"plain": lie, "packed": pack(t, lie), "packed noise": pack(t, append(slices.Clone(lie), noise...))} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := decode(file, 3); err == nil {
			t.Errorf("%s: no error", name)
		}
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 3<<19 {
			t.Errorf("%s: %d bytes allocated for a file of %d", name, grown, len(file))
		}
	}
}

// A file may be of any size that a machine's memory can have.
func TestContentSize(t *testing.T) {
	if n, err := contentSize([]int{60000, 256, 256}, float); err != nil || n != 15728640000 {
		t.Errorf("got %d, %v", n, err)
	}
	if _, err := contentSize([]int{1 << 20, 1 << 20}, short); err == nil || !strings.Contains(err.Error(), "1048576x1048576: want lengths of at least 1, and at most 1099511627776 bytes") {
		t.Errorf("two terabytes: %v", err)
	}
}

func FuzzDecodeIDX(f *testing.F) {
	for _, file := range [][]byte{idxFile(3, 2, 4), idxFile(7), idxFile(1, 1, 1), idxFile(0)} {
		f.Add(file, true)
		f.Add(pack(f, file), false)
		f.Add(file[:len(file)-1], true)
		f.Add(append(pack(f, file), 0), true)
	}
	for _, k := range []kind{sbyte, short, long, float, double} {
		f.Add(numbersFile(k, []int{2, 1, 2}, 0, 1, 1, 0), true)
		f.Add(numbersFile(k, []int{2, 2}, 3, 1, 4, 0), false)
	}
	f.Fuzz(func(t *testing.T, file []byte, images bool) {
		axes := 1
		if images {
			axes = 3
		}
		x, err := decode(file, axes)
		if err != nil {
			return
		}
		size := x.kind.size()
		for _, n := range x.axes {
			size *= n
		}
		if len(x.axes) != axes && len(x.axes) != axes+1 || size != len(x.data) || size == 0 {
			t.Errorf("axes %v with %d bytes of data", x.axes, len(x.data))
		}
		if !images {
			if classes, err := x.classes(); err == nil && len(classes) != x.axes[0] {
				t.Errorf("%d classes for axes %v", len(classes), x.axes)
			}
			return
		}
		pixels, deep, _, err := x.pixels(full)
		if err == nil && (len(pixels)+len(deep))*x.kind.size() != size {
			t.Errorf("%d and %d pixels for %d bytes", len(pixels), len(deep), size)
		}
	})
}
