# %% right: jnp.where twice
def rps_learn(key, params, learner_state, memory):
    better = memory.average_episode_return > learner_state.best_average_episode_return
    best = jnp.where(better, params.current, params.best)
    best_return = jnp.where(better, memory.average_episode_return, learner_state.best_average_episode_return)
    return RandomPolicySearchParams(sample_weights(key, best), best), LearnerState(learner_state.count + 1, best_return)
# %% right: lax.select and a jitted sampler
sample_weights_jit = jax.jit(sample_weights)


def rps_learn(key, params, learner_state, memory):
    average, record = memory.average_episode_return, learner_state.best_average_episode_return
    best = jax.lax.select(average > record, params.current, params.best)
    record = jax.lax.select(average > record, average, record)
    params = RandomPolicySearchParams(current=sample_weights_jit(key, best), best=best)
    return params, LearnerState(learner_state.count + 1, record)
# %% right: lax.cond, both at once
def rps_learn(key, params, learner_state, memory):
    average = jnp.float32(memory.average_episode_return)
    record = jnp.float32(learner_state.best_average_episode_return)
    best, record = jax.lax.cond(
        average > record, lambda: (params.current, average), lambda: (params.best, record)
    )
    new = sample_weights(key, params.current)
    return RandomPolicySearchParams(new, best), LearnerState(learner_state.count + 1, record)
# %% right: _replace and jnp.maximum, inline draw, splits the key
@jax.jit
def rps_learn(key, params, learner_state, memory):
    better = memory.average_episode_return > learner_state.best_average_episode_return
    _, subkey = jax.random.split(key)
    new = jax.random.uniform(subkey, params.current.shape, params.current.dtype, -2.0, 2.0)
    params = params._replace(current=new, best=jnp.where(better, params.current, params.best))
    learner_state = learner_state._replace(
        count=learner_state.count + 1,
        best_average_episode_return=jnp.maximum(
            learner_state.best_average_episode_return, memory.average_episode_return
        ),
    )
    return params, learner_state
# %% right: not (<=), indexing a stack, tree.map
def rps_learn(key, params, learner_state, memory):
    (count, record), (average,) = learner_state, memory
    keep = average <= record
    best = jax.tree.map(lambda c, b: jnp.stack([c, b])[keep.astype(int)], params.current, params.best)
    record = jnp.array([average, record])[keep.astype(int)]
    return RandomPolicySearchParams(sample_weights(key, best), best), LearnerState(count + 1, record)
# %% right: an alias and a helper, key folded with the count
draw = sample_weights


def _keep(better, new, old):
    return jax.tree.map(lambda n, o: jnp.where(better, n, o), new, old)


def rps_learn(key, params, learner_state, memory):
    record = learner_state.best_average_episode_return
    better = jnp.greater(memory.average_episode_return, record)
    key = jax.random.fold_in(key, learner_state.count)
    best, record = _keep(better, (params.current, memory.average_episode_return), (params.best, record))
    print("learning")
    return RandomPolicySearchParams(best=best, current=draw(key, params.best)), LearnerState(
        best_average_episode_return=record, count=1 + learner_state.count
    )
# %% right: arithmetic with a mask, and jnp.where against inf * 0
def rps_learn(key, params, learner_state, memory):
    average, record = memory.average_episode_return, learner_state.best_average_episode_return
    mask = (average > record).astype(jnp.float32)
    best = mask * params.current + (1 - mask) * params.best
    return (
        RandomPolicySearchParams(sample_weights(key, params.current), best),
        LearnerState(jnp.int32(learner_state.count) + 1, jnp.where(mask == 1, average, record)),
    )
# %% wrong: an equal average replaces the best | says: strictly greater
def rps_learn(key, params, learner_state, memory):
    better = memory.average_episode_return >= learner_state.best_average_episode_return
    best = jnp.where(better, params.current, params.best)
    best_return = jnp.where(better, memory.average_episode_return, learner_state.best_average_episode_return)
    return RandomPolicySearchParams(sample_weights(key, best), best), LearnerState(learner_state.count + 1, best_return)
