package dev.tollgate.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.CallContext;
import dev.tollgate.Caller;
import dev.tollgate.config.CallerSource;
import dev.tollgate.config.TierSource;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who makes a request, and in which tier, over real HTTP. */
class CallerTest {

  private final AtomicReference<Caller> seen = new AtomicReference<>();
  private GateServer server;

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void aKeyIsKnownByItsHashOnly() throws Exception {
    start(new HttpSettingsBuilder());
    assertThat(server.get("/api/chat", "X-API-Key", " secret ").statusCode()).isEqualTo(200);
    assertThat(seen.get().id())
        .isEqualTo("key-" + HttpSettingsBuilder.HASH_KEY.hash("secret"))
        .doesNotContain("secret");
    assertThat(seen.get().tier()).isEqualTo("free");
  }

  @Test
  void aKeyAndTheSameBearerTokenAreOneCaller() throws Exception {
    start(new HttpSettingsBuilder());
    server.get("/api/chat", "X-API-Key", "secret");
    Caller byKey = seen.get();
    server.get("/api/chat", "Authorization", "bearer secret");
    assertThat(seen.get()).isEqualTo(byKey);
    server.get("/api/chat", "Authorization", "Bearer secret", "X-API-Key", "secret");
    assertThat(seen.get()).isEqualTo(byKey);
  }

  @Test
  void twoKeysAreRejectedAndNotCharged() throws Exception {
    start(new HttpSettingsBuilder());
    assertRejected(server.raw("GET", "/api/chat", "X-API-Key: a", "X-API-Key: b"), "only once");
    assertRejected(server.raw("GET", "/api/chat", "X-API-Key: a", "X-API-Key: a"), "only once");
    assertRejected(server.raw("GET", "/api/chat", "x-api-key: a", "X-API-KEY: b"), "only once");
    assertRejected(
        server.raw("GET", "/api/chat", "X-API-Key: a", "Authorization: Bearer b"),
        "two different keys");
    assertRejected(
        server.raw("GET", "/api/chat", "Authorization: Bearer a", "Authorization: Basic b"),
        "only once");
    assertThat(server.left("a")).isEqualTo(20);
    assertThat(server.left("b")).isEqualTo(20);
    assertThat(server.served).hasValue(0);
  }

  @Test
  void aKeyThatIsTooLongIsRejected() throws Exception {
    start(new HttpSettingsBuilder());
    assertThat(server.call("a".repeat(4096)).statusCode()).isEqualTo(200);
    HttpResponse<String> rejected = server.call("a".repeat(4097));
    assertThat(rejected.statusCode()).isEqualTo(400);
    assertThat(rejected.body()).contains("X-API-Key is longer than 4096 characters");
  }

  @Test
  void nobodyIsUnidentified() throws Exception {
    start(new HttpSettingsBuilder());
    HttpResponse<String> answer = server.get("/api/chat");
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(answer.body())
        .isEqualTo(
            "{\"type\":\"about:blank\",\"title\":\"Unauthorized\",\"status\":401,"
                + "\"detail\":\"The request does not say who makes it: send your credentials.\"}");
    assertThat(server.get("/api/chat", "X-API-Key", " ").statusCode()).isEqualTo(401);
    assertThat(server.get("/api/chat", "Authorization", "Basic YTpi").statusCode()).isEqualTo(401);
    assertThat(server.get("/api/chat", "Authorization", "Bearer ").statusCode()).isEqualTo(401);
  }

  @Test
  void aCookieCanBeTheKey() throws Exception {
    start(new HttpSettingsBuilder().callers(new CallerSource.Cookie("sid")));
    server.get("/api/chat", "Cookie", "a=b; sid=secret; sid=other");
    assertThat(seen.get().id()).isEqualTo("key-" + HttpSettingsBuilder.HASH_KEY.hash("secret"));
    assertThat(server.get("/api/chat", "Cookie", "a=b").statusCode()).isEqualTo(401);
  }

  @Test
  void theAddressIsTheLastResort() throws Exception {
    start(
        new HttpSettingsBuilder()
            .callers(new CallerSource.Header("X-API-Key"), new CallerSource.Ip()));
    server.get("/api/chat", "X-Forwarded-For", "198.51.100.1");
    assertThat(seen.get().id()).isEqualTo("ip-127.0.0.1");
    server.call("secret");
    assertThat(seen.get().id()).startsWith("key-");
  }

  @Test
  void aTrustedProxyNamesTheClient() throws Exception {
    start(
        new HttpSettingsBuilder()
            .callers(new CallerSource.Ip())
            .trustedProxies("127.0.0.0/8", "10.0.0.0/8"));
    server.raw(
        "GET",
        "/api/chat",
        "X-Forwarded-For: 6.6.6.6, 2001:db8:1:2::5",
        "X-Forwarded-For: 10.1.1.1");
    assertThat(seen.get().id()).isEqualTo("ip-2001:db8:1:2::/64");
  }

