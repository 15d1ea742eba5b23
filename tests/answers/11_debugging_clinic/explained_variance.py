# %% wrong: the share that is left | says: left over
def explained_variance(value, target):
    variance = jnp.var(target)
    return jnp.where(variance > 0, jnp.var(target - value) / jnp.where(variance > 0, variance, 1.0), 0.0)
# %% right: two wheres
def explained_variance(value, target):
    v = jnp.var(target)
    return jnp.where(v == 0, 0.0, 1 - jnp.var(jnp.asarray(target) - value) / v)
# %% right: by hand
def explained_variance(value, target):
    value, target = jnp.asarray(value), jnp.asarray(target)
    spread = ((target - target.mean()) ** 2).sum()
    error = target - value
    left = ((error - error.mean()) ** 2).sum()
    return (spread > 1e-9) * (1 - left / jnp.maximum(spread, 1e-9))
# %% right: cond
def explained_variance(value, target):
    variance = jnp.var(target)
    return jax.lax.cond(variance > 1e-7, lambda: 1 - jnp.var(target - value) / variance, lambda: jnp.zeros_like(variance))
# %% right: standard deviations squared, jitted
@jax.jit
def explained_variance(value, target):
    spread = jnp.std(target) ** 2
    return jnp.where(spread < 1e-6, 0.0, 1 - jnp.std(value - target) ** 2 / (spread + 1e-12))
# %% wrong: no guard | says: return 0
def explained_variance(value, target):
    return 1.0 - jnp.var(target - value) / jnp.var(target)
# %% wrong: the mean squared error | says: subtracts the mean error
def explained_variance(value, target):
    v = jnp.var(target)
    return jnp.where(v > 0, 1 - jnp.mean((target - value) ** 2) / jnp.where(v > 0, v, 1), 0.0)
# %% wrong: the values' variance below | says: not of the values
def explained_variance(value, target):
    v = jnp.var(value)
    return jnp.where(jnp.var(target) > 0, 1 - jnp.var(target - value) / v, 0.0)
# %% wrong: standard deviations | says: standard deviations
def explained_variance(value, target):
    v = jnp.std(target)
    return jnp.where(v > 0, 1 - jnp.std(target - value) / jnp.where(v > 0, v, 1), 0.0)
# %% wrong: correlation squared | says: correlation
def explained_variance(value, target):
    return jnp.where(jnp.var(target) > 0, jnp.corrcoef(value, target)[0, 1] ** 2, 0.0)
# %% wrong: sample variance above only | says: population variance
def explained_variance(value, target):
    v = jnp.var(target)
    return jnp.where(v > 0, 1 - jnp.var(target - value, ddof=1) / jnp.where(v > 0, v, 1), 0.0)
# %% wrong: a small number in the denominator | says: small number
def explained_variance(value, target):
    return 1.0 - jnp.var(target - value) / (jnp.var(target) + 1e-8)
# %% wrong: clipped at zero | says: do not clip
def explained_variance(value, target):
    v = jnp.var(target)
    return jnp.where(v > 0, jnp.clip(1 - jnp.var(target - value) / jnp.where(v > 0, v, 1), 0.0, 1.0), 0.0)
# %% wrong: an if | says: if
def explained_variance(value, target):
    v = jnp.var(target)
    if v == 0:
        return 0.0
    return 1.0 - jnp.var(target - value) / v
# %% wrong: everything is explained when targets are equal | says: not 1
def explained_variance(value, target):
    v = jnp.var(target)
    return jnp.where(v > 0, 1 - jnp.var(target - value) / jnp.where(v > 0, v, 1), 1.0)
# %% wrong: upside down | says: upside down
def explained_variance(value, target):
    v = jnp.var(target - value)
    return jnp.where((v > 0) & (jnp.var(target) > 0), 1 - jnp.var(target) / jnp.where(v > 0, v, 1), 0.0)
# %% wrong: the arguments swapped | says: not of the values
def explained_variance(target, value):
    v = jnp.var(target)
    return jnp.where(v > 0, 1 - jnp.var(target - value) / jnp.where(v > 0, v, 1), 0.0)
# %% wrong: shape [1] | says: should have shape []
def explained_variance(value, target):
    v = jnp.var(target, keepdims=True)
    return jnp.where(v > 0, 1 - jnp.var(target - value) / jnp.where(v > 0, v, 1), 0.0)
# %% wrong: NumPy's float | says: explained_variance
def explained_variance(value, target):
    v = float(np.var(target))
    return 0.0 if v == 0 else 1 - float(np.var(target - value)) / v
# %% wrong: nothing comes back | says: returned None
def explained_variance(value, target):
    v = jnp.var(target)
    1 - jnp.var(target - value) / v
