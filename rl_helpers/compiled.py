"""The compiled loop: the agent of the readable loop, unchanged, in many environments and for many seeds at once."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from rl_helpers.budget import shortened
from rl_helpers.envs.base import Environment
from rl_helpers.rollouts import Acting, Actor
from rl_helpers.types import Agent, Progress, PureMemory, typed_key


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
    env: Environment,
    agent: Agent,
    memory: PureMemory | None = None,
    *,
    num_steps: int,
    num_envs: int = 1,
    num_seeds: int = 1,
    init_params: Callable | None = None,
    steps_per_update: int = 1,
    learner_steps_per_update: int = 1,
    evaluate_every: int | None = None,
    evaluation_episodes: int = 32,
    callback: Callable[[Progress], Any] | None = None,
    progress: bool = True,
) -> CompiledResult:
    """Trains `num_seeds` agents side by side, each in `num_envs` environments, compiled into one program.

    Again and again, every environment takes `steps_per_update` steps, which go into the memory; then the agent learns,
    `learner_steps_per_update` times or until its memory is no longer ready. All seeds do this at the same time.
    Evaluation has environments and keys of its own and leaves no trace: training goes the same way without it. Nor does
    what a seed does depend on how many others there are.

    Args:
      key: JAX key from which every random number of the run comes.
      env: a pure environment such as `CartPole()`: `reset(key)` and `step(key, state, action)`.
      agent: its functions must work under `jax.jit` and `jax.vmap`.
      memory: a `ReplayMemory`, an `OnPolicyMemory` or another `PureMemory`; None for an agent that does not learn.
      num_steps: environment steps for each seed, over all its environments; rounded up to whole evaluations.
      num_envs: environments for each seed. Each has an actor_state of its own.
      num_seeds: how many agents to train.
      init_params: `(key) -> params`, where each seed starts; by default all start from `agent.params`.
      steps_per_update: steps that each environment takes between two rounds of learning.
      learner_steps_per_update: how often the agent may learn in such a round.
      evaluate_every: environment steps of a seed between evaluations, rounded up to whole updates; by default a
        twentieth of `num_steps`.
      evaluation_episodes: over how many episodes an evaluation averages.
      callback: called after each evaluation.
      progress: show a progress bar.
    Returns:
      A `CompiledResult`.
    Raises:
      ValueError: the agent learns, but there is no memory to learn from; a number is not positive; or a function of
        the agent returns a state of another form than it was given.
    """
    if agent.learn is not None and memory is None:
        raise ValueError("agent.learn needs a memory to learn from, got memory=None")
    evaluate_every = max(num_steps // 20, 1) if evaluate_every is None else evaluate_every
    counts = {"num_steps": num_steps, "num_envs": num_envs, "num_seeds": num_seeds, "evaluate_every": evaluate_every}
    counts |= {"steps_per_update": steps_per_update, "learner_steps_per_update": learner_steps_per_update}
    for name, count in (counts | {"evaluation_episodes": evaluation_episodes}).items():
        if count < 1:
            raise ValueError(f"{name} must be positive, got {count}")
    num_steps, evaluate_every = shortened(num_steps), shortened(evaluate_every)
    evaluation_episodes = shortened(evaluation_episodes)
    num_updates = -(-evaluate_every // (num_envs * steps_per_update))  # between two evaluations
    evaluate_every = num_updates * num_envs * steps_per_update
    num_evaluations = -(-num_steps // evaluate_every)
    one = _Training(env, agent, memory, num_envs, num_updates, steps_per_update, learner_steps_per_update)

    seed_keys = jax.vmap(jax.random.fold_in, (None, 0))(typed_key(key), jnp.arange(num_seeds))
    start_keys, *run_keys = jax.vmap(lambda key: jax.random.split(key, 3), out_axes=1)(seed_keys)
    results = []
    with _progress_bar(num_evaluations * evaluate_every, progress) as progress_bar:
        start = jax.jit(jax.vmap(lambda key: one.start(key, init_params))).lower(start_keys)
        training = start.compile({"xla_backend_optimization_level": "0"})(start_keys)  # it runs once
        run_all = jax.vmap(functools.partial(one.run, evaluation_episodes), (0, 0, None), axis_name="seeds")
        lowered = jax.jit(run_all, donate_argnums=0).lower(training, run_keys, np.int32(0))
        # Fusion emitters stay on: without them it compiles in half the time, but PPO of 8 seeds has 0.6 of the speed.
        run = lowered.compile({"xla_backend_optimization_level": "1"})
        progress_bar.set_description("training")
        for evaluation in range(num_evaluations):
            training, returns = run(training, run_keys, np.int32(evaluation))
            results.append(np.asarray(returns, float))
            progress_bar.set_postfix(evaluation=f"{results[-1][0].mean():.1f}", refresh=False)
            progress_bar.update(evaluate_every)
            if callback is not None:  # it may keep the agent, and the next run overwrites this one
                trained = agent._replace(**jax.tree.map(jnp.copy, _states(training)))
                callback(Progress(evaluate_every * (evaluation + 1), trained, results[-1][0]))

    evaluation_steps = evaluate_every * np.arange(1, num_evaluations + 1)
    evaluation_returns, training_returns = np.moveaxis(np.array(results), 0, 2)
    trained = agent._replace(**_states(training))
    return CompiledResult(trained, evaluation_steps, evaluation_returns, training_returns)


def _states(training) -> dict[str, Any]:
    """The agent's part of the training."""
    actors, learners = training
    return {"params": learners.params, "actor_state": actors.state, "learner_state": learners.state}


