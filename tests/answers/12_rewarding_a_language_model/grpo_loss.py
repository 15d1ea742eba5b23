# %% right: jnp.where
def grpo_loss(log_prob, old_log_prob, advantage, mask, clip=0.2):
    ratio = jnp.exp(jnp.where(mask, log_prob - old_log_prob, 0.0))
    advantage = jnp.asarray(advantage)[:, None]
    loss = -jnp.minimum(ratio * advantage, jnp.clip(ratio, 1.0 - clip, 1.0 + clip) * advantage)
    return jnp.sum(jnp.where(mask, loss, 0.0)) / jnp.sum(mask)

# %% right: times the mask
def grpo_loss(log_prob, old_log_prob, advantage, mask, clip=0.2):
    ratio = jnp.exp(log_prob - old_log_prob)
    gain = jnp.minimum(ratio * advantage[:, None], jnp.clip(ratio, 1 - clip, 1 + clip) * advantage[:, None])
    return -(gain * mask).sum() / mask.sum()

# %% right: mean with where
def grpo_loss(log_prob, old_log_prob, advantage, mask, clip=0.2):
    ratio = jnp.exp(log_prob - old_log_prob)
    advantage = jnp.reshape(advantage, (-1, 1))
    loss = jnp.maximum(-ratio * advantage, -jnp.clip(ratio, 1 - clip, 1 + clip) * advantage)
    return jnp.mean(loss, where=mask)

# %% right: vmap twice
def grpo_loss(log_prob, old_log_prob, advantage, mask, clip=0.2):
    def of_token(new, old, a, counts):
        ratio = jnp.exp(new - old)
        return jnp.where(counts, -jnp.minimum(ratio * a, jnp.clip(ratio, 1 - clip, 1 + clip) * a), 0.0)

    of_completion = jax.vmap(of_token, (0, 0, None, 0))
    losses = jax.vmap(of_completion)(log_prob, old_log_prob, advantage, mask)
    return losses.sum() / jnp.count_nonzero(mask)

# %% right: a weighted average, jitted
@jax.jit
def grpo_loss(log_prob, old_log_prob, advantage, mask, clip=0.2):
    log_ratio = log_prob - old_log_prob
    a = jnp.broadcast_to(advantage[:, None], log_ratio.shape)
    ratio = jnp.exp(log_ratio)
    limited = jnp.where(a > 0, jnp.minimum(ratio, 1 + clip), jnp.maximum(ratio, 1 - clip))
    return jnp.average(-limited * a, weights=mask.astype(jnp.float32))

# %% right: a loop over the completions
def grpo_loss(log_prob, old_log_prob, advantage, mask, clip=0.2):
    total, count = 0.0, 0
    for row in range(len(advantage)):
        ratio = jnp.exp(log_prob[row] - old_log_prob[row])
        gain = jnp.minimum(ratio * advantage[row], jnp.clip(ratio, 1 - clip, 1 + clip) * advantage[row])
        total = total - jnp.sum(gain * mask[row])
        count = count + jnp.sum(mask[row])
    return total / count

# %% wrong: the mean of means | says: each completion's own mean
def grpo_loss(log_prob, old_log_prob, advantage, mask, clip=0.2):
    ratio = jnp.exp(log_prob - old_log_prob)
    a = advantage[:, None]
    loss = -jnp.minimum(ratio * a, jnp.clip(ratio, 1 - clip, 1 + clip) * a) * mask
    return jnp.mean(loss.sum(axis=1) / jnp.maximum(mask.sum(axis=1), 1))

# %% wrong: no mask | says: the mask was not used
def grpo_loss(log_prob, old_log_prob, advantage, mask, clip=0.2):
    ratio = jnp.exp(log_prob - old_log_prob)
    a = advantage[:, None]
    return -jnp.mean(jnp.minimum(ratio * a, jnp.clip(ratio, 1 - clip, 1 + clip) * a))

# %% wrong: divides by every token | says: by all B · T tokens
def grpo_loss(log_prob, old_log_prob, advantage, mask, clip=0.2):
    ratio = jnp.exp(log_prob - old_log_prob)
    a = advantage[:, None]
    return -jnp.mean(jnp.minimum(ratio * a, jnp.clip(ratio, 1 - clip, 1 + clip) * a) * mask)

# %% wrong: divides by the completions | says: by the number of completions
def grpo_loss(log_prob, old_log_prob, advantage, mask, clip=0.2):
    ratio = jnp.exp(log_prob - old_log_prob)
    a = advantage[:, None]
    return -jnp.sum(jnp.minimum(ratio * a, jnp.clip(ratio, 1 - clip, 1 + clip) * a) * mask) / len(advantage)

# %% wrong: the sum | says: not divided
def grpo_loss(log_prob, old_log_prob, advantage, mask, clip=0.2):
    ratio = jnp.exp(log_prob - old_log_prob)
    a = advantage[:, None]
    return -jnp.sum(jnp.minimum(ratio * a, jnp.clip(ratio, 1 - clip, 1 + clip) * a) * mask)

