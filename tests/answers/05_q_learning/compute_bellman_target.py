# %% right: whole numbers in front of a bool
def compute_bellman_target(reward, terminated, target_value, gamma):
    return reward + (1 - terminated) * gamma * target_value

# %% right: where
def compute_bellman_target(reward, terminated, target_value, gamma):
    return jnp.where(terminated, reward, reward + gamma * target_value)

# %% right: not, on numbers
def compute_bellman_target(reward, terminated, target_value, gamma):
    return reward + jnp.logical_not(terminated) * gamma * target_value

# %% right: cond, jitted
@jax.jit
def compute_bellman_target(reward, terminated, target_value, gamma):
    return jax.lax.cond(terminated, lambda: jnp.float32(reward), lambda: jnp.float32(reward + gamma * target_value))

# %% right: converts, prints
def compute_bellman_target(reward, terminated, target_value, gamma):
    print("target")
    alive = 1.0 - jnp.asarray(terminated, jnp.float32)
    discount = gamma * alive
    return jnp.add(reward, jnp.multiply(discount, target_value))

# %% right: compares with zero
def compute_bellman_target(reward, terminated, target_value, gamma):
    return reward + gamma * target_value * (terminated == 0)

# %% right: subtracts the future again
def compute_bellman_target(reward, terminated, target_value, gamma):
    future = gamma * target_value
    return reward + future - terminated * future

# %% wrong: no gamma | says: gamma was never used
def compute_bellman_target(reward, terminated, target_value, gamma):
    return reward + (1.0 - terminated) * target_value

# %% wrong: gamma on everything | says: only the future is discounted
def compute_bellman_target(reward, terminated, target_value, gamma):
    return gamma * (reward + (1.0 - terminated) * target_value)

# %% wrong: gamma on the reward | says: belongs to the next value
def compute_bellman_target(reward, terminated, target_value, gamma):
    return gamma * reward + (1.0 - terminated) * target_value

# %% wrong: never ends | says: no future to add
def compute_bellman_target(reward, terminated, target_value, gamma):
    return reward + gamma * target_value

# %% wrong: the wrong way round | says: wrong way round
def compute_bellman_target(reward, terminated, target_value, gamma):
    return reward + gamma * terminated * target_value

# %% wrong: the last reward is lost | says: last step's reward
def compute_bellman_target(reward, terminated, target_value, gamma):
    return (1.0 - terminated) * (reward + gamma * target_value)

# %% wrong: no reward | says: reward is missing
def compute_bellman_target(reward, terminated, target_value, gamma):
    return gamma * (1.0 - terminated) * target_value

# %% wrong: if | says: jax.jit
def compute_bellman_target(reward, terminated, target_value, gamma):
    if terminated:
        return reward
    return reward + gamma * target_value

# %% wrong: Python's not | says: jax.jit
def compute_bellman_target(reward, terminated, target_value, gamma):
    return reward + gamma * (not terminated) * target_value

# %% wrong: tilde, which numbers do not have | says: flags such as terminated
def compute_bellman_target(reward, terminated, target_value, gamma):
    return reward + gamma * ~jnp.asarray(terminated) * target_value

# %% wrong: a discount that only falls at the end | says: removes the discount
def compute_bellman_target(reward, terminated, target_value, gamma):
    return reward + jnp.where(terminated, 1.0, gamma) * target_value

# %% wrong: one minus gamma | says: factor is gamma
def compute_bellman_target(reward, terminated, target_value, gamma):
    return reward + (1.0 - gamma) * (1.0 - terminated) * target_value

# %% wrong: gamma is always 0.9 | says: whatever comes in
def compute_bellman_target(reward, terminated, target_value, gamma):
    return reward + 0.9 * (1.0 - terminated) * target_value

# %% wrong: an array with one entry | says: shape
def compute_bellman_target(reward, terminated, target_value, gamma):
    return jnp.array([reward + gamma * (1.0 - terminated) * target_value])

# %% wrong: negative values are cut | says: less than 0
def compute_bellman_target(reward, terminated, target_value, gamma):
    return reward + gamma * (1.0 - terminated) * jnp.maximum(target_value, 0.0)

# %% wrong: whole numbers | says: fractions are gone
def compute_bellman_target(reward, terminated, target_value, gamma):
    return jnp.asarray(reward + gamma * (1.0 - terminated) * target_value).astype(int)

# %% wrong: select wants a bool | says: flags such as terminated
def compute_bellman_target(reward, terminated, target_value, gamma):
    return jax.lax.select(jnp.asarray(terminated), jnp.float32(reward), jnp.float32(reward + gamma * target_value))
