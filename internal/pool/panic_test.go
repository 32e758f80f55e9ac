package pool_test

import (
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
	"github.com/gorgonae/gorgonae/internal/pool"
)

// doFunc is a task of one function.
type doFunc func(part int)

func (f doFunc) Do(_, part int) { f(part) }

func onHelper() bool { return strings.Contains(string(debug.Stack()), "(*pool).assist") }

// A panic in the caller's part or in a helper's part reaches the caller when both have ended. The
// pool stays usable.
func TestPanicOfAPart(t *testing.T) {
	kerneltest.WithProcs(t, 2)
	var ranges pool.Range[func(part int)]
	ways := map[string]func(do func(part int)){
		"Run": func(do func(part int)) { pool.Run(2, doFunc(do)) },
		"Range": func(do func(part int)) {
			ranges.Run(2, 1, do, func(do func(part int), lo, _ int) { do(lo) })
		},
	}
	for way, run := range ways {
		for who, panics := range map[string]func(helper bool) bool{
			"nobody": func(bool) bool { return false },
			"caller": func(helper bool) bool { return !helper },
			"helper": func(helper bool) bool { return helper },
			"both":   func(bool) bool { return true },
		} {
			for range 20 {
				var both sync.WaitGroup // a goroutine that runs one part does not run the other
				both.Add(2)
				var ended atomic.Int32
				got := kerneltest.Recovered(func() {
					run(func(int) {
						both.Done()
						both.Wait()
						defer ended.Add(1)
						if panics(onHelper()) {
							panic(who)
						}
						time.Sleep(time.Millisecond)
					})
				})
				if want := any(who); who == "nobody" && got != nil || who != "nobody" && got != want {
					t.Fatalf("%s, panic of %s: recovered %v", way, who, got)
				}
				if n := ended.Load(); n != 2 {
					t.Fatalf("%s, panic of %s: raised when %d of 2 parts had ended", way, who, n)
				}
			}
		}
	}
}
