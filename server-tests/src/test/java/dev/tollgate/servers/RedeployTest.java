package dev.tollgate.servers;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.embedded.RedisServer;

/**
 * A hundred redeployments of the sample, with its counters in Redis, before a provider that goes on
 * talking. {@link SampleOnEveryServerTest} makes a few on every server, with counters in memory.
 */
class RedeployTest {

  private static final int ROUNDS = Integer.getInteger("redeployments", 100);

  @ParameterizedTest
  @EnumSource(names = {"TOMCAT", "WILDFLY"})
  @Tag("long")
  void aHundredRedeploymentsLeaveNoThreadAndNoClassLoader(Server server) throws IOException {
    int port = Ports.free(1).get(0);
    RedisServer redis = RedisServer.newRedisServer().bind("127.0.0.1").port(port).build();
    redis.start();
    try (ProviderStandIn provider = ProviderStandIn.open();
        Instance instance =
            Instance.start(server, "redeploy-" + server, configuration(provider, port))) {
      new Redeployment(instance).run(ROUNDS);
    } finally {
      redis.stop();
    }
  }

  private static Map<String, String> configuration(ProviderStandIn provider, int redisPort) {
    Map<String, String> values = new HashMap<>();
    values.put("tollgate.store", "redis://127.0.0.1:" + redisPort);
    values.put("tollgate.hash-key", "the-hash-key-of-this-test");
    values.put("sample.provider.url", provider.url());
    values.put("sample.provider.key", ProviderStandIn.KEY);
    values.put("sample.keys", Redeployment.KEYS);
    values.put("tollgate.tier.ample.rate", Redeployment.AMPLE);
    values.put("tollgate.tier.patient.rate", Redeployment.PATIENT);
    values.put("tollgate.route.suggest.wait", Redeployment.WAIT);
    return values;
  }
}
