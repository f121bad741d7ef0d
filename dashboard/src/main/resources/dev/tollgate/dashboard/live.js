// Keeps a part of a page fresh: asks the server for its HTML again and shows what has changed.

const PERIOD_MILLIS = 5000;
const TIMEOUT_MILLIS = 15000;

/**
 * Shows the HTML of an address in an element, and again every few seconds while people look. An
 * answer that is not an `expected` element, such as a gateway's error page, is not shown. Tells
 * `said` how it goes: a text, and "good", "still" or "warn".
 */
export function keepFresh(element, { address, expected, headers = () => ({}), said = () => {}, shown = () => {} }) {
  let latest = "";
  let freshAt = new Date();
  let timer = 0;
  let paused = false;
  let stopped = false;

  async function refresh() {
    clearTimeout(timer);
    if (!document.hidden && !paused) {
      await showOnce();
    }
    if (!stopped) {
      clearTimeout(timer);
      timer = setTimeout(refresh, PERIOD_MILLIS);
    }
  }

  async function showOnce() {
    const { text, content, trouble } = await ask(address(), headers(), expected);
    if (stopped || paused) {
      return;
    }
    if (trouble) {
      said(`Old, of ${clock(freshAt)}: ${trouble}`, "warn");
    } else if (isBusy(element)) {
      said("Waits for you: something is filled in or selected", "still");
    } else {
      freshAt = new Date();
      said("Live", "good");
      if (text !== latest) {
        latest = text;
        show(element, content);
        shown(element);
      }
    }
  }

  timer = setTimeout(refresh, PERIOD_MILLIS);
  const onVisible = () => document.hidden || refresh();
  document.addEventListener("visibilitychange", onVisible);
  return {
    refresh,
    pause(wish) {
      paused = wish;
      if (paused) {
        said(`Paused at ${clock(freshAt)}`, "still");
      } else {
        refresh();
      }
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onVisible);
    },
  };
}

/** A button by which people stop what is kept fresh from changing under their eyes. */
export function pauseButton(freshness) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "pause";
  button.textContent = "Pause";
  button.addEventListener("click", () => {
    const pausing = button.textContent === "Pause";
    button.textContent = pausing ? "Go on" : "Pause";
    freshness.pause(pausing);
  });
  return button;
}

/** Says how it goes in an element, which is read out: only when it goes otherwise. */
export function say(element, text, kind) {
  if (element.textContent !== text) {
    element.textContent = text;
    element.dataset.kind = kind;
  }
}

/** What the server answers: its text and content, or what is wrong with it. */
async function ask(address, headers, expected) {
  try {
    const response = await fetch(address, {
      headers: { ...headers, Accept: "text/html" },
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MILLIS),
    });
    if (response.type === "opaqueredirect") {
      return { trouble: "the server sends you elsewhere, load the page again" };
    }
    if (!response.ok) {
      return { trouble: `the server answers ${response.status}` };
    }
    const text = await response.text();
    const content = new DOMParser().parseFromString(text, "text/html").body;
    const isHtml = response.headers.get("Content-Type")?.startsWith("text/html");
    return isHtml && content.firstElementChild?.matches(expected)
      ? { text, content }
      : { trouble: "the server answers with another page, load it again" };
  } catch (unreachable) {
    return { trouble: "the server cannot be reached" };
  }
}

function clock(time) {
  return new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" }).format(time);
}

/** Whether somebody is within a form, has filled in a part of one, or selects text. */
function isBusy(element) {
  const active = element.getRootNode().activeElement;
  const inForm = active !== null && element.contains(active) && active.closest("form") !== null;
  const selection = document.getSelection();
  const selecting = selection !== null && !selection.isCollapsed && element.contains(selection.anchorNode);
  return inForm || selecting || isFilledIn(element);
}

function isFilledIn(element) {
  const inputs = [...element.querySelectorAll("input")];
  const selects = [...element.querySelectorAll("select")];
  return inputs.some((input) => input.value !== input.defaultValue)
    || selects.some((select) => {
      const usual = [...select.options].findIndex((option) => option.defaultSelected);
      return select.selectedIndex !== Math.max(0, usual);
    });
}

/** Shows other content, and brings the focus back if what had it was replaced. */
function show(element, content) {
  const root = element.getRootNode();
  const focused = root.activeElement;
  const key = focused !== null && element.contains(focused) ? keyOf(focused) : "";
  localise(content);
  bringInLine(element, content);
  if (key !== "" && !element.contains(root.activeElement)) {
    [...element.querySelectorAll(focused.nodeName)].find((part) => keyOf(part) === key)?.focus();
  }
}

/**
 * Makes what an element has like what another has. What is alike stays: with it the focus, what is
 * unfolded and scrolled, and the place of somebody who listens.
 */
function bringInLine(old, fresh) {
  let next = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const same = counterpart(next, wanted);
    if (same === null) {
      old.insertBefore(document.adoptNode(wanted), next);
      continue;
    }
    while (next !== same) {
      next = remove(next);
    }
    next = same.nextSibling;
    if (same.nodeType === Node.ELEMENT_NODE) {
      bringAttributesInLine(same, wanted);
      bringInLine(same, wanted);
    } else if (same.nodeValue !== wanted.nodeValue) {
      same.nodeValue = wanted.nodeValue;
    }
  }
  while (next !== null) {
    next = remove(next);
  }
}

function remove(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

/** The node from here on that has the wanted one's key; one without a key has its place. */
function counterpart(node, wanted) {
  const key = keyOf(wanted);
  const isSame = (other) => other.nodeName === wanted.nodeName && keyOf(other) === key;
  let other = node;
  while (key !== "" && other !== null && !isSame(other)) {
    other = other.nextSibling;
  }
  return other !== null && isSame(other) ? other : null;
}

/** What tells an element from its neighbours; empty where only its place does. */
function keyOf(node) {
  return node.id || node.getAttribute?.("href") || node.getAttribute?.("aria-labelledby") || "";
}

function bringAttributesInLine(old, fresh) {
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) {
      old.setAttribute(name, value);
    }
  }
  for (const { name } of [...old.attributes]) {
    const isReaders = old.nodeName === "DETAILS" && name === "open";
    if (!isReaders && !fresh.hasAttribute(name)) {
      old.removeAttribute(name);
    }
  }
}

/** Puts times into the reader's own zone and words. */
export function localise(element) {
  const format = new Intl.DateTimeFormat(undefined, {
    month: "short", day: "numeric", hour: "2-digit", minute: "2-digit",
  });
  for (const time of element.querySelectorAll("time:not([data-utc])")) {
    const local = format.format(new Date(time.dateTime));
    if ("local" in time.dataset) {
      time.textContent = local;
      time.title = time.dateTime;
    } else {
      time.title = local;
    }
  }
}
