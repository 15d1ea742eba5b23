# %% right: a scan
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    delta = td_error(reward, terminated, value, next_value, gamma)
    over = jnp.maximum(jnp.asarray(terminated, float), jnp.asarray(truncated, float))

    def back(later, x):
        d, o = x
        now = d + gamma * lam * (1 - o) * later
        return now, now

    return jax.lax.scan(back, 0.0, (delta, over), reverse=True)[1]

# %% right: a Python loop and a stack
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    advantages, later = [], 0.0
    for t in reversed(range(len(reward))):
        over = jnp.logical_or(terminated[t], truncated[t])
        later = td_error(reward[t], terminated[t], value[t], next_value[t], gamma) + jnp.where(over, 0.0, gamma * lam * later)
        advantages.append(later)
    return jnp.stack(advantages[::-1])

# %% right: fills a JAX array
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    T = reward.shape[0]
    out = jnp.zeros(T + 1)
    for t in range(T - 1, -1, -1):
        go_on = (1.0 - terminated[t]) * (1.0 - truncated[t])
        delta = reward[t] + gamma * (1.0 - terminated[t]) * next_value[t] - value[t]
        out = out.at[t].set(delta + gamma * lam * go_on * out[t + 1])
    return out[:-1]

# %% right: a fori_loop
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    delta = jnp.asarray(td_error(reward, terminated, value, next_value, gamma), jnp.float32)
    fade = gamma * lam * jnp.where((jnp.asarray(terminated) + jnp.asarray(truncated, jnp.float32)) > 0, 0.0, 1.0)
    T = delta.shape[0]

    def body(i, out):
        t = T - 1 - i
        return out.at[t].set(delta[t] + fade[t] * out[t + 1])

    return jax.lax.fori_loop(0, T, body, jnp.zeros(T + 1, jnp.float32))[:T]

# %% right: an associative scan
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    delta = td_error(reward, terminated, value, next_value, gamma)
    fade = gamma * lam * (1.0 - terminated) * (1.0 - truncated)

    def combine(later, earlier):
        return later[0] * earlier[0], earlier[1] + earlier[0] * later[1]

    return jax.lax.associative_scan(combine, (fade, delta), reverse=True)[1]

# %% right: a matrix
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    delta = td_error(reward, terminated, value, next_value, gamma)
    T = delta.shape[0]
    over = jnp.where(jnp.asarray(terminated).astype(bool) | jnp.asarray(truncated).astype(bool), 1, 0)
    episode = jnp.cumsum(over) - over
    ahead = jnp.arange(T)[None, :] - jnp.arange(T)[:, None]
    same = (episode[None, :] == episode[:, None]) & (ahead >= 0)
    weights = jnp.where(same, jnp.power(jnp.asarray(gamma * lam, jnp.float32), jnp.where(same, ahead, 0)), 0.0)
    return weights @ delta

# %% right: value[t + 1] inside an episode, next_value at its end
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    over = jnp.logical_or(jnp.asarray(terminated), jnp.asarray(truncated))
    shifted = jnp.concatenate([jnp.asarray(value)[1:], jnp.asarray(next_value)[-1:]])
    following = jnp.where(over, next_value, shifted)
    delta = reward + gamma * jnp.where(jnp.asarray(terminated) > 0, 0.0, following) - value
    _, out = jax.lax.scan(lambda a, x: (x[0] + gamma * lam * jnp.where(x[1], 0.0, a),) * 2, 0.0, (delta, over), reverse=True)
    return out

# %% right: lambda-returns minus values, jitted
@jax.jit
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    def back(later, x):
        r, nv, end, cut = x
        bootstrap = jnp.where(end > 0, 0.0, nv)
        mixed = jnp.where(end > 0, 0.0, jnp.where(cut > 0, nv, (1 - lam) * nv + lam * later))
        g = r + gamma * mixed
        return g, g
    flags = jnp.asarray(terminated, jnp.float32), jnp.asarray(truncated, jnp.float32)
    _, returns = jax.lax.scan(back, jnp.float32(next_value[-1]), (jnp.asarray(reward, jnp.float32), jnp.asarray(next_value, jnp.float32), *flags), reverse=True)
    return returns - value

# %% right: td_error through vmap
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    deltas = jax.vmap(td_error, in_axes=(0, 0, 0, 0, None))(reward, terminated, value, next_value, gamma)
    flipped = jnp.flip(deltas), jnp.flip(jnp.maximum(1.0 * terminated, 1.0 * truncated))
    def body(carry, x):
        carry = x[0] + gamma * lam * (1.0 - x[1]) * carry
        return carry, carry
    return jnp.flip(jax.lax.scan(body, jnp.zeros_like(deltas[0]), flipped)[1])

# %% wrong: truncated treated as terminated | says: truncated step lost its future
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    done = jnp.maximum(1.0 * terminated, 1.0 * truncated)
    delta = td_error(reward, done, value, next_value, gamma)
    return jax.lax.scan(lambda a, x: (x[0] + gamma * lam * (1 - x[1]) * a,) * 2, 0.0, (delta, done), reverse=True)[1]

