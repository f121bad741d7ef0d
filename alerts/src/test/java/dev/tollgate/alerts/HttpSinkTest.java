package dev.tollgate.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tollgate.Alert;
import dev.tollgate.AlertSink;
import dev.tollgate.AlertSinkFactory;
import dev.tollgate.UndeliveredException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sinks before real servers: some that answer, some that do not. */
class HttpSinkTest {

  private static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");
  private static final InstantSource CLOCK = InstantSource.fixed(NOW);
  private static final SSLSocketFactory TLS = (SSLSocketFactory) SSLSocketFactory.getDefault();

  private static final Alert ALERT =
      new Alert(Alert.Kind.ANOMALY, NOW, "ann", "is abnormal", Map.of());

  private final Receiver receiver = new Receiver();

  @AfterEach
  void close() {
    receiver.close();
  }

  private static AlertSink open(String scheme, String address, boolean privateAddresses) {
    return new HttpSinkFactory()
        .open(scheme, address, new AlertSinkFactory.Options(privateAddresses, "", CLOCK));
  }

  @Test
  void anAlertIsPosted() throws Exception {
    open("webhook", receiver.address("/hook?token=a%20b"), true).deliver(ALERT);

    assertThat(receiver.posts)
        .singleElement()
        .satisfies(
            post -> {
              assertThat(post.path()).isEqualTo("/hook?token=a%20b");
              assertThat(post.headers())
                  .containsEntry("content-type", "application/cloudevents+json; charset=UTF-8")
                  .containsEntry("user-agent", "tollgate")
                  .doesNotContainKey("authorization");
              assertThat(post.body()).asString().contains(ALERT.id());
            });
  }

  @Test
  void alertmanagerIsPostedToWhereItsApiIs() throws Exception {
    open("alertmanager", receiver.address("/prefix/"), true).deliver(ALERT);

    assertThat(receiver.posts)
        .extracting(Receiver.Post::path)
        .containsExactly("/prefix/api/v2/alerts");
  }

  @Test
  void aLoginOfTheAddressIsSent() throws Exception {
    String address = receiver.address("/").replace("http://", "http://me:p%40ss@");
    AlertSink sink = open("webhook", address, true);
    sink.deliver(ALERT);

    String login = Base64.getEncoder().encodeToString("me:p@ss".getBytes());
    assertThat(receiver.posts.get(0).headers()).containsEntry("authorization", "Basic " + login);
    assertThat(sink.name()).startsWith("webhook:127.0.0.1:").doesNotContain("me");
  }

