package dev.tollgate.store;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Named tables of sums that many processes add to, off the path of requests: what was spent in an
 * hour by each model, or in a month by each caller. A rollup is made by the first who adds to it
 * and forgotten some time after the last.
 *
 * <p>Thread-safe.
 */
public interface Rollups {

  /** Rows that one {@link #add} may have, and one {@link #largest} may answer. */
  int MAX_PAGE = 1000;

  /** Rows of one rollup: what is added to others above that is added to {@link #OTHERS}. */
  int MAX_ROWS = 250_000;

  int MAX_VALUES = 16;

  /** The key of the row that stands for all that found no place of their own. */
  String OTHERS = "(others)";

  /** Keeps nothing. */
  Rollups NONE =
      new Rollups() {
        @Override
        public void add(Addition addition) {}

        @Override
        public List<Row> largest(String rollup, int offset, int limit) {
          return List.of();
        }

        @Override
        public List<Row> find(String rollup, List<String> keys) {
          return List.of();
        }
      };

  /**
   * One row.
   *
   * @param key 1 to 1024 characters
   * @param values 1 to {@link #MAX_VALUES}, each from 0 to {@link Store#MAX_AMOUNT}; a sum above
   *     that is cut to it
   */
  record Row(String key, List<Long> values) {

    /**
     * @throws IllegalArgumentException when a component is out of its range
     */
    public Row {
      Range.check("length of a row's key", key.length(), 1, 1024);
      values = List.copyOf(values);
      Range.check("number of values", values.size(), 1, MAX_VALUES);
      for (long value : values) {
        Range.check("value", value, 0, Store.MAX_AMOUNT);
      }
    }

    /** This row and the values of another one. */
    Row plus(Row other) {
      List<Long> sums = new ArrayList<>();
      for (int i = 0; i < Math.max(values.size(), other.values.size()); i++) {
        sums.add(Math.min(Store.MAX_AMOUNT, value(i) + other.value(i)));
      }
      return new Row(key, sums);
    }

    /** 0 where there is none. */
    private long value(int index) {
      return index < values.size() ? values.get(index) : 0;
    }
  }

  /**
   * What to add.
   *
   * @param rollup its name: 1 to 256 characters
   * @param keepMicros how long it is kept after this: 1 second to ten years
   * @param writer who adds: 1 to 64 characters, never used by anybody else
   * @param sequence numbers the writer's additions, upwards: one that is not above the last one
   *     that the rollup took from the writer is a repetition
   * @param rows 1 to {@link #MAX_PAGE}, each with another key
   */
  record Addition(String rollup, long keepMicros, String writer, long sequence, List<Row> rows) {

    /**
     * @throws IllegalArgumentException when a component is out of its range
     */
    public Addition {
      checkName(rollup);
      Range.check("time to keep rollup " + rollup, keepMicros, 1_000_000, Bucket.MAX_LEVEL_MICROS);
      Range.check("length of a writer's name", writer.length(), 1, 64);
      Range.check("sequence", sequence, 1, Store.MAX_AMOUNT);
      rows = List.copyOf(rows);
      Range.check("number of rows", rows.size(), 1, MAX_PAGE);
      Set<String> keys = new HashSet<>();
      for (Row row : rows) {
        if (!keys.add(row.key())) {
          throw new IllegalArgumentException("row '" + row.key() + "' is added twice");
        }
      }
    }
  }

  /**
   * Adds rows, all of them or none, and once: an addition whose outcome is unknown is to be
   * repeated as it was.
   *
   * @throws StoreException when the store did not answer in time
   */
  void add(Addition addition) throws StoreException;

  /**
   * The rows with the largest first values, in descending order of these. While nothing is added,
   * pages fit together.
   *
   * @param rollup 1 to 256 characters
   * @param offset how many of them to leave out: 0 or more
   * @param limit how many to answer: 1 to {@link #MAX_PAGE}
   * @throws StoreException when the store did not answer in time
   */
  List<Row> largest(String rollup, int offset, int limit) throws StoreException;

  /**
   * The rows with these keys, in any order; those that there are none of are left out.
   *
   * @param rollup 1 to 256 characters
   * @param keys 1 to {@link #MAX_PAGE}
   * @throws StoreException when the store did not answer in time
   */
  List<Row> find(String rollup, List<String> keys) throws StoreException;

  /**
   * Checks a rollup's name.
   *
   * @throws IllegalArgumentException when it does not have 1 to 256 characters
   */
  static void checkName(String rollup) {
    Range.check("length of a rollup's name", rollup.length(), 1, 256);
  }

  /**
   * Checks a search.
   *
   * @throws IllegalArgumentException when it is out of its range
   */
  static void checkSearch(String rollup, List<String> keys) {
    checkName(rollup);
    Range.check("number of keys", keys.size(), 1, MAX_PAGE);
  }

  /**
   * Checks a page.
   *
   * @throws IllegalArgumentException when it is out of its range
   */
  static void checkPage(String rollup, int offset, int limit) {
    checkName(rollup);
    Range.check("offset", offset, 0, Integer.MAX_VALUE - MAX_PAGE);
    Range.check("limit", limit, 1, MAX_PAGE);
  }
}
