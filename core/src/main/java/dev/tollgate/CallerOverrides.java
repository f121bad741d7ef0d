package dev.tollgate;

import dev.tollgate.CallerOverride.Block;
import dev.tollgate.CallerOverride.Effect;
import dev.tollgate.CallerOverride.Raise;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.lang.System.Logger.Level;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What operators have decided for single callers: a document of the store, which each process reads
 * beside calls and applies from memory. What was read last stays while the store does not answer.
 * Thread-safe.
 *
 * <p>Bounded by {@link #MAX_OVERRIDES} and by the length of a document.
 */
final class CallerOverrides {

  static final int MAX_OVERRIDES = 500;
  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");
  private static final String BLOCK = "block";
  private static final int FIELDS = 5;

  private final SharedDocument document;
  private final InstantSource clock;
  private volatile Map<String, CallerOverride> known = Map.of();

  CallerOverrides(StoreGuard guard, InstantSource clock) {
    this.document = new SharedDocument(guard, "caller-overrides");
    this.clock = clock;
  }

  /** Hears what operators have said to other processes. */
  synchronized void refresh() {
    try {
      known = read(document.text());
    } catch (StoreException unanswered) {
      LOGGER.log(Level.DEBUG, "overrides stay as they were read last", unanswered);
    }
  }

  /**
   * Puts an override in force, in the place of the caller's earlier one: here at once, in the other
   * processes when they {@link #refresh}.
   *
   * @throws IllegalArgumentException when it ends in the past or too far ahead
   * @throws IllegalStateException when there is no room for another one
   * @throws StoreException when the store does not answer
   */
  void put(CallerOverride override) throws StoreException {
    Instant now = clock.instant();
    if (!override.until().isAfter(now)
        || override.until().isAfter(now.plus(CallerOverride.MAX_TIME))) {
      throw new IllegalArgumentException(
          "override until "
              + override.until()
              + ": choose a time within "
              + CallerOverride.MAX_TIME.toDays()
              + " days from now");
    }
    change(overrides -> overrides.put(override.caller(), override));
  }

  /**
   * Ends a caller's override, if there is one.
   *
   * @throws StoreException when the store does not answer
   */
  void end(String caller) throws StoreException {
    change(overrides -> overrides.remove(caller));
  }

  /** Nothing that was read before it may be known after it. */
  private synchronized void change(Consumer<Map<String, CallerOverride>> change)
      throws StoreException {
    known =
        read(
            document.change(
                before -> {
                  Map<String, CallerOverride> overrides = read(before);
                  overrides.values().removeIf(override -> !isInForce(override));
                  change.accept(overrides);
                  return write(overrides);
                }));
  }

  /** Those in force, the one that ends first coming first. */
  List<CallerOverride> inForce() {
    return known.values().stream()
        .filter(this::isInForce)
        .sorted(Comparator.comparing(CallerOverride::until).thenComparing(CallerOverride::caller))
        .toList();
  }

  /** Why a caller's calls are refused; empty when they are not. */
  Optional<Decision.Refusal> refusal(String caller) {
    return of(caller)
        .filter(override -> override.effect() instanceof Block)
        .map(
            block ->
                new Decision.Refusal.CallerBlocked(
                    Duration.between(clock.instant(), block.until())));
  }

  /** How many percent of their limits a caller has: 100 unless they are raised. */
  int percent(String caller) {
    return of(caller)
        .map(override -> override.effect() instanceof Raise raise ? raise.percent() : Plan.WHOLE)
        .orElse(Plan.WHOLE);
  }

  private Optional<CallerOverride> of(String caller) {
    return Optional.ofNullable(known.get(caller)).filter(this::isInForce);
  }

  private boolean isInForce(CallerOverride override) {
    return override.until().isAfter(clock.instant());
  }

  private static String write(Map<String, CallerOverride> overrides) {
    String text =
        overrides.values().stream().map(CallerOverrides::line).collect(Collectors.joining("\n"));
    if (overrides.size() > MAX_OVERRIDES || text.length() > Store.MAX_DOCUMENT_LENGTH) {
      throw new IllegalStateException(
          "there is no room for another override beside "
              + (overrides.size() - 1)
              + ": end one first");
    }
    return text;
  }

  private static Map<String, CallerOverride> read(String text) {
    Map<String, CallerOverride> overrides = new LinkedHashMap<>();
    text.lines()
        .flatMap(line -> override(line).stream())
        .forEach(override -> overrides.put(override.caller(), override));
    return overrides;
  }

  private static String line(CallerOverride override) {
    return String.join(
        " ",
        override.until().toString(),
        effect(override.effect()),
        encode(override.caller()),
        encode(override.operator()),
        encode(override.reason()));
  }

  private static String effect(Effect effect) {
    return effect instanceof Raise raise ? Integer.toString(raise.percent()) : BLOCK;
  }

  private static Effect effect(String text) {
    return text.equals(BLOCK) ? new Block() : new Raise(Integer.parseInt(text));
  }

  /** Empty when another version wrote it in another form. */
  private static Optional<CallerOverride> override(String line) {
    String[] fields = line.split(" ", -1);
    if (fields.length != FIELDS) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new CallerOverride(
              decode(fields[2]),
              effect(fields[1]),
              Instant.parse(fields[0]),
              decode(fields[3]),
              decode(fields[4])));
    } catch (DateTimeException | IllegalArgumentException unreadable) {
      return Optional.empty();
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
