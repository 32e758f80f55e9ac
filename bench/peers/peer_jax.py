"""JAX: python peer_jax.py ARCHITECTURE BATCH EPOCHS"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from peer import ARCHITECTURE, BATCH, DEEP, EPSILON, RATE, SLOPE, TUTORIAL, Epochs, images, stepped


def dense(widths):
    """Returns the initial weights, and a function that reconstructs a batch with given weights."""
    glorot = jax.nn.initializers.glorot_uniform()
    keys = jax.random.split(jax.random.key(1), len(widths) - 1)
    weights = [(glorot(k, shape), jnp.zeros(shape[1])) for k, shape in zip(keys, zip(widths, widths[1:]))]

    def apply(weights, x):
        for w, b in weights:
            x = jax.nn.leaky_relu(x @ w + b, SLOPE)
        return x

    return weights, apply


MODELS = {"tutorial": lambda: dense(TUTORIAL), "deep": lambda: dense(DEEP)}

weights, apply = MODELS[ARCHITECTURE]()


def adam(t, w, g, m, v):
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g * g
    rate = RATE * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    return w - rate * m / (jnp.sqrt(v) + EPSILON), m, v


@partial(jax.jit, donate_argnums=0)
def step(state, data, batch):
    t, total, weights, m, v = state
    x = data[batch].astype(jnp.float32) / 255
    loss, g = jax.value_and_grad(lambda w: jnp.mean((apply(w, x) - x) ** 2))(weights)
    moved = jax.tree.map(partial(adam, t + 1), weights, g, m, v)
    weights, m, v = jax.tree.transpose(jax.tree.structure(weights), jax.tree.structure((0, 0, 0)), moved)
    return t + 1, total + loss * len(batch), weights, m, v


data = jnp.asarray(images())
zeros = partial(jax.tree.map, jnp.zeros_like)
state = jnp.float32(0), jnp.float32(0), weights, zeros(weights), zeros(weights)
random = np.random.default_rng(1)
epochs = Epochs()
for epoch in epochs:
    order = random.permutation(len(data)).astype(np.int32)  # faster than that of jax.random
    state = state[0], jnp.float32(0), *state[2:]
    for i in range(0, len(data), BATCH):
        state = step(state, data, order[i : i + BATCH])
        if epoch == 1 and i == 0:
            jax.block_until_ready(state)
            stepped()
    epochs.ended(state[1] / len(data))
