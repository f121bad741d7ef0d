package dev.tollgate.simulator;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Criticality;
import dev.tollgate.Usage;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Reads the calls of a CSV file (RFC 4180, UTF-8) row by row, strictly. After the first malformed
 * row it looks for further ones and reads no more calls. Not thread-safe.
 */
final class TraceReader implements Calls, Closeable {

  /** The longest field, in characters. */
  static final int MAX_FIELD = 10_000;

  /** The longest trace, and the longest silence in it: two years, each minute of which is lived. */
  private static final long MAX_SPAN_MICROS = 731L * 86_400 * 1_000_000;

  private final Path file;
  private final Directory directory;
  private final TraceProblems problems;
  private final CsvReader<CsvRecord> csv;
  private final Iterator<CsvRecord> records;
  private final Header header;
  private Optional<TimeFormat> format = Optional.empty();
  private long firstMicros;
  private long lastMicros;

  private TraceReader(Path file, Directory directory) throws IOException, TraceException {
    this.file = file;
    this.directory = directory;
    problems = new TraceProblems(file);
    csv =
        CsvReader.builder()
            .skipEmptyLines(true)
            .allowExtraFields(true)
            .allowMissingFields(true)
            .maxBufferSize(MAX_FIELD)
            .ofCsvRecord(Files.newBufferedReader(file));
    try {
      records = csv.iterator();
      Optional<CsvRecord> first = record();
      header =
          Header.of(
              first.orElseThrow(() -> new TraceException("The trace " + file + " is empty")),
              problems);
    } catch (TraceException | RuntimeException broken) {
      csv.close();
      throw broken;
    }
  }

  /**
   * @param directory knows what rows name and what they leave blank
   * @throws TraceException when the file cannot be opened or has no header
   */
  static TraceReader open(Path file, Directory directory) throws TraceException {
    try {
      return new TraceReader(file, directory);
    } catch (IOException unreadable) {
      throw unreadable(file, unreadable);
    }
  }

  /** How the trace writes its times; seconds while no row has been read. */
  TimeFormat format() {
    return format.orElse(TimeFormat.SECONDS);
  }

  /** The names of columns that are not looked at. */
  List<String> unusedColumns() {
    return header.unused();
  }

  @Override
  public Optional<TraceCall> next() throws TraceException {
    for (Optional<CsvRecord> row = record(); row.isPresent(); row = record()) {
      if (row.get().getFieldCount() == header.size()) {
        Optional<TraceCall> call = call(row.get());
        if (call.isPresent() && problems.isEmpty()) {
          return call;
        }
      } else {
        String rule = "has " + row.get().getFieldCount() + " fields; the header " + header.size();
        add(row.get(), "", String.join(",", row.get().getFields()), rule);
      }
    }
    problems.throwIfAny();
    return Optional.empty();
  }

  private Optional<CsvRecord> record() throws TraceException {
    try {
      return records.hasNext() ? Optional.of(records.next()) : Optional.empty();
    } catch (CsvParseException malformed) {
      throw new TraceException("The trace " + file + " is no CSV file: " + reason(malformed));
    } catch (UncheckedIOException unreadable) {
      throw unreadable(file, unreadable);
    }
  }

  private static String reason(CsvParseException malformed) {
    Throwable cause = malformed.getCause();
    return malformed.getMessage() + (cause == null ? "" : ": " + cause.getMessage());
  }

  private static TraceException unreadable(Path file, Exception cause) {
    return new TraceException(
        "The trace " + file + " cannot be read; it must be a file in UTF-8: " + cause);
  }

