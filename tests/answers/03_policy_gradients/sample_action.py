# %% right: categorical
def sample_action(key, logits):
    return jax.random.categorical(key, logits)

# %% right: the Gumbel trick
def sample_action(key, logits):
    logits = jnp.asarray(logits)
    return jnp.argmax(logits + jax.random.gumbel(key, logits.shape))

# %% right: choice with probabilities
def sample_action(key, logits):
    logits = jnp.asarray(logits)
    return jax.random.choice(key, logits.shape[0], p=jax.nn.softmax(logits))

# %% right: inverse of the cumulative distribution
def sample_action(key, logits):
    cumulative = jnp.cumsum(jax.nn.softmax(logits))
    u = jax.random.uniform(key) * cumulative[-1]
    return jnp.argmax(cumulative > u)

# %% right: the inverse with searchsorted
def sample_action(key, logits):
    cumulative = jnp.cumsum(jax.nn.softmax(logits))
    return jnp.searchsorted(cumulative, jax.random.uniform(key), side="right").clip(0, len(logits) - 1)

# %% right: categorical of the log-softmax, jitted, another key from the given one
@jax.jit
def sample_action(key, logits):
    _, subkey = jax.random.split(key)
    return jax.random.categorical(subkey, jax.nn.log_softmax(logits), axis=-1).astype(jnp.int32)

# %% right: categorical with a batch of one, squeezed
def sample_action(key, logits):
    return jax.random.categorical(key, jnp.expand_dims(logits, 0))[0]

# %% right: exponential race
def sample_action(key, logits):
    logits = jnp.asarray(logits)
    return jnp.argmin(jnp.log(jax.random.exponential(key, logits.shape)) - logits)

# %% wrong: softmax first | says: softmax was applied twice
def sample_action(key, logits):
    return jax.random.categorical(key, jax.nn.softmax(logits))

# %% wrong: greedy | says: same action
def sample_action(key, logits):
    return jnp.argmax(logits)

# %% wrong: ignores the key | says: same action
def sample_action(key, logits):
    return jax.random.categorical(jax.random.key(0), logits)

# %% wrong: uniform | says: logits were ignored
def sample_action(key, logits):
    return jax.random.randint(key, (), 0, len(logits))

# %% wrong: logits as probabilities | says: as if they were probabilities
def sample_action(key, logits):
    return jax.random.categorical(key, jnp.log(logits))

# %% wrong: the sign turned round | says: sign is turned round
def sample_action(key, logits):
    return jax.random.categorical(key, -logits)

# %% wrong: NumPy's choice cannot be traced | says: jax.numpy
def sample_action(key, logits):
    return np.random.choice(len(logits), p=np.asarray(jax.nn.softmax(logits)))

# %% wrong: NumPy's noise is drawn once and then compiled | says: same action
def sample_action(key, logits):
    return jnp.argmax(logits + np.random.gumbel(size=logits.shape))

# %% wrong: own softmax overflows | says: infinity
def sample_action(key, logits):
    exp = jnp.exp(logits)
    return jax.random.choice(key, logits.shape[0], p=exp / exp.sum())

# %% wrong: int() cannot be traced | says: jax.jit
def sample_action(key, logits):
    return int(jax.random.categorical(key, logits))

# %% wrong: normal noise | says: normal noise
def sample_action(key, logits):
    return jnp.argmax(logits + jax.random.normal(key, logits.shape))

# %% wrong: uniform noise, looks greedy | says: noise is too small
def sample_action(key, logits):
    return jnp.argmax(logits + jax.random.uniform(key, logits.shape))

# %% wrong: epsilon-greedy | says: epsilon-greedy
def sample_action(key, logits):
    explore, which = jax.random.split(key)
    return jnp.where(jax.random.uniform(explore) < 0.1, jax.random.randint(which, (), 0, len(logits)), jnp.argmax(logits))

# %% wrong: one-hot | says: shape
def sample_action(key, logits):
    return jax.nn.one_hot(jax.random.categorical(key, logits), len(logits))

# %% wrong: shape [1] | says: shape
def sample_action(key, logits):
    return jax.random.categorical(key, logits, shape=(1,))

# %% wrong: the log-probability instead | says: integer
def sample_action(key, logits):
    return jax.nn.log_softmax(logits)[jax.random.categorical(key, logits)]

# %% wrong: a float | says: integer
def sample_action(key, logits):
    return jax.random.categorical(key, logits).astype(jnp.float32)

# %% wrong: only two actions, a boolean | says: boolean
def sample_action(key, logits):
    return jax.random.bernoulli(key, jax.nn.softmax(logits)[1])

# %% wrong: only two actions | says: first two actions
def sample_action(key, logits):
    return jax.random.bernoulli(key, jax.nn.sigmoid(logits[1] - logits[0])).astype(int)

# %% wrong: returns the key too | says: tuple
def sample_action(key, logits):
    key, subkey = jax.random.split(key)
    return jax.random.categorical(subkey, logits), key

# %% wrong: clips large logits | says: as if clipped
def sample_action(key, logits):
    return jax.random.categorical(key, jnp.clip(logits, -20.0, 20.0))

# %% wrong: a temperature of two | says: temperature
def sample_action(key, logits):
    return jax.random.categorical(key, logits / 2.0)

# %% wrong: forgets to return | says: return
def sample_action(key, logits):
    jax.random.categorical(key, logits)

# %% wrong: counted from 1 | says: counted from 0
def sample_action(key, logits):
    return jax.random.categorical(key, logits) + 1

# %% wrong: a global key that is split on every call | says: kept and used later
_my_key = jax.random.key(42)
def sample_action(key, logits):
    global _my_key
    _my_key, subkey = jax.random.split(_my_key)
    return jax.random.categorical(subkey, logits)

# %% wrong: never what is less likely than one in a hundred | says: never does
def sample_action(key, logits):
    probabilities = jax.nn.softmax(logits)
    return jax.random.categorical(key, jnp.where(probabilities < 0.01, -jnp.inf, logits))

# %% wrong: everything at least once in a hundred | says: need no help
def sample_action(key, logits):
    return jax.random.categorical(key, jnp.log(jnp.maximum(jax.nn.softmax(logits), 0.01)))
