package dev.tollgate.store;

import dev.tollgate.store.Rollups.Row;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/** The rows of one rollup, and what has changed since its last image. Guarded by the rollups. */
final class RollupTable {

  /** The writers that it remembers: those that added last. */
  static final int MAX_WRITERS = 1000;

  /** The largest comes first. No two rows have the same rank: pages must fit together. */
  private static final Comparator<Row> BY_RANK =
      Comparator.<Row>comparingLong(row -> row.values().get(0)).thenComparing(Row::key).reversed();

  private final Map<String, Row> rows = new HashMap<>();

  /** The rows by rank, as of the latest question; empty when rows were added since. */
  private List<Row> ranked = List.of();

  /** The last number of each writer, in the order in which they added. */
  private final Map<String, Long> sequences =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MAX_WRITERS;
        }
      };

  private final boolean noted;
  private final Map<String, Row> changedRows = new HashMap<>();
  private final Map<String, Long> changedSequences = new HashMap<>();
  private final Queue<String> unwritten = new ArrayDeque<>();
  private boolean isNew = true;
  private boolean told;
  private long endMicros;

  /**
   * @param noted whether images of it are written
   */
  RollupTable(boolean noted) {
    this.noted = noted;
  }

  int size() {
    return rows.size();
  }

  boolean isRepetition(Rollups.Addition addition) {
    return addition.sequence() <= sequences.getOrDefault(addition.writer(), 0L);
  }

  /** Adds rows; those that find no place are added to the others. */
  void add(Rollups.Addition addition, int maxRows, long now) {
    remember(addition.writer(), addition.sequence());
    endMicros = Math.max(endMicros, now + addition.keepMicros());
    for (Row row : addition.rows()) {
      boolean hasPlace = rows.size() < maxRows || rows.containsKey(row.key());
      add(hasPlace ? row : new Row(Rollups.OTHERS, row.values()));
    }
  }

  private void remember(String writer, long sequence) {
    sequences.remove(writer);
    sequences.put(writer, sequence);
    if (noted) {
      changedSequences.put(writer, sequence);
    }
  }

  private void add(Row row) {
    Row before = rows.get(row.key());
    Row after = before == null ? row : before.plus(row);
    put(after);
    if (noted) {
      changedRows.put(after.key(), after);
    }
  }

  private void put(Row row) {
    rows.put(row.key(), row);
    ranked = List.of();
  }

  Optional<Row> find(String key) {
    return Optional.ofNullable(rows.get(key));
  }

  /**
   * The largest rows come first. They are put in order when somebody asks: rows are added many
   * times for each question.
   */
  List<Row> ranked() {
    if (ranked.isEmpty()) {
      ranked = rows.values().stream().sorted(BY_RANK).toList();
    }
    return ranked;
  }

  long endMicros() {
    return endMicros;
  }

  /** Whether the listener has not been told since the last image that there are changes. */
  boolean tell() {
    boolean first = noted && !told;
    told = noted;
    return first;
  }

  void markWhole() {
    unwritten.clear();
    unwritten.addAll(rows.keySet());
    changedSequences.putAll(sequences);
  }

  /**
   * Writes all changes, and at most a page of what {@link #markWhole} asked for: sums and the
   * numbers of their additions belong together. Returns whether nothing is left.
   */
  boolean write(DataOutput out) throws IOException {
    for (int i = 0; i < Rollups.MAX_PAGE && !unwritten.isEmpty(); i++) {
      Row row = rows.get(unwritten.remove());
      if (row != null) {
        changedRows.put(row.key(), row);
      }
    }
    out.writeBoolean(isNew);
    out.writeLong(endMicros);
    writeSequences(out);
    out.writeInt(changedRows.size());
    for (Row row : changedRows.values()) {
      write(row, out);
    }
    changedRows.clear();
    changedSequences.clear();
    isNew = false;
    told = false;
    return unwritten.isEmpty();
  }

  private void writeSequences(DataOutput out) throws IOException {
    out.writeInt(changedSequences.size());
    for (Map.Entry<String, Long> entry : changedSequences.entrySet()) {
      out.writeUTF(entry.getKey());
      out.writeLong(entry.getValue());
    }
  }

  private static void write(Row row, DataOutput out) throws IOException {
    out.writeUTF(row.key());
    out.writeByte(row.values().size());
    for (long value : row.values()) {
      out.writeLong(value);
    }
  }

  void read(DataInput in) throws IOException {
    if (in.readBoolean()) {
      rows.clear();
      ranked = List.of();
      sequences.clear();
    }
    endMicros = in.readLong();
    for (int left = in.readInt(); left > 0; left--) {
      String writer = in.readUTF();
      sequences.remove(writer);
      sequences.put(writer, in.readLong());
    }
    for (int left = in.readInt(); left > 0; left--) {
      put(readRow(in));
    }
    isNew = false;
  }

  private static Row readRow(DataInput in) throws IOException {
    String key = in.readUTF();
    List<Long> values = new ArrayList<>();
    for (int left = in.readByte(); left > 0; left--) {
      values.add(in.readLong());
    }
    return new Row(key, values);
  }
}
