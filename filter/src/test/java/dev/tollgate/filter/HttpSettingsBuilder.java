package dev.tollgate.filter;

import dev.tollgate.config.CallerSource;
import dev.tollgate.config.ErrorFormat;
import dev.tollgate.config.HashKey;
import dev.tollgate.config.HttpRoute;
import dev.tollgate.config.HttpSettings;
import dev.tollgate.config.TierSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Settings of one route {@code chat} at {@code /api/chat}, with keys in {@code X-API-Key}. */
final class HttpSettingsBuilder {

  static final HashKey HASH_KEY =
      new HashKey("a hash key of the tests".getBytes(StandardCharsets.UTF_8));

  private List<CallerSource> callers =
      List.of(
          new CallerSource.Principal(),
          new CallerSource.Header("X-API-Key"),
          new CallerSource.Bearer());
  private List<TierSource> tiers =
      List.of(new TierSource.Role(), new TierSource.Configured(), new TierSource.Default("free"));
  private Map<String, String> callerTiers = Map.of();
  private List<String> trustedProxies = List.of();
  private int waitingRoom = 1000;
  private int hardLimitStatus = 429;
  private final List<HttpRoute> routes = new ArrayList<>();

  HttpSettingsBuilder callers(CallerSource... sources) {
    callers = List.of(sources);
    return this;
  }

  HttpSettingsBuilder tiers(TierSource... sources) {
    tiers = List.of(sources);
    return this;
  }

  HttpSettingsBuilder callerTier(String id, String tier) {
    callerTiers = Map.of(id, tier);
    return this;
  }

  HttpSettingsBuilder trustedProxies(String... proxies) {
    trustedProxies = List.of(proxies);
    return this;
  }

  HttpSettingsBuilder waitingRoom(int places) {
    waitingRoom = places;
    return this;
  }

  HttpSettingsBuilder hardLimitStatus(int status) {
    hardLimitStatus = status;
    return this;
  }

  HttpSettingsBuilder route(String name, String... paths) {
    return route(route(name, Duration.ZERO, ErrorFormat.PROBLEM, paths));
  }

  HttpSettingsBuilder route(HttpRoute route) {
    routes.add(route);
    return this;
  }

  static HttpRoute route(String name, Duration maxWait, ErrorFormat errors, String... paths) {
    return new HttpRoute(name, List.of(paths), Set.of(), maxWait, errors);
  }

  HttpSettings build() {
    if (routes.isEmpty()) {
      route("chat", "/api/chat");
    }
    return new HttpSettings(
        callers,
        tiers,
        callerTiers,
        List.of("free", "pro"),
        routes,
        List.of("/tollgate/*"),
        trustedProxies,
        HASH_KEY,
        waitingRoom,
        hardLimitStatus);
  }
}
