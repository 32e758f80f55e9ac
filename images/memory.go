package images

import "github.com/pbnjay/memory"

// unknownMemory stands for the memory of a machine that does not tell.
const unknownMemory = 8 << 30

// MachineMemory returns the bytes of the machine's memory.
func MachineMemory() int64 {
	if n := memory.TotalMemory(); n > 0 {
		return int64(min(n, 1<<62))
	}
	return unknownMemory
}

// defaultCache is a quarter of the machine's memory.
func defaultCache() int64 { return MachineMemory() / 4 }
