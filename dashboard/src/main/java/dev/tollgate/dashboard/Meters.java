package dev.tollgate.dashboard;

import java.util.List;

/** Where what is counted goes. Thread-safe. */
interface Meters {

  /**
   * Adds to a counter, or takes note of a histogram's value.
   *
   * @param amount in the smallest part of the instrument's unit: 0 or more
   * @param labels the values of the instrument's labels, in their order
   */
  void record(Instrument instrument, long amount, List<String> labels);

  /** Lets values be read whenever the library asks for them. */
  default void observe(Readings readings) {}

  /** Takes back what was registered elsewhere. */
  default void close() {}
}
