package dev.tollgate.sample;

import dev.tollgate.Caller;
import dev.tollgate.config.ConfigurationException;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Lets in only requests with a known API key, in {@code X-API-Key} or {@code Authorization:
 * Bearer}. Behind it the holder is the user, and the holder's tier a role of theirs.
 *
 * <p>Thread-safe.
 */
public final class KeyAuthentication implements Filter {

  private static final String BEARER = "Bearer ";

  private ApiKeys keys;

  /** For the servlet container. */
  @SuppressWarnings("NullAway.Init") // the container calls init before anything else
  public KeyAuthentication() {}

  KeyAuthentication(ApiKeys keys) {
    this.keys = keys;
  }

  /**
   * @throws ServletException when a key {@code sample.*} of the configuration is not valid
   */
  @Override
  public void init(FilterConfig config) throws ServletException {
    try {
      keys = SampleSettings.read(ConfigProvider.getConfig()).keys();
    } catch (ConfigurationException invalid) {
      throw new ServletException(invalid.getMessage(), invalid);
    }
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    HttpServletRequest http = (HttpServletRequest) request;
    Caller holder;
    try {
      holder = authenticate(http);
    } catch (HttpProblem problem) {
      problem.send(http, (HttpServletResponse) response);
      return;
    }
    chain.doFilter(new AuthenticatedRequest(http, new KeyPrincipal(holder)), response);
  }

  private Caller authenticate(HttpServletRequest request) throws HttpProblem {
    Set<String> presented = new LinkedHashSet<>();
    single(request, "X-API-Key").ifPresent(presented::add);
    single(request, "Authorization").flatMap(KeyAuthentication::bearer).ifPresent(presented::add);
    if (presented.size() > 1) {
      throw HttpProblem.badRequest("X-API-Key and Authorization differ: send one key");
    }
    if (presented.isEmpty()) {
      throw HttpProblem.unauthorized("send an API key in X-API-Key or as Authorization: Bearer");
    }
    return keys.find(presented.iterator().next())
        .orElseThrow(() -> HttpProblem.unauthorized("the API key is not known"));
  }

  private static Optional<String> single(HttpServletRequest request, String header)
      throws HttpProblem {
    List<String> values = Collections.list(request.getHeaders(header));
    if (values.size() > 1) {
      throw HttpProblem.badRequest(header + " is there " + values.size() + " times: send it once");
    }
    return values.stream().findFirst().map(String::strip);
  }

  private static Optional<String> bearer(String authorization) {
    return authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? Optional.of(authorization.substring(BEARER.length()).strip())
        : Optional.empty();
  }
}
