//go:build mpi || mpich

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/random"
	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
)

// ranks returns the command as n processes of mpirun, or for n = 1 as one process without MPI.
func ranks(t *testing.T, n int, args ...string) *exec.Cmd {
	t.Helper()
	cmd := program(t, args...)
	if n == 1 {
		return cmd
	}
	path, err := exec.LookPath("mpirun")
	if err != nil {
		t.Fatal("want mpirun, got none: Debian has it in openmpi-bin")
	}
	cmd.Path, cmd.Args = path, append([]string{"mpirun", "-np", strconv.Itoa(n)}, cmd.Args...)
	cmd.Env = append(cmd.Env, "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1", "OMPI_MCA_rmaps_base_oversubscribe=1",
		"OMPI_MCA_mpi_yield_when_idle=1")
	return cmd
}

// small returns the flags of a training of a second in which everything happens that depends on the place of an
// example or on all of a batch: batch norm, augmentation, clipping, a last batch that the shards do not divide.
func small(more ...string) []string {
	return append([]string{"train", "--data", "pics", "--model", "conv-strided", "--latent", "5", "--augment", "shift=1",
		"--batch", "13", "--epochs", "6", "--clip", "0.5", "--schedule", "cosine:warmup=5", "--shards", "4", "--save-every", "20ms", "--seed", "3"}, more...)
}

// hash is the SHA-256 of the weights of a run.
func hash(t *testing.T, dir string) string {
	t.Helper()
	f, err := graph.ReadFile(filepath.Join(dir, run.CheckpointName))
	if err != nil {
		t.Fatal(err)
	}
	return train.HashWeights(f.Model)
}

// One, two, three and four processes end in the same files, and the first alone says something.
func TestRanks(t *testing.T) {
	workplace(t)
	pictures(t, "pics", 150, 12, 4)
	for name, flags := range map[string][]string{"batch norm": small(), "dropout": long("--batch", "16", "--shards", "8")} {
		var want map[string]string
		for _, n := range []int{1, 2, 3, 4} {
			dir := fmt.Sprint(name, n)
			cmd := ranks(t, n, append(flags, "--out", dir)...)
			err := cmd.Run()
			out, errs := printed(t, cmd)
			if err != nil || unfit(errs) != "" {
				t.Fatalf("%d processes: %v\n%s\n%s", n, err, out, errs)
			}
			t.Logf("%s: %d processes end in weights of SHA-256 %s", name, n, hash(t, dir))
			if strings.Count(out, "results in") != 1 || strings.Count(out, "val_loss") != flagged(t, flags, "--epochs") {
				t.Errorf("%d processes print\n%s", n, out)
			}
			if n == 1 {
				want = result(t, dir)
				continue
			}
			wantResult(t, dir, want)
		}
	}
}

