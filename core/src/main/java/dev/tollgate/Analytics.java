package dev.tollgate;

import dev.tollgate.store.Rollups;
import dev.tollgate.store.Rollups.Row;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What was spent, on what and by whom, over all processes that share a store: exact sums of settled
 * calls, some seconds after they were settled. Hours, days and months are those of UTC. They are
 * kept for 400 days; what each caller spent for as long as {@link Resolution#callersKept} says.
 *
 * <p>Thread-safe. Asks the store, and has no answer while that has none.
 */
public final class Analytics {

  /** How long the calls that cost the most are known. */
  public static final Duration CALLS_KEPT = Resolution.HOUR.callersKept();

  /** The most names that {@link #spend} tells apart. */
  public static final int MAX_NAMES = Rollups.MAX_PAGE;

  private static final int MAX_PASSES = 10;

  /** What spending is divided by. */
  public enum Dimension {
    TIER,
    ROUTE,
    MODEL,
    /** The provider that the calls belong to; an empty name where there is none. */
    PROVIDER,
    CALLER;

    /** Those that every hour, day and month is divided by at once. */
    static final List<Dimension> OF_CELLS = List.of(TIER, ROUTE, MODEL, PROVIDER);
  }

  /**
   * What the calls of one hour, day or month came to.
   *
   * @param start when it began
   * @param name the tier, route, model or provider, or the caller's id; {@link Rollups#OTHERS} for
   *     those that are too many to be named
   * @param totals what they came to
   */
  public record Point(Instant start, String name, Totals totals) {}

  /**
   * What the calls of one hour, day or month came to that have all of these in common; {@link
   * Rollups#OTHERS} for those that are too many to be told apart.
   *
   * @param start when it began
   * @param totals what they came to
   */
  public record Part(
      Instant start, String tier, String route, String model, String provider, Totals totals) {}

  private final Rollups rollups;

  Analytics(Rollups rollups) {
    this.rollups = rollups;
  }

  /**
   * What was spent, by time and name. Those names on which the most was spent are told apart; the
   * rest is one point of {@link Rollups#OTHERS} for each time, so that the sum of all points is
   * exact. Times without calls are left out.
   *
   * @param from the first hour, day or month is the one that contains it
   * @param to exclusive; at most 31 days after {@code from} for hours, 400 days for days and ten
   *     years for months
   * @param names how many of them to tell apart: 1 to {@link #MAX_NAMES}
   * @throws IllegalArgumentException when an argument is out of its range
   * @throws StoreException when the store does not answer
   */
  public List<Point> spend(
      Dimension dimension, Resolution resolution, Instant from, Instant to, int names)
      throws StoreException {
    if (names < 1 || names > MAX_NAMES) {
      throw new IllegalArgumentException("names " + names + " is not in 1 to " + MAX_NAMES);
    }
    List<Map<String, Instant>> times = List.copyOf(resolution.rollups(from, to).values());
    Map<String, Map<Instant, Totals>> named =
        dearest(
            values(dimension, resolution, times, candidates(dimension, resolution, times, names)),
            names);
    // after what is named, which is brought later
    Map<Instant, Totals> rest = totals(resolution, times);
    Map<Instant, Map<String, Totals>> points = new TreeMap<>();
    named.forEach(
        (name, values) ->
            values.forEach(
                (start, totals) -> {
                  rest.computeIfPresent(start, (at, left) -> left.minus(totals));
                  put(points, start, name, totals);
                }));
    rest.forEach((start, totals) -> put(points, start, Rollups.OTHERS, totals));
    return inOrder(points);
  }

  private static void put(
      Map<Instant, Map<String, Totals>> points, Instant start, String name, Totals totals) {
    if (!totals.equals(Totals.NOTHING)) {
      points.computeIfAbsent(start, absent -> new TreeMap<>()).put(name, totals);
    }
  }

  /** One after the other in time, and by name. */
  private static List<Point> inOrder(Map<Instant, Map<String, Totals>> totals) {
    List<Point> points = new ArrayList<>();
    totals.forEach(
        (start, names) -> names.forEach((name, each) -> points.add(new Point(start, name, each))));
    return List.copyOf(points);
  }

  /** Names on which much was spent: of each rollup, as many as are asked for. */
  private Set<String> candidates(
      Dimension dimension, Resolution resolution, List<Map<String, Instant>> times, int names)
      throws StoreException {
    Set<String> tables = new LinkedHashSet<>();
    for (Map<String, Instant> starts : times) {
      for (Instant start : starts.values()) {
        tables.add(
            dimension == Dimension.CALLER
                ? resolution.coarser().callers(start)
                : resolution.by(dimension, start));
      }
    }
    Set<String> candidates = new LinkedHashSet<>();
    for (String table : tables) {
      candidates.addAll(
          dimension == Dimension.CALLER
              ? keys(rollups.largest(table, 0, names))
              : largestNames(table, names));
    }
    candidates.remove(Rollups.OTHERS);
    return candidates;
  }

  private static List<String> keys(List<Row> rows) {
    return rows.stream().map(Row::key).toList();
  }

  /** The largest names of a rollup whose rows are names of a time, and of all times together. */
  private Set<String> largestNames(String rollup, int most) throws StoreException {
    Set<String> names = new LinkedHashSet<>();
    List<Row> page;
    int read = 0;
    do {
      page = rollups.largest(rollup, read, Rollups.MAX_PAGE);
      read += page.size();
      page.stream()
          .map(Row::key)
          .filter(key -> key.startsWith(SpendCell.SEPARATOR))
          .map(key -> key.substring(SpendCell.SEPARATOR.length()))
          .filter(name -> names.size() < most && !name.equals(Rollups.OTHERS))
          .forEach(names::add);
    } while (page.size() == Rollups.MAX_PAGE && names.size() < most);
    return names;
  }

  /** What was spent on some names, by these and by time. */
  private Map<String, Map<Instant, Totals>> values(
      Dimension dimension,
      Resolution resolution,
      List<Map<String, Instant>> times,
      Collection<String> names)
      throws StoreException {
    Map<String, Map<Instant, Totals>> values = new HashMap<>();
    for (Map<String, Instant> starts : times) {
      if (dimension == Dimension.CALLER) {
        for (Instant start : starts.values()) {
          for (Row row : find(resolution.callers(start), names)) {
            put(values, row.key(), start, row);
          }
        }
      } else {
        List<String> keys = new ArrayList<>();
        starts
            .keySet()
            .forEach(part -> names.forEach(name -> keys.add(part + SpendCell.SEPARATOR + name)));
        for (Row row : find(resolution.by(dimension, any(starts)), keys)) {
          int end = row.key().indexOf(SpendCell.SEPARATOR);
          String name = row.key().substring(end + SpendCell.SEPARATOR.length());
          Optional.ofNullable(starts.get(row.key().substring(0, end)))
              .ifPresent(start -> put(values, name, start, row));
        }
      }
    }
    return values;
  }

  private static void put(
      Map<String, Map<Instant, Totals>> values, String name, Instant start, Row row) {
    values
        .computeIfAbsent(name, absent -> new TreeMap<>())
        .put(start, Totals.ofValues(row.values()));
  }

  private static Instant any(Map<String, Instant> starts) {
    return starts.values().iterator().next();
  }

  private List<Row> find(String rollup, Collection<String> keys) throws StoreException {
    List<String> all = List.copyOf(keys);
    List<Row> found = new ArrayList<>();
    for (int i = 0; i < all.size(); i += Rollups.MAX_PAGE) {
      found.addAll(
          rollups.find(rollup, all.subList(i, Math.min(all.size(), i + Rollups.MAX_PAGE))));
    }
    return found;
  }

  private static Map<String, Map<Instant, Totals>> dearest(
      Map<String, Map<Instant, Totals>> values, int most) {
    Map<String, Long> costs = new HashMap<>();
    values.forEach(
        (name, totals) ->
            costs.put(
                name, totals.values().stream().reduce(Totals.NOTHING, Totals::plus).costNanoUsd()));
    Map<String, Map<Instant, Totals>> dearest = new LinkedHashMap<>();
    values.keySet().stream()
        .sorted(
            Comparator.<String, Long>comparing(costs::get, Comparator.reverseOrder())
                .thenComparing(Comparator.naturalOrder()))
        .limit(most)
        .forEach(name -> dearest.put(name, values.get(name)));
    return dearest;
  }

  private Map<Instant, Totals> totals(Resolution resolution, List<Map<String, Instant>> times)
      throws StoreException {
    Map<Instant, Totals> totals = new TreeMap<>();
    for (Map<String, Instant> starts : times) {
      for (Row row : find(resolution.total(any(starts)), starts.keySet())) {
        Optional.ofNullable(starts.get(row.key()))
            .ifPresent(start -> totals.put(start, Totals.ofValues(row.values())));
      }
    }
    return totals;
  }

  /**
   * What was spent in all, by time; times without calls are left out.
   *
   * @param from as of {@link #spend}
   * @param to as of {@link #spend}
   * @throws IllegalArgumentException when the period is too long
   * @throws StoreException when the store does not answer
   */
  public List<Point> total(Resolution resolution, Instant from, Instant to) throws StoreException {
    return points("", totals(resolution, List.copyOf(resolution.rollups(from, to).values())));
  }

  /**
   * What was spent on one name, by time; times without calls are left out.
   *
   * @param name a tier, route, model or provider, or a caller's id
   * @param from as of {@link #spend}
   * @param to as of {@link #spend}
   * @throws IllegalArgumentException when the period is too long
   * @throws StoreException when the store does not answer
   */
  public List<Point> history(
      Dimension dimension, String name, Resolution resolution, Instant from, Instant to)
      throws StoreException {
    List<Map<String, Instant>> times = List.copyOf(resolution.rollups(from, to).values());
    return points(
        name, values(dimension, resolution, times, List.of(name)).getOrDefault(name, Map.of()));
  }

  private static List<Point> points(String name, Map<Instant, Totals> values) {
    return values.entrySet().stream()
        .map(entry -> new Point(entry.getKey(), name, entry.getValue()))
        .toList();
  }

  /**
   * What was spent, by time and by all that it is divided by: one after the other in time.
   *
   * @param from as of {@link #spend}
   * @param to as of {@link #spend}
   * @throws IllegalArgumentException when the period is too long
   * @throws StoreException when the store does not answer, or what it has changes so fast that it
   *     cannot be read
   */
  public List<Part> parts(Resolution resolution, Instant from, Instant to) throws StoreException {
    List<Part> parts = new ArrayList<>();
    for (Map.Entry<String, Map<String, Instant>> group : resolution.rollups(from, to).entrySet()) {
      for (Row row : rows(group.getKey())) {
        part(row, group.getValue()).ifPresent(parts::add);
      }
    }
    parts.sort(
        Comparator.comparing(Part::start)
            .thenComparing(Part::tier)
            .thenComparing(Part::route)
            .thenComparing(Part::model)
            .thenComparing(Part::provider));
    return List.copyOf(parts);
  }

  /** Empty when it is of none of these times. */
  private static Optional<Part> part(Row row, Map<String, Instant> starts) {
    Totals totals = Totals.ofValues(row.values());
    String[] fields = row.key().split(SpendCell.SEPARATOR, -1);
    if (fields.length != 5) {
      String others = Rollups.OTHERS;
      return Optional.of(new Part(any(starts), others, others, others, others, totals));
    }
    return Optional.ofNullable(starts.get(fields[0]))
        .map(start -> new Part(start, fields[1], fields[2], fields[3], fields[4], totals));
  }

  /**
   * All rows of a rollup, which others add to meanwhile. Values only grow: a row that moves from a
   * page that is still to be read to one that was read, and so is missed, moves another row into
   * the next page, where it is met again. So a pass that meets no row twice has missed none.
   */
  private Collection<Row> rows(String rollup) throws StoreException {
    Map<String, Row> rows = new HashMap<>();
    for (int pass = 0; pass < MAX_PASSES; pass++) {
      if (readWithoutRepetition(rollup, rows)) {
        return rows.values();
      }
    }
    throw new StoreException(rollup + " changes faster than it can be read");
  }

  private boolean readWithoutRepetition(String rollup, Map<String, Row> rows)
      throws StoreException {
    Set<String> met = new HashSet<>();
    List<Row> page;
    int read = 0;
    do {
      page = rollups.largest(rollup, read, Rollups.MAX_PAGE);
      read += page.size();
      page.forEach(row -> rows.put(row.key(), row));
      met.addAll(keys(page));
    } while (page.size() == Rollups.MAX_PAGE);
    return met.size() == read;
  }

  /**
   * The callers who spent the most in an hour, on a day or in a month, in descending order of cost.
   *
   * @param in a time of that hour, day or month
   * @param offset how many of them to leave out: 0 or more
   * @param limit how many to answer: 1 to 1000
   * @throws IllegalArgumentException when an argument is out of its range
   * @throws StoreException when the store does not answer
   */
  public List<Point> topCallers(Resolution resolution, Instant in, int offset, int limit)
      throws StoreException {
    Instant start = resolution.start(in);
    return rollups.largest(resolution.callers(in), offset, limit).stream()
        .map(row -> new Point(start, row.key(), Totals.ofValues(row.values())))
        .toList();
  }

  /**
   * The calls of an hour that cost the most, in descending order of cost. Known are the {@value
   * DearestCalls#OF_EACH} dearest of each process, tier, route, model and provider.
   *
   * @param in a time of that hour
   * @param which those that are asked for
   * @param limit how many to answer at most
   * @throws StoreException when the store does not answer
   */
  public List<SpentCall> dearestCalls(Instant in, Predicate<SpentCall> which, int limit)
      throws StoreException {
    Set<SpentCall> calls = new LinkedHashSet<>();
    List<Row> page;
    int read = 0;
    do {
      page = rollups.largest(Resolution.calls(in), read, Rollups.MAX_PAGE);
      read += page.size();
      page.stream()
          .flatMap(row -> SpentCall.ofKey(row.key()).stream())
          .filter(which)
          .filter(call -> calls.size() < limit)
          .forEach(calls::add);
    } while (page.size() == Rollups.MAX_PAGE && calls.size() < limit);
    return List.copyOf(calls);
  }
}
