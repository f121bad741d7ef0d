package dev.tollgate.filter;

import dev.tollgate.AnomalyPolicy;
import dev.tollgate.BreakerPolicy;
import dev.tollgate.CallRecord;
import dev.tollgate.Caller;
import dev.tollgate.Ladder;
import dev.tollgate.Limit;
import dev.tollgate.LimitState;
import dev.tollgate.Meter;
import dev.tollgate.Policies;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.Provider;
import dev.tollgate.Restriction;
import dev.tollgate.Route;
import dev.tollgate.Spending;
import dev.tollgate.Tier;
import dev.tollgate.Window;
import dev.tollgate.config.CallDefaults;
import dev.tollgate.config.CostSource;
import dev.tollgate.config.ErrorFormat;
import dev.tollgate.config.HttpRoute;
import dev.tollgate.config.HttpSettings;
import dev.tollgate.providers.Extra;
import dev.tollgate.providers.Protocol;
import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.Store;
import jakarta.servlet.Filter;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A server whose route {@code chat} is metered from OpenAI's chat completions. */
final class BodyServer implements AutoCloseable {

  static final String PATH = "/v1/chat/completions";
  static final String KEY = "k";

  /** 1 USD for a million tokens in, 2 USD for a million out. */
  static final PriceBook PRICES =
      new PriceBook(Map.of("m", Price.of(1_000_000_000L, 2_000_000_000L)));

  private static final int CALLERS = 5000;

  final GateServer gate;

  private BodyServer(GateServer gate, GateServer.Page page) {
    this.gate = gate;
    gate.page(PATH, page);
  }

  static Limit quota(Meter meter, long amount) {
    return Limit.of(meter, amount, new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC));
  }

  static BodyServer start(GateServer.Page page, Limit... limits) throws Exception {
    return start(page, PRICES, Tier.of("free", limits).ladder(Ladder.REFUSE));
  }

  static BodyServer start(GateServer.Page page, PriceBook prices, Tier tier) throws Exception {
    return start(page, prices, tier, memory(), route(Duration.ZERO, CostSource.PRICED));
  }

  static BodyServer start(GateServer.Page page, PriceBook prices, Tier tier, Store store)
      throws Exception {
    return start(page, prices, tier, store, route(Duration.ZERO, CostSource.PRICED));
  }

  /** A server of another route at {@link #PATH}. */
  static BodyServer start(GateServer.Page page, HttpRoute route, Limit... limits) throws Exception {
    return start(page, PRICES, Tier.of("free", limits).ladder(Ladder.REFUSE), memory(), route);
  }

  static BodyServer start(
      GateServer.Page page, PriceBook prices, Tier tier, Store store, HttpRoute route)
      throws Exception {
    Policies policies = Policies.of(List.of(tier), List.of(Route.of("chat")), prices);
    HttpSettings settings = new HttpSettingsBuilder().route(route).build();
    BodyServer server =
        new BodyServer(new GateServer(settings, policies, InstantSource.system(), store), page);
    server.gate.start();
    return server;
  }

  /** A server with a filter before Tollgate's. */
  static BodyServer start(GateServer.Page page, Filter before, Limit... limits) throws Exception {
    Tier tier = Tier.of("free", limits).ladder(Ladder.REFUSE);
    HttpSettings settings =
        new HttpSettingsBuilder().route(route(Duration.ZERO, CostSource.PRICED)).build();
    Policies policies = Policies.of(List.of(tier), List.of(Route.of("chat")), PRICES);
    GateServer gate = new GateServer(settings, policies, InstantSource.system());
    gate.addFilter(before).start();
    return new BodyServer(gate, page);
  }

  /** A server whose calls are those of a provider with a hard limit of 1000 USD a month. */
  static BodyServer startWithBudget(GateServer.Page page) throws Exception {
    long amount = 1_000_000_000_000L;
    Limit limit =
        Limit.of(Meter.COST, amount, new Window.Calendar(Window.Unit.MONTH, ZoneOffset.UTC));
    Provider budget =
        new Provider("acme", Set.of("chat"), List.of()).hardLimit(limit, 0, amount / 100);
    Policies policies =
        Policies.of(
                List.of(Tier.of("free", quota(Meter.TOKENS, 1_000_000))),
                List.of(Route.of("chat")),
                PRICES)
            .with(new Spending(List.of(budget), BreakerPolicy.OFF, AnomalyPolicy.OFF));
    HttpSettings settings =
        new HttpSettingsBuilder().route(route(Duration.ZERO, CostSource.PRICED)).build();
    BodyServer server =
        new BodyServer(new GateServer(settings, policies, InstantSource.system()), page);
    server.gate.start();
    return server;
  }

  static Store memory() {
    return new MemoryStore(CALLERS, InstantSource.system());
  }

  /** A tier whose restricted calls have less. */
  static Tier restricting(Restriction restriction, Limit... limits) {
    Tier tier = Tier.of("free", limits);
    return new Tier("free", tier.limits(), tier.ladder(), restriction, List.of(), tier.priority());
  }

  /** A route of another protocol, whose calls may ask for extras. */
  static HttpRoute route(Protocol protocol, Extra... extras) {
    return new HttpRoute(
        "chat",
        List.of(PATH),
        Set.of(),
        Duration.ZERO,
        ErrorFormat.PROBLEM,
        Optional.of(protocol),
        CostSource.PRICED,
        Set.of(extras),
        CallDefaults.NONE);
  }

  static HttpRoute route(Duration maxWait, CostSource cost) {
    return new HttpRoute(
        "chat",
        List.of(PATH),
        Set.of(),
        maxWait,
        ErrorFormat.OPENAI,
        Optional.of(Protocol.OPENAI),
        cost,
        Set.of(),
        CallDefaults.NONE);
  }

  HttpRequest.Builder request(String body) {
    return gate.request(PATH)
        .header("X-API-Key", KEY)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  HttpResponse<String> post(String body) throws Exception {
    return gate.send(request(body));
  }

  static Caller caller(String key) {
    return new Caller("key-" + HttpSettingsBuilder.HASH_KEY.hash(key), "free");
  }

  List<CallRecord> calls() {
    return gate.tollgate.calls(caller(KEY));
  }

  /** The first limit. */
  LimitState limit() {
    return gate.tollgate.limits(caller(KEY), "chat").get(0);
  }

  LimitState tokens() {
    return gate.tollgate.limits(caller(KEY), "chat").stream()
        .filter(state -> state.limit().meter() == Meter.TOKENS)
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() throws Exception {
    gate.close();
  }
}
