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
		Long: "gorgonae trains autoencoders on images and uses them. An autoencoder is an encoder, which makes a few numbers\n" +
			"of an image, and a decoder, which makes the image of them again.",
		Example: "  gorgonae train                          # the tutorial's autoencoder on MNIST, into runs/tutorial-mnist\n" +
			"  gorgonae evaluate runs/tutorial-mnist   # how well it reconstructs",
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},

		DisableFlagsInUseLine:      true,
		SuggestionsMinimumDistance: 2,

		Args: cobra.ArbitraryArgs, // what is there is no command's name
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
	root.AddCommand(newTrain(), newSummary(), newEvaluate(), newEncode(), newDecode(), newFigures(), newData(), newVersion())
	root.SetHelpCommand(newHelp())
	for _, c := range root.Commands() {
		c.Flags().SortFlags = false
	}
	return root
}

// newHelp is the usual help command, but one that fails where there is nothing to tell about.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Show what a command is for and its flags",
		Example: "  gorgonae help train",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(cmd.Root(), strings.Join(args, " "))
			}
			c.InitDefaultHelpFlag() // else its help would not list -h
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

// explainFlag says what is wrong with a flag without the names of Go's functions.
func explainFlag(err error) string {
	wrong := (*pflag.InvalidValueError)(nil)
	if !errors.As(err, &wrong) {
		return err.Error()
	}
	f := wrong.GetFlag()
	want, ok := map[string]string{"int": "a whole number", "uint64": "a whole number of 0 or more", "float32": "a number",
		"intSlice": "whole numbers with commas between them", "bool": "true or false"}[f.Value.Type()]
	if !ok {
		return fmt.Sprintf("--%s: %v", f.Name, errors.Unwrap(wrong))
	}
	return fmt.Sprintf("--%s %q, want %s", f.Name, wrong.GetValue(), want)
}

// arguments checks the number of arguments by a command's usage line, as "decode MODEL CODES.npy":
// those in brackets may be left out.
func arguments(cmd *cobra.Command, args []string) error {
	names := strings.Fields(cmd.Use)[1:]
	for i, name := range names {
		if i >= len(args) && !strings.HasPrefix(name, "[") {
			return errors.Errorf("%s is missing: %s %s", name, cmd.CommandPath(), strings.Join(names, " "))
		}
	}
	if len(args) > len(names) {
		return errors.Errorf("%q is one argument too many: %s", args[len(names)], strings.Join(append([]string{cmd.CommandPath()}, names...), " "))
	}
	return nil
}
