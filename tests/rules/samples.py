"""The points at which every derivative rule is checked: those of all modules ``samples_<topic>``."""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path

from tests.rules.harness import Sample

__all__ = ["SAMPLES", "title"]


def _topics() -> list[str]:
    found = sorted(path.stem for path in Path(__file__).parent.glob("samples_*.py"))
    has_scipy = importlib.util.find_spec("scipy") is not None
    return [name for name in found if has_scipy or not name.startswith("samples_scipy")]


_BY_TOPIC: dict[str, list[Sample]] = {
    topic.removeprefix("samples_"): importlib.import_module(f"tests.rules.{topic}").SAMPLES
    for topic in _topics()
}
_TOPIC_OF = {id(sample): topic for topic, samples in _BY_TOPIC.items() for sample in samples}

SAMPLES: list[Sample] = [sample for samples in _BY_TOPIC.values() for sample in samples]


def title(sample: Sample) -> str:
    """Return the name of a sample in the output of the tests, with its topic."""
    return f"{_TOPIC_OF[id(sample)]}-{sample}"
