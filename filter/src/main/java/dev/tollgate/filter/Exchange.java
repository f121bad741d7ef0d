package dev.tollgate.filter;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** One dispatch of a request on its way through the filter. As thread-safe as the request. */
record Exchange(HttpServletRequest request, HttpServletResponse response, FilterChain chain) {

  /** Lets the application answer. */
  void proceed() throws IOException, ServletException {
    chain.doFilter(request, response);
  }

  boolean is(DispatcherType type) {
    return request.getDispatcherType() == type;
  }

  /** Whether a whole answer can still be written: not into the part of a page that includes it. */
  boolean isAnswerable() {
    return !is(DispatcherType.INCLUDE) && !request.isAsyncStarted() && !response.isCommitted();
  }
}
