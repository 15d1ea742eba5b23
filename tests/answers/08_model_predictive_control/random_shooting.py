# %% right: loops and NumPy
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    low, high = np.asarray(low), np.asarray(high)
    plans = np.asarray(jax.random.uniform(key, (num_samples, horizon, len(low)))) * (high - low) + low
    best, best_return = None, -np.inf
    for plan in plans:
        state, total = obs, 0.0
        for t in range(horizon):
            total += gamma**t * reward_fn(state, plan[t])
            state = predict_next(state, plan[t])
        if total > best_return:
            best, best_return = plan, total
    return best[0], best_return

# %% right: vmap with its own loop
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    low, high = jnp.asarray(low), jnp.asarray(high)
    plans = low + (high - low) * jax.random.uniform(key, (num_samples, horizon, low.size))

    def score(plan):
        s, total = obs, 0.0
        for t in range(horizon):
            total = total + gamma**t * reward_fn(s, plan[t])
            s = predict_next(s, plan[t])
        return total

    scores = jax.vmap(score)(plans)
    i = int(jnp.argmax(scores))
    return plans[i][0], float(scores[i])

# %% right: a key for each sample
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    def one(k):
        plan = jax.random.uniform(k, (horizon, len(low)), minval=low, maxval=high)
        future = rollout_model(predict_next, obs, plan)
        states = jnp.vstack([jnp.asarray(obs)[None], future])[:-1]
        r = jax.vmap(reward_fn)(states, plan)
        return plan[0], jnp.dot(r, gamma ** jnp.arange(horizon))
    first, scores = jax.vmap(one)(jax.random.split(key, num_samples))
    best = jnp.argmax(scores)
    return first[best], scores[best]

# %% right: all samples in one scan
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    plans = jax.random.uniform(key, (horizon, num_samples, len(low)), minval=low, maxval=high)
    states = jnp.tile(jnp.asarray(obs), (num_samples, 1))
    def f(carry, xs):
        s, total, discount = carry
        total = total + discount * jax.vmap(reward_fn)(s, xs)
        return (jax.vmap(predict_next)(s, xs), total, discount * gamma), None
    start = (states, jnp.zeros(num_samples), jnp.float32(1.0))
    (_, total, _), _ = jax.lax.scan(f, start, plans)
    i = jnp.argmax(total)
    return plans[0, i], total[i]

# %% right: the first reward apart, the others on the rollout
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    key, draw = jax.random.split(key)
    plans = jax.random.uniform(draw, shape=(num_samples, horizon) + np.shape(low), minval=low, maxval=high)
    def score(plan):
        total = reward_fn(obs, plan[0])
        predicted = rollout_model(predict_next, obs, plan)
        for t in range(1, horizon):
            total += gamma**t * reward_fn(predicted[t - 1], plan[t])
        return total
    scores = jnp.array([score(plan) for plan in plans]) if num_samples < 5 else jax.vmap(score)(plans)
    order = jnp.argsort(scores)
    return plans[order[-1]][0], scores[order[-1]]

# %% right: compiled inside
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    @jax.jit
    def plan(key):
        a = jax.random.uniform(key, (num_samples, horizon, len(low)), minval=jnp.asarray(low), maxval=jnp.asarray(high))
        s = jax.vmap(lambda x: rollout_model(predict_next, obs, x))(a)
        s = jnp.concatenate([jnp.broadcast_to(jnp.asarray(obs), (num_samples, 1, len(obs))), s[:, :-1]], axis=1)
        r = jax.vmap(jax.vmap(reward_fn))(s, a)
        total = (r * jnp.power(gamma, jnp.arange(horizon))).sum(1)
        return a[total.argmax(), 0], total.max()
    return plan(key)

# %% right: a batch through rollout_model
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    plans = jax.random.uniform(key, (horizon, num_samples, len(low)), minval=low, maxval=high)
    start = jnp.tile(jnp.asarray(obs), (num_samples, 1))
    states = rollout_model(jax.vmap(predict_next), start, plans)
    states = jnp.concatenate([start[None], states[:-1]])
    rewards = jax.vmap(jax.vmap(reward_fn))(states, plans)
    total = sum(gamma**t * rewards[t] for t in range(horizon))
    return plans[0][jnp.argmax(total)], jnp.max(total)

