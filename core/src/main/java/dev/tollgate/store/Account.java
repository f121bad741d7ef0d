package dev.tollgate.store;

import dev.tollgate.store.Receipt.Outcome;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** The counters, holds and journal of one account. Guarded by its own monitor. */
final class Account {

  /** The next burial of an account whose holds were read: they are to be counted first. */
  private static final long UNCOUNTED = Long.MIN_VALUE;

  private final Map<String, BucketCounter> buckets = new HashMap<>(4);
  private final Map<String, QuotaCounter> quotas = new HashMap<>(8);
  private final Map<String, SurgeCounter> surges = new HashMap<>(2);
  private final Map<String, KeptHold> holds = new HashMap<>(4);
  private final Deque<String> rows = new ArrayDeque<>(0);
  private int liveHolds;

  /** The deadlines of the live holds, and how many holds have each. */
  private final NavigableMap<Long, Integer> deadlines = new TreeMap<>();

  private long nextBurial = Store.NEVER;
  private boolean retired;
  private final AccountChanges changes;

  Account(AccountChanges changes) {
    this.changes = changes;
  }

  AccountChanges changes() {
    return changes;
  }

  void write(DataOutput out) throws IOException {
    image().write(changes, out);
    changes.written();
  }

  void read(String name, DataInput in) throws IOException {
    image().read(name, in);
    changes.written();
    nextBurial = UNCOUNTED;
  }

  private AccountImage image() {
    return new AccountImage(buckets, quotas, surges, holds, rows);
  }

  Receipt reserve(Request request, long now) {
    sweep(now);
    request.charges().forEach(charge -> roll(charge.counter(), charge.bound(), now));
    KeptHold repeated = holds.get(request.id());
    if (repeated != null && !repeated.expired) {
      Receipt again = answer(request, repeated.mode, repeated.mode.outcome(), now);
      return new Receipt(again.outcome(), now, again.balances(), Optional.of(repeated.as(request)));
    }
    Mode mode = mode(request);
    return fits(request, mode, now)
        ? take(request, mode, now)
        : answer(request, mode, Outcome.REFUSED, now);
  }

  Receipt read(Request request, long now) {
    sweep(now);
    request.charges().forEach(charge -> roll(charge.counter(), charge.bound(), now));
    Mode mode = mode(request);
    return answer(request, mode, fits(request, mode, now) ? mode.outcome() : Outcome.REFUSED, now);
  }

  private Receipt answer(Request request, Mode mode, Outcome outcome, long now) {
    return new Receipt(outcome, now, balances(request, mode, now), Optional.empty());
  }

  Receipt cancel(Hold hold, long now) {
    if (!hold.isKept()) {
      return refundPosted(hold, now);
    }
    sweep(now);
    KeptHold kept = holds.get(hold.id());
    Hold named = kept == null ? hold : hold.withDeadline(kept.hold.deadlineMicros());
    return settle(named, hold.parts().stream().map(part -> 0L).toList(), "", now);
  }

  List<String> rows(long now) {
    sweep(now);
    return List.copyOf(rows);
  }

  List<OpenHold> openHolds(long now) {
    sweep(now);
    return holds.values().stream()
        .filter(kept -> !kept.expired)
        .map(kept -> new OpenHold(kept.hold.id(), kept.hold.deadlineMicros(), kept.memo))
        .sorted(Comparator.comparingLong(OpenHold::deadlineMicros).thenComparing(OpenHold::id))
        .limit(Store.MAX_TOLD_HOLDS)
        .toList();
  }

  /** Ends a live hold before its deadline; false when there is none of this id. */
  boolean expire(String id, long now) {
    sweep(now);
    KeptHold kept = holds.get(id);
    if (kept == null || kept.expired) {
      return false;
    }
    kept.hold.parts().forEach(part -> roll(part.counter(), part.bound(), now));
    expire(kept);
    nextBurial = Math.min(nextBurial, kept.hold.deadlineMicros() + Store.TOMBSTONE_MICROS);
    return true;
  }

  /** Counts anew; what is held stays held. */
  void reset(long now) {
    sweep(now);
    buckets.values().forEach(bucket -> bucket.reset(now));
    quotas.values().forEach(QuotaCounter::reset);
    surges.values().forEach(SurgeCounter::reset);
  }

