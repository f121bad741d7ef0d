package dev.tollgate;

import dev.tollgate.store.Charge;
import dev.tollgate.store.Expiry;
import dev.tollgate.store.Hold;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Request;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The latest alerts of all processes, as operators and callers are shown them: rows of journals in
 * the store, one account for all alerts, one for those about abnormal callers, which others would
 * crowd out, and one for each caller's. An account's counter keeps its journal until the end of the
 * next month. Thread-safe.
 */
final class AlertJournal {

  static final int MAX_OF_CALLER = 20;

  /** No caller has this id. */
  private static final String EVERYBODY = "";

  private static final long WRITE_MICROS = 60_000_000;
  private static final String SEPARATOR = "\t";
  private static final int FIXED_FIELDS = 5;
  private static final Quota UNBOUNDED =
      new Quota(
          new Window.Calendar(Window.Unit.MONTH, ZoneOffset.UTC),
          Store.MAX_AMOUNT,
          Store.MAX_AMOUNT,
          Store.MAX_AMOUNT,
          List.of());

  private final StoreGuard guard;
  private final ReservationIds ids;

  AlertJournal(StoreGuard guard, ReservationIds ids) {
    this.guard = guard;
    this.ids = ids;
  }

  /** Keeps an alert. Asks the store twice for each journal that it goes to: one to three. */
  void add(Alert alert) {
    add(alert, account(EVERYBODY));
    if (alert.kind() == Alert.Kind.QUOTA_REACHED || alert.kind() == Alert.Kind.ANOMALY) {
      add(alert, account(alert.subject()));
    }
    if (alert.kind() == Alert.Kind.ANOMALY) {
      add(alert, account(alert.kind()));
    }
  }

  private void add(Alert alert, String account) {
    Request request =
        new Request(
            account,
            ids.next(),
            List.of(Charge.of("alerts", UNBOUNDED, 1)),
            WRITE_MICROS,
            Expiry.RELEASED,
            "");
    guard.reserve(request).ifPresent(answer -> write(answer, row(alert)));
  }

  private void write(StoreGuard.Answer answer, String row) {
    Optional<Hold> hold = answer.receipt().admitted().filter(Hold::isKept);
    if (hold.isPresent()) {
      guard.settle(answer.store(), hold.get(), List.of(1L), row, receipt -> {});
    }
  }

  /** The latest about a caller, newest first; empty when the store does not answer. */
  List<Alert> of(Caller caller) {
    return read(account(caller.id())).stream().limit(MAX_OF_CALLER).toList();
  }

  /** The latest of all, newest first; empty when the store does not answer. */
  List<Alert> latest() {
    return read(account(EVERYBODY));
  }

  /** The latest of a kind that has a journal, newest first; empty when the store is silent. */
  List<Alert> latest(Alert.Kind kind) {
    return read(account(kind));
  }

  private List<Alert> read(String account) {
    try {
      return guard.rows(account).stream()
          .map(AlertJournal::ofRow)
          .flatMap(Optional::stream)
          .toList();
    } catch (StoreException unanswered) {
      return List.of();
    }
  }

  private static String account(String caller) {
    return "alerts-of/" + caller;
  }

  private static String account(Alert.Kind kind) {
    return "alerts-of-kind/" + kind.name();
  }

  /** Without its details when they are too long for a row. */
  private static String row(Alert alert) {
    List<String> fields =
        new ArrayList<>(
            List.of(
                alert.kind().name(),
                alert.at().toString(),
                alert.subject(),
                alert.cause(),
                alert.message()));
    String brief = join(fields);
    new TreeMap<>(alert.details())
        .forEach(
            (name, value) -> {
              fields.add(name);
              fields.add(value);
            });
    String whole = join(fields);
    return whole.length() <= Store.MAX_ROW_LENGTH
        ? whole
        : brief.substring(0, Math.min(brief.length(), Store.MAX_ROW_LENGTH));
  }

  private static String join(List<String> fields) {
    return String.join(
        SEPARATOR, fields.stream().map(field -> field.replaceAll("\\p{Cntrl}", " ")).toList());
  }

  /** Empty when another version wrote it in another form. */
  private static Optional<Alert> ofRow(String row) {
    String[] fields = row.split(SEPARATOR, -1);
    if (fields.length < FIXED_FIELDS || (fields.length - FIXED_FIELDS) % 2 != 0) {
      return Optional.empty();
    }
    Map<String, String> details = new HashMap<>();
    for (int i = FIXED_FIELDS; i < fields.length; i += 2) {
      details.put(fields[i], fields[i + 1]);
    }
    try {
      return Optional.of(
          new Alert(
              Alert.Kind.valueOf(fields[0]),
              Instant.parse(fields[1]),
              fields[2],
              fields[3],
              fields[4],
              details));
    } catch (DateTimeException | IllegalArgumentException unreadable) {
      return Optional.empty();
    }
  }
}
