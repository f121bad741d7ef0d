package dev.tollgate;

import dev.tollgate.store.Document;
import dev.tollgate.store.StoreException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What settled calls have cost, by provider and day of UTC: what a provider's bill is compared
 * with. A process adds up its own, and {@link #flush} adds that to a document that all share. A
 * process that is killed loses what it has added since.
 *
 * <p>Thread-safe. Bounded: {@link #MAX_DAYS} days of each provider.
 */
final class SpendLedger {

  static final int MAX_DAYS = 62;
  private static final int ATTEMPTS = 5;
  private static final Pattern LINE = Pattern.compile("(?m)^(\\d{4}-\\d{2}-\\d{2}) (\\d{1,18})$");

  private record Cell(String provider, LocalDate day) {}

  /** A document that may have been written, and what was added to it. */
  private record Attempt(long replaced, String text, Map<LocalDate, Long> added) {

    /** Whether it was, as far as can be told: if others have written since, it is taken for it. */
    boolean isIn(Document document) {
      long writes = document.version() - replaced;
      return writes > 1 || (writes == 1 && document.text().equals(text));
    }
  }

  private final StoreGuard guard;
  private final ConcurrentHashMap<Cell, Long> pending = new ConcurrentHashMap<>();
  private final Map<String, Attempt> unanswered = new HashMap<>();

  SpendLedger(StoreGuard guard) {
    this.guard = guard;
  }

  /**
   * @param at when the call was reserved
   */
  void add(String provider, Instant at, long nanoUsd) {
    LocalDate day = LocalDate.ofInstant(at, ZoneOffset.UTC);
    pending.merge(new Cell(provider, day), nanoUsd, Long::sum);
  }

  /** Shares what was added. What the store does not take is kept for the next time. */
  synchronized void flush() {
    Set<String> providers = new HashSet<>(unanswered.keySet());
    pending.keySet().forEach(cell -> providers.add(cell.provider()));
    for (String provider : providers) {
      try {
        resolve(provider);
        write(provider);
      } catch (StoreException noAnswer) {
        return;
      }
    }
  }

  /** Finds out what became of a write without an answer. */
  private void resolve(String provider) throws StoreException {
    Attempt attempt = unanswered.get(provider);
    if (attempt != null) {
      boolean written = attempt.isIn(guard.document(name(provider)));
      unanswered.remove(provider);
      if (!written) {
        putBack(provider, attempt.added());
      }
    }
  }

  private void write(String provider) throws StoreException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Document document = guard.document(name(provider));
      Map<LocalDate, Long> added = take(provider);
      String text = text(sum(read(document), added));
      unanswered.put(provider, new Attempt(document.version(), text, added));
      boolean written = guard.replace(name(provider), document.version(), text);
      unanswered.remove(provider);
      if (written) {
        return;
      }
      putBack(provider, added);
    }
  }

  private Map<LocalDate, Long> take(String provider) {
    Map<LocalDate, Long> taken = new HashMap<>();
    for (Cell cell : pending.keySet()) {
      Long nanoUsd = cell.provider().equals(provider) ? pending.remove(cell) : null;
      if (nanoUsd != null) {
        taken.put(cell.day(), nanoUsd);
      }
    }
    return taken;
  }

  private void putBack(String provider, Map<LocalDate, Long> taken) {
    taken.forEach((day, nanoUsd) -> pending.merge(new Cell(provider, day), nanoUsd, Long::sum));
  }

  /**
   * Nano-USD by day, of all processes, without what they have not flushed. The first day may be
   * there in part only.
   *
   * @throws StoreException when the store does not answer
   */
  SortedMap<LocalDate, Long> days(String provider) throws StoreException {
    return read(guard.document(name(provider)));
  }

  private static String name(String provider) {
    return "spend/" + provider;
  }

  private static SortedMap<LocalDate, Long> read(Document document) {
    SortedMap<LocalDate, Long> days = new TreeMap<>();
    Matcher line = LINE.matcher(document.text());
    while (line.find()) {
      days.put(LocalDate.parse(line.group(1)), Long.parseLong(line.group(2)));
    }
    return days;
  }

  /** The latest days only. */
  private static SortedMap<LocalDate, Long> sum(
      SortedMap<LocalDate, Long> days, Map<LocalDate, Long> added) {
    SortedMap<LocalDate, Long> sum = new TreeMap<>(days);
    added.forEach((day, nanoUsd) -> sum.merge(day, nanoUsd, Long::sum));
    while (sum.size() > MAX_DAYS) {
      sum.remove(sum.firstKey());
    }
    return sum;
  }

  private static String text(SortedMap<LocalDate, Long> days) {
    return days.entrySet().stream()
        .map(day -> day.getKey() + " " + day.getValue())
        .collect(Collectors.joining("\n"));
  }
}
