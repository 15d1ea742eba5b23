# %% right: one minus terminated
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    new = np.array(q)
    target = r + gamma * (1.0 - terminated) * q[s_next, a_next]
    new[s, a] = q[s, a] + alpha * (target - q[s, a])
    return new

# %% right: JAX
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    q = jnp.asarray(q)
    target = r + gamma * jnp.where(terminated, 0.0, q[s_next, a_next])
    return q.at[s, a].add(alpha * (target - q[s, a]))

# %% right: JAX, compiled
@jax.jit
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    future = jax.lax.select(jnp.asarray(terminated, bool), 0.0, jnp.asarray(q)[s_next, a_next].astype(float))
    return jnp.asarray(q).at[s, a].set((1 - alpha) * q[s, a] + alpha * (r + gamma * future))

# %% right: mixes old value and target
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    target = r
    if not terminated:
        target += gamma * q[s_next][a_next]
    result = q.astype(float)
    result[s, a] = (1 - alpha) * result[s, a] + alpha * target
    return result

# %% right: adds a table that is zero but for one entry
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    step = np.zeros(q.shape)
    best_next = 0.0 if terminated else q[s_next, a_next]
    step[s, a] = alpha * (r + gamma * best_next - q[s, a])
    return q + step

# %% right: deep copy and a print
import copy
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    print("updating", s, a)
    table = copy.deepcopy(q)
    delta = r - table[s][a]
    if terminated == 0:
        delta += gamma * q[s_next].item(a_next)
    table[s][a] += alpha * delta
    return table

# %% right: where with a mask
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    mask = (np.arange(q.shape[0])[:, None] == s) & (np.arange(q.shape[1]) == a)
    target = r + gamma * q[s_next, a_next] * (not terminated)
    return np.where(mask, q + alpha * (target - q), q)

# %% wrong: writes into the old table | says: modified
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    target = r if terminated else r + gamma * q[s_next, a_next]
    q[s, a] += alpha * (target - q[s, a])
    return q

# %% wrong: a second name is not a copy | says: modified
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    target = r if terminated else r + gamma * q[s_next, a_next]
    new_q = q
    new_q[s, a] += alpha * (target - q[s, a])
    return new_q

# %% wrong: a slice is not a copy either | says: modified
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    target = r if terminated else r + gamma * q[s_next, a_next]
    new_q = q[:]
    new_q[s, a] += alpha * (target - q[s, a])
    return new_q

# %% wrong: forgets terminated | says: this step terminated
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    new_q = q.copy()
    new_q[s, a] += alpha * (r + gamma * q[s_next, a_next] - q[s, a])
    return new_q

# %% wrong: terminated the wrong way round | says: has not terminated here
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    new_q = q.copy()
    new_q[s, a] += alpha * (r + terminated * gamma * q[s_next, a_next] - q[s, a])
    return new_q

# %% wrong: no gamma | says: gamma was never used
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    new_q = q.copy()
    new_q[s, a] += alpha * (r + (0 if terminated else q[s_next, a_next]) - q[s, a])
    return new_q

# %% wrong: no alpha | says: the fraction alpha
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    new_q = q.copy()
    new_q[s, a] = r + (0 if terminated else gamma * q[s_next, a_next])
    return new_q

# %% wrong: alpha and 1 - alpha swapped | says: wrong side
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    new_q = q.copy()
    new_q[s, a] = alpha * q[s, a] + (1 - alpha) * (r + (0 if terminated else gamma * q[s_next, a_next]))
    return new_q

# %% wrong: away from the target | says: away from the target
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    new_q = q.copy()
    new_q[s, a] -= alpha * (r + (0 if terminated else gamma * q[s_next, a_next]) - q[s, a])
    return new_q

# %% wrong: forgets to subtract the old value | says: belongs in the TD error
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    new_q = q.copy()
    new_q[s, a] += alpha * (r + (0 if terminated else gamma * q[s_next, a_next]))
    return new_q

# %% wrong: only the entry | says: shape
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    return q[s, a] + alpha * (r + (0 if terminated else gamma * q[s_next, a_next]) - q[s, a])

