package dev.tollgate.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.HashKey;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyAuthenticationTest {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final Server SERVER = new Server();
  private static URI address;

  /** Tells who the user is. */
  private static final class WhoAmI extends HttpServlet {
    private static final long serialVersionUID = 1;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response
          .getWriter()
          .printf(
              "%s %s free=%s pro=%s",
              request.getUserPrincipal().getName(),
              request.getRemoteUser().equals(request.getUserPrincipal().getName()),
              request.isUserInRole("free"),
              request.isUserInRole("pro"));
    }
  }

  @BeforeAll
  static void start() throws Exception {
    HashKey hashKey = new HashKey("a secret of the tests".getBytes(StandardCharsets.UTF_8));
    ApiKeys keys = ApiKeys.parse("demo-free:free, demo-pro:pro", hashKey);
    ServletContextHandler context = new ServletContextHandler("/");
    context.addServlet(new ServletHolder(new WhoAmI()), "/*");
    context.addFilter(
        new FilterHolder(new KeyAuthentication(keys)), "/*", EnumSet.of(DispatcherType.REQUEST));
    SERVER.setHandler(context);
    ServerConnector connector = new ServerConnector(SERVER);
    connector.setHost("127.0.0.1");
    SERVER.addConnector(connector);
    SERVER.start();
    address = URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/");
  }

  @AfterAll
  static void stop() throws Exception {
    SERVER.stop();
  }

  @ParameterizedTest
  @CsvSource({
    "X-API-Key, demo-free, free=true pro=false",
    "x-api-key, ' demo-pro ', free=false pro=true",
    "Authorization, Bearer demo-pro, free=false pro=true",
    "Authorization, bearer  demo-free, free=true pro=false",
  })
  void makesTheHolderTheUserAndTheTierARole(String header, String value, String roles)
      throws Exception {
    HttpResponse<String> response = get(header, value);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).matches("holder-[0-9a-f]{12} true " + roles);
  }

  @Test
  void takesOneKeyInBothHeaders() throws Exception {
    assertThat(get("X-API-Key", "demo-pro", "Authorization", "Bearer demo-pro").body())
        .endsWith("pro=true");
  }

  @Test
  void givesOneHolderOneNameInEitherHeader() throws Exception {
    assertThat(get("X-API-Key", "demo-free").body())
        .isEqualTo(get("Authorization", "Bearer demo-free").body())
        .doesNotContain("demo-free");
  }

  @ParameterizedTest
  @CsvSource({
    "Accept, text/html, send an API key in X-API-Key or as Authorization: Bearer",
    "Authorization, Basic ZGVtby1mcmVlOg==, send an API key in X-API-Key or as Authorization: Bearer",
    "X-API-Key, nobody, the API key is not known",
    "X-API-Key, DEMO-FREE, the API key is not known",
    "X-API-Key, '', the API key is not known",
    "Authorization, Bearer nobody, the API key is not known",
  })
  void refusesOtherRequests(String header, String value, String detail) throws Exception {
    HttpResponse<String> response = get(header, value);
    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(response.headers().firstValue("WWW-Authenticate"))
        .hasValue("Bearer realm=\"tollgate-sample\"");
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(response.body())
        .isEqualTo(
            "{\"type\":\"about:blank\",\"title\":\"Unauthorized\",\"status\":401,\"detail\":\""
                + detail
                + "\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "X-API-Key, demo-free, Authorization, Bearer demo-pro",
    "X-API-Key, demo-free, X-API-Key, demo-pro",
    "X-API-Key, demo-free, X-API-Key, demo-free",
    "Authorization, Bearer demo-free, Authorization, Bearer demo-pro",
    "Authorization, Bearer demo-free, Authorization, Basic ZGVtby1mcmVlOg==",
  })
  void refusesTwoKeys(String header, String value, String header2, String value2) throws Exception {
    HttpResponse<String> response = get(header, value, header2, value2);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(response.body()).contains("send").doesNotContain("demo");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "v1/chat/completions | {\"error\":{\"message\":\"the API key is not known\","
            + "\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"invalid_api_key\"}}",
        "v1/models | {\"error\":{\"message\":\"the API key is not known\","
            + "\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"invalid_api_key\"}}",
        "v1/messages | {\"type\":\"error\",\"error\":{\"type\":\"authentication_error\","
            + "\"message\":\"the API key is not known\"}}",
      })
  void refusesInTheLanguageOfTheProvidersClients(String path, String body) throws Exception {
    HttpResponse<String> response = get(address.resolve(path), "X-API-Key", "nobody");
    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(response.body()).isEqualTo(body);
  }

  private static HttpResponse<String> get(String... headers) throws Exception {
    return get(address, headers);
  }

  private static HttpResponse<String> get(URI address, String... headers) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(address).headers(headers).build();
    return CLIENT.send(request, BodyHandlers.ofString());
  }
}
