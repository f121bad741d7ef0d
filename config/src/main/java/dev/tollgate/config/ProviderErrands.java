package dev.tollgate.config;

import dev.tollgate.Alert;
import dev.tollgate.Analytics;
import dev.tollgate.Resolution;
import dev.tollgate.Tollgate;
import dev.tollgate.config.ProviderApis.OwnLimit;
import dev.tollgate.providers.BillAudit;
import dev.tollgate.providers.ProviderApiException;
import dev.tollgate.providers.SpendLimit;
import dev.tollgate.store.StoreException;
import java.lang.System.Logger.Level;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Asks providers' administration APIs, beside all calls: for each bill once a day, when another day
 * can be compared, and for each own limit once a day and when the hard limit has changed. What
 * fails is tried again in about an hour, and is an alert when it has failed for a day.
 *
 * <p>Thread-safe. Owns a thread as soon as there is something to ask.
 */
final class ProviderErrands implements AutoCloseable {

  private static final Duration FIRST_WITHIN = Duration.ofMinutes(2);

  /** Enough for a whole month and the days that its bill is late. */
  private static final Duration COUNTED = Duration.ofDays(62);

  private static final Duration PERIOD = Duration.ofHours(1);

  /** How long something may fail until people are told. */
  private static final Duration TOLERATED = Duration.ofDays(1);

  private static final int JITTER_PARTS = 10;
  private static final System.Logger LOG = System.getLogger("dev.tollgate");

  private record Lowered(LocalDate day, long nanoUsd) {}

  /**
   * What does not succeed.
   *
   * @param since the first time of those in a row
   * @param reason of the last one
   * @param told whether it was an alert
   */
  private record Failure(Instant since, String reason, boolean told) {}

  private final Tollgate tollgate;
  private final InstantSource clock;
  private final RandomGenerator random;
  private volatile ProviderApis apis = new ProviderApis(Map.of(), Map.of());
  private Optional<Polling> polling = Optional.empty();

  // touched by the errands' own thread alone
  private final Map<String, LocalDate> compared = new HashMap<>();
  private final Map<String, Lowered> lowered = new HashMap<>();
  private final Map<String, Failure> failures = new HashMap<>();
  private boolean begun;

  /**
   * @param random spreads the processes that ask
   */
  ProviderErrands(Tollgate tollgate, InstantSource clock, RandomGenerator random) {
    this.tollgate = tollgate;
    this.clock = clock;
    this.random = random;
  }

  /** Asks these from now on. */
  synchronized void use(ProviderApis changed) {
    apis = changed;
    if (polling.isEmpty() && !changed.isEmpty()) {
      polling = Optional.of(Polling.start("tollgate-providers", this::run, this::pause));
    }
  }

  /** Soon at first, then about hourly. */
  Duration pause() {
    if (!begun) {
      begun = true;
      return Duration.ofMillis(random.nextLong(FIRST_WITHIN.toMillis()));
    }
    long jitter = PERIOD.toMillis() / JITTER_PARTS;
    return PERIOD.plusMillis(random.nextLong(-jitter, jitter));
  }

  /** Does what is due. Waits for the providers. */
  void run() {
    ProviderApis now = apis;
    now.audits().forEach(this::compare);
    now.limits().forEach(this::lower);
  }

  private void compare(String provider, BillAudit audit) {
    Instant now = clock.instant();
    LocalDate day = BillAudit.lastDay(now);
    if (day.equals(compared.get(provider))) {
      return;
    }
    String bill = "bill of " + provider;
    try {
      SortedMap<LocalDate, Long> counted = counted(provider, now);
      Instant begun = tollgate.begin("audit/" + provider);
      audit.compare(counted, begun, now).ifPresent(tollgate::report);
      compared.put(provider, day);
      failures.remove(bill);
    } catch (StoreException unanswered) {
      LOG.log(Level.DEBUG, "the " + bill + " is compared when the store answers again");
    } catch (ProviderApiException failed) {
      failed(bill, provider, Alert.Kind.BILL_DRIFT, failed);
    }
  }

  /** What the provider's calls have cost, in nano-USD, on the days of UTC that had any. */
  private SortedMap<LocalDate, Long> counted(String provider, Instant now) throws StoreException {
    SortedMap<LocalDate, Long> days = new TreeMap<>();
    tollgate
        .analytics()
        .history(Analytics.Dimension.PROVIDER, provider, Resolution.DAY, now.minus(COUNTED), now)
        .forEach(
            point ->
                days.put(
                    LocalDate.ofInstant(point.start(), ZoneOffset.UTC),
                    point.totals().costNanoUsd()));
    return days;
  }

  private void lower(String provider, OwnLimit own) {
    Instant now = clock.instant();
    Lowered today = new Lowered(LocalDate.ofInstant(now, ZoneOffset.UTC), own.nanoUsd());
    if (today.equals(lowered.get(provider))) {
      return;
    }
    try {
      tell(provider, own.limit().lowerTo(own.nanoUsd()), now);
      lowered.put(provider, today);
      failures.remove("limit at " + provider);
    } catch (ProviderApiException failed) {
      failed("limit at " + provider, provider, Alert.Kind.PROVIDER_LIMIT_SET, failed);
    }
  }

  private void tell(String provider, SpendLimit.Result result, Instant now) {
    String message = "the limit at " + provider + " itself " + what(result);
    if (result.change() == SpendLimit.Change.KEPT) {
      LOG.log(Level.INFO, message);
      return;
    }
    LOG.log(Level.WARNING, message);
    Map<String, String> details =
        Map.of(
            "change", result.change().name(),
            "beforeUsd", result.before().map(BigDecimal::toPlainString).orElse("none"),
            "nowUsd", result.now().toPlainString());
    tollgate.report(new Alert(Alert.Kind.PROVIDER_LIMIT_SET, now, provider, message, details));
  }

  private static String what(SpendLimit.Result result) {
    String now = result.now().toPlainString() + " USD";
    return switch (result.change()) {
      case SET -> "was set to " + now;
      case LOWERED ->
          "was lowered from " + result.before().orElseThrow().toPlainString() + " to " + now;
      case KEPT -> "stays at " + now + ", which is not above the hard limit";
      case NOT_COMPARABLE ->
          "stays at " + now + ", over another window than the hard limit: change it there";
    };
  }

  /** Logs it once for each reason, and tells it once when it has failed for a day. */
  private void failed(String what, String provider, Alert.Kind kind, ProviderApiException failed) {
    Instant now = clock.instant();
    String reason = String.valueOf(failed.getMessage());
    Failure before = failures.getOrDefault(what, new Failure(now, "", false));
    if (!reason.equals(before.reason())) {
      LOG.log(Level.WARNING, "the " + what + " is tried again in about an hour: " + reason);
    }
    boolean lasts = !now.isBefore(before.since().plus(TOLERATED));
    if (lasts && !before.told()) {
      String message = "the " + what + " has failed for a day, and is tried on: " + reason;
      tollgate.report(
          new Alert(kind, now, provider, message, Map.of("since", before.since().toString())));
    }
    failures.put(what, new Failure(before.since(), reason, before.told() || lasts));
  }

  @Override
  public synchronized void close() {
    polling.ifPresent(Polling::close);
    polling = Optional.empty();
  }
}
