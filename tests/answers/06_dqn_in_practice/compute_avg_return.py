# %% right: one total, divided at the end
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    total = 0.0
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        while True:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            total += reward
            if terminated or truncated:
                break
    return total / num_episodes

# %% right: the helper that records episodes
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    return np.mean([record_episode(env, policy, seed=seed + i).rewards.sum() for i in range(num_episodes)])

# %% right: gymnasium's own wrapper
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    env = gym.wrappers.RecordEpisodeStatistics(env)
    returns = []
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        over = False
        while not over:
            obs, _, terminated, truncated, info = env.step(policy(obs))
            over = terminated or truncated
        returns.append(info["episode"]["r"])
    return np.mean(returns)

# %% right: a JAX mean, a helper, the last episode first, prints, one reset too many at the end
def _one(env, policy, seed):
    obs, info = env.reset(seed=seed)
    rewards = []
    terminated = truncated = False
    while not terminated and not truncated:
        obs, reward, terminated, truncated, info = env.step(int(policy(obs)))
        rewards.append(reward)
    return sum(rewards)

def compute_avg_return(env, policy, num_episodes=10, seed=0):
    returns = [_one(env, policy, s) for s in reversed(range(seed, seed + num_episodes))]
    print("returns:", returns)
    env.reset()
    return jnp.mean(jnp.array(returns))

# %% right: a running mean
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    average = 0.0
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        episode_return, over = 0.0, False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            episode_return += reward
            over = terminated | truncated
        average += (episode_return - average) / (i + 1)
    return average

# %% right: looks once more at the first observation, and warns
import warnings

def compute_avg_return(env, policy, num_episodes=10, seed=0):
    warnings.warn("evaluating")
    returns = np.zeros(num_episodes, dtype=np.float64)
    for i in range(num_episodes):
        env.reset(seed=seed + i)
        obs = env.reset(seed=seed + i)[0]
        done = False
        while not done:
            obs, reward, terminated, truncated = env.step(policy(obs))[:4]
            returns[i] += float(reward)
            done = bool(terminated) or bool(truncated)
    return returns.mean()

# %% wrong: the sum | says: divide by their number
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    total = 0.0
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        over = False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            total += reward
            over = terminated or truncated
    return total

# %% wrong: the mean over steps | says: mean over all steps
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    rewards = []
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        over = False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            rewards.append(reward)
            over = terminated or truncated
    return np.mean(rewards)

# %% wrong: the same seed for every episode | says: same seed
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    total = 0.0
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed)
        over = False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            total += reward
            over = terminated or truncated
    return total / num_episodes

# %% wrong: no seed | says: without a seed
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    total = 0.0
    for i in range(num_episodes):
        obs, _ = env.reset()
        over = False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            total += reward
            over = terminated or truncated
    return total / num_episodes

# %% wrong: only the first episode has the seed | says: without a seed
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    total = 0.0
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed if i == 0 else None)
        over = False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            total += reward
            over = terminated or truncated
    return total / num_episodes

# %% wrong: the episode's number is the seed | says: count from `seed`
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    total = 0.0
    for i in range(num_episodes):
        obs, _ = env.reset(seed=i)
        over = False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            total += reward
            over = terminated or truncated
    return total / num_episodes

# %% wrong: counts episodes from one | says: counted from 0
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    total = 0.0
    for i in range(1, num_episodes + 1):
        obs, _ = env.reset(seed=seed + i)
        over = False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            total += reward
            over = terminated or truncated
    return total / num_episodes

# %% wrong: always ten episodes | says: it should be 3
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    total = 0.0
    for i in range(10):
        obs, _ = env.reset(seed=seed + i)
        over = False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            total += reward
            over = terminated or truncated
    return total / 10

# %% wrong: divides by ten | says: divide by 10
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    total = 0.0
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        over = False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            total += reward
            over = terminated or truncated
    return total / 10

# %% wrong: one episode | says: played 1 episode
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    obs, _ = env.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        total += reward
        over = terminated or truncated
    return total

# %% wrong: returns inside the loop | says: played 1 episode
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    returns = []
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        episode_return, over = 0.0, False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            episode_return += reward
            over = terminated or truncated
        returns.append(episode_return)
        return np.mean(returns)

# %% wrong: the last reward is lost | says: last reward of each episode
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    total = 0.0
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        while True:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            if terminated or truncated:
                break
            total += reward
    return total / num_episodes

# %% wrong: counts steps | says: number of steps
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    steps = 0
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        over = False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            steps += 1
            over = terminated or truncated
    return steps / num_episodes

# %% wrong: the return is never reset | says: start every episode at zero
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    returns, episode_return = [], 0.0
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        over = False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            episode_return += reward
            over = terminated or truncated
        returns.append(episode_return)
    return np.mean(returns)

# %% wrong: only the last episode | says: last episode alone
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        episode_return, over = 0.0, False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            episode_return += reward
            over = terminated or truncated
    return episode_return

