package safetensors

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/pkg/errors"
)

// file returns the bytes of a file: the length of the header, the header and the data.
func file(header, data string) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), data...)
}

// tensorA returns a header with one tensor "a" that has these fields.
func tensorA(fields string) string { return `{"a":{` + fields + `}}` }

const (
	four = "abcd"
	f32  = `"dtype":"F32",`
)

// badFiles are files that Read refuses, each with the beginning of the error. The end may come from
// encoding/json.
var badFiles = []struct {
	file []byte
	want string
}{
	{nil, "want 8 bytes of header length, got a file of 0 bytes"},
	{[]byte("1234567"), "want a safetensors file, which holds a model, got a file of text"},
	{[]byte("\x00\x01\x02\x03\x04\x05\x06"), "want 8 bytes of header length, got a file of 7 bytes"},
	{[]byte("\x02\x00\x00\x00\x00\x00\x00\x00{"), "want a header of 2 bytes, got 1: the file is truncated or not a safetensors file"},
	{[]byte("\x89PNG\r\n\x1a\n0000"), "want a safetensors file, which holds a model, got a PNG image: name it where images are wanted"},
	{[]byte("\xff\xff\xff\xff\xff\xff\xff\xff{}"), "want a header of at most 100000000 bytes, got the length 18446744073709551615: this is not a safetensors file"},
	{file("", ""), `header: want a JSON object, got ""`},
	{file("[]", ""), `header: want a JSON object, got "[]"`},
	{file(" {}", ""), `header: want a JSON object, got " {}"`},
	{file("{", ""), "header: want whole JSON, got one that ends too early"},
	{file(`{"a`, ""), "header: want whole JSON, got one that ends too early"},
	{file(`{"a"}`, ""), `header: tensor "a": cannot parse JSON: invalid character '}'`},
	{file(`{"a":{},}`, ""), `header: tensor "a": want dtype F32, F16, BF16 or F64, got "": convert the tensor to float32`},
	{file(`{1:2}`, ""), "header: cannot parse JSON: invalid character '1'"},
	{file("{}{}", ""), `header: want only spaces after the JSON object, got "{}"`},
	{file("{} \x00", ""), `header: want only spaces after the JSON object, got " \x00"`},
	{file("{\"\xff\":1}", ""), "header: want UTF-8, got other bytes"},
	{file(`{"a":1}`, ""), `header: tensor "a": want {, got 1`},
	{file(`{"a":null}`, ""), `header: tensor "a": want {, got null`},
	{file(`{"a":[]}`, ""), `header: tensor "a": want {, got [`},

	{file(`{"__metadata__":null}`, ""), `header: metadata: want {, got null`},
	{file(`{"__metadata__":{"k":1}}`, ""), `header: metadata: "k": want a string, got 1`},
	{file(`{"__metadata__":{"k":{}}}`, ""), `header: metadata: "k": want a string, got {`},
	{file(`{"__metadata__":{"k":"1","k":"1"}}`, ""), `header: metadata: want each name once, got "k" twice`},
	{file(`{"__metadata__":{},"__metadata__":{}}`, ""), `header: want each name once, got "__metadata__" twice`},

	{file(`{"":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}`, four), `header: tensor "": want a name, got none`},
	{file(`{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"\u0061":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}`, four),
		`header: want each name once, got "a" twice`},
	{file(tensorA(`"dtype":"I32","shape":[1],"data_offsets":[0,4]`), four), `header: tensor "a": want dtype F32, F16, BF16 or F64, got "I32": convert the tensor to float32`},
	{file(tensorA(`"dtype":"f32","shape":[1],"data_offsets":[0,4]`), four), `header: tensor "a": want dtype F32, F16, BF16 or F64, got "f32": convert the tensor to float32`},
	{file(tensorA(`"dtype":["F32"],"shape":[1],"data_offsets":[0,4]`), four), `header: tensor "a": dtype: want a string, got [`},
	{file(tensorA(`"DTYPE":"F32","shape":[1],"data_offsets":[0,4]`), four), `header: tensor "a": want the fields dtype, shape and data_offsets, got "DTYPE"`},
	{file(tensorA(f32+f32+`"shape":[1],"data_offsets":[0,4]`), four), `header: tensor "a": want each name once, got "dtype" twice`},
	{file(tensorA(f32+`"data_offsets":[0,4]`), four), `header: tensor "a": want a shape, got none`},
	{file(tensorA(f32+`"shape":[1]`), four), `header: tensor "a": want two data_offsets, got []`},
	{file(tensorA(f32+`"shape":[1],"data_offsets":[0]`), four), `header: tensor "a": want two data_offsets, got [0]`},
	{file(tensorA(f32+`"shape":[1],"data_offsets":[0,4,8]`), four), `header: tensor "a": data_offsets: want at most 2 numbers, got more`},
	{file(tensorA(f32+`"shape":1,"data_offsets":[0,4]`), four), `header: tensor "a": shape: want [, got 1`},
	{file(tensorA(f32+`"shape":[-1],"data_offsets":[0,4]`), four), `header: tensor "a": shape: want whole numbers from 0 to 9223372036854775807, got -1`},
	{file(tensorA(f32+`"shape":[1.0],"data_offsets":[0,4]`), four), `header: tensor "a": shape: want whole numbers from 0 to 9223372036854775807, got 1.0`},
	{file(tensorA(f32+`"shape":["1"],"data_offsets":[0,4]`), four), `header: tensor "a": shape: want whole numbers from 0 to 9223372036854775807, got "1"`},
	{file(tensorA(f32+`"shape":[18446744073709551617],"data_offsets":[0,4]`), four),
		`header: tensor "a": shape: want whole numbers from 0 to 9223372036854775807, got 18446744073709551617`},
	{file(tensorA(f32+`"shape":[1],"data_offsets":[-4,0]`), four), `header: tensor "a": data_offsets: want whole numbers from 0 to 9223372036854775807, got -4`},
	{file(tensorA(f32+`"shape":[4294967296,4294967297],"data_offsets":[0,4]`), four),
		`header: tensor "a": want at most 1152921504606846975 values, got shape [4294967296 4294967297]`},
	{file(tensorA(f32+`"shape":[1`+strings.Repeat(",1", 64)+`],"data_offsets":[0,4]`), four),
		`header: tensor "a": shape: want at most 64 numbers, got more`},

	{file(tensorA(f32+`"shape":[2],"data_offsets":[0,4]`), four), `tensor "a": want 8 bytes for shape [2], got data_offsets [0, 4]`},
	{file(tensorA(f32+`"shape":[1],"data_offsets":[4,0]`), four), `tensor "a": want 4 bytes for shape [1], got data_offsets [4, 0]`},
	{file(tensorA(f32+`"shape":[1],"data_offsets":[0,4]`), "abc"), `tensor "a": want data up to byte 4, got 3 bytes of data: the file is truncated`},
	{file(tensorA(f32+`"shape":[1],"data_offsets":[0,4]`), "abcde"), `want 4 bytes of data, got 5: the file is too long`},
	{file(tensorA(f32+`"shape":[1000000000000],"data_offsets":[0,4000000000000]`), four),
		`tensor "a": want data up to byte 4000000000000, got 4 bytes of data: the file is truncated`},
	{file(tensorA(f32+`"shape":[1],"data_offsets":[4,8]`), four+four), `tensor "a": want data_offsets from 0, got [4, 8]: the bytes between belong to no tensor`},
	{file(two(0, 4, 8, 12), four+four+four), `tensor "b": want data_offsets from 4, got [8, 12]: the bytes between belong to no tensor`},
	{file(two(0, 4, 2, 6), four+four), `tensor "b": want data_offsets from 4, got [2, 6]: the data overlap those of another tensor`},
	{file(two(0, 4, 0, 4), four), `tensor "b": want data_offsets from 4, got [0, 4]: the data overlap those of another tensor`},
	{file("{}", four), `want 0 bytes of data, got 4: the file is too long`},
}

