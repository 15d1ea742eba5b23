# %% right: as in the paper
def ppo_loss(log_prob, old_log_prob, advantage, clip=0.2):
    ratio = jnp.exp(log_prob - old_log_prob)
    return -jnp.minimum(ratio * advantage, jnp.clip(ratio, 1 - clip, 1 + clip) * advantage)

# %% right: the larger of two losses
def ppo_loss(log_prob, old_log_prob, advantage, clip=0.2):
    ratio = jnp.exp(log_prob - old_log_prob)
    unclipped = -advantage * ratio
    clipped = -advantage * jnp.maximum(1.0 - clip, jnp.minimum(ratio, 1.0 + clip))
    return jnp.maximum(unclipped, clipped)

# %% right: two cases
def ppo_loss(log_prob, old_log_prob, advantage, clip=0.2):
    ratio = jnp.exp(log_prob - old_log_prob)
    limited = jnp.where(advantage > 0, jnp.minimum(ratio, 1 + clip), jnp.maximum(ratio, 1 - clip))
    return -limited * advantage

# %% right: OpenAI's spinning-up form, jitted
@jax.jit
def ppo_loss(log_prob, old_log_prob, advantage, clip=0.2):
    limit = jnp.where(advantage >= 0, (1 + clip) * advantage, (1 - clip) * advantage)
    return -jnp.minimum(jnp.exp(log_prob - old_log_prob) * advantage, limit)

# %% right: stops the gradient of what is given
def ppo_loss(log_prob, old_log_prob, advantage, clip=0.2):
    old_log_prob, advantage = jax.lax.stop_gradient((old_log_prob, advantage))
    ratio = jnp.exp(jnp.asarray(log_prob) - old_log_prob)
    return -jnp.min(jnp.stack([ratio * advantage, jax.lax.clamp(1.0 - clip, ratio, 1.0 + clip) * advantage]))

# %% right: clips the logarithm
def ppo_loss(log_prob, old_log_prob, advantage, clip=0.2):
    difference = log_prob - old_log_prob
    clipped = jnp.clip(difference, jnp.log(1.0 - clip), jnp.log(1.0 + clip))
    return -jnp.minimum(jnp.exp(difference) * advantage, jnp.exp(clipped) * advantage)

# %% wrong: no clipping | says: nothing was clipped
def ppo_loss(log_prob, old_log_prob, advantage, clip=0.2):
    return -jnp.exp(log_prob - old_log_prob) * advantage

# %% wrong: clipped in every case | says: clipped in every case
def ppo_loss(log_prob, old_log_prob, advantage, clip=0.2):
    ratio = jnp.exp(log_prob - old_log_prob)
    return -jnp.clip(ratio, 1 - clip, 1 + clip) * advantage

# %% wrong: the larger | says: the larger of the two products
def ppo_loss(log_prob, old_log_prob, advantage, clip=0.2):
    ratio = jnp.exp(log_prob - old_log_prob)
    return -jnp.maximum(ratio * advantage, jnp.clip(ratio, 1 - clip, 1 + clip) * advantage)

# %% wrong: no minus | says: minus is missing
def ppo_loss(log_prob, old_log_prob, advantage, clip=0.2):
    ratio = jnp.exp(log_prob - old_log_prob)
    return jnp.minimum(ratio * advantage, jnp.clip(ratio, 1 - clip, 1 + clip) * advantage)

# %% wrong: the smaller of the two losses | says: the larger of the two products
def ppo_loss(log_prob, old_log_prob, advantage, clip=0.2):
    ratio = jnp.exp(log_prob - old_log_prob)
    return jnp.minimum(-ratio * advantage, -jnp.clip(ratio, 1 - clip, 1 + clip) * advantage)

# %% wrong: upside down | says: upside down
def ppo_loss(log_prob, old_log_prob, advantage, clip=0.2):
    ratio = jnp.exp(old_log_prob - log_prob)
    return -jnp.minimum(ratio * advantage, jnp.clip(ratio, 1 - clip, 1 + clip) * advantage)

