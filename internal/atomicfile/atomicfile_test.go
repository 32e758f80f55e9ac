package atomicfile

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/pkg/errors"
)

// put returns a callback that writes s in two pieces.
func put(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		if _, err := io.WriteString(w, s[:len(s)/2]); err != nil {
			return err
		}
		_, err := io.WriteString(w, s[len(s)/2:])
		return err
	}
}

// wantFolder checks that dir holds exactly one file, with this name and this content. So no hidden
// file is left.
func wantFolder(t *testing.T, dir, name, content string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != name {
		t.Fatalf("the folder holds %v, want only %s", entries, name)
	}
	got, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != content {
		t.Fatalf("content %.40q, want %.40q", got, content)
	}
}

func TestWriteReplaces(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "model")
	for _, s := range []string{"old and longer", "new", "", strings.Repeat("long ", 1<<16)} {
		if err := Write(path, put(s)); err != nil {
			t.Fatal(err)
		}
		wantFolder(t, dir, "model", s)
	}
}

func TestWriteRelative(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := Write("model", put("new")); err != nil {
		t.Fatal(err)
	}
	wantFolder(t, ".", "model", "new")
}

func TestWriteModeOfPlainCreate(t *testing.T) {
	plain, ours := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(plain, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := Write(ours, put("new")); err != nil {
		t.Fatal(err)
	}
	want, err := os.Stat(plain)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.Stat(ours)
	if err != nil {
		t.Fatal(err)
	}
	if got.Mode() != want.Mode() {
		t.Errorf("mode %v, want %v", got.Mode(), want.Mode())
	}
}

func TestErrorInCallbackKeepsOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "model")
	if err := Write(path, put("old")); err != nil {
		t.Fatal(err)
	}
	bad := errors.New("the third weight is not finite")
	err := Write(path, func(w io.Writer) error {
		if err := put(strings.Repeat("new", 1<<16))(w); err != nil {
			return err
		}
		return bad
	})
	if !errors.Is(err, bad) || err.Error() != "cannot write "+path+": the third weight is not finite" {
		t.Errorf("error %v", err)
	}
	wantFolder(t, dir, "model", "old")
}

func TestPanicInCallbackKeepsOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "model")
	if err := Write(path, put("old")); err != nil {
		t.Fatal(err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		Write(path, func(io.Writer) error { panic("mistake") })
	}()
	wantFolder(t, dir, "model", "old")
}

func TestWriteRefuses(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "none", "model")
	tests := []struct{ path, want string }{
		{missing, "cannot create a file in its folder: "},
		{dir, "want a file, got a folder"},
	}
	if runtime.GOOS != "windows" {
		tests = append(tests, struct{ path, want string }{os.DevNull, "want a regular file, got mode D"})
	}
	for _, tt := range tests {
		err := Write(tt.path, put("new"))
		if err == nil || !strings.HasPrefix(err.Error(), "cannot write "+tt.path+": "+tt.want) {
			t.Errorf("%s: error %v, want %q", tt.path, err, tt.want)
		}
	}
	if err := Write(missing, put("new")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v does not wrap fs.ErrNotExist", err)
	}
}

func TestConcurrentWritersLeaveOneContent(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: Windows may refuse a rename while another is under way")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "model")
	a, b := strings.Repeat("a", 1<<18), strings.Repeat("b", 1<<18)
	var wg sync.WaitGroup
	for _, s := range []string{a, b} {
		wg.Go(func() {
			for range 10 {
				if err := Write(path, put(s)); err != nil {
					t.Error(err)
				}
				got, err := os.ReadFile(path)
				if err != nil {
					t.Error(err)
				}
				if !bytes.Equal(got, []byte(a)) && !bytes.Equal(got, []byte(b)) {
					t.Error("the file holds neither content")
				}
			}
		})
	}
	wg.Wait()
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	wantFolder(t, dir, "model", string(got))
}

// A name may be as long as the file system allows, although the hidden file needs a name, too.
func TestLongName(t *testing.T) {
	path := filepath.Join(t.TempDir(), strings.Repeat("é", 127))
	if err := Write(path, func(w io.Writer) error { _, err := w.Write([]byte("x")); return err }); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "x" {
		t.Errorf("got %q, %v", got, err)
	}
}
