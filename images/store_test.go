package images

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pkg/errors"
)

// counted is a decoder of frames of 10 bytes, all equal to the number of the picture. Picture 99
// cannot be decoded.
type counted struct {
	mu    sync.Mutex
	calls map[int]int
	live  atomic.Int64 // calls of decode so far
}

func (c *counted) decode(i int) (frame, error) {
	c.mu.Lock()
	c.calls[i]++
	c.mu.Unlock()
	c.live.Add(1)
	if i == 99 {
		return frame{}, errors.New("damaged")
	}
	return frame{bytes: slices.Repeat([]byte{byte(i)}, 10)}, nil
}

func wantFrame(t *testing.T, s *store, i int) {
	t.Helper()
	f, err := s.get(i)
	if err != nil || !slices.Equal(f.bytes, slices.Repeat([]byte{byte(i)}, 10)) {
		t.Fatalf("picture %d is %v (%v)", i, f, err)
	}
}

// Pictures that fit are decoded once, others again. Those that were used last stay.
func TestStoreKeeps(t *testing.T) {
	c := &counted{calls: map[int]int{}}
	s := newStore(30, c.decode)
	for _, i := range []int{1, 2, 3, 1, 4, 1, 2} { // 4 pushes out 2, the second 2 pushes out 3
		wantFrame(t, s, i)
	}
	if c.calls[1] != 1 || c.calls[2] != 2 || c.calls[3] != 1 || c.calls[4] != 1 || s.used != 30 || len(s.kept) != 3 {
		t.Errorf("decoded %v times, %d bytes kept", c.calls, s.used)
	}
	none := newStore(5, c.decode)
	wantFrame(t, none, 7)
	wantFrame(t, none, 7)
	if c.calls[7] != 2 || none.used != 0 {
		t.Errorf("a picture that does not fit was decoded %d times, %d bytes kept", c.calls[7], none.used)
	}
}

// What is planned is decoded before it is asked for, once, and no more than there is room for.
func TestStoreAhead(t *testing.T) {
	c := &counted{calls: map[int]int{}}
	s := newStore(10000, c.decode)
	plan := []int32{5, 3, 5, 8, 99, 1}
	s.ahead(plan)
	for c.live.Load() < 5 {
		time.Sleep(time.Millisecond)
	}
	for _, i := range plan {
		if i == 99 {
			if _, err := s.get(99); err == nil || err.Error() != "damaged" {
				t.Errorf("the error of a damaged picture is %v", err)
			}
			continue
		}
		wantFrame(t, s, int(i))
	}
	for i, n := range c.calls {
		if n != 1 {
			t.Errorf("picture %d was decoded %d times", i, n)
		}
	}
	if s.waiting != 0 || len(s.pending) != 0 {
		t.Errorf("%d bytes wait, %d pictures are pending", s.waiting, len(s.pending))
	}
	many := make([]int32, 1000)
	for i := range many {
		many[i] = int32(100 + i)
	}
	c.live.Store(0)
	s.ahead(many)
	for c.live.Load() < aheadFrames {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(10 * time.Millisecond)
	if n := c.live.Load(); n > aheadFrames {
		t.Errorf("%d pictures were decoded ahead, want at most %d", n, aheadFrames)
	}
	s.ahead(nil)
	wantFrame(t, s, 100+999)
}

// Many goroutines may ask while plans change.
func TestStoreRace(t *testing.T) {
	c := &counted{calls: map[int]int{}}
	s := newStore(200, c.decode)
	var group sync.WaitGroup
	for g := range 4 {
		group.Go(func() {
			for k := range 500 {
				if k%50 == 0 {
					s.ahead([]int32{int32(k % 40), int32((k + 1) % 40), 99})
				}
				if f, err := s.get((k*7 + g) % 40); err != nil || len(f.bytes) != 10 || f.bytes[0] != byte((k*7+g)%40) {
					t.Errorf("picture %d is %v (%v)", (k*7+g)%40, f, err)
					return
				}
			}
		})
	}
	group.Wait()
}