// flagged returns the number of a flag.
func flagged(t *testing.T, args []string, flag string) int {
	t.Helper()
	n, err := strconv.Atoi(args[slices.Index(args, flag)+1])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// kills is how many processes TestRanksKilled kills: the variable KILLS, or a few.
func kills(t *testing.T) int {
	n, err := strconv.Atoi(os.Getenv("KILLS"))
	if os.Getenv("KILLS") == "" {
		return 10
	}
	if err != nil || n < 0 {
		t.Fatalf("KILLS: want a number, got %q", os.Getenv("KILLS"))
	}
	return n
}

// One process of 1, 2 or 4 is killed at a random moment, or mpirun is told to stop them all, again and again, and the
// run is resumed by another number of processes. A kill ends all processes with a status other than 0, the checkpoint
// stays whole, and the end is that of a run that nobody killed.
func TestRanksKilled(t *testing.T) {
	workplace(t)
	pictures(t, "pics", 150, 12, 4)
	works(t, small("--out", "whole")...)
	want := result(t, "whole")
	r := random.New(uint64(time.Now().UnixNano()), "ranks")
	done, runs, stops := 0, 0, 0
	for patience := 200 * time.Millisecond; done < kills(t) || runs == 0; runs++ {
		dir := fmt.Sprint("run", runs)
		for {
			n := []int{1, 2, 4}[r.Uint64n(3)]
			cmd := ranks(t, n, small("--out", dir, "--resume")...)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }()
			signal := syscall.SIGKILL
			if r.Uint64n(5) == 0 {
				signal = syscall.SIGTERM
			}
			complete, signalled := attack(t, cmd, n, signal, ended, moment(dir, r, patience), r), signal == syscall.SIGTERM
			patience += 10 * time.Millisecond // so that the run ends on any machine
			if complete {
				break
			}
			if signalled {
				stops++
			} else {
				done++
			}
			if f, err := graph.ReadFile(filepath.Join(dir, run.CheckpointName)); err != nil && exists(filepath.Join(dir, run.CheckpointName)) {
				t.Fatalf("a kill left %v of %v", err, f)
			}
		}
		wantResult(t, dir, want)
		if got := hash(t, dir); got != hash(t, "whole") || t.Failed() {
			t.Fatalf("run %d ends in weights of SHA-256 %s after %d kills, want %s", runs, got, done, hash(t, "whole"))
		}
		os.RemoveAll(dir)
	}
	t.Logf("%d processes killed and %d jobs stopped in %d runs: all end in weights of SHA-256 %s", done, stops, runs, hash(t, "whole"))
}

// attack sends a signal to a process when it is time: SIGKILL to one of the n that train, SIGTERM to mpirun. It returns
// true if the training is complete before.
func attack(t *testing.T, cmd *exec.Cmd, n int, signal syscall.Signal, ended chan error, now func() bool, r *random.Source) (complete bool) {
	t.Helper()
	for !now() {
		select {
		case err := <-ended:
			if out, errs := printed(t, cmd); err != nil {
				t.Fatalf("%d processes: %v\n%s\n%s", n, err, out, errs)
			}
			return true
		case <-time.After(50 * time.Microsecond):
		}
	}
	pid := cmd.Process.Pid
	if n > 1 && signal == syscall.SIGKILL {
		ranks := children(pid)
		for begin := time.Now(); len(ranks) == 0 && time.Since(begin) < 10*time.Second; ranks = children(pid) {
			time.Sleep(time.Millisecond) // mpirun has not started them
		}
		if len(ranks) == 0 {
			return <-ended == nil
		}
		pid = ranks[r.Uint64n(uint64(len(ranks)))]
	}
	_ = syscall.Kill(pid, signal) // it may just have ended
	for begin := time.Now(); time.Since(begin) < time.Minute; {
		select {
		case err := <-ended:
			return err == nil
		case <-time.After(10 * time.Second):
		}
		// mpirun of Open MPI 4.1.4 itself waits without end for a process that was killed while it started: the
		// message is "PMIX ERROR: UNREACHABLE". None that trains is left then.
		if _, errs := printed(t, cmd); n > 1 && len(children(cmd.Process.Pid)) == 0 && strings.Contains(errs, "UNREACHABLE") {
			t.Logf("mpirun waits for a process that was killed while it started, and nobody else does: %s", errs)
			_ = cmd.Process.Kill()
			<-ended
			return false
		}
	}
	out, errs := printed(t, cmd)
	_ = cmd.Process.Kill()
	t.Fatalf("a minute after %v to one of %d processes, the others wait\n%s\n%s", signal, n, out, errs)
	return false
}

// children returns the processes that a process has started.
func children(pid int) (pids []int) {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, list := range lists {
		text, _ := os.ReadFile(list)
		for _, word := range strings.Fields(string(text)) {
			child, err := strconv.Atoi(word)
			name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", child))
			if err == nil && bytes.Contains(name, []byte("train")) && !bytes.HasPrefix(name, []byte("mpirun")) { // not mpirun before it becomes the program; one that has ended has no name
				pids = append(pids, child)
			}
		}
	}
	slices.Sort(pids)
	return pids
}

