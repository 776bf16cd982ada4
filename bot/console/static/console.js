// Keeps an open page up to date, tells about new emergencies, sends replies without losing them.
// The console works without this script; the script adds no way in that the server does not check.
"use strict";

const RETRY_MS = 2000;
const DEAD_LINE_MS = 30000; // the server answers within 20 s, also when nothing happened
const RING_AGAIN_MS = 30000;
const offline = document.getElementById("offline");
const bell = document.getElementById("sound");
const title = document.title;
// Not the address: a page that answers a form has that of the form.
const live = document.querySelector("main").dataset.live;
let held = null;
let audio = null;
let wantsEnd = false;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const parts = () => [...document.querySelectorAll("[data-part]")];
const soundIsOn = () => localStorage.getItem("console-sound") === "on";
const canBeNoticed = () => document.visibilityState === "visible" || audio?.state === "running";

function randomId() {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// -- up to date

async function follow() {
  for (;;) {
    held = new AbortController();
    const dead = setTimeout(() => held.abort("dead"), DEAD_LINE_MS);
    try {
      const have = parts().map((part) => `${part.dataset.part}:${part.dataset.version}`).join(" ");
      const response = await fetch(live, {
        headers: { "X-Have": have, "X-Seen": canBeNoticed() ? "1" : "0" },
        signal: held.signal,
        cache: "no-store",
      });
      if (response.status === 401 || response.status === 404) return leave();
      if (response.status === 200) swap((await response.json()).parts);
      else if (response.status !== 204) throw new Error(String(response.status));
      offline.hidden = true;
    } catch (error) {
      if (error !== "again") {
        offline.hidden = false;
        await pause(RETRY_MS);
      }
    } finally {
      clearTimeout(dead);
    }
  }
}

// The session ended or the case is gone; words that are not sent yet are not thrown away.
function leave() {
  if (![...document.querySelectorAll("textarea")].some((field) => field.value.trim())) {
    location.replace(live);
    return;
  }
  offline.textContent = "Sesi berakhir. Salin dulu tulisannya, lalu muat ulang halaman ini.";
  offline.hidden = false;
}

function swap(changed) {
  for (const part of parts()) {
    const now = changed[part.dataset.part];
    if (!now) continue;
    const kept = keep(part);
    const lines = part.querySelectorAll(".said").length;
    const atEnd = nearEnd();
    const loaded = new Map([...part.querySelectorAll("[data-keep]")].map((each) => [each.id, each]));
    part.innerHTML = now.html;
    // What plays goes on playing, and no file is fetched twice over a slow line.
    for (const each of part.querySelectorAll("[data-keep]")) {
      if (loaded.has(each.id)) each.replaceWith(loaded.get(each.id));
    }
    part.dataset.version = now.version;
    restore(part, kept);
    const fresh = [...part.querySelectorAll(".said")].slice(lines);
    fresh.forEach((line) => line.classList.add("fresh"));
    if (fresh.length && (atEnd || wantsEnd)) {
      wantsEnd = false;
      showEnd();
    }
  }
  notice();
}

// What somebody is typing must survive a part that is rendered again.
function keep(part) {
  const fields = [...part.querySelectorAll("textarea, select, details")];
  return {
    focus: part.contains(document.activeElement) ? document.activeElement.id : "",
    picked: part.querySelector("input[type=radio]:checked")?.value,
    fields: fields.filter((field) => field.id).map((field) => [field.id, field.value, field.open]),
  };
}

function restore(part, kept) {
  for (const [id, value, open] of kept.fields) {
    const field = part.querySelector(`#${id}`);
    if (!field) continue;
    if (field.matches("details")) field.open = open;
    else {
      field.value = value;
      tellChange(field);
    }
  }
  const pick = [...part.querySelectorAll("input[type=radio]")].find((each) => each.value === kept.picked);
  if (pick) pick.checked = true;
  if (kept.focus) part.querySelector(`#${kept.focus}`)?.focus();
}

function tellChange(field) {
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function nearEnd() {
  const end = document.getElementById("end");
  return Boolean(end) && end.getBoundingClientRect().top < window.innerHeight + 80;
}

function showEnd() {
  document.querySelector(".lines > :last-child")?.scrollIntoView({ block: "center" });
}

// After a note or a hand-back the form that is worked with stays open.
function openPlace() {
  const place = document.getElementById(location.hash.slice(1));
  if (!place?.matches("details")) return;
  place.open = true;
  place.scrollIntoView();
}

// -- new emergencies

function notice() {
  const calling = document.querySelector(".calling");
  const waiting = calling ? calling.dataset.refs.split(" ") : [];
  const known = (sessionStorage.getItem("console-known") ?? "").split(" ");
  const isNew = waiting.some((reference) => !known.includes(reference));
  sessionStorage.setItem("console-known", waiting.join(" "));
  document.title = waiting.length ? `(${waiting.length}) ${title}` : title;
  if (!isNew) return;
  calling.classList.add("new");
  ring();
}

function ring() {
  if (!soundIsOn() || audio?.state !== "running") return;
  for (const [start, pitch] of [[0, 660], [0.25, 880], [0.5, 660]]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const at = audio.currentTime + start;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.25, at + 0.03);
    volume.gain.linearRampToValueAtTime(0, at + 0.22);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.25);
  }
  navigator.vibrate?.([200, 100, 200]);
}

