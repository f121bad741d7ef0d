package dev.tollgate.store;

import dev.tollgate.store.Receipt.Outcome;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * What a store should answer, written to be plainly right instead of fast: every hold is kept for
 * ever, every total is added up anew, and buckets are exact fractions. One account; told the time
 * of every operation.
 */
final class OracleStore {

  /** What is expected of one counter. */
  record Expected(long posted, long held, long remaining, long waitMicros) {
    static Expected of(Balance balance) {
      return new Expected(
          balance.posted(), balance.held(), balance.remaining(), balance.waitMicros());
    }
  }

  record Answer(Outcome outcome, List<Expected> balances) {
    static Answer of(Receipt receipt) {
      return new Answer(receipt.outcome(), receipt.balances().stream().map(Expected::of).toList());
    }
  }

  private static final class Taken {
    final Hold hold;
    final Mode mode;
    final Expiry expiry;
    boolean ended;
    boolean expired;

    Taken(Hold hold, Mode mode, Expiry expiry) {
      this.hold = hold;
      this.mode = mode;
      this.expiry = expiry;
    }
  }

  /** A bucket's level times its period, so that it is a whole number. */
  private static final class Level {
    BigInteger scaled = BigInteger.ZERO;
    long atMicros;
  }

  private record Window(String counter, long startMicros) {}

  private final Map<String, Level> levels = new HashMap<>();
  private final Map<Window, Long> posted = new HashMap<>();
  private final Map<String, Taken> holds = new HashMap<>();

  Answer reserve(Request request, Receipt actual) {
    long now = actual.atMicros();
    expire(now);
    Taken known = holds.get(request.id());
    if (known != null && !known.ended && !known.expired) {
      return new Answer(known.mode.outcome(), balances(request.charges(), known.mode, now));
    }
    Mode mode = mode(request.charges(), now);
    if (!fits(request.charges(), mode, now)) {
      return new Answer(Outcome.REFUSED, balances(request.charges(), mode, now));
    }
    actual.admitted().ifPresent(hold -> take(request, hold, mode, now));
    return new Answer(mode.outcome(), settledBalances(parts(request.charges()), now));
  }

  Answer read(List<Charge> charges, long now) {
    expire(now);
    Mode mode = mode(charges, now);
    return new Answer(
        fits(charges, mode, now) ? mode.outcome() : Outcome.REFUSED, balances(charges, mode, now));
  }

  Answer settle(Hold hold, List<Long> amounts, long now) {
    Taken taken = holds.get(hold.id());
    boolean isMeant = taken != null && taken.hold.deadlineMicros() == hold.deadlineMicros();
    return end(hold, isMeant, amounts, now);
  }

  Answer cancel(Hold hold, long now) {
    return end(
        hold, holds.containsKey(hold.id()), Collections.nCopies(hold.parts().size(), 0L), now);
  }

  private Answer end(Hold hold, boolean isMeant, List<Long> amounts, long now) {
    expire(now);
    Outcome outcome = Outcome.REPEATED;
    Taken taken = holds.get(hold.id());
    boolean forgotten =
        isMeant && taken.hold.deadlineMicros() + Store.TOMBSTONE_MICROS <= now && taken.expired;
    if (isMeant && !taken.ended && !forgotten) {
      outcome = taken.expired ? Outcome.LATE : Outcome.APPLIED;
      taken.ended = true;
      for (int i = 0; i < amounts.size(); i++) {
        Hold.Part part = taken.hold.parts().get(i);
        boolean posted = taken.expired && taken.expiry == Expiry.CHARGED;
        if (posted && part.bound() instanceof Quota) {
          post(part, -part.amount());
        }
        replace(part, amounts.get(i), now);
      }
    }
    return new Answer(outcome, settledBalances(hold.parts(), now));
  }

  Answer refundPosted(Hold hold, long now) {
    expire(now);
    for (Hold.Part part : hold.parts()) {
      if (part.bound() instanceof Bucket bucket) {
        giveBack(part, bucket, part.amount(), now);
      } else {
        posted.merge(new Window(part.counter(), part.markMicros()), -part.amount(), Long::sum);
      }
    }
    return new Answer(Outcome.APPLIED, settledBalances(hold.parts(), now));
  }

  private void take(Request request, Hold hold, Mode mode, long now) {
    for (Hold.Part part : hold.parts()) {
      if (part.bound() instanceof Bucket bucket) {
        add(part.counter(), bucket, part.amount(), now);
      } else if (request.holdMicros() == 0) {
        post(part, part.amount());
      }
    }
    if (request.holdMicros() > 0) {
      holds.put(request.id(), new Taken(hold, mode, request.expiry()));
    }
  }

  private void replace(Hold.Part part, long actual, long now) {
    if (!(part.bound() instanceof Bucket bucket)) {
      post(part, actual);
    } else if (actual >= part.amount()) {
      add(part.counter(), bucket, actual - part.amount(), now);
    } else {
      giveBack(part, bucket, part.amount() - actual, now);
    }
  }

  private void post(Hold.Part part, long amount) {
    posted.merge(new Window(part.counter(), part.markMicros()), amount, Long::sum);
  }

  private void add(String counter, Bucket bucket, long amount, long now) {
    Level level = level(counter, bucket, now);
    level.scaled = level.scaled.add(scaled(amount, bucket));
  }

  private void giveBack(Hold.Part part, Bucket bucket, long amount, long now) {
    Level level = level(part.counter(), bucket, now);
    BigInteger limit = BigInteger.valueOf(bucket.limit());
    long wholeMicros = scaled(amount, bucket).divide(limit).longValueExact();
    long micros = Math.min(wholeMicros, Math.max(0, part.markMicros() - now));
    boolean all = micros >= level.scaled.divide(limit).longValueExact();
    level.scaled =
        all ? BigInteger.ZERO : level.scaled.subtract(limit.multiply(BigInteger.valueOf(micros)));
  }

