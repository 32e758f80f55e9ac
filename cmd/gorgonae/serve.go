package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/serve"
	"github.com/gorgonae/gorgonae/serve/page"
)

// tokenVariable is the environment variable with the token: other users of the machine see the flags of
// programs, but not their environment.
const tokenVariable = "GORGONAE_TOKEN"

// serving is what serve was asked for.
type serving struct {
	data, address, token, body, memory string
	pictures                           pictureFlags
	limits                             serve.Limits
}

func newServe() *cobra.Command {
	var c serving
	cmd := &cobra.Command{
		Use:   "serve MODEL",
		Short: "Show a model in the browser, and serve it over HTTP",
		Long: "serve prints the address of a page that shows a model: the codes of all training images, the image that the decoder makes of\n" +
			"each point, what becomes of an image that is drawn or dropped on the page, its error and its bits, and the curves of the\n" +
			"training, live while one is going on in the folder. MODEL is a model file or the folder of a run. Ctrl-C ends it.\n\n" +
			"Under the page is an HTTP API, for programs too: /api/encode, /api/decode, /api/compress, /api/decompress and more, which\n" +
			"/api/openapi.json describes; /healthz; and /metrics in Prometheus's format.\n\n" +
			"Only this machine reaches the server, at " + serve.StandardAddress + ", or at another port if that is taken. --address :8765 lets others\n" +
			"reach it: then every request needs the token, which is that of --token or " + tokenVariable + ", or is made and printed. The\n" +
			"connection is not encrypted: beyond a network that you trust, put a proxy with TLS before it.\n\n" + dataHelp() +
			"Without --data, the command uses the data set that the model was trained on, if it is still where it was.",
		Example: "  gorgonae serve runs/tutorial-mnist\n" +
			"  curl -s --data-binary @digit.png http://" + serve.StandardAddress + "/api/encode",
		Args: arguments,
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd, args[0]) },
	}
	cmd.Flags().StringVar(&c.address, "address", "", "HOST:PORT to listen on, :PORT for all addresses of the machine (default: "+serve.StandardAddress+")")
	cmd.Flags().StringVar(&c.token, "token", "", "what each request must bring; needed beyond the loopback address, made if there is none")
	cmd.Flags().StringVar(&c.data, "data", "", dataFlag())
	cmd.Flags().StringVar(&c.body, "max-body", "32MiB", "the largest body of a request")
	cmd.Flags().IntVar(&c.limits.Pixels, "max-pixels", 1<<24, "the pixels of the largest picture of a request")
	cmd.Flags().StringVar(&c.memory, "max-memory", "", "memory for the layers of pictures of other sizes than the model's, as 2GB (default: a quarter of all)")
	cmd.Flags().DurationVar(&c.limits.Time, "timeout", 30*time.Second, "how long a request may take")
	cmd.Flags().IntVar(&c.limits.AtOnce, "at-once", 0, "requests that compute at once; others wait (0: twice the processors)")
	c.pictures.addReading(cmd.Flags())
	c.pictures.addLayout(cmd.Flags())
	return cmd
}

func (c *serving) run(cmd *cobra.Command, path string) error {
	if err := c.check(); err != nil {
		return err
	}
	file, _ := os.Stat(run.ModelPath(path)) // before it is read: a training may write it meanwhile. Read says what is wrong
	m, err := run.Read(path)
	if err != nil {
		return err
	}
	o := serve.Options{Page: page.Files(), File: file, Token: c.token, Version: programVersion(), Limits: c.limits,
		Log: func(line string) { fmt.Fprintln(os.Stderr, oneLine(line)) }}
	if o.Token == "" {
		o.Token = os.Getenv(tokenVariable)
	}
	if o.Open, o.NoData, err = c.opener(m); err != nil {
		return err
	}
	l, beyond, err := serve.Listen(cmd.Context(), c.address)
	if err != nil {
		return err
	}
	defer l.Close()
	if o.Beyond = beyond; beyond && o.Token == "" {
		o.Token = serve.NewToken()
	}
	s, err := serve.New(m, o)
	if err != nil {
		return errors.WithMessage(err, "cannot serve "+path)
	}
	if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s is at %s\n", path, serve.URL(l, o.Token)); err != nil {
		return errors.Wrap(err, "cannot print the address")
	}
	signal.Ignore(syscall.SIGPIPE) // who reads the address may end; and connections break all the time
	if o.NoData != "" {
		printNotes([]string{"no data set is shown: " + o.NoData})
	}
	return s.Serve(cmd.Context(), l)
}

// check refuses flags before anything is read.
func (c *serving) check() error {
	n, err := humanize.ParseBytes(c.body)
	switch {
	case err != nil || n < 1<<10 || n > 1<<31:
		return errors.Errorf("--max-body: want bytes, as 8MB, from 1 KiB to 2 GiB, got %q", c.body)
	case c.limits.Pixels < 1 || c.limits.Pixels > 1<<28:
		return errors.Errorf("--max-pixels: want 1 to %d pixels, got %d", 1<<28, c.limits.Pixels)
	case c.limits.Time < time.Second || c.limits.Time > time.Hour:
		return errors.Errorf("--timeout: want a time from 1s to 1h, got %v", c.limits.Time)
	case c.limits.AtOnce < 0 || c.limits.AtOnce > 1024:
		return errors.Errorf("--at-once: want 1 to 1024 requests, or 0, got %d", c.limits.AtOnce)
	}
	c.limits.Body = int64(n)
	if c.memory == "" {
		return nil
	}
	if n, err = humanize.ParseBytes(c.memory); err != nil || n < 1<<20 || n > 1<<50 {
		return errors.Errorf("--max-memory: want bytes, as 2GB, from 1 MiB on, got %q", c.memory)
	}
	c.limits.Memory = int64(n)
	return nil
}

// opener returns a function that opens the data set, or why there is none: the one that the user named, or
// that the model was trained on, by its name or where the run's checkpoint says that it lay.
func (c *serving) opener(m *run.Model) (open func(context.Context) (*dataset.Data, error), why string, err error) {
	o := dataset.Options{Data: c.data, OnDemand: true} // a sample is shown before all are drawn
	if _, err := os.Stat(run.ArrayFile(c.data)); c.data != "" && !dataset.Named(c.data) && err != nil {
		return nil, "", errors.Errorf("--data: want the name of a data set, or a folder or a file with one, got %s: %v", c.data, withoutPath(err))
	}
	if o.Data == "" {
		if o.Data, err = m.DataName(""); err != nil {
			if o.Data = sourceOf(m.Path); o.Data == "" {
				return nil, err.Error() + " with --data", nil
			}
		}
	}
	if err := c.pictures.read(&o, m); err != nil {
		return nil, "", err
	}
	if m.TrainedOn.Reading.Patch == "" { // else patches are shown, as in the training
		o.AnySize = m.AnySize()
	}
	return func(ctx context.Context) (*dataset.Data, error) {
		data, err := dataset.Open(ctx, o)
		if err != nil {
			return nil, err
		}
		if data.Warning != "" {
			fmt.Fprintf(os.Stderr, "WARNING: %s\n", oneLine(data.Warning))
		}
		printNotes(data.Notes)
		return data, nil
	}, "", nil
}

// sourceOf returns where the data set of a run lay when it was trained, if it is there still, or "".
func sourceOf(model string) string {
	began, err := run.ReadBegan(filepath.Dir(model))
	if err != nil || began.Source == "" {
		return ""
	}
	if dataset.Named(began.Source) {
		return began.Source
	}
	if _, err := os.Stat(run.ArrayFile(began.Source)); err != nil {
		return ""
	}
	return began.Source
}
