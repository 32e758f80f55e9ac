package mnist

import (
	"crypto/sha256"
	"encoding/hex"
)

// follower computes the SHA-256 of a file on another core while more of the file is unpacked.
type follower struct {
	pieces chan []byte
	sum    chan string
}

// newFollower begins with the first bytes of a file.
func newFollower(first []byte) *follower {
	f := &follower{make(chan []byte, 8), make(chan string, 1)}
	go func() {
		h := sha256.New()
		h.Write(first) // a hash never returns an error
		for piece := range f.pieces {
			h.Write(piece)
		}
		f.sum <- hex.EncodeToString(h.Sum(nil))
	}()
	return f
}

// add adds the next bytes, which nobody may change.
func (f *follower) add(piece []byte) { f.pieces <- piece }

// end returns the sum of all bytes, in hex. Each follower must be ended.
func (f *follower) end() string {
	close(f.pieces)
	return <-f.sum
}
