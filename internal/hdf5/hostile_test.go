package hdf5

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"runtime"
	"strings"
	"testing"

	"github.com/pkg/errors"
)

// Parts of the format that are not read are named, and what is beside them is read.
func TestRefused(t *testing.T) {
	root, err := open(t, "testdata/refused.h5").Root()
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"compound": "compound", "complex": "compound", "reference": "reference", "array": "array", "sequence": "sequence of variable length",
		"soft": "soft link", "external": "link to another file", "lzf": "filter 32000 LZF", "scaled": "filter 6 scale-offset",
		"elsewhere": "other files", "void": "opaque values of 3 bytes", "virtual": "virtual dataset", "float": "float of 16 bits, 4 of them exponent and 11 mantissa",
	} {
		d, err := root.Dataset(path)
		if err == nil {
			_, err = d.Floats(100)
		}
		if !errors.As(err, new(*UnsupportedError)) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "/"+path) {
			t.Errorf("%s: got %v, want a refusal of a %s", path, err, want)
		}
	}
	if v, err := root.Attr("compound"); err != nil {
		t.Error(err)
	} else if _, err := v.Floats(); !errors.As(err, new(*UnsupportedError)) {
		t.Errorf("attribute: got %v", err)
	}
	d, err := root.Dataset("good")
	if err != nil {
		t.Fatal(err)
	}
	if v, err := d.Floats(1); err != nil || len(v) != 1 || v[0] != 1 {
		t.Errorf("got %v, %v", v, err)
	}
}

// What is asked for wrongly gets an error that says so.
func TestMisused(t *testing.T) {
	root, err := open(t, "testdata/old.h5").Root()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := root.Group("layers/dense/vars/again/dense"); err != nil {
		t.Errorf("a path that goes in circles: %v", err)
	}
	floats := func(path string, limit int) error {
		d, err := root.Dataset(path)
		if err == nil {
			_, err = d.Floats(limit)
		}
		return err
	}
	for want, err := range map[string]error{
		"/layers/nothing: it does not exist":  floats("layers/nothing/0", 1),
		"/nowhere: it does not exist":         floats("/nowhere", 1),
		"/step: want a group, got a dataset":  floats("step/0", 1),
		"/layers: want a dataset, got a grou": floats("layers", 1),
		"want the path of a dataset":          floats("/", 1),
		"want at most 11 values, got shape":   floats("layers/dense/vars/0", 11),
		"want numbers, got values of the typ": floats("texts", 9),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
		if errors.Is(err, ErrNotExist) != strings.Contains(want, "not exist") {
			t.Errorf("%v: ErrNotExist or not", err)
		}
	}
}

// Other files are named.
func TestOtherFormats(t *testing.T) {
	for content, want := range map[string]string{
		"PK\x03\x04" + strings.Repeat("\x00", 22) + "\x0d\x00\x00\x00metadata.json": "Keras model (.keras)",
		"\x93NUMPY\x01\x00": "NumPy array", "": "0 bytes", "abc": "file of text", signature: "superblock",
	} {
		_, err := Open(strings.NewReader(content), int64(len(content)))
		if !errors.As(err, new(*FormatError)) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", content, err, want)
		}
	}
}

// message returns a message of an object header of version 1.
func rawMessage(kind int, body []byte) []byte {
	b := binary.LittleEndian.AppendUint16(nil, uint16(kind))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(body)))
	return append(append(b, 0, 0, 0, 0), body...)
}

// words returns integers of 8 bytes.
func words(all ...uint64) []byte {
	var b []byte
	for _, v := range all {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	return b
}

// objectHeader returns an object header of version 1.
func objectHeader(messages ...[]byte) []byte {
	all := bytes.Join(messages, nil)
	b := []byte{1, 0, byte(len(messages)), 0, 1, 0, 0, 0}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(all)))
	return append(append(b, 0, 0, 0, 0), all...)
}

const crafted = 96 // where the root group's object header is

