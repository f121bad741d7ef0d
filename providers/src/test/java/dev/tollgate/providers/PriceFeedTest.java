package dev.tollgate.providers;

import static dev.tollgate.providers.Fixtures.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tollgate.Price;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.LocalDate;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PriceFeedTest {

  private static final Catalogue BASE = Catalogue.shipped();

  private final AtomicInteger sent = new AtomicInteger();
  private HttpServer server;
  private volatile byte[] served = prices(1);
  private volatile String version = "\"1\"";
  private volatile int status = 200;

  @TempDir private Path directory;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/prices.json", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean known = version.equals(exchange.getRequestHeaders().getFirst("If-None-Match"));
      if (status != 200 || known) {
        exchange.sendResponseHeaders(known ? 304 : status, -1);
        return;
      }
      exchange.getResponseHeaders().set("ETag", version);
      exchange.sendResponseHeaders(200, served.length);
      exchange.getResponseBody().write(served);
      sent.incrementAndGet();
    }
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private static byte[] prices(int dollars) {
    return utf8(
        "{\"mine\":{\"input_cost_per_token\":"
            + dollars
            + "e-6,\"output_cost_per_token\":"
            + dollars
            + "e-6}}");
  }

  private static Price mine(PriceFeed feed) {
    return feed.catalogue().prices(LocalDate.EPOCH).get("mine");
  }

  private static Price dollars(int dollars) {
    return Price.of(dollars * 1_000_000_000L, dollars * 1_000_000_000L);
  }

  @Test
  void changedPageIsTakenAndAnUnchangedOneIsNotSentAgain() {
    PriceFeed feed = web();
    assertThat(feed.catalogue()).isEqualTo(BASE);
    assertThat(feed.refresh()).isTrue();
    assertThat(mine(feed)).isEqualTo(dollars(1));
    assertThat(feed.catalogue().names()).as("what the page does not know").contains("gpt-5");
    assertThat(feed.refresh()).isFalse();
    assertThat(sent).hasValue(1);
    served = prices(2);
    version = "\"2\"";
    assertThat(feed.refresh()).isTrue();
    assertThat(mine(feed)).isEqualTo(dollars(2));
    assertThat(feed.problem()).isEmpty();
  }

  @Test
  void badPageKeepsTheLastGoodPricesAndSaysWhy() {
    PriceFeed feed = web();
    feed.refresh();
    served = utf8("<html>");
    version = "\"2\"";
    assertThat(feed.refresh()).isFalse();
    assertThat(mine(feed)).isEqualTo(dollars(1));
    assertThat(feed.problem().orElseThrow()).contains("/prices.json", "is no JSON", "stay");
    assertThat(feed.refresh()).isFalse();
    assertThat(feed.problem()).as("it is still bad").isPresent();
    served = prices(3);
    version = "\"3\"";
    assertThat(feed.refresh()).isTrue();
    assertThat(feed.problem()).isEmpty();
  }

  @Test
  void serverThatFailsKeepsTheLastGoodPrices() {
    PriceFeed feed = web();
    feed.refresh();
    version = "\"2\"";
    status = 503;
    assertThat(feed.refresh()).isFalse();
    assertThat(feed.problem().orElseThrow()).contains("status 503");
    server.stop(0);
    assertThat(feed.refresh()).isFalse();
    assertThat(feed.problem()).isPresent();
    assertThat(mine(feed)).isEqualTo(dollars(1));
  }

  @Test
  void pageOverTheBoundIsRefused() {
    served = new byte[PriceSource.MAX_BYTES + 1];
    PriceFeed feed = web();
    assertThat(feed.refresh()).isFalse();
    assertThat(feed.problem().orElseThrow()).contains("has more than 33554432 bytes");
  }

  @Test
  void changedFileIsTaken() throws IOException {
    Path file = directory.resolve("prices.json");
    PriceFeed feed = new PriceFeed(file.toUri(), PriceFormat.LITELLM, BASE);
    assertThat(feed.refresh()).isFalse();
    assertThat(feed.problem().orElseThrow()).contains("NoSuchFileException");
    Files.write(file, prices(1));
    assertThat(feed.refresh()).isTrue();
    assertThat(feed.problem()).isEmpty();
    assertThat(feed.refresh()).isFalse();
    Files.write(file, prices(2));
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_900_000_000_000L));
    assertThat(feed.refresh()).isTrue();
    assertThat(mine(feed)).isEqualTo(dollars(2));
    Files.delete(file);
    assertThat(feed.refresh()).isFalse();
    assertThat(mine(feed)).isEqualTo(dollars(2));
  }

  @Test
  void otherAddressesAreRefused() {
    assertThatThrownBy(() -> new PriceFeed(URI.create("ftp://x/y"), PriceFormat.LITELLM, BASE))
        .hasMessage("prices from ftp://x/y: must begin with file:, http: or https:");
  }

  private PriceFeed web() {
    URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/prices.json");
    return new PriceFeed(uri, PriceFormat.LITELLM, BASE);
  }
}
