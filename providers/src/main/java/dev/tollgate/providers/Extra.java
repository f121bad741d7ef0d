package dev.tollgate.providers;

/**
 * What a request may ask for that its tokens at its model's price do not pay, or that its body does
 * not show. In the order in which they are told.
 */
public enum Extra {
  /** Another tariff: OpenAI's and Google's priority, Anthropic's fast mode or its regions. */
  SERVICE_TIER("is billed at another price than the model's"),
  /** A tool that the provider runs and bills by the call: a search, an interpreter. */
  HOSTED_TOOLS("is run by the provider and billed beside tokens"),
  /** Sound in or out, and images out. */
  MODALITIES("has tokens of another price than those of texts"),
  /** Input that the provider has kept: an earlier answer, a prompt, a cache, a file. */
  STORED_INPUT("is input that the body does not show"),
  /** An answer that comes later, of which the route never hears what it used. */
  BACKGROUND("is answered where nobody reads what it used"),
  /** Other models that may answer in the place of the one that is asked for. */
  FALLBACKS("lets another model answer, at its own price");

  private final String reason;

  Extra(String reason) {
    this.reason = reason;
  }

  /** Why it is no call like others, as the end of a sentence that begins with the key. */
  public String reason() {
    return reason;
  }
}
