package dev.tollgate;

import dev.tollgate.store.Balance;
import dev.tollgate.store.Calendar;
import dev.tollgate.store.Document;
import dev.tollgate.store.StoreException;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a provider has cost in this window and the one before, and in which month its limit was
 * reviewed last: kept in a document that all processes share. Whoever writes that a month is
 * reviewed tells of it. Thread-safe.
 */
final class BudgetHistory {

  static final Duration PERIOD = Duration.ofMinutes(10);
  private static final String SEPARATOR = "\t";

  /** What the document says. */
  private record Entry(long startMicros, long posted, long previous, String reviewed) {

    static final Entry NONE = new Entry(0, 0, 0, "");

    static Entry ofText(String text) {
      String[] fields = text.split(SEPARATOR, -1);
      if (fields.length != 4) {
        return NONE;
      }
      try {
        return new Entry(
            Long.parseLong(fields[0]),
            Long.parseLong(fields[1]),
            Long.parseLong(fields[2]),
            fields[3]);
      } catch (NumberFormatException unreadable) {
        return NONE;
      }
    }

    String toText() {
      return String.join(
          SEPARATOR,
          Long.toString(startMicros),
          Long.toString(posted),
          Long.toString(previous),
          reviewed);
    }

    Entry with(Balance now) {
      if (now.startMicros() > startMicros) {
        return new Entry(now.startMicros(), now.posted(), posted, reviewed);
      }
      return now.startMicros() == startMicros
          ? new Entry(startMicros, now.posted(), previous, reviewed)
          : this;
    }

    Entry reviewedIn(String month) {
      return new Entry(startMicros, posted, previous, month);
    }
  }

  private final String provider;
  private final StoreGuard guard;
  private final StoreTime time;
  private final Consumer<Alert> alerts;
  private volatile Entry entry = Entry.NONE;
  private Instant next = Instant.MIN;

  BudgetHistory(String provider, StoreGuard guard, StoreTime time, Consumer<Alert> alerts) {
    this.provider = provider;
    this.guard = guard;
    this.time = time;
    this.alerts = alerts;
  }

  boolean isDue() {
    return !time.now().isBefore(next);
  }

  /**
   * Writes down what is posted, and reviews the limit if nobody has in this month.
   *
   * @throws StoreException when the store does not answer
   */
  void keep(ProviderBudget budget, Balance balance, long expectedMonthly) throws StoreException {
    next = time.now().plus(PERIOD);
    String name = "budget/" + provider;
    Document document = guard.document(name);
    Entry before = Entry.ofText(document.text());
    entry = before.with(balance);
    Window.Calendar calendar = (Window.Calendar) budget.limit().window();
    Calendar.Span window = new Calendar.Span(balance.startMicros(), balance.endMicros());
    BudgetReview review = review(budget, window, balance.posted(), expectedMonthly);
    String month = YearMonth.from(time.now().atZone(calendar.zone())).toString();
    boolean reviews =
        review.verdict() != BudgetReview.Verdict.UNKNOWN && !month.equals(before.reviewed());
    Entry after = reviews ? entry.reviewedIn(month) : entry;
    if (!after.equals(before)
        && guard.replace(name, document.version(), after.toText())
        && reviews) {
      tell(review, month);
    }
  }

  /** How a budget's limit compares with what was spent and is expected. */
  BudgetReview review(
      ProviderBudget budget, Calendar.Span window, long posted, long expectedMonthly) {
    Entry known = entry;
    long previous = known.startMicros() == window.startMicros() ? known.previous() : known.posted();
    return BudgetReview.of(
        budget.limit(), expectedMonthly, window, time.micros(), posted, previous);
  }

  private void tell(BudgetReview review, String month) {
    String verdict = review.verdict().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    String expected = usd(review.expectedMonthly());
    String recommended = usd(review.recommended());
    String configured = usd(review.configuredMonthly());
    alerts.accept(
        new Alert(
            Alert.Kind.LIMITS_REVIEW,
            time.now(),
            provider,
            month,
            String.format(
                Locale.ROOT,
                "%s is expected to cost at most %s USD a month: a hard limit of %s is recommended,"
                    + " %s is set, which is %s",
                provider,
                expected,
                recommended,
                configured,
                verdict),
            Map.of(
                "month", month,
                "expectedUsd", expected,
                "recommendedUsd", recommended,
                "configuredUsd", configured,
                "verdict", review.verdict().name())));
  }

  private static String usd(long nanoUsd) {
    return Money.usd(nanoUsd).setScale(2, RoundingMode.CEILING).toPlainString();
  }
}
