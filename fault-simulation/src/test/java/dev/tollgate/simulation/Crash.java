package dev.tollgate.simulation;

/**
 * A process dies here: nothing of it may go on, so it is no exception that somebody could catch.
 */
final class Crash extends Error {

  Crash() {
    super("crash", null, false, false);
  }
}
