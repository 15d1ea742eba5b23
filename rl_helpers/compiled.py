"""The compiled loop: the agent of the readable loop, unchanged, in many environments and for many seeds at once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from rl_helpers.types import Agent, Transition


class CompiledResult(NamedTuple):
    """What `run_compiled_loop` returns.

    Attributes:
      agent: the agent that the run ended with: params and learner_state have a leading `[num_seeds]`, actor_state
        `[num_seeds, num_envs]`.
      evaluation_steps: after how many environment steps of a seed each evaluation came, int64 `[E]`.
      evaluation_returns: each seed's mean return in each evaluation, float64 `[num_seeds, E]`.
      training_returns: the mean return of the training episodes that ended since the last evaluation, float64
        `[num_seeds, E]`; nan where none did.
    """

    agent: Agent
    evaluation_steps: np.ndarray
    evaluation_returns: np.ndarray
    training_returns: np.ndarray


def run_compiled_loop(
    key: jax.Array,
    env: Any,
    agent: Agent,
    memory: Any = None,
    *,
    num_steps: int,
    num_envs: int = 1,
    num_seeds: int = 1,
    init_params: Callable | None = None,
    steps_per_update: int = 1,
    learner_steps_per_update: int = 1,
    evaluate_every: int | None = None,
    evaluation_episodes: int = 32,
    progress: bool = True,
) -> CompiledResult:
    """Trains `num_seeds` agents side by side, each in `num_envs` environments, compiled into one program.

    Again and again every environment takes `steps_per_update` steps, which go into the memory; then the agent learns,
    `learner_steps_per_update` times or until its memory is no longer ready. All seeds do this at the same time.
    Evaluation has environments and keys of its own and leaves no trace: training goes the same way without it. Nor does
    what a seed does depend on how many others there are.

    Args:
      key: JAX key from which every random number of the run comes.
      env: a pure environment such as `CartPole()`: `reset(key)` and `step(key, state, action)`.
      agent: its functions must work under `jax.jit` and `jax.vmap`.
      memory: a `ReplayMemory`, an `OnPolicyMemory` or the like; None for an agent that does not learn.
      num_steps: environment steps for each seed, over all its environments; rounded up to whole evaluations.
      num_envs: environments for each seed. Each has an actor_state of its own.
      num_seeds: how many agents to train.
      init_params: `(key) -> params`, where each seed starts; by default all start from `agent.params`.
      steps_per_update: steps that each environment takes between two rounds of learning.
      learner_steps_per_update: how often the agent may learn in such a round.
      evaluate_every: environment steps of a seed between evaluations, rounded up to whole updates; by default a
        twentieth of `num_steps`.
      evaluation_episodes: over how many episodes an evaluation averages.
      progress: show a progress bar.
    Returns:
      A `CompiledResult`.
    Raises:
      ValueError: the agent learns, but there is no memory to learn from; a number is not positive; or a function of
        the agent gives back a state of another form than it got.
    """
    if agent.learn is not None and memory is None:
        raise ValueError("agent.learn needs a memory to learn from, got memory=None")
    evaluate_every = max(num_steps // 20, 1) if evaluate_every is None else evaluate_every
    counts = {"num_steps": num_steps, "num_envs": num_envs, "num_seeds": num_seeds, "evaluate_every": evaluate_every}
    counts |= {"steps_per_update": steps_per_update, "learner_steps_per_update": learner_steps_per_update}
    for name, count in (counts | {"evaluation_episodes": evaluation_episodes}).items():
        if count < 1:
            raise ValueError(f"{name} must be positive, got {count}")
    num_updates = -(-evaluate_every // (num_envs * steps_per_update))  # between two evaluations
    evaluate_every = num_updates * num_envs * steps_per_update
    num_evaluations = -(-num_steps // evaluate_every)
    loop = _Loop(env, agent, memory, num_envs, num_updates, steps_per_update, learner_steps_per_update)

    if not jax.dtypes.issubdtype(key.dtype, jax.dtypes.prng_key):
        key = jax.random.wrap_key_data(key)
    seed_keys = jax.vmap(jax.random.fold_in, (None, 0))(key, jnp.arange(num_seeds))
    start_keys, *run_keys = jax.vmap(lambda key: jax.random.split(key, 3), out_axes=1)(seed_keys)
    results = []
    with _progress_bar(num_evaluations * evaluate_every, progress) as progress_bar:
        training = jax.jit(jax.vmap(lambda key: loop.start(key, init_params)))(start_keys)
        run = jax.jit(loop.run, static_argnames="evaluation_episodes", donate_argnums=0)
        run = run.lower(training, run_keys, np.int32(0), evaluation_episodes=evaluation_episodes)
        run = run.compile({"xla_backend_optimization_level": 1})  # twice as fast to compile, and no slower to run
        progress_bar.set_description("training")
        for evaluation in range(num_evaluations):
            training, returns = run(training, run_keys, np.int32(evaluation))
            results.append(np.asarray(returns, float))
            progress_bar.set_postfix(evaluation=f"{results[-1][0].mean():.1f}", refresh=False)
            progress_bar.update(evaluate_every)

    actors, learners = training
    trained = agent._replace(params=learners.params, actor_state=actors.state, learner_state=learners.state)
    evaluation_steps = evaluate_every * np.arange(1, num_evaluations + 1)
    evaluation_returns, training_returns = np.moveaxis(results, 0, 2)
    return CompiledResult(trained, evaluation_steps, evaluation_returns, training_returns)


class _Actor(NamedTuple):
    """One environment, and the agent's state in it."""

    env_state: Any
    obs: jax.Array
    state: Any  # the agent's actor_state
    episode_return: jax.Array  # so far
    finished_returns: jax.Array  # the sum over the episodes that have ended
    num_finished: jax.Array


