# %% right: a deque that forgets
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.returns = collections.deque(maxlen=num_episodes_to_store)
        self.total = 0.0

    def push(self, transition):
        self.total = self.total + transition.reward
        if transition.terminated or transition.truncated:
            self.returns.append(self.total)
            self.total = 0.0

    def is_ready(self):
        return len(self.returns) == self.returns.maxlen

    def sample(self):
        memory = AverageEpisodeReturnMemory(average_episode_return=np.mean(self.returns))
        self.returns.clear()
        return memory
# %% right: a list that is sliced when sampled, is_ready compares with >=
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.num_episodes_to_store = num_episodes_to_store
        self.episode_returns = []
        self.current_episode_return = 0

    def push(self, transition):
        self.current_episode_return += transition.reward
        if max(transition.terminated, transition.truncated):
            self.episode_returns.append(self.current_episode_return)
            self.current_episode_return = 0

    def is_ready(self):
        return len(self.episode_returns) >= self.num_episodes_to_store

    def sample(self):
        last = self.episode_returns[-self.num_episodes_to_store:]
        self.episode_returns = []
        return AverageEpisodeReturnMemory(sum(last) / len(last))
# %% right: pops the oldest, adds the flags, is_ready returns None when not ready
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.n, self.returns, self.running = num_episodes_to_store, [], 0.0

    def push(self, transition):
        self.running += float(transition.reward)
        if transition.terminated + transition.truncated > 0:
            self.returns.append(self.running)
            if len(self.returns) > self.n:
                self.returns.pop(0)
            self.running = 0.0

    def is_ready(self):
        if len(self.returns) == self.n:
            return True

    def sample(self):
        average, self.returns = float(np.mean(self.returns)), []
        return AverageEpisodeReturnMemory(average)
# %% right: a NumPy ring and np.bool_ answers
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.ring = np.full(num_episodes_to_store, np.nan)
        self.where = 0
        self.running = 0.0

    def push(self, transition):
        self.running += transition.reward
        if np.logical_or(transition.terminated, transition.truncated):
            self.ring[self.where % len(self.ring)] = self.running
            self.where += 1
            self.running = 0.0

    def is_ready(self):
        return ~np.isnan(self.ring).any()

    def sample(self):
        average = self.ring.mean()
        self.ring[:] = np.nan
        return AverageEpisodeReturnMemory(average)
# %% right: JAX numbers
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.num_episodes_to_store = num_episodes_to_store
        self.returns = []
        self.running = jnp.float32(0.0)

    def push(self, transition):
        self.running = self.running + transition.reward
        if jnp.logical_or(transition.terminated, transition.truncated):
            self.returns.append(self.running)
            self.running = jnp.float32(0.0)

    def is_ready(self):
        return jnp.array(len(self.returns) >= self.num_episodes_to_store)

    def sample(self):
        average = jnp.mean(jnp.stack(self.returns[-self.num_episodes_to_store:]))
        self.returns = []
        return AverageEpisodeReturnMemory(average)
# %% right: stores whole transitions and has a length, so that an empty one is false
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.size = num_episodes_to_store
        self.finished, self.steps = [], []

    def __len__(self):
        return len(self.finished)

    def push(self, transition):
        self.steps.append(transition)
        if transition.terminated or transition.truncated:
            self.finished = (self.finished + [self.steps])[-self.size:]
            self.steps = []

    def is_ready(self):
        return int(len(self) == self.size)

    def sample(self):
        returns = [sum(step.reward for step in episode) for episode in self.finished]
        self.finished.clear()
        return AverageEpisodeReturnMemory(np.float32(sum(returns) / len(returns)))