// craft returns a file of superblock 0, whose root group's object header is the first of parts.
func craft(parts ...[]byte) []byte {
	all := bytes.Join(parts, nil)
	b := []byte(signature + "\x00\x00\x00\x00\x00\x08\x08\x00\x04\x00\x10\x00\x00\x00\x00\x00")
	b = append(b, words(0, undefined, uint64(crafted+len(all)), undefined, 0, crafted, 0, 0, 0)...)
	return append(b, all...)
}

// datasetHeader returns the object header of a dataset of float32.
func datasetHeader(layout []byte, filters []byte, dims ...uint64) []byte {
	space := append([]byte{1, byte(len(dims)), 0, 0, 0, 0, 0, 0}, words(dims...)...)
	float := []byte{0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0}
	messages := [][]byte{rawMessage(msgDataspace, space), rawMessage(msgDatatype, float), rawMessage(msgLayout, layout)}
	if filters != nil {
		messages = append(messages, rawMessage(msgFilters, filters))
	}
	return objectHeader(messages...)
}

// craftDataset returns a file with a dataset "x", whose parts follow its header, of datasetSize bytes.
func craftDataset(header []byte, parts ...[]byte) []byte {
	link := append([]byte{1, 0, 1, 'x'}, words(datasetAt)...)
	root := objectHeader(rawMessage(msgLinkInfo, append([]byte{0, 0}, words(undefined, undefined)...)), rawMessage(msgLink, link))
	return craft(append([][]byte{root, make([]byte, datasetAt-crafted-len(root)), header}, parts...)...)
}

const datasetAt = 256

// memory returns how many bytes a function allocates.
func memory(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// hostile opens a file that wants a lot, reads dataset x, and wants an error without much memory.
func hostile(t *testing.T, name string, b []byte, want string) {
	t.Helper()
	var err error
	used := memory(func() {
		var f *File
		var g *Group
		var d *Dataset
		if f, err = Open(bytes.NewReader(b), int64(len(b))); err != nil {
			return
		}
		if g, err = f.Root(); err != nil {
			return
		}
		if d, err = g.Dataset("x"); err != nil {
			return
		}
		_, err = d.Floats(1 << 40)
	})
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: got %v, want %q", name, err, want)
	}
	if most := uint64(1<<20 + 20*len(b)); used > most {
		t.Errorf("%s: it took %d bytes of memory for a file of %d", name, used, len(b))
	}
}

// Files that claim much or go in circles are refused before they cost anything.
func TestHostile(t *testing.T) {
	hostile(t, "header in circles", craft(objectHeader(rawMessage(msgContinuation, words(crafted+16, 24)))), "circles")
	hostile(t, "header outside", craft(objectHeader(rawMessage(msgContinuation, words(1<<60, 24)))), "inside of the file")
	hostile(t, "huge header", craft(objectHeader(rawMessage(msgContinuation, words(0, 1<<62)))), "inside of the file")
	contiguous := func(address, size uint64) []byte { return append([]byte{3, 1}, words(address, size)...) }
	hostile(t, "values outside", craftDataset(datasetHeader(contiguous(100, 1<<40), nil, 1<<38)), "inside of the file")
	hostile(t, "too many axes", craftDataset(datasetHeader(contiguous(100, 8), nil, make([]uint64, 33)...)), "at most 32 axes")
	hostile(t, "overflow", craftDataset(datasetHeader(contiguous(100, 8), nil, 1<<32, 1<<32, 1<<32)), "at most")
	hostile(t, "fewer bytes than values", craftDataset(datasetHeader(contiguous(100, 8), nil, 3)), "want 12 bytes of values, got 8")
	tree := append([]byte("TREE\x00\x01\x01\x00"), words(undefined, undefined)...) // a group's tree of level 1 in place of chunks'
	chunks := func(address uint64, sizes ...uint32) []byte {
		b := append([]byte{3, 2, byte(len(sizes))}, words(address)...)
		for _, s := range sizes {
			b = binary.LittleEndian.AppendUint32(b, s)
		}
		return b
	}
	header := datasetHeader(chunks(0, 1<<20, 4), nil, 100)
	at := uint64(datasetAt + len(header))
	header = datasetHeader(chunks(at, 1<<20, 4), nil, 100)
	hostile(t, "another tree", craftDataset(header, tree), "want a node of a B-tree of type 1")
	hostile(t, "huge chunk", craftDataset(datasetHeader(chunks(at, 1<<31, 4), nil, 100), tree), "want chunks of at most")
	hostile(t, "chunk outside", craftDataset(header, treeOf(1<<50, 4<<20, 0, 0)), "inside of the file")
	hostile(t, "other values", craftDataset(datasetHeader(chunks(at, 4, 8), nil, 100), tree), "values of 4 bytes")
}

