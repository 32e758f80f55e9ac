// Command gorgonae-beam compresses, encodes or evaluates the images of many archives on Apache Beam.
//
//	gorgonae-beam --task compress --model runs/conv-faces --out compressed/ shards/*.npy
//	gorgonae-beam ... --list archives.txt --runner flink --endpoint localhost:8099 --environment_type PROCESS
//
// The flags of Beam's Go SDK choose the engine; without them it is the SDK's local runner. With --task compress
// and without --like, the codec of all is fitted to the first archive: OUT/codec.gae. Workers run this program
// itself, unless --worker_binary names another.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	"unicode"

	sdk "github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/options/jobopts"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/x/beamx"
	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/cluster/beam"
	"github.com/gorgonae/gorgonae/cluster/parts"
)

// leftOut is the exit status if all is done, but for images that were left out.
const leftOut = 3

func main() {
	var w beam.Work
	flag.StringVar(&w.Task, "task", beam.CompressTask, "compress, encode or evaluate")
	flag.StringVar(&w.Model, "model", "", "a model file or the folder of a run")
	flag.StringVar(&w.Like, "like", "", "a compressed file whose codec is used (default: one fitted to the first archive)")
	flag.StringVar(&w.Out, "out", "", "the folder for the results")
	flag.BoolVar(&w.SkipBad, "skip-bad", false, "go on without archives and pictures that cannot be read: the manifest lists them, and the exit status is 3")
	list := flag.String("list", "", "a file with the path of an archive or of a picture in each line")
	pictures := flag.Int("pictures", 1000, "how many neighbouring pictures of a list make one archive, at most")
	flag.Parse()
	err := enlist(context.Background())
	skipped := 0
	if err == nil {
		sdk.Init() // on a worker of a cluster it does not return
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
		skipped, err = run(ctx, w, *list, *pictures, flag.Args())
		stop()
	}
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "gorgonae-beam:", oneLine(err.Error()))
		os.Exit(1)
	case skipped > 0:
		os.Exit(leftOut)
	}
}

// oneLine returns what an error says in one line. Engines put many lines around an error of a worker, and log them
// before.
func oneLine(text string) string {
	const worker = "] failed:\n" // Beam's SDK names the function before
	if i := strings.LastIndex(text, worker); i >= 0 {
		text, _, _ = strings.Cut(text[i+len(worker):], "\n")
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
}

// run runs the pipeline, and returns how many images and archives were left out.
func run(ctx context.Context, w beam.Work, list string, pictures int, archives []string) (skipped int, err error) {
	start := time.Now()
	if list != "" {
		more, err := lines(list)
		if err != nil {
			return 0, err
		}
		archives = append(archives, more...)
	}
	if len(archives) == 0 {
		return 0, errors.New("want archives as arguments or in --list, got none")
	}
	if archives, err = beam.Together(archives, pictures); err != nil {
		return 0, err
	}
	if w.Out == "" {
		return 0, errors.New("want a folder for the results as --out, got none")
	}
	if err := carry(); err != nil {
		return 0, err
	}
	fits := w.Task == beam.CompressTask && w.Like == ""
	if fits {
		w.Like = filepath.Join(w.Out, beam.CodecName)
	}
	p, s := sdk.NewPipelineWithRoot()
	if _, err := beam.Add(s, w, archives); err != nil {
		return 0, err
	}
	if err := os.MkdirAll(w.Out, 0o777); err != nil {
		return 0, errors.WithStack(err)
	}
	if fits {
		if err := beam.FitCodec(ctx, w, archives, w.Like); err != nil {
			return 0, err
		}
	}
	if err := beam.Forget(w.Task, w.Out); err != nil {
		return 0, err
	}
	if err := execute(ctx, p); err != nil {
		return 0, err
	}
	summary := filepath.Join(w.Out, beam.SummaryName)
	if *jobopts.Async {
		fmt.Printf("submitted the work on %d archives, and did not wait for it: %s will be there when all is done\n", len(archives), summary)
		return 0, nil
	}
	m, err := parts.Read(summary)
	if errors.Is(err, os.ErrNotExist) {
		return 0, errors.Errorf("want %s, which the pipeline writes at its end, got none: it was cancelled, or was not run, or its machines do not share this folder", summary)
	}
	if err != nil {
		return 0, err
	}
	fmt.Printf("%s %d images of %d archives, %d left out, into %s: %d bytes, in %.1f s\n",
		map[string]string{beam.CompressTask: "compressed", beam.EncodeTask: "encoded", beam.EvaluateTask: "evaluated"}[w.Task],
		m.File.Images, len(archives), len(m.Skipped), w.Out, m.File.Bytes, time.Since(start).Seconds())
	return len(m.Skipped), beam.Sweep(w.Out, m)
}

// execute runs a pipeline. Beam's SDK leaves a file among the temporary ones of this machine for each pipeline that
// it runs in this process; so it gets a folder of its own for them.
func execute(ctx context.Context, p *sdk.Pipeline) error {
	if local() {
		dir, err := os.MkdirTemp("", "gorgonae-beam-*")
		if err != nil {
			return errors.WithStack(err)
		}
		defer os.RemoveAll(dir)
		for _, name := range []string{"TMPDIR", "TMP"} { // Windows has TMP
			if err := os.Setenv(name, dir); err != nil {
				return errors.WithStack(err)
			}
		}
	}
	err := beamx.Run(ctx, p)
	if err != nil && ctx.Err() != nil {
		err = errors.New("stopped by a signal")
		if !local() {
			err = errors.New("stopped by a signal, and waits no longer: the engine goes on with what it got, so cancel that there")
		}
	}
	return err
}

// longest bounds the bytes of a line of --list.
const longest = 1 << 20

// lines returns the lines of a file that are not empty.
func lines(path string) (all []string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, longest)
	n := 0
	for ; in.Scan(); n++ {
		if line := strings.TrimSpace(in.Text()); line != "" {
			all = append(all, line)
		}
	}
	return all, errors.Wrapf(in.Err(), "%s: line %d", path, n+1) // a list that is cut off would leave out archives
}
