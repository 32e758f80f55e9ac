// Package rans is an entropy coder for integers with given distributions. It uses range asymmetric
// numeral systems (rANS; J. Duda, "Asymmetric numeral systems", arXiv:1311.2540; F. Giesen,
// "Interleaved entropy coders", arXiv:1402.3392): the size of a stream is the sum of -log2 p over
// its symbols, plus a small constant.
//
// A Table is a distribution over the integers of a range. An Encoder collects values, each with its
// table, and Finish codes them. A Decoder returns them in the same order. It needs the same tables
// in the same order, so a table may depend on values decoded before.
//
// # Cost
//
// A short stream takes at most 4 bytes more than the sum of -log2 p of its symbols, and a long
// stream at most 32 bytes more. Rounding within the coder adds less than 0.001 % of the sum.
// Probabilities are multiples of 1/65536. For normal distributions with an entropy of half a bit or
// more and a standard deviation of at most 300, this adds less than 0.1 % of the entropy.
//
// # Format
//
// The format is frozen: testdata/golden has streams that each later version must read and
// reproduce. All numbers are little-endian and unsigned. "/" rounds down.
//
// Frequencies. A table has symbols 0, 1, ..., N-1, and each symbol s has a frequency f[s] of at
// least 1. The frequencies sum up to 65536, so N is at most 65536. The start of a symbol is
// c[s] = f[0] + ... + f[s-1]. A table stands for the integers lo, lo+1, ...: the value v is the
// symbol v-lo. If the table has an escape, then this is its last symbol, and it stands for all
// other int32 values.
//
// Operations. The content of a stream is a list of operations, each of which is a pair of start and
// frequency:
//   - a value that has a symbol: (c[s], f[s]);
//   - raw bits, a number b of n bits, 1 <= n <= 16: (b * 2^(16-n), 2^(16-n)). More than 16 bits are
//     several operations, the low 16 bits first, and the last one has the remaining high bits;
//   - another value: the escape symbol, then a number u >= 1 in Elias gamma code. Let hi be the
//     last value with a symbol. If v > hi then u = 2(v-hi)-1, and if v < lo then u = 2(lo-v). Let k
//     be the position of the highest bit of u, so that 2^k <= u < 2^(k+1). The code is k operations
//     of one raw bit 0, one operation of one raw bit 1, and u - 2^k as k raw bits (nothing if k is
//     0).
//
// Decoding. There are one or four states of 64 bits, called lanes. Operation i uses the state x of
// lane i modulo the number of lanes, and begins with the slot r = x modulo 65536. For a symbol, s
// is the one with c[s] <= r < c[s] + f[s]; for n raw bits, b = r / 2^(16-n). With the start c and
// the frequency f of the operation, the state becomes
//
//	x = f * (x / 65536) + r - c
//
// and if then x < 2^31, the next word w of the stream is read: x = x * 2^32 + w. A word has 32
// bits. All lanes read from one sequence of words.
//
// Short streams. A stream of at most 4096 bytes has one lane. It begins with the state, in 1 to 4
// bytes, so that a multiple of 4 bytes is left: n bytes begin with (n-1) modulo 4 + 1 bytes of
// state. The highest of these bytes is not 0. All other bytes are words. Where no word is left,
// none is read, and x stays below 2^31. The first word is read before the first operation, if the
// state is below 2^31. After the last operation x is 65536, and no word is left.
//
// Long streams. A stream of more than 4096 bytes has four lanes. It begins with their states, 8
// bytes each, lane 0 first. Each is at least 2^31 and below 2^63. All other bytes are words. After
// the last operation each state is 2^31, and no word is left.
//
// Encoding. The encoder starts with the states at which the decoder ends, and undoes the operations
// from the last to the first: if x >= f * 2^47, the word x modulo 2^32 comes before all words that
// were put until now, and x = x / 2^32; then x = (x / f) * 65536 + x modulo f + c. At the end of a
// short stream, if x >= 2^32, one more word is put in the same way. Then the state takes as few
// bytes as possible. Content is coded as a short stream if that has at most 4096 bytes, otherwise
// as a long one.
//
// # From counts to frequencies
//
// This is a part of the format, because tables of a file may be made again when it is read. Each
// symbol begins with a frequency of 1. As long as the sum is below 65536, the symbol with the
// greatest count/(2f+1) gets 1 more, and among equals the first symbol. (Webster's method. It is
// near the optimum, because 1/(2f+1) is near log((f+1)/f)/2.) If all counts are 0, they are taken
// as 1.
//
// A table with d significant digits, 1 <= d <= 16, has its counts replaced before: frequencies
// follow from the counts as above, and each frequency is then rounded to d binary digits (halves
// up), which gives its weight. The weights are the counts of the table's frequencies.
//
// # Serialised tables
//
// A table is written as
//   - lo, a signed varint: 2*lo if lo >= 0, otherwise -2*lo-1, in groups of 7 bits, the lowest
//     first. Each group is a byte, and its highest bit is 1 if another group follows;
//   - the number of values (without the escape) minus 1, a varint of the same kind, unsigned;
//   - a byte: d, plus 32 if the table has an escape. The weights of a table without rounding are
//     its frequencies, and d is 17;
//   - bits, for each symbol, the escape last. They fill bytes from the lowest bit. The weight w has
//     b binary digits, 1 <= b <= 17. The difference of b and the one of the symbol before (1 for
//     the first) is D; the number 2D+1 if D >= 0, otherwise -2D, is written in Elias gamma code: k
//     bits 0, a bit 1, and the k bits below the highest, the lowest first. Then come the min(b,d)-1
//     digits of w below the highest, the lowest first; the digits below these are 0. The last byte
//     is filled with 0.
package rans
