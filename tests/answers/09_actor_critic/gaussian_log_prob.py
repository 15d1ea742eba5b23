# %% right: three terms
def gaussian_log_prob(action, mean, log_std):
    z = (action - mean) * jnp.exp(-log_std)
    return jnp.sum(-0.5 * z**2 - log_std - 0.5 * jnp.log(2 * jnp.pi))

# %% right: norm.logpdf
def gaussian_log_prob(action, mean, log_std):
    return jax.scipy.stats.norm.logpdf(action, mean, jnp.exp(log_std)).sum()

# %% right: part by part
def gaussian_log_prob(action, mean, log_std):
    total = 0.0
    for a, m, s in zip(action, mean, log_std):
        total = total - (a - m) ** 2 / (2 * jnp.exp(2 * s)) - s - 0.9189385
    return total

# %% right: a dot product, the constants once for all parts, jitted
@jax.jit
def gaussian_log_prob(action, mean, log_std):
    z = (action - mean) / jnp.exp(log_std)
    return -0.5 * jnp.dot(z, z) - log_std.sum() - 0.5 * len(mean) * np.log(2 * np.pi)

# %% right: vmap over the parts
def gaussian_log_prob(action, mean, log_std):
    def one(a, m, s):
        return -0.5 * (((a - m) / jnp.exp(s)) ** 2 + 2 * s + jnp.log(2 * jnp.pi))
    return jnp.sum(jax.vmap(one)(action, mean, log_std))

# %% right: the normalising constant as the logarithm of a product
def gaussian_log_prob(action, mean, log_std):
    std = jnp.exp(log_std)
    return jnp.sum(-jnp.square(action - mean) / (2 * std**2) - jnp.log(std * jnp.sqrt(2 * jnp.pi)))

# %% wrong: the mean over parts | says: mean over the parts
def gaussian_log_prob(action, mean, log_std):
    z = (action - mean) / jnp.exp(log_std)
    return jnp.mean(-0.5 * z**2 - log_std - 0.5 * jnp.log(2 * jnp.pi))

# %% wrong: not summed | says: add them up
def gaussian_log_prob(action, mean, log_std):
    z = (action - mean) / jnp.exp(log_std)
    return -0.5 * z**2 - log_std - 0.5 * jnp.log(2 * jnp.pi)

# %% wrong: no constant | says: constant is missing
def gaussian_log_prob(action, mean, log_std):
    z = (action - mean) / jnp.exp(log_std)
    return jnp.sum(-0.5 * z**2 - log_std)

# %% wrong: the constant once | says: constant counts once for each part
def gaussian_log_prob(action, mean, log_std):
    z = (action - mean) / jnp.exp(log_std)
    return jnp.sum(-0.5 * z**2 - log_std) - 0.5 * jnp.log(2 * jnp.pi)

# %% wrong: no log_std | says: `log_std` is missing
def gaussian_log_prob(action, mean, log_std):
    z = (action - mean) / jnp.exp(log_std)
    return jnp.sum(-0.5 * z**2 - 0.5 * jnp.log(2 * jnp.pi))

# %% wrong: only the square | says: only the first
def gaussian_log_prob(action, mean, log_std):
    z = (action - mean) / jnp.exp(log_std)
    return -0.5 * jnp.sum(z**2)

# %% wrong: plus log_std | says: sign of log_std
def gaussian_log_prob(action, mean, log_std):
    z = (action - mean) / jnp.exp(log_std)
    return jnp.sum(-0.5 * z**2 + log_std - 0.5 * jnp.log(2 * jnp.pi))

# %% wrong: the density | says: that is the density
def gaussian_log_prob(action, mean, log_std):
    return jnp.prod(jax.scipy.stats.norm.pdf(action, mean, jnp.exp(log_std)))

# %% wrong: the log of the density | says: rounds to 0
def gaussian_log_prob(action, mean, log_std):
    return jnp.log(jnp.prod(jax.scipy.stats.norm.pdf(action, mean, jnp.exp(log_std))))

