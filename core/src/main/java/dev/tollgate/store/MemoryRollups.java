package dev.tollgate.store;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Rollups in memory, at most {@link #MAX_ROLLUPS}, and so many rows in all as {@link
 * #MAX_LARGE_ROLLUPS} of the largest have. To make room, the ones that would be forgotten first are
 * forgotten earlier. Thread-safe.
 */
final class MemoryRollups implements Rollups {

  static final int MAX_ROLLUPS = 5000;

  /**
   * How many rollups of the largest size there may be when another begins: callers of 13 months.
   */
  static final int MAX_LARGE_ROLLUPS = 16;

  private final Map<String, RollupTable> tables = new HashMap<>();
  private final int maxRows;
  private final LongSupplier nowMicros;
  private final ChangeListener listener;

  /**
   * @param maxRows of each rollup
   * @param listener hears of changes
   */
  MemoryRollups(int maxRows, LongSupplier nowMicros, ChangeListener listener) {
    this.maxRows = maxRows;
    this.nowMicros = nowMicros;
    this.listener = listener;
  }

  @Override
  public synchronized void add(Addition addition) {
    RollupTable table = tables.get(addition.rollup());
    if (table == null) {
      table = newTable(addition.rollup());
    }
    if (!table.isRepetition(addition)) {
      table.add(addition, maxRows, nowMicros.getAsLong());
      if (table.tell()) {
        changed(addition.rollup());
      }
    }
  }

  private void changed(String rollup) {
    listener.changed(new Part(Part.Kind.ROLLUP, rollup));
  }

  private RollupTable newTable(String rollup) {
    forgetOld();
    while (tables.size() >= MAX_ROLLUPS || rows() > (long) MAX_LARGE_ROLLUPS * maxRows) {
      tables.entrySet().stream()
          .min(Comparator.comparingLong(entry -> entry.getValue().endMicros()))
          .map(Map.Entry::getKey)
          .ifPresent(this::forget);
    }
    return tables.computeIfAbsent(rollup, absent -> newTable());
  }

  private RollupTable newTable() {
    return new RollupTable(listener != ChangeListener.NONE);
  }

  private void forget(String rollup) {
    tables.remove(rollup);
    changed(rollup);
  }

  private long rows() {
    return tables.values().stream().mapToLong(RollupTable::size).sum();
  }

  private void forgetOld() {
    long now = nowMicros.getAsLong();
    tables.values().removeIf(table -> table.endMicros() <= now);
  }

  @Override
  public synchronized List<Row> largest(String rollup, int offset, int limit) {
    Rollups.checkPage(rollup, offset, limit);
    forgetOld();
    RollupTable table = tables.get(rollup);
    return table == null ? List.of() : table.ranked().stream().skip(offset).limit(limit).toList();
  }

  @Override
  public synchronized List<Row> find(String rollup, List<String> keys) {
    Rollups.checkSearch(rollup, keys);
    forgetOld();
    RollupTable table = tables.get(rollup);
    return table == null
        ? List.of()
        : keys.stream().distinct().flatMap(key -> table.find(key).stream()).toList();
  }

  synchronized List<String> names() {
    forgetOld();
    return List.copyOf(tables.keySet());
  }

  synchronized void markWhole(String rollup) {
    Optional.ofNullable(tables.get(rollup)).ifPresent(RollupTable::markWhole);
  }

  /** Returns whether nothing is left to write of it. */
  synchronized boolean write(String rollup, DataOutput out) throws IOException {
    RollupTable table = tables.get(rollup);
    out.writeBoolean(table != null);
    return table == null || table.write(out);
  }

  synchronized void read(String rollup, DataInput in) throws IOException {
    if (!in.readBoolean()) {
      tables.remove(rollup);
      return;
    }
    tables.computeIfAbsent(rollup, absent -> newTable()).read(in);
  }
}