# %% wrong: no clipping | says: nothing was clipped
def grpo_loss(log_prob, old_log_prob, advantage, mask, clip=0.2):
    ratio = jnp.exp(log_prob - old_log_prob)
    return -jnp.sum(ratio * advantage[:, None] * mask) / mask.sum()

# %% wrong: clipped in every case | says: clipped in every case
def grpo_loss(log_prob, old_log_prob, advantage, mask, clip=0.2):
    ratio = jnp.clip(jnp.exp(log_prob - old_log_prob), 1 - clip, 1 + clip)
    return -jnp.sum(ratio * advantage[:, None] * mask) / mask.sum()

# %% wrong: no minus | says: the minus is missing
def grpo_loss(log_prob, old_log_prob, advantage, mask, clip=0.2):
    ratio = jnp.exp(log_prob - old_log_prob)
    a = advantage[:, None]
    return jnp.sum(jnp.minimum(ratio * a, jnp.clip(ratio, 1 - clip, 1 + clip) * a) * mask) / mask.sum()

# %% wrong: REINFORCE | says: the old policy was not used
def grpo_loss(log_prob, old_log_prob, advantage, mask, clip=0.2):
    return -jnp.sum(log_prob * advantage[:, None] * mask) / mask.sum()

# %% wrong: the ratio of whole completions | says: one ratio for the whole completion
def grpo_loss(log_prob, old_log_prob, advantage, mask, clip=0.2):
    ratio = jnp.exp(jnp.sum((log_prob - old_log_prob) * mask, axis=1, keepdims=True)) * jnp.ones_like(log_prob)
    a = advantage[:, None]
    return -jnp.sum(jnp.minimum(ratio * a, jnp.clip(ratio, 1 - clip, 1 + clip) * a) * mask) / mask.sum()

# %% wrong: upside down | says: upside down
def grpo_loss(log_prob, old_log_prob, advantage, mask, clip=0.2):
    ratio = jnp.exp(old_log_prob - log_prob)
    a = advantage[:, None]
    return -jnp.sum(jnp.minimum(ratio * a, jnp.clip(ratio, 1 - clip, 1 + clip) * a) * mask) / mask.sum()

# %% wrong: no exp | says: exp
def grpo_loss(log_prob, old_log_prob, advantage, mask, clip=0.2):
    ratio = log_prob - old_log_prob
    a = advantage[:, None]
    return -jnp.sum(jnp.minimum(ratio * a, jnp.clip(ratio, 1 - clip, 1 + clip) * a) * mask) / mask.sum()

# %% wrong: one advantage for each column | says: element by element
def grpo_loss(log_prob, old_log_prob, advantage, mask, clip=0.2):
    ratio = jnp.exp(log_prob - old_log_prob)
    return -jnp.sum(jnp.minimum(ratio * advantage, jnp.clip(ratio, 1 - clip, 1 + clip) * advantage) * mask) / mask.sum()

# %% wrong: the mask the wrong way round | says: True counts
def grpo_loss(log_prob, old_log_prob, advantage, mask, clip=0.2):
    ratio = jnp.exp(log_prob - old_log_prob)
    a = advantage[:, None]
    return -jnp.mean(jnp.minimum(ratio * a, jnp.clip(ratio, 1 - clip, 1 + clip) * a), where=~mask)

# %% wrong: 0.2 | says: `clip` is an argument
def grpo_loss(log_prob, old_log_prob, advantage, mask, clip=0.2):
    ratio = jnp.exp(log_prob - old_log_prob)
    a = advantage[:, None]
    return -jnp.sum(jnp.minimum(ratio * a, jnp.clip(ratio, 0.8, 1.2) * a) * mask) / mask.sum()

# %% wrong: boolean indexing | says: jnp.where
def grpo_loss(log_prob, old_log_prob, advantage, mask, clip=0.2):
    ratio = jnp.exp(log_prob - old_log_prob)
    a = advantage[:, None]
    return -jnp.minimum(ratio * a, jnp.clip(ratio, 1 - clip, 1 + clip) * a)[mask].mean()

# %% wrong: no gradient | says: no gradient
def grpo_loss(log_prob, old_log_prob, advantage, mask, clip=0.2):
    ratio = jax.lax.stop_gradient(jnp.exp(log_prob - old_log_prob))
    a = advantage[:, None]
    return -jnp.sum(jnp.minimum(ratio * a, jnp.clip(ratio, 1 - clip, 1 + clip) * a) * mask) / mask.sum()

# %% wrong: masked before the ratio only | says: still counts
def grpo_loss(log_prob, old_log_prob, advantage, mask, clip=0.2):
    ratio = jnp.exp((log_prob - old_log_prob) * mask)
    a = advantage[:, None]
    return -jnp.sum(jnp.minimum(ratio * a, jnp.clip(ratio, 1 - clip, 1 + clip) * a)) / mask.sum()

# %% wrong: returns nothing | says: return
def grpo_loss(log_prob, old_log_prob, advantage, mask, clip=0.2):
    ratio = jnp.exp(log_prob - old_log_prob)
