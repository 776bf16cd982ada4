"""What Prometheus reads of the channels, and that it is nothing about one person."""

from __future__ import annotations

from prometheus_client import generate_latest
from prometheus_client.exposition import choose_encoder

from bot.domain.messages import Kind
from bot.metrics import registry
from bot.ports import MediaError, SendError
from channels.inbound import refuse
from tests.hotline import Hotline, story

ANI = "whatsapp:+6285100000001"


def measured(hotline: Hotline) -> dict[str, float]:
    """All metrics by their name with labels."""
    text = generate_latest(registry(hotline.app)).decode()
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


@story
async def test_a_quiet_hotline_counts_nothing(hotline: Hotline) -> None:
    """The names are there from the start, so that an alert can be written on them."""
    found = measured(hotline)
    assert found['tanyadulu_outbound_stuck{state="failed_permanently"}'] == 0
    assert found['tanyadulu_outbound_stuck{state="held"}'] == 0
    assert found['tanyadulu_channel_open{channel="whatsapp"}'] == 0
    assert found['tanyadulu_people_unreachable{channel="telegram"}'] == 0
    assert found["tanyadulu_outbound_uncertain_total"] == 0


@story
async def test_what_did_not_get_through_is_counted(hotline: Hotline) -> None:
    """Texts, files, people, uncertain calls, refused requests, by channel and reason."""
    await hotline.says(ANI, "halo", channel="whatsapp")
    hotline.chats["whatsapp"].then = [SendError("stopped", permanent=True, unreachable=True)]
    await hotline.says(ANI, "halo lagi", channel="whatsapp")
    hotline.chats["telegram"].then = [LookupError()]
    await hotline.says("budi", "halo", channel="telegram")
    hotline.media.failures = [MediaError("too_large", permanent=True)]
    await hotline.sends("budi", Kind.PHOTO, channel="telegram")
    await hotline.sends("budi", Kind.PHOTO, channel="telegram")
    for body in (b"a", b"a", b"b"):
        await refuse(hotline.app, "whatsapp", "bad_signature", body)
    now = hotline.clock.now()
    await hotline.app.write(lambda uow: uow.channels.mark_opened("whatsapp", now))
    found = measured(hotline)
    assert found['tanyadulu_outbound_stuck{state="failed_permanently"}'] == 1
    assert found['tanyadulu_people_unreachable{channel="whatsapp"}'] == 1
    assert found["tanyadulu_outbound_uncertain_total"] == 1
    assert found['tanyadulu_files{state="failed"}'] == 1
    assert found['tanyadulu_files{state="stored"}'] == 1
    assert found['tanyadulu_quarantine_held{channel="whatsapp"}'] == 2
    refused = 'tanyadulu_refused_requests_total{channel="whatsapp",reason="bad_signature"}'
    assert found[refused] == 3
    assert found['tanyadulu_channel_open{channel="whatsapp"}'] == 1
    assert found['tanyadulu_channel_open{channel="telegram"}'] == 0


@story
async def test_no_metric_names_a_person(hotline: Hotline) -> None:
    """Neither words nor numbers nor ids of anybody."""
    await hotline.says(ANI, "tolong saya dikunci di kamar", channel="whatsapp")
    await refuse(hotline.app, "whatsapp", "malformed", ANI.encode())
    (case,) = await hotline.cases()
    text = generate_latest(registry(hotline.app)).decode()
    for secret in (ANI, "6285100000001", "dikunci", case.reference, case.id, case.person_id):
        assert secret not in text


@story
async def test_how_long_people_wait_is_measured_with_the_trace(hotline: Hotline) -> None:
    """Pages by event and channel; the time to the first page and to somebody who has it."""
    sari = await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
    await hotline.says("ani", "tolong saya dikunci di kamar")
    (case,) = await hotline.cases()
    await hotline.forward(minutes=1, seconds=30)
    await hotline.takes(sari, case)
    found = measured(hotline)
    assert found['tanyadulu_pages_total{channel="phone",event="sent"}'] == 1
    assert found['tanyadulu_page_handed_seconds_bucket{le="0.1"}'] == 1
    assert found['tanyadulu_acknowledged_seconds_bucket{le="60.0"}'] == 0
    assert found['tanyadulu_acknowledged_seconds_bucket{le="120.0"}'] == 1
    assert found["tanyadulu_acknowledged_seconds_sum"] == 90
    encode, _ = choose_encoder("application/openmetrics-text; version=1.0.0")
    shown = encode(registry(hotline.app)).decode()
    assert f'# {{trace_id="{case.trace_id}"}} 90.0' in shown