async function wakeAudio() {
  audio ??= new AudioContext();
  // Browsers may wait for a touch before they let a page make a sound.
  await Promise.race([audio.resume(), pause(300)]);
  showBell();
}

function showBell() {
  const works = soundIsOn() && audio?.state === "running";
  bell.textContent = works ? "Bunyi nyala" : soundIsOn() ? "Ketuk untuk bunyi" : "Bunyi mati";
  bell.setAttribute("aria-pressed", String(works));
}

bell.hidden = !("AudioContext" in window);
bell.addEventListener("pointerdown", (event) => event.stopPropagation());
bell.addEventListener("click", async () => {
  const turnOff = soundIsOn() && audio?.state === "running";
  localStorage.setItem("console-sound", turnOff ? "off" : "on");
  if (turnOff) await audio.suspend();
  else await wakeAudio();
  showBell();
  ring();
});

// -- replies

async function send(form) {
  const button = form.querySelector("button");
  const status = form.querySelector(".sending");
  const text = form.elements.text;
  const say = (words, bad) => {
    status.textContent = words;
    status.classList.toggle("bad", bad);
  };
  button.disabled = true;
  say("Mengirim…", false);
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { "X-Script": "1" },
      redirect: "manual",
      signal: AbortSignal.timeout(DEAD_LINE_MS),
    });
    if (response.type === "opaqueredirect") {
      text.value = "";
      wantsEnd = true;
      tellChange(text);
      form.elements.form_id.value = randomId();
      say("", false);
      held?.abort("again");
    } else if (response.status === 401) {
      say("Sesi berakhir. Masuk lagi di tab lain, lalu kirim ulang.", true);
    } else {
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const problem = page.getElementById("problem")?.textContent.trim();
      say(problem || "Belum terkirim. Coba lagi.", true);
    }
  } catch {
    // The id of the form stays: if it did arrive, the second one does nothing.
    say("Belum terkirim: sambungan putus. Coba lagi.", true);
  } finally {
    button.disabled = false;
    text.focus();
  }
}

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-send]")) {
    event.preventDefault();
    send(event.target);
    return;
  }
  // A slow line makes people tap twice.
  event.target.querySelector("button").disabled = true;
});

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") held?.abort("again");
});

window.addEventListener("offline", () => held?.abort("dead"));
window.addEventListener("online", () => held?.abort("again"));

window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.replace(live);
});

setInterval(() => { if (document.querySelector(".calling")) ring(); }, RING_AGAIN_MS);
if (soundIsOn()) {
  wakeAudio();
  document.addEventListener("pointerdown", wakeAudio, { once: true });
}
showBell();
notice();
openPlace();
window.addEventListener("hashchange", openPlace);
// Who holds the talk wants its end, unless a step led elsewhere or was refused; everybody else
// first sees what it is and can take it.
const led = location.hash && location.hash !== "#end";
const refused = document.querySelector("#problem:not([hidden])");
if (document.querySelector("[data-send]") && !led && !refused) showEnd();
follow();
