"""The web chat in a real browser: what a person sees, what the server gets, what the device keeps."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from tests.browser.standin import FILES, STATIC, Reply, StandIn

pytestmark = pytest.mark.browser

NEUTRAL = re.compile(r"^https://www\.google\.com/search\?q=cuaca")
ASK_DEPARTURE = Reply("Kapan berangkat?", ("Dua hari ini", "Minggu ini", "Belum tahu"))
LONG_ANSWER = [
    *(Reply(f"Bagian {part}.\n" + "Biaya itu perlu dicek lagi. " * 14) for part in range(1, 5)),
    ASK_DEPARTURE,
]
DANGER = Reply(
    "Pesan sudah diterima. Pesan ini diteruskan ke petugas yang berjaga, mungkin perlu waktu.\n"
    "Bisa chat sekarang? Kalau bisa, cukup tulis negara atau kotanya. Ketik 0, kami diam.",
    ("Bisa", "Tidak", "Nanti", "Saya hanya tanya"),
)
SMALLEST_TOUCH_TARGET = 44
LOWEST_CONTRAST = 4.5  # WCAG 2.2 AA, normal text

# Colours that overlap in the page: the text's colour against the nearest opaque background.
CONTRAST = """
(selector) => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => {
      v /= 255;
      return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  return [...document.querySelectorAll(selector)].filter((e) => e.offsetParent).map((e) => {
    let behind = e, colour;
    do {
      colour = parse(getComputedStyle(behind).backgroundColor);
      behind = behind.parentElement;
    } while (colour.length === 4 && colour[3] === 0);
    const pair = [light(colour), light(parse(getComputedStyle(e).color))].sort((a, b) => b - a);
    return (pair[0] + 0.05) / (pair[1] + 0.05);
  });
}
"""


def opened(context: BrowserContext, server: StandIn) -> Page:
    """The chat page, loaded; the neutral page is answered here so that no test leaves the machine."""
    page = context.new_page()
    page.route(NEUTRAL, lambda route: route.fulfill(body="cuaca", content_type="text/plain"))
    page.goto(server.url)
    return page


def send(page: Page, text: str) -> None:
    """Types into the input and presses the button."""
    page.get_by_label("Tulis pesan").last.fill(text)
    page.get_by_role("button", name="Kirim").click()


def texts(page: Page, kind: str) -> list[str]:
    """The texts of all bubbles of one kind (own, bot, human, note), oldest first."""
    return page.locator(f".msg.{kind} .text").all_text_contents()


def stored(page: Page) -> dict[str, str]:
    """Everything that this tab keeps."""
    kept: dict[str, str] = page.evaluate("() => ({...sessionStorage})")
    return kept


@contextmanager
def watched(page: Page, server: StandIn) -> Iterator[None]:
    """Fails on a console error, an uncaught exception or a request to another host."""
    wrong: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            wrong.append(message.text)

    def on_request(request: Request) -> None:
        if not request.url.startswith(server.url):
            wrong.append(f"request to {request.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", on_request)
    yield
    assert wrong == []


def test_a_message_is_sent_and_answered(phone: BrowserContext, server: StandIn) -> None:
    """She writes, sees "terkirim" and the answer, which says that it comes from a bot."""
    page = opened(phone, server)
    send(page, "ini lowongan beneran?")
    expect(page.locator(".own .state")).to_have_text("✓ terkirim")
    expect(page.locator(".bot .text")).to_have_text("Jawaban untuk: ini lowongan beneran?")
    expect(page.locator(".bot .who")).to_have_text("Bot")
    assert server.own_texts == ["ini lowongan beneran?"]
    expect(page.get_by_label("Tulis pesan").last).to_have_value("")


def test_no_session_is_made_before_the_first_message(
    phone: BrowserContext, server: StandIn
) -> None:
    """Looking at the page leaves nothing on the server and nothing secret in the tab."""
    page = opened(phone, server)
    page.wait_for_load_state("networkidle")
    assert server.senders == []
    assert "sender" not in stored(page)


def test_a_good_line_leaves_no_errors_and_asks_no_other_host(
    desktop: BrowserContext, server: StandIn
) -> None:
    """A whole talk under the strict content policy: no console error, nothing from elsewhere."""
    server.answer = lambda text: [ASK_DEPARTURE]
    page = desktop.new_page()
    with watched(page, server):
        page.goto(server.url)
        send(page, "visa turis")
        page.get_by_role("button", name="Minggu ini").click()
        expect(page.locator(".bot .text")).to_have_count(2)
        page.locator("#info summary").click()
        page.get_by_role("switch").check()
        page.reload()
        expect(page.locator(".bot .text")).to_have_count(2)


def test_a_tapped_button_sends_its_payload_and_shows_its_title(
    phone: BrowserContext, server: StandIn
) -> None:
    """The server gets the opaque payload, she sees the words that she tapped, and the buttons go."""
    server.answer = lambda text: [ASK_DEPARTURE] if text == "visa turis" else [Reply("Baik.")]
    page = opened(phone, server)
    send(page, "visa turis")
    page.get_by_role("button", name="Minggu ini").click()
    expect(page.locator(".bot .text").last).to_have_text("Baik.")
    assert texts(page, "own") == ["visa turis", "Minggu ini"]
    assert server.posts[1]["text"] == server.messages[1]["buttons"][1]["payload"]
    expect(page.locator(".options")).to_have_count(0)


def test_with_numbers_options_are_lines_and_she_types_one(
    phone: BrowserContext, server: StandIn
) -> None:
    """With the switch on she sees what an app without buttons shows, also after a reload."""
    server.answer = lambda text: [ASK_DEPARTURE]
    page = opened(phone, server)
    page.locator("#info summary").click()
    page.get_by_role("switch", name="Balas dengan angka").check()
    page.reload()
    send(page, "visa turis")
    expected = "Kapan berangkat?\n\n1 Dua hari ini\n2 Minggu ini\n3 Belum tahu"
    expect(page.locator(".bot .text")).to_have_text(expected, use_inner_text=True)
    expect(page.locator(".options")).to_have_count(0)
    send(page, "2")
    expect(page.locator(".bot .text")).to_have_count(2)
    assert server.own_texts == ["visa turis", "2"]
    page.locator("#info summary").click()
    page.get_by_role("switch").uncheck()
    expect(page.get_by_role("button", name="Belum tahu")).to_have_count(1)


@pytest.mark.parametrize("fault", [503, "drop", "lose", 429])
def test_a_bad_line_sends_each_message_once_and_in_order(
    phone: BrowserContext, server: StandIn, fault: int | str
) -> None:
    """A failed POST is retried with the same client_id; the message behind it waits its turn."""
    server.faults = [fault, fault]
    page = opened(phone, server)
    send(page, "pertama")
    expect(page.locator(".own .state").first).to_have_text("belum terkirim, coba lagi otomatis")
    expect(page.get_by_text("Sambungan putus, mencoba lagi")).to_be_visible()
    send(page, "kedua")
    expect(page.locator(".bot .text")).to_have_count(2)
    expect(page.locator(".own .state")).to_have_text(["✓ terkirim", "✓ terkirim"])
    expect(page.locator("#trouble")).to_be_hidden()
    assert server.own_texts == ["pertama", "kedua"]
    assert texts(page, "own") == ["pertama", "kedua"]
    first = [post["client_id"] for post in server.posts if post["text"] == "pertama"]
    assert len(first) >= 2
    assert len(set(first)) == 1
    assert len({post["client_id"] for post in server.posts}) == 2


def test_a_message_written_without_a_line_survives_a_reload(
    phone: BrowserContext, server: StandIn
) -> None:
    """What could not be sent stays in the tab, is shown after a reload and then sent once."""
    server.faults = [503] * 50
    page = opened(phone, server)
    send(page, "tolong kak")
    expect(page.locator(".own .state")).to_have_text("belum terkirim, coba lagi otomatis")
    page.reload()
    expect(page.locator(".own .text")).to_have_text("tolong kak")
    server.faults = []
    expect(page.locator(".own .state")).to_have_text("✓ terkirim")
    assert server.own_texts == ["tolong kak"]
    assert len({post["client_id"] for post in server.posts}) == 1


def test_coming_back_online_sends_at_once(phone: BrowserContext, server: StandIn) -> None:
    """With the network gone the message waits; when it is back nothing has to be tapped."""
    page = opened(phone, server)
    phone.set_offline(True)
    send(page, "halo")
    expect(page.locator(".own .state")).to_have_text("belum terkirim, coba lagi otomatis")
    phone.set_offline(False)
    expect(page.locator(".own .state")).to_have_text("✓ terkirim")
    assert server.own_texts == ["halo"]


def test_failing_polls_are_told_and_answers_arrive_later(
    phone: BrowserContext, server: StandIn
) -> None:
    """A broken poll shows the banner; when it works again the banner goes and nothing is missing."""
    server.hold = True
    page = opened(phone, server)
    send(page, "halo")
    expect(page.get_by_text("sedang mengetik")).to_be_visible()
    server.polls_fail = True
    server.release()
    expect(page.get_by_text("Sambungan putus, mencoba lagi")).to_be_visible()
    server.say(Reply("Maaf lama."))
    server.polls_fail = False
    expect(page.locator(".bot .text")).to_have_text("Maaf lama.")
    expect(page.locator("#trouble")).to_be_hidden()


def test_typing_shows_only_while_a_turn_is_open(phone: BrowserContext, server: StandIn) -> None:
    """The line "sedang mengetik" starts when the message is stored and ends with the turn."""
    server.hold = True
    page = opened(phone, server)
    expect(page.locator("#typing")).to_be_hidden()
    send(page, "halo")
    expect(page.locator("#typing")).to_have_text("sedang mengetik…")
    server.release()
    expect(page.locator("#typing")).to_be_hidden()


def test_a_person_of_the_staff_is_marked_as_human(phone: BrowserContext, server: StandIn) -> None:
    """Nobody takes the staff for the bot or the bot for the staff."""
    server.answer = lambda text: [Reply("Saya bot."), Reply("Halo.", speaker="human")]
    page = opened(phone, server)
    send(page, "mau bicara petugas")
    expect(page.locator(".human .who")).to_have_text("Petugas (manusia)")
    expect(page.locator(".bot .who")).to_have_text("Bot")


def test_markup_is_shown_as_text(phone: BrowserContext, server: StandIn) -> None:
    """Neither her words, nor an answer, nor a title can become markup; lines stay lines."""
    nasty = "<img src=x onerror=\"document.title='x'\"><b>tebal</b>\nbaris kedua"
    server.answer = lambda text: [Reply(nasty, ("<i>Ya</i>",))]
    page = opened(phone, server)
    with watched(page, server):
        send(page, nasty)
        expect(page.locator(".bot .text")).to_have_text(nasty, use_inner_text=True)
        expect(page.locator(".own .text")).to_have_text(nasty, use_inner_text=True)
        expect(page.get_by_role("button", name="<i>Ya</i>")).to_be_visible()
        assert page.locator(".log img, .log i, .log .text b").count() == 0
        assert page.title() == "Tanya"


def test_a_reload_keeps_the_chat_and_the_draft(phone: BrowserContext, server: StandIn) -> None:
    """A phone that drops the tab's memory brings the talk back, each message once, draft included."""
    server.answer = lambda text: [ASK_DEPARTURE]
    page = opened(phone, server)
    send(page, "visa turis")
    expect(page.locator(".bot .text")).to_have_count(1)
    page.get_by_label("Tulis pesan").last.fill("belum selesai")
    page.reload()
    expect(page.locator(".bot .text")).to_have_text("Kapan berangkat?")
    assert texts(page, "own") == ["visa turis"]
    expect(page.get_by_role("button", name="Minggu ini")).to_be_visible()
    expect(page.get_by_label("Tulis pesan").last).to_have_value("belum selesai")
    assert len(server.senders) == 1