# %% wrong: cut at terminated only | says: went on into the next episode
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    delta = td_error(reward, terminated, value, next_value, gamma)
    return jax.lax.scan(lambda a, x: (x[0] + gamma * lam * (1 - x[1]) * a,) * 2, 0.0, (delta, terminated), reverse=True)[1]

# %% wrong: cut at truncated only | says: After the terminated step the sum went on
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    delta = td_error(reward, terminated, value, next_value, gamma)
    return jax.lax.scan(lambda a, x: (x[0] + gamma * lam * (1 - x[1]) * a,) * 2, 0.0, (delta, truncated), reverse=True)[1]

# %% wrong: never cut | says: the sum is never cut
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    delta = td_error(reward, terminated, value, next_value, gamma)
    return jax.lax.scan(lambda a, d: (d + gamma * lam * a,) * 2, 0.0, delta, reverse=True)[1]

# %% wrong: value[t + 1], nothing after the last row | says: value[t + 1]
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    later, out = 0.0, []
    for t in reversed(range(len(reward))):
        following = value[t + 1] if t + 1 < len(reward) else 0.0
        over = jnp.maximum(1.0 * terminated[t], 1.0 * truncated[t])
        delta = reward[t] + gamma * (1.0 - over) * following - value[t]
        later = delta + gamma * lam * (1.0 - over) * later
        out.append(later)
    return jnp.stack(out[::-1])

# %% wrong: value[t + 1], next_value for the last row | says: belongs to the next episode
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    following = jnp.append(value[1:], next_value[-1])
    delta = td_error(reward, terminated, value, following, gamma)
    over = jnp.maximum(1.0 * terminated, 1.0 * truncated)
    return jax.lax.scan(lambda a, x: (x[0] + gamma * lam * (1 - x[1]) * a,) * 2, 0.0, (delta, over), reverse=True)[1]

# %% wrong: no lambda | says: `lam` was never used
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    delta = td_error(reward, terminated, value, next_value, gamma)
    over = jnp.maximum(1.0 * terminated, 1.0 * truncated)
    return jax.lax.scan(lambda a, x: (x[0] + gamma * (1 - x[1]) * a,) * 2, 0.0, (delta, over), reverse=True)[1]

# %% wrong: no gamma in the sum | says: `gamma` is missing
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    delta = td_error(reward, terminated, value, next_value, gamma)
    over = jnp.maximum(1.0 * terminated, 1.0 * truncated)
    return jax.lax.scan(lambda a, x: (x[0] + lam * (1 - x[1]) * a,) * 2, 0.0, (delta, over), reverse=True)[1]

# %% wrong: only TD errors | says: those are the TD errors
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    return td_error(reward, terminated, value, next_value, gamma)

# %% wrong: the critic's targets | says: critic's targets
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    delta = td_error(reward, terminated, value, next_value, gamma)
    over = jnp.maximum(1.0 * terminated, 1.0 * truncated)
    return value + jax.lax.scan(lambda a, x: (x[0] + gamma * lam * (1 - x[1]) * a,) * 2, 0.0, (delta, over), reverse=True)[1]

# %% wrong: forwards | says: walked forwards
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    delta = td_error(reward, terminated, value, next_value, gamma)
    over = jnp.maximum(1.0 * terminated, 1.0 * truncated)
    return jax.lax.scan(lambda a, x: (x[0] + gamma * lam * (1 - x[1]) * a,) * 2, 0.0, (delta, over))[1]

# %% wrong: not turned round | says: order is reversed
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    out, later = [], 0.0
    for t in reversed(range(len(reward))):
        over = jnp.maximum(1.0 * terminated[t], 1.0 * truncated[t])
        later = td_error(reward[t], terminated[t], value[t], next_value[t], gamma) + gamma * lam * (1 - over) * later
        out.append(later)
    return jnp.stack(out)

# %% wrong: cut one row off | says: too early
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    delta = td_error(reward, terminated, value, next_value, gamma)
    over = jnp.maximum(1.0 * terminated, 1.0 * truncated)
    over = jnp.append(over[1:], 0.0)
    return jax.lax.scan(lambda a, x: (x[0] + gamma * lam * (1 - x[1]) * a,) * 2, 0.0, (delta, over), reverse=True)[1]

# %% wrong: terminated keeps its future | says: still counts on the future
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    delta = reward + gamma * next_value - value
    over = jnp.maximum(1.0 * terminated, 1.0 * truncated)
    return jax.lax.scan(lambda a, x: (x[0] + gamma * lam * (1 - x[1]) * a,) * 2, 0.0, (delta, over), reverse=True)[1]

# %% wrong: the last row without a future | says: last row lost its future
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    delta = td_error(reward, terminated, value, next_value, gamma)
    delta = jnp.asarray(delta).at[-1].set(reward[-1] - value[-1])
    over = jnp.maximum(1.0 * terminated, 1.0 * truncated)
    return jax.lax.scan(lambda a, x: (x[0] + gamma * lam * (1 - x[1]) * a,) * 2, 0.0, (delta, over), reverse=True)[1]

