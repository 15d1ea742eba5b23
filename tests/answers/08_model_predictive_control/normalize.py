# %% right: unpacked
def normalize(x, normalizer):
    mean, std = normalizer
    return (x - mean) / std

# %% right: two steps, compiled
@jax.jit
def normalize(x, normalizer):
    centred = jnp.subtract(x, normalizer.mean)
    return jnp.divide(centred, normalizer.std)

# %% right: multiplied out
def normalize(x, normalizer):
    scale = 1.0 / normalizer.std
    return x * scale - normalizer.mean * scale

# %% right: a tiny number for safety
def normalize(x, normalizer):
    return (x - normalizer.mean[None] if x.ndim > 1 else x - normalizer.mean) / (normalizer.std + 1e-8)

# %% right: vmap over columns
def normalize(x, normalizer):
    x = jnp.asarray(x)
    one = lambda column, m, s: (column - m) / s
    mean, std = jnp.asarray(normalizer.mean), jnp.asarray(normalizer.std)
    return jax.vmap(one, in_axes=(-1, 0, 0), out_axes=-1)(x, mean, std)

# %% wrong: brackets | says: brackets
def normalize(x, normalizer):
    return x - normalizer.mean / normalizer.std

# %% wrong: multiplies | says: divide
def normalize(x, normalizer):
    return (x - normalizer.mean) * normalizer.std

# %% wrong: adds the mean | says: subtract the mean
def normalize(x, normalizer):
    return (x + normalizer.mean) / normalizer.std

# %% wrong: no std | says: standard deviation is missing
def normalize(x, normalizer):
    return x - normalizer.mean

# %% wrong: no mean | says: the mean is missing
def normalize(x, normalizer):
    return x / normalizer.std

# %% wrong: the way back | says: that is the way back
def normalize(x, normalizer):
    return x * normalizer.std + normalizer.mean

# %% wrong: statistics of x | says: x itself
def normalize(x, normalizer):
    return (x - x.mean(0)) / x.std(0)

# %% wrong: the square | says: not by its square
def normalize(x, normalizer):
    return (x - normalizer.mean) / normalizer.std**2

# %% wrong: swapped | says: swapped
def normalize(x, normalizer):
    std, mean = normalizer
    return (x - mean) / std

# %% wrong: sign | says: sign
def normalize(x, normalizer):
    return (normalizer.mean - x) / normalizer.std

# %% wrong: in place | says: jax.numpy
def normalize(x, normalizer):
    x -= normalizer.mean
    x /= normalizer.std
    return np.array(x)

# %% wrong: works in place on NumPy arrays | says: x was modified
def normalize(x, normalizer):
    x -= normalizer.mean
    x /= normalizer.std
    return x

# %% wrong: NumPy under jit | says: jax.numpy
def normalize(x, normalizer):
    return np.divide(np.array(x) - np.array(normalizer.mean), np.array(normalizer.std))

# %% wrong: only for batches | says: a single observation
def normalize(x, normalizer):
    return jax.vmap(lambda row: (row - normalizer.mean) / normalizer.std)(x)

# %% wrong: clips | says: nothing is clipped
def normalize(x, normalizer):
    return jnp.clip((x - normalizer.mean) / normalizer.std, -3.0, 3.0)

# %% wrong: first column's numbers for all | says: first column's
def normalize(x, normalizer):
    return (x - normalizer.mean[0]) / normalizer.std[0]

# %% wrong: one number too many in the denominator | says: nothing is added
def normalize(x, normalizer):
    return (x - normalizer.mean) / (normalizer.std + 1e-2)
# %% wrong: cuts off at 10 standard deviations | says: nothing is clipped
def normalize(x, normalizer):
    return jnp.clip((x - normalizer.mean) / normalizer.std, -10.0, 10.0)
# %% wrong: takes small columns for constant | says: however small
def normalize(x, normalizer):
    return (x - normalizer.mean) / jnp.maximum(normalizer.std, 1e-3)
