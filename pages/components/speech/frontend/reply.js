// A reply, in writing and in the browser's voice: each one is spoken once.
//
// args: text, id, language.

import { made, once } from "./elements.js";

const SPOKEN = "dlw.spoken";
const KEPT = 50;

export function drawReply(root, args) {
  const reply = once(root, "reply", () => {
    const box = made("div", "reply");
    const text = made("p");
    text.setAttribute("role", "status");
    const again = made("button", "again", "Say it again");
    again.type = "button";
    again.addEventListener("click", () => say(box.args));
    box.append(text, again);
    window.speechSynthesis?.addEventListener?.("voiceschanged", () => offer(again));
    return box;
  });
  const [text, again] = reply.children;
  reply.args = args;
  if (text.textContent !== args.text) text.textContent = args.text;
  offer(again);
  if (isNew(args.id)) say(args);
}

function offer(again) {
  again.hidden = !window.speechSynthesis?.getVoices().length;
}

function isNew(id) {
  const spoken = JSON.parse(sessionStorage.getItem(SPOKEN) ?? "[]");
  if (spoken.includes(id)) return false;
  sessionStorage.setItem(SPOKEN, JSON.stringify([...spoken, id].slice(-KEPT)));
  return true;
}

function say({ text, language }) {
  const speech = window.speechSynthesis;
  if (!speech) return;
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.lang = language;
  speech.cancel();
  speech.speak(utterance);
}
