// <tollgate-usage>: a caller's own usage within a page of the application.
//
//   <script type="module" src="tollgate/assets/usage.js"></script>
//   <tollgate-usage></tollgate-usage>
//
// It asks with the page's cookies. Where callers show a key instead, the application's script sets
// the property `headers` to an object of names and values, such as { "X-API-Key": key }. The event
// "trouble" tells what is wrong, or by an empty `detail` that nothing is any more.

import { keepFresh, pauseButton, say } from "./live.js";

class TollgateUsage extends HTMLElement {
  #headers = {};
  #content = document.createElement("div");
  #pulse = document.createElement("p");
  #foot = document.createElement("div");
  #freshness = null;
  #trouble = "";

  constructor() {
    super();
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = new URL("pages.css", import.meta.url);
    this.#pulse.className = "pulse";
    this.#pulse.setAttribute("role", "status");
    this.#foot.className = "freshness";
    this.attachShadow({ mode: "open" }).append(style, this.#content, this.#foot);
  }

  connectedCallback() {
    const address = new URL("../usage?embed", import.meta.url);
    this.#freshness = keepFresh(this.#content, {
      address: () => address,
      expected: "article.usage",
      headers: () => this.#headers,
      said: (text, kind) => this.#say(text, kind),
    });
    this.#foot.replaceChildren(this.#pulse, pauseButton(this.#freshness));
    this.#freshness.refresh();
  }

  #say(text, kind) {
    say(this.#pulse, text, kind);
    const trouble = kind === "warn" ? text : "";
    if (trouble !== this.#trouble) {
      this.#trouble = trouble;
      this.dispatchEvent(new CustomEvent("trouble", { detail: trouble }));
    }
  }

  disconnectedCallback() {
    this.#freshness?.stop();
    this.#freshness = null;
  }

  get headers() {
    return this.#headers;
  }

  set headers(headers) {
    this.#headers = { ...headers };
    this.#freshness?.refresh();
  }
}

customElements.define("tollgate-usage", TollgateUsage);
