package dev.tollgate.simulator;

import dev.tollgate.Alert;
import dev.tollgate.Decision;
import dev.tollgate.Limit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a simulation finds. Bounded: callers beyond {@link #MAX_CALLERS} are counted together.
 * Alerts of breakers and of abnormal callers are kept apart from all others, however many those
 * are.
 *
 * <p>Not thread-safe.
 */
final class Results {

  static final int MAX_CALLERS = 100_000;
  static final String OTHER_CALLERS = "(other callers)";

  private static final String NEARLY_USED_UP = "a quota that is nearly used up";
  private static final int MAX_DRAWN = 480;
  private static final int MAX_BARS = 168;

  private final Survey survey;
  private final Tally total = new Tally();
  private final NavigableMap<String, Tally> tiers = new TreeMap<>();
  private final Map<String, Tally> callers = new HashMap<>();
  private final NavigableMap<String, Long> refusals = new TreeMap<>();
  private final NavigableMap<String, Long> restrictions = new TreeMap<>();
  private final AlertList alerts = new AlertList();
  private final AlertList breaker = new AlertList();
  private final AlertList anomalies = new AlertList();
  private final NavigableMap<Alert.Kind, Long> kinds = new TreeMap<>();
  private final Timeline hours;
  private final Timeline spending;
  private final Timeline bars;
  private long endMicros;

  Results(Survey survey) {
    this.survey = survey;
    long first = survey.firstMicros();
    long last = survey.lastMicros();
    hours = Timeline.hourly(first, last);
    spending = Timeline.drawn(first, last, 1, MAX_DRAWN);
    bars = Timeline.drawn(first, last, 60, MAX_BARS);
    endMicros = last;
  }

  /**
   * Counts a call that was decided.
   *
   * @param cost what it costs if it is not restricted: nano-USD
   */
  void decided(TraceCall call, Decision decision, long cost) {
    Tally.Verdict verdict = Tally.Verdict.ADMITTED;
    if (decision instanceof Decision.Restricted restricted) {
      verdict = Tally.Verdict.RESTRICTED;
      causes(restricted).forEach(cause -> restrictions.merge(cause, 1L, Long::sum));
    } else if (decision instanceof Decision.Refused refused) {
      verdict = Tally.Verdict.REFUSED;
      refusals.merge(cause(refused.refusal()), 1L, Long::sum);
    }
    for (Tally tally : tallies(call)) {
      tally.count(verdict, cost);
    }
  }

  /** Adds what a call did cost, to the time at which it was made. */
  void settled(TraceCall call, long cost) {
    for (Tally tally : tallies(call)) {
      tally.spend(cost);
    }
  }

  private List<Tally> tallies(TraceCall call) {
    String id = call.caller().id();
    boolean known = callers.size() < MAX_CALLERS || callers.containsKey(id);
    return List.of(
        total,
        tiers.computeIfAbsent(call.caller().tier(), tier -> new Tally()),
        callers.computeIfAbsent(known ? id : OTHER_CALLERS, caller -> new Tally()),
        hours.at(call.atMicros()),
        spending.at(call.atMicros()),
        bars.at(call.atMicros()));
  }

  /** The names of the quotas that are used up, or nearly, so that the call would not fit. */
  private static List<String> causes(Decision.Restricted restricted) {
    return restricted.causes().isEmpty()
        ? List.of(NEARLY_USED_UP)
        : restricted.causes().stream().map(Limit::name).toList();
  }

  /** The name of what refused a call: a limit's own, or what it is. */
  private static String cause(Decision.Refusal refusal) {
    if (refusal instanceof Decision.Refusal.LimitExceeded exceeded) {
      return exceeded.binding().limit().name();
    }
    if (refusal instanceof Decision.Refusal.SpendHalted halted) {
      return "spend breaker of " + halted.scope().label();
    }
    if (refusal instanceof Decision.Refusal.BudgetExhausted exhausted) {
      return "hard limit of provider " + exhausted.provider();
    }
    if (refusal instanceof Decision.Refusal.BudgetInUse inUse) {
      return "hard limit of provider " + inUse.provider() + ", in use";
    }
    if (refusal instanceof Decision.Refusal.AbnormalUsage) {
      return "abnormal use of the caller";
    }
    return refusal.reason();
  }

  /** Takes note of an alert. */
  void heard(Alert alert) {
    alerts.add(alert);
    kinds.merge(alert.kind(), 1L, Long::sum);
    switch (alert.kind()) {
      case BREAKER_OPENED, BREAKER_HALF_OPENED, BREAKER_CLOSED -> breaker.add(alert);
      case ANOMALY -> anomalies.add(alert);
      default -> {}
    }
  }

  /** Tells when the simulated time ended. */
  void ended(long micros) {
    endMicros = micros;
  }

  Survey survey() {
    return survey;
  }

  Tally total() {
    return total;
  }

  NavigableMap<String, Tally> tiers() {
    return tiers;
  }

  /** How many calls each limit, or something else, refused; by its name. */
  NavigableMap<String, Long> refusals() {
    return refusals;
  }

  /** How many calls each quota restricted; by its name. */
  NavigableMap<String, Long> restrictions() {
    return restrictions;
  }

  /** All alerts. */
  AlertList alerts() {
    return alerts;
  }

  /** How many alerts of each kind there were. */
  NavigableMap<Alert.Kind, Long> kinds() {
    return kinds;
  }

  /** Those that tell of breakers. */
  AlertList breaker() {
    return breaker;
  }

  /** Those that tell of abnormal callers. */
  AlertList anomalies() {
    return anomalies;
  }

  /** Tallies of every hour. */
  Timeline hours() {
    return hours;
  }

  /** Tallies to draw lines of. */
  Timeline spending() {
    return spending;
  }

  /** Tallies of hours or more, to draw bars of. */
  Timeline bars() {
    return bars;
  }

  long endMicros() {
    return endMicros;
  }

  int callers() {
    return callers.size();
  }

  /** The callers who asked for most, by what it costs and then by calls. */
  Map<String, Tally> topCallers(int most) {
    Comparator<Map.Entry<String, Tally>> byDemand =
        Comparator.comparingLong(entry -> -entry.getValue().demand());
    return callers.entrySet().stream()
        .sorted(
            byDemand
                .thenComparingLong(entry -> -entry.getValue().calls())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(most)
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, LinkedHashMap::new));
  }
}
