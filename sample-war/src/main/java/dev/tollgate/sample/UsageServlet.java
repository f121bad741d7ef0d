package dev.tollgate.sample;

import dev.tollgate.Caller;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** {@code GET /tollgate/usage}: the caller's own usage, at no charge. Thread-safe. */
public final class UsageServlet extends HttpServlet {

  private static final long serialVersionUID = 1;

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
      HttpProblem.methodNotAllowed("GET, HEAD").send(request, response);
      return;
    }
    Caller caller = ((KeyPrincipal) request.getUserPrincipal()).caller();
    UsageReport report = CDI.current().select(UsageService.class).get().report(caller);
    if (report.degraded()) {
      response.setHeader("Tollgate-Health", "degraded");
    }
    Json.send(response, 200, Json.TYPE, report);
  }
}
