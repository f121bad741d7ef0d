package dev.tollgate.simulation;

import java.util.Set;
import java.util.SplittableRandom;

/**
 * When what goes wrong. How often each fault strikes is drawn from the seed, and for half of the
 * seeds it never does: faults that come together in every run hide one another. Each fault has a
 * generator of its own, so that a history stays nearly the same when another one is switched off.
 */
final class Faults {

  private static final int[] PER_THOUSAND = {0, 0, 0, 4, 15, 60};

  /** A process has a dozen operations to do at each turn: it must live for some turns. */
  private static final int[] CRASHES_PER_THOUSAND = {0, 0, 0, 1, 2, 5};

  /** All of the past is done again, and much of what is promised is none after it. */
  private static final int[] LOSSES_PER_THOUSAND = {0, 0, 0, 0, 1, 3};

  private final SplittableRandom[] randoms = new SplittableRandom[Fault.values().length];
  private final int[] perThousand = new int[Fault.values().length];
  private boolean healed;

  Faults(long seed, Set<Fault> possible) {
    for (Fault fault : Fault.values()) {
      SplittableRandom random = new SplittableRandom(seed * 31 + fault.ordinal());
      int[] rates = rates(fault);
      int rate = rates[random.nextInt(rates.length)];
      randoms[fault.ordinal()] = random;
      perThousand[fault.ordinal()] = possible.contains(fault) ? rate : 0;
    }
  }

  private static int[] rates(Fault fault) {
    return switch (fault) {
      case CRASH_IN_OPERATION -> CRASHES_PER_THOUSAND;
      case LOST_TAIL -> LOSSES_PER_THOUSAND;
      default -> PER_THOUSAND;
    };
  }

  /** Whether the fault happens now. */
  boolean strikes(Fault fault) {
    int rate = perThousand[fault.ordinal()];
    return rate > 0 && !healed && random(fault).nextInt(1000) < rate;
  }

  /** Whether the fault happens in this run at all. */
  boolean isPossible(Fault fault) {
    return perThousand[fault.ordinal()] > 0;
  }

  SplittableRandom random(Fault fault) {
    return randoms[fault.ordinal()];
  }

  /** Nothing goes wrong any more, until it is told otherwise. */
  void heal(boolean healed) {
    this.healed = healed;
  }

  boolean isHealed() {
    return healed;
  }
}
