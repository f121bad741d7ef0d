// <tollgate-usage>: a caller's own usage within a page of the application.
//
//   <script type="module" src="tollgate/assets/usage.js"></script>
//   <tollgate-usage></tollgate-usage>
//
// It asks with the page's cookies. Where callers show a key instead, the application's script sets
// the property `headers` to an object of names and values, such as { "X-API-Key": key }.

import { keepFresh } from "./live.js";

class TollgateUsage extends HTMLElement {
  #headers = {};
  #content = document.createElement("div");
  #freshness = null;

  constructor() {
    super();
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = new URL("pages.css", import.meta.url);
    this.attachShadow({ mode: "open" }).append(style, this.#content);
  }

  connectedCallback() {
    const address = new URL("../usage?embed", import.meta.url);
    this.#freshness = keepFresh(this.#content, {
      address: () => address,
      headers: () => this.#headers,
      said: (trouble) => this.dispatchEvent(new CustomEvent("trouble", { detail: trouble })),
    });
    this.#freshness.refresh();
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
