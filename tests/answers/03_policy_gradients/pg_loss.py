# %% right: log_softmax and an index
def pg_loss(action, logits, reward_to_go):
    return -jax.nn.log_softmax(logits)[action] * reward_to_go

# %% right: one-hot and a dot product
def pg_loss(action, logits, reward_to_go):
    log_probs = jax.nn.log_softmax(logits)
    chosen = jnp.dot(log_probs, jax.nn.one_hot(action, logits.shape[0]))
    return -(chosen * reward_to_go)

# %% right: optax's cross-entropy
def pg_loss(action, logits, reward_to_go):
    return optax.softmax_cross_entropy_with_integer_labels(jnp.asarray(logits), action) * reward_to_go

# %% right: optax's cross-entropy with one-hot labels
def pg_loss(action, logits, reward_to_go):
    labels = jax.nn.one_hot(action, len(logits))
    return reward_to_go * optax.softmax_cross_entropy(jnp.asarray(logits), labels)

# %% right: by hand
def pg_loss(action, logits, reward_to_go):
    logits = jnp.asarray(logits)
    shifted = logits - jnp.max(logits)
    log_prob = shifted[action] - jnp.log(jnp.sum(jnp.exp(shifted)))
    return -log_prob * reward_to_go

# %% right: logsumexp
def pg_loss(action, logits, reward_to_go):
    logits = jnp.asarray(logits)
    return (jax.scipy.special.logsumexp(logits) - logits[action]) * reward_to_go

# %% right: jitted, take
@jax.jit
def pg_loss(action, logits, reward_to_go):
    return jnp.negative(jnp.take(jax.nn.log_softmax(logits), action)) * reward_to_go

# %% right: a sum over a mask, the largest logit held constant
def pg_loss(action, logits, reward_to_go):
    logits = jnp.asarray(logits)
    shifted = logits - jax.lax.stop_gradient(logits.max())
    log_probs = shifted - jnp.log(jnp.exp(shifted).sum())
    mask = jnp.arange(logits.shape[0]) == action
    return -jnp.sum(jnp.where(mask, log_probs, 0.0)) * jax.lax.stop_gradient(reward_to_go)

# %% right: prints
def pg_loss(action, logits, reward_to_go):
    print("loss of", action)
    return reward_to_go * -1 * jax.nn.log_softmax(logits, axis=-1)[action]

# %% wrong: log of softmax | says: rounds to 0
def pg_loss(action, logits, reward_to_go):
    return -jnp.log(jax.nn.softmax(logits)[action]) * reward_to_go

# %% wrong: log of softmax through weighted_log_prob | says: rounds to 0
def pg_loss(action, logits, reward_to_go):
    prob = jnp.dot(jax.nn.softmax(logits), jax.nn.one_hot(action, logits.shape[0]))
    return -weighted_log_prob(prob, reward_to_go)

# %% wrong: log of softmax plus 1e-8 | says: small number
def pg_loss(action, logits, reward_to_go):
    return -jnp.log(jax.nn.softmax(logits)[action] + 1e-8) * reward_to_go

# %% wrong: probabilities clipped from below | says: small number
def pg_loss(action, logits, reward_to_go):
    return -jnp.log(jnp.maximum(jax.nn.softmax(logits)[action], 1e-20)) * reward_to_go

# %% wrong: no minus | says: minus sign is missing
def pg_loss(action, logits, reward_to_go):
    return jax.nn.log_softmax(logits)[action] * reward_to_go

# %% wrong: no weight | says: reward_to_go was not used
def pg_loss(action, logits, reward_to_go):
    return -jax.nn.log_softmax(logits)[action]

# %% wrong: the logit itself | says: logit is not the log-probability
def pg_loss(action, logits, reward_to_go):
    return -logits[action] * reward_to_go

# %% wrong: the probability | says: logarithm is missing
def pg_loss(action, logits, reward_to_go):
    return -jax.nn.softmax(logits)[action] * reward_to_go

# %% wrong: all actions | says: every action
def pg_loss(action, logits, reward_to_go):
    return -jax.nn.log_softmax(logits) * reward_to_go

