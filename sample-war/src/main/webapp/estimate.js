// What a prompt will cost: a guess at once, the server's estimate when the typing rests.

import { element } from "./account.js";
import * as api from "./api.js";
import { count, dollars, label } from "./format.js";

const BYTES_PER_TOKEN = 4;
const REST_MILLIS = 300;

const line = document.getElementById("estimate");

/** What may be in a call's way that is no limit of the caller. */
const CAUSES = {
  "provider-budget": "the spending limit of its provider is reached or in use",
  "breaker": "spending is halted",
  "unpriced-model": "its model has no price",
  "blocked": "an operator has blocked you",
  "abnormal-usage": "your use is abnormal",
  "open-calls": "too many calls are under way",
  "store": "limits cannot be asked at the moment",
};

let timer = 0;
let latest = 0;
/** Whether the server has an estimate to ask for. */
let served = true;

/** Shows what a prompt will cost; prices are those of the guess, in dollars per million tokens. */
export function show(key, prompt, maxTokens, model, prices) {
  clearTimeout(timer);
  latest += 1;
  if (prompt.trim() === "") {
    line.replaceChildren("Type to see what it will cost.");
    return;
  }
  showGuess(prompt, maxTokens, prices);
  if (served) {
    timer = setTimeout(() => ask(latest, key, prompt, maxTokens, model), REST_MILLIS);
  }
}

function showGuess(prompt, maxTokens, prices) {
  const input = Math.ceil(new TextEncoder().encode(prompt).length / BYTES_PER_TOKEN);
  const cost = (input * prices.in + maxTokens * prices.out) / 1e6;
  line.replaceChildren(
    `≈ ${count(input)} tokens in, at most ${count(maxTokens)} out: `,
    element("strong", "", `up to ${dollars(cost)}`));
}

async function ask(turn, key, prompt, maxTokens, model) {
  const reply = await api.estimate(key, prompt, maxTokens, model).catch(() => ({ ok: false }));
  served = reply.status !== 404;
  if (reply.ok && turn === latest) {
    showEstimate(reply.body);
  }
}

function showEstimate(estimate) {
  const { inputTokens, outputTokens, costUsd, low, high } = estimate;
  line.replaceChildren(
    `${count(inputTokens)} tokens in, about ${count(outputTokens)} out: `,
    element("strong", "", dollars(costUsd)),
    ` (${dollars(low)} to ${dollars(high)})`,
    element("span", "verdict", verdict(estimate)));
}

function verdict({ decision, bindingLimit }) {
  const mode = String(decision).toLowerCase();
  return mode === "admitted" ? "" : ` It would be ${mode}${because(bindingLimit)}.`;
}

function because(cause) {
  if (!cause) {
    return "";
  }
  return CAUSES[cause] ? `: ${CAUSES[cause]}` : ` by “${label(cause)}”`;
}