// two returns a header with two tensors of one value each.
func two(a, b, c, d int) string {
	return fmt.Sprintf(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[%d,%d]},"b":{"dtype":"F32","shape":[1],"data_offsets":[%d,%d]}}`, a, b, c, d)
}

func TestReadRefuses(t *testing.T) {
	for _, tt := range badFiles {
		f, err := decode(tt.file)
		if f != nil || err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%.120q:\ngot  %v\nwant %s", tt.file, err, tt.want)
		}
		var format *FormatError
		var dtype *TypeError
		if errors.As(err, &dtype) != strings.Contains(err.Error(), "convert the tensor") || errors.As(err, &format) == errors.As(err, &dtype) {
			t.Errorf("%.120q: the error is a %T", tt.file, err)
		}
		if f, err := stream(tt.file); f != nil || err == nil || strings.ContainsAny(err.Error(), "\n\r") {
			t.Errorf("%.120q, with its size unknown: got %v", tt.file, err)
		}
	}
}

// stream reads a file of unknown size, one byte at a time.
func stream(b []byte) (*File, error) { return Read(iotest.OneByteReader(bytes.NewReader(b)), -1) }

func TestReadReportsReader(t *testing.T) {
	b := encode(t, randomFile(rand.New(rand.NewPCG(3, 4))))
	broken := errors.New("the line is dead")
	for n := range len(b) {
		for _, size := range []int64{-1, int64(len(b))} {
			r := io.MultiReader(bytes.NewReader(b[:n]), iotest.ErrReader(broken))
			if _, err := Read(r, size); err != broken {
				t.Fatalf("%d of %d bytes: error %v", n, len(b), err)
			}
		}
	}
}

// TestReadAccepts reads a file that is unusual but valid: tensors and fields in another order,
// additional spaces, and data that are not in the order of the names.
func TestReadAccepts(t *testing.T) {
	b := file("{ \"b\" : {\"data_offsets\":[0,4],\n\"shape\":[1,1],\"dtype\":\"F32\"},"+
		`"z":{"dtype":"F32","shape":[9,0],"data_offsets":[0,0]},`+
		`"a":{"dtype":"F32","shape":[],"data_offsets":[4,8]},"__metadata__":{"\u006b":""}}`+"\n \t", "\x00\x00\x80\x3f\x00\x00\x00\x40")
	f, err := decode(b)
	if err != nil {
		t.Fatal(err)
	}
	want := &File{Metadata: map[string]string{"k": ""}, Tensors: []Tensor{
		{"a", nil, []float32{2}}, {"b", []int{1, 1}, []float32{1}}, {"z", []int{9, 0}, nil}}}
	if d := diff(want, f); d != "" {
		t.Error(d)
	}
	for i, name := range []string{"a", "b", "z"} {
		if f.Tensors[i].Name != name {
			t.Errorf("tensor %d is %q, want %q", i, f.Tensors[i].Name, name)
		}
	}
}

func TestReadTruncatedAnywhere(t *testing.T) {
	b := encode(t, &File{
		Metadata: map[string]string{"k": "v"},
		Tensors:  []Tensor{{"a", []int{3}, []float32{1, 2, 3}}, {"b", nil, []float32{4}}},
	})
	for n := range len(b) {
		if _, err := decode(b[:n]); err == nil {
			t.Errorf("%d of %d bytes were accepted", n, len(b))
		}
		if _, err := stream(b[:n]); err == nil || !strings.Contains(err.Error(), "truncated") {
			t.Errorf("%d of %d bytes of a stream: error %v", n, len(b), err)
		}
		want := fmt.Sprintf("want %d bytes, got fewer", len(b))
		if _, err := Read(bytes.NewReader(b[:n]), int64(len(b))); err == nil || err.Error() != want {
			t.Errorf("a reader of %d of %d bytes: error %v", n, len(b), err)
		}
	}
	if _, err := decode(append(b, 0)); err == nil {
		t.Error("a byte too many was accepted")
	}
	if _, err := stream(append(b, 0)); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("a byte too many: error %v", err)
	}
	if f, err := stream(b); err != nil || len(f.Tensors) != 2 {
		t.Errorf("all bytes of a stream: %v (%v)", f, err)
	}
}

func TestReadBoundsNames(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"__metadata__":{"":""`)
	for i := range maxNames {
		fmt.Fprintf(&b, `,"%x":""`, i)
	}
	b.WriteString("}}")
	want := fmt.Sprintf("header: metadata: want at most %d names, got more", maxNames)
	if _, err := decode(file(b.String(), "")); err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// TestReadAllocatesLittle checks that large numbers in a small file do not make Read allocate much
