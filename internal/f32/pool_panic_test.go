package f32

import (
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// doFunc is a task of one function.
type doFunc func(part int)

func (f doFunc) do(_, part int) { f(part) }

func onHelper() bool { return strings.Contains(string(debug.Stack()), "(*pool).assist") }

// A panic of the caller's part or of a helper's reaches the caller when both have ended, and leaves the pool usable.
func TestPanicOfAPart(t *testing.T) {
	withProcs(t, 2)
	ways := map[string]func(do func(part int)){
		"parallel": func(do func(part int)) { parallel(2, doFunc(do)) },
		"parallelRange": func(do func(part int)) {
			parallelRange(2, 1, operands{}, func(_ operands, lo, _ int) { do(lo) })
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
				var both sync.WaitGroup // neither part is run by the goroutine that runs the other
				both.Add(2)
				var ended atomic.Int32
				got := recovered(func() {
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

// A user's activation may panic in any piece of a product.
func TestPanicOfFinish(t *testing.T) {
	const n = 200
	a, b := normal(1, n*n), normal(2, n*n)
	got, want := make([]float32, n*n), make([]float32, n*n)
	Gemm(false, false, n, n, n, a, n, b, n, false, want, n)
	for _, procs := range []int{1, 4} {
		withProcs(t, procs)
		for range 10 {
			e := Epilogue{Finish: func([]float32) { panic("finish") }}
			if v := recovered(func() { GemmEpilogue(false, false, n, n, n, a, n, b, n, got, n, e) }); v != "finish" {
				t.Fatalf("recovered %v, want the panic of Finish", v)
			}
			Gemm(false, false, n, n, n, a, n, b, n, false, got, n)
			compare(t, "after a panic", got, want, n)
		}
	}
}

// recovered returns what f panics with, or nil.
func recovered(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}
