// Keeps a part of a page fresh: asks the server for its HTML again and shows what has changed.

const PERIOD_MILLIS = 5000;
const TIMEOUT_MILLIS = 15000;

/**
 * Shows the HTML of an address in an element, and again every few seconds while people look.
 * Tells `said` what became of it: "" while it goes well, else what is wrong.
 */
export function keepFresh(element, { address, headers = () => ({}), said = () => {}, shown = () => {} }) {
  let latest = "";
  let timer = 0;

  async function refresh() {
    clearTimeout(timer);
    if (!document.hidden) {
      said(await fetchOnce());
    }
    timer = setTimeout(refresh, PERIOD_MILLIS);
  }

  async function fetchOnce() {
    try {
      const response = await fetch(address(), {
        headers: { ...headers(), Accept: "text/html" },
        signal: AbortSignal.timeout(TIMEOUT_MILLIS),
      });
      const text = await response.text();
      if (text !== latest && !isBusy(element)) {
        latest = text;
        swap(element, text);
        shown(element);
      }
      return response.ok ? "" : `The server answers ${response.status}.`;
    } catch (unreachable) {
      return "The server cannot be reached.";
    }
  }

  timer = setTimeout(refresh, PERIOD_MILLIS);
  const onVisible = () => document.hidden || refresh();
  document.addEventListener("visibilitychange", onVisible);
  return {
    refresh,
    stop() {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onVisible);
    },
  };
}

/** Whether somebody is filling in a form or selecting text, which a swap would take away. */
function isBusy(element) {
  const root = element.getRootNode();
  const active = root.activeElement;
  const typing = active !== null && element.contains(active) && active.matches("input, select, textarea");
  const selection = document.getSelection();
  const selecting = selection !== null && !selection.isCollapsed && element.contains(selection.anchorNode);
  return typing || selecting;
}

/** Replaces the content, and keeps what was unfolded, scrolled and focused as it was. */
function swap(element, text) {
  const parsed = new DOMParser().parseFromString(text, "text/html");
  const kept = [...element.querySelectorAll("details[open][id]")].map((details) => details.id);
  const scrolled = [...element.querySelectorAll(".scroll")].map((part) => part.scrollLeft);
  const focused = element.getRootNode().activeElement?.id;
  element.replaceChildren(...document.adoptNode(parsed.body).childNodes);
  kept.forEach((id) => element.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", ""));
  element.querySelectorAll(".scroll").forEach((part, i) => { part.scrollLeft = scrolled[i] ?? 0; });
  if (focused) {
    element.querySelector(`#${CSS.escape(focused)}`)?.focus();
  }
  localise(element);
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
