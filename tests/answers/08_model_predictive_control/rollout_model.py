# %% right: a Python loop
def rollout_model(predict_next, obs, actions):
    predicted = []
    for action in actions:
        obs = predict_next(obs, action)
        predicted.append(obs)
    return jnp.stack(predicted)

# %% right: indices and an array to fill
def rollout_model(predict_next, obs, actions):
    out = jnp.zeros((actions.shape[0], obs.shape[0]))
    for t in range(len(actions)):
        obs = predict_next(obs, actions[t])
        out = out.at[t].set(obs)
    return out

# %% right: fori_loop
def rollout_model(predict_next, obs, actions):
    H = len(actions)
    actions = jnp.asarray(actions)
    states = jnp.concatenate([jnp.asarray(obs)[None], jnp.zeros((H, len(obs)))])
    body = lambda t, s: s.at[t + 1].set(predict_next(s[t], actions[t]))
    return jax.lax.fori_loop(0, H, body, states)[1:]

# %% right: scan that collects the old ones too
def rollout_model(predict_next, obs, actions):
    def f(s, a):
        return predict_next(s, a), s
    last, before = jax.lax.scan(f, jnp.asarray(obs), actions)
    return jnp.concatenate([before[1:], last[None]])

# %% right: recursion
def rollout_model(predict_next, obs, actions):
    first = predict_next(obs, actions[0])
    if len(actions) == 1:
        return first[None]
    return jnp.concatenate([first[None], rollout_model(predict_next, first, actions[1:])])

# %% right: compiled with the function static, and prints
@functools.partial(jax.jit, static_argnums=0)
def rollout_model(predict_next, obs, actions):
    print("tracing")
    step = lambda s, a: (predict_next(s, a),) * 2
    return jax.lax.scan(step, obs, actions)[1]

# %% wrong: starts with obs | says: starts with obs itself
def rollout_model(predict_next, obs, actions):
    def f(s, a):
        return predict_next(s, a), s
    return jax.lax.scan(f, obs, actions)[1]

# %% wrong: obs and everything after | says: leave the start out
def rollout_model(predict_next, obs, actions):
    out = [jnp.asarray(obs)]
    for action in actions:
        out.append(predict_next(out[-1], action))
    return jnp.stack(out)

# %% wrong: adds the state, as in the source | says: do not
def rollout_model(predict_next, obs, actions):
    def f(s, a):
        s = s + predict_next(s, a)
        return s, s
    return jax.lax.scan(f, obs, actions)[1]

# %% wrong: every step from the start | says: every step starts from obs
def rollout_model(predict_next, obs, actions):
    return jax.vmap(lambda a: predict_next(obs, a))(actions)

# %% wrong: the first action only | says: takes the first action
def rollout_model(predict_next, obs, actions):
    out = []
    for t in range(len(actions)):
        obs = predict_next(obs, actions[0])
        out.append(obs)
    return jnp.stack(out)

# %% wrong: only the last | says: only the last observation
def rollout_model(predict_next, obs, actions):
    for action in actions:
        obs = predict_next(obs, action)
    return obs

# %% wrong: a list | says: list
def rollout_model(predict_next, obs, actions):
    out = []
    for action in actions:
        obs = predict_next(obs, action)
        out.append(obs)
    return out

# %% wrong: the last action is missing | says: the last action is missing
def rollout_model(predict_next, obs, actions):
    out = []
    for t in range(max(len(actions) - 1, 1)):
        obs = predict_next(obs, actions[t])
        out.append(obs)
    return jnp.stack(out)

# %% wrong: reversed actions | says: reverse order
def rollout_model(predict_next, obs, actions):
    f = lambda s, a: (predict_next(s, a),) * 2
    return jax.lax.scan(f, obs, actions[::-1])[1]

# %% wrong: scan in reverse | says: rollout_model
def rollout_model(predict_next, obs, actions):
    f = lambda s, a: (predict_next(s, a),) * 2
    return jax.lax.scan(f, obs, actions, reverse=True)[1]

# %% wrong: returns the pair of scan | says: tuple
def rollout_model(predict_next, obs, actions):
    f = lambda s, a: (predict_next(s, a),) * 2
    return jax.lax.scan(f, obs, actions)

# %% wrong: the changes | says: those are the changes
def rollout_model(predict_next, obs, actions):
    def f(s, a):
        new = predict_next(s, a)
        return new, new - s
    return jax.lax.scan(f, obs, actions)[1]

# %% wrong: fills a NumPy array | says: jax.numpy
def rollout_model(predict_next, obs, actions):
    out = np.zeros((len(actions), len(obs)))
    for t, action in enumerate(actions):
        obs = predict_next(obs, action)
        out[t] = obs
    return out

# %% wrong: observations of two numbers only | says: any number of entries
def rollout_model(predict_next, obs, actions):
    out = jnp.zeros((len(actions), 2))
    for t in range(len(actions)):
        obs = predict_next(obs, actions[t])
        out = out.at[t].set(obs[:2])
    return out

# %% wrong: takes the action's first number only | says: only the first entry
def rollout_model(predict_next, obs, actions):
    f = lambda s, a: (predict_next(s, a[:1]),) * 2
    return jax.lax.scan(f, obs, actions)[1]

# %% wrong: clips the actions | says: not clipped
def rollout_model(predict_next, obs, actions):
    f = lambda s, a: (predict_next(s, jnp.where(jnp.abs(a) > 5, 5.0, jnp.clip(a, -1.5, 5))),) * 2
    return jax.lax.scan(f, obs, actions)[1]
# %% wrong: twenty steps at most | says: more than 20
def rollout_model(predict_next, obs, actions):
    predicted = []
    for action in actions[:20]:
        obs = predict_next(obs, action)
        predicted.append(obs)
    return jnp.stack(predicted)
# %% wrong: half precision | says: float16
def rollout_model(predict_next, obs, actions):
    predicted = jnp.zeros((len(actions), len(obs)), jnp.float16)
    for t in range(len(actions)):
        obs = predict_next(obs, actions[t])
        predicted = predicted.at[t].set(obs.astype(jnp.float16))
    return predicted
