package dev.tollgate.store.redis;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import redis.clients.jedis.HostAndPort;

/**
 * What a Redis URI says. Immutable.
 *
 * @param kind how its servers stand together
 * @param login how to log in to the servers that keep accounts
 * @param sentinelLogin how to log in to Sentinels
 * @param nodes the server, the Sentinels, or some nodes of the cluster: 1 to {@link #MAX_NODES}
 * @param master the name that the Sentinels know the master by; empty for other kinds
 */
record RedisAddress(
    Kind kind, Login login, Login sentinelLogin, List<HostAndPort> nodes, String master) {

  static final int MAX_NODES = 64;

  private static final int MAX_PORT = 65_535;
  private static final int MAX_DATABASE = 9_999;
  private static final String SENTINEL_LOGIN = "sentinel=";

  RedisAddress {
    nodes = List.copyOf(nodes);
  }

  /** How servers stand together, and what their URI looks like. */
  enum Kind {
    SINGLE("redis://[user:password@]host[:port][/database]", 6379),
    SENTINEL(
        "redis-sentinel://[user:password@]host[:port][,host...]/master[/database]"
            + "[?sentinel=[user]:password]",
        26379),
    CLUSTER("redis-cluster://[user:password@]host[:port][,host...]", 6379);

    private final String form;
    private final int port;

    Kind(String form, int port) {
      this.form = form;
      this.port = port;
    }
  }

  /** Each kind's schemes: without and with TLS. */
  private static final Map<String, Kind> SCHEMES =
      Map.of(
          "redis", Kind.SINGLE,
          "rediss", Kind.SINGLE,
          "redis-sentinel", Kind.SENTINEL,
          "rediss-sentinel", Kind.SENTINEL,
          "redis-cluster", Kind.CLUSTER,
          "rediss-cluster", Kind.CLUSTER);

  /** Whether {@link #parse} knows this scheme. */
  static boolean hasScheme(String scheme) {
    return SCHEMES.containsKey(scheme.toLowerCase(Locale.ROOT));
  }

  /**
   * @throws IllegalArgumentException when the URI is not of the form of its scheme; the message
   *     says what is wrong and what is right, and holds no password
   */
  static RedisAddress parse(URI uri) {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    Kind kind = SCHEMES.get(scheme);
    if (kind == null) {
      throw new IllegalArgumentException(
          "store URI has the scheme '"
              + scheme
              + "'; use redis:, redis-sentinel: or redis-cluster:, or with TLS rediss:,"
              + " rediss-sentinel: or rediss-cluster:");
    }
    return new Parser(kind, uri).address(scheme.startsWith("rediss"));
  }

  /** Everything but the login. */
  @Override
  public String toString() {
    return kind + " " + nodes + (master.isEmpty() ? "" : "/" + master) + "/" + login.database();
  }

  private record Parser(Kind kind, URI uri) {

    RedisAddress address(boolean tls) {
      String authority = uri.getRawAuthority();
      if (authority == null || authority.isEmpty()) {
        throw wrong("names no host");
      }
      if (uri.getRawFragment() != null) {
        throw wrong("has a fragment");
      }
      int at = authority.lastIndexOf('@');
      List<String> path = path();
      int masters = kind == Kind.SENTINEL ? 1 : 0;
      int most = kind == Kind.CLUSTER ? 0 : masters + 1;
      if (path.size() < masters) {
        throw wrong("names no master");
      }
      if (path.size() > most) {
        throw wrong("has a path that is too long");
      }
      int database =
          path.size() > masters ? number("database", path.get(masters), 0, MAX_DATABASE) : 0;
      return new RedisAddress(
          kind,
          at < 0
              ? new Login(tls, "", "", database)
              : login(tls, authority.substring(0, at), database),
          sentinelLogin(tls),
          nodes(authority.substring(at + 1)),
          masters == 1 ? decoded(path.get(0)) : "");
    }

    private Login login(boolean tls, String text, int database) {
      int colon = text.indexOf(':');
      if (colon < 0 || colon == text.length() - 1) {
        throw wrong("has a login without a password");
      }
      return new Login(
          tls, decoded(text.substring(0, colon)), decoded(text.substring(colon + 1)), database);
    }

    /** Sentinels know nothing of the users of those they watch. */
    private Login sentinelLogin(boolean tls) {
      String query = uri.getRawQuery();
      if (query == null) {
        return new Login(tls, "", "", 0);
      }
      if (kind != Kind.SENTINEL || !query.startsWith(SENTINEL_LOGIN)) {
        throw wrong("has a query that means nothing");
      }
      return login(tls, query.substring(SENTINEL_LOGIN.length()), 0);
    }

    private List<String> path() {
      String path = uri.getRawPath();
      List<String> steps = new ArrayList<>();
      for (String step : path == null ? new String[0] : path.split("/")) {
        if (!step.isEmpty()) {
          steps.add(step);
        }
      }
      return steps;
    }

    private List<HostAndPort> nodes(String hosts) {
      List<HostAndPort> nodes = new ArrayList<>();
      for (String host : hosts.split(",", MAX_NODES + 1)) {
        nodes.add(node(host));
      }
      if (nodes.size() > MAX_NODES) {
        throw wrong("names more than " + MAX_NODES + " hosts");
      }
      if (kind == Kind.SINGLE && nodes.size() > 1) {
        throw wrong("names several hosts");
      }
      return nodes;
    }

    private HostAndPort node(String text) {
      int colon = text.indexOf(':', Math.max(0, text.lastIndexOf(']')));
      String host = colon < 0 ? text : text.substring(0, colon);
      if (host.startsWith("[") && host.endsWith("]")) {
        host = host.substring(1, host.length() - 1);
      }
      if (host.isEmpty()) {
        throw wrong("has an empty host");
      }
      int port = colon < 0 ? kind.port : number("port", text.substring(colon + 1), 1, MAX_PORT);
      return new HostAndPort(host, port);
    }

    private int number(String what, String text, int min, int max) {
      if (text.matches("[0-9]{1,5}")) {
        int number = Integer.parseInt(text);
        if (number >= min && number <= max) {
          return number;
        }
      }
      throw wrong("has the " + what + " '" + text + "', which is not in " + min + " to " + max);
    }

    private String decoded(String text) {
      try {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException malformed) {
        throw wrong("has a '%' that is not followed by two hexadecimal digits");
      }
    }

    private IllegalArgumentException wrong(String what) {
      return new IllegalArgumentException(
          uri.getScheme() + " store URI " + what + "; its form is " + kind.form);
    }
  }
}
