package main

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/run"
)

// rewritten returns a safetensors file with a changed header, and with the length of the new
// header.
func rewritten(file string, change func(header string) string) []byte {
	n := binary.LittleEndian.Uint64([]byte(file))
	header := change(file[8 : 8+n])
	return append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header+file[8+n:]...)
}

// replaced returns a safetensors file in which one part of the header is replaced by another. The
// header must hold that part.
func replaced(t *testing.T, file, old, by string) []byte {
	t.Helper()
	return rewritten(file, func(header string) string {
		if !strings.Contains(header, old) {
			t.Fatalf("the header %s lacks %s", header, old)
		}
		return strings.Replace(header, old, by, 1)
	})
}

// damages returns damaged copies of a model file, each with a text that the message must contain.
func damages(t *testing.T, file string) map[string]struct {
	text []byte
	want string
} {
	t.Helper()
	type damaged = struct {
		text []byte
		want string
	}
	nan := []byte(file)
	binary.LittleEndian.PutUint32(nan[len(nan)-4:], math.Float32bits(float32(math.NaN())))
	lie := []byte(file)
	binary.LittleEndian.PutUint64(lie, 1<<40)
	late := []byte(file)
	binary.LittleEndian.PutUint64(late, uint64(len(file)))
	name := `"encoder/encoder_dense_2/bias":`
	_, entry, _ := strings.Cut(file, name)
	entry = entry[:strings.Index(entry, "}")+1]
	return map[string]damaged{
		"empty":        {nil, "0 bytes"},
		"head.cut":     {[]byte(file[:5]), "5 bytes"},
		"header.cut":   {[]byte(file[:200]), "truncated"},
		"data.cut":     {[]byte(file[:len(file)-1]), "truncated"},
		"too.long":     {[]byte(file + "\x00"), "too long"},
		"length.lies":  {lie, "header"},
		"length.late":  {late, "header"},
		"no.json":      {rewritten(file, func(h string) string { return "x" + h[1:] }), "header"},
		"duplicate":    {replaced(t, file, name, name+entry+","+name), "encoder/encoder_dense_2/bias"},
		"overlap":      {replaced(t, file, name+entry, name+strings.Replace(entry, `"data_offsets":[`, `"data_offsets":[0,8],"x":[`, 1)), "encoder/encoder_dense_2/bias"},
		"range":        {replaced(t, file, `"data_offsets":[0,`, `"data_offsets":[0,9`), "data_offsets"},
		"nan":          {nan, "NaN"},
		"kind":         {replaced(t, file, `\"kind\":\"LeakyReLU\"`, `\"kind\":\"LeakyTanh\"`), "LeakyTanh"},
		"version":      {replaced(t, file, `"gorgonae.format":"1"`, `"gorgonae.format":"2"`), "got version 2"},
		"architecture": {replaced(t, file, `gorgonae.architecture`, `gorgonae.architectura`), "no architecture"},
		"units":        {replaced(t, file, `{\"units\":8}`, `{\"units\":9}`), "shape"},
	}
}

func TestDamagedModel(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "run")...)
	file := read(t, "run/model.safetensors")
	writeNPY(t, "codes.npy", "<f4", []int{1, 2}, []float32{1, 2})
	for name, d := range damages(t, file) {
		name = "F." + name
		write(t, name, d.text)
		refused(t, []string{"cannot read " + name + ": ", d.want}, "evaluate", name, "--data", "pics")
		refused(t, []string{"cannot read " + name + ": "}, "decode", name, "codes.npy")
		refused(t, []string{"cannot read " + name + ": "}, "summary", name)
	}
	if dirs := names(t, "."); strings.Contains(strings.Join(dirs, " "), "decoded") {
		t.Errorf("decode has left %q", dirs)
	}
	for _, args := range [][]string{{"evaluate"}, {"encode"}, {"figures"}, {"summary"}, {"decode", "codes.npy"}} {
		command := append(args[:1:1], append([]string{"no-such-file"}, args[1:]...)...)
		refused(t, []string{"cannot read no-such-file: no such file"}, command...)
		command[1] = "pics"
		refused(t, []string{"cannot read pics/model.safetensors: no such file"}, command...)
		command[1] = "pics/000.png"
		refused(t, []string{"cannot read pics/000.png: "}, command...)
		command[1] = os.DevNull
		refused(t, []string{"cannot read " + os.DevNull}, command...)
	}
}

