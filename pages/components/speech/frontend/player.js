// A recording and what was heard in it: click a word to play from there.
//
// args: url, label, lines [{clock, parts: [[text, start, end, level, score], ...]}], measure, legend
// [[level, text], ...], language, partial, empty; as `Script` in player.py.

import { made, once } from "./elements.js";

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];
const LEAD = 0.05; // seconds before a word, or its first sound is cut off
const PLACE = "dlw.playing";
const PAUSE = 3000; // ms within which a player drawn anew goes on where the last one was
const NEAR = 40; // pixels from the end of a transcript that grows, within which it is followed
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

export function drawPlayer(root, args) {
  const bar = once(root, "bar", () => made("div", "bar"));
  const audio = once(bar, "audio", madeAudio);
  once(bar, "speed", () => madeSpeed(audio));
  const state = once(root, "state", () => madeState(audio));
  load(audio, args, state);
  drawLegend(once(root, "legend", () => made("ul", "legend")), args);
  const text = once(root, "text", () => madeText(audio));
  drawLines(text, args);
  follow(text, audio);
}

function madeAudio() {
  const audio = made("audio");
  audio.controls = true;
  audio.preload = "metadata";
  audio.setAttribute("controlslist", "noplaybackrate nodownload noremoteplayback");
  for (const event of ["timeupdate", "pause"]) {
    audio.addEventListener(event, () => remember(audio));
  }
  return audio;
}

function madeSpeed(audio) {
  const label = made("label", "speed", "Speed ");
  const select = made("select");
  for (const speed of SPEEDS) {
    const option = made("option", "", `${speed} ×`);
    option.value = speed;
    option.selected = speed === 1;
    select.append(option);
  }
  select.addEventListener("change", () => {
    audio.defaultPlaybackRate = audio.playbackRate = Number(select.value);
  });
  label.append(select);
  return label;
}

function madeState(audio) {
  const line = made("p", "state");
  line.setAttribute("role", "status");
  audio.addEventListener("error", () => say(line, "This browser cannot play it. Reload the page."));
  audio.addEventListener("loadedmetadata", () => say(line, ""));
  return line;
}

function say(line, text) {
  line.textContent = text;
  line.hidden = !text;
}

function load(audio, args, state) {
  audio.setAttribute("aria-label", args.label);
  if (!args.url) {
    say(state, "The sound is being prepared for your browser …");
    return;
  }
  // The frame lies two folders below the address of the dashboard: component/<name>/.
  const url = new URL(`../..${args.url}`, document.baseURI).href;
  if (audio.src === url) return;
  say(state, "");
  audio.src = url;
  if (audio.wanted !== undefined) playFrom(audio, audio.wanted);
  const before = JSON.parse(sessionStorage.getItem(PLACE) ?? "{}");
  if (before.url === url && Date.now() - before.when < PAUSE) playFrom(audio, before.at);
}

function remember(audio) {
  // The page draws its parts anew when a transcript is complete, and the recording plays on.
  if (audio.paused) sessionStorage.removeItem(PLACE);
  else {
    const place = { url: audio.src, at: audio.currentTime, when: Date.now() };
    sessionStorage.setItem(PLACE, JSON.stringify(place));
  }
}

function drawLegend(list, args) {
  list.hidden = args.legend.length === 0;
  list.replaceChildren(
    ...args.legend.map(([level, text]) => {
      if (!level) return made("li", "", text);
      const item = made("li");
      const mark = made("span", `word ${level}`, level === "rejected" ? "[unclear]" : "word");
      mark.setAttribute("aria-hidden", "true");
      item.append(mark, ` ${text}`);
      return item;
    }),
  );
}

function madeText(audio) {
  const text = made("div", "text");
  text.audio = audio;
  text.setAttribute("role", "group");
  text.setAttribute("aria-label", "Transcript. Arrow keys move from word to word, Enter plays.");
  text.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button) playFrom(audio, button.start);
  });
  text.addEventListener("keydown", (event) => move(text, event));
  for (const event of ["timeupdate", "seeked", "play", "pause"]) {
    audio.addEventListener(event, () => follow(text, audio));
  }
  return text;
}

function drawLines(text, args) {
  // While the transcript is being produced, only what changed is drawn again.
  text.lang = args.language || "";
  const atEnd = text.scrollHeight - text.scrollTop - text.clientHeight < NEAR;
  const lines = [...text.querySelectorAll(":scope > .line")];
  args.lines.forEach((line, index) => {
    const drawn = JSON.stringify([line, args.measure]);
    if (lines[index]?.drawn === drawn) return;
    const element = madeLine(line, args.measure);
    element.drawn = drawn;
    if (lines[index]) lines[index].replaceWith(element);
    else text.insertBefore(element, text.querySelector(":scope > .note"));
  });
  lines.slice(args.lines.length).forEach((line) => line.remove());
  const note = once(text, "note", () => made("p", "note"));
  note.textContent = args.partial ? "listening …" : args.lines.length ? "" : args.empty;
  note.hidden = !note.textContent;
  text.setAttribute("aria-busy", String(args.partial));
  text.words = [...text.querySelectorAll("button")];
  if (!text.words.some((word) => word.tabIndex === 0) && text.words.length) {
    text.words[0].tabIndex = 0;
  }
  if (args.partial && atEnd && text.audio.paused) {
    text.scrollTo({ top: text.scrollHeight, behavior: "instant" });
  }
}

function madeLine(line, measure) {
  const element = made("p", "line");
  const words = made("span", "words");
  words.dir = "auto";
  for (const [text, start, end, level, score] of line.parts) {
    const button = made("button", `word ${level}`, text);
    button.type = "button";
    button.tabIndex = -1;
    button.start = start;
    button.end = end;
    button.title = `${start.toFixed(2)}–${end.toFixed(2)} s${score ? ` · ${measure} ${score}` : ""}`;
    words.append(button, " ");
  }
  element.append(made("span", "clock", line.clock), words);
  return element;
}

function playFrom(audio, seconds) {
  audio.wanted = audio.getAttribute("src") ? undefined : seconds;
  if (audio.wanted !== undefined) return;
  audio.currentTime = Math.max(seconds - LEAD, 0);
  audio.play().catch(() => {}); // what cannot be played says so by itself
}

function move(text, event) {
  const at = text.words.indexOf(event.target);
  const ends = { Home: 0, End: text.words.length - 1 };
  const next = event.key in ends ? ends[event.key] : at + (STEPS[event.key] ?? NaN);
  if (at < 0 || !text.words[next]) return;
  event.preventDefault();
  event.target.tabIndex = -1;
  text.words[next].tabIndex = 0;
  text.words[next].focus();
}

function follow(text, audio) {
  // The word being played is marked, and kept in sight while the recording runs.
  mark(text, audio);
  cancelAnimationFrame(text.clock);
  if (!audio.paused) text.clock = requestAnimationFrame(() => follow(text, audio));
}

function mark(text, audio) {
  const now = audio.currentTime;
  const begun = !audio.paused || now > 0;
  const current = begun ? text.words.findLast((each) => each.start - LEAD <= now) : undefined;
  const shown = current && now <= current.end + LEAD ? current : undefined;
  if (shown === text.current && (!shown || shown.isConnected)) return;
  text.current?.removeAttribute("aria-current");
  text.current = shown;
  if (!shown) return;
  shown.setAttribute("aria-current", "true");
  if (audio.paused) return;
  const box = text.getBoundingClientRect();
  const word = shown.getBoundingClientRect();
  if (word.top < box.top || word.bottom > box.bottom) text.scrollTop += word.top - box.top - 40;
}
