# %% right: clip
def get_epsilon(num_timesteps):
    return jnp.clip(1 - num_timesteps / EPSILON_DECAY_TIMESTEPS, EPSILON_MIN, 1.0)

# %% right: where
def get_epsilon(num_timesteps):
    epsilon = 1.0 - num_timesteps / EPSILON_DECAY_TIMESTEPS
    return jnp.where(epsilon < EPSILON_MIN, EPSILON_MIN, epsilon)

# %% right: select
def get_epsilon(num_timesteps):
    epsilon = 1.0 - num_timesteps / EPSILON_DECAY_TIMESTEPS
    return jax.lax.select(epsilon < EPSILON_MIN, EPSILON_MIN, epsilon)

# %% right: optax
get_epsilon = optax.linear_schedule(1.0, EPSILON_MIN, 2850)

# %% right: interpolation
def get_epsilon(num_timesteps):
    return jnp.interp(num_timesteps, jnp.array([0.0, 2850.0]), jnp.array([1.0, 0.05]))

# %% right: cond, jitted
@jax.jit
def get_epsilon(num_timesteps):
    return jax.lax.cond(
        num_timesteps < 2850, lambda n: 1.0 - jnp.float32(n) / 3000, lambda n: jnp.float32(0.05), num_timesteps
    )

# %% right: clips the steps
def get_epsilon(num_timesteps):
    steps = jnp.minimum(num_timesteps, (1 - EPSILON_MIN) * EPSILON_DECAY_TIMESTEPS)
    return (EPSILON_DECAY_TIMESTEPS - steps) / EPSILON_DECAY_TIMESTEPS

# %% right: the larger of two in an array, printing
def get_epsilon(num_timesteps):
    print("epsilon of", num_timesteps)
    return jnp.stack([jnp.asarray(1 - num_timesteps / 3000, float), jnp.asarray(0.05, float)]).max()

# %% wrong: no floor | says: there is no floor
def get_epsilon(num_timesteps):
    return 1.0 - num_timesteps / EPSILON_DECAY_TIMESTEPS

# %% wrong: the floor is zero | says: your floor is 0
def get_epsilon(num_timesteps):
    return jnp.maximum(1.0 - num_timesteps / EPSILON_DECAY_TIMESTEPS, 0.0)

# %% wrong: slope to the floor | says: 1/3000 in each step
def get_epsilon(num_timesteps):
    return jnp.maximum(1.0 - (1 - EPSILON_MIN) * num_timesteps / EPSILON_DECAY_TIMESTEPS, EPSILON_MIN)

# %% wrong: rises | says: rises from 0
def get_epsilon(num_timesteps):
    return jnp.minimum(num_timesteps / EPSILON_DECAY_TIMESTEPS, 1.0)

# %% wrong: whole numbers | says: integer division
def get_epsilon(num_timesteps):
    return jnp.maximum(1.0 - num_timesteps // EPSILON_DECAY_TIMESTEPS, EPSILON_MIN)

# %% wrong: the smaller | says: larger of two
def get_epsilon(num_timesteps):
    return jnp.minimum(1.0 - num_timesteps / EPSILON_DECAY_TIMESTEPS, EPSILON_MIN)

# %% wrong: Python's max | says: jax.jit
def get_epsilon(num_timesteps):
    return max(1.0 - num_timesteps / EPSILON_DECAY_TIMESTEPS, EPSILON_MIN)

# %% wrong: if | says: jax.jit
def get_epsilon(num_timesteps):
    if num_timesteps > 2850:
        return EPSILON_MIN
    return 1.0 - num_timesteps / EPSILON_DECAY_TIMESTEPS

# %% wrong: exponential | says: exponential
def get_epsilon(num_timesteps):
    return jnp.maximum(jnp.exp(-num_timesteps / EPSILON_DECAY_TIMESTEPS), EPSILON_MIN)

# %% wrong: exponential to the floor | says: exponential
def get_epsilon(num_timesteps):
    return EPSILON_MIN + (1 - EPSILON_MIN) * jnp.exp(-num_timesteps / EPSILON_DECAY_TIMESTEPS)

# %% wrong: adds the floor | says: you add the floor
def get_epsilon(num_timesteps):
    return jnp.maximum(1.0 - num_timesteps / EPSILON_DECAY_TIMESTEPS, 0.0) + EPSILON_MIN

# %% wrong: starts again | says: starts again
def get_epsilon(num_timesteps):
    return jnp.maximum(1.0 - (num_timesteps % EPSILON_DECAY_TIMESTEPS) / EPSILON_DECAY_TIMESTEPS, EPSILON_MIN)

# %% wrong: back to one on the floor | says: EPSILON_MIN
def get_epsilon(num_timesteps):
    epsilon = 1.0 - num_timesteps / EPSILON_DECAY_TIMESTEPS
    return jnp.where(epsilon < EPSILON_MIN, 1.0, epsilon)

# %% wrong: jumps to the floor at 3000 only | says: below the floor
def get_epsilon(num_timesteps):
    return jnp.where(num_timesteps >= EPSILON_DECAY_TIMESTEPS, EPSILON_MIN, 1 - num_timesteps / EPSILON_DECAY_TIMESTEPS)

# %% wrong: jumps to the floor too early | says: meets it at step 2,850
def get_epsilon(num_timesteps):
    return jnp.where(num_timesteps > 2800, EPSILON_MIN, 1 - num_timesteps / EPSILON_DECAY_TIMESTEPS)

# %% wrong: NumPy | says: jax.numpy
def get_epsilon(num_timesteps):
    return np.maximum(1.0 - num_timesteps / EPSILON_DECAY_TIMESTEPS, EPSILON_MIN)

# %% wrong: an array with one entry | says: shape
def get_epsilon(num_timesteps):
    return jnp.maximum(jnp.array([1.0 - num_timesteps / EPSILON_DECAY_TIMESTEPS]), EPSILON_MIN)

# %% wrong: counts its own calls | says: counts the calls
count = 0

def get_epsilon(num_timesteps):
    global count
    count += 1
    return jnp.maximum(1.0 - count / EPSILON_DECAY_TIMESTEPS, EPSILON_MIN)

# %% wrong: integer arithmetic overflows | says: 16 bits
def get_epsilon(num_timesteps):
    steps = jnp.asarray(num_timesteps).astype(jnp.int16)
    return jnp.maximum(1.0 - steps / EPSILON_DECAY_TIMESTEPS, EPSILON_MIN)

# %% wrong: one step late | says: one step later
def get_epsilon(num_timesteps):
    return jnp.maximum(1.0 - (num_timesteps + 1) / EPSILON_DECAY_TIMESTEPS, EPSILON_MIN)

# %% wrong: the floor on top | says: you add the floor
def get_epsilon(num_timesteps):
    return jnp.maximum(1.0 - num_timesteps / EPSILON_DECAY_TIMESTEPS, 0.0) + EPSILON_MIN

# %% right: looked up in a table
_epsilons = jnp.linspace(1.0, EPSILON_MIN, 2_851)
def get_epsilon(num_timesteps):
    return _epsilons[jnp.minimum(num_timesteps, 2_850)]

# %% wrong: brackets around 1 - t | says: the brackets
def get_epsilon(num_timesteps):
    return jnp.maximum((1.0 - num_timesteps) / EPSILON_DECAY_TIMESTEPS, EPSILON_MIN)