  @Test
  void thePrincipalComesFirstAndItsRoleIsTheTier() throws Exception {
    start(new HttpSettingsBuilder(), authenticated("Jane Doe", "MP-JWT", "pro"));
    server.call("secret");
    assertThat(seen.get()).isEqualTo(new Caller("Jane Doe", "pro"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"key-0123", "ip-127.0.0.1", "user-1", "a\nb", "\u202e", "😀\u0000"})
  void aNameThatMayPassForAnotherIsHashed(String name) throws Exception {
    start(new HttpSettingsBuilder(), authenticated(name, "MP-JWT", ""));
    server.get("/api/chat");
    assertThat(seen.get().id()).isEqualTo("user-" + HttpSettingsBuilder.HASH_KEY.hash(name));
  }

  @Test
  void aLongNameIsHashed() throws Exception {
    start(new HttpSettingsBuilder(), authenticated("x".repeat(201), "MP-JWT", ""));
    server.get("/api/chat");
    assertThat(seen.get().id()).startsWith("user-").hasSize(37);
  }

  @Test
  void aClaimOfAnAuthenticatedTokenNamesTheCallerAndTheTier() throws Exception {
    start(
        new HttpSettingsBuilder()
            .callers(new CallerSource.Claim("sub"))
            .tiers(new TierSource.Claim("plan"), new TierSource.Default("free")),
        authenticated("jane", "MP-JWT", ""));
    server.get("/api/chat", "Authorization", token("{\"sub\":\"jane-7\",\"plan\":\"pro\"}"));
    assertThat(seen.get()).isEqualTo(new Caller("jane-7", "pro"));
    server.get("/api/chat", "Authorization", token("{\"sub\":12345,\"plan\":\"none such\"}"));
    assertThat(seen.get()).isEqualTo(new Caller("12345", "free"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "{\"sub\":{}}", "{\"sub\":[\"a\"]}", "{\"sub\":\"\"}", "no json", "", "1"})
  void aTokenWithoutTheClaimNamesNobody(String payload) throws Exception {
    start(
        new HttpSettingsBuilder().callers(new CallerSource.Claim("sub")),
        authenticated("jane", "MP-JWT", ""));
    assertThat(server.get("/api/chat", "Authorization", token(payload)).statusCode())
        .isEqualTo(401);
    assertThat(server.get("/api/chat", "Authorization", "Bearer a.!.c").statusCode())
        .isEqualTo(401);
    assertThat(server.get("/api/chat", "Authorization", "Bearer opaque").statusCode())
        .isEqualTo(401);
  }

  @Test
  void aDeepTokenNamesNobody() throws Exception {
    start(
        new HttpSettingsBuilder().callers(new CallerSource.Claim("sub")),
        authenticated("jane", "MP-JWT", ""));
    String deep = "{\"sub\":\"a\",\"x\":" + "[".repeat(1500) + "]".repeat(1500) + "}";
    assertThat(server.get("/api/chat", "Authorization", token(deep)).statusCode()).isEqualTo(401);
  }

  @Test
  void aTokenThatNobodyHasCheckedIsNotBelieved() throws Exception {
    start(new HttpSettingsBuilder().callers(new CallerSource.Claim("sub")));
    assertThat(server.get("/api/chat", "Authorization", token("{\"sub\":\"jane\"}")).statusCode())
        .isEqualTo(401);
  }

  @Test
  void aTokenBesideAnotherAuthenticationIsNotBelieved() throws Exception {
    start(
        new HttpSettingsBuilder().callers(new CallerSource.Claim("sub")),
        authenticated("jane", HttpServletRequest.FORM_AUTH, ""));
    assertThat(server.get("/api/chat", "Authorization", token("{\"sub\":\"boss\"}")).statusCode())
        .isEqualTo(401);
  }

  @Test
  void aConfiguredCallerHasItsOwnTier() throws Exception {
    String id = "key-" + HttpSettingsBuilder.HASH_KEY.hash("secret");
    start(new HttpSettingsBuilder().callerTier(id, "pro"));
    server.call("secret");
    assertThat(seen.get()).isEqualTo(new Caller(id, "pro"));
    server.call("other");
    assertThat(seen.get().tier()).isEqualTo("free");
  }

  private void start(HttpSettingsBuilder settings, Filter... before) throws Exception {
    server = new GateServer(settings.build());
    for (Filter filter : before) {
      server.addFilter(filter);
    }
    server
        .page(
            "/api/chat",
            (request, response) -> {
              seen.set(CallContext.current().orElseThrow().caller());
              server.answer(response);
            })
        .start();
  }

  /** What an authentication mechanism of the container or the application does. */
  private static Filter authenticated(String name, String authType, String role) {
    Principal principal = () -> name;
    return (request, response, chain) ->
        chain.doFilter(
            new HttpServletRequestWrapper((HttpServletRequest) request) {
              @Override
              public Principal getUserPrincipal() {
                return principal;
              }

              @Override
              public String getAuthType() {
                return authType;
              }

              @Override
              public boolean isUserInRole(String asked) {
                return asked.equals(role);
              }
            },
            response);
  }

  private static String token(String payload) {
    String encoded =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(payload.getBytes(StandardCharsets.UTF_8));
    return "Bearer e30." + encoded + ".c2ln";
  }

  private static void assertRejected(String answer, String why) {
    assertThat(answer)
        .startsWith("HTTP/1.1 400")
        .contains("application/problem+json")
        .contains("\"title\":\"Bad Request\"")
        .contains(why);
  }
}
