# %% right: two lists
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% right: computes inline, JAX arrays out
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go, running = [], 0.0
            for t in reversed(self.episode):
                running = float(t.reward) + self.gamma * running
                to_go.append(running)
            to_go.reverse()
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            jnp.stack([jnp.asarray(o) for o in obs]), jnp.array([int(a) for a in action], jnp.int32), jnp.array([float(r) for r in to_go], jnp.float32)
        )

# %% right: a deque and NamedTuples
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self._batch_size = batch_size
        self._gamma = gamma
        self._ready = collections.deque()
        self._episode = collections.deque()

    def push(self, transition):
        self._episode.append(transition)
        if bool(transition.terminated) | bool(transition.truncated):
            rewards = np.array([float(t.reward) for t in self._episode])
            to_go = rewards_to_go(rewards, gamma=self._gamma)
            i = 0
            while self._episode:
                t = self._episode.popleft()
                self._ready.append(EpisodeRewardsToGoMemory(t.obs, t.action, to_go[i]))
                i += 1

    def is_ready(self):
        return np.bool_(len(self._ready) >= self._batch_size)

    def sample(self):
        batch = [self._ready.popleft() for _ in range(self._batch_size)]
        self._ready.clear()
        return EpisodeRewardsToGoMemory(
            obs=np.array([np.asarray(m.obs) for m in batch], dtype=np.float32),
            action=np.array([int(m.action) for m in batch], dtype=np.int32),
            reward_to_go=np.array([float(m.reward_to_go) for m in batch], dtype=np.float32),
        )

# %% right: three lists per column, a jitted rewards-to-go
fast_rewards_to_go = jax.jit(rewards_to_go)

class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.n = batch_size
        self.gamma = gamma
        self.clear()
        self.running = []

    def clear(self):
        self.obs, self.action, self.to_go = [], [], []

    def push(self, transition):
        obs, action, reward, next_obs, terminated, truncated = transition
        self.running.append((obs, action, reward))
        if terminated or truncated:
            o, a, r = map(list, zip(*self.running))
            self.obs += o
            self.action += a
            self.to_go += list(np.asarray(fast_rewards_to_go(jnp.asarray(r, jnp.float32), self.gamma)))
            self.running.clear()

    def is_ready(self):
        return not len(self.obs) < self.n

    def sample(self):
        memory = EpisodeRewardsToGoMemory(
            jnp.asarray(np.array(self.obs[: self.n], np.float32)),
            jnp.asarray(np.array(self.action[: self.n], np.int32)),
            jnp.asarray(np.array(self.to_go[: self.n], np.float32)),
        )
        self.clear()
        return memory

# %% right: one list of all steps, ends remembered
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size = batch_size
        self.gamma = gamma
        self.steps = []
        self.finished = 0

    def push(self, transition):
        self.steps.append(transition)
        if transition.terminated or transition.truncated:
            self.finished = len(self.steps)

    def is_ready(self):
        return self.finished >= self.batch_size

    def sample(self):
        done, self.steps = self.steps[: self.finished], self.steps[self.finished :]
        self.finished = 0
        to_go, running = np.zeros(len(done), np.float32), 0.0
        for t in range(len(done) - 1, -1, -1):
            if done[t].terminated or done[t].truncated:
                running = 0.0
            running = float(done[t].reward) + self.gamma * running
            to_go[t] = running
        done = done[: self.batch_size]
        return EpisodeRewardsToGoMemory(
            np.stack([t.obs for t in done]), np.array([t.action for t in done], np.int32), to_go[: self.batch_size]
        )

# %% right: concatenates arrays per episode
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episodes, self.current = [], []

    def push(self, transition):
        self.current += [transition]
        if np.logical_or(transition.terminated, transition.truncated):
            obs = np.stack([np.asarray(t.obs, np.float32) for t in self.current])
            action = np.stack([np.asarray(t.action, np.int32) for t in self.current])
            rewards = np.stack([np.asarray(t.reward, np.float32) for t in self.current])
            to_go = np.asarray(rewards_to_go(rewards, self.gamma), np.float32)
            self.episodes.append((obs, action, to_go))
            self.current = []

    def is_ready(self):
        return sum(len(action) for _, action, _ in self.episodes) >= self.batch_size

    def sample(self):
        columns = [np.concatenate(column)[: self.batch_size] for column in zip(*self.episodes)]
        self.episodes = []
        return EpisodeRewardsToGoMemory(*columns)