# %% wrong: a ratio of logarithms | says: ratio of logarithms
def ppo_loss(log_prob, old_log_prob, advantage, clip=0.2):
    ratio = log_prob / old_log_prob
    return -jnp.minimum(ratio * advantage, jnp.clip(ratio, 1 - clip, 1 + clip) * advantage)

# %% wrong: no exp | says: `exp` is missing
def ppo_loss(log_prob, old_log_prob, advantage, clip=0.2):
    ratio = log_prob - old_log_prob
    return -jnp.minimum(ratio * advantage, jnp.clip(ratio, 1 - clip, 1 + clip) * advantage)

# %% wrong: exp of each | says: difference of the logarithms first
def ppo_loss(log_prob, old_log_prob, advantage, clip=0.2):
    ratio = jnp.exp(log_prob) / jnp.exp(old_log_prob)
    return -jnp.minimum(ratio * advantage, jnp.clip(ratio, 1 - clip, 1 + clip) * advantage)

# %% wrong: the product clipped | says: product was clipped
def ppo_loss(log_prob, old_log_prob, advantage, clip=0.2):
    product = jnp.exp(log_prob - old_log_prob) * advantage
    return -jnp.minimum(product, jnp.clip(product, 1 - clip, 1 + clip))

# %% wrong: REINFORCE | says: loss of REINFORCE
def ppo_loss(log_prob, old_log_prob, advantage, clip=0.2):
    return -log_prob * advantage

# %% wrong: 0.2 | says: `clip` is an argument
def ppo_loss(log_prob, old_log_prob, advantage, clip=0.2):
    ratio = jnp.exp(log_prob - old_log_prob)
    return -jnp.minimum(ratio * advantage, jnp.clip(ratio, 0.8, 1.2) * advantage)

# %% wrong: clipped from above only | says: below 1 - clip
def ppo_loss(log_prob, old_log_prob, advantage, clip=0.2):
    ratio = jnp.exp(log_prob - old_log_prob)
    return -jnp.minimum(ratio * advantage, jnp.minimum(ratio, 1 + clip) * advantage)

# %% wrong: no gradient | says: no gradient
def ppo_loss(log_prob, old_log_prob, advantage, clip=0.2):
    ratio = jax.lax.stop_gradient(jnp.exp(log_prob - old_log_prob))
    return -jnp.minimum(ratio * advantage, jnp.clip(ratio, 1 - clip, 1 + clip) * advantage)

# %% wrong: an if | says: jnp.where
def ppo_loss(log_prob, old_log_prob, advantage, clip=0.2):
    ratio = jnp.exp(log_prob - old_log_prob)
    if advantage > 0:
        return -min(ratio, 1 + clip) * advantage
    return -max(ratio, 1 - clip) * advantage

# %% wrong: NumPy | says: jax.numpy
def ppo_loss(log_prob, old_log_prob, advantage, clip=0.2):
    ratio = np.exp(log_prob - old_log_prob)
    return -np.minimum(ratio * advantage, np.clip(ratio, 1 - clip, 1 + clip) * advantage)

# %% wrong: the size of the advantage | says: multiply first
def ppo_loss(log_prob, old_log_prob, advantage, clip=0.2):
    ratio = jnp.exp(log_prob - old_log_prob)
    return -jnp.minimum(ratio, jnp.clip(ratio, 1 - clip, 1 + clip)) * advantage

# %% wrong: the log ratio limited | says: limited to 5
def ppo_loss(log_prob, old_log_prob, advantage, clip=0.2):
    ratio = jnp.exp(jnp.clip(log_prob - old_log_prob, -5.0, 5.0))
    return -jnp.minimum(ratio * advantage, jnp.clip(ratio, 1 - clip, 1 + clip) * advantage)

# %% wrong: returns nothing | says: return
def ppo_loss(log_prob, old_log_prob, advantage, clip=0.2):
    ratio = jnp.exp(log_prob - old_log_prob)
    loss = -jnp.minimum(ratio * advantage, jnp.clip(ratio, 1 - clip, 1 + clip) * advantage)
