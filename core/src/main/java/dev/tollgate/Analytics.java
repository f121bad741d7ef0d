package dev.tollgate;

import dev.tollgate.store.Rollups;
import dev.tollgate.store.Rollups.Row;
import dev.tollgate.store.StoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was spent, on what and by whom, over all processes that share a store: exact sums of settled
 * calls, some seconds after they were settled. Hours, days and months are those of UTC. They are
 * kept for 400 days, the days of callers for 35.
 *
 * <p>Thread-safe. Asks the store, and answers with nothing while that does not answer.
 */
public final class Analytics {

  /** What spending is divided by. */
  public enum Dimension {
    TIER,
    ROUTE,
    MODEL,
    /** The provider that the calls belong to; an empty name where there is none. */
    PROVIDER
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

  private final Rollups rollups;

  Analytics(Rollups rollups) {
    this.rollups = rollups;
  }

  /**
   * What was spent, by time and name; times without calls are left out.
   *
   * @param from the first hour, day or month is the one that contains it
   * @param to exclusive; at most 31 days after {@code from} for hours, 400 days for days and ten
   *     years for months
   * @throws IllegalArgumentException when the period is longer
   */
  public List<Point> spend(Dimension dimension, Resolution resolution, Instant from, Instant to) {
    List<Point> points = new ArrayList<>();
    resolution
        .rollups(from, to)
        .forEach((rollup, starts) -> points.addAll(points(rollup, starts, dimension)));
    return List.copyOf(points);
  }

  /** One after the other in time, and by name. */
  private List<Point> points(String rollup, Map<String, Instant> starts, Dimension dimension) {
    Map<Instant, Map<String, Totals>> sums = new TreeMap<>();
    Instant first = starts.values().iterator().next();
    for (Row row : rows(rollup)) {
      String[] fields = row.key().split("\t", -1);
      boolean isWhole = fields.length == 5;
      Instant start = isWhole ? starts.get(fields[0]) : first;
      if (start != null) {
        String name = isWhole ? fields[1 + dimension.ordinal()] : Rollups.OTHERS;
        sums.computeIfAbsent(start, absent -> new TreeMap<>())
            .merge(name, Totals.ofValues(row.values()), Totals::plus);
      }
    }
    List<Point> points = new ArrayList<>();
    sums.forEach(
        (start, names) ->
            names.forEach((name, totals) -> points.add(new Point(start, name, totals))));
    return points;
  }

  private List<Row> rows(String rollup) {
    List<Row> rows = new ArrayList<>();
    List<Row> page;
    do {
      page = largest(rollup, rows.size(), Rollups.MAX_PAGE);
      rows.addAll(page);
    } while (page.size() == Rollups.MAX_PAGE);
    return rows;
  }

  /**
   * The callers who spent the most on a day or in a month, in descending order of cost.
   *
   * @param resolution {@link Resolution#DAY} or {@link Resolution#MONTH}
   * @param in a time of that day or month
   * @param offset how many of them to leave out: 0 or more
   * @param limit how many to answer: 1 to 1000
   * @throws IllegalArgumentException when an argument is out of its range
   */
  public List<Point> topCallers(Resolution resolution, Instant in, int offset, int limit) {
    Instant start = resolution.start(in);
    return largest(resolution.callers(in), offset, limit).stream()
        .map(row -> new Point(start, row.key(), Totals.ofValues(row.values())))
        .toList();
  }

  /**
   * What one caller spent, by days or months; those without calls are left out.
   *
   * @param resolution {@link Resolution#DAY} or {@link Resolution#MONTH}
   * @param from the first day or month is the one that contains it
   * @param to exclusive; at most 400 days or ten years later
   * @throws IllegalArgumentException when an argument is out of its range
   */
  public List<Point> history(Caller caller, Resolution resolution, Instant from, Instant to) {
    List<Point> points = new ArrayList<>();
    for (Map<String, Instant> starts : resolution.rollups(from, to).values()) {
      for (Instant start : starts.values()) {
        try {
          rollups
              .find(resolution.callers(start), caller.id())
              .map(row -> new Point(start, caller.id(), Totals.ofValues(row.values())))
              .ifPresent(points::add);
        } catch (StoreException unanswered) {
          return List.of();
        }
      }
    }
    return List.copyOf(points);
  }

  private List<Row> largest(String rollup, int offset, int limit) {
    try {
      return rollups.largest(rollup, offset, limit);
    } catch (StoreException unanswered) {
      return List.of();
    }
  }
}
