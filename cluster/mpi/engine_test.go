//go:build mpi || mpich

package mpi

import (
	"bytes"
	"math"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/cluster"
)

// partVariable says which part of a test a process of mpirun plays.
const partVariable = "GORGONAE_TEST_MPI"

// parts are what the processes do that a test starts.
var parts = map[string]func(w *World) error{
	"gather":    gather,
	"to all":    toAll,
	"broadcast": broadcast,
	"agree":     agree,
	"nil":       recoverNil,
	"abort":     abort,
	"kill":      kill,
}

func TestMain(m *testing.M) {
	part := os.Getenv(partVariable)
	if part == "" {
		os.Exit(m.Run())
	}
	w, err := Join()
	if err == nil && w == nil {
		err = errors.New("not started by mpirun")
	}
	if err == nil {
		err = parts[part](w)
	}
	if err != nil {
		os.Stderr.WriteString("FAILED: " + err.Error() + "\n")
		os.Exit(1)
	}
	w.Close()
}

// mpirun lets n processes play a part, and returns what they print and how they end.
func mpirun(t *testing.T, n int, part string) (string, error) {
	t.Helper()
	path, err := exec.LookPath("mpirun")
	if err != nil {
		t.Fatal("want mpirun, got none: Debian has it in openmpi-bin and mpich")
	}
	c := exec.CommandContext(t.Context(), path, "-np", strconv.Itoa(n), os.Args[0])
	c.Env = append(os.Environ(), partVariable+"="+part, "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1",
		"OMPI_MCA_rmaps_base_oversubscribe=1", "OMPI_MCA_mpi_yield_when_idle=1")
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	c.WaitDelay = time.Second
	err = c.Run()
	return out.String(), err
}

// Numbers come with their bits, also -0, infinities and numbers that are not normal; bytes come as they are; errors
// come to all; and a nil pointer is still a panic of Go, though Open MPI has handlers of SIGSEGV of its own.
func TestProcesses(t *testing.T) {
	for _, n := range []int{2, 3, 4} {
		for _, part := range []string{"gather", "to all", "broadcast", "agree", "nil"} {
			if out, err := mpirun(t, n, part); err != nil {
				t.Errorf("%d processes: %s: %v\n%s", n, part, err, out)
			}
		}
	}
}

func gather(w *World) error {
	for k := range 400 {
		k *= 37
		own := make([]float32, k)
		for i := range own {
			own[i] = number(w.Rank(), i)
		}
		all := make([]float32, k*w.Size())
		if err := w.AllGather(all, own); err != nil {
			return err
		}
		for i, v := range all {
			if want := number(i/k, i%k); math.Float32bits(v) != math.Float32bits(want) {
				return errors.Errorf("number %d of process %d of %d numbers: got the bits %#x, want %#x", i%k, i/k, k, math.Float32bits(v), math.Float32bits(want))
			}
		}
	}
	if w.AllGather(make([]float32, 1), make([]float32, 1)) == nil {
		return errors.New("no error about too little room")
	}
	return nil
}

func toAll(w *World) error {
	for k := range 200 {
		k *= 37
		own := make([]float32, k*w.Size())
		for i := range own {
			own[i] = number(w.Rank(), i)
		}
		all := make([]float32, len(own))
		if err := w.AllToAll(all, own); err != nil {
			return err
		}
		for i, v := range all {
			if want := number(i/k, w.Rank()*k+i%k); math.Float32bits(v) != math.Float32bits(want) {
				return errors.Errorf("number %d of process %d of slices of %d: got the bits %#x, want %#x", i%k, i/k, k, math.Float32bits(v), math.Float32bits(want))
			}
		}
	}
	if w.AllToAll(make([]float32, w.Size()+1), make([]float32, w.Size()+1)) == nil && w.Size() > 1 {
		return errors.New("no error about slices of two lengths")
	}
	return nil
}

// number returns a number of a process: of all kinds, but no NaN.
func number(rank, i int) float32 {
	if v := math.Float32frombits(uint32(rank*1_000_003+i)*2_654_435_761 + 0x8000_0000); v == v {
		return v
	}
	return float32(math.Inf(1 - 2*(i%2)))
}

func broadcast(w *World) error {
	for _, size := range []int{0, 1, 1000, 3_000_001} {
		var own []byte
		if w.Rank() == 0 {
			own = bytes.Repeat([]byte{0, 255, 7}, size)[:size]
		}
		got, err := w.Broadcast(own)
		if err != nil {
			return err
		}
		if !bytes.Equal(got, bytes.Repeat([]byte{0, 255, 7}, size)[:size]) {
			return errors.Errorf("got %d other bytes, want %d", len(got), size)
		}
	}
	return nil
}

func agree(w *World) error {
	if err := cluster.Agree(w, nil); err != nil {
		return err
	}
	fault := error(nil)
	if w.Rank() == 1 {
		fault = errors.New("no such file")
	}
	if err := cluster.Agree(w, fault); err == nil || !strings.Contains(err.Error(), "no such file") {
		return errors.Errorf("got %v, want the error of process 1", err)
	}
	return nil
}

func recoverNil(w *World) (err error) {
	defer func() {
		if recover() == nil {
			err = errors.New("a nil pointer made no panic")
		}
	}()
	var nothing *World
	_ = nothing.size
	return nil
}

// A process that gives up or is killed ends all, soon, and mpirun's exit status is not 0, as it would be with the
// Abort of cogentcore.org/lab v0.1.0, which passes the status 0.
func TestProcessesThatEnd(t *testing.T) {
	for part, want := range map[string]int{"abort": 3, "kill": 128 + int(syscall.SIGKILL)} {
		start := time.Now()
		out, err := mpirun(t, 3, part)
		ended := (*exec.ExitError)(nil)
		if !errors.As(err, &ended) {
			t.Errorf("%s: got %v, want an exit status\n%s", part, err, out)
			continue
		}
		if ended.ExitCode() == 0 || len(out) == 0 || time.Since(start) > 30*time.Second {
			t.Errorf("%s: status %d after %v, want one other than 0 and a message soon:\n%s", part, ended.ExitCode(), time.Since(start), out)
		}
		if ended.ExitCode() != want {
			t.Logf("%s: status %d, and Open MPI 4.1.4 gives %d", part, ended.ExitCode(), want)
		}
	}
}

func abort(w *World) error {
	if w.Rank() == 1 {
		w.Abort(3)
	}
	return w.AllGather(make([]float32, w.Size()), make([]float32, 1))
}

func kill(w *World) error {
	if w.Rank() == 1 {
		return syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
	return w.AllGather(make([]float32, w.Size()), make([]float32, 1))
}
