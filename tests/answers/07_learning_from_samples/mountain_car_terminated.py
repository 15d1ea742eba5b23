# %% right: logical_and
def mountain_car_terminated(obs):
    return jnp.logical_and(obs[..., 0] >= 0.5, obs[..., 1] >= 0)

# %% right: transposed
def mountain_car_terminated(obs):
    position, velocity = jnp.asarray(obs).T
    return (position >= 0.5) & (velocity >= 0.0)

# %% right: product of bools, jitted
@jax.jit
def mountain_car_terminated(obs):
    return (obs[..., 0] >= 0.5) * (obs[..., 1] >= 0.0)

# %% right: all at once
def mountain_car_terminated(obs):
    return jnp.all(jnp.asarray(obs) >= jnp.array([0.5, 0.0]), axis=-1)

# %% right: not below, printing
def mountain_car_terminated(obs):
    print("arrived?")
    return ~((obs[..., 0] < 0.5) | (obs[..., 1] < 0.0))

# %% right: where, as bool
def mountain_car_terminated(obs):
    return jnp.where(jnp.take(obs, 0, axis=-1) >= 0.5, jnp.take(obs, 1, axis=-1) >= 0, False)

# %% right: moveaxis and unpacking
def mountain_car_terminated(obs):
    p, v = jnp.moveaxis(jnp.asarray(obs), -1, 0)
    return jnp.greater_equal(p, 0.5) & jnp.greater_equal(v, 0.0)

# %% wrong: position only | says: rolling back
def mountain_car_terminated(obs):
    return obs[..., 0] >= 0.5

# %% wrong: position above | says: exactly 0.5
def mountain_car_terminated(obs):
    return (obs[..., 0] > 0.5) & (obs[..., 1] >= 0.0)

# %% wrong: velocity above | says: exactly 0 counts
def mountain_car_terminated(obs):
    return (obs[..., 0] >= 0.5) & (obs[..., 1] > 0.0)

# %% wrong: or | says: both have to
def mountain_car_terminated(obs):
    return (obs[..., 0] >= 0.5) | (obs[..., 1] >= 0.0)

# %% wrong: Python's and | says: jax.jit
def mountain_car_terminated(obs):
    return obs[0] >= 0.5 and obs[1] >= 0

# %% wrong: one observation only | says: columns
def mountain_car_terminated(obs):
    return (obs[0] >= 0.5) & (obs[1] >= 0.0)

# %% wrong: all of the batch | says: for each row
def mountain_car_terminated(obs):
    return jnp.all((obs[..., 0] >= 0.5) & (obs[..., 1] >= 0.0))

# %% wrong: any of the batch | says: for each row
def mountain_car_terminated(obs):
    return jnp.any((obs[..., 0] >= 0.5) & (obs[..., 1] >= 0.0))

# %% wrong: the right end of the track | says: beyond the flag
def mountain_car_terminated(obs):
    return (obs[..., 0] >= 0.6) & (obs[..., 1] >= 0.0)

# %% wrong: no brackets | says: brackets
def mountain_car_terminated(obs):
    return obs[..., 0] >= 0.5 & obs[..., 1] >= 0.0

# %% wrong: batches only | says: fewer axes
def mountain_car_terminated(obs):
    return (obs[:, 0] >= 0.5) & (obs[:, 1] >= 0.0)

# %% wrong: the wrong way round | says: the wrong way round
def mountain_car_terminated(obs):
    return (obs[..., 0] < 0.5) | (obs[..., 1] < 0.0)

# %% wrong: the other hill too | says: not its size
def mountain_car_terminated(obs):
    return (jnp.abs(obs[..., 0]) >= 0.5) & (obs[..., 1] >= 0.0)

# %% wrong: a tolerance | says: no tolerance
def mountain_car_terminated(obs):
    return (obs[..., 0] >= 0.5 - 1e-4) & (obs[..., 1] >= -1e-4)

# %% wrong: columns swapped | says: swapped
def mountain_car_terminated(obs):
    return (obs[..., 1] >= 0.5) & (obs[..., 0] >= 0.0)

# %% wrong: None | says: return
def mountain_car_terminated(obs):
    (obs[..., 0] >= 0.5) & (obs[..., 1] >= 0.0)

# %% wrong: an array with one entry | says: shape
def mountain_car_terminated(obs):
    obs = jnp.atleast_2d(jnp.asarray(obs))
    return (obs[:, 0] >= 0.5) & (obs[:, 1] >= 0.0)