// treeOf returns a B-tree of one chunk at an address, of a dataset with one axis.
func treeOf(address, size, mask, position uint64) []byte {
	b := append([]byte("TREE\x01\x00\x01\x00"), words(undefined, undefined)...)
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	b = binary.LittleEndian.AppendUint32(b, uint32(mask))
	return append(b, words(position, 0, address)...)
}

// A chunk that inflates to more than it should have, or to many times the dataset, is refused.
func TestBomb(t *testing.T) {
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	for range 64 {
		if _, err := w.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	filters := append([]byte{1, 1, 0, 0, 0, 0, 0, 0, deflateFilter, 0, 0, 0, 1, 0, 1, 0}, 6, 0, 0, 0, 0, 0, 0, 0)
	layout := func(at uint64, values uint32) []byte {
		b := append([]byte{3, 2, 2}, words(at)...)
		return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(b, values), 4)
	}
	at := uint64(datasetAt + len(datasetHeader(layout(0, 0), filters, 100)))
	tree := func() []byte {
		return treeOf(at+uint64(len(treeOf(0, 0, 0, 0))), uint64(packed.Len()), 0, 0)
	}
	file := func(values uint32) []byte {
		return craftDataset(datasetHeader(layout(at, values), filters, 100), tree(), packed.Bytes())
	}
	hostile(t, "more than a chunk", file(1000), "inflates to more")
	hostile(t, "a chunk of many times the dataset", file(1<<26), "want chunks of at most")
}

// Strings that are all the same long object of the heap would take the square of the file's size.
func TestSharedStrings(t *testing.T) {
	const length, count = 1 << 16, 1 << 12
	heap := append([]byte("GCOL\x01\x00\x00\x00"), words(16+16+length, 1, length)...)
	heap = append(heap, bytes.Repeat([]byte("a"), length)...)
	values := datasetAt + 1024
	var strings bytes.Buffer
	for range count {
		strings.Write(binary.LittleEndian.AppendUint32(nil, length))
		strings.Write(words(uint64(values + count*16)))
		strings.Write(binary.LittleEndian.AppendUint32(nil, 1))
	}
	space := append([]byte{1, 1, 0, 0, 0, 0, 0, 0}, words(count)...)
	typ := []byte{0x19, 1, 0, 0, 16, 0, 0, 0, 0x10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0}
	header := objectHeader(rawMessage(msgDataspace, space), rawMessage(msgDatatype, typ),
		rawMessage(msgLayout, append([]byte{3, 1}, words(uint64(values), count*16)...)))
	b := craftDataset(header, make([]byte, values-datasetAt-len(header)), strings.Bytes(), heap)
	f, err := Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	root, err := f.Root()
	if err != nil {
		t.Fatal(err)
	}
	d, err := root.Dataset("x")
	if err != nil {
		t.Fatal(err)
	}
	used := memory(func() { _, err = d.Strings(count) })
	if err == nil || !errors.As(err, new(*FormatError)) || used > 8*uint64(len(b)) {
		t.Errorf("got %v with %d bytes of memory for a file of %d", err, used, len(b))
	}
}
