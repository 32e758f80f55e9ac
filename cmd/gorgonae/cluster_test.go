//go:build !windows

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorgonae/gorgonae/cluster/parts"
	"github.com/gorgonae/gorgonae/internal/random"
)

// clusterFile returns the path of a file of docs/cluster, and makes this program gorgonae for it. The test
// is in a folder with a run, and 40 pictures of which one is damaged.
func clusterFile(t *testing.T, name string, tools ...string) string {
	t.Helper()
	slow(t)
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("SKIPPED: %s is not installed, so that docs/cluster/%s is not tested", tool, name)
		}
	}
	path, err := filepath.Abs(filepath.Join("..", "..", "docs", "cluster", name))
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if err := os.Symlink(self, filepath.Join(bin, "gorgonae")); err != nil {
		t.Fatal(err)
	}
	compressed(t)
	write(t, "pics/000.png", []byte("no picture"))
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv(asProgram, "1")
	return path
}

// shell runs a script.
func shell(t *testing.T, env []string, args ...string) string {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%q: %v: %s", args, err, out)
	}
	return string(out)
}

// checkAll looks at a file of all parts.
func checkAll(t *testing.T, file string) {
	t.Helper()
	m, err := parts.Check(file)
	if err != nil || m == nil || m.File.Images != 39 || len(m.Skipped) != 1 || m.Skipped[0].Name != "000.png" {
		t.Errorf("got the manifest %+v (%v)", m, err)
	}
}

// Jobs that are killed at any moment, and repeated until each part is done, make the file of jobs that are not.
func TestPartsKilled(t *testing.T) {
	slow(t)
	compressed(t)
	const n, kills = 4, 16
	r := random.New(1, "kills")
	pictures(t, "many", 1500, 8, 6)
	run := func(i int) []string {
		return []string{"compress", "run", "many", "--part", fmt.Sprintf("%d/%d", i, n), "-o", fmt.Sprintf("part-%d.gae", i)}
	}
	var files []string
	for i := 1; i <= n; i++ {
		files = append(files, fmt.Sprintf("part-%d.gae", i))
	}
	merged := func(to string) string {
		works(t, append([]string{"merge", "-o", to}, files...)...)
		return read(t, to)
	}
	var longest time.Duration
	for i := 1; i <= n; i++ {
		start := time.Now()
		if err := program(t, run(i)...).Run(); err != nil {
			t.Fatal(err)
		}
		longest = max(longest, time.Since(start))
	}
	want := merged("want.gae")
	for _, file := range files {
		os.Remove(file)
	}
	killed, done := 0, 0
	for k := 0; done < n; k++ {
		cmd := program(t, run(k%n+1)...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if killed < kills {
			time.AfterFunc(time.Duration(r.Uint64n(uint64(longest))), func() { cmd.Process.Kill() })
		}
		if err := cmd.Wait(); err != nil {
			killed++
		}
		done = 0
		for _, file := range files {
			if exists(file) {
				done++
			}
		}
	}
	if killed == 0 {
		t.Error("no job was killed")
	}
	if merged("got.gae") != want {
		t.Errorf("after %d kills, the file is another one", killed)
	}
}

func TestSlurmArray(t *testing.T) {
	script := clusterFile(t, "slurm-array.sh", "bash")
	for _, i := range []int{3, 1, 4, 2, 3} { // the order does not matter, and a task may be repeated
		env := []string{"PARTS=4", fmt.Sprintf("SLURM_ARRAY_TASK_ID=%d", i), "SLURM_ARRAY_TASK_COUNT=1"}
		shell(t, env, "bash", script, "run", "pics", "compressed")
	}
	out := shell(t, nil, "bash", "-c", "gorgonae merge compressed/part-*.gae --out all.gae")
	if !strings.HasPrefix(out, "wrote 39 images ") {
		t.Errorf("got %s", out)
	}
	checkAll(t, "all.gae")
}

func TestXargs(t *testing.T) {
	script := clusterFile(t, "xargs.sh", "xargs", "seq")
	shell(t, nil, "sh", script, "run", "pics", "compressed", "12", "2")
	checkAll(t, "compressed.gae")
}

func TestParallel(t *testing.T) {
	script := clusterFile(t, "parallel.sh", "parallel", "seq")
	shell(t, nil, "sh", script, "run", "pics", "compressed", "5")
	checkAll(t, "compressed.gae")
}

// The command of the Job's pods is run with the index that Kubernetes gives each.
func TestIndexedJob(t *testing.T) {
	path := clusterFile(t, "kubernetes-indexed-job.yaml", "sh")
	_, rest, ok := strings.Cut(read(t, path), "            - |\n")
	if !ok {
		t.Fatal("the Job has no script")
	}
	script := ""
	for line := range strings.Lines(rest) {
		text, ok := strings.CutPrefix(line, "              ")
		if !ok {
			break
		}
		script += text
	}
	if err := os.MkdirAll("compressed", 0o777); err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{"run": "runs/conv-faces", "pics": "faces"} {
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 3 {
		shell(t, []string{"PARTS=3", fmt.Sprintf("JOB_COMPLETION_INDEX=%d", i)}, "sh", "-c", script)
	}
	works(t, "merge", "compressed/part-1.gae", "compressed/part-2.gae", "compressed/part-3.gae", "-o", "all.gae")
	checkAll(t, "all.gae")
}