@pytest.mark.parametrize("way", ["button", "keyboard"])
def test_quick_exit_empties_the_tab_and_leaves(
    desktop: BrowserContext, server: StandIn, way: str
) -> None:
    """One tap, or Esc twice: nothing is kept, a weather page is there, "back" does not return."""
    page = opened(desktop, server)
    send(page, "rahasia")
    expect(page.locator(".bot .text")).to_have_count(1)
    page.get_by_label("Tulis pesan").last.fill("belum terkirim")
    if way == "button":
        page.get_by_role("link", name="Keluar cepat").click()
    else:
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
    page.wait_for_url(NEUTRAL)
    page.go_back()
    assert server.url not in page.url
    page.goto(server.url)
    assert set(stored(page).values()) <= {'""'}
    assert page.locator(".msg").count() == 0
    expect(page.get_by_label("Tulis pesan").last).to_have_value("")


def test_quick_exit_blanks_the_page_before_the_next_one_loads(
    desktop: BrowserContext, server: StandIn
) -> None:
    """On a slow line the neutral page may not come for a long time; her words go at once."""
    page = opened(desktop, server)
    page.route(NEUTRAL, lambda route: None)
    server.faults = [503] * 50
    send(page, "rahasia")
    expect(page.locator(".own .state")).to_have_text("belum terkirim, coba lagi otomatis")
    left = page.evaluate(
        "() => { document.getElementById('exit').click();"
        " return [document.body.textContent, sessionStorage.length]; }"
    )
    assert left == ["", 0]