# %% wrong: the flags swapped | says: flags are swapped
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    delta = td_error(reward, truncated, value, next_value, gamma)
    over = jnp.maximum(1.0 * terminated, 1.0 * truncated)
    return jax.lax.scan(lambda a, x: (x[0] + gamma * lam * (1 - x[1]) * a,) * 2, 0.0, (delta, over), reverse=True)[1]

# %% wrong: rewards in place of TD errors | says: sums of rewards
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    over = jnp.maximum(1.0 * terminated, 1.0 * truncated)
    return jax.lax.scan(lambda a, x: (x[0] + gamma * lam * (1 - x[1]) * a,) * 2, 0.0, (reward, over), reverse=True)[1]

# %% wrong: standardised | says: standardised
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    delta = td_error(reward, terminated, value, next_value, gamma)
    over = jnp.maximum(1.0 * terminated, 1.0 * truncated)
    return standardize(jax.lax.scan(lambda a, x: (x[0] + gamma * lam * (1 - x[1]) * a,) * 2, 0.0, (delta, over), reverse=True)[1])

# %% wrong: flags added up | says: added up to 2
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    delta = td_error(reward, terminated, value, next_value, gamma)
    over = 1.0 * terminated + 1.0 * truncated
    return jax.lax.scan(lambda a, x: (x[0] + gamma * lam * (1 - x[1]) * a,) * 2, 0.0, (delta, over), reverse=True)[1]

# %% wrong: the whole advantage is cut | says: whole advantage became 0
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    delta = td_error(reward, terminated, value, next_value, gamma)
    over = jnp.maximum(1.0 * terminated, 1.0 * truncated)
    return jax.lax.scan(lambda a, x: ((1 - x[1]) * (x[0] + gamma * lam * a),) * 2, 0.0, (delta, over), reverse=True)[1]

# %% wrong: a NumPy array under jit | says: jax
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    out, later = np.zeros(len(reward)), 0.0
    for t in reversed(range(len(reward))):
        over = max(float(terminated[t]), float(truncated[t]))
        later = td_error(reward[t], terminated[t], value[t], next_value[t], gamma) + gamma * lam * (1 - over) * later
        out[t] = later
    return out

# %% wrong: an if | says: jnp.where
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    out, later = [], 0.0
    for t in reversed(range(len(reward))):
        if terminated[t] or truncated[t]:
            later = 0.0
        later = td_error(reward[t], terminated[t], value[t], next_value[t], gamma) + gamma * lam * later
        out.append(later)
    return jnp.stack(out[::-1])

# %% wrong: a list | says: returned a list
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    out, later = [], 0.0
    for t in reversed(range(len(reward))):
        over = jnp.maximum(1.0 * terminated[t], 1.0 * truncated[t])
        later = td_error(reward[t], terminated[t], value[t], next_value[t], gamma) + gamma * lam * (1 - over) * later
        out.append(later)
    return out[::-1]

# %% wrong: writes into its input | says: modified
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    delta = td_error(reward, terminated, value, next_value, gamma)
    over = jnp.maximum(1.0 * terminated, 1.0 * truncated)
    out = jax.lax.scan(lambda a, x: (x[0] + gamma * lam * (1 - x[1]) * a,) * 2, 0.0, (delta, over), reverse=True)[1]
    if isinstance(reward, np.ndarray):
        reward[:] = np.asarray(out)
    return out

# %% wrong: constants in place of gamma and lambda | says: whatever comes in
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    delta = td_error(reward, terminated, value, next_value, 0.99)
    over = jnp.maximum(1.0 * terminated, 1.0 * truncated)
    return jax.lax.scan(lambda a, x: (x[0] + 0.99 * 0.95 * (1 - x[1]) * a,) * 2, 0.0, (delta, over), reverse=True)[1]

# %% wrong: the flags added | says: The two flags added up to 2
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    delta = td_error(reward, terminated, value, next_value, gamma)
    over = terminated + truncated
    return jax.lax.scan(lambda a, x: (x[0] + gamma * lam * (1.0 - x[1]) * a,) * 2, 0.0, (delta, over), reverse=True)[1]

# %% wrong: all that the scan returns | says: returned two things, as a scan does
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    delta = td_error(reward, terminated, value, next_value, gamma)
    go_on = (1.0 - terminated) * (1.0 - truncated)
    return jax.lax.scan(lambda a, x: (x[0] + gamma * lam * x[1] * a,) * 2, 0.0, (delta, go_on), reverse=True)

# %% wrong: a scan's function that gives one thing | says: return new_carry, output
def gae(reward, value, next_value, terminated, truncated, gamma, lam):
    delta = td_error(reward, terminated, value, next_value, gamma)
    go_on = (1.0 - terminated) * (1.0 - truncated)
    return jax.lax.scan(lambda a, x: x[0] + gamma * lam * x[1] * a, 0.0, (delta, go_on), reverse=True)[1]
