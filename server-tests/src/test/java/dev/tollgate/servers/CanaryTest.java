package dev.tollgate.servers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tollgate.servers.Client.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.embedded.RedisServer;

/**
 * Every secret that the sample knows or is shown has a word in it that is nowhere else. After calls
 * that succeed, are refused, are wrong and fail, nothing that the sample has written has that word:
 * not its log with all levels on, no answer, page, metric, alert, file or value in Redis.
 */
class CanaryTest {

  private static final String CANARY = "canary";
  private static final String KEY = CANARY + "-key-1f0c8a";
  private static final String STRANGER = CANARY + "-stranger-77d1";
  private static final String PROVIDER_KEY = CANARY + "-provider-9a02";
  private static final String PASSWORD = CANARY + "-password-33e8";
  private static final String STORE_PASSWORD = CANARY + "-store-5b12";
  private static final String DIRECTORY = "observed-data";
  private static final String PROMPT = CANARY + "-prompt-c0ffee";

  private static final String OPERATOR =
      "Basic " + Base64.getEncoder().encodeToString(("admin:" + PASSWORD).getBytes(UTF_8));

  private final List<String> alerts = new CopyOnWriteArrayList<>();

  /** What was written, by where. */
  private final Map<String, String> seen = new TreeMap<>();

  @Test
  void noSecretIsWrittenAnywhere() throws IOException {
    int port = Ports.free(1).get(0);
    RedisServer redis =
        RedisServer.newRedisServer()
            .bind("127.0.0.1")
            .port(port)
            .setting("requirepass " + STORE_PASSWORD)
            .build();
    redis.start();
    try {
      run("secrets", "redis://:" + STORE_PASSWORD + "@127.0.0.1:" + port);
      readRedis(port);
    } finally {
      redis.stop();
    }
    assertNoSecret();
  }

  @Test
  void noSecretIsWrittenIntoADirectory() throws IOException {
    run("secrets-in-files", "file:" + DIRECTORY);
    assertThat(seen.get("files")).contains(DIRECTORY);
    assertNoSecret();
  }

  private void run(String name, String store) throws IOException {
    HttpServer receiver = openReceiver();
    try (ProviderStandIn provider = ProviderStandIn.open(PROVIDER_KEY);
        Instance instance =
            Instance.start(Server.TOMCAT, name, configuration(provider, receiver, store))) {
      call(instance.client());
      lookAround(instance.client());
      await().atMost(ofSeconds(20)).until(() -> !alerts.isEmpty());
      readFiles(instance.directory());
      seen.put("alerts", alerts.toString());
      seen.put("log", instance.log());
      assertThat(provider.calls()).isGreaterThanOrEqualTo(5);
    } finally {
      receiver.stop(0);
    }
  }

  private void assertNoSecret() {
    assertThat(seen.get("log")).contains("CallLog.charged", "CallLog.decided");
    System.out.printf(
        "%d places with %d characters, 0 with a secret: %s%n",
        seen.size(), seen.values().stream().mapToLong(String::length).sum(), seen.keySet());
    seen.forEach(
        (place, text) -> {
          assertThat(text).as(place).doesNotContain(CANARY);
          assertThat(text).as(place).doesNotContain(OPERATOR.substring("Basic ".length()));
        });
  }

