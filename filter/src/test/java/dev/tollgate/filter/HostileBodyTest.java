package dev.tollgate.filter;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Meter;
import java.io.ByteArrayOutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A body from which it cannot be told what it asks for changes no balance. */
class HostileBodyTest {

  private BodyServer server;

  @BeforeEach
  void start() throws Exception {
    server =
        BodyServer.start(
            (request, response) -> server.gate.answer(response),
            BodyServer.quota(Meter.REQUESTS, 100),
            BodyServer.quota(Meter.TOKENS, 1_000_000_000));
  }

  @AfterEach
  void nothingWasChargedNorServed() throws Exception {
    assertThat(server.limit().remaining()).isEqualTo(100);
    assertThat(server.calls()).isEmpty();
    assertThat(server.gate.served).hasValue(0);
    server.close();
  }

  private void rejects(String body, int status) throws Exception {
    HttpResponse<String> answer = server.post(body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.body()).contains("invalid_request_error");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":9223372036854775808}
          {"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":-1}
          {"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":1e400}
          {"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":"100"}
          {"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":1,"max_tokens":100000}
          {"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":1,"max\\u005ftokens":1000}
          {"model":"m","messages":[{"role":"user","content":"x"}],"n":1000000}
          {"model":5,"messages":[{"role":"user","content":"x"}]}
          {"model":"m","messages":"x"}
          {"model":"m"}
          {"model":"m","messages":[{"role":"user","content":"x"}],"service_tier":"priority"}
          {"model":"m","messages":[{"role":"user","content":"x"}],"web_search_options":{}}
          {"model":"m","messages":[{"role":"user","content":"x"}],"modalities":["text","audio"]}
          {"model":"m","messages":[{"role":"user","content":"x"}],"models":["a","b"]}
          {"model":"m","input":"x","previous_response_id":"resp_1"}
          {"model":"m","input":"x","background":true}
          {"model":"m","messages":[{"role":"user","content":"x"}]} {}
          []
          no JSON
          """)
  void malformed(String body) throws Exception {
    rejects(body, 400);
  }

  @Test
  void empty() throws Exception {
    rejects("", 400);
  }

  @Test
  void deeplyNested() throws Exception {
    rejects("{\"messages\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}", 400);
  }

  @Test
  void tooLarge() throws Exception {
    rejects("{\"model\":\"" + "m".repeat(1 << 20) + "\"}", 413);
  }

  @Test
  void tooLargeWithoutSayingSo() throws Exception {
    byte[] body = ("{\"model\":\"" + "m".repeat(1 << 20) + "\"}").getBytes("UTF-8");
    HttpRequest.Builder chunked =
        server
            .request("")
            .POST(
                HttpRequest.BodyPublishers.fromPublisher(
                    HttpRequest.BodyPublishers.ofByteArray(body)));
    assertThat(server.gate.send(chunked).statusCode()).isEqualTo(413);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 100\r\n\r\n{",
        "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5\r\n{}",
      })
  void brokenOff(String lengthAndBody) throws Exception {
    try (Socket client = server.gate.connect()) {
      String head = "POST " + BodyServer.PATH + " HTTP/1.1\r\nHost: localhost\r\nX-API-Key: k\r\n";
      client.getOutputStream().write((head + lengthAndBody).getBytes(US_ASCII));
      client.shutdownOutput();
      String answer = new String(client.getInputStream().readAllBytes(), US_ASCII);
      assertThat(answer).startsWith("HTTP/1.1 400").contains("invalid_request_error");
    }
  }

  @Test
  void compressed() throws Exception {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
      for (int i = 0; i < 100; i++) {
        gzip.write(new byte[1 << 20]);
      }
    }
    HttpRequest.Builder request =
        server
            .request("")
            .header("Content-Encoding", "gzip")
            .POST(HttpRequest.BodyPublishers.ofByteArray(bomb.toByteArray()));
    HttpResponse<String> answer = server.gate.send(request);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("Content-Encoding", "without this header");
  }
}
