# %% right: while True and break
def run_episode(env, policy, seed=None):
    obs, info = env.reset(seed=seed)
    total = 0
    while True:
        action = policy(obs)
        obs, reward, terminated, truncated, info = env.step(action)
        total += reward
        if terminated or truncated:
            break
    return total

# %% right: two flags in the condition
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    terminated = truncated = False
    episode_return = 0.0
    while not terminated and not truncated:
        next_obs, reward, terminated, truncated, _ = env.step(policy(obs))
        episode_return += float(reward)
        obs = next_obs
    return episode_return

# %% right: a list of rewards and discounted_return
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    rewards, done = [], False
    while not done:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        rewards.append(reward)
        done = terminated | truncated
    return discounted_return(rewards, 1.0)

# %% right: asks the policy one step ahead, also at the end
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    action = policy(obs)
    total, done = 0.0, False
    while not done:
        obs, reward, terminated, truncated, _ = env.step(action)
        total += reward
        done = terminated or truncated
        action = policy(obs)
    return total

# %% right: resets without a seed when there is none
def run_episode(env, policy, seed=None):
    if seed is None:
        obs, _ = env.reset()
    else:
        obs, _ = env.reset(seed=seed)
    rewards = []
    while True:
        obs, reward, *flags, _ = env.step(policy(obs))
        rewards.append(reward)
        if any(flags):
            return np.sum(rewards)

# %% right: a JAX scalar
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    total = jnp.zeros(())
    over = False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        total = total + reward
        over = terminated or truncated
    return total

# %% right: a wrapper keeps the score, int actions, prints
def run_episode(env, policy, seed=None):
    env = gym.wrappers.RecordEpisodeStatistics(env)
    obs, _ = env.reset(seed=seed)
    while True:
        obs, _, terminated, truncated, info = env.step(int(policy(np.asarray(obs))))
        if terminated or truncated:
            print("done")
            return float(info["episode"]["r"])

# %% right: a generator of rewards
def run_episode(env, policy, seed=None):
    def rewards():
        obs, _ = env.reset(seed=seed)
        over = False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            yield reward
            over = terminated or truncated
    return float(sum(rewards()))

# %% wrong: ignores truncated | says: terminated or truncated
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    total, terminated = 0.0, False
    while not terminated:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        total += reward
    return total

# %% wrong: ignores terminated | says: terminated or truncated
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    total, truncated = 0.0, False
    while not truncated:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        total += reward
    return total

# %% wrong: waits for both | says: terminated or truncated
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    total, terminated, truncated = 0.0, False, False
    while not (terminated and truncated):
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        total += reward
    return total

# %% wrong: unpacks four values, as old gym had | says: env.step gives five
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    total, done = 0.0, False
    while not done:
        obs, reward, done, _ = env.step(policy(obs))
        total += reward
    return total

# %% wrong: reads the flags in the wrong order | says: terminated or truncated
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    total, done = 0.0, False
    while not done:
        obs, reward, _, done, _ = env.step(policy(obs))
        total += reward
    return total

# %% wrong: the last reward is lost | says: last reward
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    total = 0.0
    while True:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        if terminated or truncated:
            return total
        total += reward

# %% wrong: counts the steps | says: number of steps
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    steps, over = 0, False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        steps += 1
        over = terminated or truncated
    return float(steps)

# %% wrong: only the last reward | says: last reward alone
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    over = False
    while not over:
        obs, total, terminated, truncated, _ = env.step(policy(obs))
        over = terminated or truncated
    return total

# %% wrong: the mean | says: mean reward
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    rewards, over = [], False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        rewards.append(reward)
        over = terminated or truncated
    return float(np.mean(rewards))

# %% wrong: never looks at the new observation | says: first observation every time
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        next_obs, reward, terminated, truncated, _ = env.step(policy(obs))
        total += reward
        over = terminated or truncated
    return total

# %% wrong: chooses one action for the whole episode | says: first observation every time
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    action = policy(obs)
    total, over = 0.0, False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(action)
        total += reward
        over = terminated or truncated
    return total

# %% wrong: one observation late | says: latest observation
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    previous = obs
    total, over = 0.0, False
    while not over:
        action = policy(previous)
        previous = obs
        obs, reward, terminated, truncated, _ = env.step(action)
        total += reward
        over = terminated or truncated
    return total

# %% wrong: random actions | says: never asked the policy
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(env.action_space.sample())
        total += reward
        over = terminated or truncated
    return total

# %% wrong: forgets the seed | says: seed=0
def run_episode(env, policy, seed=None):
    obs, _ = env.reset()
    total, over = 0.0, False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        total += reward
        over = terminated or truncated
    return total

# %% wrong: takes seed 0 for none | says: seed=0
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed) if seed else env.reset()
    total, over = 0.0, False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        total += reward
        over = terminated or truncated
    return total

