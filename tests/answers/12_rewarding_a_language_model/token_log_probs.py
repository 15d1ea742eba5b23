# %% right: picks with take_along_axis
def token_log_probs(logits, tokens):
    log_probs = jax.nn.log_softmax(logits[:-1])
    return jnp.take_along_axis(log_probs, jnp.asarray(tokens)[1:, None], axis=1)[:, 0]

# %% right: one-hot
def token_log_probs(logits, tokens):
    chosen = jax.nn.one_hot(tokens[1:], logits.shape[-1], dtype=bool)
    return jnp.where(chosen, jax.nn.log_softmax(logits[:-1], axis=-1), 0.0).sum(axis=-1)

# %% right: logsumexp
def token_log_probs(logits, tokens):
    logits, tokens = jnp.asarray(logits), jnp.asarray(tokens)
    return jax.vmap(lambda row, token: row[token] - jax.scipy.special.logsumexp(row))(logits[:-1], tokens[1:])

# %% right: optax's cross-entropy, jitted
@jax.jit
def token_log_probs(logits, tokens):
    return -optax.softmax_cross_entropy_with_integer_labels(logits[:-1], tokens[1:])

# %% right: a Python loop
def token_log_probs(logits, tokens):
    found = []
    for t in range(len(tokens) - 1):
        found.append(jax.nn.log_softmax(jnp.asarray(logits)[t])[tokens[t + 1]])
    return jnp.stack(found)

# %% right: by hand, the largest taken out first
def token_log_probs(logits, tokens):
    logits, tokens = jnp.asarray(logits)[:-1], jnp.asarray(tokens)[1:]
    shifted = logits - jnp.max(logits, axis=1, keepdims=True)
    log_probs = shifted - jnp.log(jnp.sum(jnp.exp(shifted), axis=1, keepdims=True))
    return log_probs[jnp.arange(len(tokens)), tokens]

# %% right: a scan
def token_log_probs(logits, tokens):
    def step(_, row):
        logit, token = row
        return None, jax.nn.log_softmax(logit)[token]

    return jax.lax.scan(step, None, (jnp.asarray(logits)[:-1], jnp.asarray(tokens)[1:]))[1]

# %% wrong: not shifted | says: a token was looked up in the logits of its own position
def token_log_probs(logits, tokens):
    log_probs = jax.nn.log_softmax(logits)
    return log_probs[jnp.arange(len(tokens) - 1), tokens[:-1]]

# %% wrong: the last ones, not shifted | says: a token was looked up in the logits of its own position
def token_log_probs(logits, tokens):
    log_probs = jax.nn.log_softmax(logits)
    return log_probs[jnp.arange(1, len(tokens)), tokens[1:]]

# %% wrong: shifted the other way | says: shifted the wrong way
def token_log_probs(logits, tokens):
    log_probs = jax.nn.log_softmax(logits)
    return log_probs[jnp.arange(1, len(tokens)), tokens[:-1]]

# %% wrong: one entry too many | says: nothing comes after the last token
def token_log_probs(logits, tokens):
    log_probs = jax.nn.log_softmax(logits)
    return log_probs[jnp.arange(len(tokens)), jnp.roll(tokens, -1)]

# %% wrong: every token at its own position | says: nothing comes after the last token
def token_log_probs(logits, tokens):
    log_probs = jax.nn.log_softmax(logits)
    return log_probs[jnp.arange(len(tokens)), tokens]

# %% wrong: raw logits | says: these are the logits themselves
def token_log_probs(logits, tokens):
    return jnp.asarray(logits)[jnp.arange(len(tokens) - 1), tokens[1:]]

# %% wrong: probabilities | says: these are the probabilities
def token_log_probs(logits, tokens):
    return jax.nn.softmax(logits)[jnp.arange(len(tokens) - 1), tokens[1:]]

# %% wrong: the logarithm of softmax | says: stay in log space
def token_log_probs(logits, tokens):
    return jnp.log(jax.nn.softmax(logits))[jnp.arange(len(tokens) - 1), tokens[1:]]

# %% wrong: a small number in the logarithm | says: small number added
def token_log_probs(logits, tokens):
    return jnp.log(jax.nn.softmax(logits) + 1e-8)[jnp.arange(len(tokens) - 1), tokens[1:]]

# %% wrong: softmax over the positions | says: over the positions
def token_log_probs(logits, tokens):
    return jax.nn.log_softmax(logits, axis=0)[jnp.arange(len(tokens) - 1), tokens[1:]]

# %% wrong: the minus of a loss | says: the minus belongs to a loss
def token_log_probs(logits, tokens):
    return -jax.nn.log_softmax(logits)[jnp.arange(len(tokens) - 1), tokens[1:]]

# %% wrong: the sum | says: one number for each token
def token_log_probs(logits, tokens):
    return jax.nn.log_softmax(logits)[jnp.arange(len(tokens) - 1), tokens[1:]].sum()

# %% wrong: every token of the vocabulary | says: one number for each token
def token_log_probs(logits, tokens):
    return jax.nn.log_softmax(logits)[:-1]

# %% wrong: every token looked up in every row | says: one entry from each row
def token_log_probs(logits, tokens):
    return jax.nn.log_softmax(logits)[:-1][:, tokens[1:]]

# %% wrong: exp of the raw logits | says: stay in log space
def token_log_probs(logits, tokens):
    picked = jnp.asarray(logits)[jnp.arange(len(tokens) - 1), tokens[1:]]
    return picked - jnp.log(jnp.exp(logits[:-1]).sum(axis=1))

# %% wrong: no gradient | says: no gradient
def token_log_probs(logits, tokens):
    log_probs = jax.nn.log_softmax(jax.lax.stop_gradient(logits))
    return log_probs[jnp.arange(len(tokens) - 1), tokens[1:]]

# %% wrong: NumPy | says: jax.numpy
def token_log_probs(logits, tokens):
    shifted = np.asarray(logits) - np.max(logits, axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return log_probs[np.arange(len(tokens) - 1), np.asarray(tokens)[1:]]

# %% wrong: the likeliest tokens | says: the likeliest token
def token_log_probs(logits, tokens):
    return jax.nn.log_softmax(logits)[:-1].max(axis=1)

# %% wrong: logits kept within 50 | says: something limited
def token_log_probs(logits, tokens):
    log_probs = jax.nn.log_softmax(jnp.clip(logits, -50.0, 50.0))
    return log_probs[jnp.arange(len(tokens) - 1), tokens[1:]]

# %% wrong: returns nothing | says: return
def token_log_probs(logits, tokens):
    log_probs = jax.nn.log_softmax(logits)[jnp.arange(len(tokens) - 1), tokens[1:]]
