package dev.tollgate.dashboard;

import dev.tollgate.Alert;
import dev.tollgate.Call;
import dev.tollgate.CallListener;
import dev.tollgate.CallRecord;
import dev.tollgate.Decision;
import dev.tollgate.Usage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Counts calls. A request that both the filter and an annotated method decide is two decisions.
 * Thread-safe.
 */
final class CallMetrics implements CallListener {

  /**
   * Callers name models, so there may be many: of those that have a price, and of others. So no
   * made-up name takes the place of one that costs money.
   */
  static final int MAX_MODELS = 100;

  static final String OTHER_MODEL = "other";
  private static final String OPERATION = "chat";

  private final List<Meters> meters;
  private final BooleanSupplier genAi;
  private final InstantSource clock;
  private final Consumer<Alert> alerted = this::count;
  private final Predicate<String> priced;
  private final Set<String> pricedModels = ConcurrentHashMap.newKeySet();
  private final Set<String> otherModels = ConcurrentHashMap.newKeySet();

  /**
   * @param genAi whether tokens are counted under the names of OpenTelemetry's conventions for
   *     generative AI, rather than under the product's own
   * @param priced whether a model has a price
   */
  CallMetrics(
      List<Meters> meters, BooleanSupplier genAi, Predicate<String> priced, InstantSource clock) {
    this.meters = List.copyOf(meters);
    this.genAi = genAi;
    this.priced = priced;
    this.clock = clock;
  }

  @Override
  public void decided(Decision decision) {
    Call call = decision.call();
    String route = call.route();
    String tier = call.caller().tier();
    record(Instrument.DECISIONS, 1, route, tier, name(decision));
    if (decision.shadowed().orElse(decision) instanceof Decision.Refused refused) {
      record(Instrument.REFUSALS, 1, route, tier, name(refused.refusal()));
    }
  }

  @Override
  public void charged(Call call, Usage usage, CallRecord charged) {
    String route = call.route();
    String tier = call.caller().tier();
    String model = bounded(charged.model());
    record(Instrument.CALLS, 1, route, tier, model, Words.dashed(charged.outcome()));
    record(Instrument.COST, charged.costNanoUsd(), route, tier, model);
    if (genAi.getAsBoolean()) {
      recordGenAi(call, usage, charged, model);
      return;
    }
    record(Instrument.TOKENS, usage.inputTokens(), route, tier, model, "input");
    record(Instrument.TOKENS, usage.cacheReadTokens(), route, tier, model, "cache-read");
    record(Instrument.TOKENS, usage.cacheWriteTokens(), route, tier, model, "cache-write");
    record(Instrument.TOKENS, usage.outputTokens(), route, tier, model, "output");
    record(Instrument.TOKENS, usage.reasoningTokens(), route, tier, model, "reasoning");
  }

  private void recordGenAi(Call call, Usage usage, CallRecord charged, String model) {
    String provider = GenAiProvider.of(charged.model());
    String asked = bounded(call.model());
    long millis = Math.max(0, Duration.between(charged.at(), clock.instant()).toMillis());
    record(Instrument.GENAI_DURATION, millis, OPERATION, provider, asked, model);
    Instrument tokens = Instrument.GENAI_TOKENS;
    record(tokens, usage.inputTokens(), OPERATION, provider, asked, model, "input");
    record(tokens, usage.outputTokens(), OPERATION, provider, asked, model, "output");
  }

  /** Counts alerts; always the same. */
  Consumer<Alert> listener() {
    return alerted;
  }

  private void count(Alert alert) {
    record(Instrument.ALERTS, 1, Words.dashed(alert.kind()));
  }

  private void record(Instrument instrument, long amount, String... labels) {
    meters.forEach(meter -> meter.record(instrument, amount, List.of(labels)));
  }

  private String bounded(String model) {
    boolean known =
        pricedModels.contains(model)
            || otherModels.contains(model)
            || hasPlace(priced.test(model) ? pricedModels : otherModels, model);
    return known ? model : OTHER_MODEL;
  }

  private static boolean hasPlace(Set<String> models, String model) {
    return models.size() < MAX_MODELS && models.add(model);
  }

  private static String name(Decision decision) {
    if (decision instanceof Decision.Shadowed shadowed) {
      return "shadow-" + name(shadowed.wouldBe());
    }
    return dashed(decision);
  }

  private static String name(Decision.Refusal refusal) {
    return dashed(refusal);
  }

  /** {@code limit-exceeded} of a {@code LimitExceeded}. */
  private static String dashed(Object object) {
    return object
        .getClass()
        .getSimpleName()
        .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
        .toLowerCase(Locale.ROOT);
  }
}
