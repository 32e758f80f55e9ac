// Command onnx is our half of a contest: it writes models as ONNX files, and applies them itself whenever run.py, which
// runs the same files in ONNX Runtime, asks for it. So both take turns, under the same conditions. make bench-onnx runs
// both; see bench/README.md.
//
// Usage: onnx FOLDER. It writes the files into the folder and prints a line for each: architecture, part, file, file of
// an input of 256 examples. Then it reads lines "INDEX BATCH SECONDS", and answers each with the seconds that a call
// took, the fastest of the calls in that time.
package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/exchange/onnx"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/handwriting"
)

func main() {
	if err := run(os.Args, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "onnx:", err)
		os.Exit(1)
	}
}

// most is the largest batch.
const most = 256

// half is an encoder or a decoder with its inputs.
type half struct {
	model *graph.Model
	x     []float32 // most examples
}

func run(args []string, in io.Reader, out io.Writer) error {
	if len(args) != 2 {
		return errors.New("want one argument, a folder for the files")
	}
	halves, err := prepare(args[1], out)
	if err != nil {
		return err
	}
	fmt.Fprintln(out)
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		var i, batch int
		var seconds float64
		if _, err := fmt.Sscan(lines.Text(), &i, &batch, &seconds); err != nil || i < 0 || i >= len(halves) || batch < 1 || batch > most {
			return errors.Errorf("want INDEX BATCH SECONDS, got %q", lines.Text())
		}
		fastest, err := halves[i].measure(batch, seconds)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, fastest)
	}
	return errors.WithStack(lines.Err())
}

// prepare writes encoders and decoders of grey images with random weights, and their inputs: drawn digits, and codes of
// them.
func prepare(dir string, out io.Writer) (halves []half, err error) {
	ctx := context.Background()
	image := graph.Shape{1, 28, 28}
	_, digits := handwriting.Draw(1, most)
	x := make([]float32, most*image.Size())
	for i := range most {
		if err := digits.Example(0, i, x[i*image.Size():][:image.Size()], nil); err != nil {
			return nil, err
		}
	}
	for _, a := range autoencoder.Architectures() {
		if a.Name == "lossless" {
			continue // its halves do nothing
		}
		ae, err := autoencoder.Build(a.New(), image)
		if err != nil {
			return nil, err
		}
		if err := ae.Model.Init(1); err != nil {
			return nil, err
		}
		folder := filepath.Join(dir, a.Name)
		if _, err := onnx.WriteParts(folder, ae, image, onnx.Options{}); err != nil {
			return nil, err
		}
		codes, err := ae.Encoder.Predict(ctx, x)
		if err != nil {
			return nil, err
		}
		for _, h := range []struct {
			part  string
			given []float32
			half
		}{
			{"encoder", x, half{ae.Encoder, x}},
			{"decoder", graph.ChannelsFirst(codes, ae.Decoder.In()), half{ae.Decoder, codes}},
		} {
			file := filepath.Join(folder, h.part)
			if err := os.WriteFile(file+".x", raw(h.given), 0o666); err != nil {
				return nil, errors.WithStack(err)
			}
			fmt.Fprintln(out, a.Name, h.part, file+".onnx", file+".x")
			halves = append(halves, h.half)
		}
	}
	return halves, nil
}

func raw(x []float32) (b []byte) {
	for _, v := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

// measure returns the seconds of the fastest call.
func (h half) measure(batch int, seconds float64) (fastest float64, err error) {
	x := h.x[:batch*h.model.In().Size()]
	fastest = math.Inf(1)
	for begin := time.Now(); time.Since(begin).Seconds() < seconds; {
		start := time.Now()
		if _, err := h.model.Predict(context.Background(), x); err != nil {
			return 0, err
		}
		fastest = min(fastest, time.Since(start).Seconds())
	}
	return fastest, nil
}