  /** The call of a row; empty when the row is malformed. */
  private Optional<TraceCall> call(CsvRecord row) throws TraceException {
    Optional<Long> at = field(row, Column.TIMESTAMP, text -> time(text));
    Optional<Long> input = tokens(row, Column.INPUT_TOKENS);
    Optional<Long> output = tokens(row, Column.OUTPUT_TOKENS);
    Optional<String> model = field(row, Column.MODEL, TraceReader::model);
    Optional<Directory.Place> place = field(row, Column.ROUTE, directory::place);
    String id = header.text(row, Column.CALLER);
    Optional<String> tier = field(row, Column.TIER, text -> directory.tier(text, id));
    Optional<Caller> caller =
        field(row, Column.CALLER, text -> new Caller(text, tier.orElse("unknown")));
    if (place.isEmpty()) {
      return Optional.empty();
    }
    Criticality blank = place.get().criticality();
    Optional<Criticality> criticality =
        field(row, Column.CRITICALITY, text -> text.isEmpty() ? blank : criticality(text));
    long mostTokens = place.get().defaults().maxTokens();
    Optional<Long> max =
        field(row, Column.MAX_TOKENS, text -> text.isEmpty() ? mostTokens : wholeNumber(text));
    if (!problems.isEmpty()) {
      return Optional.empty();
    }
    String name = model.orElseThrow();
    return Optional.of(
        new TraceCall(
            at.orElseThrow(),
            caller.orElseThrow(),
            place.get().route(),
            name.isEmpty() ? place.get().defaults().model() : name,
            criticality.orElseThrow(),
            input.orElseThrow(),
            output.orElseThrow(),
            // what was answered had been asked for
            Math.max(max.orElseThrow(), output.orElseThrow())));
  }

  private interface Parser<T> {
    /**
     * @throws IllegalArgumentException with the rule that the text breaks
     */
    T parse(String text);
  }

  private <T> Optional<T> field(CsvRecord row, Column column, Parser<T> parser)
      throws TraceException {
    String text = header.text(row, column);
    try {
      return Optional.of(parser.parse(text));
    } catch (IllegalArgumentException wrong) {
      add(row, column.header(), text, String.valueOf(wrong.getMessage()));
      return Optional.empty();
    }
  }

  private Optional<Long> tokens(CsvRecord row, Column column) throws TraceException {
    return field(row, column, TraceReader::wholeNumber);
  }

  private void add(CsvRecord row, String column, String text, String rule) throws TraceException {
    problems.add(row.getStartingLineNumber(), column, text, rule);
  }

  private long time(String text) {
    TimeFormat known = format.orElseGet(() -> TimeFormat.of(text));
    long micros = known.micros(text);
    if (format.isEmpty()) {
      format = Optional.of(known);
      firstMicros = micros;
      lastMicros = micros;
    }
    if (micros < lastMicros) {
      throw new IllegalArgumentException(
          "is before the row above it; sort the rows by time, oldest first");
    }
    if (micros - firstMicros > MAX_SPAN_MICROS) {
      throw new IllegalArgumentException("is over two years after the first row");
    }
    lastMicros = micros;
    return micros;
  }

  private static long wholeNumber(String text) {
    long number = 0;
    boolean digits = !text.isEmpty() && text.length() <= 10;
    for (int i = 0; digits && i < text.length(); i++) {
      char digit = text.charAt(i);
      digits = digit >= '0' && digit <= '9';
      number = number * 10 + (digit - '0');
    }
    if (!digits || number > Usage.MAX_TOKENS) {
      throw new IllegalArgumentException("is not a whole number of 0 to " + Usage.MAX_TOKENS);
    }
    return number;
  }

  private static String model(String text) {
    if (text.length() > Call.MAX_MODEL_LENGTH) {
      throw new IllegalArgumentException("is longer than " + Call.MAX_MODEL_LENGTH + " characters");
    }
    return text;
  }

  private static Criticality criticality(String text) {
    return Arrays.stream(Criticality.values())
        .filter(each -> each.name().equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("is not one of essential, optional, background"));
  }

  @Override
  public void close() {
    try {
      csv.close();
    } catch (IOException ignored) {
      // everything that was wanted has been read
    }
  }
}