# %% right: inherits from deque and prints
class AverageEpisodeReturnBuffer(collections.deque):
    def __init__(self, num_episodes_to_store=20):
        super().__init__(maxlen=num_episodes_to_store)
        self.running = 0.0

    def push(self, transition):
        obs, action, reward, next_obs, terminated, truncated = transition
        self.running += reward
        if any((terminated, truncated)):
            print("episode over", self.running)
            self.append(self.running)
            self.running = 0.0

    def is_ready(self):
        return len(self) >= self.maxlen

    def sample(self):
        average = np.mean(np.array(self))
        self.clear()
        return AverageEpisodeReturnMemory(average)
# %% wrong: readiness with == and nothing evicted | says: more than enough
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.num_episodes_to_store = num_episodes_to_store
        self.episode_return_buffer = []
        self.current_episode_return = 0

    def push(self, transition):
        self.current_episode_return += transition.reward
        if transition.terminated or transition.truncated:
            self.episode_return_buffer.append(self.current_episode_return)
            self.current_episode_return = 0

    def is_ready(self):
        return len(self.episode_return_buffer) == self.num_episodes_to_store

    def sample(self):
        average = np.mean(self.episode_return_buffer)
        self.episode_return_buffer = []
        return AverageEpisodeReturnMemory(average)
# %% wrong: truncation does not end an episode | says: truncates it, too
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.returns = collections.deque(maxlen=num_episodes_to_store)
        self.total = 0.0

    def push(self, transition):
        self.total += transition.reward
        if transition.terminated:
            self.returns.append(self.total)
            self.total = 0.0

    def is_ready(self):
        return len(self.returns) == self.returns.maxlen

    def sample(self):
        memory = AverageEpisodeReturnMemory(np.mean(self.returns))
        self.returns.clear()
        return memory
# %% wrong: an episode ends only when both flags are true | says: only when both are
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.returns = collections.deque(maxlen=num_episodes_to_store)
        self.total = 0.0

    def push(self, transition):
        self.total += transition.reward
        if transition.terminated and transition.truncated:
            self.returns.append(self.total)
            self.total = 0.0

    def is_ready(self):
        return len(self.returns) == self.returns.maxlen

    def sample(self):
        memory = AverageEpisodeReturnMemory(np.mean(self.returns))
        self.returns.clear()
        return memory
# %% wrong: both flags at once count two episodes | says: counted twice
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.returns = collections.deque(maxlen=num_episodes_to_store)
        self.total = 0.0

    def push(self, transition):
        self.total += transition.reward
        if transition.terminated:
            self.returns.append(self.total)
        if transition.truncated:
            self.returns.append(self.total)
        if transition.terminated or transition.truncated:
            self.total = 0.0

    def is_ready(self):
        return len(self.returns) == self.returns.maxlen

    def sample(self):
        memory = AverageEpisodeReturnMemory(np.mean(self.returns))
        self.returns.clear()
        return memory
# %% wrong: the flags are compared with `is True` | says: 1.0 instead of true
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.returns = collections.deque(maxlen=num_episodes_to_store)
        self.total = 0.0

    def push(self, transition):
        self.total += transition.reward
        if transition.terminated is True or transition.truncated is True:
            self.returns.append(self.total)
            self.total = 0.0

    def is_ready(self):
        return len(self.returns) == self.returns.maxlen

    def sample(self):
        memory = AverageEpisodeReturnMemory(np.mean(self.returns))
        self.returns.clear()
        return memory
# %% wrong: the store is shared by all buffers | says: two buffers share
class AverageEpisodeReturnBuffer:
    returns = []

    def __init__(self, num_episodes_to_store=20):
        self.size = num_episodes_to_store
        self.total = 0.0

    def push(self, transition):
        self.total += transition.reward
        if transition.terminated or transition.truncated:
            self.returns.append(self.total)
            self.total = 0.0

    def is_ready(self):
        return len(self.returns) >= self.size

    def sample(self):
        memory = AverageEpisodeReturnMemory(np.mean(self.returns[-self.size:]))
        self.returns.clear()
        return memory
