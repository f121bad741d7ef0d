package dev.tollgate;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;

/**
 * The calls of this process that cost the most in their hour, of each tier, route, model and
 * provider: {@link #OF_EACH}. A call is handed out once, if it is one of these by then; so what was
 * handed out has all that are in the end, and some that were.
 *
 * <p>Bounded: of {@link #MAX_CELLS} cells it knows what it has handed out; of another one that
 * comes back it begins anew, and hands out more. Not thread-safe.
 */
final class DearestCalls {

  static final int OF_EACH = 10;
  static final int MAX_CELLS = 1000;

  /** Of a rollup's row. */
  private static final int MAX_KEY_LENGTH = 1024;

  private static final Comparator<SpentCall> BY_COST =
      Comparator.<SpentCall>comparingLong(call -> call.row().costNanoUsd())
          .thenComparingLong(call -> call.row().inputTokens() + call.row().outputTokens());

  private final Map<SpendCell, Queue<SpentCall>> dearest =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<SpendCell, Queue<SpentCall>> eldest) {
          return size() > MAX_CELLS;
        }
      };

  private final Set<SpentCall> fresh = new LinkedHashSet<>();

  /** Takes note of a call, unless it used nothing. */
  void add(SpendCell cell, SpentCall call) {
    CallRecord row = call.row();
    if (row.costNanoUsd() == 0 && row.inputTokens() + row.outputTokens() == 0) {
      return;
    }
    Queue<SpentCall> known = dearest.computeIfAbsent(cell, absent -> new PriorityQueue<>(BY_COST));
    if (known.size() == OF_EACH) {
      if (BY_COST.compare(call, known.element()) <= 0) {
        return;
      }
      fresh.remove(known.remove());
    }
    known.add(call);
    if (fresh.size() < OF_EACH * MAX_CELLS) {
      fresh.add(call);
    }
  }

  /** Those that were not handed out before. */
  List<SpentCall> handOut() {
    List<SpentCall> calls =
        fresh.stream().filter(call -> call.toKey().length() <= MAX_KEY_LENGTH).toList();
    fresh.clear();
    return calls;
  }
}
