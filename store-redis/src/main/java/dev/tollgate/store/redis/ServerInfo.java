package dev.tollgate.store.redis;

import dev.tollgate.store.Durability;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;

/** What a server says of itself. Immutable. */
record ServerInfo(String persistence, String memory) {

  private static final Pattern APPENDS = Pattern.compile("(?m)^aof_enabled:1\\s*$");
  private static final Pattern BOUNDED = Pattern.compile("(?m)^maxmemory:[1-9]");
  private static final Pattern KEEPS = Pattern.compile("(?m)^maxmemory_policy:noeviction\\s*$");

  /**
   * Asks servers, each over a connection of its own.
   *
   * @param deadlineNanos when that must be done, by {@link System#nanoTime}
   * @return what those say that answer
   * @throws redis.clients.jedis.exceptions.JedisException when none of them answers
   */
  static List<ServerInfo> ask(List<HostAndPort> servers, Login login, long deadlineNanos) {
    return Dialer.answers(
        servers,
        login,
        deadlineNanos,
        server -> new ServerInfo(section(server, "persistence"), section(server, "memory")),
        answers -> false);
  }

  private static String section(Link server, String name) {
    server.sendCommand(Protocol.Command.INFO, name);
    return server.getOne() instanceof byte[] text ? new String(text, StandardCharsets.UTF_8) : "";
  }

  /** Every key of the store expires, so every policy but one evicts them. */
  Durability durability() {
    if (BOUNDED.matcher(memory).find() && !KEEPS.matcher(memory).find()) {
      return Durability.EVICTED;
    }
    return APPENDS.matcher(persistence).find() ? Durability.KEPT : Durability.LOST_AT_RESTART;
  }
}
