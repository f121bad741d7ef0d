package dev.tollgate.alerts;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * An HTTP address. Immutable.
 *
 * @param uri http or https, with a host
 */
record Endpoint(URI uri) {

  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  /**
   * @throws IllegalArgumentException when it is no such address; the message does not repeat it
   */
  static Endpoint parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException wrong) {
      throw new IllegalArgumentException("is not a URL");
    }
    boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!http || uri.getHost() == null) {
      throw new IllegalArgumentException("must be an http: or https: URL with a host");
    }
    if (uri.getPort() > 65_535 || uri.getPort() == 0) {
      throw new IllegalArgumentException("has a port that is not in 1 to 65535");
    }
    return new Endpoint(uri);
  }

  /** The same address with another path behind its own, and no query. */
  Endpoint under(String path) {
    String own = uri.getRawPath();
    String base = own.endsWith("/") ? own.substring(0, own.length() - 1) : own;
    return new Endpoint(URI.create(uri.getScheme() + "://" + uri.getRawAuthority() + base + path));
  }

  boolean isTls() {
    return uri.getScheme().equals("https");
  }

  /** An IPv6 address is in brackets. */
  String host() {
    return uri.getHost();
  }

  int port() {
    if (uri.getPort() > 0) {
      return uri.getPort();
    }
    return isTls() ? HTTPS_PORT : HTTP_PORT;
  }

  /** The value of the Host header. */
  String hostHeader() {
    return uri.getPort() > 0 ? host() + ":" + uri.getPort() : host();
  }

  /** The login, as {@code user:password}; empty for none. */
  String login() {
    return uri.getUserInfo() == null ? "" : uri.getUserInfo();
  }

  /** The path and query of a request. */
  String target() {
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
  }

  /** Never shows more than the host. */
  @Override
  public String toString() {
    return uri.getScheme() + "://" + hostHeader();
  }
}