# %% wrong: ignores the clock | says: kept calling env.step
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    total = 0.0
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        terminated = False
        while not terminated:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            total += reward
    return total / num_episodes

# %% wrong: waits for the clock | says: kept calling env.step
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    total = 0.0
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        truncated = False
        while not truncated:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            total += reward
    return total / num_episodes

# %% wrong: the first observation every time | says: first observation every time
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    total = 0.0
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        over = False
        while not over:
            _, reward, terminated, truncated, _ = env.step(policy(obs))
            total += reward
            over = terminated or truncated
    return total / num_episodes

# %% wrong: the whole answer of reset | says: obs alone
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    total = 0.0
    for i in range(num_episodes):
        obs = env.reset(seed=seed + i)
        over = False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            total += reward
            over = terminated or truncated
    return total / num_episodes

# %% wrong: random actions | says: not what the policy returned
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    total = 0.0
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        over = False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(env.action_space.sample())
            total += reward
            over = terminated or truncated
    return total / num_episodes

# %% wrong: discounted | says: without a discount
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    total = 0.0
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        over, discount = False, 1.0
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            total += discount * reward
            discount *= 0.99
            over = terminated or truncated
    return total / num_episodes

# %% wrong: the median | says: median
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    returns = []
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        episode_return, over = 0.0, False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            episode_return += reward
            over = terminated or truncated
        returns.append(episode_return)
    return float(np.median(returns))

# %% wrong: the list of returns | says: list
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    returns = []
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        episode_return, over = 0.0, False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            episode_return += reward
            over = terminated or truncated
        returns.append(episode_return)
    return returns

# %% wrong: whole numbers | says: fractions
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    returns = np.zeros(num_episodes, int)
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        over = False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            returns[i] += int(reward)
            over = terminated or truncated
    return returns.mean()

# %% wrong: rounds the average down | says: fractions
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    total = 0.0
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        over = False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            total += reward
            over = terminated or truncated
    return total // num_episodes

# %% wrong: at most 200 steps | says: however long
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    total = 0.0
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        for _ in range(200):
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            total += reward
            if terminated or truncated:
                break
    return total / num_episodes

# %% wrong: forgets to return | says: None
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    total = 0.0
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        over = False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            total += reward
            over = terminated or truncated

# %% wrong: resets once, steps on | says: kept calling env.step
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    obs, _ = env.reset(seed=seed)
    total = 0.0
    for i in range(num_episodes):
        over = False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            total += reward
            over = terminated or truncated
    return total / num_episodes

# %% wrong: an environment of its own | says: never stepped
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    env = gym.make("CartPole-v1", max_episode_steps=200)
    total = 0.0
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        over = False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(int(policy(obs)) % 2)
            total += reward
            over = terminated or truncated
    return total / num_episodes

# %% wrong: plays on without a seed after seeding | says: without a seed
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    total = 0.0
    for i in range(num_episodes):
        env.reset(seed=seed + i)
        obs, _ = env.reset()
        over = False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            total += reward
            over = terminated or truncated
    return total / num_episodes

# %% wrong: the episode's own mean | says: within each episode
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    means = []
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        rewards, over = [], False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            rewards.append(reward)
            over = terminated or truncated
        means.append(np.mean(rewards))
    return np.mean(means)

# %% right: plays on a copy
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    from copy import deepcopy

    env, total = deepcopy(env), 0.0
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        over = False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            total += reward
            over = terminated or truncated
    return total / num_episodes

# %% right: recursion
def rest_of_episode(env, policy, obs):
    obs, reward, terminated, truncated, _ = env.step(policy(obs))
    return reward if terminated or truncated else reward + rest_of_episode(env, policy, obs)

def compute_avg_return(env, policy, num_episodes=10, seed=0):
    return sum(rest_of_episode(env, policy, env.reset(seed=seed + i)[0]) for i in range(num_episodes)) / num_episodes

# %% wrong: at most 1,000 steps
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    total = 0.0
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        for _ in range(1_000):
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            total += reward
            if terminated or truncated:
                break
    return total / num_episodes

# %% wrong: closes the environment | says: leave it open
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    total = 0.0
    with env:
        for i in range(num_episodes):
            obs, _ = env.reset(seed=seed + i)
            over = False
            while not over:
                obs, reward, terminated, truncated, _ = env.step(policy(obs))
                total += reward
                over = terminated or truncated
    return total / num_episodes

# %% wrong: remembers across calls | says: the previous call
RETURNS = []

def compute_avg_return(env, policy, num_episodes=10, seed=0):
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        episode_return, over = 0.0, False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            episode_return += reward
            over = terminated or truncated
        RETURNS.append(episode_return)
    return np.mean(RETURNS)

# %% wrong: an episode ends when exactly one flag is set | says: terminated=True and truncated=True
def compute_avg_return(env, policy, num_episodes=10, seed=0):
    total = 0.0
    for i in range(num_episodes):
        obs, _ = env.reset(seed=seed + i)
        over = False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(policy(obs))
            total += reward
            over = terminated != truncated
    return total / num_episodes
