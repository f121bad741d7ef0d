package dev.tollgate.config;

import dev.tollgate.Call;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Priority;
import dev.tollgate.Restriction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a restricted call may still use: {@code context 4000, output 256, model gpt-5-nano, rate
 * 5/minute, priority low}. What is not named is not restricted, but for the priority, which is low.
 * Not thread-safe: one for each text.
 */
final class RestrictSyntax {

  static final Syntax<Restricted> WHOLE =
      new Syntax<>(
          "context 4000, output 256, model gpt-5-nano, rate 5/minute, priority low",
          text -> new RestrictSyntax().parse(text));

  private static final Syntax<Priority> PRIORITY = Syntax.oneOf(Priority.class);

  private final Set<String> seen = new HashSet<>();
  private final List<Limit> rates = new ArrayList<>();
  private long context = Restriction.UNBOUNDED;
  private long output = Restriction.UNBOUNDED;
  private String model = "";
  private Priority priority = Priority.LOW;

  private RestrictSyntax() {}

  /**
   * @param restriction of each call
   * @param rates that restricted calls are charged against
   */
  record Restricted(Restriction restriction, List<Limit> rates) {

    static final Restricted DEFAULT = new Restricted(Restriction.DEFAULT, List.of());

    Restricted {
      rates = List.copyOf(rates);
    }
  }

  private Restricted parse(String text) {
    for (String term : Values.split(text)) {
      String[] words = term.split("\\s+", 2);
      if (words.length < 2) {
        throw new IllegalArgumentException("'" + term + "' is not a name and a value");
      }
      if (!words[0].equals("rate") && !seen.add(words[0])) {
        throw new IllegalArgumentException("'" + words[0] + "' is given twice");
      }
      apply(words[0], words[1]);
    }
    return new Restricted(new Restriction(context, output, model, priority), rates);
  }

  private void apply(String name, String value) {
    switch (name) {
      case "context" -> context = AmountSyntax.of(Meter.TOKENS, value);
      case "output" -> output = AmountSyntax.of(Meter.TOKENS, value);
      case "model" -> model = model(value);
      case "rate" -> addRate(RateSyntax.ONE.parse(value));
      case "priority" -> priority = PRIORITY.parse(value);
      default ->
          throw new IllegalArgumentException(
              "'" + name + "' is not context, output, model, rate or priority");
    }
  }

  private void addRate(Limit rate) {
    if (!seen.add(rate.name())) {
      throw new IllegalArgumentException("two rates are " + rate.name());
    }
    rates.add(rate);
  }

  private static String model(String name) {
    if (name.length() > Call.MAX_MODEL_LENGTH || name.contains(" ")) {
      throw new IllegalArgumentException(
          "a model is one word of at most " + Call.MAX_MODEL_LENGTH + " characters");
    }
    return name;
  }
}
