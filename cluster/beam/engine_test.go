//go:build linux

package beam

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pkg/errors"
)

// programs are built once for all tests, into the folder built.
var programs struct {
	once sync.Once
	err  error
}

// program returns the path of gorgonae-beam; of prism, the SDK's local runner as a program of its own, which no worker
// shares a process with; or of boot, which starts workers in the SDK's containers.
func program(t *testing.T, name string) string {
	t.Helper()
	programs.once.Do(func() {
		if built, programs.err = os.MkdirTemp("", "gorgonae-beam-test-*"); programs.err != nil {
			return
		}
		const sdk = "github.com/apache/beam/sdks/v2/go/"
		for name, pkg := range map[string]string{"gorgonae-beam": "./cmd/gorgonae-beam", "prism": sdk + "cmd/prism", "boot": sdk + "container"} {
			build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", filepath.Join(built, name), pkg)
			build.Env = append(os.Environ(), "CGO_ENABLED=0")
			if out, err := build.CombinedOutput(); err != nil {
				programs.err = errors.Errorf("cannot build %s: %v: %s", name, err, out)
				return
			}
		}
	})
	if programs.err != nil {
		t.Fatal(programs.err)
	}
	return filepath.Join(built, name)
}

// prism starts an engine in a folder of its own. It returns the flags that choose it, and its process.
func prism(t *testing.T) (flags []string, process *os.Process) {
	t.Helper()
	port := freePort(t)
	return begin(t, exec.Command(program(t, "prism"), "--job_port", port, "--serve_http=false"), port)
}

// freePort returns a port that nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	free, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer free.Close()
	_, port, _ := net.SplitHostPort(free.Addr().String())
	return port
}

// begin starts the program of an engine in a folder of its own, and waits until it takes work at a port. It returns
// the flags that choose it, and its process.
func begin(t *testing.T, c *exec.Cmd, port string) (flags []string, process *os.Process) {
	t.Helper()
	var log bytes.Buffer
	c.Dir, c.Stderr = t.TempDir(), &log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, child := range children(t, c.Process.Pid) {
			kill(child)
		}
		c.Process.Kill()
		c.Wait()
		if t.Failed() {
			t.Logf("%s: %s", filepath.Base(c.Path), log.Bytes())
		}
	})
	for range 300 {
		if conn, err := net.Dial("tcp", "localhost:"+port); err == nil {
			conn.Close()
			return []string{"--runner", "universal", "--endpoint", "localhost:" + port}, c.Process
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("%s does not listen", filepath.Base(c.Path))
	return nil, nil
}

// processes returns all processes whose status file and command line are of a kind.
func processes(t *testing.T, is func(status, command string) bool) (pids []int) {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range all {
		status, _ := os.ReadFile(filepath.Join(dir, "status")) // it may have ended
		command, _ := os.ReadFile(filepath.Join(dir, "cmdline"))
		if pid, err := strconv.Atoi(filepath.Base(dir)); err == nil && is(string(status), string(command)) {
			pids = append(pids, pid)
		}
	}
	return pids
}

func children(t *testing.T, pid int) []int {
	t.Helper()
	return processes(t, func(status, _ string) bool { return strings.Contains(status, fmt.Sprintf("\nPPid:\t%d\n", pid)) })
}

func kill(pid int) {
	if p, err := os.FindProcess(pid); err == nil {
		p.Kill()
	}
}

// elsewhere returns the command in an empty folder, with no source of it around and no Go on the path. It is ended
// after a minute.
func elsewhere(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), "timeout", append([]string{"--signal=KILL", "60", program(t, "gorgonae-beam")}, args...)...)
	c.Dir = t.TempDir()
	c.Env = []string{"PATH=" + t.TempDir(), "TMPDIR=" + t.TempDir()}
	return c
}

// succeeds runs the command, and returns what it prints.
func succeeds(t *testing.T, c *exec.Cmd) string {
	t.Helper()
	var out, log bytes.Buffer
	c.Stdout, c.Stderr = &out, &log
	if err := c.Run(); err != nil {
		t.Fatalf("%v: %v: %s", c.Args, err, log.Bytes())
	}
	return out.String()
}

