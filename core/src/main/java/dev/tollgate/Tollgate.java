package dev.tollgate;

import dev.tollgate.Decision.Refusal.SpendHalted;
import dev.tollgate.store.Durability;
import dev.tollgate.store.MemoryStore;
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

  private final StoreGuard guard;
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
  private final ReservationIds ids;
  private final Notices notices;
  private final Admission admission;
  private volatile Rules rules;
  private volatile @Nullable Thread backgroundThread;
  private boolean reportedDegraded;

  private Tollgate(Builder builder) {
    clock = builder.clock;
    ids = builder.ids;
    guard = new StoreGuard(builder.store, fallback(builder));
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
    OutputForecast forecast = new OutputForecast();
    haltedDemand =
        new HaltedDemand(guard, () -> new MemoryStore(builder.maxCallers, clock), forecast);
    breakers.pauses().onEnd(Criticality.BACKGROUND, haltedDemand::forget);
    Settling settling = new Settling(guard, forecast, breakers, listeners, notices);
    admission = new Admission(guard, budgets, forecast, notices, settling, builder.holdFor, clock);
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
      case OPEN -> Optional.of(new UnlimitedStore(clock));
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
            ? shadow(now.policies(), plan, call, id, halted)
            : halted.orElseGet(() -> admission.decide(now.policies(), plan, call, id));
    listeners.decided(made);
    return made;
  }

  private Decision shadow(
      Policies policies, Plan plan, Call call, String id, Optional<Decision> halted) {
    Decision decision = admission.shadow(policies, plan, call, id);
    return halted
        .<Decision>map(wouldBe -> new Decision.Shadowed(call, decision.orThrow(), wouldBe))
        .orElse(decision);
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

  /**
   * What {@link #reserve} would decide now; charges nothing. Its reservation, if it has one, is
   * ended.
   *
   * @throws IllegalArgumentException when the caller's tier or the route does not exist
   */
  public Decision check(Call call) {
    Rules now = rules;
    Plan plan = plan(now, call);
    Decision decision = admission.check(now.policies(), plan, call);
    Optional<Decision.Refusal> blocked = overrides.refusal(call.caller().id());
    Optional<? extends Decision.Refusal> refusal =
        blocked.isPresent() || decision instanceof Decision.Refused
            ? blocked
            : breakers.halt(call, plan.criticality(call), ids.next());
    return refusal
        .<Decision>map(first -> new Decision.Refused(call, decision.limits(), first))
        .orElse(decision);
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

  /**
   * What a call will likely use: what is reserved for it, unless it is restricted or near a hard
   * limit. At most its estimate.
   */
  public Estimate likely(Call call) {
    return admission.likely(call);
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
