package dev.tollgate;

import dev.tollgate.Alert.Kind;
import dev.tollgate.store.Bucket;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Expiry;
import dev.tollgate.store.Receipt.Outcome;
import dev.tollgate.store.Request;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets one of the processes that share a store tell what all of them notice: the one that takes the
 * only unit of the cause's bucket there. While the store does not answer every process tells it,
 * for twice is better than never.
 *
 * <p>Asks the store, so it runs on the engine's background. Thread-safe.
 */
final class AlertClaims {

  private static final int MAX_REMEMBERED = 10_000;
  private static final Duration TRANSITION = Duration.ofMinutes(2);

  private final StoreGuard guard;
  private final ReservationIds ids;

  /** When this process last noticed a cause: it asks once, however often it notices. */
  private final Map<String, Instant> noticed =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
          return size() > MAX_REMEMBERED;
        }
      };

  AlertClaims(StoreGuard guard, ReservationIds ids) {
    this.guard = guard;
    this.ids = ids;
  }

  /** Whether this process tells the alert. */
  synchronized boolean isMine(Alert alert) {
    Duration period = period(alert.kind());
    if (period.isZero()) {
      return true;
    }
    String account = account(alert);
    Instant before = noticed.get(account);
    if (before != null && alert.at().isBefore(before.plus(period))) {
      return false;
    }
    noticed.remove(account);
    noticed.put(account, alert.at());
    return take(account, period);
  }

  private boolean take(String account, Duration period) {
    Bucket once = new Bucket(1, period.toNanos() / 1000, 1);
    Request request =
        new Request(
            account, ids.next(), List.of(Charge.of("alert", once, 1)), 0, Expiry.RELEASED, "");
    try {
      return guard.reserveInStore(request).outcome() != Outcome.REFUSED;
    } catch (StoreException unanswered) {
      return true;
    }
  }

  private static String account(Alert alert) {
    String account = "alert/" + alert.kind() + "/" + alert.subject();
    if (alert.kind() == Kind.PROVIDER_LIMIT_REACHED) {
      // its cause tells since when: one that was released and reached again is told again
      account += "/" + alert.cause();
    }
    return account.substring(0, Math.min(account.length(), Request.MAX_ACCOUNT_LENGTH));
  }

  /** How long a cause is told once; zero where each alert is a cause of its own. */
  private static Duration period(Kind kind) {
    return switch (kind) {
      // crossed inside the store, so that one process notices
      case QUOTA_REACHED, BUDGET_REACHED, ANOMALY -> Duration.ZERO;
      // told by the process whose writing changed what all share
      case BREAKER_OPENED, BREAKER_HALF_OPENED, BREAKER_CLOSED, LIMITS_REVIEW -> Duration.ZERO;
      // cannot be claimed in a store that does not answer
      case STORE_DEGRADED -> Duration.ZERO;
      case STORE_RECOVERED -> TRANSITION;
      case PROVIDER_LIMIT_REACHED -> Duration.ofHours(1);
      case UNPRICED_MODEL, IMPLAUSIBLE_USAGE -> Duration.ofDays(1);
      // processes ask a provider within some hours of each other, and the next day again
      case BILL_DRIFT, PROVIDER_LIMIT_SET -> Duration.ofHours(20);
    };
  }
}
