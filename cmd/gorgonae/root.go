package main

import (
	"fmt"
	"strings"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "gorgonae",
		Short: "Train autoencoders on images and use them",
		Long: "gorgonae trains autoencoders on images and uses them. An autoencoder has an encoder, which turns an image into a\n" +
			"code of a few numbers, and a decoder, which turns the code back into an image.",
		Example: "  gorgonae train                          # the tutorial's autoencoder on MNIST, into runs/tutorial-mnist\n" +
			"  gorgonae evaluate runs/tutorial-mnist   # how well it reconstructs",
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},

		DisableFlagsInUseLine:      true,
		SuggestionsMinimumDistance: 2,

		Args: cobra.ArbitraryArgs, // an argument here is an unknown command, which RunE reports
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return errors.Errorf("%s (%s -h lists the flags)", explainFlag(err), cmd.CommandPath())
	})
	root.AddCommand(newTrain(), newSummary(), newEvaluate(), newEncode(), newDecode(), newReconstruct(), newCompress(), newDecompress(), newInfo(), newVerify(), newMerge(), newRD(), newExport(), newImport(), newFigures(), newData(), newServe(), newVersion())
	root.SetHelpCommand(newHelp())
	for _, c := range root.Commands() {
		c.Flags().SortFlags = false
	}
	return root
}

// newHelp returns a help command like cobra's, except that it fails for an unknown command.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Show the purpose and the flags of a command",
		Example: "  gorgonae help train",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(cmd.Root(), strings.Join(args, " "))
			}
			c.InitDefaultHelpFlag() // so that the help lists -h
			return c.Help()
		},
	}
}

func unknownCommand(root *cobra.Command, name string) error {
	if near := root.SuggestionsFor(name); len(near) > 0 {
		return errors.Errorf("unknown command %q: did you mean %s?", name, strings.Join(near, " or "))
	}
	return errors.Errorf("unknown command %q (%s -h lists the commands)", name, root.Name())
}

// explainFlag describes an error in a flag without the names of Go functions.
func explainFlag(err error) string {
	wrong := (*pflag.InvalidValueError)(nil)
	if !errors.As(err, &wrong) {
		return err.Error()
	}
	f := wrong.GetFlag()
	want, ok := map[string]string{"int": "a whole number", "uint64": "a whole number of 0 or more", "float32": "a number", "float64": "a number",
		"intSlice": "whole numbers with commas between them", "float64Slice": "numbers with commas between them", "bool": "true or false"}[f.Value.Type()]
	if !ok {
		return fmt.Sprintf("--%s: %v", f.Name, errors.Unwrap(wrong))
	}
	return fmt.Sprintf("--%s: want %s, got %q", f.Name, want, wrong.GetValue())
}

// arguments checks the number of arguments against the usage line of the command, such as "decode
// MODEL CODES.npy". Arguments in brackets may be omitted. The last one may stand for several: "FILE...".
func arguments(cmd *cobra.Command, args []string) error {
	names := strings.Fields(cmd.Use)[1:]
	for i, name := range names {
		if i >= len(args) && !strings.HasPrefix(name, "[") {
			return errors.Errorf("%s is missing: %s %s", name, cmd.CommandPath(), strings.Join(names, " "))
		}
	}
	if len(args) > len(names) && !strings.HasSuffix(cmd.Use, "...") {
		return errors.Errorf("%q is one argument too many: %s%s", args[len(names)], strings.Join(append([]string{cmd.CommandPath()}, names...), " "), inputFlags(cmd))
	}
	return nil
}

// inputFlags says with which flags a command takes its images, because compress and reconstruct take
// theirs as an argument. It returns "" for a command that has none of these flags.
func inputFlags(cmd *cobra.Command) string {
	switch {
	case cmd.Flags().Lookup("images") != nil:
		return "; --images names your own images, --data a data set"
	case cmd.Flags().Lookup("data") != nil:
		return "; --data names the data set"
	}
	return ""
}

// plural returns a number with a noun: "1 image", "2 images".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