# %% wrong: a mutable default argument | says: two buffers share
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20, returns=[]):
        self.size, self.returns, self.total = num_episodes_to_store, returns, 0.0

    def push(self, transition):
        self.total += transition.reward
        if transition.terminated or transition.truncated:
            self.returns.append(self.total)
            self.total = 0.0

    def is_ready(self):
        return len(self.returns) >= self.size

    def sample(self):
        memory = AverageEpisodeReturnMemory(np.mean(self.returns[-self.size:]))
        self.returns.clear()
        return memory
# %% wrong: the running return is shared by all buffers | says: running return is shared
class AverageEpisodeReturnBuffer:
    total = 0.0

    def __init__(self, num_episodes_to_store=20):
        self.returns = collections.deque(maxlen=num_episodes_to_store)

    def push(self, transition):
        AverageEpisodeReturnBuffer.total += transition.reward
        if transition.terminated or transition.truncated:
            self.returns.append(AverageEpisodeReturnBuffer.total)
            AverageEpisodeReturnBuffer.total = 0.0

    def is_ready(self):
        return len(self.returns) == self.returns.maxlen

    def sample(self):
        memory = AverageEpisodeReturnMemory(np.mean(self.returns))
        self.returns.clear()
        return memory
# %% wrong: sample does not empty | says: still ready
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.returns = collections.deque(maxlen=num_episodes_to_store)
        self.total = 0.0

    def push(self, transition):
        self.total += transition.reward
        if transition.terminated or transition.truncated:
            self.returns.append(self.total)
            self.total = 0.0

    def is_ready(self):
        return len(self.returns) == self.returns.maxlen

    def sample(self):
        return AverageEpisodeReturnMemory(np.mean(self.returns))
# %% wrong: sample throws the running return away | says: running during sample
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.returns = collections.deque(maxlen=num_episodes_to_store)
        self.total = 0.0

    def push(self, transition):
        self.total += transition.reward
        if transition.terminated or transition.truncated:
            self.returns.append(self.total)
            self.total = 0.0

    def is_ready(self):
        return len(self.returns) == self.returns.maxlen

    def sample(self):
        memory = AverageEpisodeReturnMemory(np.mean(self.returns))
        self.returns.clear()
        self.total = 0.0
        return memory
# %% wrong: keeps the first episodes and not the last | says: the oldest go
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.size, self.returns, self.total = num_episodes_to_store, [], 0.0

    def push(self, transition):
        self.total += transition.reward
        if transition.terminated or transition.truncated:
            if len(self.returns) < self.size:
                self.returns.append(self.total)
            self.total = 0.0

    def is_ready(self):
        return len(self.returns) == self.size

    def sample(self):
        memory = AverageEpisodeReturnMemory(np.mean(self.returns))
        self.returns = []
        return memory
# %% wrong: averages every episode since the last sample | says: all three
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.size, self.returns, self.total = num_episodes_to_store, [], 0.0

    def push(self, transition):
        self.total += transition.reward
        if transition.terminated or transition.truncated:
            self.returns.append(self.total)
            self.total = 0.0

    def is_ready(self):
        return len(self.returns) >= self.size

    def sample(self):
        memory = AverageEpisodeReturnMemory(np.mean(self.returns))
        self.returns = []
        return memory
# %% wrong: adds the reward after looking at the flags | says: counted for the next one
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.returns = collections.deque(maxlen=num_episodes_to_store)
        self.total = 0.0

    def push(self, transition):
        if transition.terminated or transition.truncated:
            self.returns.append(self.total)
            self.total = 0.0
        self.total += transition.reward

    def is_ready(self):
        return len(self.returns) == self.returns.maxlen

    def sample(self):
        memory = AverageEpisodeReturnMemory(np.mean(self.returns))
        self.returns.clear()
        return memory
# %% wrong: the last reward is dropped | says: is missing
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.returns = collections.deque(maxlen=num_episodes_to_store)
        self.total = 0.0

    def push(self, transition):
        if transition.terminated or transition.truncated:
            self.returns.append(self.total)
            self.total = 0.0
        else:
            self.total += transition.reward

    def is_ready(self):
        return len(self.returns) == self.returns.maxlen

    def sample(self):
        memory = AverageEpisodeReturnMemory(np.mean(self.returns))
        self.returns.clear()
        return memory
