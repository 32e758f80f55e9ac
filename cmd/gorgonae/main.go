// Command gorgonae trains autoencoders on images and uses them: it evaluates them, turns images
// into codes and codes into images, and draws figures. `gorgonae COMMAND -h` teaches each command.
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
	// The heap is mostly the data set, in few blocks without pointers, which cost nothing to
	// collect: so collect often, and keep the peak near what is in use.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(25)
	}
	os.Exit(execute(os.Args[1:]))
}

// execute is the whole program except for the exit: it returns the exit status.
func execute(args []string) int {
	ctx, stop := withSignals()
	defer stop()
	root := newRoot()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	// After a signal there may be worse to tell than that it came: that the run could not be saved.
	if s := (signaled{}); errors.As(context.Cause(ctx), &s) && (errors.Is(err, context.Canceled) || errors.Is(err, s)) {
		fmt.Fprintf(os.Stderr, "gorgonae: stopped by %v\n", s.Signal)
		return 128 + int(s.Signal)
	}
	fmt.Fprintf(os.Stderr, "gorgonae: %s\n", oneLine(err.Error()))
	return 1
}

// oneLine is a text without line breaks and other characters that a terminal obeys, which names of
// files may hold.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
}

// signaled is why the context of a program ends that was asked to stop.
type signaled struct{ syscall.Signal }

func (s signaled) Error() string { return s.Signal.String() }

// withSignals is a context that ends with the first SIGINT or SIGTERM; a second one kills the
// program, as usual.
func withSignals() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		if s, ok := <-signals; ok {
			signal.Stop(signals)
			cancel(signaled{s.(syscall.Signal)})
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(signals)
		cancel(nil)
	}
}
