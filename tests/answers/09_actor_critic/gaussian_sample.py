# %% right: mean plus stretched noise
def gaussian_sample(key, mean, log_std):
    return mean + jnp.exp(log_std) * jax.random.normal(key, mean.shape)

# %% right: a multivariate normal
def gaussian_sample(key, mean, log_std):
    return jax.random.multivariate_normal(key, jnp.asarray(mean), jnp.diag(jnp.exp(2 * jnp.asarray(log_std))))

# %% right: a key for each part
def gaussian_sample(key, mean, log_std):
    keys = jax.random.split(key, len(mean))
    return jnp.stack([mean[i] + jnp.exp(log_std[i]) * jax.random.normal(keys[i]) for i in range(len(mean))])

# %% right: Box and Muller, jitted
@jax.jit
def gaussian_sample(key, mean, log_std):
    first, second = jax.random.split(key)
    radius = jnp.sqrt(-2.0 * jnp.log1p(-jax.random.uniform(first, mean.shape)))
    return mean + jnp.exp(log_std) * radius * jnp.cos(2 * jnp.pi * jax.random.uniform(second, mean.shape))

# %% right: another key, np.exp of nothing traced
def gaussian_sample(key, mean, log_std):
    _, subkey = jax.random.split(key)
    noise = jax.random.normal(subkey, shape=(mean.shape[0],), dtype=jnp.float32)
    return (noise * jnp.exp(log_std) + mean).astype(jnp.float32)

# %% right: the inverse of the distribution function
def gaussian_sample(key, mean, log_std):
    u = jax.random.uniform(key, mean.shape, minval=1e-7, maxval=1.0 - 1e-7)
    return jax.scipy.stats.norm.ppf(u, mean, jnp.exp(log_std))

# %% wrong: log_std as it is | says: take its `exp`
def gaussian_sample(key, mean, log_std):
    return mean + log_std * jax.random.normal(key, mean.shape)

# %% wrong: the variance | says: by the variance
def gaussian_sample(key, mean, log_std):
    return mean + jnp.exp(2 * log_std) * jax.random.normal(key, mean.shape)

# %% wrong: log_std as log variance | says: not of the variance
def gaussian_sample(key, mean, log_std):
    return mean + jnp.exp(log_std / 2) * jax.random.normal(key, mean.shape)

# %% wrong: one draw for all parts | says: move together
def gaussian_sample(key, mean, log_std):
    return mean + jnp.exp(log_std) * jax.random.normal(key)

# %% wrong: no spread | says: log_std was not used
def gaussian_sample(key, mean, log_std):
    return mean + jax.random.normal(key, mean.shape)

# %% wrong: uniform noise | says: uniform
def gaussian_sample(key, mean, log_std):
    return mean + jnp.exp(log_std) * (jax.random.uniform(key, mean.shape) - 0.5)

# %% wrong: uniform noise with the right spread | says: Two draws in three
def gaussian_sample(key, mean, log_std):
    return mean + jnp.exp(log_std) * jnp.sqrt(3.0) * jax.random.uniform(key, mean.shape, minval=-1.0)

# %% wrong: the mean itself | says: the mean itself
def gaussian_sample(key, mean, log_std):
    return jnp.asarray(mean)

# %% wrong: no mean | says: Add the mean
def gaussian_sample(key, mean, log_std):
    return jnp.exp(log_std) * jax.random.normal(key, mean.shape)

# %% wrong: a fixed key | says: is the key used
def gaussian_sample(key, mean, log_std):
    return mean + jnp.exp(log_std) * jax.random.normal(jax.random.key(0), mean.shape)

# %% wrong: NumPy's generator | says: is the key used
def gaussian_sample(key, mean, log_std):
    return mean + jnp.exp(log_std) * np.random.normal(size=mean.shape)

# %% wrong: exp of the whole | says: for log_std alone
def gaussian_sample(key, mean, log_std):
    return jnp.exp(mean + log_std * jax.random.normal(key, mean.shape))

# %% wrong: clipped to torques | says: clipped to torques
def gaussian_sample(key, mean, log_std):
    return jnp.clip(mean + jnp.exp(log_std) * jax.random.normal(key, mean.shape), -2.0, 2.0)

# %% wrong: squashed | says: after tanh
def gaussian_sample(key, mean, log_std):
    return jnp.tanh(mean + jnp.exp(log_std) * jax.random.normal(key, mean.shape))

# %% wrong: divided | says: multiply
def gaussian_sample(key, mean, log_std):
    return mean + jax.random.normal(key, mean.shape) / jnp.exp(log_std)

# %% wrong: truncated noise | says: truncated noise
def gaussian_sample(key, mean, log_std):
    return mean + jnp.exp(log_std) * jax.random.truncated_normal(key, -2.0, 2.0, mean.shape)

# %% wrong: a Laplace distribution | says: Two draws in three
def gaussian_sample(key, mean, log_std):
    return mean + jnp.exp(log_std) * jax.random.laplace(key, mean.shape) / jnp.sqrt(2.0)

# %% wrong: shape [1, act_dim] | says: shape
def gaussian_sample(key, mean, log_std):
    return mean + jnp.exp(log_std) * jax.random.normal(key, (1, len(mean)))

# %% wrong: a single number | says: shape
def gaussian_sample(key, mean, log_std):
    return mean[0] + jnp.exp(log_std[0]) * jax.random.normal(key)

# %% wrong: returns the key too | says: tuple
def gaussian_sample(key, mean, log_std):
    key, subkey = jax.random.split(key)
    return mean + jnp.exp(log_std) * jax.random.normal(subkey, mean.shape), key
