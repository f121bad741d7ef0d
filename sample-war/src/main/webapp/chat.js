// The conversation: estimates, sends, shows answers and refusals.

import * as account from "./account.js";
import * as api from "./api.js";
import * as estimate from "./estimate.js";
import * as detail from "./detail.js";
import { count, dollars, duration, label, sentence } from "./format.js";

const POLL_MILLIS = 5000;
const MAX_TURNS = 100;
const LONG_WAIT_SECONDS = 120;

const [key, prompt, model, maxTokens, send, notice, countdown, turns] =
  ["key", "prompt", "model", "max-tokens", "send", "notice", "countdown", "turns"]
    .map((id) => document.getElementById(id));

/** When the next call may be sent, in ms since the epoch; 0 for now. */
let waitUntil = 0;
let sending = false;

function showEstimate() {
  const { in: perMillionIn, out: perMillionOut } = model.selectedOptions[0].dataset;
  const prices = { in: Number(perMillionIn), out: Number(perMillionOut) };
  estimate.show(key.value, prompt.value, Number(maxTokens.value), model.value, prices);
}

function growPrompt() {
  prompt.style.height = "auto";
  prompt.style.height = `${prompt.scrollHeight}px`;
}

function showSend() {
  send.disabled = sending || waitUntil > Date.now() || prompt.value.trim() === "";
}

function addTurn(text) {
  document.getElementById("welcome").hidden = true;
  const asked = account.element("li", "asked", "", account.element("p", "", text));
  const answer = account.element("li", "answered", "", account.element("p", "waiting", "Thinking"));
  turns.append(asked, answer);
  while (turns.children.length > 2 * MAX_TURNS) {
    turns.firstElementChild.remove();
  }
  answer.scrollIntoView({ block: "nearest" });
  return { asked, answer };
}

function showAnswer(turn, { answer, model: name, mode, usage }) {
  const tag = account.element("span", "tag", mode === "full" ? "Full" : "Restricted");
  tag.dataset.mode = mode;
  turn.answer.replaceChildren(
    account.element("p", "", answer || "(an empty answer)"),
    account.element("div", "facts", "",
      tag,
      account.element("span", "", name),
      account.element("span", "", `${count(usage.inputTokens)} in, ${count(usage.outputTokens)} out`),
      account.element("span", "", `cost ${dollars(usage.costUsd)}`)));
  turn.answer.scrollIntoView({ block: "nearest" });
  account.showMode(mode);
}

/** Takes the turn back, so that the prompt can be sent again. */
function takeBack(turn, text) {
  turn.asked.remove();
  turn.answer.remove();
  prompt.value = text;
  growPrompt();
  document.getElementById("welcome").hidden = turns.children.length > 0;
}

function showNotice(kind, title, text) {
  notice.dataset.kind = kind;
  document.getElementById("notice-title").textContent = title;
  document.getElementById("notice-text").textContent = text;
  countdown.hidden = kind !== "wait";
  notice.hidden = false;
  notice.scrollIntoView({ block: "nearest" });
}

function showRefusal({ status, body, retryAfter }) {
  const why = sentence(body.detail || "the server did not say why").replace(/\.?$/, ".");
  if (retryAfter !== null && (status === 429 || status === 503)) {
    waitUntil = Date.now() + retryAfter * 1000;
    const policies = (body["violated-policies"] || []).map(label).join("; ");
    const cause = policies ? `Used up: ${policies}.` : why;
    const title = retryAfter > LONG_WAIT_SECONDS ? "Your limit is reached" : "One moment";
    showNotice("wait", title, `${cause} Nothing was charged, and your prompt is kept.`);
  } else if (status === 429) {
    showNotice("stop", "Your limit is reached", why);
  } else if (status === 401) {
    showNotice("stop", "This key is not known", "Choose a demonstration key, or check your own.");
  } else {
    showNotice("stop", body.title || `Error ${status}`, why);
  }
}

async function submit(event) {
  event.preventDefault();
  showSend();
  if (send.disabled) {
    return;
  }
  const text = prompt.value;
  const turn = addTurn(text);
  sending = true;
  notice.hidden = true;
  prompt.value = "";
  refreshComposer();
  try {
    const reply = await api.chat(key.value, text, Number(maxTokens.value), model.value);
    if (reply.ok) {
      showAnswer(turn, reply.body);
    } else {
      takeBack(turn, text);
      showRefusal(reply);
    }
  } catch (unreachable) {
    takeBack(turn, text);
    showNotice("stop", "The server cannot be reached", String(unreachable.message));
  }
  sending = false;
  refreshComposer();
  prompt.focus();
  await showUsage();
}

function refreshComposer() {
  growPrompt();
  showEstimate();
  showSend();
}

async function showUsage() {
  const asked = key.value;
  try {
    const reply = await api.usage(asked);
    if (asked !== key.value) {
      return;
    }
    key.setAttribute("aria-invalid", reply.status === 401);
    if (reply.ok) {
      account.show(reply.body);
    } else {
      account.showUnknown(reply.body.detail || `Error ${reply.status}`);
    }
  } catch (unreachable) {
    account.showUnknown("The server cannot be reached.");
  }
}

function changeKey(value) {
  key.value = value;
  waitUntil = 0;
  notice.hidden = true;
  for (const button of document.querySelectorAll("[data-key]")) {
    button.setAttribute("aria-pressed", button.dataset.key === value);
  }
  showSend();
  showEstimate();
  showUsage();
  detail.useKey(value);
}

function tick() {
  account.tick();
  if (waitUntil === 0) {
    return;
  }
  const seconds = Math.ceil((waitUntil - Date.now()) / 1000);
  countdown.textContent = duration(seconds);
  if (seconds <= 0) {
    waitUntil = 0;
    showNotice("ready", "You can go on", "Send your prompt again.");
    showSend();
  }
}

document.getElementById("composer").addEventListener("submit", submit);
prompt.addEventListener("input", refreshComposer);
prompt.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    submit(event);
  }
});
for (const select of [model, maxTokens]) {
  select.addEventListener("change", showEstimate);
}
key.addEventListener("change", () => changeKey(key.value.trim()));
for (const button of document.querySelectorAll("[data-key]")) {
  button.addEventListener("click", () => changeKey(button.dataset.key));
}
for (const idea of document.querySelectorAll("[data-idea]")) {
  idea.addEventListener("click", () => {
    prompt.value = idea.dataset.idea;
    refreshComposer();
    prompt.focus();
  });
}

detail.useKey(key.value);
refreshComposer();
showUsage();
setInterval(tick, 250);
setInterval(() => document.hidden || showUsage(), POLL_MILLIS);
