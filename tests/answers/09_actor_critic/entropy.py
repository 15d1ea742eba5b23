# %% right: log_softmax
def entropy(logits):
    log_probs = jax.nn.log_softmax(logits)
    return -jnp.sum(jnp.exp(log_probs) * log_probs)

# %% right: softmax and log_softmax
def entropy(logits):
    return -jnp.dot(jax.nn.softmax(logits), jax.nn.log_softmax(logits))

# %% right: logsumexp minus the mean logit, shifted
def entropy(logits):
    logits = jnp.asarray(logits)
    z = logits - jax.lax.stop_gradient(jnp.max(logits))
    return jax.scipy.special.logsumexp(z) - jnp.sum(jax.nn.softmax(z) * z)

# %% right: cross-entropy with itself
def entropy(logits):
    logits = jnp.asarray(logits)
    return optax.softmax_cross_entropy(logits, jax.nn.softmax(logits))

# %% right: a small number inside the logarithm
def entropy(logits):
    p = jax.nn.softmax(logits)
    return -jnp.sum(p * jnp.log(p + 1e-8))

# %% right: by hand, jitted
@jax.jit
def entropy(logits):
    z = logits - jnp.max(logits)
    e = jnp.exp(z)
    total = jnp.sum(e)
    return jnp.log(total) - jnp.sum(e * z) / total

# %% right: a double where
def entropy(logits):
    p = jax.nn.softmax(logits)
    safe = jnp.where(p > 0, p, 1.0)
    return -jnp.sum(jnp.where(p > 0, safe * jnp.log(safe), 0.0))

# %% wrong: log of softmax | says: stays in log space
def entropy(logits):
    p = jax.nn.softmax(logits)
    return -jnp.sum(p * jnp.log(p))

# %% wrong: entr, whose gradient is nan | says: gradient of entropy is not finite
def entropy(logits):
    return jnp.sum(jax.scipy.special.entr(jax.nn.softmax(logits)))

# %% wrong: where around the nan | says: gradient of entropy is not finite
def entropy(logits):
    p = jax.nn.softmax(logits)
    return -jnp.sum(jnp.where(p > 0, p * jnp.log(p), 0.0))

# %% wrong: nan_to_num | says: gradient of entropy is not finite
def entropy(logits):
    p = jax.nn.softmax(logits)
    return -jnp.sum(jnp.nan_to_num(p * jnp.log(p)))

# %% wrong: no minus | says: minus is missing
def entropy(logits):
    log_probs = jax.nn.log_softmax(logits)
    return jnp.sum(jnp.exp(log_probs) * log_probs)

# %% wrong: bits | says: bits
def entropy(logits):
    log_probs = jax.nn.log_softmax(logits)
    return -jnp.sum(jnp.exp(log_probs) * log_probs) / jnp.log(2.0)

# %% wrong: the mean | says: mean over the actions
def entropy(logits):
    log_probs = jax.nn.log_softmax(logits)
    return -jnp.mean(jnp.exp(log_probs) * log_probs)

# %% wrong: unweighted | says: weight each
def entropy(logits):
    return -jnp.mean(jax.nn.log_softmax(logits))

# %% wrong: unweighted sum | says: weight each
def entropy(logits):
    return -jnp.sum(jax.nn.log_softmax(logits))

# %% wrong: logits as probabilities | says: taken for probabilities
def entropy(logits):
    return -jnp.sum(logits * jnp.log(logits))

# %% wrong: logits in place of log-probabilities | says: averaged the logits
def entropy(logits):
    return -jnp.sum(jax.nn.softmax(logits) * logits)

# %% wrong: the likeliest | says: likeliest
def entropy(logits):
    return -jnp.max(jax.nn.log_softmax(logits))

# %% wrong: not summed | says: single number
def entropy(logits):
    log_probs = jax.nn.log_softmax(logits)
    return -jnp.exp(log_probs) * log_probs

# %% wrong: no gradient | says: no gradient
def entropy(logits):
    log_probs = jax.lax.stop_gradient(jax.nn.log_softmax(logits))
    return -jnp.sum(jnp.exp(log_probs) * log_probs)

# %% wrong: own exp overflows | says: exp(200)
def entropy(logits):
    p = jnp.exp(logits) / jnp.sum(jnp.exp(logits))
    return -jnp.sum(p * jnp.log(p + 1e-12))

# %% wrong: softmax twice | says: softmax was applied twice
def entropy(logits):
    log_probs = jax.nn.log_softmax(jax.nn.softmax(logits))
    return -jnp.sum(jnp.exp(log_probs) * log_probs)

# %% wrong: scipy cannot be traced | says: jax.numpy
def entropy(logits):
    from scipy.stats import entropy as of
    return of(np.asarray(jax.nn.softmax(logits)))

# %% wrong: a coarse small number | says: small number
def entropy(logits):
    p = jax.nn.softmax(logits)
    return -jnp.sum(p * jnp.log(p + 1e-3))

# %% wrong: clips the logits | says: nothing is clipped
def entropy(logits):
    log_probs = jax.nn.log_softmax(jnp.clip(logits, -3.0, 3.0))
    return -jnp.sum(jnp.exp(log_probs) * log_probs)

# %% wrong: for two actions only | says: first two actions
def entropy(logits):
    p = jax.nn.sigmoid(logits[0] - logits[1])
    return -(p * jnp.log(p + 1e-9) + (1 - p) * jnp.log(1 - p + 1e-9))

# %% wrong: returns nothing | says: return
def entropy(logits):
    log_probs = jax.nn.log_softmax(logits)
    -jnp.sum(jnp.exp(log_probs) * log_probs)