  boolean isRetired() {
    return retired;
  }

  boolean retireIfIdle(long now) {
    sweep(now);
    retired =
        holds.isEmpty()
            && buckets.values().stream().allMatch(bucket -> bucket.isIdle(now))
            && quotas.values().stream().allMatch(quota -> quota.isIdle(now))
            && surges.values().stream().allMatch(surge -> surge.isIdle(now));
    return retired;
  }

  private Mode mode(Request request) {
    return request.charges().stream().anyMatch(charge -> passesSoft(charge) || passesHard(charge))
        ? Mode.REDUCED
        : Mode.LIKELY;
  }

  private boolean passesSoft(Charge charge) {
    if (charge.bound() instanceof Surge surge) {
      return surge.action() == Surge.Action.RESTRICT && rung(charge.counter(), surge) > 0;
    }
    return charge.bound() instanceof Quota quota
        && quota(charge.counter()).passesSoft(quota, charge.amount());
  }

  private boolean passesHard(Charge charge) {
    return charge.bound() instanceof Quota quota
        && quota(charge.counter()).passesHard(quota, charge.worst());
  }

  private boolean fits(Request request, Mode mode, long now) {
    if (request.holdMicros() > 0 && liveHolds >= Store.MAX_HOLDS) {
      return false;
    }
    return request.charges().stream().allMatch(charge -> fits(charge, mode.most(charge), now));
  }

  private boolean fits(Charge charge, long amount, long now) {
    if (charge.bound() instanceof Bucket bucket) {
      return bucket(charge.counter(), bucket).fits(bucket, amount, now);
    }
    if (charge.bound() instanceof Surge surge) {
      return surge.action() != Surge.Action.BLOCK || rung(charge.counter(), surge) == 0;
    }
    return !quota(charge.counter()).passesHard((Quota) charge.bound(), amount);
  }

  private Receipt take(Request request, Mode mode, long now) {
    List<Hold.Part> parts = new ArrayList<>(request.charges().size());
    List<Balance> balances = new ArrayList<>(request.charges().size());
    boolean kept = request.holdMicros() > 0;
    long deadline = kept ? now + request.holdMicros() : 0;
    if (kept) {
      deadlines.merge(deadline, 1, Integer::sum);
    }
    for (Charge charge : request.charges()) {
      int rung = rung(charge.counter(), charge.bound());
      long mark = take(charge, kept, mode, now);
      parts.add(
          new Hold.Part(
              charge.counter(), charge.bound(), mode.amount(charge), mode.most(charge), mark));
      balances.add(balance(charge.counter(), charge.bound(), 0, rung, now));
    }
    Hold hold = new Hold(request.account(), request.id(), deadline, parts);
    if (kept) {
      keep(new KeptHold(hold, mode, request.expiry(), request.memo()));
    }
    return new Receipt(mode.outcome(), now, balances, Optional.of(hold));
  }

  /** What {@link MemoryStore#restore} does. */
  Optional<Hold> restore(Hold hold, Expiry expiry, String memo, long now) {
    sweep(now);
    hold.parts().forEach(part -> roll(part.counter(), part.bound(), now));
    KeptHold known = holds.get(hold.id());
    if (known != null) {
      return Optional.of(known.hold).filter(same -> same.deadlineMicros() == hold.deadlineMicros());
    }
    if (liveHolds >= Store.MAX_HOLDS) {
      return Optional.empty();
    }
    deadlines.merge(hold.deadlineMicros(), 1, Integer::sum);
    List<Hold.Part> parts = hold.parts().stream().map(part -> holdAgain(part, now)).toList();
    Hold again = new Hold(hold.account(), hold.id(), hold.deadlineMicros(), parts);
    keep(new KeptHold(again, Mode.LIKELY, expiry, memo));
    return Optional.of(again);
  }

  private Hold.Part holdAgain(Hold.Part part, long now) {
    if (part.bound() instanceof Quota) {
      quota(part.counter()).holdAgain(part);
      return part;
    }
    if (part.bound() instanceof Bucket bucket) {
      bucket(part.counter(), bucket).add(bucket, 0, now);
    }
    return new Hold.Part(part.counter(), part.bound(), 0, 0);
  }

