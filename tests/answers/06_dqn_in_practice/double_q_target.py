# %% right: where
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    value = q_target_next[jnp.argmax(q_online_next)]
    return jnp.where(terminated, reward, reward + gamma * value)

# %% right: a one-hot choice
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    choice = jax.nn.one_hot(jnp.argmax(q_online_next), q_online_next.shape[-1])
    return reward + gamma * (1 - terminated) * jnp.sum(choice * q_target_next)

# %% right: take, cond, jitted
@jax.jit
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    value = jnp.take(q_target_next, q_online_next.argmax())
    future = jax.lax.cond(jnp.asarray(terminated, bool), lambda: 0.0 * value, lambda: gamma * value)
    return reward + future

# %% right: sorts, and stops the gradient
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    best = jnp.argsort(q_online_next)[-1]
    target = reward + jnp.logical_not(terminated) * gamma * jnp.asarray(q_target_next)[best]
    return jax.lax.stop_gradient(target)

# %% right: a mask of the largest, averaged over ties... of which the first is taken, prints
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    print("target")
    largest = jnp.max(q_online_next)
    index = jnp.nonzero(q_online_next == largest, size=1)[0][0]
    return reward + gamma * jnp.asarray(q_target_next)[index] * (terminated == 0)

# %% right: the index as a slice
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    _, a = jax.lax.top_k(jnp.asarray(q_online_next), 1)
    value = jax.lax.dynamic_index_in_dim(jnp.asarray(q_target_next), a[0], keepdims=False)
    discount = gamma * (1.0 - jnp.asarray(terminated, jnp.float32))
    return jnp.add(reward, discount * value)

# %% wrong: plain DQN | says: plain DQN
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    return reward + gamma * (1.0 - terminated) * jnp.max(q_target_next)

# %% wrong: roles swapped | says: roles are swapped
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    return reward + gamma * (1.0 - terminated) * q_online_next[jnp.argmax(q_target_next)]

# %% wrong: the online value | says: online network's own value
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    return reward + gamma * (1.0 - terminated) * jnp.max(q_online_next)

# %% wrong: no gamma | says: gamma was never used
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    return reward + (1.0 - terminated) * q_target_next[jnp.argmax(q_online_next)]

# %% wrong: gamma on everything | says: only the future is discounted
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    return gamma * (reward + (1.0 - terminated) * q_target_next[jnp.argmax(q_online_next)])

# %% wrong: never ends | says: no future to add
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    return reward + gamma * q_target_next[jnp.argmax(q_online_next)]

# %% wrong: terminated the wrong way round | says: wrong way round
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    return reward + gamma * terminated * q_target_next[jnp.argmax(q_online_next)]

# %% wrong: removes the last reward | says: last step's reward
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    return (1.0 - terminated) * (reward + gamma * q_target_next[jnp.argmax(q_online_next)])

# %% wrong: the action in place of its value | says: number of the action
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    return reward + gamma * (1.0 - terminated) * jnp.argmax(q_online_next)

# %% wrong: the worst action | says: likes least
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    return reward + gamma * (1.0 - terminated) * q_target_next[jnp.argmin(q_online_next)]

# %% wrong: the mean of both networks | says: mean of both
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    a = jnp.argmax(q_online_next)
    return reward + gamma * (1.0 - terminated) * (q_target_next[a] + q_online_next[a]) / 2

# %% wrong: the smaller of both networks | says: smaller of the two
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    a = jnp.argmax(q_online_next)
    return reward + gamma * (1.0 - terminated) * jnp.minimum(q_target_next[a], q_online_next[a])

# %% wrong: the smaller maximum | says: two largest values
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    return reward + gamma * (1.0 - terminated) * jnp.minimum(q_target_next.max(), q_online_next.max())

# %% wrong: the largest in size | says: nearest to zero
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    return reward + gamma * (1.0 - terminated) * q_target_next[jnp.argmax(jnp.abs(q_online_next))]

# %% wrong: no reward | says: reward is missing
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    return gamma * (1.0 - terminated) * q_target_next[jnp.argmax(q_online_next)]

# %% wrong: if | says: jax.jit
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    if terminated:
        return reward
    return reward + gamma * q_target_next[jnp.argmax(q_online_next)]

# %% right: np.argmax asks the JAX array itself
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    return reward + gamma * (1.0 - terminated) * q_target_next[np.argmax(q_online_next)]

# %% wrong: int | says: jax.jit
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    return reward + gamma * (1.0 - terminated) * q_target_next[int(jnp.argmax(q_online_next))]

# %% wrong: an array with one entry | says: shape
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    action = jnp.argmax(q_online_next, keepdims=True)
    return reward + gamma * (1.0 - terminated) * q_target_next[action]

# %% wrong: all actions | says: shape
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    return reward + gamma * (1.0 - terminated) * q_target_next

# %% wrong: tilde on a bool | says: ~False
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    return reward + gamma * ~terminated * q_target_next[jnp.argmax(q_online_next)]

# %% wrong: only two actions | says: first two actions
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    value = jnp.where(q_online_next[1] > q_online_next[0], q_target_next[1], q_target_next[0])
    return reward + gamma * (1.0 - terminated) * value

# %% wrong: forgets to return | says: None
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    target = reward + gamma * (1.0 - terminated) * q_target_next[jnp.argmax(q_online_next)]

# %% right: scans over the actions
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    def better(best, pair):
        return jax.tree.map(lambda new, old: jnp.where(pair[0] > best[0], new, old), pair, best), None

    (_, value), _ = jax.lax.scan(better, (-jnp.inf, 0.0), (jnp.asarray(q_online_next), jnp.asarray(q_target_next)))
    return reward + gamma * (1.0 - terminated) * value

# %% wrong: the best of those that are nearly best | says: not a tie
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    best = q_online_next >= jnp.max(q_online_next) - 0.1
    return reward + gamma * (1.0 - terminated) * jnp.max(jnp.where(best, q_target_next, -jnp.inf))

# %% wrong: never a negative value | says: less than 0
def double_q_target(reward, terminated, q_online_next, q_target_next, gamma):
    value = jnp.maximum(q_target_next[jnp.argmax(q_online_next)], 0.0)
    return reward + gamma * (1.0 - terminated) * value
