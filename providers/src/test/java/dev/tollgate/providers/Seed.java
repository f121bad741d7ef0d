package dev.tollgate.providers;

import java.util.Random;

/** Randomness that can be had again: {@code -Dseed=} takes the number that a run printed. */
record Seed(long number) {

  static Seed next() {
    Seed seed = new Seed(Long.getLong("seed", System.nanoTime()));
    System.out.println("seed " + seed.number);
    return seed;
  }

  Random random() {
    return new Random(number);
  }

  @Override
  public String toString() {
    return "seed " + number;
  }
}
