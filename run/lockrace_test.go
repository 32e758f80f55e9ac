package run

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// A lock whose file is removed by the one who had it is held by one alone.
func TestLockIsHeldByOne(t *testing.T) {
	f := folder{path: t.TempDir()}
	var inside, taken atomic.Int32
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 3000 {
				unlock, warning, err := f.lock()
				if warning != nil {
					t.Error(warning)
				}
				if err != nil {
					continue
				}
				if n := inside.Add(1); n > 1 {
					t.Errorf("%d hold the lock", n)
				}
				taken.Add(1)
				runtime.Gosched()
				inside.Add(-1)
				unlock()
			}
		})
	}
	group.Wait()
	if taken.Load() < 8 {
		t.Errorf("the lock was taken %d times", taken.Load())
	}
}
