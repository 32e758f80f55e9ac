package pytorch

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/safetensors"
)

// FuzzFill imports files of any content: they fill all weights, or give an error and change none.
func FuzzFill(f *testing.F) {
	for _, names := range [][]string{{"0", "2", "4", "6"}, {"_orig_mod.enc.0", "enc.mu", "dec.0", "dec.2"}, {"a", "b", "c", "d"}} {
		var b bytes.Buffer
		if err := safetensors.Write(&b, dictionary(names, [][]int{{3, 4}, {2, 3}, {3, 2}, {4, 3}})); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes(), []byte(`{"ignore": ["x"], "decoder/decoder_dense_1/kernel": "0.weight.T"}`))
		f.Add(b.Bytes(), []byte(`{"encoder/encoder_dense_1/kernel": ["a.weight"], "encoder/encoder_dense_1/bias": null}`))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, file, names []byte) {
		path := filepath.Join(dir, "state")
		if err := os.WriteFile(path, file, 0o666); err != nil {
			t.Fatal(err)
		}
		m, err := ParseMap(names)
		if err != nil {
			m = Map{}
		}
		s, err := Read(path, m.Ignores)
		if err != nil {
			return
		}
		s.Size()
		config := autoencoder.NewDeep()
		if _, err := s.Adapt(config, func(string) bool { return false }); err != nil {
			t.Fatalf("settings of the file: %v", err)
		}
		config = autoencoder.NewDeep()
		config.Hidden, config.Latent = []int{3}, 2
		ae, err := config.Build([]int{1, 2, 2})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Fill(ae, images.Size{Channels: 1, Height: 2, Width: 2}, m)
		if failed, ok := err.(*MatchError); ok {
			if _, err := failed.Template(); err != nil || failed.Lists(&bytes.Buffer{}) != nil {
				t.Fatalf("the template: %v", err)
			}
		}
		if ready := ae.Model.Ready(); (ready == nil) != (err == nil) {
			t.Fatalf("the error is %v, and the weights are ready: %v", err, ready)
		}
	})
}
