"""A tour: all exhibits of an agent on all probes at once, and a check-up of each on CartPole."""

import functools
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from rl_helpers import CartPole
from rl_helpers.budget import shortened
from rl_helpers.museum import agents
from rl_helpers.museum.agents import Bugs, Settings
from rl_helpers.museum.exhibits import EXHIBITS
from rl_helpers.museum.tables import ALL_PROBES, right_values, tabulate
from rl_helpers.replay import ReplayMemory, RolloutMemory
from rl_helpers.rollouts import Acting
from rl_helpers.types import Transition

HEALTHY = "healthy"
GAMMA = 0.5  # on the probes
TOLERANCE = 0.1  # how far a probe's value may be from the right one


class Plan(NamedTuple):
    """How long an agent is trained, and how it is looked at.

    Attributes:
      num_updates: rounds of learning between two looks.
      num_looks: how often we look, and play `episodes` greedy ones.
      num_envs, num_steps: environments side by side, and steps of each in a round.
      learner_steps: DQN's batches in a round; PPO has one rollout.
    """

    num_updates: int
    num_looks: int = 1
    episodes: int = 0
    num_envs: int = 4
    num_steps: int = 32
    learner_steps: int = 20


class Look(NamedTuple):
    """What we see of an agent after a round of learning.

    Attributes:
      before, params: its parameters before and after that round.
      rollout: the steps of that round, as its memory has them, [T, N, ...].
      episode_return: the mean over greedy episodes, []; 0 where none are played.
    """

    before: Any
    params: Any
    rollout: Transition
    episode_return: Any


def train(key, bugs: Bugs, env, kind: str, obs_dim: int, settings: Settings, plan: Plan) -> Look:
    """Trains one agent, "DQN" or "PPO", with whichever bugs. Pure: `jax.jit` compiles it, `jax.vmap` makes it many.

    Returns:
      A `Look` of arrays with a leading `[num_looks]`.
    """
    dqn = kind == "DQN"
    agent, init_params = (agents.make_dqn if dqn else agents.make_ppo)(bugs, obs_dim, 2, settings)
    memory: Any = ReplayMemory(10_000 if plan.episodes else 1_000, 32) if dqn else RolloutMemory(plan.num_steps)
    acting = Acting(env, agent.select_action)
    start_key, enter_key, play_key, run_key = jax.random.split(key, 4)

    def step(carry, key):
        params, actors = carry
        act, move, reset = jax.random.split(key, (3, plan.num_envs))
        fresh = jax.vmap(env.reset)(reset)
        actors, transition = jax.vmap(acting.step, (None, 0, 0, 0, 0))(params, actors, act, move, fresh)
        return (params, actors), transition

    def update(carry, key):
        actors, params, _, state, held, _ = carry
        steps_key, learn_key = jax.random.split(key)
        (_, actors), rollout = jax.lax.scan(step, (params, actors), jax.random.split(steps_key, plan.num_steps))
        held = memory.push(held, rollout)
        before = params

        def learn(carry, key):
            params, state = carry
            batch, _ = memory.sample(key, held)
            return agent.learn(key, params, state, batch), None

        keys = jax.random.split(learn_key, plan.learner_steps if dqn else 1)
        (params, state), _ = jax.lax.scan(learn, (params, state), keys)
        return (actors, params, before, state, held, rollout), None

    def look(carry, key):
        carry, _ = jax.lax.scan(update, carry, jax.random.split(key, shortened(plan.num_updates)))
        _, params, before, _, _, rollout = carry
        episode_return = jnp.float32(0)
        if plan.episodes:
            enter_keys, steps_keys = jax.random.split(play_key, (2, plan.episodes))
            play = jax.vmap(acting.episode_return, (None, None, 0, 0))
            episode_return = play(params, None, enter_keys, steps_keys).mean()
        return carry, Look(before, params, agents.seen(bugs, rollout), episode_return)

    params = init_params(start_key)
    actors = jax.vmap(acting.enter, (None, 0))(None, jax.random.split(enter_key, plan.num_envs))
    rollout = jax.eval_shape(step, (params, actors), run_key)[1]
    one = jax.tree.map(lambda x: jnp.zeros(x.shape[1:], x.dtype), rollout)
    rollout = jax.tree.map(lambda x: jnp.zeros((plan.num_steps, *x.shape), x.dtype), rollout)
    state = jax.tree.map(jnp.asarray, agent.learner_state)
    carry = (actors, params, params, state, memory.init(one, plan.num_envs, plan.num_steps), rollout)
    return jax.lax.scan(look, carry, jax.random.split(run_key, plan.num_looks))[1]


def switches(kind: str) -> tuple[list[str], Bugs]:
    """The healthy agent and the exhibits of one kind: their names, and `Bugs` of arrays with an entry for each."""
    names = [HEALTHY, *(exhibit.bug for exhibit in EXHIBITS if exhibit.agent == kind)]
    return names, Bugs(*(np.array([name == bug for name in names]) for bug in Bugs._fields))


_ON_PROBES = Settings(gamma=GAMMA, learning_rate=1e-2, width=16, epsilon=0.2, target_period=20)
_ON_CARTPOLE = {"DQN": Settings(), "PPO": Settings(gamma=0.98, learning_rate=2.5e-3, epochs=6)}
_PROBE_UPDATES = {"DQN": 40, "PPO": 120}


