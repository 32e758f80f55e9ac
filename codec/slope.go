package codec

// slope returns how many bits of a code a unit of squared error costs at a factor of 2^(k/32) of the
// steps: the change of the bits divided by that of the error, between factors that are smaller and
// greater by 2^(1/4). at returns bits and error at a factor. If one of them does not change, the
// slope is what bits and error are worth altogether.
func slope(k int, at func(k int) (bits, loss float64, err error)) (float64, error) {
	bits, loss, err := at(k - factorDigits/4)
	if err != nil {
		return 0, err
	}
	fewer, more, err := at(k + factorDigits/4)
	if err != nil {
		return 0, err
	}
	if fewer < bits && more > loss {
		return (bits - fewer) / (more - loss), nil
	}
	return max(bits, 1) / max(loss, 1e-6), nil
}
