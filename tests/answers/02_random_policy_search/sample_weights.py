# %% right: one call
def sample_weights(key, old_weights):
    return jax.random.uniform(key, old_weights.shape, old_weights.dtype, minval=-2, maxval=2)
# %% right: from 0 to 1, stretched, then the dtype
def sample_weights(key, old_weights):
    return (4 * jax.random.uniform(key, shape=old_weights.shape) - 2).astype(old_weights.dtype)
# %% right: splits the key first, and flips a sign
@jax.jit
def sample_weights(key, old_weights):
    key, subkey = jax.random.split(key)
    return -jax.random.uniform(subkey, jnp.shape(old_weights), jnp.result_type(old_weights), -2.0, 2.0)
# %% right: a key for each entry
def sample_weights(key, old_weights):
    keys = jax.random.split(key, old_weights.size)
    draws = jax.vmap(lambda k: jax.random.uniform(k, minval=-2.0, maxval=2.0))(keys)
    return draws.reshape(old_weights.shape).astype(old_weights.dtype)
# %% right: a Python loop over the entries
def sample_weights(key, old_weights):
    draws = []
    for _ in range(old_weights.size):
        key, subkey = jax.random.split(key)
        draws.append(jax.random.uniform(subkey, (), jnp.float32, -2.0, 2.0))
    return jnp.array(draws).reshape(old_weights.shape).astype(old_weights.dtype)
# %% right: a sign and a size, each with a key of its own
def sample_weights(key, old_weights):
    sign_key, size_key = jax.random.split(key)
    sign = jax.random.rademacher(sign_key, old_weights.shape, old_weights.dtype)
    return sign * jax.random.uniform(size_key, old_weights.shape, old_weights.dtype, maxval=2.0)
# %% right: haiku's key sequence and zeros_like
def sample_weights(key, old_weights):
    rng = hk.PRNGSequence(key)
    new = jnp.zeros_like(old_weights)
    return new + jax.random.uniform(next(rng), new.shape, new.dtype, minval=-2.0, maxval=2.0)
# %% right: uses the old weights only to multiply them away
def sample_weights(key, old_weights):
    return old_weights * 0 + jax.random.uniform(key, old_weights.shape, old_weights.dtype, -2.0, 2.0)
# %% right: normal draws through their distribution function
def sample_weights(key, old_weights):
    normal = jax.random.normal(key, old_weights.shape)
    return (4 * jax.scipy.stats.norm.cdf(normal) - 2).astype(old_weights.dtype)
# %% wrong: between 0 and 1 | says: minval
def sample_weights(key, old_weights):
    return jax.random.uniform(key, old_weights.shape, old_weights.dtype)
# %% wrong: between 0 and 2 | says: minval
def sample_weights(key, old_weights):
    return jax.random.uniform(key, old_weights.shape, old_weights.dtype, maxval=2.0)
# %% wrong: between -2 and 1, maxval forgotten | says: whole interval
def sample_weights(key, old_weights):
    return jax.random.uniform(key, old_weights.shape, old_weights.dtype, minval=-2.0)
# %% wrong: between -1 and 1 | says: whole interval
def sample_weights(key, old_weights):
    return jax.random.uniform(key, old_weights.shape, old_weights.dtype, minval=-1.0, maxval=1.0)
# %% wrong: between -2 and 0 | says: maxval
def sample_weights(key, old_weights):
    return jax.random.uniform(key, old_weights.shape, old_weights.dtype, minval=-2.0, maxval=0.0)
# %% wrong: normal | says: uniform
def sample_weights(key, old_weights):
    return jax.random.normal(key, old_weights.shape, old_weights.dtype)
# %% wrong: truncated normal | says: between -1 and 1
def sample_weights(key, old_weights):
    return jax.random.truncated_normal(key, -2.0, 2.0, old_weights.shape, old_weights.dtype)
# %% wrong: clipped normal | says: as if clipped
def sample_weights(key, old_weights):
    return jnp.clip(2 * jax.random.normal(key, old_weights.shape, old_weights.dtype), -2.0, 2.0)
# %% wrong: whole numbers | says: integers
def sample_weights(key, old_weights):
    return jax.random.randint(key, old_weights.shape, -2, 3).astype(old_weights.dtype)
# %% wrong: NumPy's hidden state | says: same key
def sample_weights(key, old_weights):
    return np.random.uniform(-2.0, 2.0, size=old_weights.shape).astype(old_weights.dtype)
