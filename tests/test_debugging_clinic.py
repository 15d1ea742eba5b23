"""What notebook 11 says of probes, bugs and patients, and that its museum is what it says."""

import runpy

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from conftest import ROOT

from autograder.course import is_solution, load_course
from rl_helpers import museum
from rl_helpers.museum import agents, records, tables, tour
from rl_helpers.types import Transition

SOURCE = load_course(ROOT).assignments["11_debugging_clinic"].source


@pytest.fixture(scope="module")
def exercises() -> dict:
    """The answers of notebook 11."""
    namespace = {"np": np, "jax": jax, "jnp": jnp, "optax": optax}
    for cell in filter(is_solution, SOURCE.cells):
        exec(cell.source, namespace)
    return namespace


# --- The museum -------------------------------------------------------------------------------------------------------


def test_every_bug_is_an_exhibit_and_every_exhibit_is_in_the_notebook():
    of_agents = [exhibit.bug for exhibit in museum.EXHIBITS if exhibit.agent != "language model"]
    assert sorted(of_agents) == sorted(agents.Bugs._fields) and len(museum.EXHIBITS) == 14
    assert set(museum.LOSSES) == {"healthy"} | {e.bug for e in museum.EXHIBITS if e.agent == "language model"}
    text = " ".join(" ".join(c.source for c in SOURCE.cells if c.cell_type == "markdown").split())
    for exhibit in museum.EXHIBITS:
        assert f"`{exhibit.bug}`, {exhibit.agent}. {exhibit.story}" in text and exhibit.report in text


def test_a_probe_as_tables_is_the_probe():
    for env in tables.ALL_PROBES.values():
        as_tables = tables.tabulate(env)
        for row, obs in enumerate(env.observations):
            for action in range(env.num_actions):
                state = tables.ProbeState(jnp.asarray(obs), jnp.int32(0))
                step, same = (
                    e.step(jax.random.key(0), s, jnp.int32(action))[1]
                    for e, s in [(env, state), (as_tables, (row, jnp.int32(0)))]
                )
                jax.tree.map(np.testing.assert_array_equal, tuple(step), tuple(same))
        starts = {int(as_tables.reset(jax.random.key(seed))[0][0]) for seed in range(30)}
        assert starts == set(range(env.num_starts))


@pytest.mark.parametrize("gamma", [0.0, 0.5, 0.9])
def test_right_values_are_those_of_the_exercise(exercises, gamma):
    for name in tables.SEVEN:
        right = tables.right_values(tables.ALL_PROBES[name], gamma)
        np.testing.assert_allclose(exercises["probe_values"](name, gamma), right, rtol=1e-5)


def some_transitions(rng, size=12):
    flags = rng.random((2, size)) < 0.3
    numbers = rng.normal(size=(3, size)).astype(np.float32)
    batch = Transition(None, None, numbers[0], None, *flags.astype(np.float32))
    return batch, np.stack([numbers[1], numbers[2]], axis=1) - 1.0


def test_each_switch_of_dqn_changes_its_target_or_its_loss_as_the_story_says():
    batch, next_q = some_transitions(np.random.default_rng(0))
    target = lambda **bugs: np.asarray(agents.dqn_target(agents.Bugs(**bugs), batch, next_q, 0.9))
    best, over = next_q.max(axis=1), np.maximum(batch.terminated, batch.truncated)
    np.testing.assert_allclose(target(), batch.reward + 0.9 * (1 - batch.terminated) * best, rtol=1e-5)
    np.testing.assert_allclose(target(clock_is_death=True), batch.reward + 0.9 * (1 - over) * best, rtol=1e-5)
    np.testing.assert_allclose(target(death_is_ignored=True), batch.reward + 0.9 * best, rtol=1e-5)
    positive = batch.reward + 0.9 * (1 - batch.terminated) * np.maximum(best, 0)
    np.testing.assert_allclose(target(maximum_from_zero=True), positive, rtol=1e-5)
    q = next_q[:, 0]
    crossed = np.mean((q[:, None] - batch.reward) ** 2)
    assert agents.dqn_loss(agents.Bugs(), q, batch.reward) == pytest.approx(np.mean((q - batch.reward) ** 2))
    assert agents.dqn_loss(agents.Bugs(loss_broadcasts=True), q, batch.reward) == pytest.approx(crossed)


def test_each_switch_of_the_memory_changes_what_is_seen():
    obs = np.arange(12.0).reshape(4, 3, 1)
    rollout = Transition(obs, None, None, obs + 100, None, None)
    same = agents.seen(agents.Bugs(), rollout)
    np.testing.assert_array_equal(same.obs, obs)
    np.testing.assert_array_equal(same.next_obs, obs + 100)
    reset = agents.seen(agents.Bugs(next_episode_seen=True), rollout).next_obs
    np.testing.assert_array_equal(reset, [*obs[1:], obs[-1] + 100])
    frozen = agents.seen(agents.Bugs(buffer_reused=True), rollout)
    np.testing.assert_array_equal(frozen.obs, np.broadcast_to(obs[-1] + 100, obs.shape))
    np.testing.assert_array_equal(frozen.obs, frozen.next_obs)


