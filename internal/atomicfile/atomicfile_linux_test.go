package atomicfile

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/pkg/errors"
)

// TestFullDisk fills a file system of 64 KiB. Only root can mount it.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("SKIPPED: a full disk needs a small tmpfs, and mounting one failed: %v", err)
	}
	defer func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	}()
	path := filepath.Join(dir, "model")
	if err := Write(path, put("old")); err != nil {
		t.Fatal(err)
	}
	err := Write(path, put(strings.Repeat("x", 1<<18)))
	if err == nil || err.Error() != "cannot write "+path+": no space left on device" {
		t.Errorf("error %v", err)
	}
	wantFolder(t, dir, "model", "old")
}

// TestFullDevice needs no root. Every write to /dev/full fails as it does on a full disk, at the
// latest when the buffer is flushed.
func TestFullDevice(t *testing.T) {
	for _, size := range []int{10, 1 << 20} {
		f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			t.Skipf("SKIPPED: %v", err)
		}
		defer f.Close()
		err = fill(f, func(w io.Writer) error {
			_, err := w.Write(bytes.Repeat([]byte("x"), size))
			return err
		})
		if !errors.Is(err, syscall.ENOSPC) || err.Error() != "no space left on device" {
			t.Errorf("%d bytes: error %v", size, err)
		}
	}
}

func TestUnwritableFolder(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("SKIPPED: root may write to every folder; run as another user")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "model")
	err := Write(path, put("new"))
	if err == nil || err.Error() != "cannot write "+path+": cannot create a file in its folder: permission denied" {
		t.Errorf("error %v", err)
	}
}
