# %% right: jnp.log
def weighted_log_prob(action_prob, episode_return):
    return jnp.log(action_prob) * episode_return

# %% right: return first, decorated with jax.jit
@jax.jit
def weighted_log_prob(action_prob, episode_return):
    return episode_return * jnp.log(action_prob)

# %% right: base 2, converted
def weighted_log_prob(action_prob, episode_return):
    return jnp.log2(action_prob) * jnp.log(2.0) * episode_return

# %% right: jax.lax.log on a converted array
def weighted_log_prob(action_prob, episode_return):
    action_prob = jnp.asarray(action_prob, jnp.float32)
    return jnp.multiply(jax.lax.log(action_prob), episode_return)

# %% right: a lambda
weighted_log_prob = lambda action_prob, episode_return: jnp.log(action_prob) * episode_return

# %% right: xlogy
def weighted_log_prob(action_prob, episode_return):
    return jax.scipy.special.xlogy(episode_return, action_prob)

# %% right: prints, warns and uses its own helper
import warnings
def natural_log(x):
    return jnp.log(x)
def weighted_log_prob(action_prob, episode_return):
    warnings.warn("computing")
    print("computing a weighted log prob")
    weighted = natural_log(action_prob) * episode_return
    return weighted

# %% right: minus the log of the inverse, with keyword-friendly names
def weighted_log_prob(action_prob, episode_return):
    return episode_return * jax.scipy.special.entr(action_prob) / -action_prob

# %% wrong: the loss's minus sign already | says: sign is turned round
def weighted_log_prob(action_prob, episode_return):
    return -jnp.log(action_prob) * episode_return

# %% wrong: no logarithm | says: logarithm is missing
def weighted_log_prob(action_prob, episode_return):
    return action_prob * episode_return

# %% wrong: no return | says: return is missing
def weighted_log_prob(action_prob, episode_return):
    return jnp.log(action_prob)

# %% wrong: base 10 | says: base 10
def weighted_log_prob(action_prob, episode_return):
    return jnp.log10(action_prob) * episode_return

# %% wrong: base 2 | says: base 2
def weighted_log_prob(action_prob, episode_return):
    return jnp.log2(action_prob) * episode_return

# %% wrong: log of the product | says: does not go inside
def weighted_log_prob(action_prob, episode_return):
    return jnp.log(action_prob * episode_return)

# %% wrong: log plus return | says: multiply
def weighted_log_prob(action_prob, episode_return):
    return jnp.log(action_prob) + episode_return

# %% wrong: log1p | says: another function
def weighted_log_prob(action_prob, episode_return):
    return jnp.log1p(action_prob) * episode_return

# %% wrong: the other action | says: not taken
def weighted_log_prob(action_prob, episode_return):
    return jnp.log(1 - action_prob) * episode_return

# %% wrong: math.log cannot be traced | says: jax.jit
import math
def weighted_log_prob(action_prob, episode_return):
    return math.log(action_prob) * episode_return

# %% wrong: np.log cannot be traced | says: jax.numpy
def weighted_log_prob(action_prob, episode_return):
    return np.log(action_prob) * episode_return

# %% wrong: float() cannot be traced | says: jax.jit
def weighted_log_prob(action_prob, episode_return):
    return float(jnp.log(action_prob) * episode_return)

# %% wrong: an if on a traced value | says: jnp.where
def weighted_log_prob(action_prob, episode_return):
    if action_prob == 0:
        return 0.0
    return jnp.log(action_prob) * episode_return

# %% wrong: log of a power underflows | says: is 0 for a computer
def weighted_log_prob(action_prob, episode_return):
    return jnp.log(action_prob ** episode_return)

# %% wrong: adds a small number inside the log | says: small number was added
def weighted_log_prob(action_prob, episode_return):
    return jnp.log(action_prob + 1e-8) * episode_return

# %% wrong: clips small probabilities | says: was clipped
def weighted_log_prob(action_prob, episode_return):
    return jnp.log(jnp.clip(action_prob, 1e-5, 1.0)) * episode_return

# %% wrong: prints and returns nothing | says: return
def weighted_log_prob(action_prob, episode_return):
    print(jnp.log(action_prob) * episode_return)

# %% wrong: an array of one number | says: shape
def weighted_log_prob(action_prob, episode_return):
    return jnp.array([jnp.log(action_prob) * episode_return])

# %% wrong: rounded to whole numbers | says: rounded
def weighted_log_prob(action_prob, episode_return):
    return jnp.round(jnp.log(action_prob) * episode_return)

# %% wrong: ignores negative returns | says: negative return
def weighted_log_prob(action_prob, episode_return):
    return jnp.log(action_prob) * jnp.maximum(episode_return, 0.0)

# %% wrong: a string | says: number
def weighted_log_prob(action_prob, episode_return):
    return str(jnp.log(action_prob) * episode_return)
