package dev.tollgate.filter;

import dev.tollgate.Priority;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;

/**
 * Who waits, and whose turn it is. Time is an argument: nanoseconds since any fixed start.
 *
 * <p>A caller's calls of one route stand in one line: what keeps the first from going keeps the
 * others, so only the first of a line ever tries. Its turn comes when its limit should have room,
 * or at its deadline for the last time. Of several lines whose turn has come the one of the highest
 * priority goes first, then the one whose first call has waited longest.
 *
 * <p>Not thread-safe. Every operation takes time logarithmic in the number of lines, and linear in
 * {@link #MAX_LINE}.
 *
 * @param <W> what waits
 */
final class WaitingLines<W> {

  /** How many calls one line may hold. */
  static final int MAX_LINE = 100;

  /** Names a line. */
  record Key(String caller, String route) {}

  private record Place<W>(W waiter, long arrival, long deadlineNanos) {}

  private static final class Line<W> {
    final Key key;
    final Deque<Place<W>> places = new ArrayDeque<>();
    Priority priority;
    long dueNanos;
    boolean trying;

    Line(Key key, Priority priority, long dueNanos) {
      this.key = key;
      this.priority = priority;
      this.dueNanos = dueNanos;
    }

    long wakeNanos() {
      return Math.min(dueNanos, places.getFirst().deadlineNanos());
    }

    long arrival() {
      return places.getFirst().arrival();
    }

    Priority priority() {
      return priority;
    }
  }

  /** That the first of a line is to try. Immutable. */
  static final class Turn<W> {
    private final Line<W> line;
    private final W waiter;
    private final boolean isLast;

    private Turn(Line<W> line, W waiter, boolean isLast) {
      this.line = line;
      this.waiter = waiter;
      this.isLast = isLast;
    }

    W waiter() {
      return waiter;
    }

    /** Whether the waiter's deadline has come. */
    boolean isLast() {
      return isLast;
    }
  }

  private final Map<Key, Line<W>> lines = new HashMap<>();

  /** Lines whose turn is to come. A line is out of both sets while its first call tries. */
  private final TreeSet<Line<W>> asleep =
      new TreeSet<>(
          Comparator.<Line<W>>comparingLong(Line::wakeNanos).thenComparingLong(Line::arrival));

  /** Lines whose turn has come. */
  private final TreeSet<Line<W>> awake =
      new TreeSet<>(
          Comparator.<Line<W>, Priority>comparing(Line::priority).thenComparingLong(Line::arrival));

  private long arrivals;
  private int size;

  /** How many wait. */
  int size() {
    return size;
  }

  /** How many wait in a line. */
  int size(Key key) {
    Line<W> line = lines.get(key);
    return line == null ? 0 : line.places.size();
  }

  /**
   * Joins the end of a line.
   *
   * @param priority of the line, if it is new
   * @param dueNanos when the line may try, if it is new
   * @param deadlineNanos when the waiter tries for the last time
   * @return whether the line had room
   */
  boolean join(Key key, W waiter, Priority priority, long dueNanos, long deadlineNanos) {
    if (size(key) >= MAX_LINE) {
      return false;
    }
    Line<W> line = lines.computeIfAbsent(key, absent -> new Line<>(key, priority, dueNanos));
    unlist(line);
    line.places.addLast(new Place<>(waiter, arrivals++, deadlineNanos));
    size++;
    list(line);
    return true;
  }

  /** The next to try, which must be followed by {@link #again} or {@link #done}. */
  Optional<Turn<W>> next(long nowNanos) {
    while (!asleep.isEmpty() && asleep.first().wakeNanos() <= nowNanos) {
      awake.add(asleep.pollFirst());
    }
    Line<W> line = awake.pollFirst();
    if (line == null) {
      return Optional.empty();
    }
    line.trying = true;
    Place<W> first = line.places.getFirst();
    return Optional.of(new Turn<>(line, first.waiter(), first.deadlineNanos() <= nowNanos));
  }

  /** Puts the line of a turn back to sleep: its first call tries again later. */
  void again(Turn<W> turn, Priority priority, long dueNanos) {
    finish(turn.line, priority, dueNanos);
  }

  /** Takes the waiter of a turn out: the next of its line tries at {@code dueNanos}. */
  void done(Turn<W> turn, long dueNanos) {
    remove(turn.line, turn.waiter);
    finish(turn.line, turn.line.priority, dueNanos);
  }

  /** Takes out one that does not wait any more, if it is there. */
  void leave(Key key, W waiter) {
    Line<W> line = lines.get(key);
    if (line != null) {
      unlist(line);
      remove(line, waiter);
      list(line);
    }
  }

  /** When the next turn comes. */
  OptionalLong wakeNanos() {
    return asleep.isEmpty() ? OptionalLong.empty() : OptionalLong.of(asleep.first().wakeNanos());
  }

  /** Takes all out. */
  List<W> leaveAll() {
    List<W> all = new ArrayList<>(size);
    for (Line<W> line : lines.values()) {
      line.places.forEach(place -> all.add(place.waiter()));
    }
    asleep.clear();
    awake.clear();
    lines.clear();
    size = 0;
    return all;
  }

  private void finish(Line<W> line, Priority priority, long dueNanos) {
    line.trying = false;
    line.priority = priority;
    line.dueNanos = dueNanos;
    list(line);
  }

  private void remove(Line<W> line, W waiter) {
    if (line.places.removeIf(place -> place.waiter() == waiter)) {
      size--;
    }
  }

  /** The sets' order depends on the line, so it is out of them whenever it changes. */
  private void unlist(Line<W> line) {
    if (!line.places.isEmpty()) {
      asleep.remove(line);
      awake.remove(line);
    }
  }

  private void list(Line<W> line) {
    if (line.trying) {
      return;
    }
    if (line.places.isEmpty()) {
      lines.remove(line.key);
    } else {
      asleep.add(line);
    }
  }
}
