// Command cluster measures what a step of training costs on several machines, and tells what it would cost on
// more.
//
//	go run ./bench/cluster                                     # the table, from what this machine computes
//	go build -tags mpi -o bench-cluster ./bench/cluster
//	GOMAXPROCS=1 mpirun -np 2 bench-cluster                    # and what the steps of two processes take
//
// A worker's own work is measured: it trains with workers that answer at once. What travels is counted, and
// its time follows from the bandwidth and the delay of a network. Under mpirun the real steps are measured too,
// beside the same sum with the time that MPI takes here for as many numbers.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/cluster/mpi"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/handwriting"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/train"
)

func main() {
	batch := flag.Int("batch", 256, "examples in a step")
	steps := flag.Int("steps", 40, "steps of each measurement, of which the median counts")
	flag.Parse()
	if err := measure(*batch, *steps); err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(1)
	}
}

func measure(batch, steps int) error {
	world, err := mpi.Join()
	if err != nil {
		return err
	}
	if world != nil {
		defer world.Close()
	}
	for _, name := range []string{"tutorial", "deep", "conv"} {
		w := workload{name: name, batch: batch, steps: steps}
		if world != nil {
			err = w.real(world)
		} else {
			err = w.table()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// network is what joins machines.
type network struct {
	name  string
	bytes float64       // a second
	delay time.Duration // of a message
}

var networks = []network{
	{"1 Gbit/s", 1e9 / 8, 50 * time.Microsecond},
	{"10 Gbit/s", 10e9 / 8, 30 * time.Microsecond},
	{"100 Gbit/s", 100e9 / 8, 5 * time.Microsecond},
}

// time is how long it takes to share out and to gather numbers among workers. Each worker sends a message to
// each other one, twice; and a short one, which passes in rounds.
func (n network) time(numbers, workers int) time.Duration {
	if workers == 1 {
		return 0
	}
	rounds := 0
	for 1<<rounds < workers {
		rounds++
	}
	seconds := float64(traffic(numbers, workers)) / n.bytes
	return time.Duration(seconds*1e9) + time.Duration(2*(workers-1)+rounds)*n.delay
}

// traffic is the bytes that a worker sends in a step, and as many that it gets.
func traffic(numbers, workers int) int { return 2 * 4 * numbers / workers * (workers - 1) }

// workload is a model that is trained.
type workload struct {
	name         string
	batch, steps int
}

// table prints what steps cost with 1 to 64 workers.
func (w workload) table() error {
	plain, err := w.step(1, lone(1))
	if err != nil {
		return err
	}
	numbers, err := w.numbers()
	if err != nil {
		return err
	}
	fmt.Printf("%s, batch %d, %d threads a worker: %.2f ms a step without shards; %d numbers in a gradient\n", w.name, w.batch, runtime.GOMAXPROCS(0), ms(plain), numbers)
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "workers\tshards\town work, ms\tMB sent\t")
	for _, n := range networks {
		fmt.Fprintf(t, "%s, ms\tfaster\t", n.name)
	}
	fmt.Fprintln(t)
	for workers := 1; workers <= min(64, w.batch); workers *= 2 {
		own, err := w.step(max(workers, 2), lone(workers))
		if err != nil {
			return err
		}
		fmt.Fprintf(t, "%d\t%d\t%.2f\t%.1f\t", workers, max(workers, 2), ms(own), float64(traffic(numbers, workers))/1e6)
		for _, n := range networks {
			whole := own + n.time(numbers, workers)
			fmt.Fprintf(t, "%.2f\t%.2f\t", ms(whole), float64(plain)/float64(whole))
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}

// real prints what a step costs with the processes of mpirun, with 8 shards, beside what it should.
func (w workload) real(world *mpi.World) error {
	shards := max(8, world.Size())
	own, err := w.step(shards, lone(world.Size()))
	if err != nil {
		return err
	}
	numbers, err := w.numbers()
	if err != nil {
		return err
	}
	shared, err := w.share(world, numbers)
	if err != nil {
		return err
	}
	took, err := w.step(shards, world)
	if err != nil || world.Rank() > 0 {
		return err
	}
	fmt.Printf("%s, batch %d in %d shards, %d processes of %d threads: %.2f ms a step; by itself a process works %.2f ms, and MPI takes %.2f ms for %.1f MB: together %.2f ms\n",
		w.name, w.batch, shards, world.Size(), runtime.GOMAXPROCS(0), ms(took), ms(own), ms(shared), float64(traffic(numbers, world.Size()))/1e6, ms(own+shared))
	return nil
}

// share measures what MPI takes to share out and to gather a gradient.
func (w workload) share(world *mpi.World, numbers int) (time.Duration, error) {
	slice := (numbers-1)/world.Size() + 1
	own, all := make([]float32, slice*world.Size()), make([]float32, slice*world.Size())
	var took []time.Duration
	for range w.steps {
		start := time.Now()
		if err := world.AllToAll(all, own); err != nil {
			return 0, err
		}
		if err := world.AllGather(all, own[:slice]); err != nil {
			return 0, err
		}
		took = append(took, time.Since(start))
	}
	return median(took), nil
}

// step returns the time of a step, with a batch in shards among workers.
func (w workload) step(shards int, workers train.Workers) (time.Duration, error) {
	t, err := w.trainer(shards)
	if err != nil {
		return 0, err
	}
	if workers.Size() > 1 {
		if err := t.Join(workers); err != nil {
			return 0, err
		}
	}
	drawn, _ := handwriting.Draw(w.batch, 1)
	var took []time.Duration
	last := time.Now()
	_, err = t.Fit(context.Background(), repeated{drawn, w.steps}, nil, 1, train.Hooks{Step: func(train.Progress) {
		now := time.Now()
		took = append(took, now.Sub(last))
		last = now
	}})
	return median(took), err
}

func (w workload) trainer(shards int) (*train.Trainer, error) {
	a, err := autoencoder.Find(w.name)
	if err != nil {
		return nil, err
	}
	ae, err := a.New().Build(graph.Shape{1, 28, 28})
	if err != nil {
		return nil, err
	}
	if err := ae.Model.Init(1); err != nil {
		return nil, err
	}
	return train.Compile(ae.Model, a.Training.Loss, train.NewAdam(1e-4), train.Config{Batch: w.batch, InOrder: true, Shards: shards})
}

// numbers is how many trained numbers the model has.
func (w workload) numbers() (n int, err error) {
	t, err := w.trainer(1)
	if err != nil {
		return 0, err
	}
	for _, weight := range t.Model().Weights() {
		if !weight.Kept {
			n += len(weight.Data)
		}
	}
	return n, nil
}

// repeated repeats the images of a set.
type repeated struct {
	*images.Set
	times int
}

func (r repeated) Len() int { return r.times * r.Set.Len() }

func (r repeated) Bytes(any) func(epoch, i int, scratch []byte) []byte {
	return func(_, i int, _ []byte) []byte { return r.Set.Image(i % r.Set.Len()) }
}

// lone is worker 0 of so many, the others of which give the same as it, at once.
type lone int

func (n lone) Rank() int { return 0 }
func (n lone) Size() int { return int(n) }

func (n lone) AllGather(all, own []float32) error {
	for r := range int(n) {
		copy(all[r*len(own):], own)
	}
	return nil
}

func (n lone) AllToAll(all, own []float32) error     { copy(all, own); return nil }
func (n lone) Broadcast(data []byte) ([]byte, error) { return data, nil }

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

func ms(d time.Duration) float64 { return d.Seconds() * 1e3 }
