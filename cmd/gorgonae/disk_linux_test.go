package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// smallDisk mounts a file system of some kilobytes.
func smallDisk(t *testing.T, dir string, kilobytes int) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dk", kilobytes)); err != nil {
		t.Skipf("SKIPPED, A FULL DISK IS NOT TESTED: only root can mount a small one (%v)", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}

// fill uses all free space on a disk, up to the last page.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for page := make([]byte, 4096); err == nil; {
		_, err = f.Write(page)
	}
}

// A run on a full disk ends with an error. When there is space again, it continues from where it
// was.
func TestFullDisk(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "whole", "--epochs", "4")...)
	smallDisk(t, "disk", 2048)
	works(t, quick("--out", "disk/run")...)

	fill(t, "disk/filler")
	before := folderState(t, "disk/run")
	args := quick("--out", "disk/run", "--epochs", "4", "--resume")
	status, _, errs := call(t, args...)
	checkRefusal(t, status, errs, []string{"cannot write disk/run/", "no space left on device"}, args)
	wantSame(t, "disk/run", before)
	refused(t, []string{"cannot write disk/codes.npy: ", "no space left"}, "encode", "disk/run", "--images", "pics", "--out", "disk/codes.npy")
	refused(t, []string{"no space left"}, quick("--out", "disk/new")...)
	if got := names(t, "disk"); strings.Join(got, " ") != "filler run" {
		t.Errorf("the disk holds %q", got)
	}

	remove(t, "disk", "filler")
	works(t, args...)
	wantResult(t, "disk/run", result(t, "whole"))
}

// The disk may become full at any write. The test enlarges the disk after each failure until the
// run fits.
func TestDiskFillsUp(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "whole")...)
	want := result(t, "whole")
	smallDisk(t, "disk", 4)
	args := quick("--out", "disk/run", "--resume")
	failed := 0
	for size := 4; ; size += size / 2 {
		if err := syscall.Mount("tmpfs", "disk", "tmpfs", syscall.MS_REMOUNT, fmt.Sprintf("size=%dk", size)); err != nil {
			t.Fatal(err)
		}
		status, _, errs := call(t, args...)
		if status == 0 {
			break
		}
		failed++
		checkRefusal(t, status, errs, []string{"no space left on device"}, args)
		if exists("disk/run") && strings.Contains(strings.Join(names(t, "disk/run"), " "), ".tmp") {
			t.Fatalf("half-written files are left: %q", names(t, "disk/run"))
		}
	}
	if failed < 5 {
		t.Errorf("the run failed %d times only", failed)
	}
	wantResult(t, "disk/run", want)
}

// A user who may not write to a folder gets an error that says so.
func TestUnwritableFolder(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "run")...)
	for _, dir := range []string{"closed", "run"} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(dir, 0o555); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(dir, 0o755) }) // so that it can be removed
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for dir := here; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) { // other users may not read test folders
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	before := folderState(t, "run")
	for _, c := range []struct {
		want string
		args []string
	}{
		{"closed/run: permission denied", quick("--out", "closed/run")},
		{"cannot write closed/", quick("--out", "closed")},
		{"closed/", quick("--out", "closed", "--resume")},
		{"cannot make the folder ", quick()},
		{"cannot write run/", quick("--out", "run", "--resume", "--epochs", "3")},
		{"cannot write run/", quick("--out", "run", "--overwrite")},
		{"cannot write closed/c.npy", []string{"encode", "run", "--images", "pics", "--out", "closed/c.npy"}},
		{"cannot write run/", []string{"figures", "run", "--data", "pics"}},
	} {
		status, errs := asNobody(t, c.args...)
		checkRefusal(t, status, errs, []string{c.want, "permission denied"}, c.args)
	}
	wantSame(t, "run", before)
	if got := names(t, "closed"); len(got) > 0 {
		t.Errorf("closed holds %q", got)
	}
}

// If a stopped run cannot be saved, the program says so.
func TestStoppedOnFullDisk(t *testing.T) {
	workplace(t)
	pictures(t, "pics", 1500, 12, 4) // epochs so long that none ends before the signal comes
	smallDisk(t, "disk", 40<<10)
	cmd := program(t, "train", "--data", "pics", "--out", "disk/run", "--hidden", "2000,20", "--batch", "1")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, cmd, "results in disk/run")
	fill(t, "disk/filler")
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // the exit status is checked below
	_, errs := printed(t, cmd)
	checkRefusal(t, cmd.ProcessState.ExitCode(), errs, []string{"could not be saved", "no space left on device"}, cmd.Args[1:])
}

// asNobody runs the program without root's permissions.
func asNobody(t *testing.T, args ...string) (status int, errs string) {
	t.Helper()
	cmd := program(t, args...)
	if os.Getuid() == 0 {
		if !exists("program") {
			self, err := os.ReadFile(cmd.Path)
			if err == nil {
				err = os.WriteFile("program", self, 0o755)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		cmd.Path = "./program"
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	_ = cmd.Run() // the exit status is checked below
	_, errs = printed(t, cmd)
	return cmd.ProcessState.ExitCode(), errs
}
