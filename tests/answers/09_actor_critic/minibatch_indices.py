# %% right: permutation and reshape
def minibatch_indices(key, batch_size, num_minibatches):
    return jax.random.permutation(key, batch_size).reshape(num_minibatches, batch_size // num_minibatches)

# %% right: reshape the other way, then transpose
def minibatch_indices(key, batch_size, num_minibatches):
    return jax.random.permutation(key, jnp.arange(batch_size)).reshape(-1, num_minibatches).T

# %% right: the order of random numbers
def minibatch_indices(key, batch_size, num_minibatches):
    order = jnp.argsort(jax.random.uniform(key, (batch_size,)))
    return jnp.reshape(order, (num_minibatches, -1))

# %% right: choice without replacement
def minibatch_indices(key, batch_size, num_minibatches):
    return jax.random.choice(key, batch_size, (num_minibatches, batch_size // num_minibatches), replace=False)

# %% right: split and stack
def minibatch_indices(key, batch_size, num_minibatches):
    return jnp.stack(jnp.split(jax.random.permutation(key, batch_size), num_minibatches))

# %% right: jitted, independent along an axis
@functools.partial(jax.jit, static_argnums=(1, 2))
def minibatch_indices(key, batch_size, num_minibatches):
    rows = jax.random.permutation(key, jnp.arange(batch_size)[None], axis=1, independent=True)
    return rows.reshape(num_minibatches, -1)

# %% right: every k-th card to each player
def minibatch_indices(key, batch_size, num_minibatches):
    shuffled = jax.random.permutation(key, batch_size)
    return jnp.stack([shuffled[i::num_minibatches] for i in range(num_minibatches)])

# %% wrong: not shuffled | says: is the key used
def minibatch_indices(key, batch_size, num_minibatches):
    return jnp.arange(batch_size).reshape(num_minibatches, -1)

# %% wrong: with replacement | says: without replacement
def minibatch_indices(key, batch_size, num_minibatches):
    return jax.random.randint(key, (num_minibatches, batch_size // num_minibatches), 0, batch_size)

# %% wrong: choice with replacement | says: without replacement
def minibatch_indices(key, batch_size, num_minibatches):
    return jax.random.choice(key, batch_size, (num_minibatches, batch_size // num_minibatches))

# %% wrong: the other shape | says: 4 rows of 3
def minibatch_indices(key, batch_size, num_minibatches):
    return jax.random.permutation(key, batch_size).reshape(-1, num_minibatches)

# %% wrong: flat | says: one long row
def minibatch_indices(key, batch_size, num_minibatches):
    return jax.random.permutation(key, batch_size)

# %% wrong: only the order of the minibatches | says: always in a minibatch together
def minibatch_indices(key, batch_size, num_minibatches):
    return jax.random.permutation(key, jnp.arange(batch_size).reshape(num_minibatches, -1))

# %% wrong: shuffled within each minibatch | says: always in a minibatch together
def minibatch_indices(key, batch_size, num_minibatches):
    return jax.random.permutation(key, jnp.arange(batch_size).reshape(num_minibatches, -1), axis=1, independent=True)

# %% wrong: a fixed key | says: is the key used
def minibatch_indices(key, batch_size, num_minibatches):
    return jax.random.permutation(jax.random.key(0), batch_size).reshape(num_minibatches, -1)

# %% wrong: from 1 | says: numbered from 0
def minibatch_indices(key, batch_size, num_minibatches):
    return jax.random.permutation(key, batch_size).reshape(num_minibatches, -1) + 1

# %% wrong: a list of arrays | says: one array
def minibatch_indices(key, batch_size, num_minibatches):
    return jnp.split(jax.random.permutation(key, batch_size), num_minibatches)

# %% wrong: floats | says: dtype
def minibatch_indices(key, batch_size, num_minibatches):
    return jax.random.permutation(key, jnp.arange(1.0 * batch_size)).reshape(num_minibatches, -1)

# %% wrong: sorted within each minibatch | says: ascending order
def minibatch_indices(key, batch_size, num_minibatches):
    return jnp.sort(jax.random.permutation(key, batch_size).reshape(num_minibatches, -1), axis=1)

# %% wrong: shifted round | says: only move round
def minibatch_indices(key, batch_size, num_minibatches):
    start = jax.random.randint(key, (), 0, batch_size)
    return ((jnp.arange(batch_size) + start) % batch_size).reshape(num_minibatches, -1)

# %% wrong: rows and columns shuffled, not all orders | says: always in a minibatch together
def minibatch_indices(key, batch_size, num_minibatches):
    first, second = jax.random.split(key)
    grid = jnp.arange(batch_size).reshape(num_minibatches, -1)
    return jax.random.permutation(second, jax.random.permutation(first, grid), axis=1).reshape(num_minibatches, -1)

# %% wrong: one key for every minibatch | says: without replacement
def minibatch_indices(key, batch_size, num_minibatches):
    size = batch_size // num_minibatches
    return jnp.stack([jax.random.permutation(key, batch_size)[:size] for _ in range(num_minibatches)])

# %% wrong: a new permutation for every minibatch | says: without replacement
def minibatch_indices(key, batch_size, num_minibatches):
    size = batch_size // num_minibatches
    return jnp.stack([jax.random.permutation(k, batch_size)[:size] for k in jax.random.split(key, num_minibatches)])

# %% wrong: NumPy | says: is the key used
def minibatch_indices(key, batch_size, num_minibatches):
    return np.random.default_rng(0).permutation(batch_size).reshape(num_minibatches, -1)

# %% wrong: one minibatch only | says: shape
def minibatch_indices(key, batch_size, num_minibatches):
    return jax.random.permutation(key, batch_size)[: batch_size // num_minibatches]
