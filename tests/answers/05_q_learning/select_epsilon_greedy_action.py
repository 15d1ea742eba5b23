# %% right: cond
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    coin, die = jax.random.split(key, 2)
    n = len(q_values)
    return jax.lax.cond(
        jax.random.bernoulli(coin, get_epsilon(num_timesteps)),
        lambda: select_random_action(die, n).astype(jnp.int32),
        lambda: select_greedy_action(q_values).astype(jnp.int32),
    )

# %% right: select
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    key1, key2 = jax.random.split(key)
    epsilon = get_epsilon(num_timesteps)
    should_explore = jax.random.uniform(key1, (1,))[0] < epsilon
    return jax.lax.select(should_explore, select_random_action(key2, len(q_values)), select_greedy_action(q_values))

# %% right: all inline, one draw from the exact distribution
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    q_values = jnp.asarray(q_values)
    n = q_values.size
    epsilon = jnp.maximum(1 - num_timesteps / EPSILON_DECAY_TIMESTEPS, EPSILON_MIN)
    p = jnp.full(n, epsilon / n).at[jnp.argmax(q_values)].add(1 - epsilon)
    return jax.random.choice(key, n, p=p)

# %% right: categorical
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    n = q_values.shape[-1]
    epsilon = get_epsilon(num_timesteps)
    p = epsilon / n + (1 - epsilon) * jax.nn.one_hot(select_greedy_action(q_values), n)
    return jax.random.categorical(key, jnp.log(p))

# %% right: ties broken at random
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    k1, k2, k3 = jax.random.split(key, 3)
    q_values = jnp.asarray(q_values)
    best = q_values == q_values.max()
    greedy = jax.random.categorical(k3, jnp.where(best, 0.0, -jnp.inf))
    action = jax.random.randint(k2, (), 0, q_values.shape[0])
    return jnp.where(jax.random.uniform(k1) < get_epsilon(num_timesteps), action, greedy)

# %% right: jitted, greedy when the number is large
@jax.jit
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    k1, k2 = jax.random.split(key)
    greedy = jax.random.uniform(k2) >= get_epsilon(num_timesteps)
    return jnp.where(greedy, select_greedy_action(q_values), select_random_action(k1, num_actions=q_values.shape[0]))

# %% right: one uniform number answers both, without dependence
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    epsilon = get_epsilon(num_timesteps)
    u = jax.random.uniform(key)
    n = len(q_values)
    random_action = jnp.minimum(jnp.floor(u / epsilon * n), n - 1).astype(jnp.int32)
    return jnp.where(u < epsilon, random_action, jnp.argmax(q_values))

# %% right: jitted helpers made outside
greedy_jit = jax.jit(select_greedy_action)
epsilon_jit = jax.jit(get_epsilon)

def select_epsilon_greedy_action(key, q_values, num_timesteps):
    k1, k2 = jax.random.fold_in(key, 1), jax.random.fold_in(key, 2)
    explore = jax.random.uniform(k1) < epsilon_jit(num_timesteps)
    return explore * select_random_action(k2, len(q_values)) + (1 - explore) * greedy_jit(q_values)

# %% wrong: one key for both questions | says: one key answers both
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    explore = jax.random.uniform(key) < get_epsilon(num_timesteps)
    return jnp.where(explore, select_random_action(key, len(q_values)), select_greedy_action(q_values))

# %% wrong: one key for both questions, the seed's way | says: one key answers both
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    should_explore = jax.random.uniform(key, (1,))[0] < get_epsilon(num_timesteps)
    return jax.lax.select(should_explore, select_random_action(key, len(q_values)), select_greedy_action(q_values))

# %% wrong: splits, then uses the first twice | says: one key answers both
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    k1, k2 = jax.random.split(key)
    explore = jax.random.bernoulli(k1, get_epsilon(num_timesteps))
    return jnp.where(explore, select_random_action(k1, len(q_values)), select_greedy_action(q_values))

# %% wrong: one key, everything inline | says: one key answers both
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    explore = jax.random.uniform(key) < get_epsilon(num_timesteps)
    action = jnp.floor(jax.random.uniform(key) * len(q_values)).astype(jnp.int32)
    return jnp.where(explore, action, jnp.argmax(q_values))

# %% wrong: one key, explores above | says: one key answers both
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    greedy = jax.random.uniform(key) < 1 - get_epsilon(num_timesteps)
    return jnp.where(greedy, select_greedy_action(q_values), select_random_action(key, len(q_values)))

