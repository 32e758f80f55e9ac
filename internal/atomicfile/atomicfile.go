// Package atomicfile replaces a file as a whole, so that a reader, a crash or
// a full disk never meets half of it: at any time the path holds either the
// old content or the new.
package atomicfile

import (
	"bufio"
	"crypto/rand"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"github.com/pkg/errors"
)

// Write makes the file at path hold what write gives to w, with the
// permissions of a file newly created. The content goes to a hidden file
// .NAME.tmp* in the same folder, which is synced and then renamed to path.
//
// w is buffered; it must not be used after write has returned. If anything
// fails, an error of write included, the hidden file is removed and the old
// file stays as it was. The only later failure is that of syncing the folder
// after the rename: the new content is then in place, but a power cut may
// bring back the old. A process that is killed leaves its hidden file behind.
//
// The error names path and the fault, each once, and wraps the fault. A path
// that holds something other than a file, such as a folder or a device, is
// refused; a symbolic link to a file is replaced by a file.
//
// Several writers may call Write for one path at once; the last rename wins.
func Write(path string, write func(w io.Writer) error) error {
	return errors.WithMessagef(replace(path, write), "cannot write %s", path)
}

func replace(path string, write func(w io.Writer) error) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return errors.New("it is a folder, want a file")
	} else if err == nil && !info.Mode().IsRegular() {
		return errors.Errorf("it is not a regular file (mode %v)", info.Mode())
	}
	dir, name := filepath.Split(path)
	tmp := filepath.Join(dir, hidden(name)+rand.Text())
	// os.CreateTemp would hide the file from all other users; this mode is
	// narrowed by the umask, as for any file.
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return errors.WithMessage(Fault(err), "cannot create a file in its folder")
	}
	renamed := false
	defer func() { // deferred, so that a panic in write removes the file too
		if !renamed {
			f.Close()
			os.Remove(tmp)
		}
	}()
	if err := fill(f, write); err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return Fault(err)
	}
	renamed = true
	return errors.WithMessage(syncFolder(filepath.Dir(path)), "cannot sync its folder")
}

// hidden is how the names of the hidden files for a file begin.
func hidden(name string) string { return "." + name + ".tmp" }

// Leftover reports whether a file of this name is one that a process left
// behind that was killed while it wrote the file of, in the same folder.
func Leftover(name, of string) bool { return strings.HasPrefix(name, hidden(of)) }

// fill writes the content, forces it to the disk and closes f. Without the
// sync a file system may carry out the rename before the content.
func fill(f *os.File, write func(w io.Writer) error) error {
	w := bufio.NewWriterSize(plainWriter{f}, 1<<16)
	if err := write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return Fault(err)
	}
	return Fault(f.Close())
}

// syncFolder forces a rename in the folder to the disk. Windows has no such
// call; some file systems refuse it, and a folder may be writable but not
// readable: the file is complete all the same, so that is no failure.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if errors.Is(err, fs.ErrPermission) {
		return nil
	}
	if err != nil {
		return Fault(err)
	}
	defer d.Close()
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		return nil
	}
	return Fault(err)
}

// plainWriter reports a failed write without the name of the hidden file,
// which means nothing to a user.
type plainWriter struct{ f *os.File }

func (w plainWriter) Write(p []byte) (int, error) {
	n, err := w.f.Write(p)
	return n, Fault(err)
}

// Fault is the innermost reason in an error of package os, without the
// operation and the name of the file, for messages that name it themselves.
func Fault(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
