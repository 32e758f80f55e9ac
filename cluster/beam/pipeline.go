// Package beam does the work of gorgonae's compress, encode and evaluate on very many images, as a pipeline of
// Apache Beam: on the local runner of its SDK, which needs no set-up, or on Flink, Spark or Dataflow.
//
// What travels through the pipeline is the names of archives and what came of each, never single images. Every
// machine computes the same bits, so an archive that is done twice, because an engine repeats what failed or is
// slow, is the same bytes, and the second file replaces the first as a whole.
//
// Beam's Go SDK 2.77.0 carries the exported fields of a registered struct to its workers, and drops all others
// without an error; so Process has exported fields for what it is told, and makes its worker in Setup.
package beam

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/cluster/parts"
	"github.com/gorgonae/gorgonae/run"
)

func init() {
	register.DoFn3x1[context.Context, string, func(string, string), error](&Process{})
	register.DoFn3x1[context.Context, string, func(*string) bool, error](&Summarise{})
	register.Emitter2[string, string]()
	register.Iter1[string]()
}

// Process does the work on archives.
type Process struct {
	Work Work

	worker *Worker
}

// Setup makes the worker. An engine calls it where the work is done.
func (p *Process) Setup() (err error) {
	p.worker, err = NewWorker(p.Work)
	return err
}

// ProcessElement does the work on an archive.
func (p *Process) ProcessElement(ctx context.Context, archive string, emit func(key, result string)) error {
	r, err := p.worker.Do(ctx, archive)
	if err != nil {
		return err
	}
	text, err := json.Marshal(r)
	if err == nil {
		emit("", string(text)) // one key for all, of which there is one an archive
	}
	return errors.WithStack(err)
}

// Names of files in the folder of the results.
const (
	SummaryName  = "results" + parts.Suffix // the manifest
	EvaluateName = "evaluate.csv"           // the error of each archive, of EvaluateTask
	CodecName    = "codec.gae"              // the codec of CompressTask, unless Work.Like is another file
)

// Summarise writes what all results have in common; see WriteResults.
type Summarise struct{ Task, Out string }

// ProcessElement writes the manifest.
func (s *Summarise) ProcessElement(_ context.Context, _ string, results func(*string) bool) error {
	var all []Result
	for text := ""; results(&text); {
		var r Result
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			return errors.Wrap(err, "what came of an archive")
		}
		all = append(all, r)
	}
	return WriteResults(s.Task, s.Out, all)
}

// WriteResults writes the manifest of all results into a folder, in the order of the archives; and for
// EvaluateTask a CSV file with the images and the mean squared error of each archive.
func WriteResults(task, dir string, all []Result) error {
	if err := Manifest(all).Write(filepath.Join(dir, SummaryName)); err != nil || task != EvaluateTask {
		return err
	}
	done := slices.DeleteFunc(slices.Clone(all), func(r Result) bool { return r.Images == 0 })
	return run.WriteCSV(filepath.Join(dir, EvaluateName), []string{"archive", "images", "mse"}, len(done), func(i int) []string {
		r := done[i]
		return []string{r.Archive, strconv.Itoa(r.Images), strconv.FormatFloat(r.SquaredError/float64(r.Numbers), 'g', 6, 64)}
	})
}

// Forget removes what WriteResults wrote into a folder, so that nobody takes it for the results of a pipeline that
// begins now. Files of archives stay, and are not made again if they are right.
func Forget(task, dir string) error {
	names := []string{SummaryName}
	if task == EvaluateTask {
		names = append(names, EvaluateName)
	}
	for _, name := range names {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return errors.WithStack(err)
		}
	}
	return nil
}

// Manifest returns the manifest of results: one line for each file, and one for each image or archive that was
// left out. Its first line is for all: its SHA-256 is that of the text "SHA256 NAME\n" of each file in order.
func Manifest(all []Result) *parts.Manifest {
	slices.SortFunc(all, func(a, b Result) int { return strings.Compare(a.Archive, b.Archive) })
	m := &parts.Manifest{File: parts.File{Name: SummaryName}}
	sum := sha256.New()
	for _, r := range all {
		if r.File.Name != "" {
			m.Parts = append(m.Parts, r.File)
			fmt.Fprintf(sum, "%s %s\n", r.File.SHA256, r.File.Name)
			m.File.Bytes += r.File.Bytes
			m.File.Model = r.File.Model
		}
		m.File.Images += r.Images
		m.Skipped = append(m.Skipped, r.Skipped...)
	}
	m.File.Skipped, m.File.SHA256 = len(m.Skipped), hex.EncodeToString(sum.Sum(nil))
	return m
}

// Add adds the work on archives to a pipeline. It returns the results, one of each archive. Workers get absolute
// paths.
func Add(s beam.Scope, w Work, archives []string) (beam.PCollection, error) {
	if err := w.Check(); err != nil {
		return beam.PCollection{}, err
	}
	if len(archives) == 0 {
		return beam.PCollection{}, errors.New("want at least one archive, got none")
	}
	w, err := absoluteWork(w)
	if err != nil {
		return beam.PCollection{}, err
	}
	if archives, err = absoluteArchives(w.Task, archives); err != nil {
		return beam.PCollection{}, err
	}
	s = s.Scope(w.Task)
	// Without a shuffle of their names, all archives would be one bundle, and one worker would do them all.
	names := beam.Reshuffle(s, beam.CreateList(s, archives))
	keyed := beam.ParDo(s, &Process{Work: w}, names)
	beam.ParDo0(s, &Summarise{w.Task, w.Out}, beam.GroupByKey(s, keyed))
	return keyed, nil
}
