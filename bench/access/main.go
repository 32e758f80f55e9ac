// Command access measures how long one image at any place of a compressed file takes:
//
//	gorgonae compress runs/tutorial-handwriting handwriting-1000000 --out million.gae
//	go run ./bench/access million.gae
//
// It opens the file, and asks for images at places drawn at random, each in another chunk than the one
// before: a reader keeps the chunk that it read last, so that a neighbour takes less.
package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/internal/random"
)

// places is how many images are asked for.
const places = 1000

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "access: want one compressed file")
		os.Exit(1)
	}
	if err := measure(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "access:", err)
		os.Exit(1)
	}
}

func measure(ctx context.Context, path string) error {
	in, err := os.Open(path)
	if err != nil {
		return errors.WithStack(err)
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return errors.WithStack(err)
	}
	start := time.Now()
	f, err := codec.Open(in, info.Size(), codec.ReadOptions{})
	if err != nil {
		return err
	}
	opened := time.Since(start)
	if f.Chunks() < 2 {
		return errors.Errorf("want a file of several chunks, got %d", f.Chunks())
	}
	r := random.New(1, "access")
	times := make([]time.Duration, places)
	last := -1
	for k := range times {
		i := last
		for last < 0 || i/1024 == last/1024 {
			i = int(r.Uint64n(uint64(f.Len())))
			if last < 0 {
				break
			}
		}
		last = i
		start := time.Now()
		if _, err := f.Image(ctx, i); err != nil {
			return err
		}
		times[k] = time.Since(start)
	}
	first, worst := times[0], 1
	for k := range times {
		if k > 0 && times[k] > times[worst] {
			worst = k
		}
	}
	slices.Sort(times)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	fmt.Printf("%s: %d images in %d chunks, opened in %.2f ms\n", path, f.Len(), f.Chunks(), ms(opened))
	fmt.Printf("the first image %.2f ms, the slowest of the others %d-th\n", ms(first), worst)
	fmt.Printf("one image at any place: median %.2f ms, 99 of 100 within %.2f ms, all %d within %.2f ms\n", ms(times[places/2]), ms(times[places*99/100]), places, ms(times[places-1]))
	return nil
}
