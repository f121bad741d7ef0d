package dev.tollgate;

import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What operators have done in all processes: a document of the store, and lines of the log {@code
 * dev.tollgate.audit}. The document keeps the latest rows, as many as it can hold. Thread-safe.
 */
final class AuditJournal {

  private static final System.Logger LOGGER = System.getLogger("dev.tollgate.audit");
  private static final String SEPARATOR = "\t";
  private static final int FIELDS = 5;
  private static final int MAX_FIELD_LENGTH = 500;

  private final SharedDocument document;

  AuditJournal(StoreGuard guard) {
    this.document = new SharedDocument(guard, "audit");
  }

  /**
   * Writes a row, to the log in any case.
   *
   * @throws StoreException when the store does not answer, or others kept writing
   */
  void add(AuditRow row) throws StoreException {
    LOGGER.log(System.Logger.Level.INFO, () -> logged(row));
    String line = line(row);
    document.change(before -> shortened(line + "\n" + before));
  }

  private static String logged(AuditRow row) {
    return new LogLine()
        .add("event", "audit")
        .add("at", row.at().toString())
        .add("operator", row.operator())
        .add("action", row.action())
        .add("subject", row.subject())
        .add("reason", row.reason())
        .toString();
  }

  /** Without the oldest rows that do not fit. */
  private static String shortened(String text) {
    return text.length() <= Store.MAX_DOCUMENT_LENGTH
        ? text
        : text.substring(0, text.lastIndexOf('\n', Store.MAX_DOCUMENT_LENGTH - 1) + 1);
  }

  /** The latest rows, newest first; empty when the store does not answer. */
  List<AuditRow> rows() {
    try {
      return document.text().lines().flatMap(line -> row(line).stream()).toList();
    } catch (StoreException unanswered) {
      return List.of();
    }
  }

  private static String line(AuditRow row) {
    return String.join(
        SEPARATOR,
        row.at().toString(),
        clean(row.operator()),
        clean(row.action()),
        clean(row.subject()),
        clean(row.reason()));
  }

  private static String clean(String field) {
    String text = field.replaceAll("\\p{Cntrl}", " ");
    return text.substring(0, Math.min(text.length(), MAX_FIELD_LENGTH));
  }

  /** Empty when another version wrote it in another form. */
  private static Optional<AuditRow> row(String line) {
    String[] fields = line.split(SEPARATOR, -1);
    if (fields.length != FIELDS) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new AuditRow(Instant.parse(fields[0]), fields[1], fields[2], fields[3], fields[4]));
    } catch (DateTimeException unreadable) {
      return Optional.empty();
    }
  }
}
