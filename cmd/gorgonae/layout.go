package main

import (
	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/run"
)

// addLayout gives a command that reads arrays of images the flag --layout.
func addLayout(cmd *cobra.Command) {
	cmd.Flags().String("layout", "", "where an array has its channels: nhwc, last, or nchw, first (\"\": where its shape shows them)")
}

// layoutOf returns what --layout says.
func layoutOf(cmd *cobra.Command) (run.Layout, error) {
	f := cmd.Flag("layout")
	if f == nil {
		return run.ByShape, nil
	}
	l, err := run.ParseLayout(f.Value.String())
	return l, errors.WithMessage(err, "--layout")
}