def test_one_esc_does_not_leave(desktop: BrowserContext, server: StandIn) -> None:
    """A single Esc is a common slip of the hand and keeps the chat."""
    page = opened(desktop, server)
    page.keyboard.press("Escape")
    page.wait_for_timeout(1700)
    page.keyboard.press("Escape")
    page.wait_for_timeout(300)
    assert page.url == server.url


def test_a_page_out_of_the_back_cache_is_blanked(desktop: BrowserContext, server: StandIn) -> None:
    """A restored page shows no text before it has loaded anew."""
    page = opened(desktop, server)
    send(page, "rahasia")
    expect(page.locator(".bot .text")).to_have_count(1)
    left = page.evaluate(
        "() => { dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}));"
        " return document.body.textContent; }"
    )
    assert left == ""
    expect(page.locator(".own .text")).to_have_text("rahasia")


def test_nothing_is_kept_outside_the_tab(phone: BrowserContext, server: StandIn) -> None:
    """No cookie, no localStorage, no service worker, no database; the address holds no secret."""
    page = opened(phone, server)
    send(page, "halo")
    expect(page.locator(".bot .text")).to_have_count(1)
    assert phone.cookies() == []
    assert page.evaluate("() => localStorage.length") == 0
    assert (
        page.evaluate("() => navigator.serviceWorker.getRegistrations().then((r) => r.length)") == 0
    )
    assert page.evaluate("() => indexedDB.databases().then((d) => d.length)") == 0
    assert page.url == server.url
    assert page.title() == "Tanya"


