# %% right: lax.select
def select_action(key, params, actor_state, obs, evaluation=False):
    return jax.lax.select(jnp.dot(params, obs) > 0, 1, 0), actor_state

# %% right: astype
def select_action(key, params, actor_state, obs, evaluation=False):
    action = (jnp.sum(jnp.asarray(params) * obs) > 0).astype(jnp.int32)
    return action, actor_state

# %% right: argmax of zero and the sum
def select_action(key, params, actor_state, obs, evaluation=False):
    return jnp.argmax(jnp.stack([0.0, jnp.dot(params, obs)])), actor_state

# %% right: decorated with jax.jit, another integer dtype
@jax.jit
def select_action(key, params, actor_state, obs, evaluation=False):
    return jnp.uint8(params @ obs > 0), actor_state

# %% right: lax.cond
def select_action(key, params, actor_state, obs, evaluation=False):
    return jax.lax.cond(jnp.vdot(params, obs) > 0, lambda: 1, lambda: 0), actor_state

# %% right: a boolean times one
def select_action(key, params, actor_state, obs, evaluation=False):
    return (jnp.dot(params, obs) > 0) * 1, actor_state

# %% right: splits the key and does not use it, prints and warns
def select_action(key, params, actor_state, obs, evaluation=False):
    import warnings
    key, _ = jax.random.split(key)
    print("choosing")
    warnings.warn("choosing")
    return jnp.where(jnp.einsum("i,i->", params, obs) <= 0, 0, 1), actor_state

# %% right: a helper and a named tuple
Choice = collections.namedtuple("Choice", ["action", "actor_state"])

def _score(params, obs):
    return jnp.inner(params, obs)

def select_action(key, params, actor_state, obs, evaluation=False):
    return Choice(jnp.heaviside(_score(params, obs), 0.0).astype(int), actor_state)

# %% right: sign, clipped
def select_action(key, params, actor_state, obs, evaluation=False):
    return jnp.maximum(jnp.sign(jnp.dot(params, obs)), 0).astype(jnp.int8), actor_state

# %% wrong: a Python if | says: jnp.where
def select_action(key, params, actor_state, obs, evaluation=False):
    if jnp.dot(params, obs) > 0:
        action = 1
    else:
        action = 0
    return action, actor_state

# %% wrong: int of a traced value | says: .astype
def select_action(key, params, actor_state, obs, evaluation=False):
    return int(jnp.dot(params, obs) > 0), actor_state

# %% wrong: NumPy's dot | says: jax.numpy
def select_action(key, params, actor_state, obs, evaluation=False):
    return jnp.where(np.dot(params, obs) > 0, 1, 0), actor_state

# %% wrong: a tie counts as positive | says: exactly zero
def select_action(key, params, actor_state, obs, evaluation=False):
    return jnp.where(jnp.dot(params, obs) >= 0, 1, 0), actor_state

# %% wrong: the actions swapped | says: other way round
def select_action(key, params, actor_state, obs, evaluation=False):
    return jnp.where(jnp.dot(params, obs) > 0, 0, 1), actor_state

# %% wrong: the action alone | says: pair
def select_action(key, params, actor_state, obs, evaluation=False):
    return jnp.where(jnp.dot(params, obs) > 0, 1, 0)

# %% wrong: the pair in the wrong order | says: wrong order
def select_action(key, params, actor_state, obs, evaluation=False):
    return actor_state, jnp.where(jnp.dot(params, obs) > 0, 1, 0)

# %% wrong: drops the actor state | says: it is None
def select_action(key, params, actor_state, obs, evaluation=False):
    return jnp.where(jnp.dot(params, obs) > 0, 1, 0), None

# %% wrong: changes the actor state | says: actor_state
def select_action(key, params, actor_state, obs, evaluation=False):
    actor_state = jax.tree.map(lambda x: x + 1, actor_state)
    return jnp.where(jnp.dot(params, obs) > 0, 1, 0), actor_state

# %% wrong: hands back the observation | says: that is the observation
def select_action(key, params, actor_state, obs, evaluation=False):
    return jnp.where(jnp.dot(params, obs) > 0, 1, 0), obs

# %% wrong: a float | says: astype
def select_action(key, params, actor_state, obs, evaluation=False):
    return jnp.where(jnp.dot(params, obs) > 0, 1.0, 0.0), actor_state

# %% wrong: a boolean | says: astype
def select_action(key, params, actor_state, obs, evaluation=False):
    return jnp.dot(params, obs) > 0, actor_state

# %% wrong: an array of one | says: single number
def select_action(key, params, actor_state, obs, evaluation=False):
    return jnp.where(jnp.dot(params, obs) > 0, 1, 0)[None], actor_state

# %% wrong: one action per entry | says: shape
def select_action(key, params, actor_state, obs, evaluation=False):
    return jnp.where(params * obs > 0, 1, 0), actor_state

# %% wrong: the weights of deterministic_policy | says: deterministic_policy
def select_action(key, params, actor_state, obs, evaluation=False):
    return jnp.where(jnp.dot(jnp.array([1.0, -2.0, 2.0, -1.0]), obs) > 0, 1, 0), actor_state

