package dev.tollgate.store;

/**
 * Cuts time into half-open windows, such as the days of a time zone.
 *
 * <p>Implementations are immutable, and consecutive: the end of one window is the start of the
 * next.
 */
public interface Calendar {

  /**
   * One window, in microseconds since the epoch.
   *
   * @param startMicros inclusive
   * @param endMicros exclusive
   */
  record Span(long startMicros, long endMicros) {
    public boolean contains(long micros) {
      return startMicros <= micros && micros < endMicros;
    }
  }

  /** The window that contains {@code micros}. */
  Span at(long micros);
}
