package images

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"math"
)

// HoldOut chooses a share of some pictures for testing by their content: hashes holds the SHA-256 of
// each. It depends on a picture alone whether it is held out. So adding, removing, renaming or
// sorting pictures moves no other picture between the parts, and equal pictures are in one part. At
// least one picture is held out, and one is not, if there are two; if all are equal, that is one of
// them. The share is only met about.
func HoldOut(hashes [][sha256.Size]byte, share float64) []bool {
	out := make([]bool, len(hashes))
	limit := uint64(share * math.MaxUint32)
	lowest, highest := -1, -1
	keys := make([][]byte, len(hashes))
	for i, h := range hashes {
		key := sha256.Sum256(append([]byte("gorgonae: held out for testing\n"), h[:]...))
		keys[i] = key[:]
		out[i] = uint64(binary.BigEndian.Uint32(key[:])) < limit
		if lowest < 0 || bytes.Compare(keys[i], keys[lowest]) < 0 {
			lowest = i
		}
		if highest < 0 || bytes.Compare(keys[i], keys[highest]) > 0 {
			highest = i
		}
	}
	for i := range out { // in a small set perhaps none or all are below the limit
		out[i] = out[i] && !bytes.Equal(keys[i], keys[highest]) || bytes.Equal(keys[i], keys[lowest]) && lowest != highest
	}
	if len(out) > 1 && bytes.Equal(keys[lowest], keys[highest]) {
		out[0] = true
	}
	return out
}