@functools.cache
def _probe_program(kind: str):
    plan = Plan(_PROBE_UPDATES[kind])

    def values(key, bugs, tables):
        params = train(key, bugs, tables, kind, 1, _ON_PROBES, plan).params
        params = jax.tree.map(lambda x: x[-1], params)
        if kind == "DQN":
            return agents.apply(params.online, tables.obs).max(axis=-1)
        return agents.apply(params.critic, tables.obs)[:, 0]

    over_seeds = jax.vmap(values, (0, None, None))
    return jax.jit(jax.vmap(jax.vmap(over_seeds, (None, None, 0)), (None, 0, None)))


def on_probes(key, kind: str, num_seeds: int = 3) -> dict[str, dict[str, np.ndarray]]:
    """What the exhibits of one agent learn on every probe, with gamma 0.5.

    Returns:
      By exhibit and by probe, the values of the probe's observations that each seed has learnt, [num_seeds, K].
    """
    names, bugs = switches(kind)
    tables = jax.tree.map(lambda *x: jnp.stack(x), *map(tabulate, ALL_PROBES.values()))
    learnt = np.asarray(_probe_program(kind)(jax.random.split(key, num_seeds), bugs, tables))
    return {
        name: {
            probe: values[:, : len(env.observations)]
            for (probe, env), values in zip(ALL_PROBES.items(), by_probe, strict=True)
        }
        for name, by_probe in zip(names, learnt, strict=True)
    }


def passes(learnt: dict[str, np.ndarray]) -> dict[str, float]:
    """By probe, the share of seeds whose values are all right, for one exhibit of `on_probes`."""
    right = {probe: right_values(env, GAMMA) for probe, env in ALL_PROBES.items()}
    close = {probe: np.abs(values - right[probe]).max(axis=1) < TOLERANCE for probe, values in learnt.items()}
    return {probe: float(seeds.mean()) for probe, seeds in close.items()}


class Checkup(NamedTuple):
    """What the diagnostics are computed from, after one round of learning on CartPole; B = T * N rows.

    Attributes:
      value, target: what the values were before the round, and what they are to become, [B].
      log_prob, old_log_prob: of the actions, after and before the round, [B]; for DQN both are the same.
      activations: of the first network's hidden layer, [B, width].
      before, after: its parameters by name: "online" and "target", or "actor" and "critic".
      rollout: what the memory holds, a `Transition` of NumPy arrays [T, N, ...].
    """

    value: np.ndarray
    target: np.ndarray
    log_prob: np.ndarray
    old_log_prob: np.ndarray
    activations: np.ndarray
    before: dict[str, Any]
    after: dict[str, Any]
    rollout: Transition


def check_up(look: Look, bugs: Bugs, kind: str) -> Checkup:
    """The check-up of one `Look` at an agent on CartPole."""
    settings, before, after = _ON_CARTPOLE[kind], look.before, look.params
    rollout = jax.tree.map(lambda x: x.astype(jnp.float32) if x.dtype == bool else x, look.rollout)
    if kind == "DQN":
        value = jnp.take_along_axis(agents.apply(before.online, rollout.obs), rollout.action[..., None], -1)[..., 0]
        target = agents.dqn_target(bugs, rollout, agents.apply(before.target, rollout.next_obs), settings.gamma)
        log_prob = old_log_prob = jnp.zeros_like(value)
    else:
        old_log_prob, value, _, target = agents.look_back(bugs, before, rollout, settings)
        log_prob = agents.policy_log_prob(after, rollout)
    activations = agents.hidden(after[0], rollout.obs)
    rows = lambda x: np.asarray(x).reshape(-1, *x.shape[2:])
    named = lambda params: jax.tree.map(np.asarray, params._asdict())
    return Checkup(
        rows(value),
        rows(target),
        rows(log_prob),
        rows(old_log_prob),
        rows(activations),
        named(before),
        named(after),
        jax.tree.map(np.asarray, look.rollout),
    )


def check_ups(key, kind: str) -> dict[str, Checkup]:
    """A check-up of every exhibit of one agent, after about 13,000 steps of CartPole for DQN and 41,000 for PPO."""
    names, bugs = switches(kind)
    looks = on_cartpole(jax.random.split(key, 1), bugs, kind, SHORT[kind])
    pick = lambda tree, *index: jax.tree.map(lambda x: x[index], tree)
    return {name: check_up(pick(looks, i, 0, -1), pick(bugs, i), kind) for i, name in enumerate(names)}


SHORT = {"DQN": Plan(40, num_envs=8, num_steps=40, learner_steps=50), "PPO": Plan(40, num_envs=8, num_steps=128)}


def on_cartpole(keys, bugs: Bugs, kind: str, plan: Plan) -> Look:
    """Looks at exhibits on CartPole, [exhibits, seeds, looks, ...]: one of each for every entry of `bugs` and key."""
    one = lambda key, bugs: train(key, bugs, CartPole(), kind, 4, _ON_CARTPOLE[kind], plan)
    return jax.jit(jax.vmap(jax.vmap(one, (0, None)), (None, 0)))(keys, bugs)
