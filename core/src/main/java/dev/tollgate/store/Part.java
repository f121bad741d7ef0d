package dev.tollgate.store;

/**
 * A part of a {@link MemoryStore} that changes and is written down as one.
 *
 * @param kind what it is
 * @param name its name among those of its kind
 */
public record Part(Kind kind, String name) {

  /** What a memory store consists of. */
  public enum Kind {
    ACCOUNT,
    DOCUMENT,
    ROLLUP
  }
}
