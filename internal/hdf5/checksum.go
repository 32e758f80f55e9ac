package hdf5

import (
	"encoding/binary"
	"math/bits"
)

// lookup3 is the checksum of metadata: Bob Jenkins's hash function of that name, started from 0.
func lookup3(data []byte) uint32 {
	a := 0xdeadbeef + uint32(len(data))
	b, c := a, a
	add := func(twelve []byte) {
		a += binary.LittleEndian.Uint32(twelve)
		b += binary.LittleEndian.Uint32(twelve[4:])
		c += binary.LittleEndian.Uint32(twelve[8:])
	}
	mix := func(x, y, z *uint32, r int) { // y is added to z, and z is rotated into x
		*x -= *z
		*x ^= bits.RotateLeft32(*z, r)
		*z += *y
	}
	for ; len(data) > 12; data = data[12:] {
		add(data)
		mix(&a, &b, &c, 4)
		mix(&b, &c, &a, 6)
		mix(&c, &a, &b, 8)
		mix(&a, &b, &c, 16)
		mix(&b, &c, &a, 19)
		mix(&c, &a, &b, 4)
	}
	if len(data) == 0 {
		return c
	}
	var last [12]byte
	copy(last[:], data)
	add(last[:])
	fold := func(x *uint32, y uint32, r int) {
		*x ^= y
		*x -= bits.RotateLeft32(y, r)
	}
	fold(&c, b, 14)
	fold(&a, c, 11)
	fold(&b, a, 25)
	fold(&c, b, 16)
	fold(&a, c, 4)
	fold(&b, a, 14)
	fold(&c, b, 24)
	return c
}

// fletcher32 is the checksum of the filter of that name. The library sums big-endian words of 16 bits
// modulo 65535, and takes an odd last byte as the upper half of a word.
func fletcher32(data []byte) uint32 {
	var sum, sums uint64
	for len(data) > 0 {
		n := min(len(data), 720) // bytes; sums of so many words fit
		for i := 0; i+1 < n; i += 2 {
			sum += uint64(binary.BigEndian.Uint16(data[i:]))
			sums += sum
		}
		if n%2 == 1 {
			sum += uint64(data[n-1]) << 8
			sums += sum
		}
		sum, sums, data = fold16(sum), fold16(sums), data[n:]
	}
	return uint32(fold16(sums)<<16 | fold16(sum))
}

// fold16 reduces a sum modulo 65535 as the library does: it stays 65535 where the remainder of a sum
// that is not zero is 0.
func fold16(sum uint64) uint64 {
	for sum > 0xffff {
		sum = sum&0xffff + sum>>16
	}
	return sum
}
