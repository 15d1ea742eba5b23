# %% right: choice
def select_random_action(key, num_actions):
    return jax.random.choice(key, num_actions)

# %% right: choice among an array
def select_random_action(key, num_actions):
    return jax.random.choice(key, jnp.arange(num_actions))

# %% right: an array of one, and its entry
def select_random_action(key, num_actions):
    return jax.random.randint(key, (1,), 0, num_actions)[0]

# %% right: a uniform number cut down
def select_random_action(key, num_actions):
    return jnp.floor(jax.random.uniform(key) * num_actions).astype(int)

# %% right: categorical
def select_random_action(key, num_actions):
    return jax.random.categorical(key, jnp.zeros(num_actions))

# %% right: the first of a permutation
def select_random_action(key, num_actions):
    return jax.random.permutation(key, num_actions)[0]

# %% right: jitted with a static argument
import functools

@functools.partial(jax.jit, static_argnums=1)
def select_random_action(key, num_actions):
    return jax.random.randint(key, (), 0, num_actions)

# %% right: jitted with everything traced
@jax.jit
def select_random_action(key, num_actions):
    return jax.random.randint(key, (), 0, num_actions, dtype=jnp.int16)

# %% right: splits the key although it need not
def select_random_action(key, num_actions):
    key, subkey = jax.random.split(key)
    print(num_actions)
    return jax.random.randint(subkey, [], 0, num_actions)

# %% right: the largest of independent numbers
def select_random_action(key, num_actions):
    return jax.random.normal(key, (num_actions,)).argmax()

# %% wrong: an array with one number | says: one number in it
def select_random_action(key, num_actions):
    return jax.random.randint(key, (1,), 0, num_actions)

# %% wrong: the last action is never drawn | says: maxval
def select_random_action(key, num_actions):
    return jax.random.randint(key, (), 0, num_actions - 1)

# %% wrong: one too many | says: maxval
def select_random_action(key, num_actions):
    return jax.random.randint(key, (), 0, num_actions + 1)

# %% wrong: starts at one | says: maxval
def select_random_action(key, num_actions):
    return jax.random.randint(key, (), 1, num_actions)

# %% wrong: from one to n | says: they are 0, 1 and 2
def select_random_action(key, num_actions):
    return jax.random.randint(key, (), 1, num_actions + 1) * 0 + 3

# %% wrong: ignores the key | says: different keys
def select_random_action(key, num_actions):
    return jax.random.randint(jax.random.key(0), (), 0, num_actions)

# %% wrong: NumPy's dice | says: same key
def select_random_action(key, num_actions):
    return np.random.randint(num_actions)

# %% wrong: Python's dice | says: same key
def select_random_action(key, num_actions):
    return random.randrange(num_actions)

# %% wrong: always two actions | says: num_actions
def select_random_action(key, num_actions):
    return jax.random.randint(key, (), 0, 2)

# %% wrong: CartPole's coin | says: num_actions
def select_random_action(key, num_actions):
    return jax.random.bernoulli(key).astype(jnp.int32)

# %% wrong: rounds | says: half as
def select_random_action(key, num_actions):
    return jnp.round(jax.random.uniform(key) * (num_actions - 1)).astype(int)

# %% wrong: a float | says: integer
def select_random_action(key, num_actions):
    return jnp.floor(jax.random.uniform(key) * num_actions)

# %% wrong: int() | says: int(...)
def select_random_action(key, num_actions):
    return int(jax.random.randint(key, (), 0, num_actions))

# %% wrong: a boolean for two actions | says: boolean
def select_random_action(key, num_actions):
    return jax.random.bernoulli(key)

# %% wrong: one for each action | says: shape
def select_random_action(key, num_actions):
    return jax.random.randint(key, (num_actions,), 0, num_actions)

# %% wrong: bell-shaped | says: averaged
def select_random_action(key, num_actions):
    a, b = jax.random.uniform(key, (2,))
    return jnp.floor((a + b) / 2 * num_actions).astype(int)

# %% wrong: favours small actions | says: the smaller it is
def select_random_action(key, num_actions):
    return jnp.floor(jax.random.uniform(key) ** 1.2 * num_actions).astype(int)

# %% wrong: returns the key too | says: tuple
def select_random_action(key, num_actions):
    key, subkey = jax.random.split(key)
    return key, jax.random.randint(subkey, (), 0, num_actions)
