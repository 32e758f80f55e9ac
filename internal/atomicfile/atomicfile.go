// Package atomicfile replaces a file as a whole. At any time the path holds either the whole old
// content or the whole new content, even if the program crashes or the disk is full.
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
	"time"

	"github.com/pkg/errors"
)

// Write replaces the content of the file at path by the bytes that write sends to w. The file gets
// the permissions of a new file. The content first goes to a hidden file .NAME.tmp* in the same
// folder. Write syncs that file to the disk and then renames it to path.
//
// w is buffered. It must not be used after write has returned. If something fails, for example
// write itself, Write removes the hidden file and the old file stays unchanged. There is one
// exception: if the sync of the folder after the rename fails, the new content is already in place,
// but a power failure may bring the old content back. A process that is killed leaves its hidden
// file behind.
//
// The error names the path and the fault, each once, and wraps the fault. Write refuses the path of
// a folder or a device. It replaces a symbolic link to a file by a file.
//
// Several writers may call Write for one path at once; the last rename wins.
func Write(path string, write func(w io.Writer) error) error {
	return errors.WithMessagef(replace(path, write), "cannot write %s", path)
}

func replace(path string, write func(w io.Writer) error) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return errors.New("want a file, got a folder")
	} else if err == nil && !info.Mode().IsRegular() {
		return errors.Errorf("want a regular file, got mode %v", info.Mode())
	}
	dir, name := filepath.Split(path)
	tmp := filepath.Join(dir, hidden(name)+rand.Text())
	// os.CreateTemp would make a file that other users cannot read. The umask narrows this mode, as
	// for any new file.
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return errors.WithMessage(Fault(err), "cannot create a file in its folder")
	}
	renamed := false
	defer func() { // deferred, so that the file is removed even if write panics
		if !renamed {
			f.Close()
			os.Remove(tmp)
		}
	}()
	if err := fill(f, write); err != nil {
		return err
	}
	if err := rename(tmp, path); err != nil {
		return Fault(err)
	}
	renamed = true
	return errors.WithMessage(syncFolder(filepath.Dir(path)), "cannot sync its folder")
}

// rename renames a file. On Windows that fails while another program has the old file open, so it is
// tried for half a second.
func rename(from, to string) error {
	err := os.Rename(from, to)
	for tries := 0; err != nil && runtime.GOOS == "windows" && tries < 10; tries++ {
		time.Sleep(50 * time.Millisecond)
		err = os.Rename(from, to)
	}
	return err
}

// hidden returns the prefix of the names of the hidden files that belong to a file. File systems
// allow names of 255 bytes, and a hidden name is longer than the file's.
func hidden(name string) string {
	const room = 200
	if len(name) > room {
		name = strings.ToValidUTF8(name[:room], "")
	}
	return "." + name + ".tmp"
}

// Leftover reports whether name belongs to a hidden file of Write for the file named of. Such a
// file exists if a process was killed during Write.
func Leftover(name, of string) bool { return strings.HasPrefix(name, hidden(of)) }

// fill writes the content, syncs it to the disk and closes f. Without the sync, a file system may
// store the rename before it stores the content.
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

// syncFolder syncs a rename in the folder to the disk. It returns no error if the system cannot do
// that, because the file is complete without it: Windows has no such call, some file systems refuse
// it, and a folder may be writable but not readable.
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

// plainWriter reports a failed write without the name of the hidden file, because a user does not
// know that name.
type plainWriter struct{ f *os.File }

func (w plainWriter) Write(p []byte) (int, error) {
	n, err := w.f.Write(p)
	return n, Fault(err)
}

// Fault returns the cause inside an error of package os, without the operation and the name of the
// file. It is for messages that name the file themselves.
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