# %% wrong: rewards for the observations after the actions | says: the first is for obs itself
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    plans = jax.random.uniform(key, (num_samples, horizon, len(low)), minval=low, maxval=high)
    def score(plan):
        r = jax.vmap(reward_fn)(rollout_model(predict_next, obs, plan), plan)
        return jnp.sum(gamma ** jnp.arange(horizon) * r)
    s = jax.vmap(score)(plans)
    return plans[jnp.argmax(s), 0], jnp.max(s)

# %% wrong: gamma unused | says: gamma was never used
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    plans = jax.random.uniform(key, (num_samples, horizon, len(low)), minval=low, maxval=high)
    def score(plan):
        states = jnp.concatenate([obs[None], rollout_model(predict_next, obs, plan)[:-1]])
        return jax.vmap(reward_fn)(states, plan).sum()
    s = jax.vmap(score)(plans)
    return plans[jnp.argmax(s), 0], jnp.max(s)

# %% wrong: discounts from the first step on | says: gamma^0
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    plans = jax.random.uniform(key, (num_samples, horizon, len(low)), minval=low, maxval=high)
    def score(plan):
        states = jnp.concatenate([obs[None], rollout_model(predict_next, obs, plan)[:-1]])
        return jnp.sum(gamma ** jnp.arange(1, horizon + 1) * jax.vmap(reward_fn)(states, plan))
    s = jax.vmap(score)(plans)
    return plans[jnp.argmax(s), 0], jnp.max(s)

# %% wrong: the worst sequence | says: Is it the worst one
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    plans = jax.random.uniform(key, (num_samples, horizon, len(low)), minval=low, maxval=high)
    def score(plan):
        states = jnp.concatenate([obs[None], rollout_model(predict_next, obs, plan)[:-1]])
        return jnp.sum(gamma ** jnp.arange(horizon) * jax.vmap(reward_fn)(states, plan))
    s = jax.vmap(score)(plans)
    return plans[jnp.argmin(s), 0], jnp.min(s)

# %% wrong: the last action | says: first action of the best sequence
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    plans = jax.random.uniform(key, (num_samples, horizon, len(low)), minval=low, maxval=high)
    def score(plan):
        states = jnp.concatenate([obs[None], rollout_model(predict_next, obs, plan)[:-1]])
        return jnp.sum(gamma ** jnp.arange(horizon) * jax.vmap(reward_fn)(states, plan))
    s = jax.vmap(score)(plans)
    return plans[jnp.argmax(s), -1], jnp.max(s)

# %% wrong: the whole sequence | says: only its first action
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    plans = jax.random.uniform(key, (num_samples, horizon, len(low)), minval=low, maxval=high)
    def score(plan):
        states = jnp.concatenate([obs[None], rollout_model(predict_next, obs, plan)[:-1]])
        return jnp.sum(gamma ** jnp.arange(horizon) * jax.vmap(reward_fn)(states, plan))
    s = jax.vmap(score)(plans)
    return plans[jnp.argmax(s)], jnp.max(s)

# %% wrong: one action repeated | says: repeats its first action
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    plans = jax.random.uniform(key, (num_samples, 1, len(low)), minval=low, maxval=high)
    plans = jnp.tile(plans, (1, horizon, 1))
    def score(plan):
        states = jnp.concatenate([obs[None], rollout_model(predict_next, obs, plan)[:-1]])
        return jnp.sum(gamma ** jnp.arange(horizon) * jax.vmap(reward_fn)(states, plan))
    s = jax.vmap(score)(plans)
    return plans[jnp.argmax(s), 0], jnp.max(s)

# %% wrong: one sequence for all samples | says: a draw of its own
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    plan = jax.random.uniform(key, (horizon, len(low)), minval=low, maxval=high)
    plans = jnp.tile(plan, (num_samples, 1, 1))
    def score(plan):
        states = jnp.concatenate([obs[None], rollout_model(predict_next, obs, plan)[:-1]])
        return jnp.sum(gamma ** jnp.arange(horizon) * jax.vmap(reward_fn)(states, plan))
    s = jax.vmap(score)(plans)
    return plans[jnp.argmax(s), 0], jnp.max(s)

