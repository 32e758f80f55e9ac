package run

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/autoencoder"
)

// An adopted model is a run that has not begun: it is read, and its training begins with its weights.
func TestAdopt(t *testing.T) {
	s, err := NewSettings("tutorial")
	if err != nil {
		t.Fatal(err)
	}
	s.Config.(*autoencoder.Tutorial).Hidden = []int{9}
	on := TrainedOn{Name: "mnist", Height: 6, Width: 4}
	ae, err := autoencoder.Build(s.Config, on.Size().Shape())
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "run")
	if _, err := Adopt(ae, s, on, Place{Dir: dir}); err == nil || !strings.Contains(err.Error(), "no values yet") {
		t.Errorf("a model without values: got %v", err)
	}
	if err := ae.Model.Init(3); err != nil {
		t.Fatal(err)
	}
	if _, err := Adopt(ae, s, TrainedOn{Height: 5, Width: 4}, Place{Dir: dir}); err == nil || !strings.Contains(err.Error(), "24") {
		t.Errorf("images of another size: got %v", err)
	}
	if _, err := Adopt(ae, s, on, Place{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	m, err := Read(dir)
	if err != nil || m.Size() != on.Size() || m.Architecture() != "tutorial" || m.Trained() {
		t.Fatalf("the model is %+v (%v)", m, err)
	}
	for i, w := range ae.Model.Weights() {
		if got := m.Model.Weights()[i]; got.Name != w.Name || got.Data[0] != w.Data[0] {
			t.Errorf("weight %s became %s", w.Name, got.Name)
		}
	}
	began, err := ReadBegan(dir)
	if err != nil || began.Source != "mnist" || began.Settings.Config.(*autoencoder.Tutorial).Hidden[0] != 9 {
		t.Errorf("it began as %+v (%v)", began, err)
	}
	if err := os.Mkdir(filepath.Join(dir, lockName), 0o777); err != nil { // as on a file system without locks
		t.Fatal(err)
	}
	if warning, err := Adopt(ae, s, on, Place{Dir: dir, Overwrite: true}); err != nil || warning == nil || !strings.Contains(warning.Error(), "cannot lock") {
		t.Errorf("a folder that cannot be locked gives the warning %v (%v)", warning, err)
	}
	if err := os.Remove(filepath.Join(dir, lockName)); err != nil {
		t.Fatal(err)
	}
	if _, err := Adopt(ae, s, on, Place{Dir: dir}); !errors.As(err, new(*TakenError)) {
		t.Error("a run was replaced without being asked")
	}
	if _, err := Adopt(ae, s, on, Place{Dir: dir, Overwrite: true}); err != nil {
		t.Error(err)
	}
	if _, err := Adopt(ae, s, on, Place{}); err == nil {
		t.Error("no folder was taken")
	}
}
