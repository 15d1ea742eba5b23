# %% right: written out
def pendulum_reward(obs, action):
    cos, sin, speed = obs[..., 0], obs[..., 1], obs[..., 2]
    angle = jnp.arctan2(sin, cos)
    u = jnp.clip(action, -2, 2)[..., 0]
    return -(angle**2) - 0.1 * speed**2 - 0.001 * u**2

# %% right: complex numbers
def pendulum_reward(obs, action):
    theta = jnp.angle(obs[..., 0] + 1j * obs[..., 1])
    u = jnp.minimum(jnp.abs(action[..., 0]), 2.0)
    return -(theta**2 + 0.1 * obs[..., 2] ** 2 + 0.001 * u**2)

# %% right: one, and vmap for a batch
def pendulum_reward(obs, action):
    def one(o, a):
        return -(jnp.arctan2(o[1], o[0]) ** 2 + 0.1 * o[2] ** 2 + 0.001 * jnp.clip(a[0], -2, 2) ** 2)
    obs, action = jnp.asarray(obs), jnp.asarray(action)
    return one(obs, action) if obs.ndim == 1 else jax.vmap(one)(obs, action)

# %% right: wraps the angle once more, and transposes
@jax.jit
def pendulum_reward(obs, action):
    theta = jnp.arctan2(obs.T[1], obs.T[0])
    theta = (theta + jnp.pi) % (2 * jnp.pi) - jnp.pi
    return -(theta**2 + 0.1 * obs.T[2] ** 2 + 0.001 * jnp.clip(action.T[0], -2.0, 2.0) ** 2)

# %% right: arccos of the vector brought to length 1
def pendulum_reward(obs, action):
    length = jnp.sqrt(obs[..., 0] ** 2 + obs[..., 1] ** 2)
    theta = jnp.arccos(jnp.clip(obs[..., 0] / length, -1.0, 1.0))
    torque = jnp.squeeze(jnp.clip(action, -2, 2), axis=-1)
    return -(theta**2 + 0.1 * jnp.square(obs[..., 2]) + 0.001 * jnp.square(torque))

# %% right: sums over the last axis
def pendulum_reward(obs, action):
    parts = jnp.stack([jnp.arctan2(obs[..., 1], obs[..., 0]), obs[..., 2], jnp.clip(action[..., 0], -2, 2)], axis=-1)
    return -jnp.sum(jnp.array([1.0, 0.1, 0.001]) * parts**2, axis=-1)

# %% wrong: positive | says: the reward is negative
def pendulum_reward(obs, action):
    u = jnp.clip(action[..., 0], -2, 2)
    return jnp.arctan2(obs[..., 1], obs[..., 0]) ** 2 + 0.1 * obs[..., 2] ** 2 + 0.001 * u**2

# %% wrong: sine and cosine swapped | says: the sine first
def pendulum_reward(obs, action):
    u = jnp.clip(action[..., 0], -2, 2)
    return -(jnp.arctan2(obs[..., 0], obs[..., 1]) ** 2 + 0.1 * obs[..., 2] ** 2 + 0.001 * u**2)

# %% wrong: arctan | says: up from down
def pendulum_reward(obs, action):
    u = jnp.clip(action[..., 0], -2, 2)
    return -(jnp.arctan(obs[..., 1] / obs[..., 0]) ** 2 + 0.1 * obs[..., 2] ** 2 + 0.001 * u**2)

# %% wrong: arcsin | says: up from down
def pendulum_reward(obs, action):
    u = jnp.clip(action[..., 0], -2, 2)
    return -(jnp.arcsin(obs[..., 1]) ** 2 + 0.1 * obs[..., 2] ** 2 + 0.001 * u**2)

# %% wrong: arccos of a vector of any length | says: 1.5 cos 2
def pendulum_reward(obs, action):
    u = jnp.clip(action[..., 0], -2, 2)
    return -(jnp.arccos(obs[..., 0]) ** 2 + 0.1 * obs[..., 2] ** 2 + 0.001 * u**2)

# %% wrong: does not clip | says: clip the torque
def pendulum_reward(obs, action):
    return -(jnp.arctan2(obs[..., 1], obs[..., 0]) ** 2 + 0.1 * obs[..., 2] ** 2 + 0.001 * action[..., 0] ** 2)

# %% wrong: clips from above only | says: clip the torque
def pendulum_reward(obs, action):
    u = jnp.minimum(action[..., 0], 2.0)
    return -(jnp.arctan2(obs[..., 1], obs[..., 0]) ** 2 + 0.1 * obs[..., 2] ** 2 + 0.001 * u**2)