  private HttpServer openReceiver() throws IOException {
    HttpServer receiver =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext("/", this::receive);
    receiver.start();
    return receiver;
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      alerts.add(Map.copyOf(exchange.getRequestHeaders()) + body);
      exchange.sendResponseHeaders(204, -1);
    }
  }

  private static Map<String, String> configuration(
      ProviderStandIn provider, HttpServer receiver, String store) {
    Map<String, String> values = new HashMap<>();
    values.put("java.util.logging.config.file", "conf/logging-all.properties");
    values.put("sample.keys", KEY + ":few");
    values.put("sample.hash-key", CANARY + "-hash-of-the-sample");
    values.put("sample.admin-password", PASSWORD);
    values.put("sample.provider.url", provider.url());
    values.put("sample.provider.key", PROVIDER_KEY);
    values.put("tollgate.hash-key", CANARY + "-hash-of-tollgate");
    values.put("tollgate.store", store);
    values.put("tollgate.callers", "principal, header:X-Visitor, cookie:visitor, bearer, ip");
    values.put("tollgate.route.picture.path", "/gate.svg");
    values.put("tollgate.tier.few.rate", "1000/minute burst 1000");
    values.put("tollgate.tier.few.quota", "8 requests/month");
    values.put("tollgate.tier.few.ladder", "50% notify, 100% refuse");
    String address = "http://127.0.0.1:" + receiver.getAddress().getPort();
    values.put("tollgate.alerts", "log, webhook:" + address + "/" + CANARY + "-path");
    values.put("tollgate.alerts-secret", CANARY + "-secret-of-alerts");
    values.put("tollgate.alerts-private-addresses", "allow");
    return values;
  }

  private void call(Client client) {
    String question = "{\"prompt\":\"" + PROMPT + "\",\"maxTokens\":16}";
    String hello = Hostile.HELLO.replace("Hi", PROMPT);
    String forbidden = Hostile.HELLO.replace("Hi", ProviderStandIn.FORBIDDEN_QUESTION);
    String bearer = "Bearer " + KEY;
    see("chat", 200, client.post("/api/chat", question, "X-API-Key", KEY));
    see("completion", 200, client.post(Hostile.COMPLETIONS, hello, "Authorization", bearer));
    see("message", 200, client.post(Hostile.MESSAGES, hello, "X-API-Key", KEY));
    String stream = hello.replace("{\"model\"", "{\"stream\":true,\"model\"");
    see("stream", 200, client.post(Hostile.COMPLETIONS, stream, "X-API-Key", KEY));
    see("echo", 502, client.post(Hostile.COMPLETIONS, forbidden, "X-API-Key", KEY));
    see("echo of messages", 502, client.post(Hostile.MESSAGES, forbidden, "X-API-Key", KEY));
    String failing = "{\"prompt\":\"" + ProviderStandIn.FORBIDDEN_QUESTION + "\"}";
    see("echo to the chat", 502, client.post("/api/chat", failing, "X-API-Key", KEY));
    see("malformed", 400, client.post(Hostile.COMPLETIONS, hello.substring(1), "X-API-Key", KEY));
    see(
        "two keys",
        400,
        client.post(
            "/api/chat", question, "X-API-Key", KEY, "Authorization", "Bearer " + STRANGER));
    see("stranger", 401, client.post("/api/chat", question, "X-API-Key", STRANGER));
    see("visitor", 200, client.get("/gate.svg", "X-Visitor", STRANGER));
    see("cookie", 200, client.get("/gate.svg", "Cookie", "visitor=" + STRANGER));
    see("bearer", 200, client.get("/gate.svg", "Authorization", "Bearer " + STRANGER));
    for (int call = 0; call < 8; call++) {
      seen.put("last call", client.post("/api/chat", question, "X-API-Key", KEY).toString());
    }
    see("refused", 429, client.post("/api/chat", question, "X-API-Key", KEY));
  }

  private void lookAround(Client client) {
    see("usage", 200, client.get("/tollgate/usage", "X-API-Key", KEY, "Accept", "text/html"));
    see("usage as JSON", 200, client.get("/tollgate/usage", "X-API-Key", KEY));
    for (String page : List.of("", "/spend", "/configuration", "/export?format=csv")) {
      see("admin" + page, 200, client.get("/tollgate/admin" + page, "Authorization", OPERATOR));
    }
    String wrong = OPERATOR.substring(0, OPERATOR.length() - 4);
    see("wrong password", 401, client.get("/tollgate/admin", "Authorization", wrong));
    see("metrics", 200, client.get("/tollgate/metrics"));
    see("health", 200, client.get("/tollgate/health"));
  }

  private void see(String place, int status, Reply reply) {
    assertThat(reply.status()).as("%s: %s", place, reply).isEqualTo(status);
    seen.put(place, reply.headers() + reply.body());
  }

  private void readRedis(int port) {
    List<String> all = new ArrayList<>();
    try (Jedis observer = new Jedis("127.0.0.1", port)) {
      observer.auth(STORE_PASSWORD);
      for (String key : observer.keys("*")) {
        all.add(key + " " + values(observer, key));
      }
    }
    assertThat(all).hasSizeGreaterThan(5);
    seen.put("Redis", all.toString());
  }

  private static Object values(Jedis observer, String key) {
    return switch (observer.type(key)) {
      case "hash" -> observer.hgetAll(key);
      case "list" -> observer.lrange(key, 0, -1);
      case "zset" -> observer.zrangeWithScores(key, 0, -1);
      case "set" -> observer.smembers(key);
      default -> observer.get(key);
    };
  }

  /** All but the application itself, as bytes. */
  private void readFiles(Path directory) throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        all.append(file).append(' ').append(new String(Files.readAllBytes(file), ISO_8859_1));
      }
    }
    seen.put("files", all.toString().replace(directory.toString(), ""));
  }
}
