package dev.tollgate.servers;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollgate.servers.Client.Reply;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.embedded.RedisServer;

/** The sample with its counters in Redis, and with a Redis that is not there. */
class RedisTest {

  private static final Pattern SCRIPT_CALLS = Pattern.compile("cmdstat_evalsha:calls=(\\d+)");
  private static final String LOOPBACK = InetAddress.getLoopbackAddress().getHostAddress();

  @Test
  void twoProcessesAdmitOneCallersBurstOnce() throws IOException {
    int port = Ports.free(1).get(0);
    RedisServer redis = RedisServer.newRedisServer().bind(LOOPBACK).port(port).build();
    redis.start();
    try (Instance one = Instance.start(Server.TOMCAT, "redis-one", sharing(port));
        Instance two = Instance.start(Server.TOMCAT, "redis-two", sharing(port));
        Jedis observer = new Jedis(LOOPBACK, port)) {
      assertThat(one.client().chat("warm-one").status()).isEqualTo(200);
      assertThat(two.client().chat("warm-two").status()).isEqualTo(200);
      observer.configResetStat();

      List<Reply> replies = Client.crowd(List.of(one.client(), two.client()), "crowd", 200);

      assertThat(replies.stream().collect(groupingBy(Reply::status, counting())))
          .isEqualTo(Map.of(200, 20L, 429, 180L));
      assertThat(scriptCalls(observer)).isBetween(1L, 200L);
      assertThat(one.log() + two.log()).doesNotContain("Exception");
    } finally {
      redis.stop();
    }
  }

  /** Each call may cost 15 cents and does: five tokens of output at 3 cents. */
  @Test
  void ofFiveCallsThroughTwoProcessesExactlyThreeFitIntoABudget() throws IOException {
    int port = Ports.free(1).get(0);
    RedisServer redis = RedisServer.newRedisServer().bind(LOOPBACK).port(port).build();
    redis.start();
    try (ProviderStandIn provider = ProviderStandIn.open();
        Instance one = Instance.start(Server.TOMCAT, "budget-one", budget(port, provider));
        Instance two = Instance.start(Server.TOMCAT, "budget-two", budget(port, provider))) {
      List<Reply> replies =
          Client.crowd(
              List.of(one.client(), two.client()),
              5,
              "/v1/chat/completions",
              "{\"model\":\"gpt-5-mini\",\"max_completion_tokens\":5,\"messages\":"
                  + "[{\"role\":\"user\",\"content\":\"What is a tollgate?\"}]}",
              "X-API-Key",
              "crowd");

      assertThat(replies.stream().collect(groupingBy(Reply::status, counting())))
          .isEqualTo(Map.of(200, 3L, 429, 2L));
      assertThat(provider.calls()).isEqualTo(3);
      for (Instance instance : List.of(one, two)) {
        JsonNode limits = instance.client().usage("crowd").path("limits");
        JsonNode cost =
            StreamSupport.stream(limits.spliterator(), false)
                .filter(limit -> limit.path("name").asText().equals("cost-per-month"))
                .findFirst()
                .orElseThrow();
        assertThat(new BigDecimal(cost.path("used").asText())).isEqualByComparingTo("0.45");
        assertThat(new BigDecimal(cost.path("held").asText())).isZero();
      }
    } finally {
      redis.stop();
    }
  }

  private static Map<String, String> budget(int port, ProviderStandIn provider) {
    Map<String, String> values = new HashMap<>(sharing(port));
    values.put("tollgate.tier.free.quota", "0.45 USD/month");
    values.put("tollgate.tier.free.ladder", "100% refuse");
    values.put("tollgate.price.gpt-5-mini", "0 in, 30000 out USD per 1M");
    values.put("sample.provider.url", provider.url());
    values.put("sample.provider.key", ProviderStandIn.KEY);
    return values;
  }

  @Test
  void deploysWithoutRedisAndSaysThatItIsDegraded() throws IOException {
    try (Instance instance =
        Instance.start(Server.TOMCAT, "redis-absent", sharing(Ports.free(1).get(0)))) {
      Client client = instance.client();

      assertThat(client.get("/").status()).isEqualTo(200);
      assertThat(client.chat("crowd").status()).isEqualTo(200);
      assertThat(client.usage("crowd").path("degraded").asBoolean()).isTrue();
    }
  }

  /**
   * The store has a second to answer. Two servers that have just started, their client and Redis
   * share the machine: by the default of 50 ms, whoever is not scheduled in time decides alone.
   */
  private static Map<String, String> sharing(int port) {
    return Map.of(
        "tollgate.store", "redis://" + LOOPBACK + ":" + port,
        "tollgate.store-deadline", "1s",
        "tollgate.tier.free.rate", "10/minute burst 20",
        "sample.keys", "crowd:free, warm-one:free, warm-two:free");
  }

  private static long scriptCalls(Jedis observer) {
    Matcher calls = SCRIPT_CALLS.matcher(observer.info("commandstats"));
    return calls.find() ? Long.parseLong(calls.group(1)) : 0;
  }
}
