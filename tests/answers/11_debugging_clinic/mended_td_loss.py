# %% wrong: as it was shown | says: still [B, B]
def mended_td_loss(q_values, action, target):
    chosen = jnp.take_along_axis(q_values, action[:, None], axis=1)
    return jnp.mean(jnp.square(chosen - target))
# %% right: both to [B, 1]
def mended_td_loss(q_values, action, target):
    chosen = jnp.take_along_axis(q_values, action[:, None], axis=1)
    return jnp.mean(jnp.square(chosen - jnp.reshape(target, (-1, 1))))
# %% right: fancy indexing
def mended_td_loss(q_values, action, target):
    q_values = jnp.asarray(q_values)
    errors = q_values[jnp.arange(q_values.shape[0]), action] - jnp.ravel(target)
    return jnp.sum(errors**2) / errors.shape[0]
# %% right: one-hot
def mended_td_loss(q_values, action, target):
    chosen = jnp.sum(q_values * jax.nn.one_hot(action, q_values.shape[1]), axis=1)
    return ((chosen - target.flatten()) ** 2).mean()
# %% right: vmap, an if on the shape
def mended_td_loss(q_values, action, target):
    if target.ndim == 2:
        target = target[:, 0]
    return jnp.mean(jax.vmap(lambda q, a, y: (q[a] - y) ** 2)(q_values, action, target))
# %% right: optax
def mended_td_loss(q_values, action, target):
    chosen = jnp.take_along_axis(q_values, action[:, None], axis=1).squeeze(1)
    return 2 * optax.l2_loss(chosen, jnp.asarray(target).reshape(chosen.shape)).mean()
# %% wrong: right for [B] only | says: still [B, B]
def mended_td_loss(q_values, action, target):
    chosen = jnp.take_along_axis(q_values, action[:, None], axis=1)[:, 0]
    return jnp.mean(jnp.square(chosen - target))
# %% wrong: the target turned | says: still [B, B]
def mended_td_loss(q_values, action, target):
    chosen = jnp.take_along_axis(q_values, action[:, None], axis=1)
    return jnp.mean(jnp.square(chosen.T - jnp.reshape(target, (-1, 1))))
# %% wrong: the sum | says: that is the sum
def mended_td_loss(q_values, action, target):
    chosen = jnp.take_along_axis(q_values, action[:, None], axis=1)[:, 0]
    return jnp.sum(jnp.square(chosen - target.reshape(-1)))
# %% wrong: a half | says: one half
def mended_td_loss(q_values, action, target):
    chosen = jnp.take_along_axis(q_values, action[:, None], axis=1)[:, 0]
    return 0.5 * jnp.mean(jnp.square(chosen - target.reshape(-1)))
# %% wrong: absolute errors | says: square them
def mended_td_loss(q_values, action, target):
    chosen = jnp.take_along_axis(q_values, action[:, None], axis=1)[:, 0]
    return jnp.mean(jnp.abs(chosen - target.reshape(-1)))
# %% wrong: the mean error squared | says: cancel
def mended_td_loss(q_values, action, target):
    chosen = jnp.take_along_axis(q_values, action[:, None], axis=1)[:, 0]
    return jnp.square(jnp.mean(chosen - target.reshape(-1)))
# %% wrong: all actions | says: all actions
def mended_td_loss(q_values, action, target):
    return jnp.mean(jnp.square(q_values - target.reshape(-1, 1)))
# %% wrong: the largest value | says: largest value
def mended_td_loss(q_values, action, target):
    return jnp.mean(jnp.square(q_values.max(axis=1) - target.reshape(-1)))
# %% wrong: divided by the actions | says: number of actions
def mended_td_loss(q_values, action, target):
    chosen = jnp.take_along_axis(q_values, action[:, None], axis=1)[:, 0]
    return jnp.sum(jnp.square(chosen - target.reshape(-1))) / q_values.shape[1]
# %% wrong: a root | says: no root
def mended_td_loss(q_values, action, target):
    chosen = jnp.take_along_axis(q_values, action[:, None], axis=1)[:, 0]
    return jnp.sqrt(jnp.mean(jnp.square(chosen - target.reshape(-1))))
# %% wrong: one for each row | says: shape
def mended_td_loss(q_values, action, target):
    chosen = jnp.take_along_axis(q_values, action[:, None], axis=1)[:, 0]
    return jnp.square(chosen - target.reshape(-1))
# %% wrong: no gradient | says: gradient
def mended_td_loss(q_values, action, target):
    chosen = jax.lax.stop_gradient(jnp.take_along_axis(q_values, action[:, None], axis=1)[:, 0])
    return jnp.mean(jnp.square(chosen - target.reshape(-1)))
# %% wrong: right for [B, 1] only | says: too many indices
def mended_td_loss(q_values, action, target):
    chosen = jnp.take_along_axis(q_values, action[:, None], axis=1)
    return jnp.mean(jnp.square(chosen - target[:, 0]))
# %% wrong: squeezed without an axis | says: fewer axes
def mended_td_loss(q_values, action, target):
    chosen = jnp.take_along_axis(q_values, action[:, None], axis=1)[:, 0]
    return jnp.mean(jnp.square(chosen - jnp.squeeze(target, axis=1)))
# %% wrong: nothing comes back | says: returned None
def mended_td_loss(q_values, action, target):
    chosen = jnp.take_along_axis(q_values, action[:, None], axis=1)[:, 0]
    jnp.mean(jnp.square(chosen - target.reshape(-1)))
