package dev.tollgate;

import dev.tollgate.store.Balance;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Request;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;

/** One provider's budget, as this process takes part in it. Thread-safe. */
final class BudgetAccount {

  /** When what is left is leased by other processes: they give back what they do not need. */
  static final Duration PAUSE = Duration.ofSeconds(1);

  /** How often the store is asked where nothing else asks it: for its time, too. */
  static final Duration READ_PERIOD = Duration.ofMinutes(10);

  /** Calls that do not fit into the last 20th of the limit mean that it is reached. */
  private static final long LAST_PART = 20;

  /** No caller's id begins with a control character. */
  private static final String ACCOUNT_PREFIX = "\u0000provider/";

  private final String name;
  private final String counter;
  private final StoreGuard guard;
  private final ReservationIds ids;
  private final StoreTime time;
  private final Consumer<Alert> alerts;
  private final Tranche ordinary;
  private final Tranche essential;
  private final LatchBoard latch;
  private volatile ProviderBudget budget;
  private volatile Optional<Balance> balance = Optional.empty();
  private Instant nextRead = Instant.MIN;
  private long reachedOrdinary = Long.MIN_VALUE;
  private long reachedEssential = Long.MIN_VALUE;

  BudgetAccount(
      ProviderBudget budget,
      StoreGuard guard,
      ReservationIds ids,
      StoreTime time,
      Consumer<Alert> alerts) {
    this.budget = budget;
    this.guard = guard;
    this.ids = ids;
    this.time = time;
    this.alerts = alerts;
    name = ACCOUNT_PREFIX + budget.provider();
    counter = counter(budget);
    ordinary = tranche(ordinaryQuota(budget));
    essential = tranche(quota(budget, budget.limit().amount()));
    latch = new LatchBoard(budget.provider(), guard, time, alerts);
  }

  private Tranche tranche(Quota quota) {
    return new Tranche(
        name, counter, quota, budget.slice(), guard, ids, time, this::unposted, this::heard);
  }

  /** What this process has spent and not posted yet; negative when it has posted ahead. */
  private long unposted() {
    return ordinary.current().unposted() + essential.current().unposted();
  }

  private static String counter(ProviderBudget budget) {
    return "budget/" + budget.limit().name();
  }

  private static Quota ordinaryQuota(ProviderBudget budget) {
    return quota(budget, Math.max(1, budget.limit().amount() - budget.essentialReserve()));
  }

  private static Quota quota(ProviderBudget budget, long hard) {
    List<Long> notices = notices(budget).stream().filter(notice -> notice <= hard).toList();
    return new Quota(
        (Window.Calendar) budget.limit().window(), budget.limit().amount(), hard, hard, notices);
  }

  /** 50, 80 and 100 % of the limit, and where the essential reserve begins. */
  private static List<Long> notices(ProviderBudget budget) {
    long limit = budget.limit().amount();
    TreeSet<Long> notices = new TreeSet<>(List.of(limit / 2, limit * 4 / 5, limit));
    if (budget.essentialReserve() > 0 && budget.essentialReserve() < limit) {
      notices.add(limit - budget.essentialReserve());
    }
    return List.copyOf(notices);
  }

  /** Whether another budget goes on where this one counts. */
  boolean isOf(ProviderBudget other) {
    return budget.provider().equals(other.provider()) && counter.equals(counter(other));
  }

  /** Goes by another limit from now on. */
  void change(ProviderBudget changed) {
    if (!changed.equals(budget)) {
      budget = changed;
      ordinary.change(ordinaryQuota(changed), changed.slice());
      essential.change(quota(changed, changed.limit().amount()), changed.slice());
    }
  }

  /**
   * Takes what a call can cost at most.
   *
   * @param isEssential whether it may use the essential reserve
   */
  BudgetClaim claim(long worst, boolean isEssential) {
    Optional<Decision.Refusal> latched = latch.refusal();
    if (latched.isPresent()) {
      return BudgetClaim.refused(latched.get());
    }
    boolean hasReserve = isEssential && budget.essentialReserve() > 0;
    Optional<Escrow> escrow = ordinary.take(worst);
    if (escrow.isEmpty() && hasReserve) {
      escrow = essential.take(worst);
    }
    return escrow
        .map(found -> BudgetClaim.of(this, found, worst))
        .orElseGet(() -> BudgetClaim.refused(refusal(worst, hasReserve ? essential : ordinary)));
  }

  private Decision.Refusal refusal(long worst, Tranche tranche) {
    return worst > tranche.unspent()
        ? new Decision.Refusal.BudgetExhausted(budget.provider())
        : new Decision.Refusal.BudgetInUse(budget.provider(), PAUSE);
  }

  /** Why {@link #claim} would be refused now; takes nothing. */
  Optional<Decision.Refusal> check(long worst, boolean isEssential) {
    Optional<Decision.Refusal> latched = latch.refusal();
    if (latched.isPresent()) {
      return latched;
    }
    boolean hasReserve = isEssential && budget.essentialReserve() > 0;
    try {
      if (ordinary.has(worst) || (hasReserve && essential.has(worst))) {
        return Optional.empty();
      }
      Balance now = read();
      long hard = (hasReserve ? essential : ordinary).quota().hard();
      return Optional.of(
          worst > hard - now.posted() - unposted()
              ? new Decision.Refusal.BudgetExhausted(budget.provider())
              : new Decision.Refusal.BudgetInUse(budget.provider(), PAUSE));
    } catch (StoreException noAnswer) {
      return Optional.of(new Decision.Refusal.BudgetInUse(budget.provider(), PAUSE));
    }
  }

