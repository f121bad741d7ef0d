package dev.tollgate.simulation;

import dev.tollgate.store.Balance;
import dev.tollgate.store.Bound;
import dev.tollgate.store.Bucket;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Expiry;
import dev.tollgate.store.Hold;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Receipt.Outcome;
import dev.tollgate.store.Store;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * What must be in one account of the store, kept plainly: windows are never forgotten, and what is
 * held is added up from the live holds whenever it is asked for.
 */
final class AccountBook {

  private record Window(String counter, long startMicros) {}

  /** A bucket's level, which flows off at its rate. */
  private static final class Level {
    private double amount;
    private long atMicros;
    private double perMicro;
    private int changes;

    void flowTo(long now) {
      amount = Math.max(0, amount - (now - atMicros) * perMicro);
      atMicros = now;
    }
  }

  private static final class Kept {
    private final Hold hold;
    private final Expiry expiry;
    private boolean expired;

    Kept(Hold hold, Expiry expiry) {
      this.hold = hold;
      this.expiry = expiry;
    }

    boolean isForgotten(long now) {
      return expired && hold.deadlineMicros() + Store.TOMBSTONE_MICROS <= now;
    }
  }

  private final String account;
  private final Map<Window, Long> posted = new HashMap<>();
  private final Map<String, Level> levels = new HashMap<>();
  private final Map<String, Kept> holds = new LinkedHashMap<>();
  private final Map<String, Bound> bounds = new LinkedHashMap<>();
  private long chargedUnsettled;

  AccountBook(String account) {
    this.account = account;
  }

  /** Ends the holds whose deadline has come. */
  void expire(long now) {
    if (holds.isEmpty()) {
      return;
    }
    for (Kept kept : holds.values()) {
      if (!kept.expired && kept.hold.deadlineMicros() <= now) {
        expire(kept);
      }
    }
    holds.values().removeIf(kept -> kept.isForgotten(now));
  }

  /** Ends a hold, if it is live, as if its deadline had come. */
  void expireNow(String id) {
    Optional.ofNullable(holds.get(id)).filter(kept -> !kept.expired).ifPresent(this::expire);
  }

  private void expire(Kept kept) {
    kept.expired = true;
    if (kept.expiry == Expiry.CHARGED) {
      quotas(kept.hold).forEach(part -> post(part, part.amount()));
      chargedUnsettled += quotas(kept.hold).stream().mapToLong(Hold.Part::amount).sum();
    }
  }

  /** The hold of this name, if it is live. */
  Optional<Hold> live(String id) {
    return Optional.ofNullable(holds.get(id)).filter(kept -> !kept.expired).map(kept -> kept.hold);
  }

  /** Whether there is a hold of this name, live or expired. */
  boolean knows(String id) {
    return holds.containsKey(id);
  }

  int liveHolds() {
    return (int) holds.values().stream().filter(kept -> !kept.expired).count();
  }

  void take(Hold hold, Expiry expiry, long now) {
    for (Hold.Part part : hold.parts()) {
      bounds.put(part.counter(), part.bound());
      if (part.bound() instanceof Bucket bucket) {
        level(part.counter(), bucket, now).amount += part.amount();
      } else if (part.bound() instanceof Quota && !hold.isKept()) {
        post(part, part.amount());
      }
    }
    if (hold.isKept()) {
      holds.put(hold.id(), new Kept(hold, expiry));
    }
  }

  /** Settles this hold, and no later one of its id. */
  Outcome settle(Hold hold, List<Long> actual, long now) {
    Kept kept = holds.get(hold.id());
    if (kept == null || kept.hold.deadlineMicros() != hold.deadlineMicros()) {
      return Outcome.REPEATED;
    }
    holds.remove(hold.id());
    for (int i = 0; i < actual.size(); i++) {
      replace(kept, kept.hold.parts().get(i), actual.get(i), now);
    }
    return kept.expired ? Outcome.LATE : Outcome.APPLIED;
  }

  private void replace(Kept kept, Hold.Part part, long actual, long now) {
    if (part.bound() instanceof Quota) {
      boolean charged = kept.expired && kept.expiry == Expiry.CHARGED;
      post(part, charged ? actual - part.amount() : actual);
      chargedUnsettled -= charged ? part.amount() : 0;
    } else if (part.bound() instanceof Bucket bucket) {
      Level level = level(part.counter(), bucket, now);
      if (actual >= part.amount()) {
        level.amount += actual - part.amount();
      } else {
        giveBack(level, part, part.amount() - actual, now);
      }
    }
  }

  /** Gives back whatever is held under the id of this hold. */
  Outcome cancel(Hold hold, long now) {
    Kept kept = holds.get(hold.id());
    return kept == null
        ? Outcome.REPEATED
        : settle(kept.hold, kept.hold.parts().stream().map(part -> 0L).toList(), now);
  }

  /** What has flowed off since it was taken is not given back. */
  private static void giveBack(Level level, Hold.Part part, long amount, long now) {
    double left = Math.max(0, part.markMicros() - now) * level.perMicro;
    level.amount = Math.max(0, level.amount - Math.min(amount, left));
  }

