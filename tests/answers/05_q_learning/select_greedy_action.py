# %% right: the method of the array
def select_greedy_action(q_values):
    return jnp.asarray(q_values).argmax()

# %% right: the last one among ties
def select_greedy_action(q_values):
    n = len(q_values)
    return n - 1 - jnp.argmax(jnp.flip(q_values))

# %% right: sorts
def select_greedy_action(q_values):
    return jnp.argsort(q_values)[-1]

# %% right: jitted, and prints
@jax.jit
def select_greedy_action(q_values):
    print("tracing")
    return jnp.argmax(q_values, axis=-1).astype(jnp.int32)

# %% right: a lambda
select_greedy_action = lambda q_values: jax.lax.argmax(jnp.asarray(q_values), 0, jnp.int32)

# %% right: a loop over the actions
def select_greedy_action(q_values):
    best = 0
    for i in range(1, q_values.shape[0]):
        best = jnp.where(q_values[i] > jnp.asarray(q_values)[best], i, best)
    return jnp.asarray(best, jnp.int32)

# %% right: the top one, with a warning
def select_greedy_action(q_values):
    import warnings
    warnings.warn("greedy!")
    _, index = jax.lax.top_k(jnp.asarray(q_values), 1)
    return index[0]

# %% right: nonzero of fixed size
def select_greedy_action(q_values):
    return jnp.nonzero(q_values == jnp.max(q_values), size=1)[0][0]

# %% right: a seventeen-bit... a small integer
def select_greedy_action(q_values):
    return jnp.argmax(q_values).astype(jnp.uint8)

# %% wrong: the largest value | says: the largest value itself
def select_greedy_action(q_values):
    return jnp.max(q_values)

# %% wrong: the smallest | says: smallest value
def select_greedy_action(q_values):
    return jnp.argmin(q_values)

# %% wrong: counts from one | says: counts from 0
def select_greedy_action(q_values):
    return jnp.argmax(q_values) + 1

# %% wrong: the largest in size | says: may be negative
def select_greedy_action(q_values):
    return jnp.argmax(jnp.abs(q_values))

# %% wrong: an array with one entry | says: shape []
def select_greedy_action(q_values):
    return jnp.argmax(q_values, keepdims=True)

# %% wrong: int() cannot be traced | says: int(...)
def select_greedy_action(q_values):
    return int(jnp.argmax(q_values))

# %% right: NumPy asks the array itself, which works even when traced
def select_greedy_action(q_values):
    return np.argmax(q_values)

# %% wrong: a float | says: integer
def select_greedy_action(q_values):
    return jnp.argmax(q_values).astype(jnp.float32)

# %% wrong: only two actions | says: any number of actions
def select_greedy_action(q_values):
    return jnp.where(q_values[1] > q_values[0], 1, 0)

# %% wrong: a mask of the best | says: shape
def select_greedy_action(q_values):
    return jnp.where(q_values == jnp.max(q_values), 1, 0)

# %% wrong: forgets to return | says: None
def select_greedy_action(q_values):
    action = jnp.argmax(q_values)

# %% wrong: a softmax sample rounds to it | says: is something rounded
def select_greedy_action(q_values):
    return jnp.argmax(jnp.round(jax.nn.softmax(q_values), 3))

# %% wrong: Python's max of a list, not traceable | says: jax
def select_greedy_action(q_values):
    values = list(q_values)
    return values.index(max(values))

# %% wrong: last action above zero | says: do not cut
def select_greedy_action(q_values):
    return jnp.argmax(jnp.maximum(q_values, 0.0))

# %% wrong: an index per batch axis | says: shape []
def select_greedy_action(q_values):
    return jnp.argmax(q_values[None], axis=1)

# %% wrong: cut to whole numbers first | says: lose the fraction
def select_greedy_action(q_values):
    return jnp.argmax(q_values.astype(int))

# %% wrong: two actions only | says: any number of actions
def select_greedy_action(q_values):
    return (q_values[1] > q_values[0]).astype(int)
