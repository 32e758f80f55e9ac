package images

import "github.com/pbnjay/memory"

// unknownMemory stands for the memory of a machine that does not tell.
const unknownMemory = 8 << 30

// machineMemory returns the bytes of the machine's memory.
func machineMemory() int64 {
	if n := memory.TotalMemory(); n > 0 {
		return int64(min(n, 1<<62))
	}
	return unknownMemory
}

// defaultCache is a quarter of the machine's memory.
func defaultCache() int64 { return machineMemory() / 4 }
