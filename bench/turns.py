"""How long a turn takes, the sides taking turns so that noise hits both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bench.figures import Spread, load_average
from bench.side import Said, Side, Talk
from bench.texts import OFFERS, QUESTIONS, question

WARM_UP_TALKS = 3


async def answer_turns(sides: Sequence[Side], talks: int) -> dict[str, Any]:
    """Plain questions, each talk asking all of `QUESTIONS`."""
    size = len(QUESTIONS)
    scripts = [[question(at) for at in range(n * size, n * size + size)] for n in range(talks)]
    return await _measure(sides, scripts, talks, skipped=0)


async def form_turns(sides: Sequence[Side], talks: int) -> dict[str, Any]:
    """Answers inside the form that checks an offer; the message that opens it is not timed."""
    return await _measure(sides, OFFERS, talks, skipped=1)


async def _measure(
    sides: Sequence[Side], scripts: Sequence[Sequence[str]], talks: int, *, skipped: int
) -> dict[str, Any]:
    seconds: dict[str, list[float]] = {side.name: [] for side in sides}
    alike: dict[str, list[float]] = {side.name: [] for side in sides}
    for number in range(WARM_UP_TALKS + talks):
        script = scripts[number % len(scripts)]
        pairs = await _talk(sides, script)
        if number < WARM_UP_TALKS:
            continue
        for place in range(skipped, len(script)):
            said = {pairs[side.name][place].texts for side in sides}
            for side in sides:
                seconds[side.name].append(pairs[side.name][place].seconds)
                if len(said) == 1:
                    alike[side.name].append(pairs[side.name][place].seconds)
    return {
        "sides": {name: Spread.of(found).data() for name, found in seconds.items()},
        "alike": {name: Spread.of(found).data() for name, found in alike.items() if found},
        "warm_up_talks": WARM_UP_TALKS,
        "load": load_average(),
    }


async def _talk(sides: Sequence[Side], script: Sequence[str]) -> dict[str, list[Said]]:
    """One conversation with each side, message by message in turn; a hello comes first."""
    open_talks: dict[str, Talk] = {side.name: await side.new_talk() for side in sides}
    said: dict[str, list[Said]] = {side.name: [] for side in sides}
    for name, talk in open_talks.items():
        await talk.say("halo")  # the first answer of a conversation says more
        said[name] = []
    for text in script:
        for name, talk in open_talks.items():
            said[name].append(await talk.say(text))
    for talk in open_talks.values():
        await talk.close()
    return said