  private void keep(KeptHold kept) {
    holds.put(kept.hold.id(), kept);
    changes.hold(kept.hold.id());
    liveHolds++;
  }

  /** Takes a charge; returns the mark of its part. */
  private long take(Charge charge, boolean kept, Mode mode, long now) {
    long amount = mode.amount(charge);
    if (charge.bound() instanceof Bucket bucket) {
      BucketCounter counter = bucket(charge.counter(), bucket);
      counter.add(bucket, amount, now);
      return counter.tatMicros();
    }
    if (charge.bound() instanceof Surge surge) {
      surge(charge.counter(), surge).count(amount, now);
      return 0;
    }
    Quota quota = (Quota) charge.bound();
    QuotaCounter counter = quota(charge.counter());
    if (mode == Mode.REDUCED && passesSoft(charge)) {
      counter.climb(quota, quota.soft());
    }
    if (kept) {
      counter.hold(amount, mode.most(charge));
    } else {
      counter.post(amount);
      counter.climb(quota, counter.posted());
    }
    return counter.startMicros();
  }

  Receipt settle(Hold hold, List<Long> actual, String row, long now) {
    sweep(now);
    hold.parts().forEach(part -> roll(part.counter(), part.bound(), now));
    KeptHold kept = holds.get(hold.id());
    Outcome outcome = Outcome.REPEATED;
    List<Integer> rungs = rungs(hold);
    if (kept != null && kept.hold.deadlineMicros() == hold.deadlineMicros()) {
      holds.remove(hold.id());
      changes.hold(hold.id());
      outcome = kept.expired ? Outcome.LATE : Outcome.APPLIED;
      if (!kept.expired) {
        endLife(kept);
      }
      for (int i = 0; i < actual.size(); i++) {
        replace(kept, i, actual.get(i), now);
      }
      write(row);
    }
    return receipt(outcome, hold, rungs, now);
  }

  private void replace(KeptHold kept, int index, long actual, long now) {
    Hold.Part part = kept.hold.parts().get(index);
    if (part.bound() instanceof Bucket bucket) {
      BucketCounter counter = bucket(part.counter(), bucket);
      if (actual >= part.amount()) {
        counter.add(bucket, actual - part.amount(), now);
      } else {
        counter.refund(bucket, part.amount() - actual, part.markMicros(), now);
      }
      return;
    }
    if (part.bound() instanceof Surge) {
      return;
    }
    QuotaCounter counter = quota(part.counter());
    if (!kept.expired) {
      counter.release(part);
    }
    counter.post(part.markMicros(), actual - kept.charged(part.amount()));
    counter.climb((Quota) part.bound(), counter.posted());
  }

  private Receipt refundPosted(Hold hold, long now) {
    sweep(now);
    hold.parts().forEach(part -> roll(part.counter(), part.bound(), now));
    List<Integer> rungs = rungs(hold);
    for (Hold.Part part : hold.parts()) {
      if (part.bound() instanceof Bucket bucket) {
        bucket(part.counter(), bucket).refund(bucket, part.amount(), part.markMicros(), now);
      } else if (part.bound() instanceof Quota) {
        quota(part.counter()).post(part.markMicros(), -part.amount());
      }
    }
    return receipt(Outcome.APPLIED, hold, rungs, now);
  }

  private Receipt receipt(Outcome outcome, Hold hold, List<Integer> rungs, long now) {
    List<Balance> balances = new ArrayList<>(rungs.size());
    for (int i = 0; i < rungs.size(); i++) {
      Hold.Part part = hold.parts().get(i);
      balances.add(balance(part.counter(), part.bound(), 0, rungs.get(i), now));
    }
    return new Receipt(outcome, now, balances, Optional.empty());
  }

  private List<Integer> rungs(Hold hold) {
    return hold.parts().stream().map(part -> rung(part.counter(), part.bound())).toList();
  }

  /** The notices that a counter has crossed. */
  private int rung(String counter, Bound bound) {
    if (bound instanceof Surge surge) {
      return surge(counter, surge).flag();
    }
    return bound instanceof Quota ? quota(counter).rung() : 0;
  }