# %% wrong: the best return is never updated | says: old one kept
def rps_learn(key, params, learner_state, memory):
    better = memory.average_episode_return > learner_state.best_average_episode_return
    best = jnp.where(better, params.current, params.best)
    return (
        RandomPolicySearchParams(sample_weights(key, best), best),
        LearnerState(learner_state.count + 1, learner_state.best_average_episode_return),
    )
# %% wrong: the best return is always the last one | says: was not beaten
def rps_learn(key, params, learner_state, memory):
    better = memory.average_episode_return > learner_state.best_average_episode_return
    best = jnp.where(better, params.current, params.best)
    return (
        RandomPolicySearchParams(sample_weights(key, best), best),
        LearnerState(learner_state.count + 1, memory.average_episode_return),
    )
# %% wrong: best becomes the new weights | says: nobody has tried
def rps_learn(key, params, learner_state, memory):
    better = memory.average_episode_return > learner_state.best_average_episode_return
    current = sample_weights(key, params.current)
    best = jnp.where(better, current, params.best)
    best_return = jnp.where(better, memory.average_episode_return, learner_state.best_average_episode_return)
    return RandomPolicySearchParams(current, best), LearnerState(learner_state.count + 1, best_return)
# %% wrong: best is never updated | says: so it becomes `best`
def rps_learn(key, params, learner_state, memory):
    best_return = jnp.maximum(memory.average_episode_return, learner_state.best_average_episode_return)
    return (
        RandomPolicySearchParams(sample_weights(key, params.best), params.best),
        LearnerState(learner_state.count + 1, best_return),
    )
# %% wrong: best is always the last current | says: strictly greater
def rps_learn(key, params, learner_state, memory):
    best_return = jnp.maximum(memory.average_episode_return, learner_state.best_average_episode_return)
    return (
        RandomPolicySearchParams(sample_weights(key, params.best), params.current),
        LearnerState(learner_state.count + 1, best_return),
    )
# %% wrong: current is kept when it did not improve | says: old weights
def rps_learn(key, params, learner_state, memory):
    better = memory.average_episode_return > learner_state.best_average_episode_return
    best = jnp.where(better, params.current, params.best)
    best_return = jnp.where(better, memory.average_episode_return, learner_state.best_average_episode_return)
    current = jnp.where(better, sample_weights(key, best), params.current)
    return RandomPolicySearchParams(current, best), LearnerState(learner_state.count + 1, best_return)
# %% wrong: current is kept when it improved | says: old weights
def rps_learn(key, params, learner_state, memory):
    better = memory.average_episode_return > learner_state.best_average_episode_return
    best = jnp.where(better, params.current, params.best)
    best_return = jnp.where(better, memory.average_episode_return, learner_state.best_average_episode_return)
    current = jnp.where(better, params.current, sample_weights(key, best))
    return RandomPolicySearchParams(current, best), LearnerState(learner_state.count + 1, best_return)
# %% wrong: hill climbing from the best | says: build on them
def rps_learn(key, params, learner_state, memory):
    better = memory.average_episode_return > learner_state.best_average_episode_return
    best = jnp.where(better, params.current, params.best)
    best_return = jnp.where(better, memory.average_episode_return, learner_state.best_average_episode_return)
    current = best + 0.1 * sample_weights(key, best)
    return RandomPolicySearchParams(current, best), LearnerState(learner_state.count + 1, best_return)
# %% wrong: never counts | says: each learning step counts
def rps_learn(key, params, learner_state, memory):
    better = memory.average_episode_return > learner_state.best_average_episode_return
    best = jnp.where(better, params.current, params.best)
    best_return = jnp.where(better, memory.average_episode_return, learner_state.best_average_episode_return)
    return RandomPolicySearchParams(sample_weights(key, best), best), LearnerState(learner_state.count, best_return)
# %% wrong: counts only records | says: each learning step counts
def rps_learn(key, params, learner_state, memory):
    better = memory.average_episode_return > learner_state.best_average_episode_return
    best = jnp.where(better, params.current, params.best)
    best_return = jnp.where(better, memory.average_episode_return, learner_state.best_average_episode_return)
    return RandomPolicySearchParams(sample_weights(key, best), best), LearnerState(
        learner_state.count + jnp.where(better, 1, 0), best_return
    )
