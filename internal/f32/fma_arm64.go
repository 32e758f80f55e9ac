package f32

// FMA returns x*y + z rounded once, to float32. The Go compiler turns it into a fused multiply-add;
// TestFMA proves that. Without the conversion, it might fuse the product that z is instead.
func FMA(x, y, z float32) float32 { return x*y + float32(z) }
