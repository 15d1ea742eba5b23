"""The environment loop: an agent acts in a gymnasium environment, remembers what happened, and learns from it."""

import functools
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import gymnasium as gym
import jax
import numpy as np

from rl_helpers.budget import shortened
from rl_helpers.envs.gymnasium_bridge import frames_per_second, pure_environment
from rl_helpers.types import Agent, Memory, Progress, Transition, typed_key


class LoopResult(NamedTuple):
    """What `run_environment_loop` returns.

    Attributes:
      agent: the agent with the parameters and states that the run ended with.
      evaluation_steps: after how many environment steps each evaluation came, int64 [E].
      evaluation_returns: the mean return of each evaluation, float64 [E].
      evaluated_after: after how many training episodes each evaluation came, int64 [E].
      episode_returns: the sum of rewards of every training episode, float64 [num_episodes].
    """

    agent: Agent
    evaluation_steps: np.ndarray
    evaluation_returns: np.ndarray
    evaluated_after: np.ndarray
    episode_returns: np.ndarray


class Episode(NamedTuple):
    """One recorded episode of T steps.

    Attributes:
      obs: every observation, the first and the last included, [T + 1, obs_dim].
      actions: [T], or [T, act_dim] where actions are continuous.
      rewards: float64 [T].
      terminated: whether the task ended.
      truncated: whether the clock stopped it.
      frames: T + 1 images, uint8 [height, width, 3], of an environment made with render_mode="rgb_array"; else empty.
      pure: the pure environment that draws these observations (see `pure_environment`), or None.
      fps: how many steps make a second for a person who watches.
    """

    obs: np.ndarray
    actions: np.ndarray
    rewards: np.ndarray
    terminated: bool
    truncated: bool
    frames: list[np.ndarray]
    pure: Any = None
    fps: int = 30


def run_environment_loop(
    key: jax.Array,
    env: gym.Env,
    agent: Agent,
    memory: Memory | None = None,
    *,
    num_episodes: int,
    evaluation_env: gym.Env | None = None,
    evaluate_every: int = 100,
    evaluation_episodes: int = 32,
    learner_steps_per_episode: int = 1,
    seed: int = 0,
    callback: Callable[[Progress], Any] | None = None,
    progress: bool = True,
    jit: bool = True,
) -> LoopResult:
    """Runs `num_episodes` training episodes and evaluates the agent every `evaluate_every` of them.

    The agent learns after each episode, `learner_steps_per_episode` times or until its memory is no longer ready.
    Evaluation has an environment and keys of its own and leaves no trace: training goes the same way without it.

    Args:
      key: JAX key from which every key for `select_action` and `learn` comes.
      env: where the agent trains; stays open.
      agent: its functions are wrapped in `jax.jit` here, so they may be plain.
      memory: a `Memory`: it has `push(transition)`, `is_ready()` and `sample()`; None for an agent that does not learn.
      num_episodes: how many episodes to train for.
      evaluation_env: where it is evaluated; by default a new environment of the same kind.
      evaluate_every: how many training episodes lie between evaluations; 0 for no evaluation.
      evaluation_episodes: over how many episodes an evaluation averages.
      learner_steps_per_episode: how often the agent may learn after each episode.
      seed: seeds the environments.
      callback: called after each evaluation.
      progress: show a progress bar.
      jit: False runs the agent's functions as they are, to debug them.
    Returns:
      A `LoopResult`.
    Raises:
      ValueError: the agent learns, but there is no memory to learn from; or an action is an array where the environment
        takes one number.
    """
    if agent.learn is not None and memory is None:
        raise ValueError("agent.learn needs a memory to learn from, got memory=None")
    num_episodes, evaluate_every = shortened(num_episodes), shortened(evaluate_every)
    evaluation_episodes = shortened(evaluation_episodes)
    key = typed_key(key)
    prepared = functools.partial(_prepared, jit=jit, kind=jax.random.key_impl(key))
    act = prepared(agent.select_action, evaluation=False)
    act_in_evaluation = prepared(agent.select_action, evaluation=True)
    learn = prepared(agent.learn) if agent.learn is not None else None
    to_env = _action_converter(env)
    keys, evaluation_keys = map(_key_stream, jax.random.split(key))
    if evaluate_every:
        evaluation_env = _another(env) if evaluation_env is None else evaluation_env
        evaluation_env.reset(seed=seed + 1)

    params, actor_state, learner_state = agent.params, agent.actor_state, agent.learner_state
    steps, episode_returns, evaluations = 0, [], []
    progress_bar = _progress_bar(num_episodes, progress)
    for episode in progress_bar:
        obs, _ = env.reset(seed=seed if episode == 0 else None)
        episode_return, over = 0.0, False
        while not over:
            action, actor_state = act(next(keys), params, actor_state, obs)
            action = to_env(action)
            next_obs, reward, terminated, truncated, _ = env.step(action)
            if memory is not None:  # not `if memory`: an empty memory that has a length counts as false
                memory.push(Transition(obs, action, reward, next_obs, terminated, truncated))
            steps, episode_return = steps + 1, episode_return + float(reward)
            obs, over = next_obs, terminated or truncated
        episode_returns.append(episode_return)

        for _ in range(learner_steps_per_episode):
            if learn is not None and memory is not None and memory.is_ready():
                params, learner_state = learn(next(keys), params, learner_state, memory.sample())

        if evaluate_every and (episode + 1) % evaluate_every == 0:
            score = _mean_return(
                evaluation_keys, evaluation_env, act_in_evaluation, params, actor_state, evaluation_episodes
            )
            evaluations.append((steps, score, episode + 1))
            if callback is not None:
                trained = agent._replace(params=params, actor_state=actor_state, learner_state=learner_state)
                callback(Progress(steps, trained, score))
        _report(progress_bar, episode_returns, evaluations)

    trained = agent._replace(params=params, actor_state=actor_state, learner_state=learner_state)
    columns = np.array(evaluations, float).reshape(-1, 3).T
    return LoopResult(
        trained, columns[0].astype(int), columns[1], columns[2].astype(int), np.array(episode_returns, float)
    )