  private Balance read() throws StoreException {
    Receipt receipt = guard.readInStore(name, List.of(Charge.of(counter, essential.quota(), 0)));
    time.heard(receipt.atMicros());
    Balance read = receipt.balances().get(0);
    balance = Optional.of(read);
    return read;
  }

  void limitReached(String cause, Optional<Instant> until) {
    latch.report(cause, until, windowEnd(), ids.next());
  }

  void release() {
    latch.release(ids.next());
  }

  private Instant windowEnd() {
    return LimitState.instant(essential.quota().calendar().at(time.micros()).endMicros());
  }

  /** What is due besides calls: for the background. */
  void tend() {
    ordinary.tend();
    essential.tend();
    latch.share();
    reachedOrdinary = tellIfReached(ordinary, reachedOrdinary);
    reachedEssential = tellIfReached(essential, reachedEssential);
    if (!time.now().isBefore(nextRead)) {
      nextRead = time.now().plus(READ_PERIOD);
      try {
        read();
      } catch (StoreException noAnswer) {
        balance = Optional.empty();
      }
    }
  }

  /**
   * What is posted rarely reaches the limit to the last cent: when calls do not fit any more, the
   * notice of the limit is crossed all the same, by a charge that reduces to nothing.
   *
   * @return the start of the window that it was told for
   */
  private long tellIfReached(Tranche tranche, long toldFor) {
    long start = tranche.current().window().startMicros();
    Quota quota = tranche.quota();
    if (start == toldFor || tranche.unspent() > quota.limit() / LAST_PART) {
      return toldFor;
    }
    long all = Math.min(Store.MAX_AMOUNT, quota.hard() + 1);
    try {
      Charge nothing = new Charge(counter, quota, all, 0);
      heard(guard.reserveInStore(new Request(name, ids.next(), List.of(nothing), 0, "")));
      return start;
    } catch (StoreException noAnswer) {
      return toldFor;
    }
  }

  /** Tells of the notices that an answer of the store has crossed. */
  private void heard(Receipt receipt) {
    Balance told = receipt.balances().get(0);
    balance = Optional.of(told);
    List<Long> notices = notices(budget);
    int last = Math.min(told.crossedTo(), notices.size());
    for (int i = told.crossedFrom(); i < last; i++) {
      tell(notices.get(i), told, receipt.atMicros());
    }
  }

  private void tell(long notice, Balance balance, long atMicros) {
    Limit limit = budget.limit();
    String percent = Long.toString(percent(notice, limit.amount()));
    alerts.accept(
        new Alert(
            Alert.Kind.BUDGET_REACHED,
            LimitState.instant(atMicros),
            budget.provider(),
            String.join(
                " ",
                limit.name(),
                percent + "%",
                LimitState.instant(balance.startMicros()).toString()),
            message(notice, percent),
            Map.of(
                "percent", percent,
                "limit", limit.name(),
                "limitUsd",
                    Money.usd(limit.amount()).setScale(2, RoundingMode.HALF_UP).toString())));
  }

  private String message(long notice, String percent) {
    String provider = budget.provider();
    if (notice >= budget.limit().amount()) {
      return "the hard limit of " + provider + " is reached: its calls are refused";
    }
    return notice == budget.limit().amount() - budget.essentialReserve()
        ? "only the essential reserve of " + provider + " is left: other calls are refused"
        : percent + " % of the hard limit of " + provider + " is used";
  }

  private static long percent(long amount, long limit) {
    return (200 * amount / limit + 1) / 2;
  }

  /** As it stands now; as it was when the store answered last, if it does not. */
  BudgetStatus status(BudgetReview review) {
    boolean isCurrent = true;
    try {
      read();
    } catch (StoreException noAnswer) {
      isCurrent = false;
    }
    Quota quota = essential.quota();
    dev.tollgate.store.Calendar.Span window = quota.calendar().at(time.micros());
    long posted = 0;
    long leased = 0;
    if (balance.isPresent() && balance.get().startMicros() == window.startMicros()) {
      posted = balance.get().posted();
      leased = balance.get().held();
    }
    return new BudgetStatus(
        budget,
        LimitState.instant(window.startMicros()),
        LimitState.instant(window.endMicros()),
        posted,
        leased,
        ordinary.current().free() + essential.current().free(),
        Optional.of(latch.latch()).filter(now -> now.isLatched(time.now())),
        review,
        isCurrent);
  }

  /** Gives everything back that no call holds. */
  void close() {
    ordinary.close();
    essential.close();
  }

  /** Lets go of a budget that is configured no more: leases end as their calls do. */
  void retire() {
    ordinary.retire();
    essential.retire();
  }

  boolean isClosed() {
    return ordinary.isClosed() && essential.isClosed();
  }
}
