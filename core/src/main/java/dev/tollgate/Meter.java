package dev.tollgate;

/** What a limit counts. */
public enum Meter {
  /** Calls. */
  REQUESTS,
  /** Input and output tokens together. */
  TOKENS,
  /** Money, in nano-USD. */
  COST
}