// A command refuses a model that does not fit the data or lacks what it needs, and refuses it
// before it starts to work.
func TestUnfitModel(t *testing.T) {
	slow(t)
	workplace(t)
	pictures(t, "large", 20, 9, 1)
	works(t, quick("--out", "run")...)
	file := read(t, "run/model.safetensors")
	for name, c := range map[string]struct{ old, by, want string }{
		"no.data":   {`"data":`, `"date":`, "height and width"},
		"bad.data":  {`\"height\":8`, `\"height\":x`, `"data"`},
		"side.data": {`\"height\":8`, `\"height\":4`, "4 x 8"},
		"huge.data": {`\"height\":8`, `\"height\":2305843009213693960`, "height and width"},
	} {
		write(t, name, replaced(t, file, c.old, c.by))
		refused(t, []string{name, c.want}, "evaluate", name, "--data", "pics")
	}
	for name, c := range map[string]struct{ old, by, want string }{
		"no.training": {`"training.settings":`, `"training.letting":`, `want metadata "training.settings" of a training, got none`},
		"no.epochs":   {`\n1,`, `\n2,`, "epoch 1"},
		"no.seed":     {`\"seed\":\"1\"`, `\"seed\":\"x\"`, `the seed of the training, got "x"`},
	} {
		write(t, name, replaced(t, file, c.old, c.by))
		refused(t, []string{name, c.want}, "figures", name, "--data", "pics", "--out", "drawn")
	}
	if exists("drawn") {
		t.Errorf("drawn although refused: %q", names(t, "drawn"))
	}
	refused(t, []string{`"pics"`, "--data"}, "evaluate", "run")
	refused(t, []string{`"pics"`, "--data"}, "encode", "run")
	refused(t, []string{`"pics"`, "--data"}, "figures", "run")
	for _, command := range []string{"evaluate", "encode", "figures"} {
		refused(t, []string{"large", "9 x 9", "8 x 8"}, command, "run", "--data", "large")
	}
	refused(t, []string{"large", "9 x 9", "8 x 8"}, "encode", "run", "--images", "large")
	for _, command := range []string{"evaluate", "encode"} {
		refused(t, []string{`--split: want train or test, got "all"`}, command, "run", "--data", "no-such-data", "--split", "all")
	}
	if exists("codes.npy") {
		t.Error("codes were written although encode was refused")
	}
}

// Weights must have the model's names and shapes.
func TestUnfitWeights(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "run")...)
	file := read(t, "run/model.safetensors")
	for name, d := range damages(t, file) {
		if name == "kind" || name == "architecture" || name == "units" { // a file that is read only for its weights needs no architecture
			continue
		}
		name = "F." + name
		write(t, name, d.text)
		refused(t, []string{name, d.want}, quick("--out", "new", "--weights", name)...)
	}
	write(t, "name", replaced(t, file, `"encoder/encoder_dense_1/bias":`, `"encoder/encoder_dense_1/bios":`))
	refused(t, []string{"cannot load weights from name: ", "encoder_dense_1/bios"}, quick("--out", "new", "--weights", "name")...)
	path := filepath.Join("run", run.ModelName)
	refused(t, []string{"cannot load weights from " + path, "want shape (9)"}, quick("--out", "new", "--weights", path, "--hidden=9")...)
	refused(t, []string{"cannot load weights from " + path}, quick("--out", "new", "--weights", path, "--latent", "3")...)
	if exists("new") {
		t.Errorf("the refused command left a folder with %q", names(t, "new"))
	}
}
