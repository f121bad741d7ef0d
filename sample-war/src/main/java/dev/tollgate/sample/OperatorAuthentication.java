package dev.tollgate.sample;

import dev.tollgate.config.ConfigurationException;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.Principal;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/**
 * Lets in the user {@code admin} with the password {@code sample.admin-password}, by HTTP Basic, in
 * the role {@code tollgate-admin}. Without a configured password nobody is let in.
 *
 * <p>An application of its own would use the login of its server instead. Thread-safe.
 */
public final class OperatorAuthentication implements Filter {

  private static final String USER = "admin";
  private static final String ROLE = "tollgate-admin";
  private static final String BASIC = "Basic ";

  private final Supplier<Optional<String>> configured;
  private Optional<String> password = Optional.empty();

  /** For the servlet container. */
  public OperatorAuthentication() {
    this(() -> SampleSettings.read(ConfigProvider.getConfig()).adminPassword());
  }

  OperatorAuthentication(Supplier<Optional<String>> configured) {
    this.configured = configured;
  }

  /**
   * @throws ServletException when a key {@code sample.*} of the configuration is not valid
   */
  @Override
  public void init(FilterConfig config) throws ServletException {
    try {
      password = configured.get();
    } catch (ConfigurationException invalid) {
      throw new ServletException(invalid.getMessage(), invalid);
    }
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    HttpServletRequest http = (HttpServletRequest) request;
    try {
      requirePassword(http.getHeader("Authorization"));
    } catch (HttpProblem problem) {
      problem.send(http, (HttpServletResponse) response);
      return;
    }
    chain.doFilter(new OperatorRequest(http), response);
  }

  private void requirePassword(@Nullable String authorization) throws HttpProblem {
    if (password.isEmpty()) {
      throw HttpProblem.forbidden(
          "nobody may see this page: set sample.admin-password, and log in as " + USER);
    }
    byte[] expected = (USER + ":" + password.get()).getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(expected, credentials(authorization))) {
      throw HttpProblem.unauthorizedOperator("log in as " + USER);
    }
  }

  private static byte[] credentials(@Nullable String authorization) {
    if (authorization == null || !authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
      return new byte[0];
    }
    try {
      return Base64.getDecoder().decode(authorization.substring(BASIC.length()).strip());
    } catch (IllegalArgumentException malformed) {
      return new byte[0];
    }
  }

  /** A request of the operator. */
  private static final class OperatorRequest extends HttpServletRequestWrapper {

    OperatorRequest(HttpServletRequest request) {
      super(request);
    }

    @Override
    public Principal getUserPrincipal() {
      return () -> USER;
    }

    @Override
    public String getRemoteUser() {
      return USER;
    }

    @Override
    public String getAuthType() {
      return BASIC_AUTH;
    }

    @Override
    public boolean isUserInRole(String role) {
      return role.equals(ROLE);
    }
  }
}