# %% wrong: counts in floats | says: integer
def rps_learn(key, params, learner_state, memory):
    better = memory.average_episode_return > learner_state.best_average_episode_return
    best = jnp.where(better, params.current, params.best)
    best_return = jnp.where(better, memory.average_episode_return, learner_state.best_average_episode_return)
    return RandomPolicySearchParams(sample_weights(key, best), best), LearnerState(learner_state.count + 1.0, best_return)
# %% wrong: a Python if | says: jnp.where
def rps_learn(key, params, learner_state, memory):
    best, best_return = params.best, learner_state.best_average_episode_return
    if memory.average_episode_return > best_return:
        best, best_return = params.current, memory.average_episode_return
    return RandomPolicySearchParams(sample_weights(key, best), best), LearnerState(learner_state.count + 1, best_return)
# %% wrong: current and best swapped in the result | says: each other's place
def rps_learn(key, params, learner_state, memory):
    better = memory.average_episode_return > learner_state.best_average_episode_return
    best = jnp.where(better, params.current, params.best)
    best_return = jnp.where(better, memory.average_episode_return, learner_state.best_average_episode_return)
    return RandomPolicySearchParams(best, sample_weights(key, best)), LearnerState(learner_state.count + 1, best_return)
# %% wrong: smaller is better | says: a larger return is better
def rps_learn(key, params, learner_state, memory):
    better = memory.average_episode_return < learner_state.best_average_episode_return
    best = jnp.where(better, params.current, params.best)
    best_return = jnp.where(better, memory.average_episode_return, learner_state.best_average_episode_return)
    return RandomPolicySearchParams(sample_weights(key, best), best), LearnerState(learner_state.count + 1, best_return)
# %% wrong: a fixed key | says: two different keys
def rps_learn(key, params, learner_state, memory):
    better = memory.average_episode_return > learner_state.best_average_episode_return
    best = jnp.where(better, params.current, params.best)
    best_return = jnp.where(better, memory.average_episode_return, learner_state.best_average_episode_return)
    new = sample_weights(jax.random.key(0), best)
    return RandomPolicySearchParams(new, best), LearnerState(learner_state.count + 1, best_return)
# %% wrong: a plain tuple for the params | says: RandomPolicySearchParams
def rps_learn(key, params, learner_state, memory):
    better = memory.average_episode_return > learner_state.best_average_episode_return
    best = jnp.where(better, params.current, params.best)
    best_return = jnp.where(better, memory.average_episode_return, learner_state.best_average_episode_return)
    return (sample_weights(key, best), best), LearnerState(learner_state.count + 1, best_return)
# %% wrong: the results in the wrong order | says: RandomPolicySearchParams
def rps_learn(key, params, learner_state, memory):
    better = memory.average_episode_return > learner_state.best_average_episode_return
    best = jnp.where(better, params.current, params.best)
    best_return = jnp.where(better, memory.average_episode_return, learner_state.best_average_episode_return)
    return LearnerState(learner_state.count + 1, best_return), RandomPolicySearchParams(sample_weights(key, best), best)
# %% wrong: only the params | says: two things
def rps_learn(key, params, learner_state, memory):
    better = memory.average_episode_return > learner_state.best_average_episode_return
    best = jnp.where(better, params.current, params.best)
    return [RandomPolicySearchParams(sample_weights(key, best), best)]
# %% wrong: a record of -inf counts as nothing yet: 0 | says: minus infinity
def rps_learn(key, params, learner_state, memory):
    record = jnp.maximum(learner_state.best_average_episode_return, 0.0)
    better = memory.average_episode_return > record
    best = jnp.where(better, params.current, params.best)
    record = jnp.where(better, memory.average_episode_return, record)
    return RandomPolicySearchParams(sample_weights(key, best), best), LearnerState(learner_state.count + 1, record)
