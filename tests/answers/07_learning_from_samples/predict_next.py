# %% right: rows of W instead of one-hot
def predict_next(W, obs, action, num_actions):
    obs, W = jnp.asarray(obs), jnp.asarray(W)
    dim = obs.shape[-1]
    return obs + obs @ W[:dim] + W[dim + action]

# %% right: identity matrix
def predict_next(W, obs, action, num_actions):
    x = jnp.concatenate((obs, jnp.eye(num_actions)[action]), axis=-1)
    return jnp.asarray(obs) + jnp.matmul(x, W)

# %% right: vmapped for batches
def predict_next(W, obs, action, num_actions):
    def one(obs, action):
        x = jnp.hstack([obs, (jnp.arange(num_actions) == action).astype(float)])
        return obs + jnp.dot(x, W)
    obs = jnp.asarray(obs)
    if obs.ndim == 1:
        return one(obs, action)
    return jax.vmap(one)(obs, jnp.asarray(action))

# %% right: jitted, printing
import functools

@functools.partial(jax.jit, static_argnames="num_actions")
def predict_next(W, obs, action, num_actions):
    print("predict")
    return obs + jnp.einsum("...i,ij->...j", jnp.concatenate([obs, jax.nn.one_hot(action, num_actions)], -1), W)

# %% right: atleast_2d and back
def predict_next(W, obs, action, num_actions):
    single = np.ndim(obs) == 1
    obs2, action2 = jnp.atleast_2d(jnp.asarray(obs)), jnp.atleast_1d(jnp.asarray(action))
    one_hot = jnp.zeros((len(obs2), num_actions)).at[jnp.arange(len(obs2)), action2].set(1.0)
    out = obs2 + jnp.column_stack([obs2, one_hot]) @ W
    return out[0] if single else out

# %% right: the identity inside the matrix
def predict_next(W, obs, action, num_actions):
    dim = W.shape[1]
    full = jnp.asarray(W).at[:dim].add(jnp.eye(dim))
    return jnp.concatenate([obs, jax.nn.one_hot(action, num_actions)], axis=-1) @ full

# %% wrong: only the change | says: that is the change
def predict_next(W, obs, action, num_actions):
    return jnp.concatenate([obs, jax.nn.one_hot(action, num_actions)], axis=-1) @ W

# %% wrong: subtracts | says: subtracted
def predict_next(W, obs, action, num_actions):
    return obs - jnp.concatenate([obs, jax.nn.one_hot(action, num_actions)], axis=-1) @ W

# %% wrong: action first | says: before the observation
def predict_next(W, obs, action, num_actions):
    return obs + jnp.concatenate([jax.nn.one_hot(action, num_actions), obs], axis=-1) @ W

# %% wrong: one observation only | says: the lengths are
def predict_next(W, obs, action, num_actions):
    return obs + jnp.concatenate([obs, jax.nn.one_hot(action, num_actions)], axis=0) @ W

# %% wrong: batches only | says: fewer axes
def predict_next(W, obs, action, num_actions):
    return obs + jnp.concatenate([obs, jax.nn.one_hot(action, num_actions)], axis=1) @ W

# %% wrong: clips | says: no clipping
def predict_next(W, obs, action, num_actions):
    low, high = jnp.array([-1.2, -0.07]), jnp.array([0.6, 0.07])
    next_obs = obs + jnp.concatenate([obs, jax.nn.one_hot(action, num_actions)], axis=-1) @ W
    return jnp.clip(next_obs, low, high) if next_obs.shape[-1] == 2 else next_obs

# %% wrong: the action as a number | says: one-hot
def predict_next(W, obs, action, num_actions):
    return obs + obs @ W[: obs.shape[-1]] + jnp.asarray(action)[..., None] * W[-1]

# %% wrong: forgets the action | says: the action is missing
def predict_next(W, obs, action, num_actions):
    return obs + obs @ W[: obs.shape[-1]]

# %% wrong: row of W by action alone | says: the actions come below
def predict_next(W, obs, action, num_actions):
    return obs + obs @ W[: obs.shape[-1]] + W[action]

# %% wrong: every row takes the first action | says: first action
def predict_next(W, obs, action, num_actions):
    first = jnp.ravel(jnp.asarray(action))[0]
    return obs + obs @ W[: obs.shape[-1]] + W[obs.shape[-1] + first]

# %% wrong: actions counted from 1 | says: counted from 0
def predict_next(W, obs, action, num_actions):
    return obs + jnp.concatenate([obs, jax.nn.one_hot(action - 1, num_actions)], axis=-1) @ W

# %% wrong: always three actions | says: the lengths are 5 and 4
def predict_next(W, obs, action, num_actions):
    return obs + jnp.concatenate([obs, jax.nn.one_hot(action, 3)], axis=-1) @ W

# %% wrong: NumPy under jit | says: jax
def predict_next(W, obs, action, num_actions):
    return obs + np.concatenate([obs, np.eye(num_actions)[action]], axis=-1) @ W

# %% wrong: a Python list index under jit | says: jax.jit
def predict_next(W, obs, action, num_actions):
    if np.ndim(obs) == 2:
        return jnp.stack([predict_next(W, o, a, num_actions) for o, a in zip(obs, action)])
    one_hot = [0.0] * num_actions
    one_hot[action] = 1.0
    return obs + jnp.concatenate([obs, jnp.array(one_hot)]) @ W

# %% wrong: changes its input | says: obs was modified
def predict_next(W, obs, action, num_actions):
    change = jnp.concatenate([obs, jax.nn.one_hot(action, num_actions)], axis=-1) @ W
    if isinstance(obs, np.ndarray):
        obs += np.asarray(change)
        return obs
    return obs + change

# %% wrong: two parts only | says: the lengths are 3 and 2
def predict_next(W, obs, action, num_actions):
    return obs + obs @ W[:2] + W[2 + action]

# %% right: asks the action for its axes
def predict_next(W, obs, action, num_actions):
    hot = jax.nn.one_hot(action, num_actions)
    assert action.ndim == obs.ndim - 1
    return obs + jnp.concatenate([obs, hot], -1) @ W

# %% wrong: a batch of one loses its axis | says: stays a batch
def predict_next(W, obs, action, num_actions):
    o, a = jnp.atleast_2d(obs), jnp.atleast_1d(action)
    out = o + jnp.concatenate([o, jax.nn.one_hot(a, num_actions)], axis=1) @ W
    return out[0] if len(out) == 1 else out
