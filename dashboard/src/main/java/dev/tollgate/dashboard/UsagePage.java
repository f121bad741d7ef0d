package dev.tollgate.dashboard;

import dev.tollgate.CallContext;
import dev.tollgate.Caller;
import dev.tollgate.Tollgate;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.InstantSource;

/**
 * {@code GET /tollgate/usage}: the caller's own usage, at no charge, as HTML or JSON. The caller is
 * the one whom the filter has found; of any other there is nothing here. Thread-safe.
 */
final class UsagePage implements Page {

  static final String PATH = "/tollgate/usage";

  private static final Frame FRAME = new Frame("Usage", false, true);

  private final Tollgate tollgate;
  private final InstantSource clock;

  UsagePage(Tollgate tollgate, InstantSource clock) {
    this.tollgate = tollgate;
    this.clock = clock;
  }

  @Override
  public void answer(HttpServletRequest request, HttpServletResponse response)
      throws Problem, IOException {
    Caller caller =
        CallContext.current().map(CallContext::caller).orElseThrow(Problem::unidentified);
    requireOwn(request, caller);
    Standing standing = Standing.of(caller, tollgate, clock.instant());
    if (standing.degraded()) {
      response.setHeader("Tollgate-Health", "degraded");
    }
    if (Accepted.isHtml(request)) {
      UsageView view = new UsageView(standing, new Numbers(request.getLocale()));
      FRAME.send(request, response, 200, view::write);
    } else {
      Json.send(response, 200, Json.TYPE, UsageReport.of(standing));
    }
  }

  /** Other callers are not even said to exist. */
  private static void requireOwn(HttpServletRequest request, Caller caller) throws Problem {
    String path = request.getPathInfo();
    if (path != null && !path.equals("/") && !path.equals("/" + caller.id())) {
      throw Problem.notFound();
    }
    String named = request.getParameter("caller");
    if (named != null && !named.equals(caller.id())) {
      throw Problem.notFound();
    }
  }
}