# %% wrong: the mean over actions | says: average over all actions
def pg_loss(action, logits, reward_to_go):
    return -jnp.mean(jax.nn.log_softmax(logits)) * reward_to_go

# %% wrong: the likeliest action | says: likeliest
def pg_loss(action, logits, reward_to_go):
    return -jnp.max(jax.nn.log_softmax(logits)) * reward_to_go

# %% wrong: stops the gradient | says: no gradient gets through
def pg_loss(action, logits, reward_to_go):
    return -jax.lax.stop_gradient(jax.nn.log_softmax(logits))[action] * reward_to_go

# %% wrong: int(action) cannot be traced | says: jax.jit
def pg_loss(action, logits, reward_to_go):
    return -jax.nn.log_softmax(logits)[int(action)] * reward_to_go

# %% wrong: an if on the action | says: jnp.where
def pg_loss(action, logits, reward_to_go):
    log_probs = jax.nn.log_softmax(logits)
    if action == 0:
        return -log_probs[0] * reward_to_go
    return -log_probs[action] * reward_to_go

# %% wrong: NumPy's softmax by hand | says: jax.numpy
def pg_loss(action, logits, reward_to_go):
    shifted = np.asarray(logits) - np.max(logits)
    return -(shifted[action] - np.log(np.exp(shifted).sum())) * reward_to_go

# %% wrong: base 10 | says: base 10
def pg_loss(action, logits, reward_to_go):
    return -jax.nn.log_softmax(logits)[action] / jnp.log(10.0) * reward_to_go

# %% wrong: clips the logits | says: clipped
def pg_loss(action, logits, reward_to_go):
    return -jax.nn.log_softmax(jnp.clip(logits, -300.0, 300.0))[action] * reward_to_go

# %% wrong: nan replaced by zero | says: no gradient gets through
def pg_loss(action, logits, reward_to_go):
    log_prob = jax.nn.log_softmax(logits)[action]
    return -jnp.where(log_prob < -1e6, -1e6, log_prob) * reward_to_go

# %% wrong: the size of the reward-to-go | says: sign of reward_to_go
def pg_loss(action, logits, reward_to_go):
    return -jax.nn.log_softmax(logits)[action] * jnp.abs(reward_to_go)

# %% wrong: own exp overflows | says: exp(200)
def pg_loss(action, logits, reward_to_go):
    return -(logits[action] - jnp.log(jnp.sum(jnp.exp(logits)))) * reward_to_go

# %% wrong: shape [1] | says: shape
def pg_loss(action, logits, reward_to_go):
    return -jax.nn.log_softmax(logits)[jnp.array([action])] * reward_to_go

# %% wrong: an entropy bonus on top | says: entropy bonus
def pg_loss(action, logits, reward_to_go):
    log_probs = jax.nn.log_softmax(logits)
    return -log_probs[action] * reward_to_go + 0.01 * jnp.sum(jnp.exp(log_probs) * log_probs)

# %% wrong: sigmoid of the logit | says: sigmoid
def pg_loss(action, logits, reward_to_go):
    return -jax.nn.log_sigmoid(logits[action]) * reward_to_go

# %% wrong: inf in the value, zero weight gives nan | says: rounds to 0
def pg_loss(action, logits, reward_to_go):
    probs = jax.nn.softmax(logits)
    return jnp.where(probs[action] > 0, -jnp.log(probs[action]), 200.0) * reward_to_go

# %% wrong: prints and returns nothing | says: return
def pg_loss(action, logits, reward_to_go):
    loss = -jax.nn.log_softmax(logits)[action] * reward_to_go

# %% wrong: the action before | says: loss of action 1
def pg_loss(action, logits, reward_to_go):
    return -jax.nn.log_softmax(logits)[action - 1] * reward_to_go

# %% wrong: two actions only | says: loss of action 1
def pg_loss(action, logits, reward_to_go):
    log_probs = jax.nn.log_softmax(logits)
    return -jnp.where(action == 0, log_probs[0], log_probs[1]) * reward_to_go

# %% wrong: divided by the number of actions | says: number of actions
def pg_loss(action, logits, reward_to_go):
    return -jnp.mean(jax.nn.one_hot(action, logits.shape[0]) * jax.nn.log_softmax(logits)) * reward_to_go
