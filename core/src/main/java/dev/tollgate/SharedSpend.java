package dev.tollgate;

import dev.tollgate.SpendScope.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * What all processes know together: for each scope its breaker and the minutes that are not closed
 * yet, and for each process the number of what it wrote last. Not thread-safe.
 *
 * <p>Bounded: {@link BreakerPolicy#MAX_SCOPES} scopes and {@link #MAX_WRITERS} processes, whatever
 * their numbers, fit into a document of a store.
 */
final class SharedSpend {

  static final long MINUTE_MICROS = 60_000_000L;

  /** How long after its end a minute is still added to: processes report every five seconds. */
  static final long GRACE_MICROS = 7_000_000L;

  static final int MAX_WRITERS = 128;

  /** How long it is remembered what a process wrote last: longer than it is cut off for. */
  private static final long WRITER_MINUTES = 2L * SpendBreaker.MINUTES_OF_DAY;

  /** How long a scope is kept that no process watches any more. */
  private static final long UNWATCHED_MINUTES = 7L * SpendBreaker.MINUTES_OF_DAY;

  /** How often a process says that it watches a scope. */
  private static final long WATCHED_MINUTES = 60;

  private static final String SEPARATOR = "\t";
  private static final String WRITER = "writer";
  private static final String SCOPE = "scope";

  private record Writer(long number, long minute) {}

  private static final class Entry {
    private final SpendBreaker breaker;
    private final TreeMap<Long, MinuteSpend> open = new TreeMap<>();
    private long watchedAt;

    Entry(SpendBreaker breaker, long watchedAt) {
      this.breaker = breaker;
      this.watchedAt = watchedAt;
    }
  }

  private final Map<SpendScope, Entry> scopes = new LinkedHashMap<>();
  private final Map<String, Writer> writers = new LinkedHashMap<>();

  /** The minute that a time is in. */
  static long minute(long micros) {
    return Math.floorDiv(micros, MINUTE_MICROS);
  }

  /** What {@link #write} wrote; empty when the text is something else. */
  static Optional<SharedSpend> read(String text) {
    SharedSpend shared = new SharedSpend();
    try {
      text.lines().forEach(line -> shared.readLine(List.of(line.split(SEPARATOR)).iterator()));
      return Optional.of(shared);
    } catch (NoSuchElementException | IllegalArgumentException unreadable) {
      return Optional.empty();
    }
  }

  private void readLine(Iterator<String> fields) {
    switch (fields.next()) {
      case WRITER ->
          writers.put(
              fields.next(),
              new Writer(Long.parseLong(fields.next()), Long.parseLong(fields.next())));
      case SCOPE -> readScope(fields);
      default -> throw new IllegalArgumentException("neither a writer nor a scope");
    }
  }

  private void readScope(Iterator<String> fields) {
    SpendScope scope = new SpendScope(Kind.valueOf(fields.next()), fields.next());
    long watchedAt = Long.parseLong(fields.next());
    Entry entry = new Entry(SpendBreaker.read(fields), watchedAt);
    while (fields.hasNext()) {
      long minute = Long.parseLong(fields.next());
      long settled = Long.parseLong(fields.next());
      entry.open.put(minute, new MinuteSpend(settled, Long.parseLong(fields.next())));
    }
    scopes.put(scope, entry);
  }

  String write() {
    StringJoiner lines = new StringJoiner("\n");
    writers.forEach(
        (id, writer) ->
            lines.add(
                String.join(
                    SEPARATOR,
                    WRITER,
                    id,
                    Long.toString(writer.number),
                    Long.toString(writer.minute))));
    scopes.forEach((scope, entry) -> lines.add(line(scope, entry)));
    return lines.toString();
  }

  private static String line(SpendScope scope, Entry entry) {
    StringJoiner fields = new StringJoiner(SEPARATOR);
    fields.add(SCOPE).add(scope.kind().name()).add(scope.name());
    fields.add(Long.toString(entry.watchedAt));
    entry.breaker.write(fields);
    entry.open.forEach(
        (minute, spend) ->
            fields
                .add(Long.toString(minute))
                .add(Long.toString(spend.settled()))
                .add(Long.toString(spend.refused())));
    return fields.toString();
  }

  /** The number of what a process wrote last; 0 when that is not known. */
  long lastNumber(String writer) {
    Writer known = writers.get(writer);
    return known == null ? 0 : known.number;
  }

  /** Remembers that a process writes this now. */
  void sign(String writer, long number, long minute) {
    writers.values().removeIf(known -> known.minute < minute - WRITER_MINUTES);
    writers.remove(writer);
    if (writers.size() >= MAX_WRITERS) {
      writers.remove(writers.keySet().iterator().next());
    }
    writers.put(writer, new Writer(number, minute));
  }

  /**
   * Watches these scopes, and those that other processes watch.
   *
   * @param expectedMonthly by scope, in nano-USD
   * @return whether there is something new to write
   */
  boolean watch(Map<SpendScope, Long> expectedMonthly, long minute) {
    boolean news =
        scopes
            .entrySet()
            .removeIf(
                known ->
                    !expectedMonthly.containsKey(known.getKey())
                        && known.getValue().watchedAt < minute - UNWATCHED_MINUTES);
    for (Map.Entry<SpendScope, Long> watched : expectedMonthly.entrySet()) {
      long expected = watched.getValue();
      Entry entry = scopes.get(watched.getKey());
      if (entry == null) {
        makeRoom(expectedMonthly);
        scopes.put(watched.getKey(), new Entry(new SpendBreaker(expected, minute), minute));
        news = true;
      } else if (entry.breaker.expectedMonthly() != expected
          || entry.watchedAt < minute - WATCHED_MINUTES) {
        entry.breaker.expect(expected);
        entry.watchedAt = minute;
        news = true;
      }
    }
    return news;
  }

  private void makeRoom(Map<SpendScope, Long> watched) {
    if (scopes.size() >= BreakerPolicy.MAX_SCOPES) {
      scopes.entrySet().stream()
          .filter(known -> !watched.containsKey(known.getKey()))
          .min(Comparator.comparingLong(known -> known.getValue().watchedAt))
          .ifPresent(stalest -> scopes.remove(stalest.getKey()));
    }
  }

  /**
   * Adds what a process spent. What comes too late for its minute is added to the first that is not
   * closed.
   *
   * @param minute when it was spent
   * @param now the minute that it is
   */
  void add(SpendScope scope, long minute, MinuteSpend spend, long now) {
    Entry entry = scopes.get(scope);
    if (entry != null) {
      long open = Math.max(entry.breaker.minute(), Math.min(minute, now));
      entry.open.merge(open, spend, MinuteSpend::plus);
    }
  }

  /** Whether a minute can be closed. */
  boolean isDue(long nowMicros) {
    long due = due(nowMicros);
    return scopes.values().stream().anyMatch(entry -> entry.breaker.minute() < due);
  }

  /**
   * Closes the minutes that ended some time ago, those without traffic too.
   *
   * @return the states that breakers came into and the orders that ended, in their order
   */
  List<BreakerChange> close(long nowMicros, BreakerPolicy policy) {
    List<BreakerChange> changes = new ArrayList<>();
    long due = due(nowMicros);
    scopes.forEach((scope, entry) -> close(scope, entry, due, policy, changes));
    return changes;
  }

  private static long due(long nowMicros) {
    return minute(nowMicros - GRACE_MICROS);
  }

  private static void close(
      SpendScope scope, Entry entry, long due, BreakerPolicy policy, List<BreakerChange> changes) {
    SpendBreaker breaker = entry.breaker;
    int silent = 0;
    while (breaker.minute() < due) {
      MinuteSpend spend = entry.open.remove(breaker.minute());
      silent = spend == null ? silent + 1 : 0;
      MinuteSpend closed = spend == null ? MinuteSpend.NONE : spend;
      boolean isChanged = breaker.close(closed.settled(), closed.demand(), policy);
      if (silent == SpendBreaker.MINUTES_OF_DAY && entry.open.isEmpty()) {
        breaker.skipDays(Math.max(0, (due - breaker.minute()) / SpendBreaker.MINUTES_OF_DAY));
      }
      Optional<BreakerControl> ended = breaker.endOrder();
      if (isChanged || ended.isPresent()) {
        changes.add(new BreakerChange(status(scope, breaker), ended));
      }
    }
  }

  /**
   * Does what an operator says about a scope that is known.
   *
   * @return the state that its breaker came into thereby
   */
  Optional<BreakerChange> control(SpendScope scope, BreakerOrder order) {
    Entry entry = scopes.get(scope);
    return entry != null && entry.breaker.control(order)
        ? Optional.of(BreakerChange.of(status(scope, entry.breaker)))
        : Optional.empty();
  }

  /** A scope as it is; empty when it is not known. */
  Optional<BreakerStatus> status(SpendScope scope) {
    return Optional.ofNullable(scopes.get(scope)).map(entry -> status(scope, entry.breaker));
  }

  private static BreakerStatus status(SpendScope scope, SpendBreaker breaker) {
    return new BreakerStatus(
        scope,
        breaker.state(),
        LimitState.instant(breaker.since() * MINUTE_MICROS),
        (long) Math.ceil(breaker.normal()),
        (long) Math.ceil(breaker.demand()),
        breaker.order().control(),
        breaker.order().end().map(minute -> LimitState.instant(minute * MINUTE_MICROS)));
  }

  /** What calls of a scope are told; of one that is not known, that it is closed. */
  SpendMeter.Verdict verdict(SpendScope scope, BreakerPolicy policy) {
    Entry entry = scopes.get(scope);
    return entry == null
        ? SpendMeter.Verdict.CLOSED
        : new SpendMeter.Verdict(
            entry.breaker.state(), entry.breaker.resumes(policy) * MINUTE_MICROS + GRACE_MICROS);
  }
}
