package dev.tollgate.servers;

import static java.time.Duration.ofSeconds;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollgate.servers.AddressTricks.Case;
import dev.tollgate.servers.Client.Reply;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The corpus of hostile requests, on each server, before a provider that counts what it is asked.
 * {@link Verdict} says what a bypass is.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ParameterizedClass
@EnumSource(Server.class)
class HostileRequestsTest {

  private static final Pattern REMAINING = Pattern.compile("r=(\\d+)");

  /** A failure that went through code of ours. */
  private static final Pattern OUR_FRAME = Pattern.compile("(?m)^\\s+at .*dev\\.tollgate\\.");

  private static final Pattern FORMULA = Pattern.compile("(?m)(^|,)\"?[=+@]");

  @Parameter private Server server;
  private ProviderStandIn provider;
  private Instance instance;
  private Client client;

  @BeforeParameterizedClassInvocation
  void start() throws IOException {
    provider = ProviderStandIn.open();
    instance = Instance.start(server, "hostile-" + server, configuration(provider));
    client = instance.client();
  }

  @AfterParameterizedClassInvocation
  void stop() {
    instance.close();
    provider.close();
  }

  private static Map<String, String> configuration(ProviderStandIn provider) {
    Map<String, String> values = new HashMap<>();
    values.put("sample.provider.url", provider.url());
    values.put("sample.provider.key", ProviderStandIn.KEY);
    values.put("sample.admin-password", Hostile.PASSWORD);
    values.put(
        "sample.keys",
        "%s:large, %s:large, %s:large, %s:spent"
            .formatted(Hostile.KEY, Hostile.VICTIM_KEY, Hostile.LEAVER_KEY, Hostile.SPENT_KEY));
    values.put("tollgate.callers", "principal, header:X-Visitor, cookie:visitor, ip");
    values.put("tollgate.hash-key", "the-hash-key-of-this-test");
    values.put("tollgate.trusted-proxies", "127.0.0.1/32, 10.0.0.0/8");
    values.put("tollgate.route.picture.path", AddressTricks.PATH);
    values.put("tollgate.tier.free.rate", "1/hour burst 10000");
    values.put("tollgate.tier.free.quota", "10000 requests/month");
    values.put("tollgate.tier.large.rate", "1000000/minute burst 1000000");
    values.put(
        "tollgate.tier.large.quota",
        "1000000 requests/month, 1000000000000 tokens/month, 1000000.00 USD/month");
    values.put("tollgate.tier.spent.quota", "1 requests/month");
    values.put("tollgate.tier.spent.ladder", "100% refuse");
    values.put("tollgate.anomaly", "off");
    return values;
  }

  @Test
  void noneGetsPast() throws Exception {
    assertThat(client.chat(Hostile.VICTIM_KEY).status()).isEqualTo(200);
    String victim = client.usage(Hostile.VICTIM_KEY).path("caller").asText();
    List<Hostile> corpus = corpus(victim).toList();
    Trial trial = new Trial(instance, provider, victim);

    long start = System.nanoTime();
    trial.tryAll(corpus);
    System.out.printf(
        "%s: %d hostile requests in %.1f s, %d bypasses; kinds %s; statuses %s%n",
        server,
        corpus.size(),
        (System.nanoTime() - start) / 1e9,
        trial.bypasses().size(),
        corpus.stream().collect(groupingBy(Hostile::category, TreeMap::new, counting())),
        trial.statuses());

    assertThat(corpus).hasSizeGreaterThan(400);
    assertThat(trial.bypasses()).isEmpty();
    assertThat(trial.surprises()).isEmpty();
    assertThat(provider.faults()).isEmpty();
    assertThat(client.chat(Hostile.KEY).status()).isEqualTo(200);
    assertThatLogAndExportsAreHarmless();
  }

  private static Stream<Hostile> corpus(String victim) {
    return Stream.of(
            PathTricks.all(),
            HeaderTricks.all(),
            JsonTricks.all(),
            BodyTricks.all(),
            InjectionTricks.all(),
            new PageTricks(victim).all())
        .flatMap(tricks -> tricks);
  }

  private void assertThatLogAndExportsAreHarmless() throws IOException {
    assertThat(instance.log())
        .doesNotContainPattern("(?m)^" + InjectionTricks.INJECTED)
        .doesNotContainPattern(OUR_FRAME)
        .doesNotContain(ProviderStandIn.KEY, Hostile.PASSWORD);
    await().atMost(ofSeconds(20)).until(() -> export().contains("'=cmd"));
    assertThat(export()).doesNotContainPattern(FORMULA);
  }