def test_a_lost_session_is_told_and_a_new_one_started(
    phone: BrowserContext, server: StandIn
) -> None:
    """When the server does not know her any more she reads so, and her next message still arrives."""
    page = opened(phone, server)
    send(page, "satu")
    expect(page.locator(".bot .text")).to_have_count(1)
    server.forget_sessions()
    expect(page.locator(".note .text")).to_contain_text("chat baru")
    send(page, "dua")
    expect(page.locator(".bot .text").last).to_have_text("Jawaban untuk: dua")
    assert server.own_texts == ["dua"]


def test_a_session_lost_while_sending_loses_no_message(
    phone: BrowserContext, server: StandIn
) -> None:
    """A 404 on the message itself: it is sent again in the new session."""
    server.polls_fail = True
    page = opened(phone, server)
    send(page, "satu")
    expect(page.locator(".own .state")).to_have_text("✓ terkirim")
    server.forget_sessions()
    send(page, "dua")
    expect(page.locator(".own .state").last).to_have_text("✓ terkirim")
    assert server.own_texts == ["dua"]
    expect(page.locator(".note .text")).to_have_count(1)


def test_a_refused_message_goes_back_to_the_input(phone: BrowserContext, server: StandIn) -> None:
    """413 is final: she is told, can change it, and the next message is not held up."""
    server.faults = [413]
    page = opened(phone, server)
    send(page, "cerita panjang")
    expect(page.locator(".own .state")).to_have_text("terlalu panjang, belum terkirim")
    page.get_by_role("button", name="Ubah").click()
    expect(page.get_by_label("Tulis pesan").last).to_have_value("cerita panjang")
    expect(page.locator(".own")).to_have_count(0)
    send(page, "cerita")
    expect(page.locator(".own .state")).to_have_text("✓ terkirim")