# %% wrong: discounts the reward | says: the reward is paid now
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    new_q = q.copy()
    new_q[s, a] += alpha * ((r if terminated else gamma * (r + q[s_next, a_next])) - q[s, a])
    return new_q

# %% wrong: nothing learned from the last step | says: worth learning from
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    new_q = q.copy()
    if not terminated:
        new_q[s, a] += alpha * (r + gamma * q[s_next, a_next] - q[s, a])
    return new_q

# %% wrong: target 0 after the end | says: is r, not 0
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    new_q = q.copy()
    new_q[s, a] += alpha * ((0.0 if terminated else r + gamma * q[s_next, a_next]) - q[s, a])
    return new_q

# %% wrong: the whole row moves | says: only q[0, 2]
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    new_q = q.copy()
    new_q[s] += alpha * (r + (0 if terminated else gamma * q[s_next, a_next]) - q[s])
    return new_q

# %% wrong: asks whether terminated is True, so 1.0 is not | says: 1.0 means the same
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    new_q = q.copy()
    new_q[s, a] += alpha * (r + (0 if terminated is True else gamma * q[s_next, a_next]) - q[s, a])
    return new_q

# %% wrong: bitwise not | says: this step terminated
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    new_q = q.copy()
    new_q[s, a] += alpha * (r + (gamma * q[s_next, a_next] if ~int(terminated) else 0) - q[s, a])
    return new_q

# %% wrong: hands the old table back when there is nothing to learn | says: alpha = 0
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    if alpha == 0:
        return q
    new_q = q.copy()
    new_q[s, a] += alpha * (r + (0 if terminated else gamma * q[s_next, a_next]) - q[s, a])
    return new_q

# %% wrong: cuts the table to integers | says: dtype float
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    new_q = q.astype(int)
    new_q[s, a] = q[s, a] + alpha * (r + (0 if terminated else gamma * q[s_next, a_next]) - q[s, a])
    return new_q

# %% wrong: terminated only if the next state is the last one | says: like any other
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    new_q = q.copy()
    new_q[s, a] += alpha * (r + (0 if s_next == len(q) - 1 else gamma * q[s_next, a_next]) - q[s, a])
    return new_q

# %% wrong: looks the next value up after the update | says: after the entry had changed
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    new_q = q.copy()
    new_q[s, a] = (1 - alpha) * q[s, a] + alpha * r
    if not terminated:
        new_q[s, a] += alpha * gamma * new_q[s_next, a_next]
    return new_q

# %% wrong: a nested list | says: list
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    new_q = q.tolist()
    new_q[s][a] += alpha * (r + (0 if terminated else gamma * new_q[s_next][a_next]) - new_q[s][a])
    return new_q

# %% wrong: Q-learning | says: that is Q-learning
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    new_q = q.copy()
    new_q[s, a] += alpha * (r + (0 if terminated else gamma * np.max(q[s_next])) - q[s, a])
    return new_q

# %% wrong: the same action again | says: the same action again
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    new_q = q.copy()
    new_q[s, a] += alpha * (r + (0 if terminated else gamma * q[s_next, a]) - q[s, a])
    return new_q

# %% wrong: the next action in the old state | says: the future starts in s_next
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    new_q = q.copy()
    new_q[s, a] += alpha * (r + (0 if terminated else gamma * q[s, a_next]) - q[s, a])
    return new_q

# %% wrong: indices swapped | says: swapped
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    new_q = q.copy()
    new_q[s, a] += alpha * (r + (0 if terminated else gamma * q[a_next, s_next]) - q[s, a])
    return new_q

# %% wrong: Expected SARSA with random actions | says: mean over the next actions
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    new_q = q.copy()
    new_q[s, a] += alpha * (r + (0 if terminated else gamma * np.mean(q[s_next])) - q[s, a])
    return new_q

# %% wrong: updates the next pair | says: did too
def sarsa_update(q, s, a, r, s_next, a_next, terminated, alpha, gamma):
    new_q = q.copy()
    new_q[s_next, a_next] += alpha * (r + (0 if terminated else gamma * q[s_next, a_next]) - q[s, a])
    return new_q