// wantedSums returns the checksums of what a loop makes of archives.
func wantedSums(t *testing.T, model string, archives []string) map[string]string {
	t.Helper()
	w := Work{Task: CompressTask, Model: model, Out: t.TempDir()}
	w.Like = filepath.Join(w.Out, CodecName)
	if err := FitCodec(t.Context(), w, archives, w.Like); err != nil {
		t.Fatal(err)
	}
	loop(t, w, archives)
	return sums(t, w.Out)
}

// The command, alone in an empty folder, gives work to another engine, whose workers are in other folders and run
// this same program.
func TestElsewhere(t *testing.T) {
	model, archives := trained(t), drawn(t, 4, 50)
	want := wantedSums(t, model, archives)
	engine, _ := prism(t)
	staged := t.TempDir()
	// boot gets the worker's program from the engine, as in a container. Prism quotes the worker's name as for a shell.
	// The program ends when boot does, here.
	script := filepath.Join(t.TempDir(), "boot.sh")
	text := fmt.Sprintf("#!/bin/sh\neval \"set -- $*\"\nexec %s \"$@\" --semi_persist_dir=%s\n", program(t, "boot"), staged)
	if err := os.WriteFile(script, []byte(text), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, pid := range processes(t, func(_, command string) bool { return strings.Contains(command, "--semi_persist_dir="+staged) }) {
			if exe, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid)); err == nil && strings.HasPrefix(exe, "/tmp/bin") {
				os.RemoveAll(filepath.Dir(exe)) // where boot copies it
			}
			kill(pid)
		}
	})
	for name, flags := range map[string][]string{
		"alone":    nil,
		"loopback": slices.Concat(engine, []string{"--environment_type", "LOOPBACK"}),
		"process":  slices.Concat(engine, []string{"--environment_type", "PROCESS"}),
		"boot":     slices.Concat(engine, []string{"--environment_type", "PROCESS", "--environment_config", `{"command":"` + script + `"}`}),
	} {
		c := elsewhere(t, append(flags, "--model", model, "--out", "results")...)
		for _, a := range archives {
			near, err := filepath.Rel(c.Dir, a)
			if err != nil {
				t.Fatal(err)
			}
			c.Args = append(c.Args, near)
		}
		if out := succeeds(t, c); !strings.HasPrefix(out, "compressed 200 images of 4 archives, 0 left out, into results: ") {
			t.Errorf("%s: got %q", name, out)
		}
		if got := sums(t, filepath.Join(c.Dir, "results")); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: want %v, got %v", name, want, got)
		}
		temporary, _ := filepath.Glob(strings.TrimPrefix(c.Env[1], "TMPDIR=") + "/*")
		if len(temporary) > 0 {
			t.Errorf("%s: files are left: %v", name, temporary)
		}
	}
	program, err := os.ReadFile(program(t, "gorgonae-beam"))
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(staged, "staged", "*"))
	if len(files) != 1 {
		t.Fatalf("want the program of the workers in %s, got %v", staged, files)
	}
	if got, err := os.ReadFile(files[0]); err != nil || !bytes.Equal(got, program) {
		t.Errorf("want workers to get the program that was started (%v)", err)
	}
}

