package dev.tollgate;

import dev.tollgate.Decision.Refusal.SpendHalted;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Durability;
import dev.tollgate.store.Hold;
import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Receipt.Outcome;
import dev.tollgate.store.Request;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The engine: lets calls in, restricts them or refuses them, and charges what they used.
 *
 * <p>Thread-safe. One for an application; it owns one daemon thread, and one for each listener that
 * is being told something, unless it is given another background. They end with {@link #close}.
 */
public final class Tollgate implements AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");
  private static final Duration PROBE_PERIOD = Duration.ofMillis(500);
  private static final Duration CALLS_PERIOD = Duration.ofSeconds(5);
  private static final Duration OVERRIDES_PERIOD = Duration.ofSeconds(5);
  private static final long CLOSE_MILLIS = 5000;
  private static final long LISTENERS_MILLIS = 2000;
  private static final Duration UNAVAILABLE_PAUSE = Duration.ofSeconds(1);

  private final StoreGuard guard;
  private final Store unlimited;
  private final long holdMicros;
  private final InstantSource clock;
  private final ScheduledExecutorService background;
  private final ListenerThreads listenerThreads = new ListenerThreads();
  private final AlertQueue alerts;
  private final CallerCensus census;
  private final Budgets budgets;
  private final SpendBreakers breakers;
  private final HaltedDemand haltedDemand;
  private final AlertJournal alertJournal;
  private final AuditJournal auditJournal;
  private final CallerOverrides overrides;
  private final CallListeners listeners = new CallListeners();
  private final CallLedger calls;
  private final Analytics analytics;
  private final OutputForecast forecast = new OutputForecast();
  private final ReservationIds ids;
  private final Notices notices;
  private final Reservation.Ending ending;
  private volatile Rules rules;
  private volatile @Nullable Thread backgroundThread;
  private boolean reportedDegraded;

  private Tollgate(Builder builder) {
    clock = builder.clock;
    ids = builder.ids;
    unlimited = new UnlimitedStore(clock);
    guard = new StoreGuard(builder.store, fallback(builder));
    holdMicros = builder.holdFor.toNanos() / 1000;
    rules = new Rules(builder.policies);
    background = builder.background == null ? newBackground() : builder.background;
    boolean isOwn = builder.background == null;
    alerts =
        new AlertQueue(
            background,
            new AlertClaims(guard, ids)::isMine,
            isOwn ? listenerThreads : Runnable::run);
    alertJournal = new AlertJournal(guard, ids);
    auditJournal = new AuditJournal(guard);
    overrides = new CallerOverrides(guard, clock);
    alerts.keep(alertJournal::add);
    builder.listeners.forEach(alerts::listen);
    calls = new CallLedger(guard.rollups(), ids.next(), this::policies, clock);
    listeners.add(calls);
    analytics = new Analytics(guard.rollups());
    census = new CallerCensus(guard, this::policies, clock);
    listeners.add(census);
    budgets = new Budgets(guard, ids, clock, alerts::send, census::most);
    budgets.reload(builder.policies.spending());
    notices = new Notices(alerts::send, clock);
    probe();
    overrides.refresh();
    breakers =
        new SpendBreakers(
            builder.policies,
            guard,
            clock,
            ids.next(),
            isOwn ? listenerThreads : background,
            alerts::send);
    haltedDemand =
        new HaltedDemand(guard, () -> new MemoryStore(builder.maxCallers, clock), forecast);
    breakers.pauses().onEnd(Criticality.BACKGROUND, haltedDemand::forget);
    ending = new Settling(guard, forecast, breakers, listeners, notices);
    repeat(this::probe, PROBE_PERIOD);
    repeat(() -> guard.newDurability().ifPresent(builder.onDurability), PROBE_PERIOD);
    repeat(census::tend, CALLS_PERIOD);
    repeat(budgets::tend, PROBE_PERIOD);
    repeat(calls::flush, builder.sumsEvery);
    repeat(notices::otherUnpriced, CALLS_PERIOD);
    repeat(overrides::refresh, OVERRIDES_PERIOD);
    repeat(breakers::tick, SpendBreakers.PERIOD);
  }

  private void repeat(Runnable task, Duration period) {
    background.scheduleWithFixedDelay(
        () -> run(task), period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException broken) {
      // an executor ends a periodic task that throws: money would stay leased for good
      LOGGER.log(System.Logger.Level.ERROR, "a task beside calls failed", broken);
    }
  }

  private Optional<Store> fallback(Builder builder) {
    return switch (builder.onStoreFailure) {
      case LOCAL ->
          Optional.of(
              new LocalShareStore(new MemoryStore(builder.maxCallers, clock), builder.nodes));
      case OPEN -> Optional.of(unlimited);
      case CLOSED -> Optional.empty();
    };
  }

  private ScheduledExecutorService newBackground() {
    return Executors.newSingleThreadScheduledExecutor(
        task -> {
          Thread thread = new Thread(task, "tollgate-background");
          thread.setDaemon(true);
          backgroundThread = thread;
          return thread;
        });
  }

  /**
   * An engine that decides by these policies.
   *
   * @param policies can be replaced by {@link #reload}
   * @param store is closed with the engine
   */
  public static Builder builder(Policies policies, Store store) {
    return new Builder(policies, store);
  }

  /**
   * Lets a call in, restricts it or refuses it. A refused call is not charged, anywhere.
   *
   * @throws IllegalArgumentException when the caller's tier or the route does not exist
   */
  public Decision reserve(Call call) {
    Rules now = rules;
    Plan plan = plan(now, call);
    notices.unpriced(now.policies(), call.model());
    String id = ids.next();
    Optional<Decision> halted = blocked(call).or(() -> halted(now.policies(), plan, call, id));
    Decision made =
        now.policies().shadow()
            ? halted
                .<Decision>map(
                    wouldBe ->
                        new Decision.Shadowed(
                            call, shadow(now.policies(), plan, call, id).orThrow(), wouldBe))
                .orElseGet(() -> shadow(now.policies(), plan, call, id))
            : halted.orElseGet(() -> decide(now.policies(), plan, call, id));
    listeners.decided(made);
    return made;
  }

  private Plan plan(Rules now, Call call) {
    Caller caller = call.caller();
    return now.plan(caller.tier(), call.route(), overrides.percent(caller.id()));
  }

  private Optional<Decision> blocked(Call call) {
    return overrides
        .refusal(call.caller().id())
        .map(blocked -> new Decision.Refused(call, List.of(), blocked));
  }

  /** The refusal of a call that a breaker halts. In shadow mode it goes on and costs. */
  private Optional<Decision> halted(Policies policies, Plan plan, Call call, String id) {
    Optional<SpendHalted> halted = breakers.halt(call, plan.criticality(call), id);
    if (halted.isPresent() && !policies.shadow() && !policies.prices().refuses(call.model())) {
      long demand = haltedDemand.of(plan, call, plan.charges(call, likely(call)), id);
      breakers.refused(halted.get(), demand);
    }
    return halted.map(refusal -> new Decision.Refused(call, List.of(), refusal));
  }

  private Decision decide(Policies policies, Plan plan, Call call, String id) {
    return policies.prices().refuses(call.model()) ? unpriced(call) : decide(plan, call, id);
  }

  private Decision shadow(Policies policies, Plan plan, Call call, String id) {
    return shadow(plan, call, decide(policies, plan, call, id), id);
  }

  private Decision decide(Plan plan, Call call, String id) {
    BudgetClaim claim =
        call.settled()
            ? budgets.claim(call, call.model(), plan.criticality(call), plan.worstCost(call))
            : BudgetClaim.NONE;
    return claim.refusal().isPresent()
        ? new Decision.Refused(call, List.of(), claim.refusal().get())
        : decide(plan, call, id, claim);
  }

  private Decision decide(Plan plan, Call call, String id, BudgetClaim claim) {
    List<Charge> charges = plan.charges(call, likely(call));
    Request request =
        new Request(
            call.caller().id(),
            id,
            charges,
            call.settled() ? holdMicros : 0,
            call.settled() ? memo(plan, call, id) : "");
    Decision decision =
        guard
            .reserve(request)
            .map(answer -> decision(plan, call, charges, answer, claim))
            .orElseGet(() -> unavailable(call));
    if (decision instanceof Decision.Refused) {
      claim.cancel();
    }
    return decision;
  }

  /**
   * What {@link #reserve} would decide now; charges nothing. Its reservation, if it has one, is
   * ended.
   *
   * @throws IllegalArgumentException when the caller's tier or the route does not exist
   */
  public Decision check(Call call) {
    Decision unblocked = checkUnblocked(call);
    return overrides
        .refusal(call.caller().id())
        .<Decision>map(blocked -> new Decision.Refused(call, unblocked.limits(), blocked))
        .orElse(unblocked);
  }

  private Decision checkUnblocked(Call call) {
    Rules now = rules;
    Plan plan = plan(now, call);
    if (now.policies().prices().refuses(call.model())) {
      return unpriced(call);
    }
    Optional<Decision.Refusal> unpaid =
        call.settled()
            ? budgets.check(call, plan.criticality(call), plan.worstCost(call))
            : Optional.empty();
    if (unpaid.isPresent()) {
      return new Decision.Refused(call, List.of(), unpaid.get());
    }
    try {
      List<Charge> charges = plan.charges(call, likely(call));
      Receipt receipt = guard.read(call.caller().id(), charges);
      Hold nothing = new Hold(call.caller().id(), "check", 0, List.of());
      Receipt answer =
          new Receipt(
              receipt.outcome(), receipt.atMicros(), receipt.balances(), Optional.of(nothing));
      Decision decision =
          decision(
              plan, call, charges, new StoreGuard.Answer(unlimited, answer), BudgetClaim.UNCLAIMED);
      if (decision instanceof Decision.Refused) {
        return decision;
      }
      decision.orThrow().cancel();
      return breakers
          .halt(call, plan.criticality(call), ids.next())
          .<Decision>map(halted -> new Decision.Refused(call, decision.limits(), halted))
          .orElse(decision);
    } catch (StoreException unanswered) {
      return unavailable(call);
    }
  }

  /**
   * The caller's limits on a route, as they stand; empty when the store does not answer.
   *
   * @throws IllegalArgumentException when the caller's tier or the route does not exist
   */
  public List<LimitState> limits(Caller caller, String route) {
    return check(Call.of(caller, route).requests(0)).limits();
  }

  /**
   * Until when a caller's use counts as abnormal: what becomes of its calls until then is the
   * {@link AnomalyPolicy}'s. Empty when it does not count so, when nobody watches the tier, and
   * when the store does not answer.
   *
   * @throws IllegalArgumentException when the caller's tier does not exist
   */
  public Optional<Instant> abnormalUntil(Caller caller) {
    Policies now = policies();
    Optional<AnomalyWatch> watch =
        AnomalyWatch.of(now.spending().anomalies(), now.tier(caller.tier()));
    if (watch.isEmpty()) {
      return Optional.empty();
    }
    try {
      return watch.get().until(guard.read(caller.id(), List.of(watch.get().charge())));
    } catch (StoreException unanswered) {
      return Optional.empty();
    }
  }

  /** The caller's latest calls, newest first; empty when the store does not answer. */
  public List<CallRecord> calls(Caller caller) {
    try {
      return calls(caller.id());
    } catch (StoreException unanswered) {
      return List.of();
    }
  }

  private List<CallRecord> calls(String caller) throws StoreException {
    return guard.rows(caller).stream().map(CallRecord::ofRow).flatMap(Optional::stream).toList();
  }

  /**
   * The tier that a caller had at the latest call that is known, ended or under way. Empty when
   * none is, for refused calls leave no trace, and when the store does not answer.
   *
   * @param caller the caller's id
   */
  public Optional<String> lastTier(String caller) {
    try {
      return Stream.concat(calls(caller).stream(), openCalls(caller).stream().map(OpenCall::call))
          .filter(call -> !call.tier().isEmpty())
          .max(Comparator.comparing(CallRecord::at))
          .map(CallRecord::tier);
    } catch (StoreException unanswered) {
      return Optional.empty();
    }
  }

  /**
   * The latest alerts about a caller that any process told, newest first, at most 20; empty when
   * the store does not answer.
   */
  public List<Alert> alerts(Caller caller) {
    return alertJournal.of(caller);
  }

  /**
   * The latest alerts that any process told, newest first, at most 50; empty when the store does
   * not answer.
   */
  public List<Alert> alerts() {
    return alertJournal.latest();
  }

  /**
   * The latest alerts about callers whose use was abnormal that any process told, newest first, at
   * most 50; empty when the store does not answer. The detail {@code tier} is the caller's.
   */
  public List<Alert> anomalies() {
    return alertJournal.latest(Alert.Kind.ANOMALY);
  }

  /**
   * Keeps what an operator has done, for all processes, and logs it.
   *
   * @throws StoreException when it was logged only: the store does not answer
   */
  public void audit(AuditRow row) throws StoreException {
    auditJournal.add(row);
  }

  /**
   * When something was begun: now, unless a process that shares the store, or one before it, has
   * begun it already.
   *
   * @param what 1 to 200 characters, the same in all processes
   * @throws StoreException when the store does not answer; ask again
   */
  public Instant begin(String what) throws StoreException {
    SharedDocument document = new SharedDocument(guard, "begun/" + what);
    String now = clock.instant().toString();
    return Instant.parse(document.change(before -> before.isEmpty() ? now : before));
  }

  /** What operators have done, newest first; empty when the store does not answer. */
  public List<AuditRow> audits() {
    return auditJournal.rows();
  }

  /**
   * Decides for one caller otherwise until a date, in the place of an earlier override: in this
   * process at once, in those that share its store within seconds.
   *
   * @throws IllegalArgumentException when it ends in the past, or more than {@link
   *     CallerOverride#MAX_TIME} from now
   * @throws IllegalStateException when there is no room for another one: 500 are in force, or fewer
   *     with long texts
   * @throws StoreException when the store does not answer; ask again
   */
  public void override(CallerOverride override) throws StoreException {
    overrides.put(override);
  }

  /**
   * Ends the override of a caller, if there is one, as fast as {@link #override} begins one.
   *
   * @param caller the caller's id
   * @throws StoreException when the store does not answer; ask again
   */
  public void endOverride(String caller) throws StoreException {
    overrides.end(caller);
  }

  /** The overrides in force, as this process knows them: the one that ends first comes first. */
  public List<CallerOverride> overrides() {
    return overrides.inForce();
  }

  /**
   * Counts a caller anew: all that was used is forgotten, and so is that it was abnormal. Calls
   * under way are charged when they end. Providers' budgets and what was spent stay as they are.
   *
   * @param caller the caller's id
   * @throws StoreException when the store does not answer; ask again
   */
  public void reset(String caller) throws StoreException {
    guard.reset(caller);
  }

  /**
   * A caller's calls under way that nobody has settled yet: the one that expires first comes first,
   * at most {@link Store#MAX_TOLD_HOLDS}.
   *
   * @param caller the caller's id
   * @throws StoreException when the store does not answer
   */
  public List<OpenCall> openCalls(String caller) throws StoreException {
    return guard.openHolds(caller).stream().map(OpenCall::of).flatMap(Optional::stream).toList();
  }

  /**
   * Gives back what a caller's open call holds of its limits, before it expires by itself. If the
   * call ends after all, it is charged what it used. Its provider's budget is not touched: its
   * money may be gone.
   *
   * @param caller the caller's id
   * @param id the reservation's
   * @return false when no such call is open any more
   * @throws StoreException when the store does not answer; ask again
   */
  public boolean release(String caller, String id) throws StoreException {
    return guard.expire(caller, id);
  }

  /** What an estimate costs in nano-USD at the model's price if nothing is cached. */
  public long cost(String model, Estimate estimate) {
    return rules.policies().prices().price(model).cost(estimate.toUsage());
  }

  /** The policies in force. */
  public Policies policies() {
    return rules.policies();
  }

  /** Decides by other policies from now on; what was counted stays counted. */
  public void reload(Policies policies) {
    rules = new Rules(policies);
    budgets.reload(policies.spending());
    breakers.use(policies);
  }

  /** How the providers' budgets stand, one question to the store for each. */
  public List<BudgetStatus> budgets() {
    return budgets.statuses();
  }

  /**
   * Lets the calls of a provider in again that are refused because it said that its limit is
   * reached, in all processes.
   *
   * @throws IllegalArgumentException when the provider has no budget
   */
  public void release(String provider) {
    budgets.release(provider);
  }

  /**
   * Whether calls of this criticality are halted anywhere, as this process knows it: optional ones
   * while some breaker is open, background ones until all of them are closed again. Never in shadow
   * mode. Costs nothing to ask.
   */
  public boolean paused(Criticality criticality) {
    return breakers.pauses().contains(criticality);
  }

  /**
   * Runs a listener each time that {@link #paused} turns false for this criticality: in every
   * process, whichever of them finds out first and sends the alert. It runs on a thread for itself
   * and may take its time; what ends meanwhile is told once, after it.
   */
  public void onResume(Criticality criticality, Runnable listener) {
    breakers.pauses().onEnd(criticality, listener);
  }

  /** The scopes that breakers watch, the application first. */
  public List<BreakerStatus> breakers() {
    return breakers.statuses();
  }

  /**
   * {@link #control(SpendScope, BreakerControl, Duration)} for {@link BreakerControl#USUAL_TIME}.
   */
  public void control(SpendScope scope, BreakerControl control) {
    control(scope, control, BreakerControl.USUAL_TIME);
  }

  /**
   * Sets a breaker by hand: in this process at once, in those that share its store within seconds.
   * While the store does not answer, they are told when it does again. When the time is over the
   * breaker goes by the speed of spending again, which is told as an alert.
   *
   * @param time to the minute, upwards: a minute to {@link BreakerControl#MAX_TIME}; of no account
   *     for {@link BreakerControl#AUTOMATIC}
   * @throws IllegalArgumentException when the scope is not watched, or the time out of its range
   */
  public void control(SpendScope scope, BreakerControl control, Duration time) {
    breakers.control(scope, control, time);
  }

  /**
   * Tells a listener of every alert, one after the other, on a thread for itself: it may take its
   * time. While {@link AlertQueue#CAPACITY} wait for it, further ones are dropped and counted in
   * {@link Health#droppedAlerts}.
   */
  public void onAlert(Consumer<Alert> listener) {
    alerts.listen(listener);
  }

  /** Tells the listeners something that the engine itself does not see. */
  public void report(Alert alert) {
    alerts.send(alert);
  }

  /** Undoes {@link #onAlert}. */
  public void removeListener(Consumer<Alert> listener) {
    alerts.unlisten(listener);
  }

  /** Tells a listener of every call from now on. */
  public void onCall(CallListener listener) {
    listeners.add(listener);
  }

  /** Undoes {@link #onCall}. */
  public void removeListener(CallListener listener) {
    listeners.remove(listener);
  }

  /** What was spent, over all processes and time. */
  public Analytics analytics() {
    return analytics;
  }

  public Health health() {
    return new Health(guard.isDegraded(), guard.journalled(), guard.lost(), alerts.dropped());
  }

  /**
   * Brings to the store what it does not know, tells the last alerts, ends the engine's threads and
   * closes its store. Listeners have two seconds for what waits for them; then they are
   * interrupted, and what is left is counted and logged. Idempotent.
   */
  @Override
  public void close() {
    endBackground();
    calls.flush();
    budgets.close();
    breakers.tick();
    alerts.finish();
    listenerThreads.finish(LISTENERS_MILLIS);
    alerts.close();
    listenerThreads.close();
    guard.close();
  }

  private void endBackground() {
    background.shutdownNow();
    try {
      Thread thread = backgroundThread;
      if (thread != null) {
        thread.join(CLOSE_MILLIS);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Decision decision(
      Plan plan, Call call, List<Charge> charges, StoreGuard.Answer answer, BudgetClaim claimed) {
    Receipt receipt = answer.receipt();
    List<LimitState> states = plan.states(receipt);
    notices.crossed(plan, call.caller(), receipt);
    if (receipt.outcome() == Outcome.REFUSED) {
      return new Decision.Refused(call, states, refusal(plan, receipt, states));
    }
    boolean restricted = receipt.outcome() == Outcome.REDUCED;
    Restriction restriction = restricted ? plan.tier().restriction() : Restriction.NONE;
    BudgetClaim claim = restricted ? restricted(plan, call, claimed) : claimed;
    if (claim.refusal().isPresent()) {
      guard.cancel(answer.store(), receipt.admitted().orElseThrow());
      return new Decision.Refused(call, states, claim.refusal().get());
    }
    Reservation reservation =
        new Reservation(
            call,
            restriction,
            restricted ? restriction.clamp(call.estimate()) : likely(call),
            plan,
            answer.store(),
            receipt.admitted().orElseThrow(),
            claim,
            LimitState.instant(receipt.atMicros()),
            ending);
    return restricted
        ? new Decision.Restricted(
            call, states, reservation, restriction, causes(plan, charges, receipt, states))
        : new Decision.Admitted(call, states, reservation);
  }

  private static Decision.Refusal refusal(Plan plan, Receipt receipt, List<LimitState> states) {
    return plan.watch().flatMap(watch -> watch.refusal(receipt)).orElseGet(() -> refusal(states));
  }

  private BudgetClaim restricted(Plan plan, Call call, BudgetClaim claim) {
    return call.settled()
        ? budgets.restricted(
            claim,
            call,
            plan.tier().restriction().modelFor(call.model()),
            plan.criticality(call),
            plan.worstRestrictedCost(call))
        : claim;
  }

  private static Decision.Refusal refusal(List<LimitState> states) {
    List<LimitState> exceeded =
        states.stream()
            .filter(state -> !state.fits())
            .sorted(Comparator.comparingLong(LimitState::waitMicros).reversed())
            .toList();
    return exceeded.isEmpty()
        ? new Decision.Refusal.TooManyOpenCalls(UNAVAILABLE_PAUSE)
        : new Decision.Refusal.LimitExceeded(exceeded);
  }

  /** Without the store the limits are a share of the plan's: then those that are used up. */
  private static List<Limit> causes(
      Plan plan, List<Charge> charges, Receipt receipt, List<LimitState> states) {
    List<Limit> causes = plan.causes(charges, receipt);
    return causes.isEmpty() ? usedUp(states) : causes;
  }

  private static List<Limit> usedUp(List<LimitState> states) {
    return states.stream()
        .filter(state -> state.limit().isQuota() && state.remaining() <= 0)
        .map(LimitState::limit)
        .toList();
  }

  private static Decision unpriced(Call call) {
    return new Decision.Refused(call, List.of(), new Decision.Refusal.UnpricedModel(call.model()));
  }

  private static Decision unavailable(Call call) {
    return new Decision.Refused(
        call, List.of(), new Decision.Refusal.StoreUnavailable(UNAVAILABLE_PAUSE));
  }

  /** What was not taken whole is let in uncounted, or counted as restricted but not restricted. */
  private Decision shadow(Plan plan, Call call, Decision decision, String id) {
    if (decision instanceof Decision.Admitted) {
      return decision;
    }
    Store store = unlimited;
    Hold hold = new Hold(call.caller().id(), id, 0, List.of());
    BudgetClaim claim = BudgetClaim.NONE;
    if (decision instanceof Decision.Restricted restricted) {
      store = restricted.reservation().store();
      hold = restricted.reservation().hold();
      claim = restricted.reservation().claim();
    }
    Reservation reservation =
        new Reservation(
            call,
            Restriction.NONE,
            likely(call),
            plan,
            store,
            hold,
            claim,
            clock.instant(),
            ending);
    return new Decision.Shadowed(call, reservation, decision);
  }

  /**
   * What a call will likely use: what is reserved for it, unless it is restricted or near a hard
   * limit. At most its estimate.
   */
  public Estimate likely(Call call) {
    return forecast.likely(call.route(), call.model(), call.estimate());
  }

  private String memo(Plan plan, Call call, String id) {
    Estimate estimate = likely(call);
    return new CallRecord(
            id,
            clock.instant(),
            call.caller().tier(),
            call.route(),
            call.model(),
            estimate.inputTokens(),
            estimate.outputTokens(),
            plan.amounts(call, call.model(), estimate).costNanoUsd(),
            CallRecord.Outcome.UNSETTLED)
        .toRow();
  }

  private void probe() {
    guard.probe();
    boolean degraded = guard.isDegraded();
    if (degraded != reportedDegraded) {
      reportedDegraded = degraded;
      notices.store(degraded);
    }
  }

  /** Settings of an engine. Not thread-safe. */
  public static final class Builder {

    private final Policies policies;
    private final Store store;
    private InstantSource clock = InstantSource.system();
    private OnStoreFailure onStoreFailure = OnStoreFailure.LOCAL;
    private int nodes = 1;
    private int maxCallers = 100_000;
    private ReservationIds ids = new ReservationIds();
    private Duration holdFor = Duration.ofMinutes(5);
    private Duration sumsEvery = CALLS_PERIOD;
    private @Nullable ScheduledExecutorService background;
    private final List<Consumer<Alert>> listeners = new ArrayList<>();
    private Consumer<Durability> onDurability = found -> {};

    private Builder(Policies policies, Store store) {
      this.policies = policies;
      this.store = store;
    }

    /**
     * Hears how well the store keeps what it is told: once it answers, and again when another
     * server may answer. Called beside calls.
     */
    public Builder onDurability(Consumer<Durability> listener) {
      this.onDurability = listener;
      return this;
    }

    /** The clock of alerts and of the fallback; the store has its own. */
    public Builder clock(InstantSource clock) {
      this.clock = clock;
      return this;
    }

    /**
     * Runs what the engine does beside calls, and its listeners, instead of threads of its own.
     *
     * @param background runs one task at a time; is shut down with the engine
     */
    public Builder background(ScheduledExecutorService background) {
      this.background = background;
      return this;
    }

    /**
     * @param nodes how many processes share the store: each keeps its share of the limits while the
     *     store does not answer. 1 or more
     */
    public Builder onStoreFailure(OnStoreFailure onStoreFailure, int nodes) {
      this.onStoreFailure = onStoreFailure;
      this.nodes = nodes;
      return this;
    }

    /**
     * Where what no other process may have, such as ids, comes from; a secure generator unless it
     * is given.
     *
     * @param random other than in any other process of the store
     */
    public Builder random(RandomGenerator random) {
      this.ids = new ReservationIds(random);
      return this;
    }

    /** How many callers the fallback keeps in memory: 1 or more. */
    public Builder maxCallers(int maxCallers) {
      this.maxCallers = maxCallers;
      return this;
    }

    /**
     * How often what was spent is brought to the store's sums over time, 5 seconds unless it is
     * said: what a killed process has not brought is missing in them.
     */
    public Builder sumsEvery(Duration sumsEvery) {
      this.sumsEvery = sumsEvery;
      return this;
    }

    /** How long a reservation may stay unsettled: 1 second to 24 hours. */
    public Builder holdFor(Duration holdFor) {
      this.holdFor = holdFor;
      return this;
    }

    /** A listener that hears every alert from the first on. */
    public Builder onAlert(Consumer<Alert> listener) {
      listeners.add(listener);
      return this;
    }

    public Tollgate build() {
      return new Tollgate(this);
    }
  }
}
