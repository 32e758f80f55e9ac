//go:build unix

package pool_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
	"github.com/gorgonae/gorgonae/internal/pool"
)

// Helpers sleep when there is nothing to do.
func TestIdlePoolUsesNoProcessor(t *testing.T) {
	kerneltest.WithProcs(t, 4)
	pool.Run(100, newCountTask(100))
	time.Sleep(10 * time.Millisecond)
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	start := used()
	time.Sleep(200 * time.Millisecond)
	if d := used() - start; d > 40*time.Millisecond {
		t.Errorf("%v of processor time in 200 ms without work", d)
	}
}
