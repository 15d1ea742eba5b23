# %% right: keepdims
def group_advantages(rewards):
    centred = rewards - jnp.mean(rewards, axis=1, keepdims=True)
    return centred / (jnp.std(rewards, axis=1, keepdims=True) + 1e-6)

# %% right: vmap over the groups
def group_advantages(rewards):
    return jax.vmap(lambda group: (group - group.mean()) / (group.std() + 1e-6))(jnp.asarray(rewards))

# %% right: a Python loop
def group_advantages(rewards):
    rows = []
    for group in rewards:
        mean = sum(group) / len(group)
        std = jnp.sqrt(sum((reward - mean) ** 2 for reward in group) / len(group))
        rows.append(jnp.stack([(reward - mean) / (std + 1e-6) for reward in group]))
    return jnp.stack(rows)

# %% right: transposed, jitted
@jax.jit
def group_advantages(rewards):
    columns = rewards.T
    return ((columns - columns.mean(0)) / (jnp.sqrt(columns.var(0)) + 1e-6)).T

# %% right: the squares of the centred rewards
def group_advantages(rewards):
    rewards = jnp.asarray(rewards)
    num = rewards.shape[1]
    centred = rewards - rewards.sum(axis=1)[:, None] / num
    spread = jnp.sqrt((centred**2).sum(axis=1) / num)
    return centred / (spread[:, None] + 1e-6)

# %% wrong: the whole batch | says: of the whole batch
def group_advantages(rewards):
    return (rewards - jnp.mean(rewards)) / (jnp.std(rewards) + 1e-6)

# %% wrong: columns | says: over the columns
def group_advantages(rewards):
    return (rewards - jnp.mean(rewards, axis=0)) / (jnp.std(rewards, axis=0) + 1e-6)

# %% wrong: own mean, the batch's deviation | says: the deviation is that of the whole batch
def group_advantages(rewards):
    return (rewards - jnp.mean(rewards, axis=1, keepdims=True)) / (jnp.std(rewards) + 1e-6)

# %% wrong: not divided | says: divided by
def group_advantages(rewards):
    return rewards - jnp.mean(rewards, axis=1, keepdims=True)

# %% wrong: mean not taken off | says: mean was not subtracted
def group_advantages(rewards):
    return rewards / (jnp.std(rewards, axis=1, keepdims=True) + 1e-6)

# %% wrong: the sample's deviation | says: divides by G - 1
def group_advantages(rewards):
    centred = rewards - jnp.mean(rewards, axis=1, keepdims=True)
    return centred / (jnp.std(rewards, axis=1, keepdims=True, ddof=1) + 1e-6)

# %% wrong: the variance | says: variance
def group_advantages(rewards):
    centred = rewards - jnp.mean(rewards, axis=1, keepdims=True)
    return centred / (jnp.var(rewards, axis=1, keepdims=True) + 1e-6)

# %% wrong: no small number | says: 0 / 0
def group_advantages(rewards):
    centred = rewards - jnp.mean(rewards, axis=1, keepdims=True)
    return centred / jnp.std(rewards, axis=1, keepdims=True)

# %% wrong: the small number in the root
def group_advantages(rewards):
    centred = rewards - jnp.mean(rewards, axis=1, keepdims=True)
    return centred / jnp.sqrt(jnp.var(rewards, axis=1, keepdims=True) + 1e-6)

# %% wrong: another small number
def group_advantages(rewards):
    centred = rewards - jnp.mean(rewards, axis=1, keepdims=True)
    return centred / (jnp.std(rewards, axis=1, keepdims=True) + 1e-8)

# %% wrong: the sign | says: the sign
def group_advantages(rewards):
    centred = jnp.mean(rewards, axis=1, keepdims=True) - rewards
    return centred / (jnp.std(rewards, axis=1, keepdims=True) + 1e-6)

# %% wrong: the median | says: median
def group_advantages(rewards):
    centred = rewards - jnp.median(rewards, axis=1, keepdims=True)
    return centred / (jnp.std(rewards, axis=1, keepdims=True) + 1e-6)

# %% wrong: flat | says: shape
def group_advantages(rewards):
    centred = rewards - jnp.mean(rewards, axis=1, keepdims=True)
    return (centred / (jnp.std(rewards, axis=1, keepdims=True) + 1e-6)).reshape(-1)

# %% wrong: in place | says: modified
def group_advantages(rewards):
    std = jnp.std(rewards, axis=1, keepdims=True)
    rewards -= rewards.mean(axis=1, keepdims=True)
    return rewards / (std + 1e-6)

# %% wrong: NumPy | says: jax.numpy
def group_advantages(rewards):
    centred = np.asarray(rewards) - np.mean(rewards, axis=1, keepdims=True)
    return centred / (np.std(rewards, axis=1, keepdims=True) + 1e-6)

# %% wrong: zero unless both kinds are there
def group_advantages(rewards):
    centred = rewards - jnp.mean(rewards, axis=1, keepdims=True)
    advantages = centred / (jnp.std(rewards, axis=1, keepdims=True) + 1e-6)
    mixed = jnp.any(rewards == 1.0, axis=1, keepdims=True) & jnp.any(rewards == 0.0, axis=1, keepdims=True)
    return jnp.where(mixed, advantages, 0.0)

# %% wrong: ranks | says: not the ranks
def group_advantages(rewards):
    ranks = jnp.argsort(jnp.argsort(rewards, axis=1), axis=1)
    return (ranks - ranks.mean(axis=1, keepdims=True)) / (ranks.std(axis=1, keepdims=True) + 1e-6)

# %% wrong: returns nothing | says: return
def group_advantages(rewards):
    centred = rewards - jnp.mean(rewards, axis=1, keepdims=True)
