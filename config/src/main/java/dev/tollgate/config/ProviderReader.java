package dev.tollgate.config;

import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Provider;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads which calls belong to providers, and their hard limits. */
final class ProviderReader {

  private static final int MAX_PROVIDERS = 20;
  private static final String HARD_LIMIT = "hard-limit";
  private static final String USUAL_SLICE = "1%";
  private static final String ONE_SLICE = "1% or 5 USD";
  private static final String RESERVE = "10% or 50 USD";
  private static final Pattern PATTERN = Pattern.compile("[^\\s\\p{Cntrl}\"]{1,128}");
  private static final int MAX_STARS = 4;

  private static final Syntax<String> MODELS =
      new Syntax<>("gpt-*, o3-mini", ProviderReader::pattern);

  private final Values values;
  private final Syntax<Limit> quota;
  private final Syntax<String> route;

  /**
   * @param routes the names of the routes that exist
   */
  ProviderReader(Values values, Syntax<Limit> quota, Set<String> routes) {
    this.values = values;
    this.quota = new Syntax<>("500.00 USD/month", text -> cost(quota.parse(text)));
    this.route = new Syntax<>("chat, suggest", text -> known(text, routes));
  }

  /** The providers, by name. */
  List<Provider> read() {
    SortedSet<String> names = values.names(Key.PROVIDER);
    if (names.size() > MAX_PROVIDERS) {
      String rule = "there are over " + MAX_PROVIDERS + " providers";
      values.report(key(names.first(), HARD_LIMIT), rule, "remove some");
      return List.of();
    }
    List<Provider> providers = names.stream().map(this::provider).toList();
    if (providers.size() > 1) {
      providers.forEach(this::requireCalls);
    }
    return providers;
  }

  private Provider provider(String name) {
    Key models = key(name, "models");
    Provider provider =
        new Provider(
            name,
            Set.copyOf(values.list(key(name, "routes"), route)),
            values.has(models) ? values.list(models, MODELS) : KnownProviders.models(name));
    Key limitKey = key(name, HARD_LIMIT);
    if (!values.has(limitKey)) {
      List.of("essential-reserve", "slice").forEach(leaf -> reportNoLimit(name, leaf));
      return provider;
    }
    return values
        .attempt(limitKey, quota.example(), () -> quota.parse(values.text(limitKey)))
        .map(limit -> limited(provider, limit))
        .orElse(provider);
  }

  private Provider limited(Provider provider, Limit limit) {
    long whole = limit.amount();
    Syntax<Long> slice = ShareSyntax.of(whole, 1, ONE_SLICE);
    return provider.hardLimit(
        limit,
        values.get(
            key(provider.name(), "essential-reserve"), ShareSyntax.of(whole, 0, RESERVE), 0L),
        values.get(key(provider.name(), "slice"), slice, slice.parse(USUAL_SLICE)));
  }

  private void reportNoLimit(String name, String leaf) {
    if (values.has(key(name, leaf))) {
      String remedy = "set " + key(name, HARD_LIMIT) + " or remove it";
      values.report(key(name, leaf), "is a part of no hard limit", remedy);
    }
  }

  /** Of several providers, one that no call belongs to is an emergency brake without a wire. */
  private void requireCalls(Provider provider) {
    String name = provider.name();
    boolean hasCalls = !provider.models().isEmpty() || !provider.routes().isEmpty();
    Optional<Key> brake =
        Stream.of(HARD_LIMIT, "expected-spend")
            .map(leaf -> key(name, leaf))
            .filter(values::has)
            .findFirst();
    if (!hasCalls && brake.isPresent()) {
      values.report(
          brake.get(),
          "no call belongs to it: this provider's models are not known",
          "set " + key(name, "models") + " or " + key(name, "routes"));
    }
  }

  private static Limit cost(Limit limit) {
    if (limit.meter() != Meter.COST) {
      throw new IllegalArgumentException("must be in USD");
    }
    return limit;
  }

  private static String pattern(String text) {
    if (!PATTERN.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no model: 1 to 128 characters without spaces and quotes");
    }
    if (text.chars().filter(c -> c == '*').count() > MAX_STARS) {
      throw new IllegalArgumentException("'" + text + "' has over " + MAX_STARS + " stars");
    }
    return text;
  }

  private static String known(String route, Set<String> routes) {
    if (!routes.contains(route)) {
      throw new IllegalArgumentException("there is no route '" + route + "': known are " + routes);
    }
    return route;
  }

  private static Key key(String name, String leaf) {
    return new Key(Key.PROVIDER, name, leaf);
  }
}
