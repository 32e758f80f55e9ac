package main

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/run"
)

func newSummary() *cobra.Command {
	m := &settingFlags{}
	cmd := &cobra.Command{
		Use:   "summary [MODEL]",
		Short: "Print the layers and parameters of encoder, decoder and autoencoder",
		Long: "summary prints the layers of the encoder, the decoder and the autoencoder as tables. MODEL is a model file or the folder\n" +
			"of a run. Without MODEL, the tables show the model that train would build with these flags for grey images of 28 x 28\n" +
			"pixels.",
		Example: "  gorgonae summary\n  gorgonae summary --model deep\n  gorgonae summary --hidden 500,100 --latent 10\n  gorgonae summary runs/tutorial-mnist",
		Args:    arguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				s, err := m.settings(cmd.Flags())
				if err != nil {
					return err
				}
				ae, err := buildFor(&s)
				if err != nil {
					return explain(&s, err)
				}
				return printSummaries(cmd, ae.Model)
			}
			if cmd.Flags().NFlag() > 0 {
				return errors.New("want either MODEL or flags that describe a new model, got both")
			}
			m, err := graph.ReadFile(run.ModelPath(args[0]))
			if err != nil {
				return err
			}
			if err := printSummaries(cmd, m.Model); err != nil {
				return err
			}
			return printCommand(cmd, args[0])
		},
	}
	m.addModel(cmd.Flags())
	m.addTraining(cmd.Flags(), "loss")
	cmd.Long += "\n\n" + m.help(cmd.Flags())
	return cmd
}

// buildFor builds the models for grey images of 28 x 28 pixels, or if these do not suit the
// architecture for its trial images.
func buildFor(s *run.Settings) (*autoencoder.Autoencoder, error) {
	ae, err := s.Config.Build(graph.Shape{1, 28, 28})
	if err == nil {
		return ae, nil
	}
	a, other := autoencoder.Find(s.Architecture)
	if other != nil {
		return nil, other
	}
	if small, other := s.Config.Build(a.Trial); other == nil {
		return small, nil
	}
	return nil, err
}

// printCommand prints the command line with which a run in a folder began.
func printCommand(cmd *cobra.Command, dir string) error {
	began, err := run.ReadBegan(dir)
	if err != nil {
		return nil // a model file without a run
	}
	words, err := began.Command()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "\ntrained by: %s\n", run.CommandLine(words))
	return err
}

// printSummaries prints the tables of the parts of a model, and the table of the model itself.
func printSummaries(cmd *cobra.Command, m *graph.Model) error {
	for i, part := range m.Models() {
		if i > 0 {
			fmt.Fprintln(cmd.OutOrStdout())
		}
		if err := part.Summary(cmd.OutOrStdout()); err != nil {
			return err
		}
	}
	return nil
}
