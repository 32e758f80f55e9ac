// Package sniff names files by their first bytes. Readers use it for a file of another format: its
// name in an error tells a user more than what the reader missed in the bytes.
package sniff

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"
)

// Len is how many of its first bytes a file is known by.
const Len = 512

// Name says what a file is and what to do with it, such as "a PyTorch file (.pt): save ...". first are
// its first bytes, at most Len of them. The name is "" if no format is known that begins so.
func Name(first []byte) string {
	for _, f := range formats {
		if bytes.HasPrefix(first, []byte(f.magic)) {
			return f.name
		}
	}
	if bytes.HasPrefix(first, []byte("PK\x03\x04")) {
		return archive(first)
	}
	if len(first) > 8 && string(first[4:8]) == "TFL3" {
		return "a TensorFlow Lite model (.tflite), whose weights are made for running: import the Keras model that it was made of"
	}
	if isONNX(first) {
		return "an ONNX model (.onnx): save the model from the library that trained it, as .keras, or its state dictionary as safetensors"
	}
	if isSafetensors(first) {
		return "a safetensors file, which holds a model: name it where a model is wanted"
	}
	return text(first)
}

// Names of formats of which several begin alike.
const (
	npz   = "a NumPy archive (.npz): name it FILE.npz where an array is wanted"
	torch = "a PyTorch file (.pt): save tensors with safetensors.torch.save_file, or an array with numpy.save"
	keras = "a Keras model (.keras): save its weights with safetensors.numpy.save_file, or an array with numpy.save"
)

var formats = []struct{ magic, name string }{
	{"version https://git-lfs.github.com/spec/", "a pointer of Git LFS, which stands for a file elsewhere: fetch the file with git lfs pull"},
	{"\x93NUMPY", "a NumPy array (.npy): name it where an array is wanted"},
	{"\x8bGAE", "a compressed file of images (.gae): gorgonae decompress writes its images"},
	{"\x89HDF\r\n\x1a\n", "an HDF5 file (.h5): save its weights with safetensors.numpy.save_file, or an array with numpy.save"},
	{"\x80\x02\x8a\x0al\xfc\x9cF\xf9\x20j\xa8P\x19", torch}, // a pickle of PyTorch's magic number, before version 1.6
	{"\x80\x02", pickle}, {"\x80\x03", pickle}, {"\x80\x04", pickle}, {"\x80\x05", pickle},
	{"\x1f\x8b", "a gzip file (.gz): unpack it with gunzip"},
	{"\x89PNG\r\n\x1a\n", "a PNG image: name it where images are wanted"},
	{"\xff\xd8\xff", "a JPEG image: name it where images are wanted"},
	{"%PDF-", "a PDF document"},
	{"GGUF", "a GGUF file, which holds a language model, not an autoencoder of images"},
	{"\x08\x01\x12", "a SavedModel of TensorFlow (saved_model.pb): save the model as one file, .keras or .h5, with the Keras that made it"},
}

const pickle = "a Python pickle: save tensors with safetensors.torch.save_file, or an array with numpy.save"

// IsArrays reports whether a file is a ZIP archive whose first member is an array, as NumPy writes it (.npz).
func IsArrays(first []byte) bool { return strings.HasSuffix(firstMember(first), ".npy") }

// firstMember returns the name of the first member of a ZIP archive, or "".
func firstMember(first []byte) string {
	const header = 30 // bytes before the name
	if len(first) < header || !bytes.HasPrefix(first, []byte("PK\x03\x04")) {
		return ""
	}
	n := int(binary.LittleEndian.Uint16(first[26:]))
	return string(first[header:min(len(first), header+n)])
}

// archive names a ZIP archive by the name of its first member.
func archive(first []byte) string {
	switch name := firstMember(first); {
	case IsArrays(first):
		return npz
	case strings.HasSuffix(name, "data.pkl"):
		return torch
	case name == "metadata.json" || name == "config.json" || name == "model.weights.h5":
		return keras
	}
	return "a ZIP archive: unpack it"
}

// isONNX reports whether bytes begin a message of Protocol Buffers as ONNX's ModelProto does: field 1, the version
// of the format, from 3 on, then field 2, the name of the program that wrote it.
func isONNX(first []byte) bool {
	const head = 4
	if len(first) < head || first[0] != 0x08 || first[1] < 3 || first[1] > 0x1f || first[2] != 0x12 {
		return false
	}
	n := int(first[3])
	if n == 0 || n > 0x7f || len(first) < head+n {
		return false
	}
	return !bytes.ContainsFunc(first[head:head+n], func(r rune) bool { return r < ' ' || r > '~' })
}

// isSafetensors says if bytes are a length and the beginning of a JSON object.
func isSafetensors(first []byte) bool {
	return len(first) > 8 && first[8] == '{' && binary.LittleEndian.Uint64(first) < 1<<32
}

// text names a file of text.
func text(first []byte) string {
	whole := first
	for range utf8.UTFMax - 1 { // the last character may be cut
		if len(whole) == 0 || utf8.Valid(whole) {
			break
		}
		whole = whole[:len(whole)-1]
	}
	if len(whole) == 0 || !utf8.Valid(whole) || bytes.ContainsFunc(whole, func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\n\r\f", r) }) {
		return ""
	}
	start := strings.ToLower(strings.TrimLeft(string(whole), "\ufeff \t\r\n"))
	if strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<html") {
		return "an HTML page, perhaps the page of a download: download the file itself"
	}
	return "a file of text"
}