// memory.
func TestReadAllocatesLittle(t *testing.T) {
	for _, b := range [][]byte{
		append(binary.LittleEndian.AppendUint64(nil, maxHeader), "{}"...),
		file(tensorA(f32+`"shape":[250000000],"data_offsets":[0,1000000000]`), four),
	} {
		for _, size := range []int64{int64(len(b)), -1} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if _, err := Read(bytes.NewReader(b), size); err == nil {
				t.Errorf("%.40q was accepted", b)
			}
			runtime.ReadMemStats(&after)
			if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
				t.Errorf("%.40q: %d bytes allocated", b, n)
			}
		}
	}
}

// FuzzRead checks that every file that Read accepts can be written and read again without a change.
func FuzzRead(f *testing.F) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 20 {
		f.Add(encode(f, randomFile(rng)))
	}
	for _, bad := range badFiles {
		f.Add(bad.file)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		first, err := decode(b)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r") {
				t.Errorf("an error of several lines: %q", err)
			}
			if _, err := stream(b); err == nil {
				t.Error("a stream of the same bytes was accepted")
			}
			return
		}
		written := encode(t, first)
		second, err := decode(written)
		if err != nil {
			t.Fatal(err)
		}
		if d := diff(first, second); d != "" {
			t.Fatal(d)
		}
		streamed, err := stream(written)
		if err != nil {
			t.Fatal(err)
		}
		if d := diff(first, streamed); d != "" {
			t.Fatal(d)
		}
		if !bytes.Equal(written, encode(t, second)) {
			t.Fatal("written again, the bytes differ")
		}
	})
}

func benchmarkFile() *File {
	return &File{Tensors: []Tensor{{"a", []int{1 << 24}, make([]float32, 1<<24)}}} // 64 MiB
}

func BenchmarkRead(b *testing.B) {
	bytes := encode(b, benchmarkFile())
	b.SetBytes(int64(len(bytes)))
	for b.Loop() {
		if _, err := decode(bytes); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	f := benchmarkFile()
	b.SetBytes(4 << 24)
	for b.Loop() {
		if err := Write(&limited{n: 1 << 30}, f); err != nil {
			b.Fatal(err)
		}
	}
}
