// A page of its own: keeps its content fresh, if it is one that changes.

import { keepFresh, localise, pauseButton, say } from "./live.js";

const live = document.querySelector("[data-live]");
const pulse = document.getElementById("pulse");

/** The library of charts is loaded by pages with charts only. */
async function drawCharts() {
  if (document.querySelector("figure.chart") !== null) {
    const { draw } = await import("./charts.js");
    draw(document);
  }
}

localise(document.body);
drawCharts();

if (live !== null) {
  const freshness = keepFresh(live, {
    address: () => {
      const address = new URL(location.href);
      address.searchParams.set("embed", "");
      return address;
    },
    expected: `article.${live.firstElementChild.className}`,
    said: (text, kind) => say(pulse, text, kind),
    shown: drawCharts,
  });
  pulse.after(pauseButton(freshness));
}
