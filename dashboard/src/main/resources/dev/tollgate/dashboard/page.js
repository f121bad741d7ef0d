// A page of its own: keeps its content fresh, if it is one that changes.

import { keepFresh, localise } from "./live.js";

const live = document.querySelector("[data-live]");
const pulse = document.getElementById("pulse");

localise(document.body);

if (live !== null) {
  keepFresh(live, {
    address: () => {
      const address = new URL(location.href);
      address.searchParams.set("embed", "");
      return address;
    },
    said: (trouble) => {
      pulse.textContent = trouble || "Live";
      pulse.dataset.kind = trouble ? "warn" : "good";
    },
  });
}