# %% wrong: ignores the bounds | says: the first action
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    plans = jax.random.uniform(key, (num_samples, horizon, len(low)), minval=-1.0, maxval=1.0)
    def score(plan):
        states = jnp.concatenate([obs[None], rollout_model(predict_next, obs, plan)[:-1]])
        return jnp.sum(gamma ** jnp.arange(horizon) * jax.vmap(reward_fn)(states, plan))
    s = jax.vmap(score)(plans)
    return plans[jnp.argmax(s), 0], jnp.max(s)

# %% wrong: normal draws, clipped | says: middle half
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    low, high = jnp.asarray(low), jnp.asarray(high)
    plans = (low + high) / 2 + (high - low) / 4 * jax.random.normal(key, (num_samples, horizon, len(low)))
    plans = jnp.clip(plans, low, high)
    def score(plan):
        states = jnp.concatenate([obs[None], rollout_model(predict_next, obs, plan)[:-1]])
        return jnp.sum(gamma ** jnp.arange(horizon) * jax.vmap(reward_fn)(states, plan))
    s = jax.vmap(score)(plans)
    return plans[jnp.argmax(s), 0], jnp.max(s)

# %% wrong: the same draw for every dimension of the action | says: entries of an action are the same draw
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    u = jax.random.uniform(key, (num_samples, horizon, 1))
    plans = jnp.asarray(low) + u * (jnp.asarray(high) - jnp.asarray(low))
    def score(plan):
        states = jnp.concatenate([obs[None], rollout_model(predict_next, obs, plan)[:-1]])
        return jnp.sum(gamma ** jnp.arange(horizon) * jax.vmap(reward_fn)(states, plan))
    s = jax.vmap(score)(plans)
    return plans[jnp.argmax(s), 0], jnp.max(s)

# %% wrong: NumPy's shared dice | says: same key
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    plans = jnp.asarray(np.random.uniform(low, high, (num_samples, horizon, len(low))))
    def score(plan):
        states = jnp.concatenate([obs[None], rollout_model(predict_next, obs, plan)[:-1]])
        return jnp.sum(gamma ** jnp.arange(horizon) * jax.vmap(reward_fn)(states, plan))
    s = jax.vmap(score)(plans)
    return plans[jnp.argmax(s), 0], jnp.max(s)

# %% wrong: a key of its own | says: Different keys gave the same
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    plans = jax.random.uniform(jax.random.key(0), (num_samples, horizon, len(low)), minval=low, maxval=high)
    def score(plan):
        states = jnp.concatenate([obs[None], rollout_model(predict_next, obs, plan)[:-1]])
        return jnp.sum(gamma ** jnp.arange(horizon) * jax.vmap(reward_fn)(states, plan))
    s = jax.vmap(score)(plans)
    return plans[jnp.argmax(s), 0], jnp.max(s)

# %% wrong: the best single reward | says: last reward
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    plans = jax.random.uniform(key, (num_samples, horizon, len(low)), minval=low, maxval=high)
    def score(plan):
        states = jnp.concatenate([obs[None], rollout_model(predict_next, obs, plan)[:-1]])
        return jax.vmap(reward_fn)(states, plan)[-1]
    s = jax.vmap(score)(plans)
    return plans[jnp.argmax(s), 0], jnp.max(s)

# %% wrong: the mean reward | says: that is the mean
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    plans = jax.random.uniform(key, (num_samples, horizon, len(low)), minval=low, maxval=high)
    def score(plan):
        states = jnp.concatenate([obs[None], rollout_model(predict_next, obs, plan)[:-1]])
        return jnp.mean(gamma ** jnp.arange(horizon) * jax.vmap(reward_fn)(states, plan))
    s = jax.vmap(score)(plans)
    return plans[jnp.argmax(s), 0], jnp.max(s)

# %% wrong: rewards the end as well | says: one reward too many
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    plans = jax.random.uniform(key, (num_samples, horizon, len(low)), minval=low, maxval=high)
    def score(plan):
        states = jnp.concatenate([obs[None], rollout_model(predict_next, obs, plan)])
        r = jax.vmap(reward_fn)(states, jnp.concatenate([plan, plan[-1:]]))
        return jnp.sum(gamma ** jnp.arange(horizon + 1) * r)
    s = jax.vmap(score)(plans)
    return plans[jnp.argmax(s), 0], jnp.max(s)