# %% wrong: a small number inside the logarithm | says: small number
def gaussian_log_prob(action, mean, log_std):
    return jnp.sum(jnp.log(jax.scipy.stats.norm.pdf(action, mean, jnp.exp(log_std)) + 1e-8))

# %% wrong: negative | says: sign is reversed
def gaussian_log_prob(action, mean, log_std):
    z = (action - mean) / jnp.exp(log_std)
    return jnp.sum(0.5 * z**2 + log_std + 0.5 * jnp.log(2 * jnp.pi))

# %% wrong: log_std as it is | says: take its `exp`
def gaussian_log_prob(action, mean, log_std):
    z = (action - mean) / log_std
    return jnp.sum(-0.5 * z**2 - log_std - 0.5 * jnp.log(2 * jnp.pi))

# %% wrong: log_std as log variance | says: not of the variance
def gaussian_log_prob(action, mean, log_std):
    return jnp.sum(-0.5 * (action - mean) ** 2 / jnp.exp(log_std) - 0.5 * log_std - 0.5 * jnp.log(2 * jnp.pi))

# %% wrong: divided once | says: divide first, then square
def gaussian_log_prob(action, mean, log_std):
    return jnp.sum(-0.5 * (action - mean) ** 2 / jnp.exp(log_std) - log_std - 0.5 * jnp.log(2 * jnp.pi))

# %% wrong: no half | says: one half
def gaussian_log_prob(action, mean, log_std):
    z = (action - mean) / jnp.exp(log_std)
    return jnp.sum(-(z**2) - log_std - 0.5 * jnp.log(2 * jnp.pi))

# %% wrong: all of log 2 pi | says: half the logarithm of 2π
def gaussian_log_prob(action, mean, log_std):
    z = (action - mean) / jnp.exp(log_std)
    return jnp.sum(-0.5 * z**2 - log_std - jnp.log(2 * jnp.pi))

# %% wrong: the action clipped | says: was clipped to [-2, 2]
def gaussian_log_prob(action, mean, log_std):
    z = (jnp.clip(action, -2.0, 2.0) - mean) / jnp.exp(log_std)
    return jnp.sum(-0.5 * z**2 - log_std - 0.5 * jnp.log(2 * jnp.pi))

# %% wrong: the result clipped | says: cut off at -100
def gaussian_log_prob(action, mean, log_std):
    z = (action - mean) / jnp.exp(log_std)
    return jnp.maximum(jnp.sum(-0.5 * z**2 - log_std - 0.5 * jnp.log(2 * jnp.pi)), -100.0)

# %% wrong: no gradient in the mean | says: no gradient
def gaussian_log_prob(action, mean, log_std):
    z = (action - jax.lax.stop_gradient(mean)) / jnp.exp(log_std)
    return jnp.sum(-0.5 * z**2 - log_std - 0.5 * jnp.log(2 * jnp.pi))

# %% wrong: no gradient in log_std | says: log_std
def gaussian_log_prob(action, mean, log_std):
    std = jax.lax.stop_gradient(jnp.exp(log_std))
    return jnp.sum(-0.5 * ((action - mean) / std) ** 2 - jnp.log(std) - 0.5 * jnp.log(2 * jnp.pi))

# %% wrong: log_std kept in bounds | says: kept below 2
def gaussian_log_prob(action, mean, log_std):
    log_std = jnp.clip(log_std, -2.0, 2.0)
    z = (action - mean) / jnp.exp(log_std)
    return jnp.sum(-0.5 * z**2 - log_std - 0.5 * jnp.log(2 * jnp.pi))

# %% wrong: NumPy | says: jax.numpy
def gaussian_log_prob(action, mean, log_std):
    z = (action - mean) / np.exp(np.asarray(log_std))
    return np.sum(-0.5 * np.asarray(z) ** 2 - np.asarray(log_std) - 0.5 * np.log(2 * np.pi))

# %% wrong: squashed by tanh | says: correction for tanh
def gaussian_log_prob(action, mean, log_std):
    z = (action - mean) / jnp.exp(log_std)
    return jnp.sum(-0.5 * z**2 - log_std - 0.5 * jnp.log(2 * jnp.pi) - jnp.log(1 - jnp.tanh(action) ** 2 + 1e-6))
