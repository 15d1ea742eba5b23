# %% right: stretches the unit interval
def sample_observations(key, low, high, n):
    low, high = jnp.asarray(low), jnp.asarray(high)
    return (low + jax.random.uniform(key, (n, low.shape[0])) * (high - low)).astype(jnp.float32)

# %% right: bounds straight into uniform
def sample_observations(key, low, high, n):
    return jax.random.uniform(key, shape=(n, low.size), dtype=jnp.float32, minval=low, maxval=high)

# %% right: a key for each column
def sample_observations(key, low, high, n):
    keys = jax.random.split(key, len(low))
    columns = [jax.random.uniform(k, (n,), minval=low[d], maxval=high[d]) for d, k in enumerate(keys)]
    return jnp.stack(columns, axis=1)

# %% right: a key for each row, vmapped
def sample_observations(key, low, high, n):
    low, high = jnp.asarray(low, jnp.float32), jnp.asarray(high, jnp.float32)
    one = lambda k: jax.random.uniform(k, low.shape, minval=low, maxval=high)
    return jax.vmap(one)(jax.random.split(key, n))

# %% right: NumPy, seeded with the key
def sample_observations(key, low, high, n):
    seed = [int(word) for word in jax.random.bits(key, (4,))]
    rng = np.random.default_rng(seed)
    return rng.uniform(np.asarray(low), np.asarray(high), size=(n, len(low))).astype(np.float32)

# %% right: jitted, drawing transposed
import functools

@functools.partial(jax.jit, static_argnums=3)
def sample_observations(key, low, high, n):
    print("sampling")
    low, high = jnp.asarray(low, jnp.float32), jnp.asarray(high, jnp.float32)
    unit = jax.random.uniform(key, (low.shape[0], n))
    return (unit * (high - low)[:, None] + low[:, None]).T

# %% right: one flat draw, reshaped
def sample_observations(key, low, high, n):
    low, high = jnp.asarray(low, jnp.float32), jnp.asarray(high, jnp.float32)
    unit = jax.random.uniform(key, (n * low.size,)).reshape(n, low.size)
    return jnp.float32(unit * high + (1 - unit) * low)

# %% wrong: never stretched | says: stretch and shift
def sample_observations(key, low, high, n):
    return jax.random.uniform(key, (n, len(low)))

# %% wrong: one draw for all rows | says: same
def sample_observations(key, low, high, n):
    one = jax.random.uniform(key, (len(low),), minval=jnp.asarray(low), maxval=jnp.asarray(high))
    return jnp.tile(one, (n, 1))

# %% wrong: one draw for both columns | says: same draw
def sample_observations(key, low, high, n):
    low, high = jnp.asarray(low, jnp.float32), jnp.asarray(high, jnp.float32)
    return low + jax.random.uniform(key, (n, 1)) * (high - low)

# %% wrong: the same key for each column | says: same draw
def sample_observations(key, low, high, n):
    columns = [jax.random.uniform(key, (n,), minval=low[d], maxval=high[d]) for d in range(len(low))]
    return jnp.stack(columns, axis=1)

# %% wrong: transposed | says: one observation in each row
def sample_observations(key, low, high, n):
    low, high = jnp.asarray(low, jnp.float32), jnp.asarray(high, jnp.float32)
    return low[:, None] + jax.random.uniform(key, (len(low), n)) * (high - low)[:, None]

# %% wrong: normal distribution | says: bounds of its own
def sample_observations(key, low, high, n):
    low, high = jnp.asarray(low, jnp.float32), jnp.asarray(high, jnp.float32)
    return (low + high) / 2 + jax.random.normal(key, (n, len(low))) * (high - low) / 4

# %% wrong: normal distribution, clipped | says: share
def sample_observations(key, low, high, n):
    low, high = jnp.asarray(low, jnp.float32), jnp.asarray(high, jnp.float32)
    return jnp.clip((low + high) / 2 + jax.random.normal(key, (n, len(low))) * (high - low) / 4, low, high)

# %% wrong: whole numbers | says: whole numbers
def sample_observations(key, low, high, n):
    low, high = jnp.asarray(low), jnp.asarray(high)
    return jax.random.randint(key, (n, len(low)), low.astype(int), high.astype(int) + 1).astype(jnp.float32)

# %% wrong: a grid | says: evenly
def sample_observations(key, low, high, n):
    columns = [jnp.linspace(low[d], high[d], n) for d in range(len(low))]
    keys = jax.random.split(key, len(low))
    return jnp.stack([jax.random.permutation(k, c) for k, c in zip(keys, columns)], axis=1)

# %% wrong: NumPy's shared dice | says: same key
def sample_observations(key, low, high, n):
    return np.random.uniform(low, high, (n, len(low))).astype(np.float32)

