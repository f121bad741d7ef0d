// The usage of a key's holder in detail: Tollgate's own page within a dialog of this one.

import "./tollgate/assets/usage.js";

const dialog = document.getElementById("usage");
const trouble = document.getElementById("usage-trouble");
const usage = document.createElement("tollgate-usage");

usage.addEventListener("trouble", ({ detail }) => {
  trouble.textContent = detail;
  trouble.hidden = detail === "";
});

document.getElementById("open-usage").addEventListener("click", () => {
  dialog.append(usage);
  dialog.showModal();
});
document.getElementById("close-usage").addEventListener("click", () => dialog.close());
dialog.addEventListener("close", () => usage.remove());

/** Shows the usage of another key's holder from now on. */
export function useKey(key) {
  usage.headers = { "X-API-Key": key };
}
