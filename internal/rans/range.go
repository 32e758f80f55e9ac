package rans

// A distribution that is used once needs no Table: the range of a symbol, its start and its frequency
// out of 65536, is enough. Ranges of all symbols must fill 0 to 65535 without gaps.

// PutRange adds a symbol by its range. The frequency is from 1 to 65536-start.
func (e *Encoder) PutRange(start, frequency uint32) {
	if frequency == 0 || start+frequency > total || start > total {
		panic("rans: a range of a symbol beyond its limits")
	}
	e.ops = append(e.ops, start|(frequency-1)<<16)
}

// Slot returns a number of the next symbol's range, which was put with PutRange: so it tells which
// symbol comes next. TakeRange must follow.
func (d *Decoder) Slot() uint32 { return uint32(d.x[d.n&d.mask] & 0xffff) }

// TakeRange takes the next symbol, whose range has the number that Slot returned. After an error it
// does nothing.
func (d *Decoder) TakeRange(start, frequency uint32) {
	if d.err != nil {
		return
	}
	lane := d.n & d.mask
	d.refill(lane, pop(d.x[lane], start|(frequency-1)<<16))
	d.n++
}
