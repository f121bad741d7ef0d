package dev.tollgate.simulator;

import dev.tollgate.Caller;
import dev.tollgate.Criticality;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Something bad to be injected into a trace: calls of one caller, for a while.
 *
 * @param kind what happens
 * @param caller who makes the calls
 * @param atMicros when it begins
 * @param untilMicros when it ends
 * @param gapMicros the mean time between two of its calls: 1 or more
 */
record Incident(Kind kind, Caller caller, long atMicros, long untilMicros, long gapMicros) {

  /** What happens. */
  enum Kind {
    /** A job that calls again and again: factor times the calls of the whole trace, even. */
    LOOP(10, Duration.ofHours(1), true, 100, Criticality.BACKGROUND),
    /** A scraper: factor times the calls of a usual caller, each small. */
    BOT(2000, Duration.ofHours(2), false, 50, Criticality.OPTIONAL),
    /** A stolen key in many hands: factor times the calls of the whole trace, each large. */
    LEAKED_KEY(10, Duration.ofHours(2), true, 300, Criticality.OPTIONAL),
    /** A caller who found a use for it all: factor times the calls of a usual caller. */
    POWER_USER(50, Duration.ofHours(24), false, 100, Criticality.OPTIONAL);

    private final int factor;
    private final Duration duration;
    private final boolean ofWholeTrace;
    private final int sizePercent;
    private final Criticality criticality;

    Kind(
        int factor,
        Duration duration,
        boolean ofWholeTrace,
        int sizePercent,
        Criticality criticality) {
      this.factor = factor;
      this.duration = duration;
      this.ofWholeTrace = ofWholeTrace;
      this.sizePercent = sizePercent;
      this.criticality = criticality;
    }

    /** Its name in options. */
    String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    boolean isEven() {
      return this == LOOP;
    }

    /** The size of its calls: percent of the trace's mean. */
    int sizePercent() {
      return sizePercent;
    }

    Criticality criticality() {
      return criticality;
    }
  }

  static final int MAX_FACTOR = 100_000;
  static final long MAX_CALLS = 5_000_000;

  private static final Set<String> SETTINGS = Set.of("at", "for", "factor", "caller", "tier");

  /**
   * The incident that an option such as {@code bot:at=3600,for=2h,factor=100,caller=x} describes.
   * What it leaves out is the kind's own; it begins in the middle of the trace, and ends no later.
   *
   * @throws TraceException when the option makes no sense
   */
  static Incident parse(String option, Survey survey, Directory directory) throws TraceException {
    try {
      return incident(option, survey, directory);
    } catch (IllegalArgumentException wrong) {
      throw new TraceException("--inject " + option + ": " + wrong.getMessage());
    }
  }

  private static Incident incident(String option, Survey survey, Directory directory) {
    int colon = option.indexOf(':');
    Kind kind = kind(colon < 0 ? option : option.substring(0, colon));
    Map<String, String> settings = settings(colon < 0 ? "" : option.substring(colon + 1));

    String id = settings.getOrDefault("caller", "injected-" + kind.label());
    Caller caller = new Caller(id, tier(settings.getOrDefault("tier", ""), id, directory));
    long at = at(settings, survey);
    Duration duration = settings.containsKey("for") ? duration(settings.get("for")) : kind.duration;
    long until = Math.min(survey.lastMicros(), at + duration.toNanos() / 1000);
    int factor = settings.containsKey("factor") ? factor(settings.get("factor")) : kind.factor;
    long usualGap = survey.meanGapMicros() * (kind.ofWholeTrace ? 1 : survey.callers());
    long gap = Math.max(1, usualGap / factor);
    if ((until - at) / gap > MAX_CALLS) {
      throw new IllegalArgumentException(
          "makes over " + MAX_CALLS + " calls; write a smaller factor or a shorter time");
    }
    return new Incident(kind, caller, at, until, gap);
  }

  /** How many calls it makes, about. */
  long calls() {
    return (untilMicros - atMicros) / gapMicros;
  }

  private static Kind kind(String label) {
    return Arrays.stream(Kind.values())
        .filter(each -> each.label().equals(label))
        .findFirst()
        .orElseThrow(
            () -> {
              List<String> labels = Arrays.stream(Kind.values()).map(Kind::label).toList();
              return new IllegalArgumentException("'" + label + "' is not one of " + labels);
            });
  }

  private static Map<String, String> settings(String text) {
    Map<String, String> settings = new HashMap<>();
    for (String setting : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      int equals = setting.indexOf('=');
      String name = equals < 0 ? setting : setting.substring(0, equals);
      if (!SETTINGS.contains(name) || equals < 0 || settings.containsKey(name)) {
        throw new IllegalArgumentException(
            "'" + setting + "' is not one of at=, for=, factor=, caller=, tier=, each once");
      }
      settings.put(name, setting.substring(equals + 1));
    }
    return settings;
  }

  private static String tier(String named, String callerId, Directory directory) {
    try {
      return directory.tier(named, callerId);
    } catch (IllegalArgumentException unknown) {
      throw new IllegalArgumentException("tier '" + named + "' " + unknown.getMessage(), unknown);
    }
  }

  private static long at(Map<String, String> settings, Survey survey) {
    String text = settings.get("at");
    if (text == null) {
      return survey.firstMicros() + (survey.lastMicros() - survey.firstMicros()) / 2;
    }
    long at;
    try {
      at = survey.format().micros(text);
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException("at '" + text + "' " + wrong.getMessage(), wrong);
    }
    if (at < survey.firstMicros() || at > survey.lastMicros()) {
      TimeFormat format = survey.format();
      throw new IllegalArgumentException(
          "at '%s' is not within the trace, from %s to %s"
              .formatted(
                  text, format.json(survey.firstMicros()), format.json(survey.lastMicros())));
    }
    return at;
  }

  private static Duration duration(String text) {
    try {
      Duration duration = Duration.parse((text.endsWith("d") ? "P" : "PT") + text);
      if (duration.isNegative() || duration.isZero() || duration.toDays() > 3660) {
        throw new IllegalArgumentException("for '" + text + "' is not in 1s to 3660d");
      }
      return duration;
    } catch (DateTimeParseException malformed) {
      throw new IllegalArgumentException(
          "for '" + text + "' is no time such as 30m, 2h or 7d", malformed);
    }
  }

  private static int factor(String text) {
    try {
      int factor = Integer.parseInt(text);
      if (factor >= 1 && factor <= MAX_FACTOR) {
        return factor;
      }
    } catch (NumberFormatException malformed) {
      throw new IllegalArgumentException(factorRule(text), malformed);
    }
    throw new IllegalArgumentException(factorRule(text));
  }

  private static String factorRule(String text) {
    return "factor '" + text + "' is not a whole number of 1 to " + MAX_FACTOR;
  }
}
