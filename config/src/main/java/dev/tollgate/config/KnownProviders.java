package dev.tollgate.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the names of well-known providers' models look like. */
final class KnownProviders {

  private static final List<String> GOOGLE = List.of("gemini-*", "gemma-*", "google/*", "gemini/*");

  private static final Map<String, List<String>> MODELS =
      Map.of(
          "openai",
              List.of(
                  "gpt-*",
                  "chatgpt-*",
                  "ft:*",
                  "o1*",
                  "o3*",
                  "o4*",
                  "text-embedding-*",
                  "openai/*"),
          "anthropic", List.of("claude-*", "anthropic/*"),
          "google", GOOGLE,
          "gemini", GOOGLE,
          "mistral",
              List.of(
                  "mistral-*",
                  "ministral-*",
                  "magistral-*",
                  "codestral-*",
                  "devstral-*",
                  "pixtral-*",
                  "open-mi*",
                  "mistral/*",
                  "mistralai/*"),
          "deepseek", List.of("deepseek-*", "deepseek/*"),
          "xai", List.of("grok-*", "xai/*", "x-ai/*"),
          "cohere", List.of("command-*", "c4ai-*", "embed-*", "cohere/*"),
          "perplexity", List.of("sonar*", "perplexity/*"));

  private KnownProviders() {}

  /** Patterns as in {@link dev.tollgate.Provider}; none of a provider that is not known. */
  static List<String> models(String provider) {
    return MODELS.getOrDefault(provider.toLowerCase(Locale.ROOT), List.of());
  }
}
