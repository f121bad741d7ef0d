package dev.tollgate.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Route;
import dev.tollgate.config.ErrorFormat;
import dev.tollgate.config.HttpRoute;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No spelling of a path dodges its limit, on a server that lets the worst spellings through. */
class PathTricksTest {

  private GateServer server;

  @BeforeEach
  void start() throws Exception {
    server =
        new GateServer(
            new HttpSettingsBuilder()
                .route("chat", "/api/chat")
                .route("rest", "/lax/*", "*.ai")
                .route(
                    new HttpRoute(
                        "gets",
                        List.of("/gets"),
                        Set.of("GET"),
                        Duration.ZERO,
                        ErrorFormat.PROBLEM))
                .build(),
            List.of(GateServer.FREE),
            Route.of("chat"),
            Route.of("rest"),
            Route.of("gets"));
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/chat",
        "/api/chat?x=1",
        "/api/chat/",
        "/api/chat//",
        "//api/chat",
        "/api//chat",
        "///api///chat",
        "/./api/chat",
        "/api/./chat",
        "/api/chat/.",
        "/api/x/../chat",
        "/api/x/..;/chat",
        "/api/x/..;a=b/chat",
        "/api;x=1/chat",
        "/api/chat;x=1",
        "/api/chat;jsessionid=1",
        "/;/api/chat",
        "/api/%63hat",
        "/%61%70%69/%63%68%61%74",
        "/api%2fchat",
        "/api%2Fchat",
        "/api/%2e/chat",
        "/api/x/%2e%2e/chat",
        "/api/x/.%2e/chat",
        "/api/x/%2e%2e;/chat",
        "/api/x%2f..%2fchat",
        "/api/chat%3bx=1",
        "/api/chat%2f",
        "/api/%2563hat",
        "/api%252fchat",
        "/API/Chat",
        "/api/CHAT/",
        "/api%5cchat",
        "/lax/..;/api/chat",
        "http://localhost/api/chat"
      })
  void everySpellingIsCharged(String target) throws Exception {
    String answer = server.raw("GET", target, "X-API-Key: k");
    assertThat(answer).startsWith("HTTP/1.1 ");
    if (answer.startsWith("HTTP/1.1 200")) {
      assertThat(server.left("k")).as(answer).isEqualTo(19);
    } else {
      assertThat(answer).startsWith("HTTP/1.1 400");
      assertThat(server.served).hasValue(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/api", "/api/chats", "/api/chat/more", "/other", "/x/api/chat"})
  void otherPathsAreNot(String target) throws Exception {
    assertThat(server.raw("GET", target)).startsWith("HTTP/1.1 200");
  }

  @Test
  void aPathThatReadsAsTwoRoutesIsRefused() throws Exception {
    String answer = server.raw("GET", "/lax/%252e%252e/api/chat", "X-API-Key: k");
    assertThat(answer).startsWith("HTTP/1.1 400").contains("write it in its plain form");
    assertThat(server.served).hasValue(0);
    assertThat(server.left("k")).isEqualTo(20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/lax", "/lax/", "/lax/a/b", "/LAX/a", "/any/where.ai", "/x.AI"})
  void prefixesAndExtensionsAreCharged(String target) throws Exception {
    assertThat(server.raw("GET", target, "X-API-Key: k")).contains("RateLimit:");
  }

  @Test
  void headCountsWhereGetDoesAndOthersPass() throws Exception {
    assertThat(server.raw("HEAD", "/gets", "X-API-Key: k")).contains("RateLimit:");
    assertThat(server.raw("GET", "/gets", "X-API-Key: k")).contains("RateLimit:");
    assertThat(server.raw("POST", "/gets", "X-API-Key: k", "Content-Length: 0"))
        .startsWith("HTTP/1.1 200")
        .doesNotContain("RateLimit:");
  }

  @Test
  void aPreflightIsFreeAndABareOptionsIsNot() throws Exception {
    assertThat(
            server.raw(
                "OPTIONS",
                "/api/chat",
                "Origin: https://app.example",
                "Access-Control-Request-Method: POST"))
        .startsWith("HTTP/1.1 200")
        .doesNotContain("RateLimit:");
    assertThat(server.raw("OPTIONS", "/api/chat", "X-API-Key: k")).contains("RateLimit:");
  }

  @Test
  void aHeaderThatOverridesTheMethodChangesNothing() throws Exception {
    assertThat(server.raw("GET", "/gets", "X-API-Key: k", "X-HTTP-Method-Override: POST"))
        .contains("RateLimit:");
  }
}
