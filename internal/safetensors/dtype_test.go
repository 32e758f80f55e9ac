package safetensors

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/pkg/errors"
)

// Numbers of half precision and bfloat16 are read exactly, and those of double precision are rounded.
func TestWidened(t *testing.T) {
	inf := float32(math.Inf(1))
	for dtype, c := range map[string]struct {
		data any
		want []float32
	}{
		"F16":  {[]uint16{0x3c00, 0x3555, 0x8001, 0x7c00}, []float32{1, 0.333251953125, -5.9604644775390625e-08, inf}},
		"BF16": {[]uint16{0x3f80, 0xc049, 0x7f80}, []float32{1, -3.140625, inf}},
		"F64":  {[]float64{1, 0.1, -math.Pi, 1 + 1.0/(1<<24), 1e300}, []float32{1, 0.1, -3.1415927, 1, inf}},
		"F32":  {[]float32{0.1}, []float32{0.1}},
	} {
		var data bytes.Buffer
		if err := binary.Write(&data, binary.LittleEndian, c.data); err != nil {
			t.Fatal(err)
		}
		b := file(fmt.Sprintf(`{"a":{"dtype":%q,"shape":[%d],"data_offsets":[0,%d]}}`, dtype, len(c.want), data.Len()), data.String())
		known, err := Read(bytes.NewReader(b), int64(len(b)))
		if err != nil || !slices.Equal(known.Tensors[0].Data, c.want) {
			t.Errorf("%s: got %v, %v, want %v", dtype, known, err, c.want)
		}
		unknown, err := Read(iotest.OneByteReader(bytes.NewReader(b)), -1)
		if err != nil || !slices.Equal(unknown.Tensors[0].Data, c.want) {
			t.Errorf("%s in a stream: got %v, %v, want %v", dtype, unknown, err, c.want)
		}
		if _, err := Read(bytes.NewReader(b[:len(b)-1]), int64(len(b)-1)); err == nil {
			t.Errorf("%s: a file without its last byte was accepted", dtype)
		}
	}
}

// Tensors of several types may be in one file, and be longer than a piece that is read at once.
func TestMixed(t *testing.T) {
	const n = chunk + 3
	halves, doubles := make([]uint16, n), make([]float64, n)
	for i := range n {
		halves[i], doubles[i] = 0x4000, float64(i)
	}
	var data bytes.Buffer
	for _, v := range []any{halves, doubles} {
		if err := binary.Write(&data, binary.LittleEndian, v); err != nil {
			t.Fatal(err)
		}
	}
	b := file(fmt.Sprintf(`{"a":{"dtype":"F16","shape":[%d],"data_offsets":[0,%d]},"b":{"dtype":"F64","shape":[%[1]d],"data_offsets":[%[2]d,%d]}}`,
		n, 2*n, 10*n), data.String())
	f, err := Read(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if f.Tensors[0].Data[i] != 2 || f.Tensors[1].Data[i] != float32(i) {
			t.Fatalf("numbers %d are %v and %v", i, f.Tensors[0].Data[i], f.Tensors[1].Data[i])
		}
	}
}

// A file of another format is named.
func TestOtherFormats(t *testing.T) {
	var pt bytes.Buffer
	z := zip.NewWriter(&pt)
	if _, err := z.Create("model/data.pkl"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for content, want := range map[string]string{
		"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n": "git lfs pull",
		pt.String(): "a PyTorch file (.pt)",
		"\x80\x02\x8a\x0al\xfc\x9cF\xf9\x20j\xa8P\x19.": "a PyTorch file (.pt)",
		"\x89HDF\r\n\x1a\n\x00\x00":                     "an HDF5 file (.h5)",
		"<!doctype html><html>":                         "an HTML page",
		"\x93NUMPY\x01\x00v\x00{'descr'":                "a NumPy array (.npy)",
		"\x8bGAE\r\n\x1a\n\x01\x00":                     "a compressed file of images (.gae)",
	} {
		_, err := Read(strings.NewReader(content), int64(len(content)))
		if err == nil || !strings.Contains(err.Error(), want) || !errors.As(err, new(*FormatError)) {
			t.Errorf("%.20q: got %v, want %s", content, err, want)
		}
	}
}

// Tensors that are left out may be of any type, and lie where they must.
func TestReadWithout(t *testing.T) {
	header := `{"a":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"b":{"dtype":"F16","shape":[1],"data_offsets":[8,10]},"c":{"dtype":"BOOL","shape":[3],"data_offsets":[10,13]}}`
	b := file(header, "12345678\x00\x3cabc")
	for _, size := range []int64{int64(len(b)), -1} {
		f, err := ReadWithout(bytes.NewReader(b), size, func(name string) bool { return name != "b" })
		if err != nil || len(f.Tensors) != 1 || f.Tensors[0].Name != "b" || f.Tensors[0].Data[0] != 1 {
			t.Errorf("got %v (%v), want b alone", f, err)
		}
		if _, err := ReadWithout(bytes.NewReader(b[:len(b)-1]), size-min(size+1, 1), func(string) bool { return true }); err == nil {
			t.Error("a file without its last byte was accepted")
		}
		_, err = ReadWithout(bytes.NewReader(b), size, func(name string) bool { return name == "a" })
		if !errors.As(err, new(*TypeError)) || !strings.Contains(err.Error(), `"c"`) || !strings.Contains(err.Error(), "BOOL") {
			t.Errorf("got %v, want an error about c, of type BOOL", err)
		}
	}
	_, err := ReadWithout(bytes.NewReader(file(`{"a":{"dtype":"C64","shape":[],"data_offsets":[0,8]}}`, "12345678")), -1, func(string) bool { return true })
	if !errors.As(err, new(*TypeError)) {
		t.Errorf("got %v for a type whose width is not known", err)
	}
}