def test_the_length_is_counted_near_the_limit(phone: BrowserContext, server: StandIn) -> None:
    """A long paste is never cut in silence: the counter says how much is too much."""
    page = opened(phone, server)
    counter = page.locator("#counter")
    page.get_by_label("Tulis pesan").last.fill("a" * 3000)
    expect(counter).to_be_hidden()
    page.get_by_label("Tulis pesan").last.fill("a" * 4000)
    expect(counter).to_have_text("4.000 dari 4.000 huruf")
    send(page, "a" * 4010)
    expect(counter).to_have_text("Terlalu panjang: 4.010 dari 4.000 huruf")
    assert server.posts == []
    expect(page.get_by_label("Tulis pesan").last).to_have_value("a" * 4010)


def test_enter_sends_on_a_desktop_only(
    desktop: BrowserContext, phone: BrowserContext, server: StandIn
) -> None:
    """With a real keyboard Enter sends and Shift+Enter breaks the line; on a phone Enter breaks it."""
    page = opened(desktop, server)
    page.get_by_label("Tulis pesan").last.press_sequentially("satu")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("dua")
    page.keyboard.press("Enter")
    expect(page.locator(".own .text")).to_have_text("satu\ndua", use_inner_text=True)
    small = opened(phone, server)
    small.get_by_label("Tulis pesan").last.press_sequentially("satu")
    small.keyboard.press("Enter")
    expect(small.get_by_label("Tulis pesan").last).to_have_value("satu\n")
    assert len(server.posts) == 1


def test_examples_fill_the_input_and_do_not_send(phone: BrowserContext, server: StandIn) -> None:
    """An example is an offer of words; it never replaces what she wrote."""
    page = opened(phone, server)
    chips = page.locator("#chips button")
    expect(chips).to_have_count(3)
    chips.nth(1).click()
    expect(page.get_by_label("Tulis pesan").last).to_have_value(chips.nth(1).text_content() or "")
    page.get_by_label("Tulis pesan").last.fill("kata saya")
    chips.nth(0).click()
    expect(page.get_by_label("Tulis pesan").last).to_have_value("kata saya")
    assert server.posts == []


def test_the_first_screen_says_what_this_is(phone: BrowserContext, server: StandIn) -> None:
    """A bot, what it never asks for, and what closing does: read without scrolling on 360 x 640."""
    page = opened(phone, server)
    expect(page.locator("#unready")).to_be_hidden()
    for words in (
        "Saya bot, bukan manusia",
        "tidak pernah minta uang, OTP, PIN",
        "Tab ditutup, chat",
    ):
        expect(page.locator(".intro").get_by_text(words)).to_be_in_viewport()
    expect(page.get_by_role("link", name="Keluar cepat")).to_be_in_viewport()


def test_nothing_scrolls_sideways_and_targets_are_large_at_320(
    phone: BrowserContext, server: StandIn
) -> None:
    """The narrowest phones: no sideways scroll with long words, and every target takes a thumb."""
    server.answer = lambda text: [Reply("https://" + "x" * 300, ("y" * 120, "Ya"))]
    page = opened(phone, server)
    page.set_viewport_size({"width": 320, "height": 568})
    for step in ("start", "talk"):
        if step == "talk":
            send(page, "z" * 400)
            expect(page.locator(".options button")).to_have_count(2)
        page.locator("#info summary").click()
        wide = "() => [document.documentElement, document.getElementById('scroll')]"
        assert page.evaluate(wide + ".every((e) => e.scrollWidth <= e.clientWidth)")
        targets = page.locator("button:visible, .exit, summary, .switch, textarea:visible").all()
        assert len(targets) >= 5
        for target in targets:
            box = target.bounding_box()
            assert box is not None
            assert min(box["height"], box["width"]) >= SMALLEST_TOUCH_TARGET, target.text_content()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 320
        page.locator("#info summary").click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_contrast_reaches_aa(phone: BrowserContext, server: StandIn, scheme: str) -> None:
    """All text that the page shows is readable in sunlight and at night."""
    server.answer = lambda text: [Reply("Halo.", speaker="human"), ASK_DEPARTURE]
    server.faults = [413]
    page = opened(phone, server)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    chips = page.evaluate(CONTRAST, ".chips button, .chips p, .intro h1, .intro p, .intro li")
    send(page, "panjang")
    send(page, "halo")
    expect(page.locator(".options button")).to_have_count(3)
    page.get_by_label("Tulis pesan").last.fill("a" * 4001)
    page.locator("#info summary").click()
    found = chips + page.evaluate(
        CONTRAST, "p, strong, b, small, h1, h2, li, button, a, textarea, span"
    )
    assert len(found) > 30
    assert min(found) >= LOWEST_CONTRAST


