# %% right: everything inline
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    next_value = jax.lax.stop_gradient(jnp.asarray(target_q_values)).max()
    error = jnp.asarray(q_values)[action] - (reward + gamma * (1 - terminated) * next_value)
    return error**2

# %% right: one hot
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    q = jnp.sum(q_values * jax.nn.one_hot(action, len(q_values)))
    target = jax.lax.stop_gradient(compute_bellman_target(reward, terminated, jnp.amax(target_q_values), gamma))
    return (target - q) ** 2

# %% right: optax's squared error
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target_q_values = jax.lax.stop_gradient(target_q_values)
    target = compute_bellman_target(reward, terminated, target_q_values[jnp.argmax(target_q_values)], gamma)
    return optax.squared_error(jnp.take(q_values, action), target)

# %% right: twice optax's l2 loss, jitted
@jax.jit
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target = compute_bellman_target(reward=reward, terminated=terminated, target_value=target_q_values.max(), gamma=gamma)
    return 2 * optax.l2_loss(q_values[action], jax.lax.stop_gradient(target))

# %% right: a jitted helper
target_jit = jax.jit(compute_bellman_target)

def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    print("loss")
    frozen = jax.lax.stop_gradient(target_q_values)
    error = target_jit(reward, terminated, jnp.max(frozen), gamma) - jax.lax.dynamic_index_in_dim(
        jnp.asarray(q_values), action, keepdims=False)
    return jnp.abs(error) * jnp.abs(error)

# %% right: where
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    best = jnp.max(jax.lax.stop_gradient(target_q_values))
    target = jnp.where(terminated, reward, reward + gamma * best)
    return jnp.square(jnp.asarray(q_values).at[action].get() - target)

# %% wrong: the gradient reaches the target | says: stop_gradient
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target = compute_bellman_target(reward, terminated, jnp.max(target_q_values), gamma)
    return jnp.square(q_values[action] - target)

# %% wrong: the gradient is stopped on both sides | says: no gradient arrives
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target = compute_bellman_target(reward, terminated, jnp.max(target_q_values), gamma)
    return jax.lax.stop_gradient(jnp.square(q_values[action] - target)) + 0.0 * q_values[action]

# %% wrong: the gradient is stopped on the wrong side | says: on the wrong side
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target = compute_bellman_target(reward, terminated, jnp.max(target_q_values), gamma)
    return jnp.square(jax.lax.stop_gradient(q_values[action]) - target)

# %% wrong: half of it | says: factor 1/2
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target = compute_bellman_target(reward, terminated, jnp.max(target_q_values), gamma)
    return 0.5 * jnp.square(q_values[action] - jax.lax.stop_gradient(target))

# %% wrong: optax's l2 loss | says: factor 1/2
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target = compute_bellman_target(reward, terminated, jnp.max(target_q_values), gamma)
    return optax.l2_loss(q_values[action], jax.lax.stop_gradient(target))

# %% wrong: not squared | says: square it
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target = compute_bellman_target(reward, terminated, jnp.max(target_q_values), gamma)
    return q_values[action] - jax.lax.stop_gradient(target)

# %% wrong: absolute | says: square it
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target = compute_bellman_target(reward, terminated, jnp.max(target_q_values), gamma)
    return jnp.abs(q_values[action] - jax.lax.stop_gradient(target))

# %% wrong: Huber | says: Huber
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target = compute_bellman_target(reward, terminated, jnp.max(target_q_values), gamma)
    return optax.huber_loss(q_values[action], jax.lax.stop_gradient(target))

# %% wrong: the largest on both sides | says: action that was taken
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target = compute_bellman_target(reward, terminated, jnp.max(target_q_values), gamma)
    return jnp.square(jnp.max(q_values) - jax.lax.stop_gradient(target))

# %% wrong: the same action in the next state | says: its best action
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target = compute_bellman_target(reward, terminated, target_q_values[action], gamma)
    return jnp.square(q_values[action] - jax.lax.stop_gradient(target))

# %% wrong: double Q-learning | says: double
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target = compute_bellman_target(reward, terminated, target_q_values[jnp.argmax(q_values)], gamma)
    return jnp.square(q_values[action] - jax.lax.stop_gradient(target))

# %% wrong: the present state's values | says: not from q_values
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target = compute_bellman_target(reward, terminated, jnp.max(q_values), gamma)
    return jnp.square(q_values[action] - jax.lax.stop_gradient(target))

# %% wrong: the mean of the next values | says: mean of target_q_values
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target = compute_bellman_target(reward, terminated, jnp.mean(target_q_values), gamma)
    return jnp.square(q_values[action] - jax.lax.stop_gradient(target))

# %% wrong: the smallest of the next values | says: smallest
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target = compute_bellman_target(reward, terminated, jnp.min(target_q_values), gamma)
    return jnp.square(q_values[action] - jax.lax.stop_gradient(target))

# %% wrong: all actions learn, mean | says: mean over all actions
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target = compute_bellman_target(reward, terminated, jnp.max(target_q_values), gamma)
    return jnp.mean(jnp.square(q_values - jax.lax.stop_gradient(target)))

# %% wrong: all actions learn, sum | says: sum over all actions
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target = compute_bellman_target(reward, terminated, jnp.max(target_q_values), gamma)
    return jnp.sum(jnp.square(q_values - jax.lax.stop_gradient(target)))

# %% wrong: one error for each next action | says: shape
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target = compute_bellman_target(reward, terminated, target_q_values, gamma)
    return jnp.square(q_values[action] - jax.lax.stop_gradient(target))

# %% wrong: never ends | says: no future
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target = jax.lax.stop_gradient(reward + gamma * jnp.max(target_q_values))
    return jnp.square(q_values[action] - target)

# %% wrong: no gamma | says: gamma was never used
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target = jax.lax.stop_gradient(reward + (1 - terminated) * jnp.max(target_q_values))
    return jnp.square(q_values[action] - target)

# %% wrong: if | says: jnp.where
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target = reward if terminated else reward + gamma * jnp.max(target_q_values)
    return jnp.square(q_values[action] - jax.lax.stop_gradient(target))

# %% wrong: the wrong order of arguments | says: with other arguments
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target = compute_bellman_target(reward, terminated, jnp.max(target_q_values), 0.9 * gamma)
    return jnp.square(q_values[action] - jax.lax.stop_gradient(target))

# %% wrong: an array with one entry | says: shape
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target = compute_bellman_target(reward, terminated, jnp.max(target_q_values), gamma)
    return jnp.square(q_values[jnp.array([action])] - jax.lax.stop_gradient(target))

# %% wrong: a clipped error | says: clipped
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target = compute_bellman_target(reward, terminated, jnp.max(target_q_values), gamma)
    return jnp.square(jnp.clip(q_values[action] - jax.lax.stop_gradient(target), -10.0, 10.0))

# %% wrong: argmax for max | says: argmax
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target = compute_bellman_target(reward, terminated, jnp.argmax(target_q_values), gamma)
    return jnp.square(q_values[action] - jax.lax.stop_gradient(target))

# %% wrong: online and target values swapped | says: changed places
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target = compute_bellman_target(reward, terminated, jnp.max(q_values), gamma)
    return jnp.square(target_q_values[action] - jax.lax.stop_gradient(target))

# %% wrong: reward and terminated swapped | says: with other arguments
def q_learning_loss(q_values, action, reward, terminated, target_q_values, gamma):
    target = compute_bellman_target(terminated, reward, jnp.max(target_q_values), gamma)
    return jnp.square(q_values[action] - jax.lax.stop_gradient(target))
