package dev.tollgate.store.redis;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * What a server's errors mean, and what an operator can do. An error that a script ran into is
 * wrapped in others, so the text is searched for it. Scripts check first and write last, and a
 * server that refuses to write refuses the first one: so what was refused has changed nothing.
 */
enum Refusal {
  BEING_MOVED("^TRYAGAIN", Then.AGAIN, "the account's slot is being moved"),
  READ_ONLY(
      "\\bREADONLY\\b",
      Then.AGAIN_ANEW,
      "the server is a replica: name its master in tollgate.store, or use redis-sentinel:"),
  WITHOUT_MASTER(
      "\\bMASTERDOWN\\b",
      Then.AGAIN_ANEW,
      "the server is a replica without a master: name the master in tollgate.store"),
  WITHOUT_REPLICAS(
      "\\bNOREPLICAS\\b",
      Then.NEXT_ANEW,
      "the master has fewer replicas than its min-replicas-to-write asks for"),
  CLUSTER_DOWN(
      "^CLUSTERDOWN",
      Then.NEXT,
      "no master has the account's slot: a replica of it takes over within the cluster's node"
          + " timeout, if it has one"),
  LOADING("\\bLOADING\\b", Then.NEXT, "the server is loading its data, and answers after that"),
  BUSY(
      "\\bBUSY\\b",
      Then.NEXT,
      "another client's script occupies the server: SCRIPT KILL ends it, unless it has written"),
  OUT_OF_MEMORY(
      "\\bOOM\\b",
      Then.NEXT,
      "the server's memory is full: raise its maxmemory, or give Tollgate a server of its own"),
  NOT_SAVING(
      "\\bMISCONF\\b",
      Then.NEXT,
      "the server cannot save its data and takes no more: see its log and its disk"),
  WITHOUT_LOGIN(
      "^NOAUTH",
      Then.NEXT_ANEW,
      "the server wants a password: tollgate.store = redis://user:password@host"),
  WRONG_LOGIN(
      "^WRONGPASS|invalid (?:username-)?password|without any password configured",
      Then.NEXT_ANEW,
      "the server does not know the user and password in tollgate.store"),
  WITHOUT_SENTINELS_RIGHT(
      "\\bNOPERM\\b.*'sentinel",
      Then.NEXT_ANEW,
      "the Sentinels' user in tollgate.store lacks rights: ACL SETUSER <user> " + Sentinels.RIGHTS),
  WITHOUT_RIGHT(
      "\\bNOPERM\\b|user executing the script|ACL failure",
      Then.NEXT,
      "the user in tollgate.store lacks rights: ACL SETUSER <user> " + Rights.NEEDED),
  TOO_MANY_CLIENTS(
      "max number of clients", Then.NEXT_ANEW, "the server has too many clients: raise maxclients"),
  OTHER("", Then.NEXT, "the server refused");

  private static final Pattern REDIRECTION =
      Pattern.compile("^(MOVED|ASK) ([0-9]{1,5}) (\\S*):([0-9]{1,5})$");

  private enum Then {
    /** The operation may be asked again. */
    AGAIN,
    /** The same, over a new connection, to the server that is the right one by then. */
    AGAIN_ANEW,
    /** The next operation may find things better. */
    NEXT,
    /** The same, over a new connection. */
    NEXT_ANEW
  }

  private final Pattern pattern;
  private final Then then;
  private final String remedy;

  Refusal(String pattern, Then then, String remedy) {
    this.pattern = Pattern.compile(pattern);
    this.then = then;
    this.remedy = remedy;
  }

  /** What an error says. */
  static Refusal of(JedisDataException error) {
    return of(String.valueOf(error.getMessage()));
  }

  static Refusal of(String text) {
    for (Refusal refusal : values()) {
      if (refusal.pattern.matcher(text).find()) {
        return refusal;
      }
    }
    return OTHER;
  }

  static boolean isWithoutScript(JedisDataException error) {
    return String.valueOf(error.getMessage()).startsWith("NOSCRIPT");
  }

  /**
   * What an error means for the operation that it answers.
   *
   * @param server who said it
   */
  static Reply reply(JedisDataException error, HostAndPort server) {
    Matcher redirection = REDIRECTION.matcher(String.valueOf(error.getMessage()));
    if (redirection.matches()) {
      return new Reply.Redirected(
          node(redirection.group(3), Integer.parseInt(redirection.group(4)), server),
          Integer.parseInt(redirection.group(2)),
          redirection.group(1).equals("ASK"),
          error);
    }
    Refusal refusal = of(error);
    return refusal.then == Then.AGAIN || refusal.then == Then.AGAIN_ANEW
        ? new Reply.Postponed(refusal.remedy, error)
        : new Reply.Refused(refusal.remedy, error);
  }

  /** A node that does not know a name means the one that it was asked by. */
  static HostAndPort node(String host, int port, HostAndPort server) {
    return new HostAndPort(host.isEmpty() || host.equals("?") ? server.getHost() : host, port);
  }

  String remedy() {
    return remedy;
  }

  /** Whether the connection is of no use any more. */
  boolean endsConnection() {
    return then == Then.AGAIN_ANEW || then == Then.NEXT_ANEW;
  }
}
