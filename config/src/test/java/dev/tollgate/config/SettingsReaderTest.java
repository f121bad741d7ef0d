package dev.tollgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tollgate.Criticality;
import dev.tollgate.Ladder;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.OnStoreFailure;
import dev.tollgate.Price;
import dev.tollgate.Priority;
import dev.tollgate.Restriction;
import dev.tollgate.Tier;
import dev.tollgate.Window;
import dev.tollgate.providers.Extra;
import dev.tollgate.providers.Protocol;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsReaderTest {

  @Test
  void nothingConfiguredGivesTheDefaults() {
    Settings settings = Configs.read();

    assertThat(settings.policies().tiers().values())
        .containsExactlyInAnyOrder(
            Tier.of("free", Limit.rate(Meter.REQUESTS, 10, Duration.ofMinutes(1), 20)),
            Tier.of("pro", Limit.rate(Meter.REQUESTS, 60, Duration.ofMinutes(1), 100)));
    assertThat(settings.policies().shadow()).isFalse();
    assertThat(settings.http().callers())
        .containsExactly(
            new CallerSource.Principal(),
            new CallerSource.Header("X-API-Key"),
            new CallerSource.Bearer(),
            new CallerSource.Ip());
    assertThat(settings.http().tiers())
        .containsExactly(
            new TierSource.Role(), new TierSource.Configured(), new TierSource.Default("free"));
    assertThat(settings.http().tierOrder()).containsExactly("free", "pro");
    assertThat(settings.http().waitingRoom()).isEqualTo(1000);
    assertThat(settings.store())
        .isEqualTo(
            new StoreSettings(
                Stores.MEMORY,
                Duration.ofMillis(50),
                OnStoreFailure.LOCAL,
                1,
                settings.store().maxCallers(),
                Duration.ofMinutes(5)));
    assertThat(settings.store().maxCallers()).isBetween(1000, 100_000);
  }

  @ParameterizedTest
  @CsvSource({
    "1048576, 1000", // 1 MiB
    "134217728, 8192", // 128 MiB
    "1073741824, 65536", // 1 GiB
    "68719476736, 100000", // 64 GiB
  })
  void asManyCallersAreKeptAsTheMemoryHasRoomFor(long heapBytes, int callers) {
    Values values = new Values(Snapshot.take(Configs.of()).values(), new Problems());
    Stores stores = Stores.of(Configs.class.getClassLoader());
    assertThat(new StoreReader(values, stores, heapBytes).read().maxCallers()).isEqualTo(callers);
  }

  @Test
  void aTierHasAllThatIsConfiguredOfIt() {
    Settings settings =
        Configs.read(
            "tollgate.zone", "Europe/Berlin",
            "tollgate.tier.free.rate", "10/minute burst 20, 40000 tokens/10 minutes",
            "tollgate.tier.free.quota", "200 requests/day, 5.00 USD/month",
            "tollgate.tier.free.ladder", "90% notify, 120% refuse",
            "tollgate.tier.free.restrict", "context 4000, model gpt-5-nano, rate 5/minute",
            "tollgate.tier.free.priority", "high",
            "tollgate.price.gpt-4.1-nano", "0.10 in, 0.40 out, 0.025 cached USD per 1M");

    ZoneId berlin = ZoneId.of("Europe/Berlin");
    Tier free = settings.policies().tier("free");
    assertThat(free.limits())
        .containsExactly(
            Limit.rate(Meter.REQUESTS, 10, Duration.ofMinutes(1), 20),
            Limit.rate(Meter.TOKENS, 40_000, Duration.ofMinutes(10), 40_000),
            Limit.of(Meter.REQUESTS, 200, new Window.Calendar(Window.Unit.DAY, berlin)),
            Limit.of(Meter.COST, 5_000_000_000L, new Window.Calendar(Window.Unit.MONTH, berlin)));
    assertThat(free.ladder().rungs())
        .containsExactly(
            new Ladder.Rung(90, Ladder.Action.NOTIFY), new Ladder.Rung(120, Ladder.Action.REFUSE));
    assertThat(free.restriction())
        .isEqualTo(new Restriction(4000, Restriction.UNBOUNDED, "gpt-5-nano", Priority.LOW));
    assertThat(free.restrictedRates())
        .containsExactly(Limit.rate(Meter.REQUESTS, 5, Duration.ofMinutes(1), 5));
    assertThat(free.priority()).isEqualTo(Priority.HIGH);
    assertThat(settings.policies().tiers()).containsOnlyKeys("free");
    assertThat(settings.policies().prices().find("gpt-4.1-nano"))
        .contains(new Price(100_000_000, 25_000_000, 100_000_000, 400_000_000));
  }

  @Test
  void aRouteHasAllThatIsConfiguredOfIt() {
    Settings settings =
        Configs.read(
            "tollgate.route.chat.path", "/api/chat",
            "tollgate.route.chat.methods", "POST, put",
            "tollgate.route.chat.criticality", "essential",
            "tollgate.route.chat.rate", "2/second",
            "tollgate.route.chat.quota", "50/day",
            "tollgate.route.chat.wait", "10 seconds",
            "tollgate.route.chat.errors", "openai");

    assertThat(settings.policies().route("chat").criticality()).isEqualTo(Criticality.ESSENTIAL);
    assertThat(settings.policies().route("chat").limits())
        .extracting(Limit::name)
        .containsExactly("requests-per-second", "requests-per-day");
    assertThat(settings.http().routes())
        .containsExactly(
            new HttpRoute(
                "chat",
                List.of("/api/chat"),
                Set.of("POST", "PUT"),
                Duration.ofSeconds(10),
                ErrorFormat.OPENAI));
  }

  @Test
  void aBodyRouteRefusesInTheShapeOfItsProtocol() {
    Settings settings =
        Configs.read(
            "tollgate.route.a.path", "/v1/messages",
            "tollgate.route.a.body", "anthropic",
            "tollgate.route.b.path", "/v1/chat/completions",
            "tollgate.route.b.body", "openai",
            "tollgate.route.b.max-tokens", "512",
            "tollgate.route.b.model", "gpt-5-mini",
            "tollgate.route.c.path", "/api/generate",
            "tollgate.route.c.body", "ollama",
            "tollgate.route.d.path", "/v2/chat/completions",
            "tollgate.route.d.body", "openai",
            "tollgate.route.d.cost", "reported",
            "tollgate.route.d.errors", "problem");

    assertThat(settings.http().routes())
        .extracting(HttpRoute::errors)
        .containsExactly(
            ErrorFormat.ANTHROPIC, ErrorFormat.OPENAI, ErrorFormat.PROBLEM, ErrorFormat.PROBLEM);
    assertThat(settings.http().routes())
        .flatExtracting(route -> route.body().stream().toList())
        .containsExactly(Protocol.ANTHROPIC, Protocol.OPENAI, Protocol.OLLAMA, Protocol.OPENAI);
    assertThat(settings.http().routes())
        .extracting(HttpRoute::defaults)
        .startsWith(CallDefaults.NONE, new CallDefaults("gpt-5-mini", 512));
    assertThat(settings.http().routes())
        .extracting(HttpRoute::cost)
        .containsExactly(
            CostSource.PRICED, CostSource.PRICED, CostSource.PRICED, CostSource.REPORTED);
  }

  @Test
  void aRouteAllowsExtrasWhereItsBodiesAreRead() {
    Settings settings =
        Configs.read(
            "tollgate.route.a.path", "/v1/*",
            "tollgate.route.a.body", "openai",
            "tollgate.route.a.extras", "service-tier, stored-input");
    assertThat(settings.http().routes().get(0).extras())
        .containsExactlyInAnyOrder(Extra.SERVICE_TIER, Extra.STORED_INPUT);
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () ->
                Configs.read(
                    "tollgate.route.a.path", "/a", "tollgate.route.a.extras", "hosted-tools"))
        .withMessageContaining(
            "tollgate.route.a.extras = 'hosted-tools': the bodies of its route are not read;");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () ->
                Configs.read(
                    "tollgate.route.a.path", "/a",
                    "tollgate.route.a.body", "openai",
                    "tollgate.route.a.extras", "everything"))
        .withMessageContaining("tollgate.route.a.extras")
        .withMessageContaining("must be one of service-tier");
  }

  @Test
  void aReportedCostIsReadOnlyFromBodies() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () ->
                Configs.read("tollgate.route.a.path", "/v1/*", "tollgate.route.a.cost", "reported"))
        .withMessageContaining(
            "tollgate.route.a.cost = 'reported': the bodies of its route are not read;"
                + " set tollgate.route.a.body or remove it");
  }

  @Test
  void aBodyOfNoKnownProtocolIsAProblem() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () ->
                Configs.read(
                    "tollgate.route.a.path", "/v1/*",
                    "tollgate.route.a.body", "grpc",
                    "tollgate.route.a.max-tokens", "0"))
        .withMessageContaining("must be one of openai, anthropic, gemini, ollama")
        .withMessageContaining("must be from 1 to 1000000");
  }

  @Test
  void aRouteWithoutPathIsForAnnotatedMethods() {
    Settings settings = Configs.read("tollgate.route.batch.criticality", "background");

    assertThat(settings.policies().route("batch").criticality()).isEqualTo(Criticality.BACKGROUND);
    assertThat(settings.http().routes())
        .singleElement()
        .extracting(HttpRoute::paths)
        .isEqualTo(List.of());
  }

  @Test
  void aRouteForSomeMethodsGoesBeforeOneForAll() {
    Settings settings =
        Configs.read(
            "tollgate.route.a.path", "/v1/*, *.ai",
            "tollgate.route.b.path", "/v1/*",
            "tollgate.route.b.methods", "GET");

    assertThat(settings.http().routes()).extracting(HttpRoute::name).containsExactly("b", "a");
  }

  @Test
  void twoRoutesCannotHaveOnePattern() {
    assertThat(
            problems(
                "tollgate.route.a.path", "/v1/*, *.ai",
                "tollgate.route.b.path", "/v1, /v1/*"))
        .containsExactly(
            "tollgate.route.b.path = '/v1, /v1/*': '/v1/*' is also a path of route a;"
                + " remove it from one of them, or give them different methods");
  }

  @Test
  void callersCanHaveTiersByTheirIds() {
    Settings settings =
        Configs.read(
            "tollgate.caller.alice.tier", "pro",
            "tollgate.caller.\"a.b\".tier", "pro",
            "tollgate.caller.bob@example.org.tier", "free");

    assertThat(settings.http().callerTiers())
        .containsEntry("alice", "pro")
        .containsEntry("a.b", "pro")
        .containsEntry("bob@example.org", "free");
  }

  @Test
  void tiersAreInTheConfiguredOrder() {
    Settings settings =
        Configs.read(
            "tollgate.tiers", "pro, free",
            "tollgate.tier.free.rate", "1/second",
            "tollgate.tier.pro.rate", "2/second",
            "tollgate.tier.extra.rate", "3/second");

    assertThat(settings.http().tierOrder()).containsExactly("pro", "free", "extra");
  }

  @Test
  void theOnlyTierIsTheDefault() {
    Settings settings = Configs.read("tollgate.tier.basic.rate", "1/second");

    assertThat(settings.http().tiers()).endsWith(new TierSource.Default("basic"));
  }

  @Test
  void allProblemsAreReportedAtOnce() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () ->
                Configs.read(
                    "tollgate.tier.free.rate", "ten/minute, 5/fortnight",
                    "tollgate.tier.free.rat", "10/minute",
                    "tollgate.tier.pro.quota", "5.00 USD/month",
                    "tollgate.tier.pro.ladder", "100% restrict, 80% notify",
                    "tollgate.caller-tier", "role, default:gold",
                    "tollgate.store", "redis://user:s3cret@cache:6379",
                    "tollgate.hash-key", "short",
                    "tollgate.zone", "Mars/Olympus",
                    "tollgate.provider.openai.hard-limit", "500 requests/month"))
        .withMessage(
            """
            Tollgate's configuration has 9 problems:
              - tollgate.caller-tier = 'role, default:gold': there is no tier 'gold'; \
            define it by tollgate.tier.gold.rate, or use one of [free, pro]
              - tollgate.hash-key: a hash key of 5 bytes is too short: use at least 16; \
            write for example a random secret of 32 characters, the same on every node
              - tollgate.provider.openai.hard-limit = '500 requests/month': must be in USD; \
            write for example 500.00 USD/month
              - tollgate.store = 'redis://***@cache:6379': nothing here opens redis: \
            stores; add the jar tollgate-store-redis; write for example memory:, \
            file:tollgate-data or redis://localhost:6379
              - tollgate.tier.free.rat: is not a known key; remove it, or write the \
            nearest known key, tollgate.tier.free.rate
              - tollgate.tier.free.rate = 'ten/minute, 5/fortnight': 'ten' is not a \
            number of plain digits; write for example 10/minute burst 20 or 40000 \
            tokens/10 minutes
              - tollgate.tier.free.rate = 'ten/minute, 5/fortnight': 'fortnight' is not a \
            unit of time: second, minute, hour or day; write for example 10/minute burst \
            20 or 40000 tokens/10 minutes
              - tollgate.tier.pro.ladder = '100% restrict, 80% notify': rung at 80 % must \
            be above 100 %; write for example 80% notify, 100% restrict, 150% refuse
              - tollgate.zone = 'Mars/Olympus': 'Mars/Olympus' is not a time zone; write \
            for example UTC or Europe/Berlin""");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          tollgate.teir.free.rate        | 1/day       | is not a known key; remove it, or write the nearest known key, tollgate.tier.free.rate
          tollgate.tier.free.burst       | 20          | the nearest known key, tollgate.tier.free.
          tollgate.tier.free             | 20          | is not a known key
          tollgate.tier.a.b.rate         | 20/day      | is not a known key
          tollgate.tier."$".rate         | 20/day      | is not a known key
          tollgate.store-dedline         | 50ms        | the nearest known key, tollgate.store-deadline
          tollgate.breaker               | 3           | '3' is not a factor and a time; write for example 3x for 10 minutes
          tollgate.breaker               | 1x          | the factor '1' must be from 1.01 to 100
          tollgate.breaker               | 3x for 61 minutes | must be from 1 to 60
          tollgate.breaker               | 3x slow     | '3x slow' is not a factor and a time
          tollgate.breakr                | off         | the nearest known key, tollgate.breaker
          tollgate.expected-spend        | 1 USD/day   | '1 USD/day' is not USD/month
          tollgate.expected-spend        | 9/month     | '9/month' is not USD/month
          tollgate.tier.free.expected-spend    | 0 USD/month | '0' must be above 0
          tollgate.tier.free.expected-requests | 5 USD/day   | '5 USD/day' is not requests/day
          tollgate.tier.free.expected-requests | 2000000000/day | must be at most 1000000000
          tollgate.route.a.expected-spend      | many        | 'many' is not an amount per time
          tollgate.anomaly               | warn        | must be one of off, alert, restrict, block
          tollgate.on-hard-limit         | 503         | must be 429, 402 or 403
          tollgate.provider.openai.hard-limit        | 5 USD/hour | 'hour' is not day or month
          tollgate.provider.openai.hard-limits       | 5 USD/day  | the nearest known key, tollgate.provider.openai.hard-limit
          tollgate.provider.openai.essential-reserve | 10%        | is a part of no hard limit; set tollgate.provider.openai.hard-limit or remove it
          tollgate.callers               | ip, ip      | lists a source twice
          tollgate.callers               | ip,,bearer  | has nothing before, after or between its commas
          tollgate.caller-tier           | default:free, role | what follows a default is never asked
          tollgate.caller.bob.tier       | gold        | there is no tier 'gold'
          tollgate.tiers                 | gold        | there is no tier 'gold'
          tollgate.tiers                 | free, free  | 'free' is listed twice
          tollgate.tier.free.rate        | 1/minute, 2/60 seconds | has two limits named requests-per-minute
          tollgate.route.a.max-tokens    | 0           | must be from 1 to 1000000
          tollgate.route.a.model         | two words   | is no model: 1 to 128 characters
          tollgate.route.a.body          | openai      | its route has no path; set tollgate.route.a.path or remove it
          tollgate.unpriced              | free        | must be one of refuse, ceiling
          tollgate.prices-format         | litellm     | is the format of no file; set tollgate.prices or remove it
          tollgate.prices                | https:      | is neither a file nor a URL
          tollgate.prices                | /no/such/file.json | the last good ones stay
          tollgate.pages                 | tollgate    | must start with / or *.
          tollgate.route.a.wait          | 6 minutes   | must be from 0 seconds to 5 minutes
          tollgate.route.a.methods       | G@T         | 'G@T' is not an HTTP method
          tollgate.route.a.criticality   | vital       | must be one of essential, optional, background
          tollgate.on-store-failure      | Local       | must be one of local, open, closed
          tollgate.shadow                | yes         | must be true or false
          tollgate.waiting-room          | 100001      | must be from 0 to 100000
          tollgate.max-callers           | 99          | must be from 100 to 10000000
          tollgate.hold                  | 25 hours    | must be from 1 second to 24 hours
          tollgate.reload                | never       | is not a number and a unit of time
          tollgate.store                 | cassandra:x | 'cassandra' is not a kind of store: known are memory:, file:, redis:
          tollgate.store                 | file:data   | add the jar tollgate-store-file
          tollgate.trusted-proxies       | proxy.local | 'proxy.local' is not an IP address
          """)
  void oneProblem(String key, String value, String text) {
    assertThat(problems(key, value)).singleElement().asString().startsWith(key).contains(text);
  }

  @Test
  void severalTiersNeedADefaultWhenNoneIsCalledFree() {
    assertThat(problems("tollgate.tier.a.rate", "1/day", "tollgate.tier.b.rate", "1/day"))
        .containsExactly(
            "tollgate.caller-tier: names no tier for callers that have none;"
                + " end the list with default:a");
  }

  @Test
  void aKeyInTwoSpellingsIsAProblem() {
    assertThat(
            problems(
                "tollgate.price.o3", "1 in, 2 out USD per 1M",
                "tollgate.price.\"o3\"", "1 in, 3 out USD per 1M"))
        .singleElement()
        .asString()
        .contains("is the same key as");
  }

  @Test
  void valuesWithControlCharactersAreShownOnOneLine() {
    assertThat(problems("tollgate.zone", "UTC\nINFO all is well"))
        .singleElement()
        .asString()
        .doesNotContain("\n");
  }

  @Test
  void secretsAreNeverShown() {
    String secret = "hunter2hunter2hunter2";
    List<String> problems =
        problems(
            "tollgate.hash-kye",
            secret,
            "tollgate.store",
            "redis://me:" + secret + "#@host",
            "tollgate.hash-key",
            "hunter2");

    assertThat(problems).hasSize(3).noneMatch(problem -> problem.contains("hunter2"));
    assertThat(Configs.read("tollgate.hash-key", secret).toString()).doesNotContain("hunter2");
  }

  private static List<String> problems(String... namesAndValues) {
    try {
      Configs.read(namesAndValues);
      return List.of();
    } catch (ConfigurationException wrong) {
      return wrong.problems().stream().map(Object::toString).toList();
    }
  }
}
