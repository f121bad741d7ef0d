package dev.tollgate.store;

import java.util.ArrayList;
import java.util.List;

/**
 * What a surge's counter should tell, from the definition: every request is kept, and all of them
 * are counted anew for every question.
 */
final class SurgeOracle {

  private static final long MINUTE = 60_000_000L;
  private static final long[] FLOORS = {30, 60, 150};
  private static final long[] UNKNOWN = {2250, 2750, 4000};
  private static final double[] FACTORS = {2, 2.5, 4};

  private record Counted(long atMicros, long amount) {}

  /** Told of one surge's requests so far. */
  record Verdict(int flag, long flagEndMicros, long count) {}

  private final Surge surge;
  private final List<Counted> all = new ArrayList<>();

  SurgeOracle(Surge surge) {
    this.surge = surge;
  }

  void count(long atMicros, long amount) {
    if (amount > 0) {
      all.add(new Counted(atMicros, amount));
    }
  }

  Verdict at(long now) {
    long[] normal = new long[3];
    for (int i = 0; i < 3; i++) {
      normal[i] = surge.expectedDaily() * UNKNOWN[i];
    }
    long[] peaks = new long[3];
    int flag = 0;
    long flagEnd = 0;
    int days = 0;
    for (int k = 0; k < all.size(); k++) {
      long at = all.get(k).atMicros();
      if (k > 0 && day(at) > day(all.get(k - 1).atMicros())) {
        days++;
        learn(normal, peaks, days);
        peaks = new long[3];
      }
      for (int i = 0; i < 3; i++) {
        long level = level(i, at, k + 1);
        peaks[i] = Math.max(peaks[i], level);
        if (at >= flagEnd && level > most(i, normal[i])) {
          flag = i + 1;
          flagEnd = at + 24 * 60 * MINUTE;
        }
      }
    }
    boolean flagged = flagEnd > now;
    long count = level(flagged ? flag - 1 : 2, now, all.size()) / 1000;
    return new Verdict(flagged ? flag : 0, flagged ? flagEnd : 0, count);
  }

  private static void learn(long[] normal, long[] peaks, int days) {
    for (int i = 0; i < 3; i++) {
      long peak = Math.min(peaks[i], most(i, normal[i]));
      long step = peak > normal[i] ? 2 : Math.min(10, days + 1);
      normal[i] += (peak - normal[i]) / step;
    }
  }

  private static long most(int i, long normal) {
    return Math.max(FLOORS[i] * 1000, (long) Math.floor(normal * FACTORS[i]));
  }

  /** Of the first {@code known} requests, in thousandths. */
  private long level(int i, long at, int known) {
    if (i == 2) {
      return 1000 * sum(day(at), Long.MAX_VALUE, known);
    }
    long length = i == 0 ? 10 * MINUTE : 60 * MINUTE;
    long start = at / length * length;
    long left = (start + length - at) * 1000 / length;
    return 1000 * sum(start, start + length, known) + left * sum(start - length, start, known);
  }

  private long sum(long from, long to, int known) {
    return all.subList(0, known).stream()
        .filter(counted -> counted.atMicros() >= from && counted.atMicros() < to)
        .mapToLong(Counted::amount)
        .sum();
  }

  private long day(long at) {
    return surge.days().at(at).startMicros();
  }
}
