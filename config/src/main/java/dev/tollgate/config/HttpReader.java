package dev.tollgate.config;

import dev.tollgate.Tier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads how requests become calls. */
final class HttpReader {

  private static final Key CALLERS = Key.single("callers");
  private static final Key CALLER_TIER = Key.single("caller-tier");
  private static final Key HASH_KEY = Key.single("hash-key");

  private static final Key PAGES = Key.single("pages");
  private static final List<String> DEFAULT_PAGES = List.of("/tollgate/*");

  private static final List<CallerSource> DEFAULT_CALLERS =
      List.of(
          new CallerSource.Principal(),
          new CallerSource.Header("X-API-Key"),
          new CallerSource.Bearer(),
          new CallerSource.Ip());

  private static final List<TierSource> DEFAULT_TIERS =
      List.of(new TierSource.Role(), new TierSource.Configured());

  private static final String USUAL_TIER = "free";
  private static final int MAX_WAITING = 100_000;

  private static final Syntax<HashKey> SECRET =
      new Syntax<>(
          "a random secret of 32 characters, the same on every node",
          text -> new HashKey(text.getBytes(StandardCharsets.UTF_8)));

  private static final Syntax<Integer> HARD_LIMIT_STATUS =
      new Syntax<>("429", HttpReader::hardLimitStatus);

  private final Values values;
  private final List<String> tiers;

  HttpReader(Values values, List<Tier> tiers) {
    this.values = values;
    this.tiers = tiers.stream().map(Tier::name).toList();
  }

  HttpSettings read(List<HttpRoute> routes, StoreSettings store, HashKey fallback) {
    List<CallerSource> callers = callers();
    requireHashKey(callers, store);
    return new HttpSettings(
        callers,
        tierSources(),
        callerTiers(),
        tiers,
        routes,
        values.has(PAGES) ? values.list(PAGES, PathSyntax.ONE) : DEFAULT_PAGES,
        values.list(Key.single("trusted-proxies"), ProxySyntax.ONE),
        values.get(HASH_KEY, SECRET, fallback),
        values.get("waiting-room", Syntax.wholeNumber(0, MAX_WAITING), 1000),
        values.get("on-hard-limit", HARD_LIMIT_STATUS, 429));
  }

  private static int hardLimitStatus(String text) {
    return switch (text) {
      case "429" -> 429;
      case "402" -> 402;
      case "403" -> 403;
      default -> throw new IllegalArgumentException("must be 429, 402 or 403");
    };
  }

  private List<CallerSource> callers() {
    return values.has(CALLERS)
        ? distinct(CALLERS, values.list(CALLERS, SourceSyntax.CALLER))
        : DEFAULT_CALLERS;
  }

  private List<TierSource> tierSources() {
    List<TierSource> sources =
        values.has(CALLER_TIER)
            ? distinct(CALLER_TIER, values.list(CALLER_TIER, SourceSyntax.TIER))
            : DEFAULT_TIERS;
    for (int i = 0; i < sources.size(); i++) {
      if (sources.get(i) instanceof TierSource.Default otherwise) {
        requireTier(CALLER_TIER, otherwise.tier());
        if (i < sources.size() - 1) {
          values.report(CALLER_TIER, "what follows a default is never asked", "put it last");
        }
        return sources;
      }
    }
    List<TierSource> complete = new ArrayList<>(sources);
    defaultTier().map(TierSource.Default::new).ifPresent(complete::add);
    return complete;
  }

  /** The only tier, else the one with the usual name. */
  private Optional<String> defaultTier() {
    if (tiers.size() == 1) {
      return Optional.of(tiers.get(0));
    }
    if (tiers.contains(USUAL_TIER)) {
      return Optional.of(USUAL_TIER);
    }
    if (!tiers.isEmpty()) {
      String remedy = "end the list with default:" + tiers.get(0);
      values.report(CALLER_TIER, "names no tier for callers that have none", remedy);
    }
    return Optional.empty();
  }

  private Map<String, String> callerTiers() {
    Map<String, String> chosen = new TreeMap<>();
    for (String caller : values.names(Key.CALLER)) {
      Key key = new Key(Key.CALLER, caller, "tier");
      String tier = values.get(key, new Syntax<>("free", text -> text), "");
      requireTier(key, tier);
      chosen.put(caller, tier);
    }
    return chosen;
  }

  private void requireTier(Key key, String tier) {
    if (!tiers.contains(tier)) {
      String rule = "there is no tier '" + tier + "'";
      values.report(
          key, rule, "define it by tollgate.tier." + tier + ".rate, or use one of " + tiers);
    }
  }

  private <T> List<T> distinct(Key key, List<T> sources) {
    if (new HashSet<>(sources).size() < sources.size()) {
      values.report(key, "lists a source twice", "remove one");
    }
    return sources;
  }

  /** Without a common key, each process would know a caller by another id. */
  private void requireHashKey(List<CallerSource> callers, StoreSettings store) {
    if (store.outlivesTheProcess()
        && !values.has(HASH_KEY)
        && callers.stream().anyMatch(this::isSecret)) {
      values.report(
          HASH_KEY,
          "is missing: nodes that share a store, and a process that is started again, must hash"
              + " callers' secrets with one key",
          "set it to "
              + SECRET.example()
              + ", or leave header, bearer and cookie out of "
              + CALLERS);
    }
  }

  private boolean isSecret(CallerSource source) {
    return source instanceof CallerSource.Header
        || source instanceof CallerSource.Bearer
        || source instanceof CallerSource.Cookie;
  }
}
