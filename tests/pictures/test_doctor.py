"""The doctor tries the reader of pictures, with the process that really reads."""

from __future__ import annotations

import asyncio
import os
import signal
from threading import Thread

from bot.cli.doctor_pictures import picture_finding, small_picture
from bot.cli.findings import Finding, Level
from bot.gateways.ocr import PictureProcess
from tests.pictures.conftest import PATIENT_SECONDS
from tests.standins.process import await_that


def patient() -> PictureProcess:
    """A process of its own that gives the slowest machine its time."""
    return PictureProcess(read_seconds=PATIENT_SECONDS, start_seconds=PATIENT_SECONDS)


def finding(process: PictureProcess, picture: bytes | None = None) -> Finding:
    """What the doctor says, and that no process is left behind."""
    found = asyncio.run(picture_finding(process, picture or small_picture()))
    assert process.process_id is None
    return found


def test_a_reader_that_reads_is_told_with_its_seconds() -> None:
    """A small picture of ours, drawn without any font of the machine's."""
    found = finding(patient())
    assert found.level is not Level.BROKEN
    assert "a small picture is read in " in found.what
    assert " s, after a start of " in found.what


def test_a_reader_that_sees_nothing_is_broken() -> None:
    """A process that answers is not enough: the words must be in the answer."""
    found = finding(patient(), small_picture("xxxx"))
    assert found.level is Level.BROKEN
    assert "setup" in found.mend


def test_a_reader_that_does_not_start_in_time_says_what_to_end() -> None:
    """No machine loads the models in a millisecond."""
    found = finding(PictureProcess(start_seconds=0.001))
    assert found.level is Level.BROKEN
    assert "too_long" in found.what
    assert "busy" in found.mend


def test_a_reader_that_dies_asks_for_memory() -> None:
    """As the kernel ends it when there is none left."""
    process = patient()

    def end_it() -> None:
        running = await_that(lambda: process.process_id, bool)
        os.kill(running or 0, signal.SIGKILL)

    killer = Thread(target=end_it)
    killer.start()
    found = finding(process)
    killer.join()
    assert found.level is Level.BROKEN
    assert "memory" in found.mend
