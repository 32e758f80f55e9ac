package hdf5

import (
	"bytes"
	"io"
	"math"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/sniff"
)

const signature = "\x89HDF\r\n\x1a\n"

// File is an open HDF5 file. It is for one goroutine at a time.
type File struct {
	r         io.ReaderAt
	base      int64  // where the superblock is: addresses count from there
	size      uint64 // bytes from there to the end
	sizes     sizes
	root      uint64 // address of the root group's object header
	members   map[uint64]*members
	known     uint64 // links of these
	unchecked bool   // for fuzzing: with checksums hardly any change of a file gets further than them
}

// Open reads the superblock of the size bytes of r. It reads from r whenever the file is asked for
// something, so r must stay open. The error is a *[FormatError] or an *[UnsupportedError] if the fault is the file's.
func Open(r io.ReaderAt, size int64) (*File, error) {
	f, err := find(r, size)
	if err != nil {
		return nil, err
	}
	return f, errors.WithMessage(f.superblock(), "HDF5")
}

// find looks for the signature at the places where it may be (II.A): after a user block of 512 bytes,
// or of 2, 4, 8, ... times as many.
func find(r io.ReaderAt, size int64) (*File, error) {
	for at := int64(0); at <= size-int64(len(signature)); at = max(512, 2*at) {
		var first [len(signature)]byte
		if n, err := r.ReadAt(first[:], at); n < len(first) {
			return nil, errors.Wrap(err, "cannot read the signature")
		}
		if string(first[:]) == signature {
			return &File{r: r, base: at, size: uint64(size - at), members: map[uint64]*members{}}, nil
		}
		if at > math.MaxInt64/2 {
			break
		}
	}
	first := make([]byte, min(max(size, 0), sniff.Len))
	if n, err := r.ReadAt(first, 0); n < len(first) {
		return nil, errors.Wrap(err, "cannot read the signature")
	}
	if name := sniff.Name(first); name != "" {
		return nil, malformed("want an HDF5 file (.h5), got %s", name)
	}
	first = bytes.TrimRight(first[:min(8, len(first))], "\x00")
	return nil, malformed("want an HDF5 file (.h5), got %d bytes that begin with %q", size, first)
}

// superblock reads the superblock (II.A).
func (f *File) superblock() error {
	c, err := f.newPass().readSigned("superblock", signature, 0, min(f.size, 128))
	if err != nil {
		return err
	}
	version := c.version(0, 1, 2, 3)
	if version < 2 {
		c.skip(4) // versions of parts that have but one, and a reserved byte
	}
	f.sizes = sizes{c.u8(), c.u8()}
	for _, n := range []int{f.sizes.address, f.sizes.length} {
		if n != 2 && n != 4 && n != 8 && c.err == nil {
			return unsupported("addresses and lengths of %d and %d bytes, not 2, 4 or 8", f.sizes.address, f.sizes.length)
		}
	}
	c.sizes = f.sizes
	if c.err != nil {
		return c.err
	}
	var end uint64
	if version < 2 {
		c.skip(1 + 2 + 2 + 4) // a reserved byte, the sizes of groups' nodes, flags
		if version == 1 {
			c.skip(2 + 2)
		}
		c.addressOf() // the base, which need not be right: the library goes by where the superblock is
		c.addressOf() // free space
		end = c.addressOf()
		c.addressOf() // driver
		c.lengthOf()  // name of the root group
		f.root = c.addressOf()
	} else {
		flags := c.u8()
		if flags&1 != 0 {
			return malformed("a program was writing the file when it ended, or still is: close the file there")
		}
		c.addressOf() // the base
		c.addressOf() // extension
		end = c.addressOf()
		f.root = c.addressOf()
		c.b = c.b[:min(len(c.b), c.at+4)]
		c.checksum(f.unchecked)
	}
	if c.err == nil && end != undefined && end > f.size+uint64(f.base) {
		return malformed("the file is cut: want %d bytes, got %d: fetch or copy it anew", end, f.size+uint64(f.base))
	}
	return c.err
}

// Root returns the group that holds everything.
func (f *File) Root() (*Group, error) { return f.group("/", f.root) }
