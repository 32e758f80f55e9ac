package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/pkg/errors"
)

func TestProfiles(t *testing.T) {
	dir := t.TempDir()
	p := profiles{cpu: filepath.Join(dir, "cpu"), mem: filepath.Join(dir, "mem"), trace: filepath.Join(dir, "trace")}
	failed := errors.New("failed")
	if err := p.record(func() error { return failed }); err != failed {
		t.Errorf("%v, want the error of what was recorded", err)
	}
	for _, path := range []string{p.cpu, p.mem, p.trace} {
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%s was not written (%v)", path, err)
		}
	}
	p = profiles{cpu: filepath.Join(dir, "missing", "cpu")}
	if err := p.record(func() error { t.Error("ran without its profile"); return nil }); err == nil {
		t.Error("a profile in a folder that does not exist was accepted")
	}
}
