// Command gorgonae trains autoencoders on images and uses them: it evaluates them, turns images
// into codes and codes into images, and draws figures. `gorgonae COMMAND -h` explains each command.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"unicode"

	"github.com/pkg/errors"
)

func main() {
	// Most of the heap is the data set. It has few blocks without pointers, so a garbage collection
	// is cheap. Frequent collections keep the peak memory close to the memory in use.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(25)
	}
	os.Exit(execute(os.Args[1:]))
}

// execute runs the program and returns its exit status: 0, 1 for an error, 3 if --skip-bad left images
// out, or 128 and the number of a signal.
func execute(args []string) int {
	ctx, stop := withSignals()
	defer stop()
	root := newRoot()
	root.SetArgs(bareShards(args))
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	// After a signal, another error may be more important than the signal, for example that the run
	// could not be saved.
	if s := (signaled{}); errors.As(context.Cause(ctx), &s) && (errors.Is(err, context.Canceled) || errors.Is(err, s)) {
		if other := (silent{}); !errors.As(err, &other) {
			fmt.Fprintf(os.Stderr, "gorgonae: stopped by %v\n", s.Signal)
		}
		return 128 + int(s.Signal)
	}
	if other := (silent{}); errors.As(err, &other) {
		return 1
	}
	fmt.Fprintf(os.Stderr, "gorgonae: %s\n", oneLine(err.Error()))
	if errors.As(err, new(leftOut)) {
		return leftOutStatus
	}
	return 1
}

// oneLine replaces line breaks and other control characters by spaces. Names of files may hold
// them, and a terminal would obey them.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
}

// signaled is the cause with which the context ends after a signal to stop.
type signaled struct{ syscall.Signal }

func (s signaled) Error() string { return s.Signal.String() }

// withSignals returns a context that ends with the first SIGINT, SIGTERM or SIGHUP, or with SIGPIPE if the program
// that reads our output has ended, as head does. SIGPIPE also comes if the other side of a connection has ended,
// which is no reason to stop. A second signal kills the program, as usual.
func withSignals() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGPIPE)
	if !signal.Ignored(syscall.SIGHUP) { // nohup ignores it, and Notify would undo that
		signal.Notify(signals, syscall.SIGHUP)
	}
	go func() {
		for s := range signals {
			if s == syscall.SIGPIPE {
				if !readerGone() {
					continue
				}
				signal.Ignore(syscall.SIGPIPE) // what is printed on the way out must not kill the program, not even before Stop
			}
			signal.Stop(signals)
			cancel(signaled{s.(syscall.Signal)})
			return
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(signals)
		cancel(nil)
	}
}
