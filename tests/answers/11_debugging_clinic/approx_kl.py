# %% wrong: the ratio upside down | says: upside down
def approx_kl(log_prob, old_log_prob):
    log_ratio = old_log_prob - log_prob
    return jnp.mean(jnp.expm1(log_ratio) - log_ratio)
# %% right: exp and minus one
def approx_kl(log_prob, old_log_prob):
    d = log_prob - old_log_prob
    return (jnp.exp(d) - 1 - d).mean()
# %% right: the ratio and its logarithm
def approx_kl(log_prob, old_log_prob):
    r = jnp.exp(jnp.asarray(log_prob) - jnp.asarray(old_log_prob))
    return jnp.mean((r - 1) - jnp.log(r))
# %% right: vmap, sum over count
def approx_kl(log_prob, old_log_prob):
    term = jax.vmap(lambda new, old: jnp.expm1(new - old) - (new - old))
    return jnp.sum(term(log_prob, old_log_prob)) / len(log_prob)
# %% right: three means
@jax.jit
def approx_kl(log_prob, old_log_prob):
    return jnp.mean(jnp.expm1(log_prob - old_log_prob)) - jnp.mean(log_prob - old_log_prob)
# %% wrong: the plain difference | says: ups and downs cancel
def approx_kl(log_prob, old_log_prob):
    return jnp.mean(old_log_prob - log_prob)
# %% wrong: half the square | says: half the mean
def approx_kl(log_prob, old_log_prob):
    return 0.5 * jnp.mean((log_prob - old_log_prob) ** 2)
# %% wrong: one not subtracted | says: subtract 1
def approx_kl(log_prob, old_log_prob):
    d = log_prob - old_log_prob
    return jnp.mean(jnp.exp(d) - d)
# %% wrong: a plus | says: subtract it
def approx_kl(log_prob, old_log_prob):
    d = log_prob - old_log_prob
    return jnp.mean(jnp.expm1(d) + d)
# %% wrong: the sum | says: take the mean
def approx_kl(log_prob, old_log_prob):
    d = log_prob - old_log_prob
    return jnp.sum(jnp.expm1(d) - d)
# %% wrong: a ratio of probabilities | says: difference of the logarithms
def approx_kl(log_prob, old_log_prob):
    r = jnp.exp(log_prob) / jnp.exp(old_log_prob)
    return jnp.mean((r - 1) - jnp.log(r))
# %% wrong: a ratio of logarithms | says: ratio of logarithms
def approx_kl(log_prob, old_log_prob):
    r = log_prob / old_log_prob
    return jnp.mean((r - 1) - jnp.log(r))
# %% wrong: the ratio alone | says: subtract log r
def approx_kl(log_prob, old_log_prob):
    return jnp.mean(jnp.exp(log_prob - old_log_prob) - 1)
# %% wrong: the mean of log r | says: log r is wanted
def approx_kl(log_prob, old_log_prob):
    return jnp.mean(log_prob - old_log_prob)
# %% wrong: the mean first
def approx_kl(log_prob, old_log_prob):
    d = jnp.mean(log_prob - old_log_prob)
    return jnp.expm1(d) - d
# %% wrong: p log p/q | says: all actions
def approx_kl(log_prob, old_log_prob):
    return jnp.mean(jnp.exp(log_prob) * (log_prob - old_log_prob))
# %% wrong: a small number that keeps 0 away | says: approx_kl
def approx_kl(log_prob, old_log_prob):
    r = (jnp.exp(log_prob) + 1e-8) / (jnp.exp(old_log_prob) + 1e-8)
    return jnp.mean((r - 1) - jnp.log(r))
# %% wrong: one for each action | says: should have shape
def approx_kl(log_prob, old_log_prob):
    d = log_prob - old_log_prob
    return jnp.expm1(d) - d
# %% wrong: nothing comes back | says: returned None
def approx_kl(log_prob, old_log_prob):
    d = log_prob - old_log_prob
    jnp.mean(jnp.expm1(d) - d)
