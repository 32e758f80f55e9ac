package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
)

// zipped returns a ZIP file of members with these names.
func zipped(t *testing.T, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		if _, err := w.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// tensorsFile returns a safetensors file of tensors with these names, each of one number.
func tensorsFile(names ...string) []byte {
	var head []string
	for i, name := range names {
		head = append(head, fmt.Sprintf(`"%s":{"dtype":"F32","shape":[1],"data_offsets":[%d,%d]}`, name, 4*i, 4*i+4))
	}
	text := "{" + strings.Join(head, ",") + "}"
	return append(append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...), make([]byte, 4*len(names))...)
}

// What holds no model that can be imported is named, whatever its suffix, with what to do.
func TestImportOther(t *testing.T) {
	workplace(t)
	pickle := "\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x01a\x94K\x01s."
	write(t, "saved/saved_model.pb", []byte("\x08\x01\x12\x02\x0a\x00"))
	write(t, "checkpoints/model.ckpt.index", []byte("x"))
	write(t, "hub/model.safetensors", tensorsFile("a"))
	write(t, "plain/notes.txt", []byte("x"))
	for name, one := range map[string]struct{ content, texts string }{
		"pickle.keras": {pickle, "got a pickle of Python, which can run any program|model.save(\"model.keras\")"},
		"pickle.h5":    {pickle, "got a pickle of Python|safetensors.torch.save_file(model.state_dict(), \"pickle.safetensors\")"},
		"model.pt":     {pickle, "got a pickle of PyTorch|torch.load(\"model.pt\""},
		"torch.keras":  {string(zipped(t, "archive/data.pkl")), "got a pickle of PyTorch|torch.load(\"torch.keras\""},
		"script.pt":    {string(zipped(t, "m/code/x.py", "m/constants.pkl")), "torch.jit.load(\"script.pt\", map_location=\"cpu\").state_dict().items()"},
		"nested.keras": {string(zipped(t, "ae/metadata.json", "ae/config.json")), "got it in the folder \"ae\": pack what is in that folder"},
		"arrays.npz":   {string(zipped(t, "w.npy")), "got a NumPy archive (.npz), which does not say what its arrays belong to"},
		"saved.zip":    {string(zipped(t, "m/saved_model.pb")), "got a SavedModel of TensorFlow in a ZIP file"},
		"empty.keras":  {"", "got an empty file"},
		"model.onnx":   {"\x08\x08\x12\x07pytorch\x1a\x032.1", "got an ONNX model"},
		"model.tflite": {"\x1c\x00\x00\x00TFL3\x00\x00", "got a TensorFlow Lite model|import the Keras model"},
		"model.json":   {`{"class_name":"Functional","config":{"layers":[]}}`, "got the layers of a model of Keras alone|--config model.json"},
		"index.json":   {`{"metadata":{},"weight_map":{"a":"model-00001-of-00002.safetensors"}}`, "got the list of a model in several"},
		"saved":        {"", "got a SavedModel of TensorFlow|.save(\"model.h5\")"},
		"checkpoints":  {"", "got a checkpoint of TensorFlow|model.load_weights"},
		"hub":          {"", "got a folder: name the file in it: hub/model.safetensors"},
		"plain":        {"", "got a folder"},
		"bert.safetensors": {string(tensorsFile("bert.encoder.layer.0.attention.self.query.weight", "bert.pooler.weight")),
			"got those of a transformer, such as bert.encoder.layer.0.attention.self.query.weight"},
		"lora.safetensors": {string(tensorsFile("unet.lora_A.weight")), "got those of a transformer, such as unet.lora_A.weight"},
	} {
		if !exists(name) {
			write(t, name, []byte(one.content))
		}
		refused(t, strings.Split(one.texts, "|"), "import", name, "--out", "made")
	}
	if exists("made") {
		t.Error("a folder is left")
	}
}
