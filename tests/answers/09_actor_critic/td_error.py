# %% right: one minus the flag
def td_error(reward, terminated, value, next_value, gamma):
    return reward + gamma * (1.0 - terminated) * next_value - value

# %% right: jnp.where
def td_error(reward, terminated, value, next_value, gamma):
    future = jnp.where(terminated, 0.0, next_value)
    return reward + gamma * future - value

# %% right: the target first, jitted
@jax.jit
def td_error(reward, terminated, value, next_value, gamma):
    going_on = jnp.logical_not(terminated).astype(jnp.float32)
    target = reward + gamma * going_on * next_value
    return target - value

# %% right: lax.cond
def td_error(reward, terminated, value, next_value, gamma):
    flag = jnp.asarray(terminated, bool)
    return jax.lax.cond(flag, lambda: 1.0 * jnp.float32(reward), lambda: jnp.float32(reward + gamma * next_value)) - value

# %% right: subtracts the lost future
def td_error(reward, terminated, value, next_value, gamma):
    delta = reward + gamma * next_value - value
    return delta - terminated * gamma * next_value

# %% right: an int flag
def td_error(reward, terminated, value, next_value, gamma):
    return reward - value + gamma * next_value * (1 - jnp.asarray(terminated).astype(int))

# %% right: select
def td_error(reward, terminated, value, next_value, gamma):
    return jax.lax.select(jnp.asarray(terminated) > 0.5, 1.0 * jnp.asarray(reward, jnp.float32), jnp.asarray(reward + gamma * next_value, jnp.float32)) - value

# %% wrong: ignores terminated | says: `terminated` was not used
def td_error(reward, terminated, value, next_value, gamma):
    return reward + gamma * next_value - value

# %% wrong: the flag the wrong way round | says: wrong way round
def td_error(reward, terminated, value, next_value, gamma):
    return reward + gamma * terminated * next_value - value

# %% wrong: no gamma | says: `gamma` was never used
def td_error(reward, terminated, value, next_value, gamma):
    return reward + (1.0 - terminated) * next_value - value

# %% wrong: the target | says: subtract what was expected before
def td_error(reward, terminated, value, next_value, gamma):
    return reward + gamma * (1.0 - terminated) * next_value

# %% wrong: the sign | says: sign is reversed
def td_error(reward, terminated, value, next_value, gamma):
    return value - (reward + gamma * (1.0 - terminated) * next_value)

# %% wrong: gamma outside | says: next_value alone
def td_error(reward, terminated, value, next_value, gamma):
    return gamma * (reward + (1.0 - terminated) * next_value) - value

# %% wrong: gamma on the difference of the values | says: `gamma` multiplied the value too
def td_error(reward, terminated, value, next_value, gamma):
    return reward + gamma * ((1.0 - terminated) * next_value - value)

# %% wrong: squared | says: squared error
def td_error(reward, terminated, value, next_value, gamma):
    return (reward + gamma * (1.0 - terminated) * next_value - value) ** 2

# %% wrong: the end silences the old value too | says: only the future is gone
def td_error(reward, terminated, value, next_value, gamma):
    return reward + (1.0 - terminated) * (gamma * next_value - value)

# %% wrong: nothing at the end | says: only the future is gone
def td_error(reward, terminated, value, next_value, gamma):
    return (1.0 - terminated) * (reward + gamma * next_value - value)

# %% wrong: no reward at the end | says: reward is missing
def td_error(reward, terminated, value, next_value, gamma):
    return (1.0 - terminated) * (reward + gamma * next_value) - value

# %% wrong: an if | says: jnp.where
def td_error(reward, terminated, value, next_value, gamma):
    if terminated:
        return reward - value
    return reward + gamma * next_value - value

# %% wrong: not | says: jax
def td_error(reward, terminated, value, next_value, gamma):
    return reward + gamma * (not terminated) * next_value - value

# %% wrong: the tilde | says: `~`
def td_error(reward, terminated, value, next_value, gamma):
    return reward + gamma * (~terminated) * next_value - value

# %% wrong: the values swapped | says: values are swapped
def td_error(reward, terminated, value, next_value, gamma):
    return reward + gamma * (1.0 - terminated) * value - next_value

# %% wrong: adds the value | says: the value was added
def td_error(reward, terminated, value, next_value, gamma):
    return reward + gamma * (1.0 - terminated) * next_value + value

# %% wrong: NumPy's where | says: jax.numpy
def td_error(reward, terminated, value, next_value, gamma):
    return np.where(terminated, reward, reward + gamma * next_value) - value

# %% wrong: returns nothing | says: return
def td_error(reward, terminated, value, next_value, gamma):
    delta = reward + gamma * (1.0 - terminated) * next_value - value