  private String export() {
    String address = "/tollgate/admin/export?format=csv&by=model";
    return client.get(address, "Authorization", Hostile.OPERATOR).body();
  }

  @Test
  void whoHasUsedEverythingUpFindsNoOtherWay() throws IOException {
    assertThat(client.chat(Hostile.SPENT_KEY).status()).isEqualTo(200);
    assertThat(client.chat(Hostile.SPENT_KEY).status()).isEqualTo(429);
    List<Hostile> ways =
        Stream.of(PathTricks.all(), HeaderTricks.all(), BodyTricks.all())
            .flatMap(tricks -> tricks)
            .filter(request -> request.head().contains(Hostile.KEY))
            .map(request -> request.by(Hostile.SPENT_KEY))
            .toList();
    List<String> passed = new ArrayList<>();
    for (Hostile way : ways) {
      long calls = provider.calls();
      RawAnswer answer = RawAnswer.to(way, instance.address());
      if (provider.calls() != calls) {
        passed.add(way + "\n  " + answer);
      }
    }
    System.out.printf(
        "%s: %d ways around a spent quota, %d open%n", server, ways.size(), passed.size());
    assertThat(passed).isEmpty();
  }

  @Test
  void addressesPayForThemselves() throws IOException {
    List<Case> cases = AddressTricks.all();
    List<String> wrong = new ArrayList<>();
    for (Case trick : cases) {
      long before = remaining(visit(trick.client()));
      RawAnswer answer = RawAnswer.to(trick.request(), instance.address());
      long after = remaining(visit(trick.client()));
      boolean refused = answer.statuses().stream().allMatch(status -> status / 100 == 4);
      if (before - after != (refused ? 1 : 2)) {
        wrong.add(
            trick.client() + " " + (before - after) + " " + trick.request() + "\n  " + answer);
      }
    }
    System.out.printf(
        "%s: %d forged addresses, %d wrongly charged%n", server, cases.size(), wrong.size());
    assertThat(wrong).isEmpty();
  }

  private Reply visit(String address) {
    return client.get(AddressTricks.PATH, "X-Forwarded-For", address);
  }

  private static long remaining(Reply reply) {
    Matcher remaining = REMAINING.matcher(reply.header("RateLimit"));
    assertThat(remaining.find()).as(reply.toString()).isTrue();
    return new BigDecimal(remaining.group(1)).longValueExact();
  }

  /** Who leaves before the end is told what it cost might hope not to pay, or to block a place. */
  @Test
  void leavingASilentProviderIsPaidAndHoldsNothingForLong() throws IOException {
    readTheFirstWordAndReset();

    await()
        .atMost(ofSeconds(5))
        .untilAsserted(() -> assertSettled(client.usage(Hostile.LEAVER_KEY)));
  }

  private void readTheFirstWordAndReset() throws IOException {
    Hostile request =
        Hostile.post("leaving", Hostile.COMPLETIONS)
            .by(Hostile.LEAVER_KEY)
            .json(
                "{\"model\":\"gpt-4o-mini\",\"max_completion_tokens\":4000,\"stream\":true,"
                    + "\"messages\":[{\"role\":\"user\",\"content\":\""
                    + ProviderStandIn.HARD_QUESTION
                    + "\"}]}");
    try (Socket socket = new Socket(instance.address().getHost(), instance.address().getPort())) {
      socket.setSoLinger(true, 0);
      socket.setSoTimeout(30_000);
      for (byte[] piece : request.bytes()) {
        socket.getOutputStream().write(piece);
      }
      StringBuilder read = new StringBuilder();
      while (read.indexOf("Well") < 0) {
        int next = socket.getInputStream().read();
        assertThat(next).as("what follows %s", read).isNotNegative();
        read.append((char) next);
      }
      assertThat(held(client.usage(Hostile.LEAVER_KEY))).isPositive();
    }
  }

  private static void assertSettled(JsonNode usage) {
    assertThat(usage.path("calls")).as(usage.toString()).hasSize(1);
    JsonNode call = usage.path("calls").path(0);
    assertThat(call.path("estimated").asBoolean()).isTrue();
    assertThat(call.path("outputTokens").asLong()).isBetween(1L, 10L);
    assertThat(held(usage)).isZero();
  }

  private static BigDecimal held(JsonNode usage) {
    return usage.path("limits").findValuesAsText("held").stream()
        .map(BigDecimal::new)
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }
}