# %% wrong: only the action | says: two things
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    plans = jax.random.uniform(key, (num_samples, horizon, len(low)), minval=low, maxval=high)
    def score(plan):
        states = jnp.concatenate([obs[None], rollout_model(predict_next, obs, plan)[:-1]])
        return jnp.sum(gamma ** jnp.arange(horizon) * jax.vmap(reward_fn)(states, plan))
    return plans[jnp.argmax(jax.vmap(score)(plans)), 0]

# %% wrong: one key for every step | says: repeats its first action
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    steps = [jax.random.uniform(key, (num_samples, len(low)), minval=low, maxval=high) for _ in range(horizon)]
    plans = jnp.stack(steps, axis=1)
    def score(plan):
        states = jnp.concatenate([obs[None], rollout_model(predict_next, obs, plan)[:-1]])
        return jnp.sum(gamma ** jnp.arange(horizon) * jax.vmap(reward_fn)(states, plan))
    s = jax.vmap(score)(plans)
    return plans[jnp.argmax(s), 0], jnp.max(s)

# %% wrong: picks the best by the undiscounted return | says: best discounted return
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    plans = jax.random.uniform(key, (num_samples, horizon, len(low)), minval=low, maxval=high)
    def rewards(plan):
        states = jnp.concatenate([obs[None], rollout_model(predict_next, obs, plan)[:-1]])
        return jax.vmap(reward_fn)(states, plan)
    r = jax.vmap(rewards)(plans)
    i = jnp.argmax(r.sum(1))
    return plans[i, 0], jnp.sum(gamma ** jnp.arange(horizon) * r[i])

# %% wrong: the best return, but of the action another sample's | says: first action of the best sequence
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    plans = jax.random.uniform(key, (num_samples, horizon, len(low)), minval=low, maxval=high)
    def score(plan):
        states = jnp.concatenate([obs[None], rollout_model(predict_next, obs, plan)[:-1]])
        return jnp.sum(gamma ** jnp.arange(horizon) * jax.vmap(reward_fn)(states, plan))
    s = jax.vmap(score)(plans)
    return plans[0, 0], jnp.max(s)

# %% wrong: half of the range | says: half of the range
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    u = jax.random.uniform(key, (num_samples, horizon, len(low))) ** 1.5
    plans = jnp.asarray(low) + u * (jnp.asarray(high) - jnp.asarray(low))
    def score(plan):
        states = jnp.concatenate([obs[None], rollout_model(predict_next, obs, plan)[:-1]])
        return jnp.sum(gamma ** jnp.arange(horizon) * jax.vmap(reward_fn)(states, plan))
    s = jax.vmap(score)(plans)
    return plans[jnp.argmax(s), 0], jnp.max(s)

# %% wrong: integers | says: not integers
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    u = jax.random.randint(key, (num_samples, horizon, len(low)), 0, 11) / 10
    plans = jnp.asarray(low) + u * (jnp.asarray(high) - jnp.asarray(low))
    def score(plan):
        states = jnp.concatenate([obs[None], rollout_model(predict_next, obs, plan)[:-1]])
        return jnp.sum(gamma ** jnp.arange(horizon) * jax.vmap(reward_fn)(states, plan))
    s = jax.vmap(score)(plans)
    return plans[jnp.argmax(s), 0], jnp.max(s)
# %% right: a loop over the samples, a rollout for each
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    sequences = jax.random.uniform(key, (num_samples, horizon, len(low)), minval=low, maxval=high)
    best_action, best_return = None, -np.inf
    for actions in sequences:
        predicted = rollout_model(predict_next, obs, actions)
        total = 0.0
        for t in range(horizon):
            total += gamma**t * float(reward_fn(predicted[t - 1] if t else obs, actions[t]))
        if total > best_return:
            best_action, best_return = actions[0], total
    return best_action, best_return