  /** Ends a hold before its deadline. */
  boolean expire(String id, long now) {
    expire(now);
    Taken taken = holds.get(id);
    if (taken.ended || taken.expired) {
      return false;
    }
    expire(taken);
    return true;
  }

  private void expire(long now) {
    holds.values().stream()
        .filter(taken -> !taken.ended && !taken.expired && taken.hold.deadlineMicros() <= now)
        .forEach(this::expire);
  }

  private void expire(Taken taken) {
    taken.expired = true;
    if (taken.expiry == Expiry.CHARGED) {
      taken.hold.parts().stream()
          .filter(part -> part.bound() instanceof Quota)
          .forEach(part -> post(part, part.amount()));
    }
  }

  private Mode mode(List<Charge> charges, long now) {
    boolean reduced =
        charges.stream()
            .anyMatch(
                charge ->
                    charge.bound() instanceof Quota quota
                        && (used(charge.counter(), quota, Hold.Part::amount, now) + charge.amount()
                                > quota.soft()
                            || used(charge.counter(), quota, Hold.Part::worst, now) + charge.worst()
                                > quota.hard()));
    return reduced ? Mode.REDUCED : Mode.LIKELY;
  }

  private boolean fits(List<Charge> charges, Mode mode, long now) {
    return balances(charges, mode, now).stream().allMatch(balance -> balance.waitMicros() == 0);
  }

  private List<Expected> balances(List<Charge> charges, Mode mode, long now) {
    List<Expected> balances = new ArrayList<>();
    for (Charge charge : charges) {
      balances.add(balance(charge.counter(), charge.bound(), mode.most(charge), now));
    }
    return balances;
  }

  private List<Expected> settledBalances(List<Hold.Part> parts, long now) {
    return parts.stream().map(part -> balance(part.counter(), part.bound(), 0, now)).toList();
  }

  private static List<Hold.Part> parts(List<Charge> charges) {
    return charges.stream()
        .map(charge -> new Hold.Part(charge.counter(), charge.bound(), 0, 0))
        .toList();
  }

  private Expected balance(String counter, Bound bound, long amount, long now) {
    return bound instanceof Bucket bucket
        ? bucketBalance(counter, bucket, amount, now)
        : quotaBalance(counter, (Quota) bound, amount, now);
  }

  private Expected bucketBalance(String counter, Bucket bucket, long amount, long now) {
    BigInteger scaled = level(counter, bucket, now).scaled;
    long used = ceil(scaled, BigInteger.valueOf(bucket.periodMicros()));
    BigInteger over =
        scaled.add(scaled(amount, bucket)).subtract(scaled(bucket.capacity(), bucket));
    long pause =
        amount > bucket.capacity()
            ? Store.NEVER
            : over.signum() <= 0 ? 0 : ceil(over, BigInteger.valueOf(bucket.limit()));
    return new Expected(used, 0, bucket.capacity() - used, pause);
  }

  private Expected quotaBalance(String counter, Quota quota, long most, long now) {
    Calendar.Span window = quota.calendar().at(now);
    long settled = posted.getOrDefault(new Window(counter, window.startMicros()), 0L);
    long held = held(counter, window.startMicros(), Hold.Part::amount);
    long exposure = held(counter, window.startMicros(), Hold.Part::worst);
    long pause = 0;
    if (most > quota.hard()) {
      pause = Store.NEVER;
    } else if (settled + most > quota.hard()) {
      pause = window.endMicros() - now;
    } else if (settled + exposure + most > quota.hard()) {
      pause = Math.max(1, Math.min(window.endMicros(), nextDeadline()) - now);
    }
    return new Expected(settled, held, quota.limit() - settled - held, pause);
  }

  private long used(String counter, Quota quota, ToLongFunction<Hold.Part> held, long now) {
    long start = quota.calendar().at(now).startMicros();
    return posted.getOrDefault(new Window(counter, start), 0L) + held(counter, start, held);
  }

  private long held(String counter, long startMicros, ToLongFunction<Hold.Part> amount) {
    return live().stream()
        .flatMap(hold -> hold.parts().stream())
        .filter(part -> part.bound() instanceof Quota)
        .filter(part -> part.counter().equals(counter) && part.markMicros() == startMicros)
        .mapToLong(amount)
        .sum();
  }

  private long nextDeadline() {
    return live().stream().mapToLong(Hold::deadlineMicros).min().orElse(Store.NEVER);
  }

  private Set<Hold> live() {
    Set<Hold> live = new HashSet<>();
    holds.values().stream()
        .filter(taken -> !taken.ended && !taken.expired)
        .forEach(taken -> live.add(taken.hold));
    return live;
  }

  private Level level(String counter, Bucket bucket, long now) {
    Level level = levels.computeIfAbsent(counter, absent -> new Level());
    BigInteger flowedBack =
        BigInteger.valueOf(bucket.limit()).multiply(BigInteger.valueOf(now - level.atMicros));
    level.scaled = level.scaled.subtract(flowedBack).max(BigInteger.ZERO);
    level.atMicros = now;
    return level;
  }

  private static BigInteger scaled(long amount, Bucket bucket) {
    return BigInteger.valueOf(amount).multiply(BigInteger.valueOf(bucket.periodMicros()));
  }

  private static long ceil(BigInteger dividend, BigInteger divisor) {
    BigInteger[] parts = dividend.divideAndRemainder(divisor);
    return parts[0].longValueExact() + parts[1].signum();
  }
}
