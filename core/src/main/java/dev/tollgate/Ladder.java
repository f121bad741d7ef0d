package dev.tollgate;

import dev.tollgate.store.Store;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;

/**
 * What happens as a quota fills up: notify, then restrict, then refuse.
 *
 * @param rungs in ascending order of percent, at most {@link #MAX_RUNGS}
 */
public record Ladder(List<Rung> rungs) {

  public static final int MAX_RUNGS = 8;

  /** 80 % notify, 100 % restrict, 150 % refuse. */
  public static final Ladder DEFAULT =
      new Ladder(
          List.of(
              new Rung(80, Action.NOTIFY),
              new Rung(100, Action.RESTRICT),
              new Rung(150, Action.REFUSE)));

  /** Refuses at 100 %, and does nothing before. */
  public static final Ladder REFUSE = new Ladder(List.of(new Rung(100, Action.REFUSE)));

  /** What a rung does. */
  public enum Action {
    NOTIFY,
    RESTRICT,
    REFUSE
  }

  /**
   * @param percent of the quota's limit: 1 to 1000
   */
  public record Rung(int percent, Action action) {

    /**
     * @throws IllegalArgumentException when the percentage is out of its range
     */
    public Rung {
      if (percent < 1 || percent > 1000) {
        throw new IllegalArgumentException("rung at " + percent + " % is not in 1 to 1000 %");
      }
    }

    long of(long amount) {
      BigInteger product = BigInteger.valueOf(amount).multiply(BigInteger.valueOf(percent));
      return product
          .divide(BigInteger.valueOf(100))
          .min(BigInteger.valueOf(Store.MAX_AMOUNT))
          .longValueExact();
    }
  }

  /**
   * @throws IllegalArgumentException when the rungs are not in order, or a call would be refused
   *     below the rung that restricts it
   */
  public Ladder {
    rungs = List.copyOf(rungs);
    if (rungs.size() > MAX_RUNGS) {
      throw new IllegalArgumentException("a ladder has at most " + MAX_RUNGS + " rungs");
    }
    for (int i = 1; i < rungs.size(); i++) {
      Rung lower = rungs.get(i - 1);
      if (lower.percent() >= rungs.get(i).percent()) {
        throw new IllegalArgumentException(
            "rung at " + rungs.get(i).percent() + " % must be above " + lower.percent() + " %");
      }
      if (lower.action() == Action.REFUSE) {
        throw new IllegalArgumentException(
            "no rung can follow the one that refuses at " + lower.percent() + " %");
      }
    }
  }

  /**
   * Above this amount calls are restricted; the hard limit where no rung restricts.
   *
   * @param amount of the quota
   */
  public long soft(long amount) {
    return first(Action.RESTRICT, amount, hard(amount));
  }

  /**
   * Above this amount calls are refused; {@link Store#MAX_AMOUNT} where no rung refuses.
   *
   * @param amount of the quota
   */
  public long hard(long amount) {
    return Math.max(1, first(Action.REFUSE, amount, Store.MAX_AMOUNT));
  }

  /** The amounts at which somebody is told, one for each rung. */
  List<Long> notices(long amount) {
    return rungs.stream().map(rung -> rung.of(amount)).toList();
  }

  private long first(Action action, long amount, long otherwise) {
    return rungs.stream()
        .filter(rung -> rung.action() == action)
        .min(Comparator.comparingInt(Rung::percent))
        .map(rung -> rung.of(amount))
        .orElse(otherwise);
  }
}
