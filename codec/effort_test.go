package codec

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// lossesOf returns the loss of each image of a file, and the codes.
func lossesOf(t *testing.T, m *Model, file, pixels []byte) ([]float64, []int32) {
	t.Helper()
	f, err := Open(bytes.NewReader(file), int64(len(file)), ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var losses []float64
	var codes []int32
	n := m.Size.Numbers()
	for k := range f.Chunks() {
		c, err := f.load(t.Context(), k)
		if err != nil || c.lost != nil {
			t.Fatal(err, c.lost)
		}
		bits, err := f.Bits(t.Context(), k)
		if err != nil {
			t.Fatal(err)
		}
		for i, b := range bits {
			at := c.First + i
			image, err := f.Image(t.Context(), at)
			if err != nil {
				t.Fatal(err)
			}
			losses = append(losses, b+m.Lambda*perImage(images.SquaredError(image, pixels[at*n:][:n]), 1))
		}
		codes = append(codes, c.codes...)
	}
	return losses, codes
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// No image becomes worse by effort, with any prior, and all together become better. A file can be read
// as ever. An image's code does not depend on the chunk in which the image stands.
func TestEffort(t *testing.T) {
	for _, c := range []struct {
		name string
		w    trained
		o    FitOptions
		gain float64 // of the mean loss, at least
	}{
		{"learned", smallLearned(), FitOptions{Lambda: 4}, 0.02},
		{"factorised", smallFactorized(), FitOptions{Lambda: 4}, 0.03},
		{"static", small(), FitOptions{}, 0.005},
		{"few bits", small(), FitOptions{Bits: 12}, 0.02},
		{"conv", smallConv(), FitOptions{Lambda: 5}, 0}, // its codes are nearly constant
	} {
		t.Run(c.name, func(t *testing.T) {
			m := fit(t, c.w, c.o)
			set := first(c.w.test, 40)
			plain, _ := write(t, m, set, Options{Chunk: 25}, nil)
			before, _ := lossesOf(t, m, plain, set.Pixels)
			last := before
			for _, effort := range []int{1, 4} {
				file, _ := write(t, m, set, Options{Chunk: 25, Effort: effort}, nil)
				after, codes := lossesOf(t, m, file, set.Pixels)
				for i, loss := range after {
					if loss > before[i]+1e-6 {
						t.Errorf("effort %d: the loss of image %d is %v, without effort %v", effort, i, loss, before[i])
					}
				}
				t.Logf("lambda %.3f, effort %d: loss %.3f, without %.3f", m.Lambda, effort, mean(after), mean(before))
				if effort == 4 && mean(after) > (1-c.gain)*mean(before) {
					t.Errorf("effort %d: the mean loss is %v, without effort %v", effort, mean(after), mean(before))
				}
				if mean(after) > 1.005*mean(last) {
					t.Errorf("effort %d: the mean loss is %v, with less effort %v", effort, mean(after), mean(last))
				}
				last = after
				other, _ := write(t, m, set, Options{Chunk: 13, Effort: effort}, nil)
				if _, got := lossesOf(t, m, other, set.Pixels); !slices.Equal(got, codes) {
					t.Errorf("effort %d: other chunks have other codes", effort)
				}
			}
		})
	}
}

// A greater Lambda makes better images, and longer codes.
func TestEffortLambda(t *testing.T) {
	w := smallLearned()
	var bits, loss []float64
	for _, lambda := range []float64{1, 4, 16} {
		_, info := write(t, fit(t, w, FitOptions{Lambda: lambda}), w.test, Options{Effort: 2, Measure: true}, nil)
		bits, loss = append(bits, info.BitsPerImage()), append(loss, info.SquaredError())
	}
	if !slices.IsSorted(bits) || loss[0] < loss[1] || loss[1] < loss[2] {
		t.Errorf("lambdas of 1, 4 and 16 lead to %v bits and errors of %v", bits, loss)
	}
	m := fit(t, w, FitOptions{})
	if !(m.Lambda > 0) {
		t.Errorf("the slope of bits over error is %v", m.Lambda)
	}
	for _, effort := range []int{-1, MaxEffort + 1} {
		if _, err := NewWriter(nil, m, Options{Effort: effort}); err == nil {
			t.Errorf("an effort of %d is no error", effort)
		}
	}
	if _, err := Fit(t.Context(), w.ae, w.training, FitOptions{Lambda: -1}); err == nil {
		t.Error("a negative Lambda is no error")
	}
}

// Refinement ends soon after its context, and with its error.
func TestEffortCanceled(t *testing.T) {
	w := smallLearned()
	m := fit(t, w, FitOptions{Lambda: 4})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	var b bytes.Buffer
	z, err := NewWriter(&b, m, Options{Effort: MaxEffort})
	if err != nil {
		t.Fatal(err)
	}
	err = z.WriteAll(ctx, w.test, nil)
	if err == nil {
		err = z.Close(ctx)
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v", err)
	}
	if z.Info().Images != 0 {
		t.Errorf("%d images were written", z.Info().Images)
	}
}

// Refined codes are the same everywhere: on all processors, and with any number of threads.
func TestTrainedCodecRefined(t *testing.T) {
	const learned = "8682fbd2732bb9ac623a0880f6b0f5841e29d341911977a953d7de94cfca947a"
	const static = "c65e6d2b72046c57d9e68c0a8ba50bb7b514c218651a5d8b1857f89219d4c915"
	file, _ := write(t, fit(t, smallLearned(), FitOptions{Lambda: 4, WeightBits: 6}), first(smallLearned().test, 20), Options{Effort: 4}, numbered)
	if got := hash(file); got != learned {
		t.Errorf("the SHA-256 of the file with a learned prior is %s, want %s as on every processor", got, learned)
	}
	file, _ = write(t, fit(t, small(), FitOptions{Bits: 12, WeightBits: 6}), first(small().test, 20), Options{Effort: 4}, numbered)
	if got := hash(file); got != static {
		t.Errorf("the SHA-256 of the file with a static prior is %s, want %s as on every processor", got, static)
	}
}

// first returns the first images of a set.
func first(s *images.Set, n int) *images.Set {
	part := *s
	part.Pixels, part.Labels = s.Pixels[:n*s.Size().Numbers()], s.Labels[:n]
	return &part
}
