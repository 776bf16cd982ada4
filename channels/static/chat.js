// The web chat: one page, no library.
//
//   typed text or tapped button -> queue -> POST, again and again until stored -> "terkirim"
//   long poll -> bubbles, in the server's order
//
// What this device keeps is in sessionStorage only: the session's secret, what is not
// yet sent, the draft and the setting. "Keluar cepat" empties it. Texts are never HTML.
"use strict";

(() => {
  const LIMIT = 4000; // characters of one message, as the server counts
  const COUNTER_FROM = 3600;
  const POLL_SECONDS = 20;
  const POLL_SECONDS_TYPING = 2; // so that "sedang mengetik" ends soon if nothing follows
  const SLOW_ANSWER_MS = 15000;
  const REQUEST_MS = 25000; // a POST on a 2G line takes its time
  const LONGEST_PAUSE_MS = 30000;
  const ESC_TWICE_MS = 1500;
  const UNREAD_PX = 24; // less than this below the edge is margin, not text
  const OVERLAP_PX = 88; // what the "more" button covers, and a line to find the place again
  const REFUSED = { 400: "tidak bisa dikirim", 413: "terlalu panjang, belum terkirim", 422: "tidak bisa dikirim" };
  const WHO = { bot: "Bot", human: "Petugas (manusia)", own: "Saya", note: "" };
  const SENDING = "mengirim…";
  const SENT = "✓ terkirim";
  const WAITING = "belum terkirim, coba lagi otomatis";

  const at = (id) => document.getElementById(id);
  const log = at("log");
  const scroll = at("scroll");
  const input = at("text");
  const composer = at("composer");
  const numbers = at("numbers");
  const exitLink = at("exit");
  const keyboard = window.matchMedia("(hover: hover) and (pointer: fine)");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

  let gone = false; // set by "Keluar cepat"; nothing may run or be written after it

  // ---- what this tab remembers ------------------------------------------------

  const memory = {}; // stands in where the browser forbids sessionStorage
  const store = {
    get(key) {
      try {
        return JSON.parse(sessionStorage.getItem(key));
      } catch (error) {
        return key in memory ? memory[key] : null;
      }
    },
    set(key, value) {
      if (gone) return;
      memory[key] = value;
      try {
        sessionStorage.setItem(key, JSON.stringify(value));
      } catch (error) {
        // Private modes may refuse; the chat then lives as long as the page does.
      }
    },
    clear() {
      Object.keys(memory).forEach((key) => delete memory[key]);
      try {
        sessionStorage.clear();
      } catch (error) {
        // Nothing was kept.
      }
    },
  };

  let sender = store.get("sender");
  const queue = store.get("queue") || []; // [{client_id, text, payload, refused}], oldest first

  // ---- leaving ------------------------------------------------------------------

  function leave() {
    gone = true;
    store.clear();
    blank();
    window.location.replace(exitLink.href);
  }

  function blank() {
    input.value = ""; // a browser may keep form fields for "back"
    document.body.textContent = "";
  }

  exitLink.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });

  let lastEsc = -Infinity;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || event.repeat) return;
    if (event.timeStamp - lastEsc < ESC_TWICE_MS) leave();
    lastEsc = event.timeStamp;
  });

  // A page that comes back out of the back/forward cache still has its text.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    blank();
    if (gone) window.location.replace(exitLink.href);
    else window.location.reload();
  });

  // ---- the line -------------------------------------------------------------------

  const sleepers = new Set();
  const wakeAll = () => sleepers.forEach((wake) => wake());
  window.addEventListener("online", wakeAll);
  document.addEventListener("visibilitychange", wakeAll);

  /** Waits, but no longer than until the line or the person comes back. */
  function pause(ms) {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        sleepers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      sleepers.add(wake);
    });
  }

  /** Doubles from one second; spread out, so that many phones do not come back at once. */
  function backoff(failures) {
    return Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** (failures - 1)) * (0.75 + Math.random() / 2);
  }

  const trouble = { send: false, poll: false };
  function setTrouble(loop, is) {
    trouble[loop] = is;
    const any = trouble.send || trouble.poll;
    const banner = at("trouble");
    if (banner.hidden === !any) return;
    banner.hidden = !any;
    banner.textContent = any ? "Sambungan putus, mencoba lagi…" : "";
  }

  /** One request. Resolves with {status, body}; rejects when the answer is not our server's JSON. */
  async function call(path, ms, data) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), ms);
    const options = {
      cache: "no-store",
      credentials: "omit",
      redirect: "error", // the sign-in page of a public Wi-Fi is no answer
      signal: stop.signal,
    };
    if (data) {
      options.method = "POST";
      options.headers = { "Content-Type": "application/json" };
      options.body = JSON.stringify(data);
    }
    try {
      const answer = await fetch(path, options);
      return { status: answer.status, body: await answer.json() };
    } finally {
      clearTimeout(timer);
    }
  }

  // ---- sending ------------------------------------------------------------------

  function randomId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  const bubbles = new Map(); // client_id -> bubble of a message in the queue
  const byId = new Map(); // message id -> bubble
  let delivering = false;
  let failures = 0;

  function enqueue(text, payload) {
    const entry = { client_id: randomId(), text: text, payload: payload || null, refused: null };
    queue.push(entry);
    store.set("queue", queue);
    showQueued(entry);
    refreshOptions();
    showTyping();
    toBottom();
    wakeAll();
    deliver();
  }

  function dequeue(entry) {
    queue.splice(queue.indexOf(entry), 1);
    bubbles.delete(entry.client_id);
    store.set("queue", queue);
    showTyping();
  }

  /** Sends what waits, in order, each with its own client_id until the server has stored it. */
  async function deliver() {
    if (delivering) return;
    delivering = true;
    for (;;) {
      const entry = queue.find((waiting) => !waiting.refused);
      if (!entry || gone) break;
      try {
        await attempt(entry);
        failures = 0;
        setTrouble("send", false);
      } catch (error) {
        if (gone) break;
        failures += 1;
        setTrouble("send", true);
        queue.filter((waiting) => !waiting.refused).forEach((waiting) => setState(waiting, WAITING));
        await pause(backoff(failures));
      }
    }
    delivering = false;
  }

  async function attempt(entry) {
    setState(entry, SENDING);
    const fresh = !sender;
    if (fresh) {
      const made = await call("/api/web/sessions", REQUEST_MS, {});
      if (made.status !== 201 || !made.body.sender) throw new Error("no session");
      sender = made.body.sender;
      store.set("sender", sender);
    }
    const used = sender;
    const data = { sender: used, text: entry.payload || entry.text, client_id: entry.client_id };
    const answer = await call("/api/web/messages", REQUEST_MS, data);
    if (gone) return;
    if (answer.status === 404 && !fresh) {
      lostSession(used);
    } else if (answer.status in REFUSED) {
      entry.refused = REFUSED[answer.status];
      store.set("queue", queue);
      showRefused(entry);
    } else if (answer.status >= 200 && answer.status < 300 && answer.body.message_id) {
      stored(entry, answer.body.message_id);
    } else {
      throw new Error("not stored");
    }
    listen();
  }

  function stored(entry, id) {
    const mine = bubbles.get(entry.client_id);
    const shown = byId.get(id);
    setState(entry, SENT);
    if (shown && shown !== mine) mine.remove(); // the poll was faster than this answer
    else byId.set(id, mine);
    dequeue(entry);
    if (!received.has(id)) setTyping(Math.max(openTurns, 1)); // else the poll knows better
  }

  /** The server does not know this session any more: say so, go on with a new one. */
  function lostSession(used) {
    if (sender !== used) return;
    sender = null;
    store.set("sender", null);
    lastId = null;
    received.clear();
    byId.clear();
    setTyping(0);
    queue.forEach((entry) => (entry.payload = null)); // those buttons belonged to the old session
    store.set("queue", queue);
    log.querySelectorAll(".options").forEach((box) => box.remove());
    withOptions.length = 0;
    question = null;
    place(bubble("note", "Chat tadi sudah berakhir di layanan kami. Kita mulai chat baru, ya. Hal yang penting, tolong tulis lagi."));
    toBottom();
  }

  // ---- receiving ----------------------------------------------------------------

  const received = new Set(); // message ids on the screen that came from the server
  let lastId = null;
  let listening = false;
  let restoring = Boolean(sender); // a reloaded page jumps to the end of what it gets back

  async function listen() {
    if (listening) return;
    listening = true;
    let failed = 0;
    while (sender && !gone) {
      if (document.hidden) {
        await pause(LONGEST_PAUSE_MS); // spares battery and data; ends when the page is seen again
        if (document.hidden) continue;
      }
      const used = sender;
      const started = Date.now();
      const wait = openTurns > 0 && !slow ? POLL_SECONDS_TYPING : POLL_SECONDS;
      let path = "/api/web/messages?sender=" + encodeURIComponent(used) + "&wait=" + wait;
      if (lastId !== null) path += "&after=" + encodeURIComponent(lastId);
      try {
        const answer = await call(path, (wait + 15) * 1000);
        if (gone) break;
        if (answer.status === 404) {
          lostSession(used);
          continue;
        }
        if (answer.status !== 200 || !Array.isArray(answer.body.messages)) throw new Error("no messages");
        if (used !== sender) continue;
        failed = 0;
        setTrouble("poll", false);
        receive(answer.body.messages);
        setTyping(answer.body.open_turns || 0);
        // A server that does not hold the line must not be asked in a tight loop.
        if (!answer.body.messages.length && Date.now() - started < 1000) await pause(1000);
      } catch (error) {
        if (gone) break;
        failed += 1;
        setTrouble("poll", true);
        await pause(backoff(failed));
      }
    }
    listening = false;
  }

  function receive(messages) {
    const fresh = messages.filter((message) => !received.has(message.id));
    const follow = nearBottom();
    let firstItem = null;
    fresh.forEach((message) => {
      received.add(message.id);
      lastId = message.id;
      if (message.from === "person") {
        receiveOwn(message);
        return;
      }
      const item = bubble(message.from === "human" ? "human" : "bot", message.text);
      if (message.buttons && message.buttons.length) withOptions.push({ item: item, message: message });
      place(item);
      firstItem = firstItem || item;
    });
    if (!fresh.length) return;
    refreshOptions();
    if (restoring) toBottom();
    else if (firstItem && follow) reveal(firstItem);
    else unseen = unseen || firstItem;
    restoring = false;
    showMore();
  }

  function receiveOwn(message) {
    let item = byId.get(message.id);
    if (!item) {
      // Stored, but its answer was lost on the way or is still coming: it is the oldest that waits.
      const head = queue.find((waiting) => !waiting.refused);
      if (head && head.text === message.text) item = bubbles.get(head.client_id);
    }
    if (!item) item = bubble("own", message.text);
    byId.set(message.id, item);
    item.classList.remove("pending");
    state(item).textContent = SENT;
    place(item);
  }

  let openTurns = 0;
  let slow = false;
  let slowTimer = null;
  function setTyping(open) {
    if ((open > 0) !== openTurns > 0) {
      clearTimeout(slowTimer);
      slow = false;
      if (open > 0) slowTimer = setTimeout(() => { slow = true; showTyping(); }, SLOW_ANSWER_MS);
    }
    openTurns = open;
    showTyping();
  }

  function showTyping() {
    const line = at("typing");
    const follow = nearBottom();
    // "Stored" is said of everything she wrote, so nothing may still wait for the server's word.
    const late = "Jawabannya agak lama." + (queue.length ? "" : " Pesan sudah tersimpan.");
    const text = slow ? late : "sedang mengetik…";
    if (line.textContent === text && line.hidden === (openTurns === 0)) return;
    line.textContent = text;
    line.classList.toggle("late", slow);
    line.hidden = openTurns === 0;
    if (follow && openTurns > 0) toBottom();
    showMore();
  }

  // ---- bubbles --------------------------------------------------------------------

  function element(tag, name, text) {
    const made = document.createElement(tag);
    made.className = name;
    made.textContent = text;
    return made;
  }

  function bubble(kind, text) {
    const item = element("div", "msg " + kind, "");
    if (WHO[kind]) item.append(element("p", kind === "own" ? "unseen" : "who", WHO[kind]));
    item.append(element("p", "text", text));
    if (kind === "own") item.append(element("p", "state", ""));
    return item;
  }

  const state = (item) => item.querySelector(".state");

  function setState(entry, text) {
    const line = state(bubbles.get(entry.client_id));
    if (line.textContent !== text && line.textContent !== SENT) line.textContent = text;
  }

  /** What the server has goes above what it does not have yet. */
  function place(item) {
    const firstPending = log.querySelector(".pending");
    if (item.parentNode !== log || item.nextSibling !== firstPending) log.insertBefore(item, firstPending);
    at("chips").hidden = true;
  }

  function showQueued(entry) {
    const item = bubble("own", entry.text);
    bubbles.set(entry.client_id, item);
    item.classList.add("pending");
    log.append(item);
    at("chips").hidden = true;
    if (entry.refused) showRefused(entry);
    else setState(entry, failures ? WAITING : SENDING);
  }

  function showRefused(entry) {
    const item = bubbles.get(entry.client_id);
    item.classList.remove("pending");
    item.classList.add("failed");
    setState(entry, entry.refused);
    const again = element("button", "again", "Ubah");
    again.type = "button";
    again.addEventListener("click", () => {
      setDraft(input.value ? input.value + "\n" + entry.text : entry.text);
      dequeue(entry);
      item.remove();
      input.focus();
    });
    item.append(again);
  }

  const withOptions = []; // [{item, message}]
  let question = null; // the bubble with options that she has not answered yet

  /**
   * Options are buttons, and only while the question is open; with "Balas dengan angka"
   * they are numbered lines of the text, as in an app without buttons.
   */
  function refreshOptions() {
    const owns = log.querySelectorAll(".own");
    const lastOwn = owns[owns.length - 1];
    question = null;
    withOptions.forEach(({ item, message }) => {
      const lines = message.buttons.map((button, index) => index + 1 + " " + button.title);
      const text = numbers.checked ? message.text + "\n\n" + lines.join("\n") : message.text;
      const line = item.querySelector(".text");
      if (line.textContent !== text) line.textContent = text;
      const answered = lastOwn && item.compareDocumentPosition(lastOwn) & Node.DOCUMENT_POSITION_FOLLOWING;
      if (!answered) question = item;
      const box = item.querySelector(".options");
      const wanted = !numbers.checked && !answered;
      if (box && !wanted) box.remove();
      if (!box && wanted) item.append(optionButtons(message));
    });
  }

  function optionButtons(message) {
    const box = element("div", "options", "");
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "Pilihan jawaban");
    message.buttons.forEach((button, index) => {
      const tap = element("button", "", "");
      tap.type = "button";
      tap.append(element("b", "", String(index + 1)), element("span", "", button.title));
      tap.addEventListener("click", () => {
        (keyboard.matches ? input : scroll).focus(); // the tapped button goes away
        enqueue(button.title, button.payload);
      });
      box.append(tap);
    });
    return box;
  }

  // ---- scrolling --------------------------------------------------------------------

  const bottomEdge = () => scroll.scrollTop + scroll.clientHeight;
  const nearBottom = () => scroll.scrollHeight - bottomEdge() < 120;
  let stuck = true; // the end of the talk stays in sight when the keyboard or the input grows
  let seen = 0; // how far down she has been, in pixels of the talk
  let unseen = null; // the first message that came while she was further up

  function scrolled() {
    stuck = nearBottom();
    seen = Math.max(seen, bottomEdge());
    if (unseen && unseen.offsetTop + OVERLAP_PX < bottomEdge()) unseen = null;
    showMore();
  }

  function toBottom() {
    scroll.scrollTop = scroll.scrollHeight;
    seen = bottomEdge();
    scrolled();
  }

  /** Down to what is new, but never past its first line. */
  function reveal(item) {
    scroll.scrollTop = Math.min(scroll.scrollHeight, item.offsetTop - 12);
    scrolled();
  }

  /** Says that the talk goes on below the edge, and with what. */
  function showMore() {
    const button = at("more");
    const end = scroll.scrollHeight - bottomEdge() < UNREAD_PX;
    const asked = question && question.offsetTop + question.offsetHeight > bottomEdge();
    const text = asked ? "Ada pertanyaan di bawah" : unseen ? "Ada pesan baru" : "Lanjut baca";
    if (at("more-text").textContent !== text) at("more-text").textContent = text;
    // Without a focused element the next Tab would start at the top of the page.
    if (end && document.activeElement === button) scroll.focus({ preventScroll: true });
    button.hidden = end || !log.firstChild;
  }

  /** To the new message that it names; else on from where she has read to, skipping nothing. */
  at("more").addEventListener("click", () => {
    const named = at("more-text").textContent === "Ada pesan baru" && unseen;
    const step = Math.max(scroll.clientHeight - OVERLAP_PX, scroll.clientHeight / 2);
    const top = named ? unseen.offsetTop - 12 : Math.max(scroll.scrollTop + step, seen - OVERLAP_PX);
    scroll.scrollTo({ top: top, behavior: calm.matches ? "auto" : "smooth" });
  });

  let height = 0; // as last reported by the observer
  scroll.addEventListener("scroll", () => {
    // A paste that makes the input grow also scrolls: that is not her leaving the end.
    if (!height || height === scroll.clientHeight) scrolled();
  });
  if (window.ResizeObserver) {
    new ResizeObserver(() => {
      height = scroll.clientHeight;
      seen = bottomEdge(); // lines broke anew, earlier pixels mean nothing
      if (stuck && log.firstChild) toBottom();
      else showMore();
    }).observe(scroll);
  }

  // iOS lays the keyboard over the page; keep header and input inside what is visible.
  const view = window.visualViewport;
  if (view) {
    view.addEventListener("resize", () => {
      const covered = view.scale === 1 && window.innerHeight - view.height > 80;
      document.body.style.height = covered ? view.height + "px" : "";
      if (covered) window.scrollTo(0, 0);
    });
  }

  // ---- writing --------------------------------------------------------------------

  function setDraft(text) {
    input.value = text;
    drafted();
  }

  function drafted() {
    store.set("draft", input.value);
    input.style.height = "auto";
    input.style.height = input.scrollHeight + 2 + "px";
    const length = input.value.trim().length;
    const counter = at("counter");
    const format = (count) => count.toLocaleString("id-ID");
    counter.hidden = length < COUNTER_FROM;
    counter.classList.toggle("over", length > LIMIT);
    counter.textContent = counter.hidden
      ? ""
      : length > LIMIT
        ? "Terlalu panjang: " + format(length) + " dari " + format(LIMIT) + " huruf"
        : format(length) + " dari " + format(LIMIT) + " huruf";
  }

  composer.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = input.value.trim();
    input.focus();
    if (!text || text.length > LIMIT) return;
    setDraft("");
    enqueue(text);
  });

  input.addEventListener("input", drafted);
  input.addEventListener("keydown", (event) => {
    // On a phone Enter is a new line: its keyboard has no Shift+Enter.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !keyboard.matches) return;
    event.preventDefault();
    composer.dispatchEvent(new Event("submit", { cancelable: true }));
  });

  const chips = Array.from(at("chips").querySelectorAll("button"));
  chips.forEach((chip) => {
    chip.addEventListener("click", () => {
      const own = input.value.trim() && !chips.some((other) => other.textContent === input.value);
      if (!own) setDraft(chip.textContent); // never over what she has written herself
      input.focus();
    });
  });

  numbers.addEventListener("change", () => {
    store.set("numbers", numbers.checked);
    const follow = nearBottom();
    refreshOptions();
    if (follow) toBottom();
    showMore();
  });

  document.addEventListener("click", (event) => {
    if (!at("info").contains(event.target)) at("info").open = false;
  });

  // ---- start ----------------------------------------------------------------------

  numbers.checked = store.get("numbers") === true;
  at("unready").hidden = true;
  composer.hidden = false;
  at("chips").hidden = Boolean(sender || queue.length);
  setDraft(store.get("draft") || "");
  queue.forEach(showQueued);
  if (sender) listen();
  deliver();
})();
