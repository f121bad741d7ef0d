package dev.tollgate.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.ee10.webapp.WebAppContext;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Web applications that have the library in their {@code WEB-INF/lib}. */
class RegistrationTest {

  private static final String CONFIGURATION =
      """
      tollgate.store = memory:
      tollgate.callers = header:X-API-Key
      tollgate.tier.free.rate = 10/minute burst 1
      tollgate.route.chat.path = /chat
      """;

  @TempDir private Path war;
  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);

  @AfterEach
  void stopWithoutLeavingAThread() throws Exception {
    server.stop();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("tollgate-"));
  }

  @Test
  void theWebFragmentRegistersTheFilterByItself() throws Exception {
    start(CONFIGURATION);
    assertThat(call().statusCode()).isEqualTo(200);
    HttpResponse<String> refused = call();
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Retry-After")).contains("6");
  }

  @Test
  void anApplicationsOwnDeclarationTakesItsPlace() throws Exception {
    write(
        "WEB-INF/web.xml",
        """
        <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
          <filter>
            <filter-name>tollgate</filter-name>
            <filter-class>dev.tollgate.filter.TollgateFilter</filter-class>
            <async-supported>true</async-supported>
          </filter>
          <filter-mapping>
            <filter-name>tollgate</filter-name>
            <url-pattern>/elsewhere</url-pattern>
          </filter-mapping>
        </web-app>
        """);
    WebAppContext context = start(CONFIGURATION);
    assertThat(context.getServletHandler().getFilters()).hasSize(1);
    assertThat(call().statusCode()).isEqualTo(200);
    assertThat(call().statusCode()).isEqualTo(200);
  }

  @Test
  void aWrongConfigurationStopsTheDeploymentWithAllItsProblems() {
    assertThatThrownBy(
            () ->
                start(
                    """
                    tollgate.callers = header:X-API-Key
                    tollgate.tier.free.rate = lots
                    tollgate.tier.free.quoat = 1 requests/day
                    tollgate.route.chat.path = chat
                    """))
        .isInstanceOf(ServletException.class)
        .hasMessageContaining("Tollgate's configuration has 3 problems:")
        .hasMessageContaining("tollgate.tier.free.rate = 'lots'")
        .hasMessageContaining("tollgate.tier.free.quoat")
        .hasMessageContaining("tollgate.route.chat.path = 'chat'");
  }

  private WebAppContext start(String configuration) throws Exception {
    write("WEB-INF/classes/META-INF/microprofile-config.properties", configuration);
    writeLibrary();
    WebAppContext context = new WebAppContext(war.toString(), "/");
    context.setParentLoaderPriority(true);
    context.setThrowUnavailableOnStartupException(true);
    ServletHolder chat = new ServletHolder(new ChatServlet());
    chat.setAsyncSupported(true);
    context.addServlet(chat, "/chat");
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(context);
    server.start();
    return context;
  }

  private void write(String path, String text) throws IOException {
    Path file = war.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  /** The library's descriptor in a jar; its classes come from the test's class path. */
  private void writeLibrary() throws IOException {
    Path jar = war.resolve("WEB-INF/lib/tollgate-filter.jar");
    Files.createDirectories(jar.getParent());
    String descriptor = "META-INF/web-fragment.xml";
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        InputStream in = TollgateFilter.class.getResourceAsStream("/" + descriptor)) {
      out.putNextEntry(new JarEntry(descriptor));
      in.transferTo(out);
      out.closeEntry();
    }
  }

  private HttpResponse<String> call() throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/chat");
    HttpRequest request = HttpRequest.newBuilder(uri).header("X-API-Key", "k").build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static final class ChatServlet extends HttpServlet {

    private static final long serialVersionUID = 1;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.getWriter().print("hello");
    }
  }
}
