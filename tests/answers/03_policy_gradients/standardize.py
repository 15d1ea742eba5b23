# %% right: mean and std
def standardize(values):
    return (values - jnp.mean(values)) / (jnp.std(values) + 1e-8)

# %% right: methods, jitted
@jax.jit
def standardize(values):
    centred = values - values.mean()
    return centred / (1e-8 + values.std())

# %% right: by hand
def standardize(values):
    n = values.shape[0]
    mean = jnp.sum(values) / n
    deviation = jnp.sqrt(jnp.sum((values - mean) ** 2) / n)
    return (values - mean) / (deviation + 1e-8)

# %% right: mean of squares and a norm
def standardize(values):
    values = jnp.asarray(values)
    centred = values - jnp.mean(values)
    return centred / (jnp.linalg.norm(centred) / jnp.sqrt(len(values)) + 1e-8)

# %% right: jnp.var with ddof 0
def standardize(values):
    return (values - jnp.mean(values)) / (jnp.sqrt(jnp.var(values, ddof=0)) + 1e-8)

# %% right: NumPy's functions call the array's own methods, with a helper
def spread(values):
    return np.std(values) + 1e-8
def standardize(values):
    return (values - np.mean(values)) / spread(values)

# %% right: axis and keepdims
def standardize(values):
    return (values - values.mean(axis=0, keepdims=True)) / (values.std(axis=0, keepdims=True) + 1e-8)

# %% right: multiplies by the inverse
def standardize(values):
    scale = 1.0 / (jnp.std(values) + 1e-8)
    return jnp.asarray((values - jnp.mean(values)) * scale)

# %% wrong: only the mean | says: division by the standard deviation is missing
def standardize(values):
    return values - jnp.mean(values)

# %% wrong: only the spread | says: mean was not subtracted
def standardize(values):
    return values / (jnp.std(values) + 1e-8)

# %% wrong: the variance | says: variance
def standardize(values):
    return (values - jnp.mean(values)) / (jnp.var(values) + 1e-8)

# %% wrong: the sample's standard deviation | says: N - 1
def standardize(values):
    return (values - jnp.mean(values)) / (jnp.std(values, ddof=1) + 1e-8)

# %% wrong: turned round | says: sign
def standardize(values):
    return (jnp.mean(values) - values) / (jnp.std(values) + 1e-8)

# %% wrong: brackets | says: brackets
def standardize(values):
    return values - jnp.mean(values) / (jnp.std(values) + 1e-8)

# %% wrong: min and max | says: from 0 to 1
def standardize(values):
    return (values - jnp.min(values)) / (jnp.max(values) - jnp.min(values) + 1e-8)

# %% wrong: nothing against 0 / 0 | says: nan
def standardize(values):
    return (values - jnp.mean(values)) / jnp.std(values)

# %% wrong: an if on a traced value | says: jnp.where
def standardize(values):
    if jnp.std(values) == 0:
        return jnp.zeros_like(values)
    return (values - jnp.mean(values)) / (jnp.std(values) + 1e-8)

# %% wrong: the larger of std and 1e-8 | says: had no effect
def standardize(values):
    return (values - jnp.mean(values)) / jnp.maximum(jnp.std(values), 1e-8)

# %% wrong: 1e-8 inside the square root | says: added to the variance
def standardize(values):
    return (values - jnp.mean(values)) / jnp.sqrt(jnp.var(values) + 1e-8)

# %% wrong: 1e-3 instead | says: 1e-3 was added
def standardize(values):
    return (values - jnp.mean(values)) / (jnp.std(values) + 1e-3)

# %% wrong: jax.nn.standardize adds to the variance | says: added to the variance
def standardize(values):
    return jax.nn.standardize(values, epsilon=1e-8)

# %% wrong: modifies its input | says: modified
def standardize(values):
    if isinstance(values, np.ndarray):
        values -= values.mean()
    return (values - values.mean()) / (values.std() + 1e-8)

# %% wrong: the median | says: median
def standardize(values):
    return (values - jnp.median(values)) / (jnp.std(values) + 1e-8)

# %% wrong: zero for equal values only by jnp.where, without 1e-8 | says: had no effect
def standardize(values):
    std = jnp.std(values)
    return jnp.where(std == 0, 0.0, (values - jnp.mean(values)) / std)

# %% wrong: unit length instead | says: vector's length
def standardize(values):
    centred = values - jnp.mean(values)
    return centred / (jnp.linalg.norm(centred) + 1e-8)

# %% wrong: a list of floats | says: list
def standardize(values):
    mean, std = float(values.mean()), float(values.std())
    return [(float(v) - mean) / (std + 1e-8) for v in values]

# %% wrong: float() cannot be traced | says: jax.jit
def standardize(values):
    mean, std = float(values.mean()), float(values.std())
    return (values - mean) / (std + 1e-8)

# %% wrong: clipped to three standard deviations | says: nothing is clipped
def standardize(values):
    return jnp.clip((values - jnp.mean(values)) / (jnp.std(values) + 1e-8), -1.6, 1.6)

# %% wrong: returns the mean and std too | says: it is a tuple
def standardize(values):
    mean, std = jnp.mean(values), jnp.std(values)
    return (values - mean) / (std + 1e-8), mean, std

# %% wrong: 1e-5 instead | says: exactly 1e-8
def standardize(values):
    return (values - jnp.mean(values)) / (jnp.std(values) + 1e-5)

# %% right: the mean of squares minus the square of the mean
def standardize(values):
    mean = jnp.mean(values)
    variance = jnp.mean(values**2) - mean**2
    return (values - mean) / (jnp.sqrt(jnp.maximum(variance, 0.0)) + 1e-8)
