"""The training log: what goes in comes out, and TensorBoard's file holds the same."""

import struct
import sys

import numpy as np
import pytest

from rl_helpers.log import TrainingLog


@pytest.fixture
def without_writer(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)  # importing it now raises ImportError


def test_numbers_come_back_by_name_in_order(tmp_path):
    log = TrainingLog(tmp_path)
    log.add(10, loss=0.5, epsilon=1)
    log.add(20, loss=np.float32(0.25))
    log.close()
    steps, losses = log["loss"]
    assert steps.dtype == int and losses.dtype == float
    assert (steps.tolist(), losses.tolist()) == ([10, 20], [0.5, 0.25])
    assert [x.tolist() for x in log["epsilon"]] == [[10], [1.0]]
    with pytest.raises(KeyError, match=r"'returns', only \['epsilon', 'loss'\]"):
        log["returns"]


def test_without_the_writer_it_writes_no_file_and_keeps_the_numbers(tmp_path, without_writer):
    log = TrainingLog(tmp_path)
    log.add(1, loss=2.0)
    log.close()
    assert log.folder is None and list(tmp_path.iterdir()) == []
    assert log["loss"][1].tolist() == [2.0]


def test_each_run_has_a_folder_of_its_own_with_what_was_logged(tmp_path):
    pytest.importorskip("tensorboardX")
    first, second = TrainingLog(tmp_path / "runs"), TrainingLog(tmp_path / "runs")
    assert [first.folder, second.folder] == [tmp_path / "runs" / "run-1", tmp_path / "runs" / "run-2"]
    first.add(200, loss=0.5, average_return=21.5)
    first.add(400, loss=0.125)
    first.close(), second.close()
    assert scalars(first.folder) == [("loss", 200, 0.5), ("average_return", 200, 21.5), ("loss", 400, 0.125)]
    assert scalars(second.folder) == []


def scalars(folder):
    """Every scalar in a folder's one event file: records of a length, its checksum, the data and its checksum."""
    from tensorboardX.proto.event_pb2 import Event

    (file,) = folder.glob("events.out.tfevents.*")
    data, found = file.read_bytes(), []
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        event = Event.FromString(data[12 : 12 + length])
        found += [(value.tag, event.step, value.simple_value) for value in event.summary.value]
        data = data[16 + length :]
    return found
