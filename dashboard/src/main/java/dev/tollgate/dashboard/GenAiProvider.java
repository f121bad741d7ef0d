package dev.tollgate.dashboard;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Providers as OpenTelemetry's conventions for generative AI name them. Stateless. */
final class GenAiProvider {

  private static final String UNKNOWN = "_OTHER";
  private static final Map<String, String> BY_BEGINNING =
      Map.ofEntries(
          Map.entry("gpt", "openai"),
          Map.entry("chatgpt", "openai"),
          Map.entry("o1", "openai"),
          Map.entry("o3", "openai"),
          Map.entry("o4", "openai"),
          Map.entry("claude", "anthropic"),
          Map.entry("gemini", "gcp.gemini"),
          Map.entry("mistral", "mistral_ai"),
          Map.entry("command", "cohere"),
          Map.entry("deepseek", "deepseek"),
          Map.entry("grok", "x_ai"));

  private GenAiProvider() {}

  /** The provider that a model's name tells, {@code _OTHER} when it tells none. */
  static String of(String model) {
    return known(model).orElse(UNKNOWN);
  }

  /** The provider that a model's name tells. */
  static Optional<String> known(String model) {
    String name = model.substring(model.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    return BY_BEGINNING.entrySet().stream()
        .filter(entry -> name.startsWith(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }
}