// An error of one process or of all is said once, and nobody waits.
func TestRanksFail(t *testing.T) {
	workplace(t)
	works(t, quick("--out", "other")...)
	for _, c := range []struct {
		args []string
		want string
	}{
		{quick("--out", "new"), "want --shards with 3 processes, got none"},
		{quick("--out", "new", "--shards", "2"), "want at most as many processes as parts of a batch, --shards 2, got 3"},
		{quick("--out", "other", "--shards", "4"), "other holds a run: continue it with --resume"},
		{quick("--out", "other", "--resume", "--shards", "4"), "want shards none as when the run began, got 4"},
		{quick("--out", "new", "--shards", "4", "--data", "nosuch"), "data nosuch: want the name of a set"},
		{quick("--out", "new", "--shards", "4", "--weights", "nosuch"), "nosuch"},
		{quick("--out", "new", "--shards", "4", "--hidden", "-1"), "--hidden"},
	} {
		cmd := ranks(t, 3, c.args...)
		begin := time.Now()
		err := cmd.Run()
		_, errs := printed(t, cmd)
		if err == nil || strings.Count(errs, c.want) != 1 || time.Since(begin) > 20*time.Second {
			t.Errorf("%q: %v after %v, want %q once:\n%s", c.args, err, time.Since(begin), c.want, errs)
		}
		if exists("new") {
			t.Errorf("%q leaves a folder", c.args)
		}
	}
}

// Initial weights and the run that is resumed are read by the first process alone: the others may be on machines that do
// not have them.
func TestRanksBeginWithWeights(t *testing.T) {
	workplace(t)
	works(t, quick("--out", "first")...)
	flags := quick("--shards", "4", "--weights", "first", "--seed", "8")
	works(t, append(flags, "--out", "alone")...)
	cmd := ranks(t, 3, append(flags, "--out", "together")...)
	if err := cmd.Run(); err != nil {
		_, errs := printed(t, cmd)
		t.Fatal(err, errs)
	}
	wantResult(t, "together", result(t, "alone"))
}

// sharedData is a folder as docs/cluster has it, with gorgonae in the path. It returns the file of a name there.
func sharedData(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "docs", "cluster", name))
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	workplace(t)
	if err := os.Rename("pics", "faces"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir("bin", 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, "bin/gorgonae"); err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", filepath.Join(here, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"))
	for name, value := range map[string]string{asProgram: "1", "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
		"OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_mpi_yield_when_idle": "1"} {
		t.Setenv(name, value)
	}
	return path
}

