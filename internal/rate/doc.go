// Package rate has the kernels of a learned codec: the quantiser of latents, and the bits that the
// quantised latents cost under a model of their distribution.
//
// Package f32 defines the arithmetic. A latent is one number of a code. A matrix of codes has one
// row for each example and one column for each latent.
//
// # Logistic distributions
//
// A quantised latent v is an integer, or in training an integer-like number with uniform noise. Its
// probability under a logistic distribution with mean m and scale s is the mass of the interval of
// length 1 around v (Ballé et al., "Variational image compression with a scale hyperprior", 2018):
//
//	P(v) = F((v + 1/2 - m)/s) - F((v - 1/2 - m)/s), F(x) = 1/(1 + exp(-x))
//
// The kernels take the logarithm of s, and clamp it to MinLogScale and MaxLogScale. They compute
// -log P without cancellation, so it is right in the tails too; see logistic. A latent never costs
// more than MaxBits, because the coder gives each symbol a probability of at least 2^-16. Gradients
// are those of -log P without this bound, so a latent in the tail is still pulled towards the mean.
package rate