  private List<Balance> balances(Request request, Mode mode, long now) {
    List<Balance> balances = new ArrayList<>(request.charges().size());
    for (Charge charge : request.charges()) {
      int rung = rung(charge.counter(), charge.bound());
      balances.add(balance(charge.counter(), charge.bound(), mode.most(charge), rung, now));
    }
    return balances;
  }

  private Balance balance(String name, Bound bound, long amount, int rungBefore, long now) {
    if (bound instanceof Bucket bucket) {
      return Balance.of(name, bucket, bucket(name, bucket).level(bucket, now), amount, now);
    }
    if (bound instanceof Surge surge) {
      SurgeCounter counter = surge(name, surge);
      return Balance.of(name, surge, counter.state(), now, rungBefore, counter.flag());
    }
    QuotaCounter counter = quota(name);
    return Balance.of(
        name,
        (Quota) bound,
        counter.window(),
        counter.posted(),
        counter.held(),
        counter.exposure(),
        amount,
        now,
        nextDeadline(),
        rungBefore,
        counter.rung());
  }

  private void roll(String counter, Bound bound, long now) {
    if (bound instanceof Quota quota) {
      quota(counter).rollTo(quota.calendar().at(now));
    } else if (bound instanceof Surge surge) {
      surges.computeIfPresent(counter, (name, known) -> known.hasCounted() ? known : null);
      surge(counter, surge).rollTo(surge.days().at(now), now);
    }
  }

  /** Ends the holds whose deadline has come, and forgets tombstones that are old enough. */
  private void sweep(long now) {
    if (now < nextDeadline() && now < nextBurial) {
      return;
    }
    if (nextBurial == UNCOUNTED) {
      countLiveHolds();
    }
    nextBurial = Store.NEVER;
    Iterator<KeptHold> all = holds.values().iterator();
    while (all.hasNext()) {
      KeptHold kept = all.next();
      long deadline = kept.hold.deadlineMicros();
      if (!kept.expired && deadline <= now) {
        expire(kept);
      }
      if (!kept.expired) {
        continue;
      }
      if (deadline + Store.TOMBSTONE_MICROS <= now || holds.size() - liveHolds > Store.MAX_HOLDS) {
        all.remove();
        changes.hold(kept.hold.id());
      } else {
        nextBurial = Math.min(nextBurial, deadline + Store.TOMBSTONE_MICROS);
      }
    }
  }

  /**
   * A bucket keeps what an expired hold took: it flows back by itself. No notice is crossed here:
   * nobody asked who could be told. The next posting crosses it.
   */
  private void expire(KeptHold kept) {
    kept.expired = true;
    changes.hold(kept.hold.id());
    endLife(kept);
    for (Hold.Part part : kept.hold.parts()) {
      if (part.bound() instanceof Quota) {
        QuotaCounter counter = quota(part.counter());
        counter.release(part);
        counter.post(part.markMicros(), kept.charged(part.amount()));
      }
    }
    write(kept.memo);
  }

  private void countLiveHolds() {
    liveHolds = 0;
    deadlines.clear();
    for (KeptHold kept : holds.values()) {
      if (!kept.expired) {
        liveHolds++;
        deadlines.merge(kept.hold.deadlineMicros(), 1, Integer::sum);
      }
    }
  }

  private void endLife(KeptHold kept) {
    liveHolds--;
    deadlines.computeIfPresent(
        kept.hold.deadlineMicros(), (deadline, count) -> count == 1 ? null : count - 1);
  }

  private long nextDeadline() {
    return deadlines.isEmpty() ? Store.NEVER : deadlines.firstKey();
  }

  private void write(String row) {
    if (row.isEmpty()) {
      return;
    }
    if (rows.size() == Store.MAX_ROWS) {
      rows.removeLast();
    }
    rows.addFirst(row);
    changes.row();
  }

  private BucketCounter bucket(String name, Bucket bucket) {
    return buckets.computeIfAbsent(name, absent -> new BucketCounter(bucket));
  }

  private SurgeCounter surge(String name, Surge surge) {
    return surges.computeIfAbsent(name, absent -> new SurgeCounter(surge));
  }

  private QuotaCounter quota(String name) {
    return quotas.computeIfAbsent(name, absent -> new QuotaCounter());
  }
}
