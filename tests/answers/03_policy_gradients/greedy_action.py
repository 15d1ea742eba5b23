# %% right: jnp.argmax
def greedy_action(logits):
    return jnp.argmax(logits)

# %% right: the last of argsort
def greedy_action(logits):
    return jnp.argsort(logits)[-1]

# %% right: np.argmax, which asks the array itself
def greedy_action(logits):
    return np.argmax(logits)

# %% right: argmax of the log-softmax, jitted
@jax.jit
def greedy_action(logits):
    return jnp.argmax(jax.nn.log_softmax(logits), axis=-1).astype(jnp.int32)

# %% right: top_k
def greedy_action(logits):
    _, indices = jax.lax.top_k(jnp.asarray(logits), 1)
    return indices[0]

# %% right: the last among ties
def greedy_action(logits):
    logits = jnp.asarray(logits)
    return logits.shape[0] - 1 - jnp.argmax(logits[::-1])

# %% right: the last index that is largest, by a sum over a mask
def greedy_action(logits):
    logits = jnp.asarray(logits)
    return jnp.max(jnp.where(logits == logits.max(), jnp.arange(logits.shape[0]), -1))

# %% right: a method call
greedy_action = lambda logits: jnp.asarray(logits).argmax()

# %% wrong: the largest logit | says: index
def greedy_action(logits):
    return jnp.max(logits)

# %% wrong: argmin | says: smallest
def greedy_action(logits):
    return jnp.argmin(logits)

# %% wrong: largest in size | says: largest size
def greedy_action(logits):
    return jnp.argmax(jnp.abs(logits))

# %% wrong: counted from 1 | says: counted from 0
def greedy_action(logits):
    return jnp.argmax(logits) + 1

# %% wrong: the largest probability | says: probability
def greedy_action(logits):
    return jnp.max(jax.nn.softmax(logits))

# %% wrong: all probabilities | says: probabilities
def greedy_action(logits):
    return jax.nn.softmax(logits)

# %% wrong: one-hot | says: one-hot
def greedy_action(logits):
    return jax.nn.one_hot(jnp.argmax(logits), logits.shape[0])

# %% wrong: int() cannot be traced | says: jax.jit
def greedy_action(logits):
    return int(jnp.argmax(logits))

# %% wrong: a Python loop with if | says: jnp.where
def greedy_action(logits):
    best = 0
    for i in range(len(logits)):
        if logits[i] > logits[best]:
            best = i
    return best

# %% wrong: a list's index method | says: jax.jit
def greedy_action(logits):
    return list(logits).index(max(logits))

# %% wrong: jnp.where with an unknown size | says: jax.jit
def greedy_action(logits):
    return jnp.where(logits == jnp.max(logits))[0][0]

# %% wrong: exp overflows | says: exponential of 100
def greedy_action(logits):
    return jnp.argmax(jnp.exp(logits))

# %% wrong: samples instead | says: nothing may be drawn
def greedy_action(logits):
    return jax.random.categorical(jax.random.key(0), logits)

# %% wrong: only for two actions | says: first two were compared
def greedy_action(logits):
    return (logits[1] > logits[0]).astype(int)

# %% wrong: a float | says: integer
def greedy_action(logits):
    return jnp.argmax(logits).astype(float)

# %% wrong: shape [1] | says: shape
def greedy_action(logits):
    return jnp.argmax(logits, keepdims=True)

# %% wrong: a bool for two actions | says: bool
def greedy_action(logits):
    return jnp.argmax(logits) == 1

# %% wrong: float16 rounds to ties | says: float16
def greedy_action(logits):
    return jnp.argmax(logits.astype(jnp.float16))

# %% wrong: clips the logits | says: as if clipped
def greedy_action(logits):
    return jnp.argmax(jnp.clip(logits, -500.0, 500.0))

# %% wrong: returns None | says: return
def greedy_action(logits):
    jnp.argmax(logits)

# %% wrong: draws at a low temperature, so that close ones are mixed up | says: nothing may be drawn
def greedy_action(logits):
    return jax.random.categorical(jax.random.PRNGKey(0), 100.0 * logits)

# %% wrong: starts from a number that is not small enough | says: has to start from
def greedy_action(logits):
    best, action = -1e9, 0
    for i in range(logits.shape[0]):
        action = jnp.where(logits[i] > best, i, action)
        best = jnp.maximum(logits[i], best)
    return jnp.asarray(action)

# %% wrong: rounds probabilities to two digits | says: something rounded
def greedy_action(logits):
    return jnp.argmax(jnp.round(jax.nn.softmax(logits), 2))