def test_more_padding_changes_a_loss_only_where_the_mask_is_wrong():
    values = {name: [float(loss(*museum.with_padding(n))) for n in (0, 4, 32)] for name, loss in museum.LOSSES.items()}
    assert np.ptp(values.pop("healthy")) < 1e-6
    assert all(np.ptp(losses) > 0.01 for losses in values.values()) and len(values) == 2


def test_recorded_diagnostics_are_those_of_the_exercises(exercises):
    readings = runpy.run_path(str(ROOT / "benchmarks" / "museum.py"))["readings"]
    rng = np.random.default_rng(1)
    rows, tree = rng.normal(size=(4, 40)), lambda: [(rng.normal(size=(3, 4)), rng.normal(size=4))]
    rows[3] = rows[2] + 0.3 * rows[3]
    obs = rng.integers(0, 2, (2, 10, 4, 1)).astype(np.float32)
    rollout = Transition(obs[0], None, rng.normal(size=(10, 4)), obs[1], *(rng.random((2, 10, 4)) < 0.3))
    before, after = ({"actor": tree(), "critic": tree()} for _ in range(2))
    units = rng.normal(size=(40, 6)) * (np.arange(6) > 1)
    checkup = museum.Checkup(*rows, units, before, after, rollout)
    got = readings(checkup)
    assert got["expl. var."] == pytest.approx(float(exercises["explained_variance"](*rows[:2])), abs=1e-4)
    assert got["KL"] == pytest.approx(float(exercises["approx_kl"](*rows[2:])), rel=1e-4)
    assert got["dead"] == pytest.approx(float(exercises["dead_units"](units))) == pytest.approx(1 / 3)
    for name in before:
        ratio = exercises["update_ratio"](before[name], after[name])
        assert got[f"upd. {name}"] == pytest.approx(float(ratio), rel=1e-4)
    counts = exercises["check_rollout"](rollout)
    assert got["broken"] == counts["broken_chain"] > 0 and got["frozen"] == counts["frozen"] > 0


# --- What the text claims ---------------------------------------------------------------------------------------------

FIRST_FAILURE = {  # of the seven probes, in their order; None: it passes all of them
    "clock_is_death": "Clock",
    "death_is_ignored": "OneReward",
    "maximum_from_zero": None,
    "loss_broadcasts": "RewardIsObs",
    "one_key": None,
    "target_never_updated": "LaterReward",
    "rate_too_high": "RewardIsObs",
    "buffer_reused": "RewardIsObs",
    "next_episode_seen": None,
    "advantages_vanish": "TwoActions",
    "advantages_leak": None,
    "ratio_is_one": None,
    museum.HEALTHY: None,
}
ONLY_EXTRA = {  # passes all seven, and fails these
    "maximum_from_zero": {"LaterReward, -1"},
    "one_key": {"TwoActions, 0.5 or 1"},
    "next_episode_seen": {"LaterReward, cut"},
    "advantages_leak": set(),
    "ratio_is_one": set(),
    museum.HEALTHY: set(),
}


def failures(learnt) -> list[str]:
    """The probes that at least one of the seeds fails, in their order."""
    return [probe for probe, share in museum.passes(learnt).items() if share < 1]


@pytest.mark.parametrize("agent", ["DQN", "PPO"])
def test_recorded_agents_fail_the_probes_that_the_text_says(agent):
    for name in tour.switches(agent)[0]:
        failed = failures(records.record(agent, name).learnt)
        assert next((probe for probe in failed if probe in tables.SEVEN), None) == FIRST_FAILURE[name], name
        if FIRST_FAILURE[name] is None:
            assert set(failed) == ONLY_EXTRA[name], name


@pytest.mark.slow
@pytest.mark.parametrize("agent", ["DQN", "PPO"])
def test_the_museum_is_still_as_it_was_recorded(agent):
    for name, learnt in museum.on_probes(jax.random.key(0), agent).items():
        assert failures(learnt) == failures(records.record(agent, name).learnt), name


def diagnose(patient: museum.Patient) -> str:
    """The letter, by the field guide alone: from probes and diagnostics, and not from the name."""
    failed = [probe for probe in failures(patient.learnt) if probe in tables.SEVEN]
    readings = patient.readings
    if not failed:
        return "H" if patient.readings.get("KL", 1) > 0 and not failures(patient.learnt) else "E"
    if failed[0] == "OneReward":
        return "B"
    if failed[0] == "RewardIsObs":
        return "F" if readings["frozen"] else "C"
    if failed == ["Clock"]:
        return "A"
    if readings.get("upd. target") == 0:
        return "D"
    return "G" if readings["KL"] < 1e-6 else "?"


@pytest.mark.parametrize("number", records.PATIENTS)
def test_the_diagnosis_follows_from_what_the_reader_sees(exercises, number):
    assert diagnose(museum.patient(number)) == exercises[f"diagnosis_{number}"]


def test_the_field_guide_is_one_text():
    guide = (ROOT / "docs" / "debugging.md").read_text(encoding="utf-8").strip()
    assert guide in [cell.source.strip() for cell in SOURCE.cells]