# %% wrong: keeps the torque's axis | says: shape [1]
def pendulum_reward(obs, action):
    u = jnp.clip(action, -2, 2)
    return -(jnp.arctan2(obs[..., 1], obs[..., 0]) ** 2 + 0.1 * obs[..., 2] ** 2 + 0.001 * u**2)

# %% wrong: one torque for all, as in the source | says: first torque
def pendulum_reward(obs, action):
    u = jnp.clip(action.reshape(-1)[0], -2, 2)
    return -(jnp.arctan2(obs[..., 1], obs[..., 0]) ** 2 + 0.1 * obs[..., 2] ** 2 + 0.001 * u**2)

# %% wrong: every state with every torque | says: [B, B]
def pendulum_reward(obs, action):
    u = jnp.clip(action, -2, 2) if action.ndim > 1 else jnp.clip(action[0], -2, 2)
    return -(jnp.arctan2(obs[..., 1], obs[..., 0]) ** 2 + 0.1 * obs[..., 2] ** 2 + 0.001 * u**2)

# %% wrong: single observations only | says: obs[..., 0]
def pendulum_reward(obs, action):
    u = jnp.clip(action[0], -2, 2)
    return -(jnp.arctan2(obs[1], obs[0]) ** 2 + 0.1 * obs[2] ** 2 + 0.001 * u**2)

# %% wrong: velocity not squared | says: square the velocity
def pendulum_reward(obs, action):
    u = jnp.clip(action[..., 0], -2, 2)
    return -(jnp.arctan2(obs[..., 1], obs[..., 0]) ** 2 + 0.1 * obs[..., 2] + 0.001 * u**2)

# %% wrong: no torque | says: the torque is missing
def pendulum_reward(obs, action):
    return -(jnp.arctan2(obs[..., 1], obs[..., 0]) ** 2 + 0.1 * obs[..., 2] ** 2)

# %% wrong: no factor for the velocity | says: 0.1, is missing
def pendulum_reward(obs, action):
    u = jnp.clip(action[..., 0], -2, 2)
    return -(jnp.arctan2(obs[..., 1], obs[..., 0]) ** 2 + obs[..., 2] ** 2 + 0.001 * u**2)

# %% wrong: angle not squared | says: square the angle
def pendulum_reward(obs, action):
    u = jnp.clip(action[..., 0], -2, 2)
    return -(jnp.arctan2(obs[..., 1], obs[..., 0]) + 0.1 * obs[..., 2] ** 2 + 0.001 * u**2)

# %% wrong: the minus reaches the angle only | says: mind the brackets
def pendulum_reward(obs, action):
    u = jnp.clip(action[..., 0], -2, 2)
    return -jnp.arctan2(obs[..., 1], obs[..., 0]) ** 2 + 0.1 * obs[..., 2] ** 2 + 0.001 * u**2

# %% wrong: clips to one | says: not to [-1, 1]
def pendulum_reward(obs, action):
    u = 1.5 if False else jnp.where(jnp.abs(action[..., 0]) > 2, jnp.sign(action[..., 0]), action[..., 0])
    return -(jnp.arctan2(obs[..., 1], obs[..., 0]) ** 2 + 0.1 * obs[..., 2] ** 2 + 0.001 * u**2)

# %% wrong: NumPy | says: jax.numpy
def pendulum_reward(obs, action):
    u = np.clip(np.array(action)[..., 0], -2, 2)
    obs = np.array(obs)
    return -(np.arctan2(obs[..., 1], obs[..., 0]) ** 2 + 0.1 * obs[..., 2] ** 2 + 0.001 * u**2)

# %% wrong: clips the velocity as well | says: clipped to 8
def pendulum_reward(obs, action):
    u = jnp.clip(action[..., 0], -2, 2)
    speed = jnp.clip(obs[..., 2], -8, 8)
    return -(jnp.arctan2(obs[..., 1], obs[..., 0]) ** 2 + 0.1 * speed**2 + 0.001 * u**2)

# %% wrong: an angle from 0 to 2 pi | says: from 0 to 2
def pendulum_reward(obs, action):
    u = jnp.clip(action[..., 0], -2, 2)
    theta = jnp.mod(jnp.arctan2(obs[..., 1], obs[..., 0]), 2 * jnp.pi)
    return -(theta**2 + 0.1 * obs[..., 2] ** 2 + 0.001 * u**2)
# %% wrong: never below the worst real reward | says: worst real one
def pendulum_reward(obs, action):
    theta = jnp.arctan2(obs[..., 1], obs[..., 0])
    cost = theta**2 + 0.1 * obs[..., 2] ** 2 + 0.001 * jnp.clip(action[..., 0], -2.0, 2.0) ** 2
    return -jnp.minimum(cost, jnp.pi**2 + 0.1 * 8.0**2 + 0.001 * 2.0**2)
