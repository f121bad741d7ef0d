package dev.tollgate;

/** What an operator has told a scope's breaker. */
public enum BreakerControl {
  /** It goes by the speed of spending. */
  AUTOMATIC,
  /** It is open until told otherwise. */
  OPEN,
  /** It is closed until told otherwise, and learns the new speed of spending. */
  CLOSED,
  /** It stays as it is until told otherwise. */
  HELD
}
