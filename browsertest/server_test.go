package browsertest

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"
)

// program builds the product once for all tests of this module, and returns its path.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "gorgonae-browsertest-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "gorgonae")
	build := exec.Command("go", "build", "-o", path, "./cmd/gorgonae")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// runs are the folders of trained runs, by name, so that each is trained once.
var runs = struct {
	sync.Mutex
	dirs map[string]string
}{dirs: map[string]string{}}

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := program(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	for _, dir := range runs.dirs {
		_ = os.RemoveAll(filepath.Dir(dir))
	}
	os.Exit(code)
}

// builtProgram returns the path of the product.
func builtProgram(t *testing.T) string {
	t.Helper()
	if Chromium() == "" {
		t.Skip("NOT TESTED IN A BROWSER: Chromium is missing (Debian: apt-get install chromium)")
	}
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// trained returns the folder of a small run on the built-in handwriting, whose name is the last part of name. All tests
// share it.
func trained(t *testing.T, name string, options ...string) string {
	t.Helper()
	path := builtProgram(t)
	runs.Lock()
	defer runs.Unlock()
	if dir, ok := runs.dirs[name]; ok {
		return dir
	}
	parent, err := os.MkdirTemp("", "gorgonae-run-")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(parent, filepath.Base(name))
	args := append([]string{"train", "--data", "handwriting", "--epochs", "1", "--batch", "256", "--quiet", "--out", dir}, options...)
	if out, err := exec.Command(path, args...).CombinedOutput(); err != nil {
		t.Fatalf("gorgonae %v: %v\n%s", args, err, out)
	}
	runs.dirs[name] = dir
	return dir
}

func tutorialRun(t *testing.T) string {
	return trained(t, "tutorial", "--model", "tutorial", "--hidden", "64")
}

// otherRun is a tutorialRun of the same name with other weights.
func otherRun(t *testing.T) string {
	return trained(t, "other/tutorial", "--model", "tutorial", "--hidden", "64", "--seed", "2")
}

func codecRun(t *testing.T) string {
	return trained(t, "codec", "--model", "codec", "--hidden", "48", "--latent", "12", "--decoder", "48", "--prior-hidden", "16")
}

var address = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// serve starts the server for a run on a free port, and returns its address and when it was started. The test's end stops it.
func serve(t *testing.T, dir string) (url string, started time.Time) {
	t.Helper()
	cmd := exec.Command(builtProgram(t), "serve", dir, "--address", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	started = time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if url = address.FindString(lines.Text()); url != "" {
			go func() {
				for lines.Scan() { // so that the server never waits for a reader
				}
			}()
			return url, started
		}
	}
	t.Fatalf("gorgonae serve %s: want a line with the address, got none", dir)
	return "", started
}