# %% wrong: the running return never starts again at 0 | says: start again at 0
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.returns = collections.deque(maxlen=num_episodes_to_store)
        self.total = 0.0

    def push(self, transition):
        self.total += transition.reward
        if transition.terminated or transition.truncated:
            self.returns.append(self.total)

    def is_ready(self):
        return len(self.returns) == self.returns.maxlen

    def sample(self):
        memory = AverageEpisodeReturnMemory(np.mean(self.returns))
        self.returns.clear()
        return memory
# %% wrong: returns the bare number | says: AverageEpisodeReturnMemory
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.returns = collections.deque(maxlen=num_episodes_to_store)
        self.total = 0.0

    def push(self, transition):
        self.total += transition.reward
        if transition.terminated or transition.truncated:
            self.returns.append(self.total)
            self.total = 0.0

    def is_ready(self):
        return len(self.returns) == self.returns.maxlen

    def sample(self):
        average = np.mean(self.returns)
        self.returns.clear()
        return average
# %% wrong: the sum and not the mean | says: their sum
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.returns = collections.deque(maxlen=num_episodes_to_store)
        self.total = 0.0

    def push(self, transition):
        self.total += transition.reward
        if transition.terminated or transition.truncated:
            self.returns.append(self.total)
            self.total = 0.0

    def is_ready(self):
        return len(self.returns) == self.returns.maxlen

    def sample(self):
        memory = AverageEpisodeReturnMemory(sum(self.returns))
        self.returns.clear()
        return memory
# %% wrong: the average reward of a step | says: average reward of a step
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.size, self.episodes, self.running = num_episodes_to_store, [], []

    def push(self, transition):
        self.running.append(transition.reward)
        if transition.terminated or transition.truncated:
            self.episodes = (self.episodes + [self.running])[-self.size:]
            self.running = []

    def is_ready(self):
        return len(self.episodes) == self.size

    def sample(self):
        memory = AverageEpisodeReturnMemory(np.mean(np.concatenate(self.episodes)))
        self.episodes = []
        return memory
# %% wrong: counts steps | says: episodes, not steps
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.rewards = collections.deque(maxlen=num_episodes_to_store)

    def push(self, transition):
        self.rewards.append(transition.reward)

    def is_ready(self):
        return len(self.rewards) == self.rewards.maxlen

    def sample(self):
        memory = AverageEpisodeReturnMemory(np.mean(self.rewards))
        self.rewards.clear()
        return memory
# %% wrong: the capacity is always 20 | says: as num_episodes_to_store says
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.returns = collections.deque(maxlen=20)
        self.total = 0.0

    def push(self, transition):
        self.total += transition.reward
        if transition.terminated or transition.truncated:
            self.returns.append(self.total)
            self.total = 0.0

    def is_ready(self):
        return len(self.returns) == 20

    def sample(self):
        memory = AverageEpisodeReturnMemory(np.mean(self.returns))
        self.returns.clear()
        return memory
# %% wrong: returns cut to whole numbers | says: fractions
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.returns = collections.deque(maxlen=num_episodes_to_store)
        self.total = 0.0

    def push(self, transition):
        self.total += transition.reward
        if transition.terminated or transition.truncated:
            self.returns.append(int(self.total))
            self.total = 0.0

    def is_ready(self):
        return len(self.returns) == self.returns.maxlen

    def sample(self):
        memory = AverageEpisodeReturnMemory(np.mean(self.returns))
        self.returns.clear()
        return memory
# %% wrong: counts steps as rewards | says: average number of steps
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.returns = collections.deque(maxlen=num_episodes_to_store)
        self.steps = 0

    def push(self, transition):
        self.steps += 1
        if transition.terminated or transition.truncated:
            self.returns.append(self.steps)
            self.steps = 0

    def is_ready(self):
        return len(self.returns) == self.returns.maxlen

    def sample(self):
        memory = AverageEpisodeReturnMemory(np.mean(self.returns))
        self.returns.clear()
        return memory
