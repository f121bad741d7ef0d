package dev.tollgate.providers;

import dev.tollgate.Alert;
import dev.tollgate.Money;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Compares a provider's bill with what was counted here, over the same days of UTC: from the first
 * of a month to the latest day that is long enough over for the provider to have billed it.
 * Immutable, thread-safe.
 */
public final class BillAudit {

  /** How long after its end a day is taken for billed: 12 hours. */
  public static final Duration LAG = Duration.ofHours(12);

  /** Differences up to a dollar are never told. */
  private static final long TOLERATED_NANO_USD = 1_000_000_000L;

  private final String provider;
  private final BillReader bills;
  private final int tolerancePercent;

  /**
   * @param provider the budget's name
   * @param tolerancePercent of the larger amount, up to which a difference is not told: 1 to 100
   */
  public BillAudit(String provider, BillReader bills, int tolerancePercent) {
    this.provider = provider;
    this.bills = bills;
    this.tolerancePercent = tolerancePercent;
  }

  /** The latest day that can be compared. */
  public static LocalDate lastDay(Instant now) {
    return LocalDate.ofInstant(now.minus(LAG), ZoneOffset.UTC).minusDays(1);
  }

  /**
   * Reads the bill and compares it. A day that the bill does not tell was not billed, and on a day
   * that is not counted there were no calls: all that is billed then has passed by. The first day
   * may have been counted in part, and is not compared.
   *
   * @param counted nano-USD by day of UTC
   * @param begun when calls began to be counted, if that was before the first day that has any
   * @return what to tell if they differ too much
   * @throws ProviderApiException when the bill could not be read
   */
  public Optional<Alert> compare(SortedMap<LocalDate, Long> counted, Instant begun, Instant now)
      throws ProviderApiException {
    LocalDate last = lastDay(now);
    LocalDate partly = firstDay(counted, begun);
    if (!partly.isBefore(last)) {
      return Optional.empty();
    }
    LocalDate monthsFirst = last.withDayOfMonth(1);
    LocalDate wholeFirst = partly.plusDays(1);
    LocalDate first = wholeFirst.isAfter(monthsFirst) ? wholeFirst : monthsFirst;
    long billed = sum(bills.read(first, last).nanoUsd());
    long here = sum(counted.subMap(first, last.plusDays(1)));
    return differ(billed, here)
        ? Optional.of(alert(first, last, billed, here, now))
        : Optional.empty();
  }

  private static LocalDate firstDay(SortedMap<LocalDate, Long> counted, Instant begun) {
    LocalDate day = LocalDate.ofInstant(begun, ZoneOffset.UTC);
    return counted.isEmpty() || day.isBefore(counted.firstKey()) ? day : counted.firstKey();
  }

  private static long sum(SortedMap<LocalDate, Long> days) {
    return days.values().stream().mapToLong(Long::longValue).sum();
  }

  private boolean differ(long billed, long counted) {
    long tolerated = Math.max(billed, counted) / 100 * tolerancePercent;
    return Math.abs(billed - counted) > Math.max(TOLERATED_NANO_USD, tolerated);
  }

  private Alert alert(LocalDate first, LocalDate last, long billed, long counted, Instant now) {
    String message =
        provider
            + " billed "
            + usd(billed)
            + " USD from "
            + first
            + " to "
            + last
            + " UTC, while calls of "
            + usd(counted)
            + " USD were counted here: "
            + (billed > counted
                ? "others may use the key, or calls pass that are not counted, or prices are wrong"
                : "prices may be wrong, or the bill is of another project");
    return new Alert(
        Alert.Kind.BILL_DRIFT,
        now,
        provider,
        message,
        Map.of(
            "from", first.toString(),
            "to", last.toString(),
            "billedUsd", usd(billed),
            "countedUsd", usd(counted)));
  }

  /** A bill may be a credit. */
  private static String usd(long nanoUsd) {
    String dollars = Money.usd(Math.abs(nanoUsd)).toPlainString();
    return nanoUsd < 0 ? "-" + dollars : dollars;
  }
}
