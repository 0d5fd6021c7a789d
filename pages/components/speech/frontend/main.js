// The frame's end of Streamlit's component protocol: what to draw comes in, its height goes out.
// Files of our own and text nodes only, as the content security policy asks: no inline script, no
// HTML made of text.

import { drawPlayer } from "./player.js";
import { drawReply } from "./reply.js";

const drawings = { player: drawPlayer, reply: drawReply };

function tell(type, data) {
  window.parent.postMessage({ isStreamlitMessage: true, type: `streamlit:${type}`, ...data }, "*");
}

window.addEventListener("message", ({ source, data }) => {
  if (source !== window.parent || data?.type !== "streamlit:render") return;
  document.documentElement.dataset.theme = data.theme?.base === "dark" ? "dark" : "light";
  drawings[data.args.kind](document.body, data.args);
});

new ResizeObserver(() => {
  tell("setFrameHeight", { height: Math.ceil(document.body.getBoundingClientRect().height) });
}).observe(document.body);

tell("componentReady", { apiVersion: 1 });
