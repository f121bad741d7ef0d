// The side of the page: who calls, what is left, the latest calls and alerts.

import { count, dollars, duration, label, sentence } from "./format.js";

const SHOWN_CALLS = 6;
const SHOWN_ALERTS = 4;
const RESTRICTED_ONLY = "restricted/";

export function show(usage) {
  byId("who").textContent = `${usage.caller} · tier ${usage.tier}`;
  byId("degraded").hidden = !usage.degraded;
  showMode(usage.mode);
  const limits = usage.limits.filter(
    (limit) => usage.mode === "restricted" || !limit.name.startsWith(RESTRICTED_ONLY));
  byId("limits").replaceChildren(...limits.map(limitRow));
  byId("calls").replaceChildren(...rows(usage.calls.slice(0, SHOWN_CALLS), callRow, "None yet."));
  byId("alerts").replaceChildren(...usage.alerts.slice(0, SHOWN_ALERTS).map(alertRow));
  byId("alerts-card").hidden = usage.alerts.length === 0;
}

/** Shows that nothing is known of the key's holder. */
export function showUnknown(why) {
  byId("who").textContent = why;
  showMode("unknown");
  for (const id of ["limits", "calls", "alerts"]) {
    byId(id).replaceChildren();
  }
  byId("alerts-card").hidden = true;
}

export function showMode(mode) {
  const badge = byId("mode");
  const text = mode === "refused" ? "Calls are refused" : `${sentence(mode)} mode`;
  if (badge.textContent !== text) {
    badge.textContent = text;
    badge.dataset.mode = mode;
  }
}

/** Brings the times until limits reset up to date. */
export function tick() {
  for (const line of document.querySelectorAll("[data-resets]")) {
    line.textContent = resetText(line.dataset.rolling === "true", line.dataset.resets);
  }
}

/** An element with a class, a text and children. */
export function element(name, className, text, ...children) {
  const made = document.createElement(name);
  made.className = className;
  made.append(text, ...children);
  return made;
}

function limitRow(limit) {
  const amount = limit.meter === "cost" ? dollars : count;
  const [whole, used, held, left] =
    [limit.limit, limit.used, limit.held, limit.remaining].map(Number);
  const rolling = limit.window !== "day" && limit.window !== "month";
  const leftText = left < 0 ? `${amount(-left)} over` : `${amount(left)} of ${amount(whole)}`;
  const reset = element("p", "reset", resetText(rolling, limit.resetsAt));
  reset.dataset.resets = limit.resetsAt;
  reset.dataset.rolling = rolling;
  const name = label(limit.name);
  return element("li", "", "",
    element("p", "line", "", element("span", "", name), element("span", "", leftText)),
    bar(name, leftText, used / whole, held / whole),
    reset);
}

function bar(name, text, used, held) {
  const level = used + held >= 1 ? "over" : used + held >= 0.8 ? "high" : "low";
  const made = element("div", "bar", "", part(used), part(Math.min(held, 1 - Math.min(used, 1))));
  made.dataset.level = level;
  made.setAttribute("role", "meter");
  made.setAttribute("aria-label", `${name}: used`);
  made.setAttribute("aria-valuenow", Math.round(Math.min(used + held, 1) * 100));
  made.setAttribute("aria-valuetext", `${text} left`);
  return made;
}

function part(share) {
  const made = element("i", "", "");
  made.style.width = `${Math.min(1, Math.max(0, share)) * 100}%`;
  return made;
}

function resetText(rolling, at) {
  const seconds = (Date.parse(at) - Date.now()) / 1000;
  if (rolling) {
    return seconds > 0 ? `Full again in ${duration(seconds)}` : "Full";
  }
  return seconds > 0 ? `Starts again in ${duration(seconds)}` : "Starts again now";
}

function rows(items, row, none) {
  return items.length > 0 ? items.map(row) : [element("li", "", none)];
}

function callRow(call) {
  const tokens = count(call.inputTokens + call.outputTokens);
  const about = call.estimated ? "≈ " : "";
  return element("li", "", "",
    element("span", "", "", element("b", "", call.route), ` ${tokens} tokens`),
    element("span", "", about + dollars(call.costUsd)));
}

function alertRow(alert) {
  return element("li", "", "", element("b", "", sentence(alert.message)));
}

function byId(id) {
  return document.getElementById(id);
}
