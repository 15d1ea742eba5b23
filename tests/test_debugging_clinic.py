"""What notebook 11 says of probes, bugs and patients, and that its museum is what it says."""

import runpy

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from conftest import ROOT, read_course

from autograder.course import is_solution
from rl_helpers import museum
from rl_helpers.museum import agents, records, tables, tour
from rl_helpers.types import Transition

SOURCE = read_course().assignments["11_debugging_clinic"].source


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


@pytest.mark.slow
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


@pytest.mark.slow
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
        if name == "clock_is_death":
            assert [probe for probe in failed if probe in tables.SEVEN] == ["Clock"]
        if FIRST_FAILURE[name] is None:
            assert set(failed) == ONLY_EXTRA[name], name


@pytest.mark.slow
@pytest.mark.parametrize("agent", ["DQN", "PPO"])
def test_the_museum_is_still_as_it_was_recorded(agent):
    for name, learnt in museum.on_probes(jax.random.key(0), agent).items():
        assert failures(learnt) == failures(records.record(agent, name).learnt), name


def test_returns_are_what_the_text_says():
    best = {agent: {name: x.mean(axis=0)[1:].max() for name, x in by.items()} for agent, by in museum.returns().items()}
    good = [name for by in best.values() for name, value in by.items() if value > 195 and name != museum.HEALTHY]
    assert len(good) == 7 and min(by[museum.HEALTHY] for by in best.values()) > 195
    ahead = {name for name, value in best["PPO"].items() if value > best["PPO"][museum.HEALTHY]}
    assert ahead == {"advantages_leak", "ratio_is_one"}
    assert best["DQN"]["one_key"] > best["DQN"][museum.HEALTHY] and 290 < best["DQN"]["rate_too_high"] < 300


def test_recorded_readings_are_what_the_text_says():
    read = lambda agent, reading: {
        name: records.record(agent, name).readings[reading] for name in tour.switches(agent)[0]
    }
    explained = read("DQN", "expl. var.")
    assert abs(explained.pop("loss_broadcasts")) < 0.05 and min(explained.values()) > 0.85
    assert [name for name, moved in read("DQN", "upd. target").items() if moved == 0] == ["target_never_updated"]
    assert [name for name, dead in read("DQN", "dead").items() if dead > 0.5] == ["rate_too_high"]
    assert [name for name, frozen in read("PPO", "frozen").items() if frozen] == ["buffer_reused"]
    assert round(read("PPO", "expl. var.")[museum.HEALTHY], 2) == 0.95
    assert records.record("DQN", museum.HEALTHY).steps[-1] == 76_800
    assert records.record("PPO", museum.HEALTHY).steps[-1] == 102_400


@pytest.mark.slow
def test_check_ups_are_what_the_text_says(exercises):
    dqn, ppo = (museum.check_ups(jax.random.key(1), agent) for agent in ("DQN", "PPO"))
    explained = {name: float(exercises["explained_variance"](c.value, c.target)) for name, c in (dqn | ppo).items()}
    assert abs(explained["loss_broadcasts"]) < 0.1 and float(explained[museum.HEALTHY]) < 0.1
    assert explained["clock_is_death"] > 0.4 and explained["one_key"] < 0.3
    assert explained["death_is_ignored"] == max(explained.values()) > 0.98
    target = {name: float(exercises["update_ratio"](c.before["target"], c.after["target"])) for name, c in dqn.items()}
    assert [name for name, moved in target.items() if moved == 0] == ["target_never_updated"]
    dead = {name: float(exercises["dead_units"](c.activations)) for name, c in dqn.items()}
    assert 0.85 < dead.pop("rate_too_high") < 0.95 and max(dead.values()) < 0.3
    counts = {name: exercises["check_rollout"](c.rollout) for name, c in (dqn | ppo).items()}
    assert counts.pop("buffer_reused")["frozen"] == 1024
    assert not any(count["frozen"] or count["broken_chain"] for count in counts.values())
    kl = {name: float(exercises["approx_kl"](c.log_prob, c.old_log_prob)) for name, c in ppo.items()}
    assert kl.pop("advantages_vanish") < 1e-7 and min(kl.values()) > 5e-5
    for same, by_name in [("clock_is_death", dqn), ("next_episode_seen", ppo)]:
        np.testing.assert_allclose(by_name[same].value, by_name[museum.HEALTHY].value, rtol=1e-3, atol=1e-3)


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