# %% wrong: a running episode is averaged in too | says: still running
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.returns = collections.deque(maxlen=num_episodes_to_store)
        self.total = 0.0

    def push(self, transition):
        self.total += transition.reward
        if transition.terminated or transition.truncated:
            self.returns.append(self.total)
            self.total = 0.0

    def is_ready(self):
        return len(self.returns) == self.returns.maxlen

    def sample(self):
        memory = AverageEpisodeReturnMemory((sum(self.returns) + self.total) / len(self.returns))
        self.returns.clear()
        return memory
# %% wrong: ready one episode too early | says: one episode too early
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.returns = collections.deque(maxlen=num_episodes_to_store)
        self.total = 0.0

    def push(self, transition):
        self.total += transition.reward
        if transition.terminated or transition.truncated:
            self.returns.append(self.total)
            self.total = 0.0

    def is_ready(self):
        return len(self.returns) >= self.returns.maxlen - 1

    def sample(self):
        memory = AverageEpisodeReturnMemory(np.mean(self.returns))
        self.returns.clear()
        return memory
# %% wrong: asking empties it | says: when asked again
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.returns = collections.deque(maxlen=num_episodes_to_store)
        self.total = 0.0
        self.kept = []

    def push(self, transition):
        self.total += transition.reward
        if transition.terminated or transition.truncated:
            self.returns.append(self.total)
            self.total = 0.0

    def is_ready(self):
        if len(self.returns) == self.returns.maxlen:
            self.kept = list(self.returns)
            self.returns.clear()
            return True
        return False

    def sample(self):
        return AverageEpisodeReturnMemory(np.mean(self.kept))


# %% right: statistics.mean, which does not mix types
import statistics


class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.r, self.n, self.g = [], num_episodes_to_store, 0.0

    def push(self, t):
        self.g += t.reward
        if t.terminated or t.truncated:
            self.r.append(self.g)
            del self.r[: -self.n]
            self.g = 0.0

    def is_ready(self):
        return len(self.r) == self.n

    def sample(self):
        m = statistics.mean(self.r)
        self.r.clear()
        return AverageEpisodeReturnMemory(m)


# %% wrong: never stores more than 20, whatever was asked | says: 30 of 30
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.s, self.g, self.n = collections.deque(maxlen=20), 0.0, num_episodes_to_store

    def push(self, t):
        self.g += t.reward
        if t.terminated or t.truncated:
            self.s.append(self.g)
            self.g = 0.0

    def is_ready(self):
        return len(self.s) >= self.n

    def sample(self):
        m = np.mean(list(self.s)[-self.n :])
        self.s.clear()
        return AverageEpisodeReturnMemory(m)


# %% wrong: sample leaves the surplus in the store | says: left an older return in it
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.n, self.s, self.g = num_episodes_to_store, [], 0.0

    def push(self, t):
        self.g += t.reward
        if t.terminated or t.truncated:
            self.s.append(self.g)
            self.g = 0.0

    def is_ready(self):
        return len(self.s) >= self.n

    def sample(self):
        m = np.mean(self.s[-self.n :])
        del self.s[-self.n :]
        return AverageEpisodeReturnMemory(m)


# %% wrong: is_ready forgets to return | says: returned None
class AverageEpisodeReturnBuffer:
    def __init__(self, num_episodes_to_store=20):
        self.s, self.g = collections.deque(maxlen=num_episodes_to_store), 0.0

    def push(self, t):
        self.g += t.reward
        if t.terminated or t.truncated:
            self.s.append(self.g)
            self.g = 0.0

    def is_ready(self):
        len(self.s) >= self.s.maxlen

    def sample(self):
        m = np.mean(self.s)
        self.s.clear()
        return AverageEpisodeReturnMemory(m)
