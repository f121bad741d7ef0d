package dev.tollgate.store;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * Rollups in memory, at most {@link #MAX_ROLLUPS}, and so many rows in all as {@link
 * #MAX_LARGE_ROLLUPS} of the largest have. To make room, the ones that would be forgotten first are
 * forgotten earlier. Thread-safe.
 */
final class MemoryRollups implements Rollups {

  static final int MAX_ROLLUPS = 2000;

  /**
   * How many rollups of the largest size there may be when another begins: callers of 13 months.
   */
  static final int MAX_LARGE_ROLLUPS = 16;

  /** No two rows have the same rank: pages must fit together. */
  private static final Comparator<Row> BY_RANK =
      Comparator.<Row>comparingLong(row -> row.values().get(0)).thenComparing(Row::key);

  /** Guarded by the rollups. */
  private static final class Table {
    final Map<String, Row> rows = new HashMap<>();
    final NavigableSet<Row> ranked = new TreeSet<>(BY_RANK);
    final Map<String, Long> sequences = new HashMap<>();
    long endMicros;

    void add(Row row) {
      Row before = rows.get(row.key());
      Row after = row;
      if (before != null) {
        ranked.remove(before);
        after = before.plus(row);
      }
      rows.put(row.key(), after);
      ranked.add(after);
    }
  }

  private final Map<String, Table> tables = new HashMap<>();
  private final int maxRows;
  private final LongSupplier nowMicros;

  /**
   * @param maxRows of each rollup
   */
  MemoryRollups(int maxRows, LongSupplier nowMicros) {
    this.maxRows = maxRows;
    this.nowMicros = nowMicros;
  }

  @Override
  public synchronized void add(Addition addition) {
    Table table = tables.get(addition.rollup());
    if (table == null) {
      table = newTable(addition.rollup());
    }
    if (addition.sequence() <= table.sequences.getOrDefault(addition.writer(), 0L)) {
      return;
    }
    table.sequences.put(addition.writer(), addition.sequence());
    table.endMicros = Math.max(table.endMicros, nowMicros.getAsLong() + addition.keepMicros());
    for (Row row : addition.rows()) {
      boolean hasPlace = table.rows.size() < maxRows || table.rows.containsKey(row.key());
      table.add(hasPlace ? row : new Row(OTHERS, row.values()));
    }
  }

  private Table newTable(String rollup) {
    forgetOld();
    while (tables.size() >= MAX_ROLLUPS || rows() > (long) MAX_LARGE_ROLLUPS * maxRows) {
      tables.entrySet().stream()
          .min(Comparator.comparingLong(entry -> entry.getValue().endMicros))
          .map(Map.Entry::getKey)
          .ifPresent(tables::remove);
    }
    Table table = new Table();
    tables.put(rollup, table);
    return table;
  }

  private long rows() {
    return tables.values().stream().mapToLong(table -> table.rows.size()).sum();
  }

  private void forgetOld() {
    long now = nowMicros.getAsLong();
    tables.values().removeIf(table -> table.endMicros <= now);
  }

  @Override
  public synchronized List<Row> largest(String rollup, int offset, int limit) {
    Rollups.checkPage(rollup, offset, limit);
    forgetOld();
    Table table = tables.get(rollup);
    return table == null
        ? List.of()
        : table.ranked.descendingSet().stream().skip(offset).limit(limit).toList();
  }

  @Override
  public synchronized Optional<Row> find(String rollup, String key) {
    Rollups.checkName(rollup);
    forgetOld();
    return Optional.ofNullable(tables.get(rollup)).map(table -> table.rows.get(key));
  }
}
