# %% right: as in the formula
def kl_to_reference(log_prob, ref_log_prob):
    d = jnp.asarray(ref_log_prob) - log_prob
    return jnp.exp(d) - 1.0 - d

# %% right: expm1
def kl_to_reference(log_prob, ref_log_prob):
    difference = jnp.subtract(ref_log_prob, log_prob)
    return jnp.expm1(difference) - difference

# %% right: ratio and its logarithm
def kl_to_reference(log_prob, ref_log_prob):
    log_ratio = jnp.asarray(log_prob) - ref_log_prob
    return 1.0 / jnp.exp(log_ratio) - 1.0 + log_ratio

# %% right: jitted, elementwise by vmap
@jax.jit
def kl_to_reference(log_prob, ref_log_prob):
    def of_one(new, ref):
        return jnp.exp(ref - new) + new - ref - 1.0

    flat = jnp.ravel(log_prob), jnp.ravel(ref_log_prob)
    return jax.vmap(of_one)(*flat).reshape(jnp.shape(log_prob))

# %% right: stops the gradient of the reference
def kl_to_reference(log_prob, ref_log_prob):
    d = jax.lax.stop_gradient(jnp.asarray(ref_log_prob)) - log_prob
    return jnp.exp(d) - (1.0 + d)

# %% wrong: the other way round | says: the wrong way round
def kl_to_reference(log_prob, ref_log_prob):
    d = jnp.asarray(log_prob) - ref_log_prob
    return jnp.exp(d) - 1.0 - d

# %% wrong: the plain difference | says: plain difference
def kl_to_reference(log_prob, ref_log_prob):
    return jnp.asarray(log_prob) - ref_log_prob

# %% wrong: half the square | says: half the square
def kl_to_reference(log_prob, ref_log_prob):
    d = jnp.asarray(ref_log_prob) - log_prob
    return 0.5 * d**2

# %% wrong: the difference is not taken off | says: `- d` is missing
def kl_to_reference(log_prob, ref_log_prob):
    d = jnp.asarray(ref_log_prob) - log_prob
    return jnp.exp(d) - 1.0

# %% wrong: the 1 is missing | says: `- 1` is missing
def kl_to_reference(log_prob, ref_log_prob):
    d = jnp.asarray(ref_log_prob) - log_prob
    return jnp.exp(d) - d

# %% wrong: the difference is added | says: is subtracted
def kl_to_reference(log_prob, ref_log_prob):
    d = jnp.asarray(ref_log_prob) - log_prob
    return jnp.exp(d) - 1.0 + d

# %% wrong: exp of each | says: difference first
def kl_to_reference(log_prob, ref_log_prob):
    ratio = jnp.exp(ref_log_prob) / jnp.exp(log_prob)
    return ratio - 1.0 - jnp.log(ratio)

# %% wrong: weighed by the probability | says: do not weight it
def kl_to_reference(log_prob, ref_log_prob):
    return jnp.exp(log_prob) * (jnp.asarray(log_prob) - ref_log_prob)

# %% wrong: the mean | says: elementwise
def kl_to_reference(log_prob, ref_log_prob):
    d = jnp.asarray(ref_log_prob) - log_prob
    return jnp.mean(jnp.exp(d) - 1.0 - d)

# %% wrong: the sum | says: elementwise
def kl_to_reference(log_prob, ref_log_prob):
    d = jnp.asarray(ref_log_prob) - log_prob
    return jnp.sum(jnp.exp(d) - 1.0 - d)

# %% wrong: the sign | says: the sign
def kl_to_reference(log_prob, ref_log_prob):
    d = jnp.asarray(ref_log_prob) - log_prob
    return d + 1.0 - jnp.exp(d)

# %% wrong: limited | says: limited
def kl_to_reference(log_prob, ref_log_prob):
    d = jnp.clip(jnp.asarray(ref_log_prob) - log_prob, -2.0, 2.0)
    return jnp.exp(d) - 1.0 - d

# %% wrong: limited far out
def kl_to_reference(log_prob, ref_log_prob):
    d = jnp.clip(jnp.asarray(ref_log_prob) - log_prob, -10.0, 10.0)
    return jnp.exp(d) - 1.0 - d

# %% wrong: stops the gradient of the policy | says: no gradient
def kl_to_reference(log_prob, ref_log_prob):
    d = jnp.asarray(ref_log_prob) - jax.lax.stop_gradient(log_prob)
    return jnp.exp(d) - 1.0 - d

# %% wrong: NumPy | says: jax.numpy
def kl_to_reference(log_prob, ref_log_prob):
    d = np.subtract(ref_log_prob, log_prob)
    return np.exp(d) - 1.0 - d

# %% wrong: returns nothing | says: return
def kl_to_reference(log_prob, ref_log_prob):
    d = jnp.asarray(ref_log_prob) - log_prob
