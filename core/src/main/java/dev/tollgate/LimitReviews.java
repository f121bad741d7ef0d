package dev.tollgate;

import dev.tollgate.store.Document;
import dev.tollgate.store.StoreException;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Reviews every provider's hard limit once a month, also where there is none. Which month was
 * reviewed last is a document that all processes share; whoever writes it tells of the review.
 * Thread-safe; {@link #tend} is for the background alone.
 */
final class LimitReviews {

  static final Duration PERIOD = Duration.ofHours(1);

  private final StoreGuard guard;
  private final Analytics analytics;
  private final StoreTime time;
  private final Consumer<Alert> alerts;
  private final Supplier<OptionalLong> callers;

  /** What a month of each provider costs at the latest pace. */
  private volatile Map<String, Long> trailing = Map.of();

  private Instant next = Instant.MIN;

  /**
   * @param callers what callers could cost in a month by their quotas, as far as it is known
   */
  LimitReviews(
      StoreGuard guard, StoreTime time, Consumer<Alert> alerts, Supplier<OptionalLong> callers) {
    this.callers = callers;
    this.guard = guard;
    this.analytics = new Analytics(guard.rollups());
    this.time = time;
    this.alerts = alerts;
  }

  /** How a provider's limit compares with what was spent lately and is expected. */
  BudgetReview of(String provider, Optional<Limit> limit, long expectedMonthly) {
    return BudgetReview.of(
        limit, expectedMonthly, trailing.getOrDefault(provider, 0L), callers.get().orElse(0L));
  }

  /** Looks at what was spent, and tells of the reviews that nobody has told of in this month. */
  void tend(Spending spending) {
    Instant now = time.now();
    if (spending.providers().isEmpty() || now.isBefore(next)) {
      return;
    }
    next = now.plus(PERIOD);
    try {
      trailing = trailing(LocalDate.ofInstant(now, ZoneOffset.UTC)).orElse(trailing);
    } catch (StoreException unanswered) {
      // the pace that was known last serves for another hour
    }
    for (Provider provider : spending.providers()) {
      Optional<Limit> limit = provider.budget().map(ProviderBudget::limit);
      BudgetReview review = of(provider.name(), limit, spending.expectedMonthly(provider.name()));
      if (review.verdict() != BudgetReview.Verdict.UNKNOWN) {
        tellOnce(provider.name(), review, month(limit));
      }
    }
  }

  /** Empty when nothing is known. */
  private Optional<Map<String, Long>> trailing(LocalDate today) throws StoreException {
    List<Analytics.Point> points =
        analytics.spend(
            Analytics.Dimension.PROVIDER,
            Resolution.DAY,
            start(today.minusDays(MonthlyPace.DAYS + 1)),
            start(today),
            Analytics.MAX_NAMES);
    Map<String, SortedMap<LocalDate, Long>> days = new HashMap<>();
    for (Analytics.Point point : points) {
      days.computeIfAbsent(point.name(), absent -> new TreeMap<>())
          .merge(day(point), point.totals().costNanoUsd(), Long::sum);
    }
    // the first day that was counted may be a part of one
    return points.stream()
        .map(LimitReviews::day)
        .min(LocalDate::compareTo)
        .map(first -> paces(days, first.plusDays(1), today));
  }

  private static Map<String, Long> paces(
      Map<String, SortedMap<LocalDate, Long>> days, LocalDate since, LocalDate today) {
    return days.entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, entry -> MonthlyPace.of(entry.getValue(), since, today)));
  }

  private static LocalDate day(Analytics.Point point) {
    return LocalDate.ofInstant(point.start(), ZoneOffset.UTC);
  }

  private static Instant start(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  private String month(Optional<Limit> limit) {
    ZoneId zone = limit.map(of -> ((Window.Calendar) of.window()).zone()).orElse(ZoneOffset.UTC);
    return YearMonth.from(time.now().atZone(zone)).toString();
  }

  private void tellOnce(String provider, BudgetReview review, String month) {
    String name = "limit-review/" + provider;
    try {
      Document document = guard.document(name);
      if (!document.text().equals(month) && guard.replace(name, document.version(), month)) {
        alerts.accept(alert(provider, review, month));
      }
    } catch (StoreException unanswered) {
      // it is told in an hour
    }
  }

  private Alert alert(String provider, BudgetReview review, String month) {
    String expected = usd(review.expectedMonthly());
    String recommended = usd(review.recommended());
    boolean isMissing = review.verdict() == BudgetReview.Verdict.MISSING;
    String configured = isMissing ? "none" : usd(review.configuredMonthly());
    String verdict =
        isMissing
            ? "none is set"
            : configured
                + " is set, which is "
                + review.verdict().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    String callersMost = review.callersMonthly() == 0 ? "" : usd(review.callersMonthly());
    String callersMessage =
        callersMost.isEmpty()
            ? ""
            : "; the quotas of last month's callers allow " + callersMost + " in all";
    return new Alert(
        Alert.Kind.LIMITS_REVIEW,
        time.now(),
        provider,
        month,
        String.format(
            Locale.ROOT,
            "%s is expected to cost at most %s USD a month: a hard limit of %s is recommended, %s%s",
            provider,
            expected,
            recommended,
            verdict,
            callersMessage),
        Map.of(
            "month", month,
            "expectedUsd", expected,
            "recommendedUsd", recommended,
            "configuredUsd", configured,
            "callersUsd", callersMost,
            "verdict", review.verdict().name()));
  }

  private static String usd(long nanoUsd) {
    return Money.usd(nanoUsd).setScale(2, RoundingMode.CEILING).toPlainString();
  }
}