# %% wrong: a fixed key | says: different keys
def sample_weights(key, old_weights):
    return jax.random.uniform(jax.random.key(0), old_weights.shape, old_weights.dtype, -2.0, 2.0)
# %% wrong: the dtype is always float32 | says: float16
def sample_weights(key, old_weights):
    return jax.random.uniform(key, old_weights.shape, minval=-2.0, maxval=2.0)
# %% wrong: one number for all entries | says: same number
def sample_weights(key, old_weights):
    return jnp.full(old_weights.shape, jax.random.uniform(key, minval=-2.0, maxval=2.0), old_weights.dtype)
# %% wrong: a single number | says: shape
def sample_weights(key, old_weights):
    return jax.random.uniform(key, minval=-2.0, maxval=2.0, dtype=old_weights.dtype)
# %% wrong: always four weights | says: shape
def sample_weights(key, old_weights):
    return jax.random.uniform(key, (4,), old_weights.dtype, -2.0, 2.0)
# %% wrong: only the first axis | says: shape
def sample_weights(key, old_weights):
    return jax.random.uniform(key, (len(old_weights),), old_weights.dtype, -2.0, 2.0)
# %% wrong: one row repeated | says: one row repeated
def sample_weights(key, old_weights):
    row = jax.random.uniform(key, old_weights.shape[-1:], old_weights.dtype, -2.0, 2.0)
    return jnp.broadcast_to(row, old_weights.shape)
# %% wrong: steps away from the old weights | says: build on
def sample_weights(key, old_weights):
    return old_weights + jax.random.uniform(key, old_weights.shape, old_weights.dtype, -2.0, 2.0)
# %% wrong: scales the old weights | says: build on
def sample_weights(key, old_weights):
    return old_weights * jax.random.uniform(key, old_weights.shape, old_weights.dtype, -2.0, 2.0)
# %% wrong: shuffles an even grid | says: from a grid
def sample_weights(key, old_weights):
    grid = jnp.linspace(-2.0, 2.0, old_weights.size, dtype=old_weights.dtype)
    return jax.random.permutation(key, grid).reshape(old_weights.shape)
# %% wrong: the same key for sign and size | says: key of its own
def sample_weights(key, old_weights):
    sign = jnp.where(jax.random.uniform(key, old_weights.shape) < 0.5, -1, 1).astype(old_weights.dtype)
    return sign * jax.random.uniform(key, old_weights.shape, old_weights.dtype, maxval=2.0) ** 2 / 2
# %% wrong: mirrored halves | says: sign changed
def sample_weights(key, old_weights):
    half = jax.random.uniform(key, (old_weights.size,), minval=-2.0, maxval=2.0)[: (old_weights.size + 1) // 2]
    both = jnp.concatenate([half, -half])[: old_weights.size]
    return both.reshape(old_weights.shape).astype(old_weights.dtype)
# %% wrong: a list | says: it is a list
def sample_weights(key, old_weights):
    return list(jax.random.uniform(key, old_weights.shape, old_weights.dtype, -2.0, 2.0))
# %% wrong: returns nothing | says: None
def sample_weights(key, old_weights):
    jax.random.uniform(key, old_weights.shape, old_weights.dtype, -2.0, 2.0)


# %% right: made from random bits
def sample_weights(key, old_weights):
    b = jax.random.bits(key, old_weights.shape, jnp.uint32)
    return ((b >> 8).astype(jnp.float32) * 2.0**-22 - 2.0).astype(old_weights.dtype)


# %% right: exponential draws through their distribution function
def sample_weights(key, old_weights):
    return (2 - 4 * jnp.exp(-jax.random.exponential(key, old_weights.shape))).astype(old_weights.dtype)


# %% wrong: one draw in each of n equal parts | says: too evenly
def sample_weights(key, old_weights):
    k1, k2 = jax.random.split(key)
    n = old_weights.size
    u = (jax.random.permutation(k1, n) + jax.random.uniform(k2, (n,))) / n
    return (4 * u - 2).reshape(old_weights.shape).astype(old_weights.dtype)


# %% wrong: one sign for all | says: one sign for all
def sample_weights(key, old_weights):
    k1, k2 = jax.random.split(key)
    return (jax.random.rademacher(k1, (), jnp.float32) * 2 * jax.random.uniform(k2, old_weights.shape)).astype(
        old_weights.dtype
    )