# %% wrong: calls deterministic_policy | says: called deterministic_policy
def select_action(key, params, actor_state, obs, evaluation=False):
    return deterministic_policy(obs), actor_state

# %% wrong: a Python if on evaluation | says: jnp.where
def select_action(key, params, actor_state, obs, evaluation=False):
    action = jnp.where(jnp.dot(params, obs) > 0, 1, 0)
    if evaluation:
        return action, actor_state
    return action, actor_state

# %% wrong: other actions when evaluated | says: make no difference
def select_action(key, params, actor_state, obs, evaluation=False):
    action = jnp.where(jnp.dot(params, obs) > 0, 1, 0)
    return jnp.where(evaluation, 0, action), actor_state

# %% wrong: explores | says: key` has no say
def select_action(key, params, actor_state, obs, evaluation=False):
    action = jnp.where(jnp.dot(params, obs) > 0, 1, 0)
    return jnp.where(jax.random.uniform(key) < 0.1, 1 - action, action), actor_state

# %% wrong: rounds the sum | says: a half is greater
def select_action(key, params, actor_state, obs, evaluation=False):
    return jnp.where(jnp.dot(params, obs).astype(int) > 0, 1, 0), actor_state

# %% wrong: its sign, -1 too | says: no action -1
def select_action(key, params, actor_state, obs, evaluation=False):
    return jnp.sign(jnp.dot(params, obs)).astype(int), actor_state

# %% wrong: four weights only | says: however many
def select_action(key, params, actor_state, obs, evaluation=False):
    total = sum(params[i] * obs[i] for i in range(4))
    return jnp.where(total > 0, 1, 0), actor_state

# %% wrong: works in place on NumPy arrays | says: modified
def select_action(key, params, actor_state, obs, evaluation=False):
    obs *= params
    return jnp.where(jnp.sum(obs) > 0, 1, 0), actor_state

# %% wrong: writes into a NumPy observation, and copes with JAX arrays | says: modified
def select_action(key, params, actor_state, obs, evaluation=False):
    action = jnp.where(jnp.dot(params, obs) > 0, 1, 0)
    if isinstance(obs, np.ndarray):
        obs[:] = 0
    return action, actor_state

# %% wrong: no evaluation argument | says: leave its `def` line
def select_action(key, params, actor_state, obs):
    return jnp.where(jnp.dot(params, obs) > 0, 1, 0), actor_state

# %% wrong: the arguments in another order | says: a key is not a number
def select_action(params, key, obs, actor_state, evaluation=False):
    return jnp.where(jnp.dot(params, obs) > 0, 1, 0), actor_state

# %% wrong: no return | says: is there a `return`
def select_action(key, params, actor_state, obs, evaluation=False):
    action = jnp.where(jnp.dot(params, obs) > 0, 1, 0)

# %% wrong: keeps the action in a global | says: earlier call
latest = None
def select_action(key, params, actor_state, obs, evaluation=False):
    global latest
    previous, latest = latest, jnp.where(jnp.dot(params, obs) > 0, 1, 0)
    return (latest if previous is None else previous), actor_state

# %% wrong: a dead zone around zero | says: without a margin
def select_action(key, params, actor_state, obs, evaluation=False):
    return jnp.where(jnp.dot(params, obs) > 0.01, 1, 0), actor_state

# %% wrong: remembers the sum in the actor state | says: that is the dot product
def select_action(key, params, actor_state, obs, evaluation=False):
    total = jnp.dot(params, obs)
    return jnp.where(total > 0, 1, 0), total

# %% right: helpers with underscores, an unsigned byte
def _same(params, obs):
    return jnp.einsum("i,i->", params, obs) > 0
_jitted = jax.jit(_same)
def select_action(key, params, actor_state, obs, evaluation=False):
    return jnp.asarray(_jitted(params, obs), jnp.uint8), actor_state

# %% right: a loop that JAX compiles
def select_action(key, params, actor_state, obs, evaluation=False):
    total, _ = jax.lax.scan(lambda c, wo: (c + wo[0] * wo[1], None), 0.0, (jnp.asarray(params), jnp.asarray(obs)))
    return jax.lax.convert_element_type(total > 0, jnp.int32), actor_state

# %% wrong: a margin of one in a million | says: without a margin
def select_action(key, params, actor_state, obs, evaluation=False):
    return jnp.where(jnp.dot(params, obs) > 1e-6, 1, 0), actor_state

# %% wrong: evaluation static | says: static_argnames
import functools
@functools.partial(jax.jit, static_argnames="evaluation")
def select_action(key, params, actor_state, obs, evaluation=False):
    return jnp.where(jnp.dot(params, obs) > 0, 1, 0), actor_state

# %% wrong: hands back a new key | says: JAX key
def select_action(key, params, actor_state, obs, evaluation=False):
    return jnp.where(jnp.dot(params, obs) > 0, 1, 0), jax.random.split(key)[0]

# %% wrong: the actor state becomes a float | says: dtype
def select_action(key, params, actor_state, obs, evaluation=False):
    return jnp.where(jnp.dot(params, obs) > 0, 1, 0), jax.tree.map(lambda x: x * 1.0, actor_state)
