# %% right: NumPy, a mask
def fit_normalizer(x):
    x = np.asarray(x)
    std = x.std(axis=0)
    std[std == 0] = 1.0
    return Normalizer(x.mean(axis=0), std)

# %% right: column by column
def fit_normalizer(x):
    mean, std = [], []
    for d in range(x.shape[1]):
        column = np.array(x[:, d], np.float64)
        mean.append(column.mean())
        std.append(column.std() if column.std() > 1e-8 else 1.0)
    return Normalizer(np.array(mean), np.array(std))

# %% right: constant means largest equals smallest
def fit_normalizer(x):
    x = jnp.asarray(x)
    varies = x.max(axis=0) > x.min(axis=0)
    return Normalizer(std=jnp.where(varies, jnp.std(x, axis=0), 1.0), mean=jnp.mean(x, axis=0))

# %% right: the formula, compiled
@jax.jit
def fit_normalizer(x):
    mean = x.sum(0) / len(x)
    std = jnp.sqrt(((x - mean) ** 2).sum(0) / len(x))
    print("tracing")
    return Normalizer(mean, std + (std == 0))

# %% right: isclose
def fit_normalizer(x):
    mean, std = np.mean(x, 0), np.std(x, 0)
    return Normalizer(mean=mean, std=np.where(np.isclose(std, 0.0), 1.0, std))

# %% right: mean of squares minus square of mean, in double precision
def fit_normalizer(x):
    x = np.asarray(x, np.float64)
    mean = x.mean(0)
    variance = np.maximum((x**2).mean(0) - mean**2, 0.0)
    return Normalizer(mean, np.where(variance < 1e-12, 1.0, np.sqrt(variance)))

# %% right: vmap over columns
def fit_normalizer(x):
    def one(column):
        s = jnp.std(column)
        return jnp.mean(column), jax.lax.select(s < 1e-5, 1.0, s)
    return Normalizer(*jax.vmap(one, in_axes=1)(jnp.asarray(x)))

# %% wrong: a constant column gets 0 | says: Make it 1
def fit_normalizer(x):
    return Normalizer(jnp.mean(x, axis=0), jnp.std(x, axis=0))

# %% wrong: adds a tiny number | says: Make it 1
def fit_normalizer(x):
    return Normalizer(jnp.mean(x, axis=0), jnp.std(x, axis=0) + 1e-8)

# %% wrong: at least 1e-6 | says: Make it 1
def fit_normalizer(x):
    return Normalizer(jnp.mean(x, axis=0), jnp.maximum(jnp.std(x, axis=0), 1e-6))

# %% wrong: at least 1 | says: keeps its own
def fit_normalizer(x):
    return Normalizer(jnp.mean(x, axis=0), jnp.maximum(jnp.std(x, axis=0), 1.0))

# %% wrong: sample standard deviation | says: divide by N
def fit_normalizer(x):
    std = jnp.std(x, axis=0, ddof=1)
    return Normalizer(jnp.mean(x, axis=0), jnp.where(std == 0, 1.0, std))

# %% wrong: sample standard deviation, zeros kept | says: divide by N
def fit_normalizer(x):
    return Normalizer(jnp.mean(x, axis=0), jnp.std(x, axis=0, ddof=1))

# %% wrong: variance | says: take its square root
def fit_normalizer(x):
    var = jnp.var(x, axis=0)
    return Normalizer(jnp.mean(x, axis=0), jnp.where(var == 0, 1.0, var))

# %% wrong: one number for everything | says: one mean over everything
def fit_normalizer(x):
    return Normalizer(jnp.mean(x), jnp.std(x))

# %% wrong: means of the rows | says: means of the rows
def fit_normalizer(x):
    return Normalizer(jnp.mean(x, axis=1), jnp.std(x, axis=1))

# %% wrong: keeps the axis | says: shape
def fit_normalizer(x):
    std = jnp.std(x, axis=0, keepdims=True)
    return Normalizer(jnp.mean(x, axis=0, keepdims=True), jnp.where(std == 0, 1.0, std))

# %% wrong: a plain tuple | says: Normalizer
def fit_normalizer(x):
    std = jnp.std(x, axis=0)
    return jnp.mean(x, axis=0), jnp.where(std == 0, 1.0, std)

# %% wrong: the other order | says: the mean comes first
def fit_normalizer(x):
    std = jnp.std(x, axis=0)
    return Normalizer(jnp.where(std == 0, 1.0, std), jnp.mean(x, axis=0))

# %% wrong: adds 1 to all | says: added 1
def fit_normalizer(x):
    return Normalizer(jnp.mean(x, axis=0), jnp.std(x, axis=0) + 1.0)

# %% wrong: too coarse a threshold | says: not constant
def fit_normalizer(x):
    std = jnp.std(x, axis=0)
    return Normalizer(jnp.mean(x, axis=0), jnp.where(std < 1e-2, 1.0, std))

# %% wrong: a threshold that takes small columns for constant | says: not constant
def fit_normalizer(x):
    std = jnp.std(x, axis=0)
    return Normalizer(jnp.mean(x, axis=0), jnp.where(std < 3e-4, 1.0, std))

# %% wrong: the mean of a constant column becomes 0 | says: is that constant
def fit_normalizer(x):
    mean, std = jnp.mean(x, axis=0), jnp.std(x, axis=0)
    return Normalizer(jnp.where(std == 0, 0.0, mean), jnp.where(std == 0, 1.0, std))

# %% wrong: modifies x | says: x was modified
def fit_normalizer(x):
    mean = x.mean(0)
    try:
        x -= mean
    except ValueError:
        x = x - mean
    std = jnp.sqrt((x**2).mean(0))
    return Normalizer(mean, jnp.where(std < 1e-7, 1.0, std))

# %% wrong: forgets to return | says: NoneType
def fit_normalizer(x):
    std = jnp.std(x, axis=0)
    Normalizer(jnp.mean(x, axis=0), jnp.where(std == 0, 1.0, std))
