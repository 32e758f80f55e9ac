package images

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// each calls do for 0 to n-1 on all cores. If several calls fail, it returns the error of the
// lowest index, on any number of cores: indices are handed out in order, so that all calls below a
// failing one are completed too.
func each(n int, do func(i int) error) error { return eachBy(runtime.GOMAXPROCS(0), n, do) }

// eachOf is each until ctx ends.
func eachOf(ctx context.Context, n int, do func(i int) error) error {
	return each(n, func(i int) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return do(i)
	})
}

// writers is the number of goroutines that write files: each of them mostly waits for the disk, which
// stores the files of many at once.
const writers = 32

// eachBy is each with this number of goroutines.
func eachBy(workers, n int, do func(i int) error) error {
	var next, failed atomic.Int64
	failed.Store(int64(n))
	errs := make([]error, n)
	var group sync.WaitGroup
	for range min(n, workers) {
		group.Go(func() {
			for i := next.Add(1) - 1; i < failed.Load(); i = next.Add(1) - 1 {
				if errs[i] = do(int(i)); errs[i] != nil {
					failed.Store(i)
				}
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
