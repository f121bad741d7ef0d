package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** Encrypted connections to real servers, whose authority made one certificate: localhost's. */
class TlsTest {

  private static final Duration DEADLINE = Duration.ofMillis(300);
  private static final String PASSWORD = "changeit";

  @TempDir static Path directory;
  private static SSLContext trusting;
  private SSLContext usual;

  @BeforeAll
  static void makeCertificate() throws Exception {
    Path store = directory.resolve("store.p12");
    Process keytool =
        new ProcessBuilder(
                (System.getProperty("java.home")
                        + "/bin/keytool -genkeypair -alias redis -keyalg EC -groupname secp256r1"
                        + " -dname CN=localhost -ext san=dns:localhost -ext bc:c=ca:true"
                        + " -validity 2 -storetype PKCS12 -keystore "
                        + store
                        + " -storepass "
                        + PASSWORD)
                    .split(" "))
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    byte[] certificate = keys.getCertificate("redis").getEncoded();
    write("certificate.pem", "CERTIFICATE", certificate);
    write("key.pem", "PRIVATE KEY", keys.getKey("redis", PASSWORD.toCharArray()).getEncoded());
    trusting = trusting(keys);
  }

  private static void write(String name, String kind, byte[] content) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    Files.writeString(
        directory.resolve(name),
        "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
  }

  private static SSLContext trusting(KeyStore keys) throws GeneralSecurityException, IOException {
    KeyStore authorities = KeyStore.getInstance("PKCS12");
    authorities.load(null, null);
    authorities.setCertificateEntry("redis", keys.getCertificate("redis"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(authorities);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  @BeforeEach
  void trust() throws GeneralSecurityException {
    usual = SSLContext.getDefault();
    SSLContext.setDefault(trusting);
  }

  @AfterEach
  void trustAsUsual() {
    SSLContext.setDefault(usual);
  }

  private static String[] settings(int port) {
    return new String[] {
      "tls-port " + port,
      "tls-cert-file " + directory.resolve("certificate.pem"),
      "tls-key-file " + directory.resolve("key.pem"),
      "tls-ca-cert-file " + directory.resolve("certificate.pem"),
      "tls-auth-clients no"
    };
  }

  private static String[] settings(int port, String... more) {
    String[] basic = settings(port);
    String[] all = Arrays.copyOf(basic, basic.length + more.length);
    System.arraycopy(more, 0, all, basic.length, more.length);
    return all;
  }

  private static Store open(String uri, int port) {
    return Stores.open(URI.create(uri.replace("PORT", Integer.toString(port))), DEADLINE);
  }

  /** One that has time for the first connections, which take several handshakes. */
  private static Store openPatiently(String uri, int port) {
    return Stores.open(URI.create(uri.replace("PORT", Integer.toString(port))), Stores.DEADLINE);
  }

  private static void assertCounts(Store store) throws StoreException {
    for (int i = 0; i < 100; i++) {
      assertThat(store.replace("document", i, "text " + i)).isTrue();
    }
    assertThat(store.document("document").text()).isEqualTo("text 99");
  }

  private static void assertRefuses(Store store, String reason) {
    long began = System.nanoTime();
    assertThatThrownBy(() -> store.document("document"))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(reason);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(DEADLINE.multipliedBy(6));
  }

  @Test
  void theRightServerIsTalkedToAndNoOther() throws Exception {
    int port = LocalRedis.freePort();
    try (LocalRedis redis = LocalRedis.start(settings(port))) {
      try (Store store = openPatiently("rediss://localhost:PORT", port)) {
        assertCounts(store);
      }
      try (Store store = open("rediss://127.0.0.1:PORT", port)) {
        assertRefuses(store, "127.0.0.1");
      }
      try (Store store = open("redis://localhost:PORT", port)) {
        assertRefuses(store, "nothing was done");
      }
      try (Store store = open("rediss://localhost:PORT", redis.port())) {
        assertRefuses(store, "nothing was done");
      }
      SSLContext.setDefault(usual);
      try (Store store = open("rediss://localhost:PORT", port)) {
        assertRefuses(store, "PKIX path building failed");
      }
    }
  }

  @Test
  void theDeadlineHoldsBehindTls() throws Exception {
    int port = LocalRedis.freePort();
    try (LocalRedis redis = LocalRedis.start(settings(port));
        Store store = open("rediss://localhost:PORT", port)) {
      assertCounts(store);
      redis.suspend();
      assertRefuses(store, "outcome unknown");
      assertRefuses(store, "nothing was done");
      redis.resume();
      assertThat(store.document("document").text()).isEqualTo("text 99");
      redis.kill();
      redis.restart();
      assertThat(store.document("document").text()).isEmpty();
    }
  }

  @Test
  void clustersSpeakIt() throws Exception {
    int port = LocalRedis.freePort();
    String[] settings = settings(port, "cluster-enabled yes", "tls-cluster yes");
    try (LocalRedis redis = LocalRedis.start(settings)) {
      try (Jedis client = redis.client()) {
        client.clusterAddSlots(IntStream.range(0, LocalCluster.SLOTS).toArray());
      }
      try (Store store = openPatiently("rediss-cluster://localhost:PORT", port)) {
        Awaitility.await()
            .ignoreExceptionsInstanceOf(StoreException.class)
            .until(() -> store.document("document").version() == 0);
        assertCounts(store);
      }
    }
  }

  @Test
  void sentinelsSpeakIt() throws Exception {
    int port = LocalRedis.freePort();
    int sentinelPort = LocalRedis.freePort();
    String[] sentinelSettings =
        settings(
            sentinelPort,
            "tls-replication yes",
            "sentinel resolve-hostnames yes",
            "sentinel announce-hostnames yes",
            "sentinel monitor main localhost " + port + " 1");
    try (LocalRedis master = LocalRedis.start(settings(port));
        LocalRedis sentinel = LocalRedis.sentinelAt(LocalRedis.freePort(), sentinelSettings)) {
      sentinel.restart();
      try (Store store = openPatiently("rediss-sentinel://localhost:PORT/main", sentinelPort)) {
        assertCounts(store);
      }
      try (Jedis client = master.client()) {
        assertThat(client.dbSize()).isPositive();
      }
    }
  }
}