  @ParameterizedTest
  @CsvSource({
    "200, false, false",
    "204, false, false",
    "302, true, true",
    "400, true, true",
    "404, true, true",
    "408, true, false",
    "429, true, false",
    "500, true, false",
    "503, true, false"
  })
  void aStatusSaysWhetherTryingAgainHelps(int status, boolean fails, boolean lasting) {
    receiver.answer(status, Map.of("Location", receiver.address("/elsewhere")));
    AlertSink sink = open("webhook", receiver.address("/"), true);

    if (fails) {
      assertThatExceptionOfType(UndeliveredException.class)
          .isThrownBy(() -> sink.deliver(ALERT))
          .withMessageStartingWith("answered with status " + status)
          .satisfies(failure -> assertThat(failure.isLasting()).isEqualTo(lasting));
    } else {
      assertThat(failure(sink)).isNull();
    }
    assertThat(receiver.posts).as("no redirect is followed").hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "7                             | 7",
        "Tue, 10 Mar 2026 12:01:00 GMT | 60",
        "Tue, 10 Mar 2026 11:00:00 GMT | 0",
        "soon                          | 0",
        "-1                            | 0",
        "99999999999999                | 0"
      })
  void theTimeToComeBackIsRead(String text, long seconds) {
    receiver.answer(429, Map.of("Retry-After", text));

    assertThat(failure(open("webhook", receiver.address("/"), true)).retryAfter())
        .isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:%d/",
        "http://localhost:%d/",
        "http://[::ffff:127.0.0.1]:%d/",
        "http://[::1]:%d/",
        "http://0:%d/",
        "http://2130706433:%d/",
        "http://169.254.169.254/latest/meta-data/%d",
        "http://[fd00:ec2::254]/%d"
      })
  void privateAddressesAreRefusedHoweverTheyAreWritten(String address) {
    int port = Integer.parseInt(receiver.address("").replaceAll(".*:", ""));
    AlertSink sink = open("webhook", address.formatted(port), false);

    UndeliveredException failure = failure(sink);
    assertThat(failure).hasMessageContaining("has only private addresses");
    assertThat(failure.isLasting()).isTrue();
    assertThat(receiver.posts).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hook",
        "ftp://host/",
        "https:///path",
        "https://a b/",
        "https://host:99999/",
        "//h"
      })
  void whatIsNoUrlIsRefusedWithoutRepeatingIt(String address) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> open("slack", address, false))
        .satisfies(
            wrong -> {
              if (!address.isEmpty()) {
                assertThat(wrong.getMessage()).doesNotContain(address);
              }
            });
  }

  @Test
  void aServerThatDripsIsGivenUpAtTheDeadline() throws Exception {
    try (ServerSocket server = listen()) {
      CompletableFuture<Void> dripping =
          CompletableFuture.runAsync(
              () -> drip(server, "HTTP/1.1 200 OK\r\nX: " + "x".repeat(1000)));
      long start = System.nanoTime();

      assertThat(failure(sink(server, Duration.ofMillis(300))))
          .hasMessageContaining("SocketTimeout");
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(Duration.ofMillis(250), Duration.ofSeconds(3));
      dripping.cancel(true);
    }
  }

  @Test
  void aHeadWithoutEndIsGivenUp() throws Exception {
    try (ServerSocket server = listen()) {
      CompletableFuture<Void> unused =
          CompletableFuture.runAsync(
              () -> say(server, "HTTP/1.1 200 OK\r\nX: " + "x".repeat(1 << 20)));

      assertThat(failure(sink(server, Duration.ofSeconds(5))))
          .hasMessageContaining("too long a head");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SSH-2.0-x\r\n", "", "HTTP/1.1 2000 OK\r\n\r\n"})
  void whatIsNoHttpIsNoDelivery(String greeting) throws Exception {
    try (ServerSocket server = listen()) {
      CompletableFuture<Void> unused = CompletableFuture.runAsync(() -> say(server, greeting));

      assertThat(failure(sink(server, Duration.ofSeconds(5))).isLasting()).isFalse();
    }
  }

  @Test
  void closingBreaksOffWhatIsUnderWay() throws Exception {
    try (ServerSocket server = listen()) {
      HttpSink sink = sink(server, Duration.ofMinutes(5));
      CompletableFuture<UndeliveredException> delivery =
          CompletableFuture.supplyAsync(() -> failure(sink));
      try (Socket hanging = server.accept()) {
        assertThat(hanging.getInputStream().read()).isEqualTo('P');
        sink.close();

        assertThat(delivery.get(10, TimeUnit.SECONDS).isLasting()).isFalse();
      }
      assertThat(failure(sink)).hasMessageContaining("closed");
    }
  }

  @Test
  void aServerOfTheRightNameIsTrustedAndAnotherOneIsNot(@TempDir Path directory) throws Exception {
    SSLContext context = certificate(directory, "san=dns:localhost");
    try (ServerSocket server = listen(context)) {
      CompletableFuture<Void> unused =
          CompletableFuture.runAsync(
              () -> {
                say(server, "HTTP/1.1 200 OK\r\n\r\n");
                say(server, "HTTP/1.1 200 OK\r\n\r\n");
              });

      assertThat(failure(tlsSink(server, "localhost", context.getSocketFactory()))).isNull();
      assertThat(failure(tlsSink(server, "127.0.0.1", context.getSocketFactory())))
          .hasMessageContaining("SSLHandshakeException");
    }
    try (ServerSocket server = listen(context)) {
      CompletableFuture<Void> unused =
          CompletableFuture.runAsync(() -> say(server, "HTTP/1.1 200 OK\r\n\r\n"));

      assertThat(failure(tlsSink(server, "localhost", TLS)))
          .hasMessageContaining("SSLHandshakeException");
    }
  }

  private static HttpSink tlsSink(ServerSocket server, String host, SSLSocketFactory tls) {
    Endpoint endpoint = Endpoint.parse("https://" + host + ":" + server.getLocalPort() + "/");
    return new HttpSink(
        "tls",
        Alert.Severity.INFO,
        new SlackFormat(),
        new Poster(endpoint, true, tls, Duration.ofSeconds(10)),
        CLOCK);
  }

  private static HttpSink sink(ServerSocket server, Duration deadline) {
    Endpoint endpoint = Endpoint.parse("http://127.0.0.1:" + server.getLocalPort() + "/");
    return new HttpSink(
        "trial",
        Alert.Severity.INFO,
        new SlackFormat(),
        new Poster(endpoint, true, TLS, deadline),
        CLOCK);
  }

  private static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  }

  private static ServerSocket listen(SSLContext context) throws IOException {
    return context
        .getServerSocketFactory()
        .createServerSocket(0, 10, InetAddress.getLoopbackAddress());
  }

  /** A context that presents, and trusts, a new certificate of its own. */
  private static SSLContext certificate(Path directory, String extension) throws Exception {
    Path file = directory.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "a",
                "-dname",
                "CN=test",
                "-ext",
                extension,
                "-storepass",
                "password",
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, "password".toCharArray());
    }
    KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("SunX509");
    keyManagers.init(keys, "password".toCharArray());
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("a", keys.getCertificate("a"));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keyManagers.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  /** Reads the beginning of a request and answers with a text. A client may leave meanwhile. */
  private static void say(ServerSocket server, String text) {
    try (Socket socket = server.accept()) {
      socket.getInputStream().read(new byte[4096]);
      socket.getOutputStream().write(text.getBytes());
      socket.getOutputStream().flush();
      socket.shutdownOutput();
      socket.getInputStream().readAllBytes();
    } catch (IOException left) {
      System.out.println("the client left: " + left);
    }
  }

  private static void drip(ServerSocket server, String text) {
    try (Socket socket = server.accept()) {
      OutputStream out = socket.getOutputStream();
      for (byte next : text.getBytes()) {
        out.write(next);
        out.flush();
        TimeUnit.MILLISECONDS.sleep(20);
      }
    } catch (IOException | InterruptedException left) {
      System.out.println("the client left: " + left);
    }
  }

  /** Null when the alert is delivered. */
  private static UndeliveredException failure(AlertSink sink) {
    try {
      sink.deliver(ALERT);
      return null;
    } catch (UndeliveredException failure) {
      return failure;
    }
  }
}