class _Learner(NamedTuple):
    """What one seed has learnt, and its memory."""

    params: Any
    state: Any  # the agent's learner_state
    memory: Any


@dataclass(frozen=True)
class _Loop:
    """The compiled part. `enter` and `step` are for one environment, `start`, `collect` and `learn` for one seed, and
    `jax.vmap` makes them many; `run`, `update` and `evaluate` are for all seeds."""

    env: Any
    agent: Agent
    memory: Any
    num_envs: int
    num_updates: int
    steps_per_update: int
    learner_steps_per_update: int

    def run(self, training, keys, index, *, evaluation_episodes):
        """`num_updates` updates and evaluation number `index`: `(training, [2, num_seeds])`."""
        train_keys, evaluation_keys = keys
        # Key number n serves update number n, however many updates lie between evaluations.
        numbers = index * self.num_updates + jnp.arange(self.num_updates)
        update_keys = jax.vmap(jax.vmap(jax.random.fold_in, (0, None)), (None, 0))(train_keys, numbers)
        (actors, learners), _ = jax.lax.scan(self.update, training, update_keys)

        evaluation_keys = jax.vmap(jax.random.fold_in, (0, None))(evaluation_keys, index)
        evaluation_returns = self.evaluate(actors, learners, evaluation_keys, evaluation_episodes)
        training_returns = actors.finished_returns.sum(axis=1) / actors.num_finished.sum(axis=1)
        zero = jnp.zeros_like(actors.num_finished)
        actors = actors._replace(finished_returns=zero, num_finished=zero)
        return (actors, learners), jnp.stack([evaluation_returns, training_returns])

    def update(self, training, keys):
        """Every environment takes some steps; then the agents whose memories are ready learn."""
        actors, learners = training
        # All keys of an update from one split into a flat array: what is most of the time to compile otherwise.
        num_steps, num_learner_steps = self.steps_per_update * self.num_envs, self.learner_steps_per_update
        keys = jax.vmap(lambda key: jax.random.split(key, 3 * num_steps + 2 * num_learner_steps))(keys)
        step_keys = keys[:, : 3 * num_steps].reshape(-1, 3, self.steps_per_update, self.num_envs)
        learn_keys = keys[:, 3 * num_steps :].reshape(-1, num_learner_steps, 2).swapaxes(0, 1)
        actors, learners = jax.vmap(self.collect)(actors, learners, step_keys)

        def learn(learners, keys):
            ready = jax.vmap(self.memory.is_ready)(learners.memory)
            # A `cond` under `jax.vmap` always computes both branches. Here it can skip learning when no seed is ready.
            skip = lambda learners, *_: learners
            return jax.lax.cond(jnp.any(ready), jax.vmap(self.learn), skip, learners, ready, keys), None

        if self.agent.learn is not None:
            learners, _ = jax.lax.scan(learn, learners, learn_keys)
        return (actors, learners), None

    def evaluate(self, actors, learners, keys, num_episodes) -> jax.Array:
        """Each seed's mean return over new episodes, which begin with the actor state of its first environment."""
        keys = jax.vmap(lambda key: jax.random.split(key, 2 * num_episodes))(keys)
        enter_keys, step_keys = keys[:, :num_episodes], keys[:, num_episodes:]
        first_states = jax.tree.map(lambda x: x[:, 0], actors.state)
        actors = jax.vmap(jax.vmap(self.enter, (None, 0)))(first_states, enter_keys)

        def step(params, actor, key, time):
            act_key, step_key = jax.random.split(jax.random.fold_in(key, time))
            fresh = (actor.env_state, actor.obs)  # is not played: an actor stands still after its first episode
            after, _ = self.step(params, actor, act_key, step_key, fresh, evaluation=True)
            return jax.tree.map(lambda old, new: jnp.where(actor.num_finished > 0, old, new), actor, after)

        def step_all(carry):
            time, actors = carry
            actors = jax.vmap(jax.vmap(step, (None, 0, 0, None)), (0, 0, 0, None))(
                learners.params, actors, step_keys, time
            )
            return time + 1, actors

        _, actors = jax.lax.while_loop(lambda carry: jnp.any(carry[1].num_finished == 0), step_all, (0, actors))
        return actors.finished_returns.mean(axis=1)

    def start(self, key, init_params) -> tuple[_Actor, _Learner]:
        """One seed's beginning: its `num_envs` actors and its learner."""
        params_key, enter_key = jax.random.split(key)
        params = self.agent.params if init_params is None else init_params(params_key)
        states = (params, self.agent.actor_state, self.agent.learner_state)
        params, actor_state, learner_state = jax.tree.map(jnp.asarray, states)

        # `eval_shape` computes nothing. It tells which dtypes a state will have that may begin as a Python number.
        actor = self.enter(actor_state, key)
        after, transition = jax.eval_shape(self.step, params, actor, key, key, (actor.env_state, actor.obs))
        actor_state = _cast(actor_state, after.state, "select_action", "actor_state")
        memory = None
        if self.memory is not None:
            example = jax.tree.map(lambda x: jnp.zeros(x.shape, x.dtype), transition)
            memory = self.memory.init(example, self.num_envs, self.steps_per_update)
        if self.agent.learn is not None:
            batch, _ = jax.eval_shape(self.memory.sample, key, memory)
            new_params, new_state = jax.eval_shape(self.agent.learn, key, params, learner_state, batch)
            params = _cast(params, new_params, "learn", "params")
            learner_state = _cast(learner_state, new_state, "learn", "learner_state")
        actors = jax.vmap(self.enter, (None, 0))(actor_state, jax.random.split(enter_key, self.num_envs))
        return actors, _Learner(params, learner_state, memory)

    def enter(self, actor_state, key) -> _Actor:
        """The beginning of an episode."""
        env_state, obs = self.env.reset(key)
        return _Actor(env_state, obs, actor_state, jnp.float32(0), jnp.float32(0), jnp.float32(0))

    def step(self, params, actor, act_key, step_key, fresh, evaluation=False) -> tuple[_Actor, Transition]:
        """One step, and on to the `fresh` `(env_state, obs)` where it ends the episode."""
        action, actor_state = self.agent.select_action(act_key, params, actor.state, actor.obs, evaluation=evaluation)
        env_state, (next_obs, reward, terminated, truncated) = self.env.step(step_key, actor.env_state, action)
        transition = Transition(actor.obs, action, reward, next_obs, terminated, truncated)

        over = terminated | truncated
        env_state, obs = jax.tree.map(lambda new, old: jnp.where(over, new, old), fresh, (env_state, next_obs))
        episode_return = actor.episode_return + reward
        actor = _Actor(
            env_state,
            obs,
            actor_state,
            episode_return=jnp.where(over, 0.0, episode_return),
            finished_returns=actor.finished_returns + jnp.where(over, episode_return, 0.0),
            num_finished=actor.num_finished + over,
        )
        return actor, transition

    def collect(self, actors, learner, keys) -> tuple[_Actor, _Learner]:
        """`steps_per_update` steps of one seed's environments, pushed into its memory."""
        act_keys, step_keys, reset_keys = keys
        fresh = jax.vmap(jax.vmap(self.env.reset))(reset_keys)  # all of them at once is faster than in each step
        step = lambda actors, inputs: jax.vmap(self.step, (None, 0, 0, 0, 0))(learner.params, actors, *inputs)
        actors, transitions = jax.lax.scan(step, actors, (act_keys, step_keys, fresh))
        if self.memory is not None:
            learner = learner._replace(memory=self.memory.push(learner.memory, transitions))
        return actors, learner

    def learn(self, learner, ready, keys) -> _Learner:
        """One learner step of one seed; nothing changes where it is not `ready`."""
        sample_key, learn_key = keys
        batch, memory = self.memory.sample(sample_key, learner.memory)
        params, state = self.agent.learn(learn_key, learner.params, learner.state, batch)
        choose = lambda new, old: old if new is old else jnp.where(ready, new, old)
        return jax.tree.map(choose, _Learner(params, state, memory), learner)


def _cast(state, form, function: str, what: str):
    """`state` with the dtypes that the agent's function gives back."""
    same = jax.tree.structure(state) == jax.tree.structure(form)
    if not same or [x.shape for x in jax.tree.leaves(state)] != [x.shape for x in jax.tree.leaves(form)]:
        raise ValueError(
            f"agent.{function} must give back a {what} of the same structure and shapes as it gets; "
            f"it got {jax.tree.map(jnp.shape, state)} and gave {jax.tree.map(jnp.shape, form)}"
        )
    return jax.tree.map(lambda x, like: jnp.asarray(x, like.dtype), state, form)


def _progress_bar(num_steps: int, visible: bool):
    from tqdm.auto import tqdm  # in a notebook this loads ipywidgets

    return tqdm(total=num_steps, desc="compiling", unit="step", unit_scale=True, disable=not visible)
