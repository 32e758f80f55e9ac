package codec

import (
	"errors"
	"runtime"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
)

// Files that promise much and hold little do not make a reader allocate much.
func TestHostile(t *testing.T) {
	m := fit(t, small(), FitOptions{External: true})
	o := ReadOptions{Decoder: m.Decoder}
	begin := func(size, chunk int) []byte {
		h := head{m.Size, chunk}
		h.size.Height *= size
		b := appendSection(appendHeader(nil), headType, h.append(nil))
		b = appendSection(b, externalType, m.network)
		b = appendSection(b, quantType, m.Quantizer.append(nil))
		return appendSection(b, priorType, m.Prior.Append([]byte{staticKind}))
	}
	network := func(m *graph.Model) []byte {
		text, err := m.Architecture()
		if err != nil {
			t.Fatal(err)
		}
		b := appendSection(appendHeader(nil), headType, head{small().test.Size(), 8}.append(nil))
		return appendSection(b, networkType, appendText(nil, text))
	}
	x, y := graph.Input("x", 4), graph.Input("y", 1)
	wide := graph.New("wide", x, graph.Dense("d", x, 1<<24))
	large := graph.New("large", y, graph.UpSample2D("up", graph.Reshape("r", y, 1, 1, 1), 1<<14, graph.Nearest))
	for name, file := range map[string][]byte{
		"a long section":  append(begin(1, 8), "C\xff\xff\xff\xff\x01\x00\x00\x00\x00"...),
		"large chunks":    begin(1, 1<<16),
		"large images":    begin(1<<14, 8),
		"many weights":    network(wide),
		"large layers":    network(large),
		"a long text":     appendSection(begin(1, 8), namesType, []byte{0, 0xff, 0xff, 0xff, 0x7f, 1, 0, 0, 1, 1}),
		"damaged sizes":   appendSection(begin(1, 8), chunkType, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0}),
		"a chunk of none": appendSection(begin(1, 8), chunkType, []byte{0, 8, 1}),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		chunks, errs := readAll(t, file, o)
		runtime.ReadMemStats(&after)
		if len(errs) == 0 || len(chunks) > 0 {
			t.Errorf("%s: %d chunks, errors %v", name, len(chunks), errs)
		}
		for _, err := range errs {
			var damage *DamageError
			if !typedError(err) || name == "large images" && errors.As(err, &damage) {
				t.Errorf("%s: %v", name, err)
			}
			t.Logf("%s: %v", name, err)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
			t.Errorf("%s: a reader of %d bytes allocated %d", name, len(file), n)
		}
	}
}
