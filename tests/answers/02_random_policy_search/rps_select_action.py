# %% right: jnp.where twice
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    weights = jnp.where(evaluation, params.best, params.current)
    return jnp.where(weights @ obs > 0, 1, 0), actor_state
# %% right: both actions with lax.select, as in a hint to write it out
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    best_action = jax.lax.select(jnp.dot(params.best, obs) > 0, 1, 0)
    current_action = jax.lax.select(jnp.dot(params.current, obs) > 0, 1, 0)
    return jax.lax.select(evaluation, best_action, current_action), actor_state
# %% right: lax.cond and astype
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    weights = jax.lax.cond(evaluation, lambda p: p.best, lambda p: p.current, params)
    return (jnp.sum(weights * obs) > 0).astype(jnp.int32), actor_state
# %% right: indexing a stack, uint8 action
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    weights = jnp.stack([params.current, params.best])[jnp.asarray(evaluation).astype(int)]
    return jnp.heaviside(jnp.dot(weights, obs), 0.0).astype(jnp.uint8), actor_state
# %% right: arithmetic, and decorated with jax.jit
@jax.jit
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    e = jnp.float32(evaluation)
    scores = jnp.array([jnp.dot(params.current, obs), jnp.dot(params.best, obs)])
    action = jnp.argmax(jnp.array([0.0, e * scores[1] + (1 - e) * scores[0]]))
    return action, actor_state
# %% right: calls a helper of its own and warns
import warnings


def _my_action(weights, obs):
    warnings.warn("just saying")
    return 1 * (jnp.vdot(weights, obs) > 0.0)


def rps_select_action(key, params, actor_state, obs, evaluation=False):
    current, best = params
    return jnp.where(evaluation, _my_action(best, obs), _my_action(current, obs)), actor_state
# %% right: lax.switch and a negated condition
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    index = jnp.where(evaluation, 1, 0)
    weights = jax.lax.switch(index, [lambda: jnp.asarray(params.current), lambda: jnp.asarray(params.best)])
    action = jnp.where(jnp.dot(weights, obs) <= 0, 0, 1)
    return action, actor_state
# %% wrong: a Python if | says: jnp.where
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    if evaluation:
        weights = params.best
    else:
        weights = params.current
    return jnp.where(jnp.dot(weights, obs) > 0, 1, 0), actor_state
# %% wrong: Python's conditional for the action | says: jnp.where
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    weights = jnp.where(evaluation, params.best, params.current)
    return 1 if jnp.dot(weights, obs) > 0 else 0, actor_state
# %% wrong: current and best swapped | says: that is what `best` says
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    weights = jnp.where(evaluation, params.current, params.best)
    return jnp.where(jnp.dot(weights, obs) > 0, 1, 0), actor_state
# %% wrong: never looks at evaluation | says: that is what `current` says
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    return jnp.where(jnp.dot(params.current, obs) > 0, 1, 0), actor_state
# %% wrong: always the best | says: that is what `best` says
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    return jnp.where(jnp.dot(params.best, obs) > 0, 1, 0), actor_state
# %% wrong: zero gives 1 | says: only above zero
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    weights = jnp.where(evaluation, params.best, params.current)
    return jnp.where(jnp.dot(weights, obs) >= 0, 1, 0), actor_state
# %% wrong: the actions are the other way round | says: above zero the action is 1
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    weights = jnp.where(evaluation, params.best, params.current)
    return jnp.where(jnp.dot(weights, obs) > 0, 0, 1), actor_state
# %% wrong: a boolean action | says: boolean
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    weights = jnp.where(evaluation, params.best, params.current)
    return jnp.dot(weights, obs) > 0, actor_state
# %% wrong: a float action | says: should be an integer
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    weights = jnp.where(evaluation, params.best, params.current)
    return jnp.where(jnp.dot(weights, obs) > 0, 1.0, 0.0), actor_state
# %% wrong: only the action | says: return two things
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    weights = jnp.where(evaluation, params.best, params.current)
    return jnp.where(jnp.dot(weights, obs) > 0, 1, 0)
# %% wrong: actor_state forgotten | says: actor_state
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    weights = jnp.where(evaluation, params.best, params.current)
    return jnp.where(jnp.dot(weights, obs) > 0, 1, 0), None
# %% wrong: params instead of actor_state | says: actor_state
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    weights = jnp.where(evaluation, params.best, params.current)
    return jnp.where(jnp.dot(weights, obs) > 0, 1, 0), params
# %% wrong: the actor_state counts steps | says: actor_state
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    weights = jnp.where(evaluation, params.best, params.current)
    return jnp.where(jnp.dot(weights, obs) > 0, 1, 0), 0 if actor_state is None else actor_state + 1
# %% wrong: NumPy under jit | says: twin from jax.numpy
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    weights = np.where(evaluation, params.best, params.current)
    return int(np.dot(weights, obs) > 0), actor_state
# %% wrong: int() of a traced value | says: int(
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    weights = jnp.where(evaluation, params.best, params.current)
    return int(jnp.dot(weights, obs) > 0), actor_state
# %% wrong: one action for each weight | says: shape
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    weights = jnp.where(evaluation, params.best, params.current)
    return jnp.where(weights * obs > 0, 1, 0), actor_state
# %% wrong: an action for the best too when the mean of both is positive | says: a mix of both
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    weights = jnp.where(evaluation, params.best, (params.best + params.current) / 2)
    return jnp.where(jnp.dot(weights, obs) > 0, 1, 0), actor_state
# %% wrong: evaluation has no default | says: leave its `def` line
def rps_select_action(key, params, actor_state, obs, evaluation):
    weights = jnp.where(evaluation, params.best, params.current)
    return jnp.where(jnp.dot(weights, obs) > 0, 1, 0), actor_state
# %% wrong: evaluation is on by default | says: that is what `best` says
def rps_select_action(key, params, actor_state, obs, evaluation=True):
    weights = jnp.where(evaluation, params.best, params.current)
    return jnp.where(jnp.dot(weights, obs) > 0, 1, 0), actor_state
# %% wrong: explores at random now and then | says: key` has no say
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    weights = jnp.where(evaluation, params.best, params.current)
    action = jnp.where(jnp.dot(weights, obs) > 0, 1, 0)
    return jnp.where(jax.random.uniform(key) < 0.2, 1 - action, action), actor_state
# %% wrong: compares evaluation with `is True` | says: is True
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    weights = params.best if evaluation is True else params.current
    return jnp.where(jnp.dot(weights, obs) > 0, 1, 0), actor_state


# %% right: logic on booleans, then an integer
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    e = jnp.asarray(evaluation, bool)
    b, c = params.best @ obs > 0, params.current @ obs > 0
    return ((e & b) | (~e & c)).astype(jnp.int32), actor_state


# %% right: a Python int when nothing is traced
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    x = jnp.where(jnp.where(evaluation, params.best, params.current) @ obs > 0, 1, 0)
    return (x if isinstance(x, jax.core.Tracer) else int(x)), actor_state


# %% wrong: evaluation is static | says: static_argnums
from functools import partial


@partial(jax.jit, static_argnames="evaluation")
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    w = params.best if evaluation else params.current
    return jnp.where(w @ obs > 0, 1, 0), actor_state


# %% wrong: a stack indexed with a boolean | says: shape
def rps_select_action(key, params, actor_state, obs, evaluation=False):
    w = jnp.stack(params)[jnp.asarray(evaluation)]
    return jnp.where(w @ obs > 0, 1, 0), actor_state
