package main

import (
	"os"
	"runtime"
	"runtime/pprof"
	"runtime/trace"

	"github.com/pkg/errors"
	"github.com/spf13/pflag"
)

// profiles are the paths of files for go tool pprof and go tool trace. An empty path means no file.
type profiles struct{ cpu, mem, trace string }

func (p *profiles) flags(f *pflag.FlagSet) {
	f.StringVar(&p.cpu, "cpuprofile", "", "write a CPU profile to this file, for go tool pprof")
	f.StringVar(&p.mem, "memprofile", "", "write a profile of the memory in use at the end")
	f.StringVar(&p.trace, "trace", "", "write an execution trace, for go tool trace")
}

// record calls do and records the profiles that have a path.
func (p *profiles) record(do func() error) (err error) {
	for _, r := range []struct {
		path string
		do   func(f *os.File) (end func() error, err error)
	}{
		{p.mem, func(f *os.File) (func() error, error) {
			return func() error {
				runtime.GC() // so that the profile shows only memory in use
				return pprof.WriteHeapProfile(f)
			}, nil
		}},
		{p.cpu, func(f *os.File) (func() error, error) {
			return func() error { pprof.StopCPUProfile(); return nil }, pprof.StartCPUProfile(f)
		}},
		{p.trace, func(f *os.File) (func() error, error) {
			return func() error { trace.Stop(); return nil }, trace.Start(f)
		}},
	} {
		if r.path == "" {
			continue
		}
		f, failed := os.Create(r.path)
		if failed != nil {
			return errors.Wrap(failed, "cannot write a profile")
		}
		end, failed := r.do(f)
		if failed != nil {
			return errors.Wrapf(failed, "cannot record a profile into %s", r.path)
		}
		defer func() {
			for _, failed := range []error{end(), f.Close()} {
				if err == nil && failed != nil {
					err = errors.Wrapf(failed, "cannot write %s", r.path)
				}
			}
		}()
	}
	return do()
}
