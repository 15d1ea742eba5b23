# %% right: inline
def dynamics_loss(predicted_delta, obs, next_obs, delta_normalizer):
    target = (next_obs - obs - delta_normalizer.mean) / delta_normalizer.std
    return ((predicted_delta - target) ** 2).mean()

# %% right: vmap over rows
def dynamics_loss(predicted_delta, obs, next_obs, delta_normalizer):
    def one(p, o, n):
        return jnp.mean((p - normalize(n - o, delta_normalizer)) ** 2)
    return jnp.mean(jax.vmap(one)(jnp.asarray(predicted_delta), jnp.asarray(obs), jnp.asarray(next_obs)))

# %% right: sum and size, compiled
@jax.jit
def dynamics_loss(predicted_delta, obs, next_obs, delta_normalizer):
    delta = normalize(next_obs - obs, delta_normalizer)
    error = jnp.ravel(predicted_delta - delta)
    return jnp.dot(error, error) / error.size

# %% right: optax
def dynamics_loss(predicted_delta, obs, next_obs, delta_normalizer):
    return optax.squared_error(predicted_delta, normalize(next_obs - obs, delta_normalizer)).mean()

# %% right: in the original units, divided afterwards
def dynamics_loss(predicted_delta, obs, next_obs, delta_normalizer):
    error = unnormalize(predicted_delta, delta_normalizer) - (next_obs - obs)
    return jnp.mean((error / delta_normalizer.std) ** 2)

# %% right: stops the target's gradient
def dynamics_loss(predicted_delta, obs, next_obs, delta_normalizer):
    target = jax.lax.stop_gradient(normalize(next_obs - obs, delta_normalizer))
    return jnp.mean(jnp.square(target - predicted_delta))

# %% wrong: not normalised | says: not normalised
def dynamics_loss(predicted_delta, obs, next_obs, delta_normalizer):
    return jnp.mean((predicted_delta - (next_obs - obs)) ** 2)

# %% wrong: sum | says: that is the sum
def dynamics_loss(predicted_delta, obs, next_obs, delta_normalizer):
    return jnp.sum((predicted_delta - normalize(next_obs - obs, delta_normalizer)) ** 2)

# %% wrong: mean over rows of sums | says: over the rows
def dynamics_loss(predicted_delta, obs, next_obs, delta_normalizer):
    return jnp.mean(jnp.sum((predicted_delta - normalize(next_obs - obs, delta_normalizer)) ** 2, axis=1))

# %% wrong: half | says: factor 1/2
def dynamics_loss(predicted_delta, obs, next_obs, delta_normalizer):
    return 0.5 * jnp.mean((predicted_delta - normalize(next_obs - obs, delta_normalizer)) ** 2)

# %% wrong: absolute error | says: square them
def dynamics_loss(predicted_delta, obs, next_obs, delta_normalizer):
    return jnp.mean(jnp.abs(predicted_delta - normalize(next_obs - obs, delta_normalizer)))

# %% wrong: root | says: leave the root out
def dynamics_loss(predicted_delta, obs, next_obs, delta_normalizer):
    return jnp.sqrt(jnp.mean((predicted_delta - normalize(next_obs - obs, delta_normalizer)) ** 2))

# %% wrong: one loss for each row | says: for each row
def dynamics_loss(predicted_delta, obs, next_obs, delta_normalizer):
    return jnp.mean((predicted_delta - normalize(next_obs - obs, delta_normalizer)) ** 2, axis=1)

# %% wrong: the opposite sign | says: opposite sign
def dynamics_loss(predicted_delta, obs, next_obs, delta_normalizer):
    return jnp.mean((predicted_delta - normalize(obs - next_obs, delta_normalizer)) ** 2)

# %% wrong: the next observation as target | says: the network predicts the change
def dynamics_loss(predicted_delta, obs, next_obs, delta_normalizer):
    return jnp.mean((predicted_delta - normalize(next_obs, delta_normalizer)) ** 2)

# %% wrong: normalises both observations | says: Take the difference first
def dynamics_loss(predicted_delta, obs, next_obs, delta_normalizer):
    delta = normalize(next_obs, delta_normalizer) - normalize(obs, delta_normalizer)
    return jnp.mean((predicted_delta - delta) ** 2)

# %% wrong: normalises the prediction too | says: normalised already
def dynamics_loss(predicted_delta, obs, next_obs, delta_normalizer):
    delta = normalize(next_obs - obs, delta_normalizer)
    return jnp.mean((normalize(predicted_delta, delta_normalizer) - delta) ** 2)

# %% wrong: the original units | says: original units
def dynamics_loss(predicted_delta, obs, next_obs, delta_normalizer):
    return jnp.mean((unnormalize(predicted_delta, delta_normalizer) - (next_obs - obs)) ** 2)

# %% wrong: the source's loss | says: the loss
def dynamics_loss(predicted_delta, obs, next_obs, delta_normalizer):
    predicted_next = obs + unnormalize(predicted_delta, delta_normalizer)
    return jnp.sum((predicted_next - next_obs) ** 2)

# %% wrong: un-normalises the change | says: normalise it
def dynamics_loss(predicted_delta, obs, next_obs, delta_normalizer):
    return jnp.mean((predicted_delta - unnormalize(next_obs - obs, delta_normalizer)) ** 2)

# %% wrong: no gradient | says: no gradient
def dynamics_loss(predicted_delta, obs, next_obs, delta_normalizer):
    error = jax.lax.stop_gradient(predicted_delta) - normalize(next_obs - obs, delta_normalizer)
    return jnp.mean(error**2)

# %% wrong: a Python float | says: .item()
def dynamics_loss(predicted_delta, obs, next_obs, delta_normalizer):
    return float(jnp.mean((predicted_delta - normalize(next_obs - obs, delta_normalizer)) ** 2))

# %% wrong: statistics of the batch | says: of this batch
def dynamics_loss(predicted_delta, obs, next_obs, delta_normalizer):
    delta = next_obs - obs
    return jnp.mean((predicted_delta - (delta - delta.mean(0)) / (delta.std(0) + 1e-8)) ** 2)

# %% wrong: divides by a fixed size | says: divided by 4
def dynamics_loss(predicted_delta, obs, next_obs, delta_normalizer):
    return jnp.sum((predicted_delta - normalize(next_obs - obs, delta_normalizer)) ** 2) / 4

# %% wrong: forgets to return | says: returned None
def dynamics_loss(predicted_delta, obs, next_obs, delta_normalizer):
    jnp.mean((predicted_delta - normalize(next_obs - obs, delta_normalizer)) ** 2)
# %% wrong: large errors count less | says: counts less than its square
def dynamics_loss(predicted_delta, obs, next_obs, delta_normalizer):
    return 2.0 * jnp.mean(optax.huber_loss(predicted_delta, normalize(next_obs - obs, delta_normalizer), delta=10.0))
# %% wrong: no gradient where a prediction is exact | says: without taking a root
def dynamics_loss(predicted_delta, obs, next_obs, delta_normalizer):
    error = predicted_delta - normalize(next_obs - obs, delta_normalizer)
    return jnp.mean(jnp.sqrt(error**2) ** 2)