# %% right: compiles its own scorer, and loops over the samples
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    sequences = jax.random.uniform(key, (num_samples, horizon, len(low)), minval=low, maxval=high)

    @jax.jit
    def score(actions):
        before = jnp.vstack([obs, rollout_model(predict_next, obs, actions)])
        return sum(gamma**t * reward_fn(before[t], actions[t]) for t in range(horizon))

    returns = [float(score(actions)) for actions in sequences]
    best = int(np.argmax(returns))
    return sequences[best, 0], returns[best]
# %% wrong: modifies obs | says: obs was modified
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    sequences = jax.random.uniform(key, (num_samples, horizon, len(low)), minval=low, maxval=high)
    start, best_action, best_return = np.array(obs), None, -np.inf
    if not isinstance(obs, np.ndarray):
        obs = np.array(obs)
    for actions in np.asarray(sequences):
        obs[:], total = start, 0.0
        for t in range(horizon):
            total += gamma**t * float(reward_fn(obs, actions[t]))
            obs[:] = predict_next(obs, actions[t])
        if total > best_return:
            best_action, best_return = actions[0], total
    return best_action, best_return
# %% wrong: draws from a normal distribution, cut at two standard deviations | says: middle half
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    noise = jax.random.truncated_normal(key, -2.0, 2.0, (num_samples, horizon, len(low)))
    sequences = (low + high) / 2 + (high - low) / 4 * noise

    def score(actions):
        before = jnp.concatenate([jnp.asarray(obs)[None], rollout_model(predict_next, obs, actions)[:-1]])
        return jnp.sum(gamma ** jnp.arange(horizon) * jax.vmap(reward_fn)(before, actions))

    returns = jax.vmap(score)(sequences)
    return sequences[jnp.argmax(returns), 0], jnp.max(returns)
# %% wrong: never tries the first sequence
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    sequences = jax.random.uniform(key, (num_samples, horizon, len(low)), minval=low, maxval=high)

    def score(actions):
        before = jnp.concatenate([jnp.asarray(obs)[None], rollout_model(predict_next, obs, actions)[:-1]])
        return jnp.sum(gamma ** jnp.arange(horizon) * jax.vmap(reward_fn)(before, actions))

    returns = jax.vmap(score)(sequences)
    best = 0
    for i in range(1, num_samples):
        best = jnp.where((i == 1) | (returns[i] > returns[best]), i, best)
    return sequences[best, 0], returns[best]
# %% wrong: the second best
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    sequences = jax.random.uniform(key, (num_samples, horizon, len(low)), minval=low, maxval=high)

    def score(actions):
        before = jnp.concatenate([jnp.asarray(obs)[None], rollout_model(predict_next, obs, actions)[:-1]])
        return jnp.sum(gamma ** jnp.arange(horizon) * jax.vmap(reward_fn)(before, actions))

    returns = jax.vmap(score)(sequences)
    second = jnp.argsort(returns)[max(num_samples - 2, 0)]
    return sequences[second, 0], returns[second]
# %% wrong: one sample more than wanted
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    sequences = jax.random.uniform(key, (num_samples + 1, horizon, len(low)), minval=low, maxval=high)

    def score(actions):
        before = jnp.concatenate([jnp.asarray(obs)[None], rollout_model(predict_next, obs, actions)[:-1]])
        return jnp.sum(gamma ** jnp.arange(horizon) * jax.vmap(reward_fn)(before, actions))

    returns = jax.vmap(score)(sequences)
    return sequences[jnp.argmax(returns), 0], jnp.max(returns)
# %% wrong: starts its search from a return that is not low enough | says: has to start from
def random_shooting(key, predict_next, reward_fn, obs, horizon, num_samples, low, high, gamma=1.0):
    sequences = jax.random.uniform(key, (num_samples, horizon, len(low)), minval=low, maxval=high)

    def score(actions):
        before = jnp.concatenate([jnp.asarray(obs)[None], rollout_model(predict_next, obs, actions)[:-1]])
        return jnp.sum(gamma ** jnp.arange(horizon) * jax.vmap(reward_fn)(before, actions))

    best_action, best_return = sequences[0, 0], -10_000.0
    for actions, total in zip(sequences, jax.vmap(score)(sequences), strict=True):
        better = total > best_return
        best_action, best_return = jnp.where(better, actions[0], best_action), jnp.where(better, total, best_return)
    return best_action, best_return
