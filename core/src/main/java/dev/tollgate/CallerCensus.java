package dev.tollgate;

import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How many callers of each tier came in a month of UTC, over all processes, and what they may cost
 * by the quotas of their tiers. Each month is a document that all processes add to. Thread-safe;
 * {@link #tend} is for the background alone.
 *
 * <p>Bounded: of more than {@link #MAX_TIERS} tiers the rest is not counted, and then nothing is
 * known. A process that is killed takes those with it who came in the last ten minutes and never
 * again.
 */
final class CallerCensus implements CallListener {

  /** So many sketches fit into a document. */
  static final int MAX_TIERS = 20;

  static final Duration PERIOD = Duration.ofMinutes(10);
  private static final String SEPARATOR = "\t";
  private static final int RADIX = 36;
  private static final long DAYS_OF_MONTH = 31;

  /** Of one month, by tier. */
  private record Month(YearMonth month, Map<String, CallerSketch> tiers) {

    Month(YearMonth month) {
      this(month, new ConcurrentHashMap<>());
    }

    void add(Caller caller) {
      CallerSketch known = tiers.get(caller.tier());
      if (known == null && tiers.size() < MAX_TIERS) {
        known = tiers.computeIfAbsent(caller.tier(), absent -> new CallerSketch());
      }
      if (known != null) {
        known.add(caller.id());
      }
    }
  }

  private final StoreGuard guard;
  private final Supplier<Policies> policies;
  private final InstantSource clock;
  private volatile Month current;
  private volatile OptionalLong most = OptionalLong.empty();
  private Instant next = Instant.MIN;

  CallerCensus(StoreGuard guard, Supplier<Policies> policies, InstantSource clock) {
    this.guard = guard;
    this.policies = policies;
    this.clock = clock;
    current = new Month(now());
  }

  private YearMonth now() {
    return YearMonth.from(clock.instant().atZone(ZoneOffset.UTC));
  }

  @Override
  public void decided(Decision decision) {
    if (!(decision instanceof Decision.Refused)) {
      current.add(decision.call().caller());
    }
  }

  /**
   * What the callers of last month could cost in a month, in nano-USD, if each of them used up its
   * quotas; empty when that is not known, or not bounded.
   */
  OptionalLong most() {
    return most;
  }

  /** Shares who came, and learns who came last month. */
  void tend() {
    Month before = current;
    YearMonth now = now();
    boolean isNew = !before.month().equals(now);
    if (!isNew && clock.instant().isBefore(next)) {
      return;
    }
    next = clock.instant().plus(PERIOD);
    if (isNew) {
      current = new Month(now);
    }
    try {
      share(before);
      most = most(read(document(now.minusMonths(1)).text()));
    } catch (StoreException unanswered) {
      // what was not shared is shared the next time, or with the callers' next calls
    }
  }

  private void share(Month month) throws StoreException {
    if (!month.tiers().isEmpty()) {
      SharedDocument document = document(month.month());
      String text = document.text();
      if (!merged(text, month).equals(text)) {
        document.change(latest -> merged(latest, month));
      }
    }
  }

  private SharedDocument document(YearMonth month) {
    return new SharedDocument(guard, "callers-of-tiers/" + month);
  }

  private static String merged(String text, Month month) {
    Map<String, CallerSketch> all = read(text);
    month
        .tiers()
        .forEach(
            (tier, sketch) -> {
              if (all.containsKey(tier) || all.size() < MAX_TIERS) {
                CallerSketch sum = all.computeIfAbsent(tier, absent -> new CallerSketch());
                sketch.hashes().forEach(sum::add);
              }
            });
    StringBuilder merged = new StringBuilder();
    all.forEach(
        (tier, sketch) -> {
          merged.append(merged.isEmpty() ? "" : "\n").append(CallRecord.clean(tier));
          for (long hash : sketch.hashes()) {
            merged.append(SEPARATOR).append(Long.toUnsignedString(hash, RADIX));
          }
        });
    return merged.toString();
  }

  private static Map<String, CallerSketch> read(String text) {
    Map<String, CallerSketch> tiers = new TreeMap<>();
    for (String line : text.lines().toList()) {
      String[] fields = line.split(SEPARATOR, -1);
      CallerSketch sketch = tiers.computeIfAbsent(fields[0], absent -> new CallerSketch());
      for (int i = 1; i < fields.length; i++) {
        sketch.add(Long.parseUnsignedLong(fields[i], RADIX));
      }
    }
    return tiers;
  }

  private OptionalLong most(Map<String, CallerSketch> tiers) {
    if (tiers.isEmpty() || tiers.size() >= MAX_TIERS) {
      return OptionalLong.empty();
    }
    long sum = 0;
    for (Map.Entry<String, CallerSketch> entry : tiers.entrySet()) {
      OptionalLong each = most(policies.get().tiers().get(entry.getKey()));
      if (each.isEmpty()) {
        return OptionalLong.empty();
      }
      sum = Math.min(Store.MAX_AMOUNT, sum + product(entry.getValue().count(), each.getAsLong()));
    }
    return OptionalLong.of(sum);
  }

  /** The least of what a tier's quotas of cost let one caller spend in a month. */
  private static OptionalLong most(@Nullable Tier tier) {
    return tier == null
        ? OptionalLong.empty()
        : tier.limits().stream()
            .filter(limit -> limit.meter() == Meter.COST && limit.isQuota())
            .mapToLong(limit -> monthly(limit, tier.ladder().hard(limit.amount())))
            .filter(amount -> amount < Store.MAX_AMOUNT)
            .min();
  }

  private static long monthly(Limit limit, long amount) {
    boolean daily = ((Window.Calendar) limit.window()).unit() == Window.Unit.DAY;
    return daily ? product(DAYS_OF_MONTH, amount) : amount;
  }

  private static long product(long count, long amount) {
    return amount > Store.MAX_AMOUNT / Math.max(1, count) ? Store.MAX_AMOUNT : count * amount;
  }
}
