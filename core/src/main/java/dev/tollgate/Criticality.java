package dev.tollgate;

/** How much the application needs a call: what goes on when spending must be cut. */
public enum Criticality {
  /** The application is of no use without it. */
  ESSENTIAL,
  /** An extra: suggestions, summaries. */
  OPTIONAL,
  /** Nobody waits for it: batch jobs. */
  BACKGROUND
}