class _Learner(NamedTuple):
    """What one seed has learnt, and its memory."""

    params: Any
    state: Any  # the agent's learner_state
    memory: Any


@dataclass(frozen=True)
class _Training:
    """The training of one seed. `run_compiled_loop` makes it many, over an axis that `jax.vmap` knows as "seeds"."""

    env: Environment
    agent: Agent
    memory: Any  # a PureMemory, or None
    num_envs: int
    num_updates: int
    steps_per_update: int
    learner_steps_per_update: int

    @property
    def acting(self) -> Acting:
        return Acting(self.env, self.agent.select_action)

    def start(self, key, init_params) -> tuple[Actor, _Learner]:
        """The beginning: `num_envs` actors and their learner."""
        params_key, enter_key = jax.random.split(key)
        params = self.agent.params if init_params is None else init_params(params_key)
        states = (params, self.agent.actor_state, self.agent.learner_state)
        params, actor_state, learner_state = jax.tree.map(jnp.asarray, states)

        # `eval_shape` computes nothing. It tells which dtypes a state will have that may begin as a Python number.
        actor = self.acting.enter(actor_state, key)
        after, transition = jax.eval_shape(self.acting.step, params, actor, key, key, (actor.env_state, actor.obs))
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
        actors = jax.vmap(self.acting.enter, (None, 0))(actor_state, jax.random.split(enter_key, self.num_envs))
        return actors, _Learner(params, learner_state, memory)

    def run(self, num_episodes, training, keys, index):
        """`num_updates` updates and evaluation number `index`: `(training, (evaluation return, training return))`."""
        train_key, evaluation_key = keys
        # Key number n serves update number n, however many updates lie between evaluations.
        numbers = index * self.num_updates + jnp.arange(self.num_updates)
        update_keys = jax.vmap(jax.random.fold_in, (None, 0))(train_key, numbers)
        (actors, learner), _ = jax.lax.scan(self.update, training, update_keys)

        evaluation_return = self.evaluate(actors, learner, jax.random.fold_in(evaluation_key, index), num_episodes)
        training_return = actors.finished_returns.sum() / actors.num_finished.sum()
        zero = jnp.zeros_like(actors.num_finished)
        actors = actors._replace(finished_returns=zero, num_finished=zero)
        return (actors, learner), (evaluation_return, training_return)

    def update(self, training, key):
        """Every environment takes some steps; then the agent learns if its memory is ready."""
        actors, learner = training
        # All keys of an update from one split into a flat array: what is most of the time to compile otherwise.
        num_steps, num_learner_steps = self.steps_per_update * self.num_envs, self.learner_steps_per_update
        keys = jax.random.split(key, 3 * num_steps + 2 * num_learner_steps)
        step_keys = keys[: 3 * num_steps].reshape(3, self.steps_per_update, self.num_envs)
        learn_keys = keys[3 * num_steps :].reshape(num_learner_steps, 2)
        actors, learner = self.collect(actors, learner, step_keys)

        def learn(learner, keys):
            ready = self.memory.is_ready(learner.memory)
            # A `cond` under `jax.vmap` computes both branches, unless its condition is the same for all seeds.
            any_ready = jax.lax.pmax(jnp.int32(ready), "seeds") > 0
            return _changed_if(any_ready, lambda learner: self.learn(learner, ready, keys), learner), None

        if self.agent.learn is not None:
            learner, _ = jax.lax.scan(learn, learner, learn_keys)
        return (actors, learner), None

    def collect(self, actors, learner, keys) -> tuple[Actor, _Learner]:
        """`steps_per_update` steps of every environment, pushed into the memory."""
        act_keys, step_keys, reset_keys = keys
        fresh = jax.vmap(jax.vmap(self.env.reset))(reset_keys)  # all of them at once is faster than in each step
        step = lambda actors, inputs: jax.vmap(self.acting.step, (None, 0, 0, 0, 0))(learner.params, actors, *inputs)
        actors, transitions = jax.lax.scan(step, actors, (act_keys, step_keys, fresh))
        if self.memory is not None:
            learner = learner._replace(memory=self.memory.push(learner.memory, transitions))
        return actors, learner

    def learn(self, learner, ready, keys) -> _Learner:
        """One learner step; nothing changes where the memory is not `ready`."""
        sample_key, learn_key = keys
        batch, memory = self.memory.sample(sample_key, learner.memory)
        assert self.agent.learn is not None
        params, state = self.agent.learn(learn_key, learner.params, learner.state, batch)
        learnt = _Learner(params, state, memory)
        if jax.lax.axis_size("seeds") == 1:  # then nobody is here who is not ready
            return learnt
        choose = lambda new, old: old if new is old else jnp.where(ready, new, old)
        return jax.tree.map(choose, learnt, learner)

    def evaluate(self, actors, learner, key, num_episodes) -> jax.Array:
        """The mean return over new episodes, which begin with the actor state of the first environment."""
        enter_keys, step_keys = jax.random.split(key, 2 * num_episodes).reshape(2, num_episodes)
        actor_state = jax.tree.map(lambda x: x[0], actors.state)
        play = jax.vmap(self.acting.episode_return, (None, None, 0, 0))
        return play(learner.params, actor_state, enter_keys, step_keys).mean()


