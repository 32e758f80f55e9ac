package run_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/gorgonae/gorgonae/run"
)

// While a run trains, no other trains in its folder. Afterwards nothing is left of the lock, and a lock
// that a killed process left does not matter.
func TestOneTrainingInAFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	s := settings(t, "tutorial")
	tried := false
	_, err := begin(t, s, run.Place{Dir: dir}).Train(t.Context(), run.Hooks{Begin: func() error {
		tried = true
		_, err := begin(t, s, run.Place{Dir: dir, Resume: true}).Train(t.Context(), run.Hooks{})
		if busy := (*run.BusyError)(nil); !errors.As(err, &busy) || busy.Dir != dir {
			t.Errorf("a second training in the folder gives %v", err)
		}
		return nil
	}})
	if err != nil || !tried {
		t.Fatal(err)
	}
	lock := filepath.Join(dir, ".training.lock")
	if _, err := os.Stat(lock); !os.IsNotExist(err) {
		t.Errorf("the lock is left behind (%v)", err)
	}
	if err := os.WriteFile(lock, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := begin(t, s, run.Place{Dir: dir, Resume: true}).Train(t.Context(), run.Hooks{}); err != nil {
		t.Errorf("a lock that was left gives %v", err)
	}
}
