package dev.tollgate.simulator;

import de.siegmar.fastcsv.reader.CsvRecord;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The first line of a trace: where its columns are. Immutable.
 *
 * @param places the columns' places, from 0
 * @param size how many fields a line has
 * @param unused the names of other columns, which are not looked at
 */
record Header(Map<Column, Integer> places, int size, List<String> unused) {

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  Header {
    places = Map.copyOf(places);
    unused = List.copyOf(unused);
  }

  static Header of(CsvRecord record, TraceProblems problems) throws TraceException {
    Map<Column, Integer> places = new EnumMap<>(Column.class);
    List<String> unused = new ArrayList<>();
    for (int i = 0; i < record.getFieldCount(); i++) {
      String name = name(record.getField(i));
      Optional<Column> column = Column.of(name);
      if (column.isEmpty()) {
        unused.add(name);
      } else if (places.putIfAbsent(column.get(), i) != null) {
        problems.add(1, name, name, "stands twice; remove one");
      }
    }
    for (Column column : Column.values()) {
      if (column.isRequired() && !places.containsKey(column)) {
        String rule = "is missing in the header; the columns are " + Column.headers();
        problems.add(1, "", column.header(), rule);
      }
    }
    problems.throwIfAny();
    return new Header(places, record.getFieldCount(), unused);
  }

  private static String name(String field) {
    String marked = field.startsWith(BYTE_ORDER_MARK) ? field.substring(1) : field;
    return marked.strip();
  }

  /** What a line has in a column; empty where it has nothing. */
  String text(CsvRecord record, Column column) {
    Integer place = places.get(column);
    return place == null ? "" : record.getField(place).strip();
  }
}
