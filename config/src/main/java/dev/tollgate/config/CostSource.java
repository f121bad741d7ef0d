package dev.tollgate.config;

/** Where the cost of a call is known from. */
public enum CostSource {
  /** Its tokens, at the model's price. */
  PRICED,
  /** What its provider says that it charges, as OpenRouter does; else as {@link #PRICED}. */
  REPORTED
}