// A worker that is killed leaves no half of a file, and the command, repeated, leaves the bytes of one whose workers
// live. (Prism waits for a dead worker for ever, so the command is killed, too; other engines start a new worker.)
func TestWorkerKilled(t *testing.T) {
	model, archives := trained(t), drawn(t, 8, 1000)
	want := wantedSums(t, model, archives)
	dir := t.TempDir()
	killed := 0
	for try := range 3 {
		engine, process := prism(t)
		c := elsewhere(t, slices.Concat(engine, []string{"--environment_type", "PROCESS", "--model", model, "--out", dir}, archives)...)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		for range 4000 {
			written, _ := filepath.Glob(filepath.Join(dir, "shard*.gae"))
			if workers := children(t, process.Pid); len(workers) == 1 && len(written) > try {
				kill(workers[0])
				if len(written) < len(archives) {
					killed++
				}
				break
			}
			time.Sleep(2 * time.Millisecond)
		}
		for _, pid := range children(t, c.Process.Pid) {
			kill(pid) // timeout's child: the command
		}
		c.Process.Kill()
		c.Wait()
		for name, sum := range sums(t, dir) {
			if strings.HasSuffix(name, ".gae") && sum != want[name] {
				t.Errorf("a worker that was killed leaves %s with the SHA-256 %s, want %s", name, sum, want[name])
			}
		}
	}
	half := filepath.Join(dir, "."+ResultName(archives[0], CompressTask)+".tmpHALF") // as one that was killed while it wrote
	if err := os.WriteFile(half, []byte("half"), 0o666); err != nil {
		t.Fatal(err)
	}
	if killed == 0 {
		t.Error("want a worker killed before all archives were done, got none: give them more to do")
	}
	engine, _ := prism(t)
	succeeds(t, elsewhere(t, slices.Concat(engine, []string{"--environment_type", "PROCESS", "--model", model, "--out", dir}, archives)...))
	if got := sums(t, dir); !reflect.DeepEqual(got, want) {
		t.Errorf("after workers were killed the files are %v, want %v", got, want)
	}
	if halves, _ := filepath.Glob(filepath.Join(dir, ".*")); len(halves) > 0 {
		t.Errorf("halves of files are left: %v", halves)
	}
}

// A command that is killed and repeated leaves the bytes of one that is not.
func TestKilled(t *testing.T) {
	model, archives := trained(t), drawn(t, 8, 200)
	want, dir := wantedSums(t, model, archives), t.TempDir()
	args := append([]string{"--model", model, "--out", dir}, archives...)
	for kills := range 3 {
		c := exec.Command(program(t, "gorgonae-beam"), args...)
		c.Env = []string{"TMPDIR=" + t.TempDir()}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		for range 2000 { // until it has written one file more
			if written, _ := filepath.Glob(filepath.Join(dir, "shard*.gae")); len(written) > kills {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		c.Process.Kill()
		c.Wait()
	}
	succeeds(t, elsewhere(t, args...))
	if got := sums(t, dir); !reflect.DeepEqual(got, want) {
		t.Errorf("after three kills the files are %v, want %v", got, want)
	}
}

// With --async the command claims nothing that is not there yet, and a pipeline that fails leaves no manifest of the
// one before it.
func TestNotDone(t *testing.T) {
	model, archives := trained(t), drawn(t, 3, 50)
	want, dir := wantedSums(t, model, archives), t.TempDir()
	engine, _ := prism(t)
	args := append([]string{"--model", model, "--out", dir}, archives...)
	engine = append(engine, "--environment_type", "PROCESS")
	out := succeeds(t, elsewhere(t, slices.Concat(engine, []string{"--async"}, args)...))
	if !strings.HasPrefix(out, "submitted the work on 3 archives, and did not wait for it: ") {
		t.Errorf("got %q", out)
	}
	summary := filepath.Join(dir, SummaryName)
	for range 600 {
		if _, err := os.Stat(summary); err == nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if got := sums(t, dir); !reflect.DeepEqual(got, want) {
		t.Errorf("want %v, got %v", want, got)
	}
	if out, err := elsewhere(t, append([]string{"--async"}, args...)...).CombinedOutput(); err == nil || !strings.Contains(string(out), "want an engine on other machines with --async") {
		t.Errorf("want --async refused where the command itself does the work, got %s (%v)", out, err)
	}
	bad := torn(t)
	if out, err := elsewhere(t, slices.Concat(engine, args, []string{bad})...).CombinedOutput(); err == nil || !strings.Contains(string(out), "\ngorgonae-beam: "+bad+": cannot read") {
		t.Errorf("want a line of an error that names torn.npy, got %s (%v)", out, err)
	}
	if _, err := os.Stat(summary); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("want no manifest of a pipeline that failed, got one or %v", err)
	}
}