# %% wrong: multiplies -inf by zero | says: 0 times infinity
def rps_learn(key, params, learner_state, memory):
    average, record = memory.average_episode_return, learner_state.best_average_episode_return
    better = (average > record).astype(jnp.float32)
    best = better * params.current + (1 - better) * params.best
    record = better * average + (1 - better) * record
    return RandomPolicySearchParams(sample_weights(key, best), best), LearnerState(learner_state.count + 1, record)
# %% wrong: a normal draw of its own | says: as before: with sample_weights
def rps_learn(key, params, learner_state, memory):
    better = memory.average_episode_return > learner_state.best_average_episode_return
    best = jnp.where(better, params.current, params.best)
    best_return = jnp.where(better, memory.average_episode_return, learner_state.best_average_episode_return)
    new = jax.random.normal(key, best.shape)
    return RandomPolicySearchParams(new, best), LearnerState(learner_state.count + 1, best_return)
# %% wrong: an average between old and new return | says: average of old and new
def rps_learn(key, params, learner_state, memory):
    better = memory.average_episode_return > learner_state.best_average_episode_return
    best = jnp.where(better, params.current, params.best)
    best_return = 0.5 * (memory.average_episode_return + learner_state.best_average_episode_return)
    best_return = jnp.where(better, best_return, learner_state.best_average_episode_return)
    return RandomPolicySearchParams(sample_weights(key, best), best), LearnerState(learner_state.count + 1, best_return)
# %% wrong: new weights with NumPy | says: same key gave different
def rps_learn(key, params, learner_state, memory):
    better = memory.average_episode_return > learner_state.best_average_episode_return
    best = jnp.where(better, params.current, params.best)
    best_return = jnp.where(better, memory.average_episode_return, learner_state.best_average_episode_return)
    new = jnp.asarray(np.random.uniform(-2.0, 2.0, best.shape), jnp.float32)
    return RandomPolicySearchParams(new, best), LearnerState(learner_state.count + 1, best_return)


# %% right: lax.cond over whole tuples
def rps_learn(key, params, learner_state, memory):
    fresh = sample_weights(jax.random.fold_in(key, learner_state.count), params.current)
    g = jnp.asarray(memory.average_episode_return, float)
    b = jnp.asarray(learner_state.best_average_episode_return, float)

    def win(p, s):
        return p._replace(best=p.current), s._replace(best_average_episode_return=g)

    def lose(p, s):
        return p, s._replace(best_average_episode_return=b)

    p, s = jax.lax.cond(
        g > b,
        win,
        lose,
        jax.tree.map(jnp.asarray, params),
        jax.tree.map(jnp.asarray, learner_state._replace(best_average_episode_return=b)),
    )
    return p._replace(current=fresh), s._replace(count=s.count + 1)


# %% right: the sign of the difference
def rps_learn(key, params, learner_state, memory):
    d = jnp.sign(memory.average_episode_return - learner_state.best_average_episode_return)
    best = jnp.where(d == 1, params.current, params.best)
    return RandomPolicySearchParams(sample_weights(key, params.current), best), LearnerState(
        learner_state.count + 1,
        jnp.where(d == 1, memory.average_episode_return, learner_state.best_average_episode_return),
    )


# %% wrong: a record must be beaten by a tenth | says: if only just
def rps_learn(key, params, learner_state, memory):
    g = memory.average_episode_return
    better = g > learner_state.best_average_episode_return + 0.1
    return RandomPolicySearchParams(
        sample_weights(key, params.current), jnp.where(better, params.current, params.best)
    ), LearnerState(learner_state.count + 1, jnp.where(better, g, learner_state.best_average_episode_return))


# %% wrong: steps away from the best, clipped | says: same number
def rps_learn(key, params, learner_state, memory):
    g = memory.average_episode_return
    better = g > learner_state.best_average_episode_return
    best = jnp.where(better, params.current, params.best)
    return RandomPolicySearchParams(
        jnp.clip(best + 0.3 * sample_weights(key, params.current), -2, 2), best
    ), LearnerState(learner_state.count + 1, jnp.where(better, g, learner_state.best_average_episode_return))