def record_episode(env: gym.Env, policy: Callable, seed: int | None = 0) -> Episode:
    """Plays one episode with `policy(obs) -> action` and keeps all of it, pictures included where `env` draws them.

    Pictures are large: 500 steps of CartPole are 200 MB. `animate` needs none where a page can draw the environment.

    >>> episode = record_episode(gym.make("CartPole-v1"), lambda obs: 1)
    >>> episode.obs.shape, float(episode.rewards.sum()), episode.terminated
    ((9, 4), 8.0, True)
    """
    to_env = _action_converter(env)
    draws = env.render_mode == "rgb_array"
    obs, _ = env.reset(seed=seed)
    observations, actions, rewards = [obs], [], []
    frames: list[Any] = [env.render()] if draws else []
    terminated = truncated = False
    while not (terminated or truncated):
        action = to_env(policy(obs))
        obs, reward, terminated, truncated, _ = env.step(action)
        observations.append(obs)
        actions.append(action)
        rewards.append(reward)
        if draws:
            frames.append(env.render())
    return Episode(
        np.array(observations),
        np.array(actions),
        np.array(rewards, float),
        bool(terminated),
        bool(truncated),
        frames,
        pure_environment(env),
        frames_per_second(env),
    )


def _mean_return(keys, env, act, params, actor_state, num_episodes) -> float:
    """The agent's mean return over new episodes; each begins with the actor state that training has reached."""
    to_env, total = _action_converter(env), 0.0
    for _ in range(num_episodes):
        obs, _ = env.reset()
        state, over = actor_state, False
        while not over:
            action, state = act(next(keys), params, state, obs)
            obs, reward, terminated, truncated, _ = env.step(to_env(action))
            total, over = total + reward, terminated or truncated
    return total / num_episodes


def _prepared(function: Callable, jit: bool, kind: Any, **fixed) -> Callable:
    """`function` with some arguments fixed, for a key's raw numbers, and compiled anew if asked.

    `jax.jit` remembers compiled code by function, and a learner may have redefined a helper which that function calls
    since it was compiled. This one is new each time.
    """

    def with_key(numbers, *args):
        return function(jax.random.wrap_key_data(numbers, impl=kind), *args, **fixed)

    return jax.jit(with_key) if jit else with_key


def _key_stream(key: jax.Array, batch: int = 1000) -> Iterator[np.ndarray]:
    """Endless fresh keys as rows of numbers: splitting a key one at a time would take longer than acting does."""
    while True:
        keys = jax.random.split(key, batch + 1)
        key = keys[0]
        yield from np.asarray(jax.random.key_data(keys))[1:]


def _action_converter(env: gym.Env) -> Callable:
    """Gymnasium wants a plain int for a discrete action and a NumPy array for a continuous one."""
    return _integer if isinstance(env.action_space, gym.spaces.Discrete) else np.asarray


def _integer(action) -> int:
    number = np.asarray(action)  # `int` of a JAX array takes as long as computing the action
    if number.ndim > 0:
        raise ValueError(f"an action must be one number here, got an array of shape {number.shape}")
    return int(number)


def _another(env: gym.Env) -> gym.Env:
    if env.spec is None:
        raise ValueError("env was not made by gymnasium.make, so evaluation_env (or evaluate_every=0) must be given")
    return gym.make(env.spec, render_mode=None)


def _progress_bar(num_episodes: int, visible: bool):
    from tqdm.auto import tqdm  # in a notebook this loads ipywidgets

    return tqdm(range(num_episodes), desc="compiling", unit="episode", disable=not visible)


def _report(progress_bar, episode_returns: list, evaluations: list):
    """Shows the average return of the last episodes and the last evaluation in the progress bar."""
    if progress_bar.disable:
        return
    progress_bar.set_description("training", refresh=False)
    results = {"return": f"{np.mean(episode_returns[-20:]):.1f}"}
    if evaluations:
        results["evaluation"] = f"{evaluations[-1][1]:.1f}"
    progress_bar.set_postfix(results, refresh=False)
