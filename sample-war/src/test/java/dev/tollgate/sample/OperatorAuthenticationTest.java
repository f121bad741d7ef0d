package dev.tollgate.sample;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Base64;
import java.util.EnumSet;
import java.util.Optional;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OperatorAuthenticationTest {

  private static final String PASSWORD = "correct horse battery";

  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);

  /** Tells who the user is. */
  private static final class WhoAmI extends HttpServlet {
    private static final long serialVersionUID = 1;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response
          .getWriter()
          .printf(
              "%s operator=%s free=%s",
              request.getUserPrincipal().getName(),
              request.isUserInRole("tollgate-admin"),
              request.isUserInRole("free"));
    }
  }

  private void start(Optional<String> password) throws Exception {
    ServletContextHandler context = new ServletContextHandler("/");
    context.addServlet(new ServletHolder(new WhoAmI()), "/*");
    context.addFilter(
        new FilterHolder(new OperatorAuthentication(() -> password)),
        "/*",
        EnumSet.of(DispatcherType.REQUEST));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(context);
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
  }

  private HttpResponse<String> get(String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/"));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
  }

  private static String basic(String credentials) {
    byte[] bytes = credentials.getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(bytes);
  }

  @Test
  void theOperatorIsInTheRoleAndInNoOther() throws Exception {
    start(Optional.of(PASSWORD));
    assertThat(get("Authorization", basic("admin:" + PASSWORD)).body())
        .isEqualTo("admin operator=true free=false");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"admin:", "admin:correct horse", "root:correct horse battery", "admin", ""})
  void othersAreAskedToLogIn(String credentials) throws Exception {
    start(Optional.of(PASSWORD));
    HttpResponse<String> answer = get("Authorization", basic(credentials));
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("WWW-Authenticate").orElseThrow()).startsWith("Basic");
    assertThat(get("Authorization", "Basic ***").statusCode()).isEqualTo(401);
    assertThat(get("Authorization", "Bearer " + PASSWORD).statusCode()).isEqualTo(401);
    assertThat(get().statusCode()).isEqualTo(401);
  }

  @Test
  void withoutAPasswordThePageIsClosed() throws Exception {
    start(Optional.empty());
    HttpResponse<String> answer = get("Authorization", basic("admin:"));
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).contains("set sample.admin-password");
  }
}