  void refund(Hold hold, long now) {
    for (Hold.Part part : hold.parts()) {
      if (part.bound() instanceof Quota) {
        post(part, -part.amount());
      } else if (part.bound() instanceof Bucket bucket) {
        giveBack(level(part.counter(), bucket, now), part, part.amount(), now);
      }
    }
  }

  void reset(long now) {
    posted.replaceAll((window, amount) -> 0L);
    levels.values().forEach(level -> level.amount = 0);
    levels.values().forEach(level -> level.atMicros = now);
  }

  private void post(Hold.Part part, long amount) {
    posted.merge(
        new Window(part.counter(), part.markMicros()),
        amount,
        (before, more) -> Math.max(0, before + more));
  }

  private static List<Hold.Part> quotas(Hold hold) {
    return hold.parts().stream().filter(part -> part.bound() instanceof Quota).toList();
  }

  private Level level(String counter, Bucket bucket, long now) {
    Level level = levels.computeIfAbsent(counter, absent -> new Level());
    level.flowTo(now);
    level.changes += level.perMicro == perMicro(bucket) ? 0 : 1;
    level.perMicro = perMicro(bucket);
    return level;
  }

  /** Whoever asks about a bucket says at which rate it flows from now on. */
  void look(String counter, Bound bound, long now) {
    if (bound instanceof Bucket bucket) {
      Level unused = level(counter, bucket, now);
    }
  }

  private static double perMicro(Bucket bucket) {
    return (double) bucket.limit() / bucket.periodMicros();
  }

  /** What a window has had posted. */
  private long posted(String counter, long startMicros) {
    return posted.getOrDefault(new Window(counter, startMicros), 0L);
  }

  /** What live holds hold of a window, or may turn out to be. */
  private long held(String counter, long startMicros, ToLongFunction<Hold.Part> amount) {
    long held = 0;
    for (Kept kept : holds.values()) {
      for (Hold.Part part : kept.hold.parts()) {
        if (!kept.expired
            && part.bound() instanceof Quota
            && part.markMicros() == startMicros
            && part.counter().equals(counter)) {
          held += amount.applyAsLong(part);
        }
      }
    }
    return held;
  }

  /** All that was ever posted, and what is held, of all windows. */
  long total() {
    return posted() + held().values().stream().mapToLong(amount -> amount).sum();
  }

  /** All that was ever posted. */
  long posted() {
    return posted.values().stream().mapToLong(amount -> amount).sum();
  }

  /** What is held of quotas, by the hold's name. */
  Map<String, Long> held() {
    Map<String, Long> held = new HashMap<>();
    for (Kept kept : holds.values()) {
      if (!kept.expired) {
        long amount = quotas(kept.hold).stream().mapToLong(Hold.Part::amount).sum();
        held.put(kept.hold.id(), amount);
      }
    }
    return held;
  }

  /** What expired holds were charged that nobody has settled since. */
  long chargedUnsettled() {
    return chargedUnsettled;
  }

  /** What was taken is within its bound: to the unit for a quota, to a microsecond for a bucket. */
  void checkBound(Charge charge, long now) {
    if (charge.bound() instanceof Bucket bucket) {
      Level level = level(charge.counter(), bucket, now);
      Violation.unless(
          level.amount <= bucket.capacity() + tolerance(level),
          "%s of %s has let in %s of %d",
          charge.counter(),
          account,
          level.amount,
          bucket.capacity());
    } else if (charge.bound() instanceof Quota quota) {
      long start = quota.calendar().at(now).startMicros();
      long sum = posted(charge.counter(), start) + held(charge.counter(), start, Hold.Part::worst);
      Violation.unless(
          sum <= quota.hard(),
          "%s of %s may end at %d, above its limit of %d",
          charge.counter(),
          account,
          sum,
          quota.hard());
    }
  }

  /** Every balance that the store tells is what must be in it. */
  void check(Receipt receipt) {
    for (Balance balance : receipt.balances()) {
      Bound bound = bounds.get(balance.counter());
      if (bound instanceof Quota) {
        long posted = posted(balance.counter(), balance.startMicros());
        long held = held(balance.counter(), balance.startMicros(), Hold.Part::amount);
        Violation.unless(
            balance.posted() == posted && balance.held() == held,
            "%s of %s must have %d posted and %d held: %s",
            balance.counter(),
            account,
            posted,
            held,
            balance);
      } else if (bound instanceof Bucket) {
        checkLevel(balance, receipt.atMicros());
      }
    }
  }

  private void checkLevel(Balance balance, long now) {
    Level level = levels.get(balance.counter());
    level.flowTo(now);
    double difference = Math.abs(balance.posted() - level.amount);
    Violation.unless(
        difference <= tolerance(level),
        "%s of %s must be at %s: %s",
        balance.counter(),
        account,
        level.amount,
        balance);
  }

  /** Buckets count in microseconds, and round up when their rate is changed. */
  private static double tolerance(Level level) {
    return 2 + (8 + level.changes) * level.perMicro + level.amount * 1e-9;
  }

  /** What to read to see every counter. */
  List<Charge> questions() {
    List<Charge> questions = new ArrayList<>();
    bounds.forEach((counter, bound) -> questions.add(Charge.of(counter, bound, 0)));
    return questions;
  }
}
