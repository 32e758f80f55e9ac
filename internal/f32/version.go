package f32

// Version names the arithmetic: the bits that every kernel of the packages above computes. A file
// whose meaning depends on these bits names the version it was written with, and a reader refuses
// another one. A change to any bit is a new version, and TestGolden and the tests of trained bits
// pin its hashes.
//
//   - 1: GELU and its gradient in float64.
//   - 2: GELU and its gradient in float32.
const Version = 2
