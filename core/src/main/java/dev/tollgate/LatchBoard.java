package dev.tollgate;

import dev.tollgate.store.Document;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A provider's latch, shared with the other processes through a document of the store. A report and
 * a release hold in this process at once, and in the others within {@link #POLL} and a tick.
 * Thread-safe.
 */
final class LatchBoard {

  static final Duration POLL = Duration.ofSeconds(2);

  private final String provider;
  private final StoreGuard guard;
  private final StoreTime time;
  private final Consumer<Alert> alerts;
  private volatile ProviderLatch latch = ProviderLatch.OPEN;

  /** What the others do not know yet; guarded by this. */
  private @Nullable ProviderLatch unshared;

  /** The report that was told of, so that nobody is told twice; guarded by this. */
  private String told = "";

  private Instant nextPoll = Instant.MIN;

  LatchBoard(String provider, StoreGuard guard, StoreTime time, Consumer<Alert> alerts) {
    this.provider = provider;
    this.guard = guard;
    this.time = time;
    this.alerts = alerts;
  }

  ProviderLatch latch() {
    return latch;
  }

  /** Why calls are refused now; empty when they are not. */
  Optional<Decision.Refusal> refusal() {
    ProviderLatch now = latch;
    if (now == ProviderLatch.OPEN || !now.isLatched(time.now())) {
      return Optional.empty();
    }
    Optional<Duration> wait =
        now.isKnown() ? Optional.of(Duration.between(time.now(), now.until())) : Optional.empty();
    return Optional.of(new Decision.Refusal.BudgetExhausted(provider, wait));
  }

  /** Refuses calls because of what the provider said. Calls under way may say it once more. */
  synchronized void report(
      String cause, Optional<Instant> until, Instant windowEnd, String writer) {
    Instant now = time.now();
    boolean adds = !latch.isLatched(now) || (until.isPresent() && !latch.isKnown());
    if (adds) {
      latch = latch.after(cause, until, now, windowEnd, writer);
      unshared = latch;
    }
  }

  /** Lets calls in again. */
  synchronized void release(String writer) {
    latch = ProviderLatch.released(time.now(), writer);
    unshared = latch;
  }

  /** Tells the other processes, or hears from them. For the background. */
  void share() {
    Instant now = time.now();
    if (!isUnshared() && now.isBefore(nextPoll)) {
      return;
    }
    nextPoll = now.plus(POLL);
    try {
      share(guard.document(name()), now);
    } catch (StoreException noAnswer) {
      tellUnshared();
    }
  }

  private void share(Document document, Instant now) throws StoreException {
    ProviderLatch common = ProviderLatch.ofText(document.text());
    ProviderLatch mine = unsharedNow();
    boolean theirs =
        common.isLatched(now)
            && mine != null
            && mine.isLatched(now)
            && (common.isKnown() || !mine.isKnown());
    if (mine == null || theirs || common.equals(mine)) {
      adopt(common, mine);
      if (common.equals(mine)) {
        tell(common);
      }
    } else if (guard.replace(name(), document.version(), mine.toText())) {
      adopt(mine, mine);
      if (!common.isLatched(now)) {
        tell(mine);
      }
    }
  }

  private String name() {
    return "latch/" + provider;
  }

  private synchronized boolean isUnshared() {
    return unshared != null;
  }

  private synchronized @Nullable ProviderLatch unsharedNow() {
    return unshared;
  }

  private synchronized void adopt(ProviderLatch common, @Nullable ProviderLatch shared) {
    if (unshared == shared) {
      unshared = null;
      latch = common;
    }
  }

  /** Nobody can be asked whether this is known already: telling twice is better than never. */
  private void tellUnshared() {
    ProviderLatch mine = unsharedNow();
    if (mine != null) {
      tell(mine);
    }
  }

  private synchronized void tell(ProviderLatch reported) {
    if (reported.writer().equals(told) || !reported.isLatched(time.now())) {
      return;
    }
    told = reported.writer();
    alerts.accept(
        new Alert(
            Alert.Kind.PROVIDER_LIMIT_REACHED,
            reported.since(),
            provider,
            reported.cause() + " " + reported.since(),
            provider + " says that its limit is reached: " + reported.cause(),
            Map.of("cause", reported.cause(), "until", reported.until().toString())));
  }
}