// The script for Slurm trains, with mpirun in place of srun. A job that is stopped is queued again, and goes on.
func TestRanksSlurm(t *testing.T) {
	script := sharedData(t, "slurm-train.sh")
	// It sends SIGTERM to all processes, as Slurm does, and ends with their status.
	write(t, "bin/srun", []byte(`#!/bin/bash
while [ "$1" != gorgonae ]; do shift; done
mpirun -np "$SLURM_NTASKS" "$@" &
mpirun=$!
(sleep "$LIMIT"; kill -TERM $(cat /proc/$mpirun/task/*/children)) >/dev/null 2>&1 &
wait $mpirun
`))
	write(t, "bin/scontrol", []byte("#!/bin/sh\necho \"$*\" >> queued\n"))
	for _, name := range []string{"bin/srun", "bin/scontrol"} {
		if err := os.Chmod(name, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{script, "--data", "faces", "--hidden", "8", "--batch", "8", "--epochs", "600"}
	works(t, append([]string{"train", "--shards", "8", "--out", "whole", "--quiet"}, args[1:]...)...)
	for try := 0; ; try++ {
		job := exec.Command("bash", append(args, "--out", "run")...)
		job.Env = append(os.Environ(), fmt.Sprint("LIMIT=", 1+3*try), "SLURM_CPUS_PER_TASK=1", "SLURM_JOB_ID=77", fmt.Sprint("SLURM_NTASKS=", 2+2*(try%2)))
		out, err := job.CombinedOutput()
		if err == nil && try > 0 {
			break
		}
		if !exists("queued") || try > 20 {
			t.Fatalf("try %d: %v\n%s", try, err, out[max(0, len(out)-1000):])
		}
	}
	if queued := read(t, "queued"); !strings.HasPrefix(queued, "requeue 77\n") {
		t.Errorf("got %q, want the job queued again", queued)
	}
	if a, b := hash(t, "run"), hash(t, "whole"); a != b {
		t.Errorf("the job ends in weights of SHA-256 %s, want %s", a, b)
	}
}

// The launcher of the MPIJob gets the command that is in its file.
func TestRanksMPIJob(t *testing.T) {
	text := read(t, sharedData(t, "kubernetes-mpijob.yaml"))
	_, list, ok := strings.Cut(text, `command: ["mpirun"]`)
	if !ok {
		t.Fatal("the MPIJob has no mpirun")
	}
	list, _, _ = strings.Cut(list, "resources:")
	var args []string
	for line := range strings.Lines(list) {
		if word, ok := strings.CutPrefix(strings.TrimSpace(line), "- "); ok {
			word, _, _ = strings.Cut(word, " #")
			args = append(args, strings.Trim(word, `"`))
		}
	}
	if i := slices.Index(args, "-wdir"); i >= 0 {
		args[i+1] = "."
	}
	shell(t, nil, append([]string{"mpirun"}, args...)...)
	works(t, "train", "--shards", "8", "--model", "conv", "--data", "faces", "--out", "alone", "--quiet")
	if a, b := hash(t, "runs/faces"), hash(t, "alone"); a != b {
		t.Errorf("the job ends in weights of SHA-256 %s, want %s", a, b)
	}
}

// Processes of different machines: here, of different folders. Process 0 alone needs the folder of the run and the initial
// weights. An error that one process has, such as data that are not there or are others, names it and ends all.
func TestRanksApart(t *testing.T) {
	sharedData(t, "")
	for _, dir := range []string{"0", "1"} {
		if err := os.CopyFS(dir+"/faces", os.DirFS("faces")); err != nil {
			t.Fatal(err)
		}
	}
	apart := func(args ...string) (string, error) {
		job := exec.Command("mpirun", append([]string{"-np", "2", "sh", "-c", `cd $OMPI_COMM_WORLD_RANK && exec gorgonae "$@"`, "sh"}, args...)...)
		out, err := job.CombinedOutput()
		return string(out), err
	}
	flags := []string{"train", "--data", "faces", "--hidden", "8", "--batch", "8", "--shards", "4", "--weights", "first", "--seed", "5", "--out", "run"}
	works(t, "train", "--data", "faces", "--hidden", "8", "--batch", "8", "--epochs", "1", "--out", "first", "--quiet")
	works(t, append(flags, "--epochs", "4", "--quiet")...)
	if err := os.CopyFS("0/first", os.DirFS("first")); err != nil {
		t.Fatal(err)
	}
	for _, more := range [][]string{{"--epochs", "2"}, {"--epochs", "4", "--resume"}} {
		if out, err := apart(append(flags, more...)...); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	if a, b := hash(t, "0/run"), hash(t, "run"); a != b || exists("1/run") {
		t.Errorf("two processes end in weights of SHA-256 %s, want %s; process 1 has a folder: %v", a, b, exists("1/run"))
	}
	pictures(t, "1/faces", 40, 8, 9) // other pictures of the same names
	out, err := apart(append(flags, "--out", "new")...)
	if err == nil || strings.Count(out, "process 1 of 2") != 1 || !strings.Contains(out, "as worker 0") || strings.Contains(out, "Epoch 2/") {
		t.Errorf("other data of process 1: %v: %s", err, out[max(0, len(out)-1500):])
	}
	if err := os.RemoveAll("1/faces"); err != nil {
		t.Fatal(err)
	}
	out, err = apart(append(flags, "--out", "other")...)
	if err == nil || strings.Count(out, "process 1 of 2") != 1 || !strings.Contains(out, "data faces") || exists("0/other") {
		t.Errorf("no data of process 1: %v: %s", err, out)
	}
}