def _changed_if(condition: jax.Array, function: Callable, value: Any) -> Any:
    """`function(value) if condition else value`. What the function gives back as it was does not go through the branch:
    XLA would copy it, and most of a memory stays as it is when a batch is drawn.
    """
    leaves, form = jax.tree.flatten(value)
    changes: list[bool] = []  # by leaf

    def new(leaves):
        results = jax.tree.leaves(function(jax.tree.unflatten(form, leaves)))
        changes[:] = [result is not leaf for result, leaf in zip(results, leaves, strict=True)]
        return [result for result, change in zip(results, changes, strict=True) if change]

    jax.eval_shape(new, leaves)  # fills `changes`
    old = lambda leaves: [leaf for leaf, change in zip(leaves, changes, strict=True) if change]
    changed = iter(jax.lax.cond(condition, new, old, leaves))
    merged = [next(changed) if change else leaf for leaf, change in zip(leaves, changes, strict=True)]
    return jax.tree.unflatten(form, merged)


def _cast(state, form, function: str, what: str):
    """`state` with the dtypes that the agent's function gives back."""
    same = bool(jax.tree.structure(state) == jax.tree.structure(form))  # type: ignore[operator]
    if not same or [x.shape for x in jax.tree.leaves(state)] != [x.shape for x in jax.tree.leaves(form)]:
        raise ValueError(
            f"agent.{function} must give back a {what} of the same structure and shapes as it gets; "
            f"it got {jax.tree.map(jnp.shape, state)} and gave {jax.tree.map(jnp.shape, form)}"
        )
    return jax.tree.map(lambda x, like: jnp.asarray(x, like.dtype), state, form)


def _progress_bar(num_steps: int, visible: bool):
    from tqdm.auto import tqdm  # in a notebook this loads ipywidgets

    return tqdm(total=num_steps, desc="compiling", unit="step", unit_scale=True, disable=not visible)