# %% wrong: a key of its own | says: draw with the `key`
def sample_observations(key, low, high, n):
    return jax.random.uniform(jax.random.key(0), (n, len(low)), minval=jnp.asarray(low), maxval=jnp.asarray(high))

# %% wrong: float64 | says: float32
def sample_observations(key, low, high, n):
    seed = [int(word) for word in jax.random.bits(key, (4,))]
    return np.random.default_rng(seed).uniform(np.asarray(low), np.asarray(high), size=(n, len(low)))

# %% wrong: adds the width twice | says: bounds of its own
def sample_observations(key, low, high, n):
    return jnp.asarray(low) + jax.random.uniform(key, (n, len(low))) * jnp.asarray(high)

# %% wrong: always two parts | says: len(low)
def sample_observations(key, low, high, n):
    return jax.random.uniform(key, (n, 2), minval=jnp.asarray(low), maxval=jnp.asarray(high))

# %% wrong: the first bounds for every column | says: column
def sample_observations(key, low, high, n):
    return jax.random.uniform(key, (n, len(low)), minval=low[0], maxval=high[0])

# %% wrong: between minus high and high | says: column 1 should lie
def sample_observations(key, low, high, n):
    return jax.random.uniform(key, (n, len(low)), minval=-jnp.asarray(high), maxval=jnp.asarray(high))

# %% wrong: a list | says: list
def sample_observations(key, low, high, n):
    return jax.random.uniform(key, (n, len(low)), minval=jnp.asarray(low), maxval=jnp.asarray(high)).tolist()

# %% wrong: rows chained together | says: rows come up twice
def sample_observations(key, low, high, n):
    low, high = jnp.asarray(low, jnp.float32), jnp.asarray(high, jnp.float32)
    unit = jax.random.uniform(key, (n, len(low)))
    return low + jnp.repeat(unit, 2, axis=0)[:n] * (high - low)

# %% right: a scan that is compiled anew in each call
def sample_observations(key, low, high, n):
    low, high = jnp.asarray(low), jnp.asarray(high)
    def f(k, _):
        k, s = jax.random.split(k)
        return k, jax.random.uniform(s, low.shape, minval=low, maxval=high)
    return jax.lax.scan(f, key, None, length=n)[1]

# %% right: a Python loop with a key for each row
def sample_observations(key, low, high, n):
    low, high = jnp.asarray(low), jnp.asarray(high)
    return jnp.stack([jax.random.uniform(k, low.shape, minval=low, maxval=high) for k in jax.random.split(key, n)])

# %% wrong: one draw in each stratum | says: evenly
def sample_observations(key, low, high, n):
    low, high = jnp.asarray(low), jnp.asarray(high)
    k1, k2 = jax.random.split(key)
    cells = jax.vmap(lambda k: jax.random.permutation(k, n))(jax.random.split(k1, len(low))).T
    return low + (high - low) * (cells + jax.random.uniform(k2, (n, len(low)))) / n

# %% wrong: the second half mirrors the first | says: mirrored
def sample_observations(key, low, high, n):
    low, high = jnp.asarray(low), jnp.asarray(high)
    u = jax.random.uniform(key, ((n + 1) // 2, len(low)))
    return (low + (high - low) * jnp.concatenate([u, 1 - u])[:n])

# %% wrong: the second half repeats the first | says: rows come up twice
def sample_observations(key, low, high, n):
    u = jax.random.uniform(key, ((n + 1) // 2, len(low)), minval=low, maxval=high)
    return jnp.concatenate([u, u])[:n]

# %% wrong: keys that rows and columns share | says: share a key
def sample_observations(key, low, high, n):
    low, high = jnp.asarray(low), jnp.asarray(high)
    i, d = jnp.meshgrid(jnp.arange(n), jnp.arange(len(low)), indexing="ij")
    u = jax.vmap(jax.vmap(lambda c: jax.random.uniform(jax.random.fold_in(key, c))))((i + 1) * (d + 1))
    return low + (high - low) * u

# %% wrong: one part follows from another, without correlation | says: depend on each other
def sample_observations(key, low, high, n):
    low, high = jnp.asarray(low), jnp.asarray(high)
    u = jax.random.uniform(key, (n, len(low)))
    u = u.at[:, 1].set(jnp.abs(2 * u[:, 0] - 1))
    return low + (high - low) * u

# %% wrong: never quite up to the bound | says: close to one of its bounds
def sample_observations(key, low, high, n):
    low, high = jnp.asarray(low), jnp.asarray(high)
    return low + 0.98 * (high - low) * jax.random.uniform(key, (n, len(low)))

# %% wrong: the first row is no draw | says: row 0 is the same
def sample_observations(key, low, high, n):
    low, high = jnp.asarray(low), jnp.asarray(high)
    return jax.random.uniform(key, (n, len(low)), minval=low, maxval=high).at[0].set(low)
