//go:build linux

// Command command measures the command gorgonae: the time from the start of `gorgonae train` to the
// end of its first step, and its peak memory. It builds the command, trains one epoch on MNIST with
// it several times, and prints the medians with the lowest and highest values.
//
// The command runs on a pseudoterminal, where it draws a bar after each step. The first step has
// ended when the bar appears. The peak memory is the largest resident set that the kernel has seen.
// It is read twice: when the line of the epoch is printed, and when the command has drawn its
// figures and ended.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/pkg/errors"
	"golang.org/x/sys/unix"
)

const runs = 5 // after one that is not counted and brings the files into the page cache

func main() {
	if err := measureAll(); err != nil {
		fmt.Fprintln(os.Stderr, "command:", err)
		os.Exit(1)
	}
}

// figures are the measurements of one run.
type figures struct {
	firstStep, epoch, whole float64 // seconds from the start
	trained, peak           float64 // peak resident MB until the end of the epoch, and of the whole run
}

func measureAll() error {
	dir, err := os.MkdirTemp("", "gorgonae-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "gorgonae")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, "github.com/gorgonae/gorgonae/cmd/gorgonae")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return errors.Wrap(err, "cannot build the command")
	}
	var all []figures
	for i := range runs + 1 {
		f, err := measure(binary, filepath.Join(dir, fmt.Sprint("run", i)))
		if err != nil {
			return err
		}
		if i > 0 {
			all = append(all, f)
		}
	}
	fmt.Printf("gorgonae train --data mnist --epochs 1, median of %d runs (lowest to highest)\n", runs)
	for _, row := range []struct {
		what, unit string
		of         func(figures) float64
	}{
		{"start to the end of the first step", "s", func(f figures) float64 { return f.firstStep }},
		{"start to the epoch's line", "s", func(f figures) float64 { return f.epoch }},
		{"start to end, figures drawn", "s", func(f figures) float64 { return f.whole }},
		{"peak memory until the epoch's line", "MB", func(f figures) float64 { return f.trained }},
		{"peak memory of the whole run", "MB", func(f figures) float64 { return f.peak }},
	} {
		var x []float64
		for _, f := range all {
			x = append(x, row.of(f))
		}
		slices.Sort(x)
		fmt.Printf("%-36s %8.2f %-2s (%.2f to %.2f)\n", row.what, x[len(x)/2], row.unit, x[0], x[len(x)-1])
	}
	return nil
}

// measure runs the command once and takes the times from its output.
func measure(binary, out string) (figures, error) {
	screen, terminal, err := openTerminal()
	if err != nil {
		return figures{}, err
	}
	defer screen.Close()
	cmd := exec.Command(binary, "train", "--data", "mnist", "--epochs", "1", "--out", out)
	cmd.Stdout, cmd.Stderr = terminal, terminal
	start := time.Now()
	err = cmd.Start()
	terminal.Close()
	if err != nil {
		return figures{}, err
	}
	f, text, err := watch(screen, start, cmd.Process.Pid)
	if err := cmd.Wait(); err != nil {
		return figures{}, errors.Errorf("cannot run gorgonae train: %v; it printed:\n%s", err, text)
	}
	if err != nil {
		return figures{}, err
	}
	f.whole = time.Since(start).Seconds()
	f.peak = float64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) * 1024 / 1e6
	return f, nil
}

// watch reads the screen until the command ends. The bar and the line of the epoch both begin with
// "Epoch 1/1". Only the line contains val_loss.
func watch(screen io.Reader, start time.Time, pid int) (f figures, text string, err error) {
	in, buf := bufio.NewReader(screen), strings.Builder{}
	for {
		b, err := in.ReadByte()
		if err != nil { // no process has the terminal open any more
			break
		}
		buf.WriteByte(b)
		switch {
		case f.firstStep == 0 && strings.HasSuffix(buf.String(), "Epoch 1/1"):
			f.firstStep = time.Since(start).Seconds()
		case f.epoch == 0 && strings.HasSuffix(buf.String(), "val_loss"):
			f.epoch = time.Since(start).Seconds()
			if f.trained, err = highWater(pid); err != nil {
				return f, buf.String(), err
			}
		}
	}
	if f.firstStep == 0 || f.epoch == 0 {
		err = errors.Errorf("want a bar and a line for the epoch, got:\n%s", buf.String())
	}
	return f, buf.String(), err
}

// highWater returns the peak resident memory of a process in MB.
func highWater(pid int) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	_, after, _ := strings.Cut(string(text), "VmHWM:")
	var kib float64
	_, err = fmt.Sscanf(after, "%f kB", &kib)
	return kib * 1024 / 1e6, errors.Wrapf(err, "cannot read /proc/%d/status", pid)
}

// openTerminal returns a pseudoterminal. Text that is written to terminal can be read from screen.
func openTerminal() (screen, terminal *os.File, err error) {
	if screen, err = os.OpenFile("/dev/ptmx", os.O_RDWR, 0); err != nil {
		return nil, nil, err
	}
	n, err := unix.IoctlGetInt(int(screen.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(screen.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	}
	if err != nil {
		screen.Close()
		return nil, nil, errors.Wrap(err, "cannot open a pseudoterminal")
	}
	return screen, terminal, nil
}