def test_people_who_listen_get_landmarks_and_a_log(phone: BrowserContext, server: StandIn) -> None:
    """Header, main, a named form and a polite live log; the input is at least 16 px."""
    page = opened(phone, server)
    expect(page.get_by_role("banner")).to_be_visible()
    expect(page.get_by_role("main")).to_be_visible()
    expect(page.get_by_role("form", name="Tulis pesan")).to_be_visible()
    expect(page.get_by_role("log", name="Isi chat")).to_have_attribute("aria-live", "polite")
    size = page.locator("#text").evaluate("(e) => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= 16


def test_without_javascript_the_page_says_so_and_still_has_a_way_out(
    browser: Browser, server: StandIn
) -> None:
    """No dead input: an honest sentence, and the exit is a plain link."""
    plain = browser.new_context(java_script_enabled=False)
    try:
        shown = plain.new_page()
        shown.goto(server.url)
        expect(shown.get_by_text("pesan belum bisa dikirim dari sini")).to_be_visible()
        expect(shown.locator("#text")).to_be_hidden()
        expect(shown.get_by_role("link", name="Keluar cepat")).to_have_attribute("href", NEUTRAL)
    finally:
        plain.close()


def test_the_page_is_light() -> None:
    """All files together stay under 40 kB, for prepaid data on a slow line."""
    assert sum((STATIC / name).stat().st_size for name, _ in FILES.values()) < 40_000


def test_new_messages_do_not_pull_her_away_from_what_she_reads(
    phone: BrowserContext, server: StandIn
) -> None:
    """Scrolled up, she stays where she is and gets a button to what is new; a growing input keeps the end."""
    server.answer = lambda text: [Reply("panjang\n" * 40)]
    page = opened(phone, server)
    send(page, "halo")
    expect(page.locator(".bot .text")).to_have_count(1)
    page.locator("#scroll").evaluate("(e) => { e.scrollTop = 0; }")
    server.say(Reply("akhir"))
    page.get_by_role("button", name="Ada pesan baru").click()
    expect(page.locator("#more")).to_be_hidden()
    expect(page.get_by_text("akhir", exact=True)).to_be_in_viewport()
    page.get_by_label("Tulis pesan").last.fill("baris\n" * 8)
    expect(page.get_by_text("akhir", exact=True)).to_be_in_viewport()


def test_a_long_answer_starts_at_its_top_and_shows_that_a_question_waits(
    phone: BrowserContext, server: StandIn
) -> None:
    """She reads from the first line; one button leads on, skips no line, and goes at the end."""
    server.answer = lambda text: LONG_ANSWER
    page = opened(phone, server)
    more = page.get_by_role("button", name="Ada pertanyaan di bawah")
    send(page, "cek ini")
    expect(page.get_by_text("Bagian 1.")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Belum tahu")).not_to_be_in_viewport()
    expect(more).to_be_in_viewport(ratio=1)
    scroll = page.locator("#scroll")
    height = scroll.evaluate("(e) => e.clientHeight")
    at = "(e) => new Promise((done) => setTimeout(() => done(e.scrollTop), 700))"
    before = scroll.evaluate(at)
    for _ in range(12):
        if not page.locator("#more").is_visible():
            break
        more.press("Enter")
        after = scroll.evaluate(at)
        assert before < after < before + height
        before = after
    expect(page.locator("#more")).to_be_hidden()
    expect(page.get_by_role("button", name="Belum tahu")).to_be_in_viewport(ratio=1)
    expect(page.locator("#scroll")).to_be_focused()


def test_a_long_answer_without_a_question_leads_on(phone: BrowserContext, server: StandIn) -> None:
    """The button above the input takes a thumb, stays above a tall input, and names what follows."""
    server.answer = lambda text: LONG_ANSWER[:-1]
    page = opened(phone, server)
    expect(page.locator("#more")).to_be_hidden()
    send(page, "cek ini")
    more = page.get_by_role("button", name="Lanjut baca")
    expect(more).to_be_visible()
    page.get_by_label("Tulis pesan").last.fill("baris\n" * 8)
    button, form = more.bounding_box(), page.locator("#composer").bounding_box()
    assert button is not None
    assert form is not None
    assert button["height"] >= SMALLEST_TOUCH_TARGET
    assert 0 < form["y"] - button["y"] - button["height"] < 20
    page.locator("#scroll").evaluate("(e) => { e.scrollTop = e.scrollHeight; }")
    expect(more).to_be_hidden()


@pytest.mark.parametrize("practice", [False, True])
def test_a_danger_answer_is_seen_whole_on_a_small_phone(
    phone: BrowserContext, server: StandIn, *, practice: bool
) -> None:
    """The first sentence, the question and all four choices at once, also in practice mode."""
    note = Reply("LATIHAN: layanan ini sedang dicoba. Petugas yang disebut belum sungguhan.")
    server.answer = lambda text: [note, DANGER] if practice else [DANGER]
    page = opened(phone, server)
    if practice:
        page.evaluate("() => document.documentElement.toggleAttribute('data-practice')")
    send(page, "saya dikunci, tolong")
    expect(page.locator(".options button")).to_have_count(4)
    for part in page.locator(".bot .text, .options button").all():
        expect(part).to_be_in_viewport(ratio=1)
    expect(page.locator("#more")).to_be_hidden()


def test_practice_takes_one_line_and_info_says_all(phone: BrowserContext, server: StandIn) -> None:
    """The band of a practice service leaves the small screen to the talk."""
    page = opened(phone, server)
    expect(page.locator(".practice")).to_be_hidden()
    page.evaluate("() => document.documentElement.toggleAttribute('data-practice')")
    band = page.locator(".practice")
    expect(band).to_have_text("LATIHAN · layanan uji coba", use_inner_text=True)
    box = band.bounding_box()
    assert box is not None
    assert box["height"] < 32
    page.locator("#info summary").click()
    expect(page.locator(".trial")).to_contain_text("Belum tentu ada petugas yang membaca.")
    expect(page.locator(".trial")).to_be_visible()
    assert min(page.evaluate(CONTRAST, ".practice, .trial")) >= LOWEST_CONTRAST


def test_a_slow_answer_is_called_slow_and_only_a_stored_message_stored(
    phone: BrowserContext, server: StandIn
) -> None:
    """After 15 seconds she learns that nothing is lost, but not of a message that is still on its way."""
    server.hold = True
    page = phone.new_page()
    page.clock.install()
    page.goto(server.url)
    send(page, "halo")
    typing = page.locator("#typing")
    expect(typing).to_be_visible()
    page.clock.fast_forward(15_500)
    expect(typing).to_have_text("Jawabannya agak lama. Pesan sudah tersimpan.")
    server.faults = [503]
    send(page, "masih di sana?")
    expect(page.locator(".own .state").last).to_have_text("belum terkirim, coba lagi otomatis")
    expect(typing).to_have_text("Jawabannya agak lama.")
    page.clock.fast_forward(3_000)
    expect(page.locator(".own .state").last).to_have_text("✓ terkirim")
    expect(typing).to_have_text("Jawabannya agak lama. Pesan sudah tersimpan.")


def test_a_long_paste_leaves_the_open_choices_in_sight(
    phone: BrowserContext, server: StandIn
) -> None:
    """The input grows over a third of the screen; the end of the talk moves up with it."""
    server.answer = lambda text: [ASK_DEPARTURE]
    page = opened(phone, server)
    send(page, "cek ini")
    expect(page.locator(".options button")).to_have_count(3)
    page.get_by_label("Tulis pesan").last.fill("Iklan kerja.\n" * 470)
    expect(page.get_by_role("button", name="Belum tahu")).to_be_in_viewport(ratio=1)
    expect(page.locator("#more")).to_be_hidden()
