package serve

import (
	"net/http"
	"slices"
	"strconv"
	"sync"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/images"
)

// mostSizes bounds the autoencoders for other sizes of images that are kept, however small they are.
const mostSizes = 16

// sizes keeps the autoencoders for other sizes of images than that of the state, those that were used last. Each
// has memory for its layers: that of all is bounded, whether they compute or wait.
type sizes struct {
	mu   sync.Mutex
	kept []*sized // the one that was used last in front
}

// sized is an autoencoder for images of a size.
type sized struct {
	size  images.Size
	ae    *autoencoder.Autoencoder
	users int   // requests that compute with it now
	each  int64 // bytes of its layers for one of them
	held  int64 // bytes for as many as there were at once
}

// autoencoder returns the autoencoder for n images of a size, if there is room for its layers. Whoever got one
// must call done.
func (s *state) autoencoder(size images.Size, n int, most int64) (ae *autoencoder.Autoencoder, done func(), err error) {
	if size == s.model.Size() {
		return s.model.Autoencoder, func() {}, nil
	}
	z := &s.sizes
	z.mu.Lock()
	defer z.mu.Unlock()
	one, err := z.find(s, size)
	if err != nil {
		return nil, nil, err
	}
	each := max(one.each, one.ae.Memory(n))
	if each > most {
		return nil, nil, refuse(http.StatusRequestEntityTooLarge, "fit=crop, pad or scale, which brings pictures to the size of the model; or a server with more --max-memory",
			"want images whose layers take at most %s MB of memory, got %v, which take %s MB", inMB(most), size, inMB(each))
	}
	held := max(one.held, each*int64(one.users+1))
	if !z.free(one, most-held) {
		return nil, nil, busy("the layers of other requests fill the memory for them")
	}
	one.each, one.held = each, held
	one.users++
	if i := slices.Index(z.kept, one); i >= 0 {
		z.kept = slices.Delete(z.kept, i, i+1)
	}
	z.kept = slices.Insert(z.kept, 0, one)
	return one.ae, func() {
		z.mu.Lock()
		defer z.mu.Unlock()
		one.users--
	}, nil
}

// inMB writes bytes in megabytes.
func inMB(bytes int64) string {
	digits := 0
	if bytes < 10e6 {
		digits = 2
	}
	return strconv.FormatFloat(float64(bytes)/1e6, 'f', digits, 64)
}

// find returns what is kept for a size, or makes it: that takes no memory before it computes.
func (z *sizes) find(s *state, size images.Size) (*sized, error) {
	if i := slices.IndexFunc(z.kept, func(k *sized) bool { return k.size == size }); i >= 0 {
		return z.kept[i], nil
	}
	own := *s.model // Fit changes its receiver
	if err := own.Fit("the request", size); err != nil {
		return nil, refuse(http.StatusUnprocessableEntity, "fit=crop, pad or scale, which brings pictures to the size of the model", "want images of %v, got %v", s.model.Size(), size)
	}
	return &sized{size: size, ae: own.Autoencoder}, nil
}

// free forgets autoencoders that nobody uses, those that were used last at the end, until all but one hold at most
// so many bytes. If those in use hold more, it forgets none: another request waits for them, not for the memory.
func (z *sizes) free(but *sized, most int64) bool {
	others, used, count := int64(0), int64(0), 0
	for _, k := range z.kept {
		if k == but {
			continue
		}
		others += k.held
		count++
		if k.users > 0 {
			used += k.held
		}
	}
	if used > most {
		return false
	}
	for i := len(z.kept) - 1; i >= 0 && (others > most || count >= mostSizes); i-- {
		if k := z.kept[i]; k != but && k.users == 0 {
			others -= k.held
			count--
			z.kept = slices.Delete(z.kept, i, i+1)
		}
	}
	return true
}