# %% wrong: the wrong way round | says: wrong way round
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    k1, k2 = jax.random.split(key)
    explore = jax.random.uniform(k1) > get_epsilon(num_timesteps)
    return jnp.where(explore, select_random_action(k2, len(q_values)), select_greedy_action(q_values))

# %% wrong: swapped cases | says: wrong way round
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    k1, k2 = jax.random.split(key)
    explore = jax.random.uniform(k1) < get_epsilon(num_timesteps)
    return jnp.where(explore, select_greedy_action(q_values), select_random_action(k2, len(q_values)))

# %% wrong: never explores | says: never explores
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    return select_greedy_action(q_values)

# %% wrong: always explores | says: epsilon always the same
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    return select_random_action(key, len(q_values))

# %% wrong: ignores the time steps | says: epsilon always the same
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    k1, k2 = jax.random.split(key)
    explore = jax.random.uniform(k1) < get_epsilon(0)
    return jnp.where(explore, select_random_action(k2, len(q_values)), select_greedy_action(q_values))

# %% wrong: explores with any action but the greedy one | says: the greedy action
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    k1, k2 = jax.random.split(key)
    n, greedy = len(q_values), jnp.argmax(jnp.asarray(q_values))
    explore = jax.random.uniform(k1) < get_epsilon(num_timesteps)
    other = (greedy + jax.random.randint(k2, (), 1, n)) % n
    return jnp.where(explore, other, greedy)

# %% wrong: NumPy's dice | says: same key
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    explore = np.random.uniform() < get_epsilon(num_timesteps)
    return jnp.where(explore, select_random_action(key, len(q_values)), select_greedy_action(q_values))

# %% wrong: Python's if | says: jax.jit
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    k1, k2 = jax.random.split(key)
    if jax.random.uniform(k1) < get_epsilon(num_timesteps):
        return select_random_action(k2, len(q_values))
    return select_greedy_action(q_values)

# %% wrong: three actions only | says: never takes action 3
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    k1, k2 = jax.random.split(key)
    explore = jax.random.uniform(k1) < get_epsilon(num_timesteps)
    return jnp.where(explore, jax.random.randint(k2, (), 0, 3), select_greedy_action(q_values))

# %% wrong: a normal number decides | says: a normal number
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    k1, k2 = jax.random.split(key)
    explore = jax.random.normal(k1) < get_epsilon(num_timesteps)
    return jnp.where(explore, select_random_action(k2, len(q_values)), select_greedy_action(q_values))

# %% wrong: an array with one entry | says: shape
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    k1, k2 = jax.random.split(key)
    explore = jax.random.uniform(k1, (1,)) < get_epsilon(num_timesteps)
    return jnp.where(explore, select_random_action(k2, len(q_values)), select_greedy_action(q_values))

# %% wrong: a softmax instead | says: the larger its Q-value
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    return jax.random.categorical(key, jnp.asarray(q_values) / get_epsilon(num_timesteps))

# %% wrong: a key of its own making | says: never explores
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    k1, k2 = jax.random.split(jax.random.key(0))
    explore = jax.random.uniform(k1) < get_epsilon(num_timesteps)
    return jnp.where(explore, select_random_action(k2, len(q_values)), select_greedy_action(q_values))

# %% wrong: half the epsilon | says: as if epsilon were
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    k1, k2 = jax.random.split(key)
    explore = jax.random.uniform(k1) < 0.8 * get_epsilon(num_timesteps)
    return jnp.where(explore, select_random_action(k2, len(q_values)), select_greedy_action(q_values))

# %% wrong: two actions only | says: how many there are
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    explore_key, action_key = jax.random.split(key)
    explore = jax.random.uniform(explore_key) < get_epsilon(num_timesteps)
    return jnp.where(explore, select_random_action(action_key, 2), select_greedy_action(q_values))

# %% wrong: a constant key for the random action | says: constant key
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    explore = jax.random.uniform(key) < get_epsilon(num_timesteps)
    random_action = select_random_action(jax.random.key(1), len(q_values))
    return jnp.where(explore, random_action, select_greedy_action(q_values))

# %% wrong: noise on the Q-values | says: the larger its Q-value
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    noise = jax.random.normal(key, q_values.shape)
    return jnp.argmax(q_values + get_epsilon(num_timesteps) * noise)

# %% wrong: noise on the Q-values, through the earlier exercise | says: noise on the values
def select_epsilon_greedy_action(key, q_values, num_timesteps):
    noise = jax.random.normal(key, q_values.shape)
    return select_greedy_action(q_values + get_epsilon(num_timesteps) * noise)