# %% right: is_ready as 1 or 0, prints
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        print('ready?', len(self.ready))
        return int(len(self.ready) >= self.batch_size)

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: counts steps of an unfinished episode | says: unfinished episode
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) + len(self.episode) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: ignores truncation | says: truncates it, too
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: ignores termination | says: is terminated, too
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: only True itself ends an episode | says: 1.0, not as True
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated is True or transition.truncated is True:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: the operator for bits, which floats do not have | says: flags such as terminated
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated | transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: keeps the surplus | says: forgets them too
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = self.ready[self.batch_size :]
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: forgets nothing | says: still ready after sample()
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: forgets the unfinished episode too | says: Step 8
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready, self.episode = [], []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: ignores gamma | says: gamma was not used
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode])
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: gamma from its default | says: crept in
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, 0.99
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: the newest | says: newest
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[-self.batch_size :])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: a deque that drops the oldest | says: newest
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], collections.deque(maxlen=batch_size)

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready)
        self.ready.clear()
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: a random sample | says: drawn or shuffled
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*random.sample(self.ready, self.batch_size))
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: shuffled | says: drawn or shuffled
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        random.shuffle(self.ready)
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: all ready steps, not just batch_size | says: shape
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready)
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: reversed | says: reverse
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size][::-1])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: next_obs | says: next_obs
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.next_obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: rewards instead of rewards-to-go | says: these are the rewards
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, t.reward))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: the episode's return for every step | says: whole episode
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, to_go[0]))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: rewards-to-go reversed | says: wrong order
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go[::-1]):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: rewards-to-go over all episodes, at sampling | says: run on into the next episode
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            self.ready += self.episode
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        to_go = rewards_to_go([t.reward for t in self.ready], self.gamma)[: self.batch_size]
        obs = np.stack([t.obs for t in self.ready[: self.batch_size]])
        action = np.array([t.action for t in self.ready[: self.batch_size]], np.int32)
        self.ready = []
        return EpisodeRewardsToGoMemory(obs, action, np.array(to_go, np.float32))

# %% wrong: never starts a new episode | says: start empty
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: the last step is lost | says: the step that ends
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []
        else:
            self.episode.append(transition)

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: shared lists in the class | says: share
class EpisodeRewardsToGoBuffer:
    episode, ready = [], []

    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode.clear()

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready.clear()
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: shared default list | says: share
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0, ready=[]):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], ready

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready.clear()
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: int32 rewards-to-go | says: dtype
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "int32")
        )

# %% wrong: int64 actions | says: int32
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int64"), np.array(to_go, "float32")
        )

# %% wrong: float64 observations | says: float32
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float64"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: lists | says: list
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            list(obs), list(action), list(to_go)
        )

# %% wrong: a plain tuple | says: EpisodeRewardsToGoMemory
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return tuple([
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        ])

# %% wrong: fields in the wrong order | says: each other's place
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(to_go, "float32"), np.array(action, "int32")
        )

# %% wrong: needs more than batch_size | says: exactly batch_size steps are enough
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) > self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: exactly batch_size | says: more steps than batch_size
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) == self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: counts episodes | says: count steps, not episodes
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready, self.count = [], [], 0

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []
            self.count += 1

    def is_ready(self):
        return self.count >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: is_ready never returns | says: returned None
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: default batch of 256 | says: default is 500
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=256, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: default gamma of 0.99 | says: crept in
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=0.99):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: four observations only | says: shape
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).reshape(-1, 4).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: observations flattened | says: shape
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.concatenate(obs).astype("float32"), np.array(action, "int32"), np.array(to_go, "float32")
        )

# %% wrong: a column of actions | says: shape
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32")[:, None], np.array(to_go, "float32")
        )

# %% wrong: standardised already | says: standardised
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(action, "int32"), np.array((np.array(to_go) - np.mean(to_go)) / (np.std(to_go) + 1e-8), "float32")
        )

# %% wrong: returns views of an array that it overwrites | says: arrays that the first one
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []
        self.out = None

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            self.ready += [(t.obs, t.action, r) for t, r in zip(self.episode, to_go)]
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        if self.out is None:
            self.out = (
                np.zeros((self.batch_size, len(self.ready[0][0])), np.float32),
                np.zeros(self.batch_size, np.int32),
                np.zeros(self.batch_size, np.float32),
            )
        for i, step in enumerate(self.ready[: self.batch_size]):
            for column, value in zip(self.out, step):
                column[i] = value
        self.ready = []
        return EpisodeRewardsToGoMemory(*self.out)

# %% wrong: one batch_size for all buffers, the newest one's | says: another batch_size
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        EpisodeRewardsToGoBuffer.batch_size = batch_size
        self.gamma, self.ready, self.episode = gamma, [], []
    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([step.reward for step in self.episode], self.gamma)
            self.ready += [(step.obs, step.action, g) for step, g in zip(self.episode, to_go)]
            self.episode = []
    def is_ready(self):
        return len(self.ready) >= self.batch_size
    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.array(obs, np.float32), np.array(action, np.int32), np.array(to_go, np.float32)
        )

# %% wrong: two fields swapped, each made to fit | says: that is reward_to_go
class EpisodeRewardsToGoBuffer:
    def __init__(self, batch_size=500, gamma=1.0):
        self.batch_size, self.gamma = batch_size, gamma
        self.episode, self.ready = [], []

    def push(self, transition):
        self.episode.append(transition)
        if transition.terminated or transition.truncated:
            to_go = rewards_to_go([t.reward for t in self.episode], self.gamma)
            for t, r in zip(self.episode, to_go):
                self.ready.append((t.obs, t.action, r))
            self.episode = []

    def is_ready(self):
        return len(self.ready) >= self.batch_size

    def sample(self):
        obs, action, to_go = zip(*self.ready[: self.batch_size])
        self.ready = []
        return EpisodeRewardsToGoMemory(
            np.stack(obs).astype("float32"), np.array(to_go, "int32"), np.array(action, "float32")
        )