# %% wrong: always the same start | says: seed=None
def run_episode(env, policy, seed=0):
    obs, _ = env.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        total += reward
        over = terminated or truncated
    return total

# %% wrong: resets again at the end | says: called again
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        total += reward
        over = terminated or truncated
    env.reset()
    return total

# %% wrong: closes the environment | says: open
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        total += reward
        over = terminated or truncated
    env.close()
    return total

# %% wrong: makes an environment of its own | says: environment that it was given
def run_episode(env, policy, seed=None):
    env = gym.make("CartPole-v1")
    obs, _ = env.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(policy(obs) % 2)
        total += reward
        over = terminated or truncated
    return total

# %% wrong: keeps the whole answer of reset | says: obs alone
def run_episode(env, policy, seed=None):
    obs = env.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        total += reward
        over = terminated or truncated
    return total

# %% wrong: never resets | says: before env.reset
def run_episode(env, policy, seed=None):
    obs = np.zeros(2, np.float32)
    total, over = 0.0, False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        total += reward
        over = terminated or truncated
    return total

# %% wrong: at most 500 steps | says: left after 500
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    total = 0.0
    for _ in range(500):
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        total += reward
        if terminated or truncated:
            break
    return total

# %% wrong: discounted | says: without a discount
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    rewards, over = [], False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        rewards.append(reward)
        over = terminated or truncated
    return float(sum(0.99**t * r for t, r in enumerate(rewards)))

# %% wrong: discounted by the earlier exercise | says: without a discount
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    rewards, over = [], False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        rewards.append(reward)
        over = terminated or truncated
    return discounted_return(rewards, 0.99)

# %% wrong: actions made 0 or 1 | says: more than two actions
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(min(policy(obs), 1))
        total += reward
        over = terminated or truncated
    return total

# %% wrong: the list of rewards | says: it is a list
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    rewards, over = [], False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        rewards.append(reward)
        over = terminated or truncated
    return rewards

# %% wrong: return and length | says: it is a tuple
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    total, steps, over = 0.0, 0, False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        total, steps = total + reward, steps + 1
        over = terminated or truncated
    return total, steps

# %% wrong: no return | says: None
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        total += reward
        over = terminated or truncated

# %% wrong: returns after the first step | says: took 1
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        total += reward
        over = terminated or truncated
        return total

# %% wrong: its own policy instead of the given one | says: never asked the policy
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(int(np.sum(obs) > 0))
        total += reward
        over = terminated or truncated
    return total

# %% wrong: whole numbers only | says: fractions
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    total, over = 0, False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        total += int(reward)
        over = terminated or truncated
    return total

# %% wrong: two episodes | says: called again
def run_episode(env, policy, seed=None):
    total = 0.0
    for _ in range(2):
        obs, _ = env.reset(seed=seed)
        over = False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            total += reward
            over = terminated or truncated
    return total / 2

# %% right: the helper that records episodes
def run_episode(env, policy, seed=None):
    return record_episode(env, policy, seed).rewards.sum()

# %% right: numpy floats and an early return
def run_episode(env, policy, seed=None):
    obs = env.reset(seed=seed)[0]
    total = np.float64(0)
    while True:
        obs, reward, terminated, truncated = env.step(policy(obs))[:4]
        total = total + reward
        if terminated:
            return total
        if truncated:
            return total

# %% right: calls itself once a step
def run_episode(env, policy, seed=None):
    def rest(obs):
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        return float(reward) + (0.0 if terminated or truncated else rest(obs))
    return rest(env.reset(seed=seed)[0])

# %% right: helpers with underscores, renders on the way
def _policy(policy, obs):
    return policy(obs)
def _play(env, policy, obs):
    total = 0.0
    while True:
        obs, reward, terminated, truncated, _ = env.step(_policy(policy, obs))
        env.render()
        total += reward
        if terminated or truncated:
            return total
def run_episode(env, policy, seed=None):
    return _play(env, policy, env.reset(seed=seed)[0])

# %% right: discounted_return with a JAX 1
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    rewards, over = [], False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        rewards.append(reward)
        over = terminated or truncated
    return discounted_return(np.array(rewards), gamma=jnp.float32(1))

# %% wrong: one total for all calls | says: episode before
def run_episode(env, policy, seed=None, rewards=[]):
    obs, _ = env.reset(seed=seed)
    over = False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        rewards.append(reward)
        over = terminated or truncated
    return sum(rewards)

# %% wrong: goes round until the clock stops it | says: called again
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    total, truncated = 0.0, False
    while not truncated:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        total += reward
        if terminated:
            obs, _ = env.reset()
    return total

# %% wrong: both flags at once do not end it | says: truncated=True
def run_episode(env, policy, seed=None):
    obs, _ = env.reset(seed=seed)
    total, terminated, truncated = 0.0, False, False
    while terminated == truncated:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        total += reward
    return total
