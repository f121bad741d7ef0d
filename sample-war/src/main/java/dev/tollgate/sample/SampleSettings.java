package dev.tollgate.sample;

import dev.tollgate.config.ConfigurationException;
import dev.tollgate.config.ConfigurationException.Problem;
import dev.tollgate.config.HashKey;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.Config;
import org.jspecify.annotations.Nullable;

/**
 * The application's own settings, {@code sample.*}.
 *
 * @param keys who may call
 * @param model the model of requests that name none
 * @param provider where the answers come from
 * @param adminPassword of the operators' page, which is closed without one
 */
record SampleSettings(
    ApiKeys keys, String model, ProviderSettings provider, Optional<String> adminPassword) {

  /** Where the answers come from. */
  sealed interface ProviderSettings {

    /** The longest that an answer may take, to its last byte: 1 ms to 10 minutes. */
    Duration timeout();

    /**
     * The application itself.
     *
     * @param delay how long each piece of an answer takes, or the whole one that does not stream: 0
     *     to 60 seconds
     */
    record Simulated(Duration delay, Duration timeout) implements ProviderSettings {}

    /**
     * A server that speaks OpenAI's chat completions, Anthropic's messages or both.
     *
     * @param url what its resources are below, without a slash at the end
     * @param key shown to the server, empty for none
     * @param maxTokensField the name that the server has for the most output tokens
     */
    record OpenAi(URI url, String key, String maxTokensField, Duration timeout)
        implements ProviderSettings {

      /** A resource of the server, such as {@code chat/completions}. */
      URI resource(String name) {
        return URI.create(url + "/" + name);
      }

      /** Never shows the key. */
      @Override
      public String toString() {
        return "OpenAi[" + url + "]";
      }
    }
  }

  private static final int MIN_PASSWORD_LENGTH = 12;
  private static final long MAX_DELAY_MILLIS = 60_000;
  private static final long MAX_TIMEOUT_MILLIS = 600_000;

  /**
   * Reads the settings.
   *
   * @throws ConfigurationException that lists every value that is not valid
   */
  static SampleSettings read(Config config) {
    Reader reader = new Reader(config);
    @Nullable ApiKeys keys = reader.keys();
    String model = reader.model();
    ProviderSettings provider = reader.provider();
    Optional<String> adminPassword = reader.adminPassword();
    if (keys == null || !reader.problems.isEmpty()) {
      throw new ConfigurationException(reader.problems);
    }
    return new SampleSettings(keys, model, provider, adminPassword);
  }

  /** Reads one value after the other and gathers what is wrong with them. */
  private static final class Reader {

    private final Config config;
    private final List<Problem> problems = new ArrayList<>();

    Reader(Config config) {
      this.config = config;
    }

    @Nullable ApiKeys keys() {
      String secret = value("sample.hash-key").orElse("tollgate-sample-demonstration");
      byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
      if (bytes.length < HashKey.MIN_BYTES) {
        problem("sample.hash-key", "", "it must have " + HashKey.MIN_BYTES + " bytes or more");
        return null;
      }
      try {
        String text = value("sample.keys").orElse("demo-free:free, demo-pro:pro");
        ApiKeys keys = ApiKeys.parse(text, new HashKey(bytes));
        keys.tiers().stream().filter(tier -> !isTier(tier)).forEach(this::unknownTier);
        return keys;
      } catch (IllegalArgumentException invalid) {
        problem("sample.keys", "", String.valueOf(invalid.getMessage()));
        return null;
      }
    }

    private boolean isTier(String tier) {
      String prefix = "tollgate.tier." + tier + ".";
      String inEnvironment = prefix.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
      return StreamSupport.stream(config.getPropertyNames().spliterator(), false)
          .anyMatch(name -> name.startsWith(prefix) || name.startsWith(inEnvironment));
    }

    private void unknownTier(String tier) {
      problem("sample.keys", "", "tier " + tier + " has no tollgate.tier." + tier + ".rate");
    }

    String model() {
      String model = value("sample.model").orElse("gpt-5-mini");
      if (!ChatRequest.isModel(model)) {
        problem("sample.model", model, "it must be the name of a model, such as gpt-5-mini");
      }
      return model;
    }

    Optional<String> adminPassword() {
      Optional<String> password = value("sample.admin-password");
      if (password.filter(text -> text.length() < MIN_PASSWORD_LENGTH).isPresent()) {
        String rule = "it must have " + MIN_PASSWORD_LENGTH + " characters or more";
        problem("sample.admin-password", "", rule);
      }
      return password;
    }

    ProviderSettings provider() {
      Duration delay = millis("sample.provider.delay", 0, 0, MAX_DELAY_MILLIS);
      Duration timeout = millis("sample.provider.timeout", 60_000, 1, MAX_TIMEOUT_MILLIS);
      String field = value("sample.provider.max-tokens-field").orElse("max_completion_tokens");
      if (!field.equals("max_completion_tokens") && !field.equals("max_tokens")) {
        String rule = "it must be max_completion_tokens or max_tokens";
        problem("sample.provider.max-tokens-field", field, rule);
      }
      String key = value("sample.provider.key").orElse("");
      return value("sample.provider.url")
          .flatMap(this::base)
          .<ProviderSettings>map(url -> new ProviderSettings.OpenAi(url, key, field, timeout))
          .orElseGet(() -> new ProviderSettings.Simulated(delay, timeout));
    }

    private Optional<URI> base(String text) {
      Optional<URI> url = parse(text, URI::create).filter(Reader::isPlainHttp);
      if (url.isEmpty()) {
        String rule = "it must be http(s)://host[:port]/path without user, query or fragment";
        problem("sample.provider.url", "", rule);
      }
      return url.map(valid -> URI.create(text.replaceAll("/+$", "")));
    }

    private static boolean isPlainHttp(URI url) {
      boolean http = "http".equalsIgnoreCase(url.getScheme());
      boolean https = "https".equalsIgnoreCase(url.getScheme());
      return (http || https)
          && url.getHost() != null
          && url.getRawUserInfo() == null
          && url.getRawQuery() == null
          && url.getRawFragment() == null;
    }

    private Duration millis(String key, long otherwise, long min, long max) {
      Optional<String> text = value(key);
      Optional<Long> number = text.flatMap(digits -> parse(digits, Long::valueOf));
      if (text.isPresent() && number.filter(n -> n >= min && n <= max).isEmpty()) {
        problem(key, text.get(), "it must be a whole number of ms from " + min + " to " + max);
      }
      return Duration.ofMillis(number.orElse(otherwise));
    }

    private static <T> Optional<T> parse(String text, Function<String, T> form) {
      try {
        return Optional.of(form.apply(text));
      } catch (IllegalArgumentException malformed) {
        return Optional.empty();
      }
    }

    private Optional<String> value(String key) {
      return config
          .getOptionalValue(key, String.class)
          .map(String::strip)
          .filter(text -> !text.isEmpty());
    }

    private void problem(String key, String value, String rule) {
      problems.add(new Problem(key, value, rule, "correct it or leave it out for the default"));
    }
  }
}
